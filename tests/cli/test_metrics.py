"""`fondaco metrics query`: what it answers, and what it says about values that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco
from tests.published import publish

from fondaco.orchestration import Project

COUNTRIES = ("AT", "BE", "CH", "DE", "FR", "GB", "IT")


@pytest.fixture
def sold(shop: Path) -> Path:
    """Ten euros net in each of seven countries, on one day."""
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


def test_several_values_of_a_dimension_are_taken_together(fondaco: Fondaco, sold: Path) -> None:
    both = fondaco("-C", sold, *QUERY, "--where", "country=DE", "--where", "country=FR")
    assert (both.json, both.err) == ([{"net_sales": 20}], "")
    one = fondaco("-C", sold, *QUERY, "--where", "country=DE", "--where", "country=France")
    assert (one.json, one.err.partition(". ")[0]) == ([{"net_sales": 10}], "Nothing has country=France")


def test_the_amounts_are_named_with_the_currency_they_were_counted_in(fondaco: Fondaco, sold: Path) -> None:
    assert "amounts in SEK" in fondaco("-C", sold, "metrics", "query", "net_sales").out
