"""`fondaco metrics query`: what it answers, and what it says about values that do not exist."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco
from tests.published import publish

from fondaco.orchestration import Project

COUNTRIES = ("AT", "BE", "CH", "DE", "FR", "GB", "IT")


@pytest.fixture(scope="module")
def sold(shop_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten euros net in each of seven countries, on one day; tests only ask."""
    shop = shutil.copytree(shop_folder, tmp_path_factory.mktemp("sold") / "shop")
    with Project.open(shop) as project:
        day = {"clock": "finance", "sales_date": "2026-03-01", "connection_id": "a", "is_filler": False}
        shop_of = {"connection_id": "a", "reporting_currency": "SEK"}
        publish(
            project,
            connections=[shop_of],
            sales_daily=[{**day, "country": country, "net_sales": 10} for country in COUNTRIES],
        )
    return shop


QUERY = ("metrics", "query", "net_sales", "--from", "2026-03-01", "--to", "2026-03-31", "--json")


def test_a_value_that_nothing_has_is_said_beside_the_nought(fondaco: Fondaco, sold: Path) -> None:
    answer = fondaco("-C", sold, *QUERY, "--where", "country=de")
    assert (answer.code, answer.json) == (0, [{"net_sales": 0}])
    assert answer.err == "Nothing has country=de. There is: DE, BE, AT, CH, FR and 2 more.\n"


def test_a_value_that_exists_on_other_days_only_is_no_mistake(fondaco: Fondaco, sold: Path) -> None:
    period = ("--from", "2026-05-01", "--to", "2026-05-31", "--where", "country=DE")
    answer = fondaco("-C", sold, "metrics", "query", "net_sales", "--json", *period)
    assert (answer.code, answer.err) == (0, "")


def test_a_period_that_begins_before_the_data_is_no_base_for_a_rate_and_that_is_said(
    fondaco: Fondaco, sold: Path
) -> None:
    early = ("--from", "2026-02-01", "--to", "2026-03-31")
    answer = fondaco("-C", sold, "metrics", "query", "net_sales", "--json", *early)
    assert (answer.code, answer.json) == (0, [{"net_sales": 70}])
    assert answer.err == (
        "Data begins 2026-03-01, after the first day asked for. Hold no other period against this one.\n"
    )


def test_several_values_of_a_dimension_are_taken_together(fondaco: Fondaco, sold: Path) -> None:
    both = fondaco("-C", sold, *QUERY, "--where", "country=DE", "--where", "country=FR")
    assert (both.json, both.err) == ([{"net_sales": 20}], "")
    one = fondaco("-C", sold, *QUERY, "--where", "country=DE", "--where", "country=France")
    assert (one.json, one.err.partition(". ")[0]) == ([{"net_sales": 10}], "Nothing has country=France")


def test_the_amounts_are_named_with_the_currency_they_were_counted_in(fondaco: Fondaco, sold: Path) -> None:
    assert "amounts in SEK" in fondaco("-C", sold, "metrics", "query", "net_sales").out
