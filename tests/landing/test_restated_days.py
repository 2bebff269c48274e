"""Figures by day that a vendor restates: the days of a slice are replaced whole, and only they."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.landing.conftest import DECIMAL, TEXT, Bench, money

from fondaco.sources.stream import Column, ColumnType, Slice, Stream, SyncMode, Table

DATE = ColumnType.DATE
SPEND = Stream(
    "spend",
    mode=SyncMode.DAYS,
    day_column="report_date",
    tables=(
        Table(
            "spend",
            (
                Column("ad_id", TEXT, "$.ad"),
                Column("report_date", DATE, "$.day"),
                Column("amount", DECIMAL, "$.amount"),
            ),
            ("ad_id", "report_date"),
        ),
        Table(
            "spend_actions",
            (
                Column("ad_id", TEXT, "^.ad"),
                Column("report_date", DATE, "^.day"),
                Column("action", TEXT, "$.type"),
            ),
            ("ad_id", "report_date", "action"),
            each=("$.actions",),
            parent_key=("ad_id", "report_date"),
        ),
    ),
)


class AdPlatform:
    """A source as far as landing looks at it."""

    streams = (SPEND,)


@pytest.fixture
def ads(bench: Bench) -> Bench:
    bench.landing.create_tables({"shop": AdPlatform})  # type: ignore[dict-item]
    return bench


def spent(ad: str, day: int, amount: str, *actions: str) -> dict[str, Any]:
    return {
        "ad": ad,
        "day": f"2026-03-{day:02}",
        "amount": amount,
        "actions": [{"type": action} for action in actions],
    }


def days(first: int, last: int) -> Slice:
    since = datetime(2026, 3, first, tzinfo=UTC)
    return Slice("spend", "incremental", since, since + timedelta(days=last - first + 1))


def test_a_day_restated_loses_the_rows_that_the_vendor_no_longer_has(ads: Bench) -> None:
    ads.land(
        spent("a", 1, "5", "buy", "view"),
        spent("a", 2, "6"),
        spent("b", 2, "7", "buy"),
        stream=SPEND,
        part=days(1, 2),
    )
    ads.land(spent("a", 2, "6.50", "view"), spent("a", 3, "1"), stream=SPEND, part=days(2, 3))

    assert ads.rows("shop__spend", "ad_id", "report_date", "amount") == [
        ("a", date(2026, 3, 1), money("5")),
        ("a", date(2026, 3, 2), money("6.50")),
        ("a", date(2026, 3, 3), money("1")),
    ]
    assert ads.rows("shop__spend_actions", "report_date", "action") == [
        (date(2026, 3, 1), "buy"),
        (date(2026, 3, 1), "view"),
        (date(2026, 3, 2), "view"),
    ]


def test_days_restated_to_nothing_are_emptied(ads: Bench) -> None:
    ads.land(spent("a", 1, "5"), spent("a", 2, "6"), stream=SPEND, part=days(1, 2))
    ads.land(stream=SPEND, part=days(2, 4))

    assert ads.rows("shop__spend", "ad_id", "report_date") == [("a", date(2026, 3, 1))]


def test_the_days_of_another_account_stay(ads: Bench) -> None:
    ads.land(spent("a", 1, "5"), stream=SPEND, part=days(1, 1))
    other = ads.landing.spool("south", "shop", SPEND, days(1, 1), [])
    ads.landing.load(other)

    assert ads.rows("shop__spend", "connection_id", "ad_id") == [("north", "a")]


def test_a_slice_that_is_loaded_again_after_a_crash_changes_nothing(ads: Bench) -> None:
    ads.land(spent("a", 1, "5"), stream=SPEND, part=days(1, 1))
    again = ads.spool(spent("a", 1, "6"), spent("b", 1, "2"), stream=SPEND, part=days(1, 1))
    files = {path: path.read_bytes() for path in again.folder.iterdir()}
    ads.landing.load(again)
    once = ads.rows("shop__spend", "ad_id", "report_date", "amount", "_synced_at")
    again.folder.mkdir(exist_ok=True)
    for path, content in files.items():
        path.write_bytes(content)
    ads.landing.load(again)

    assert ads.rows("shop__spend", "ad_id", "report_date", "amount", "_synced_at") == once
    assert [row[:1] for row in once] == [("a",), ("b",)]
