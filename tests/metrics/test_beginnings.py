"""When the shops' data begins, and which periods can therefore be compared with."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fondaco.metrics.beginnings import Beginnings, read_beginnings, told
from fondaco.numbers import Numbers

FIRST, SECOND = date(2025, 3, 12), date(2026, 3, 1)
TWO_SHOPS = Beginnings({"aurora": FIRST, "berg": SECOND})
NUMBERS = Numbers("en_GB", "EUR", ZoneInfo("UTC"))
NAMES = {"aurora": "Aurora", "berg": "Berg"}


def test_a_shop_begins_on_its_first_day_with_data_and_a_day_that_only_fills_a_gap_is_none(marts: Any) -> None:
    for shop, day, is_filler in (
        ("aurora", "2025-03-13", False),
        ("aurora", "2025-03-12", False),
        ("berg", "2026-03-01", False),
        ("new", "2026-03-31", True),
    ):
        row = {"clock": "finance", "sales_date": day, "connection_id": shop, "is_filler": is_filler}
        marts.add("sales_daily", **row)
    assert read_beginnings(marts, "default") == TWO_SHOPS
    assert read_beginnings(marts, "nobody") == Beginnings()


@pytest.mark.parametrize(
    ("first", "shops", "is_known"),
    [
        (date(2025, 3, 12), (), True),
        (date(2025, 3, 11), (), False),  # nothing is known of its first day
        (date(2024, 1, 1), (), False),
        (date(2025, 3, 12), ("aurora", "berg"), True),  # the earliest of them decides
        (date(2025, 3, 12), ("berg",), False),  # a shop that is looked at alone: its own first day
        (date(2026, 3, 1), ("berg",), True),
        (date(2020, 1, 1), ("nowhere",), True),  # no data at all misleads nobody
    ],
)
def test_a_period_can_be_compared_with_if_it_is_known_from_its_first_day_on(
    first: date, shops: tuple[str, ...], is_known: bool
) -> None:
    assert TWO_SHOPS.knows(first, shops) is is_known


@pytest.mark.parametrize(
    ("compared", "sentences"),
    [
        ([(date(2025, 4, 1), "April")], []),
        (
            [(date(2025, 3, 1), "March 2025")],
            ["Data begins 12 Mar 2025: there is no comparison with March 2025."],
        ),
        (
            [(date(2025, 1, 1), "January"), (date(2025, 2, 1), "February")],
            ["Data begins 12 Mar 2025: there is no comparison with January or February."],
        ),
    ],
)
def test_the_reader_is_told_that_there_is_no_comparison(
    compared: list[tuple[date, str]], sentences: list[str]
) -> None:
    assert told(TWO_SHOPS, NUMBERS, NAMES, compared, last=date(2025, 12, 31)) == sentences


def test_the_reader_is_told_which_shop_joined_since_the_compared_period_began() -> None:
    february = [(date(2026, 2, 1), "February 2026")]
    assert told(TWO_SHOPS, NUMBERS, NAMES, february, last=date(2026, 3, 31)) == [
        "Not like for like with February 2026; data of these shops begins later: Berg 1 Mar 2026."
    ]
    assert told(TWO_SHOPS, NUMBERS, NAMES, february, last=date(2026, 3, 31), shops=("aurora",)) == []
