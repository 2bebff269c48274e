"""Queries, and the spans of days that they ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.clock import local_date
from fondaco.simulator.google_ads import rules
from fondaco.simulator.google_ads.gaql import parse
from fondaco.sources.google_ads.fields import REPORTS, Report
from fondaco.sources.google_ads.queries import query, spans
from fondaco.sources.google_ads.streams import KEPT_BY_GOOGLE
from fondaco.sources.stream import Slice

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
ZONES = st.sampled_from(["America/Los_Angeles", "UTC", "Pacific/Kiritimati", "Asia/Kolkata"])
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
VERSIONS = ("v24", "v25", "v26")


def part(first: date, after: date) -> Slice:
    since, until = (datetime.combine(day, datetime.min.time(), UTC) for day in (first, after))
    return Slice("campaign_days", "backfill", since, until)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_every_field_is_one_of_the_official_protos_and_may_be_asked_for(report: Report, version: str) -> None:
    days = (date(2026, 1, 1), date(2026, 1, 31)) if report.is_by_day else None
    rules.check(parse(query(report, days)), version)


def test_a_query_leaves_nothing_out_by_status_and_sorts_nothing() -> None:
    for report in REPORTS.values():
        text = query(report)
        assert ".status =" not in text and "ORDER BY" not in text and "LIMIT" not in text


@given(
    first=DAYS,
    length=st.integers(0, 1500),
    now=st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1)),
    zone=ZONES,
)
def test_each_day_of_a_slice_that_may_be_had_is_asked_for_once(
    first: date, length: int, now: datetime, zone: str
) -> None:
    now = now.replace(tzinfo=UTC)
    wanted = part(first, first + timedelta(days=length))
    asked = [
        begin + timedelta(days=number)
        for begin, end in spans(wanted, now, zone)
        for number in range((end - begin).days + 1)
    ]
    today = local_date(now, zone)
    assert asked == [
        day
        for day in (first + timedelta(days=number) for number in range(length))
        if day <= today and _months(day, today) <= 37
    ]


@given(first=DAYS, length=st.integers(1, 400))
def test_no_query_spans_more_than_a_month(first: date, length: int) -> None:
    for begin, end in spans(part(first, first + timedelta(days=length)), NOW, "UTC"):
        assert (begin.year, begin.month) == (end.year, end.month)


@given(now=st.datetimes(datetime(2018, 1, 1), datetime(2040, 1, 1)))
def test_history_reaches_no_further_back_than_google_keeps_it(now: datetime) -> None:
    """Else days that were read in time would be taken for restated to nothing."""
    first = (now - KEPT_BY_GOOGLE).date()
    wanted = part(first, first + timedelta(days=1))
    assert list(spans(wanted, now.replace(tzinfo=UTC), "Pacific/Kiritimati")) == [(first, first)]


def test_days_end_where_the_account_is() -> None:
    assert list(spans(part(date(2026, 3, 7), date(2026, 3, 12)), NOW, "America/Los_Angeles")) == [
        (date(2026, 3, 7), date(2026, 3, 9))
    ]
    assert list(spans(part(date(2026, 3, 7), date(2026, 3, 12)), NOW, "Asia/Tokyo")) == [
        (date(2026, 3, 7), date(2026, 3, 10))
    ]


def _months(day: date, today: date) -> float:
    """Whole months from ``day`` to ``today``, and a bit where days are over."""
    months = (today.year - day.year) * 12 + today.month - day.month
    return months + (0.5 if today.day > day.day else 0)
