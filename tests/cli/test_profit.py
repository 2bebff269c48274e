"""`fondaco profit`: the forecast and the suggestions on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco
from tests.published import publish
from tests.server.pages.profit_book import marts
from tests.server.test_profit_ahead import forecast

from fondaco.orchestration import Project


@pytest.fixture(scope="module")
def book(shop_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of profit with its forecast, and an order that its parcel made lose; tests only ask."""
    shop = shutil.copytree(shop_folder, tmp_path_factory.mktemp("profit") / "shop")
    lost = {"order_id": "a:9", "order_number": "#1009", "order_sequence": 9, "order_date": "2026-03-03", "connection_id": "a",
            "net_sales": 5, "shipping_costs": 6, "contribution_margin_2": -2, "contribution_margin_3": -2}  # fmt: skip
    given = marts()
    given["order_profit"] = [*given["order_profit"], lost]
    with Project.open(shop) as project:
        publish(project, **given, **forecast())  # type: ignore[arg-type]
    return shop


PERIOD = ("--from", "2026-03-01", "--to", "2026-03-31")


def test_the_forecast_is_told_with_its_interval_and_its_test(fondaco: Fondaco, book: Path) -> None:
    answer = fondaco("-C", book, "profit", "forecast", "--json")
    assert (answer.code, answer.json["as_of"], answer.json["days_ahead"]) == (0, "2026-03-20", 92)
    month = answer.json["stretches"][0]["lines"]["net_profit"]
    assert (month["expected"], month["low"], month["high"]) == (-4, -15, 7)
    table = fondaco("-C", book, "profit", "forecast").out
    assert "2026-03-01 to 2026-03-31" in table
    assert "same_weekday" in table


def test_before_the_first_run_the_way_to_a_forecast_is_said(fondaco: Fondaco, shop: Path) -> None:
    answer = fondaco("-C", shop, "profit", "forecast")
    assert answer.code == 1
    assert "fondaco run" in answer.err


def test_suggestions_come_with_what_they_save_and_open_their_rows(fondaco: Fondaco, book: Path) -> None:
    answer = fondaco("-C", book, "profit", "suggestions", *PERIOD, "--json")
    assert [(row["suggestion"], row["rows"], row["saves"]) for row in answer.json] == [("delivery", 1, 2)]
    rows = fondaco("-C", book, "profit", "suggestions", *PERIOD, "--rows", "delivery", "--json").json
    assert [(row["order_number"], row["saves"]) for row in rows] == [("#1009", 2)]
    assert "matches" not in rows[0]
    refused = fondaco("-C", book, "profit", "suggestions", "--rows", "luck")
    assert (refused.code, "Choose from products, delivery" in refused.err) == (1, True)
    assert fondaco("-C", book, "profit", "suggestions", "--shop", "nowhere").code == 1
