"""Suppliers and Forecast quality, against the book of stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import file, table, words

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book, with a proposal of February of which it is known by now what came of it."""
    marts = stock_book.marts()
    former = {**stock_book.proposals()[1], "proposal_id": "20260215-1", "proposal_date": date(2026, 2, 15)}
    with Project.open(
        shop_folder(new_folder, tmp_path_factory.mktemp("suppliers")), clock=Watch()
    ) as project:
        publish(project, **{**marts, "proposals": [*marts["proposals"], former]})  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def test_each_supplier_has_a_card_and_what_nobody_knows_is_a_dash(reader: TestClient) -> None:
    assert table(reader.get("/suppliers").text, 'id="sheet-suppliers"') == [
        [
            "Clay & Co",
            "9 1 line open",
            "16.2 days ± 3.1 promised 14",
            "25.0%",
            "95.0%",
            "+4.0%",
            "€200.00",
            "20 Mar 2026",
        ],
        ["Newcomer", "0", "–", "–", "–", "–", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("suppliers_find=CLAY", ["Clay & Co"]),
        ("suppliers_order=-supplier_name", ["Newcomer", "Clay & Co"]),
        ("suppliers_order=late_share", ["Clay & Co", "Newcomer"]),
    ],
)
def test_suppliers_are_found_and_ordered(reader: TestClient, asked: str, names: list[str]) -> None:
    assert [row[0] for row in table(reader.get(f"/suppliers?{asked}").text, 'id="sheet-suppliers"')] == names


def test_suppliers_are_a_file_unrounded(reader: TestClient) -> None:
    assert [
        (row["supplier_id"], row["lead_time_mean"], row["fill_rate"])
        for row in file(reader, "/suppliers.csv")
    ] == [
        ("clay", "16.2", "0.95"),
        ("new", "", ""),
    ]


def test_without_suppliers_the_page_says_how_they_come(four_orders: Project) -> None:
    with TestClient(create_app(four_orders), follow_redirects=False) as client:
        page = with_session(client, four_orders)
        assert "No suppliers are known yet" in words(page.get("/suppliers").text)
        assert "The next run forecasts demand" in words(page.get("/forecast-quality").text)


def test_errors_stand_beside_seasonal_naive_by_kind_of_demand(reader: TestClient) -> None:
    page = reader.get("/forecast-quality").text
    assert table(page, 'id="title-classes"') == [
        ["Smooth Sells nearly every day, and evenly", "3", "Theta", "0.72", "0.96", "25.0%", "79.0%"],
        ["New Too young to be told", "1", "Group", "–", "–", "–", "–"],
    ]
    assert table(page, 'id="title-smooth"') == [
        ["Theta Winner", "0.71"],
        ["ETS", "0.74"],
        ["Seasonal naive", "0.95"],
    ]
    assert [(row["series_class"], row["contestant"], row["wrmsse"], row["is_winner"]) for row in file(reader, "/forecast-quality.csv")] == [
        ("smooth", "theta", "0.71", "True"), ("smooth", "ets", "0.74", "False"), ("smooth", "seasonal naive", "0.95", "False"), ("new", "group", "", "True"),
    ]  # fmt: skip


def test_proposals_are_held_against_what_happened(reader: TestClient) -> None:
    """The order of 15 February that nobody decided: until 15 March 30 were sold, and five days without it cost two pieces of 8 each."""
    assert table(reader.get("/forecast-quality").text, 'id="title-outcomes"') == [
        ["Order", "Left open", "1", "1", "0.3", "30", "€180.00", "€80.00"]
    ]
