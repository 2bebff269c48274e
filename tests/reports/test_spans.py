from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.errors import ConfigError
from fondaco.reports.spans import last_full_month, last_full_week, parse_span, week_of

DAYS = st.dates(date(1992, 1, 1), date(2198, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last", "label"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2026"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "Quarter 1, 2026"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "Quarter 4, 2026"),
        ("2028-02", "2028-02-01", "2028-02-29", "February 2028"),
        ("2026-W01", "2025-12-29", "2026-01-04", "Week 1, 2026"),
        ("2026-W53", "2026-12-28", "2027-01-03", "Week 53, 2026"),
    ],
)
def test_periods_of_the_calendar_are_read(written: str, first: str, last: str, label: str) -> None:
    span = parse_span(written)
    assert (span.first.isoformat(), span.last.isoformat(), span.label) == (first, last, label)


@pytest.mark.parametrize(
    "written",
    ["", "26", "2026-13", "2026-00", "2026-Q5", "2025-W53", "2026-W00", "1066", "2026-1", "x", "２０２６"],
)
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="no period of the calendar"):
        parse_span(written)


@pytest.mark.parametrize(
    ("written", "before", "year_before"),
    [
        ("2026", "2025", "2025"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2021-W01", "2020-W53", "2020-W02"),
    ],
)
def test_a_period_answers_to_the_one_before_and_to_that_of_the_year_before(
    written: str, before: str, year_before: str
) -> None:
    span = parse_span(written)
    assert (span.before.name, span.year_before.name) == (before, year_before)


@given(DAYS)
def test_the_last_full_week_ends_on_the_sunday_before_this_week(today: date) -> None:
    week = last_full_week(today)
    assert (week.first.weekday(), week.days) == (0, 7)
    assert 1 <= (today - week.last).days <= 7
    assert (week.first - week.year_before.first) == timedelta(364)


@given(DAYS, st.sampled_from(["week", "month", "quarter", "year"]))
def test_periods_follow_each_other_without_gap_and_are_read_as_they_are_written(day: date, kind: str) -> None:
    written = {
        "week": week_of(day).name,
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }
    span = parse_span(written[kind])
    assert span.first <= day <= span.last
    assert parse_span(span.name) == span
    assert span.before.last == span.first - timedelta(1)
    assert span.after.first == span.last + timedelta(1)
    assert span.before.after == span


def test_the_last_full_month_is_over() -> None:
    assert last_full_month(date(2026, 1, 1)).name == "2025-12"
    assert last_full_month(date(2026, 12, 31)).name == "2026-11"
