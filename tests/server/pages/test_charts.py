"""Steps of a chart."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.server.pages.charts import step_period, steps_of
from fondaco.server.periods import Grain, Period

DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("grain", "first"),
    [("week", "2026-02-02"), ("month", "2026-02-01"), ("quarter", "2026-01-01"), ("year", "2026-01-01")],
)
def test_a_step_starts_where_the_calendar_has_it_start(grain: Grain, first: str) -> None:
    assert steps_of(Period(date(2026, 2, 5), date(2026, 2, 6)), grain) == [date.fromisoformat(first)]


def test_by_hour_there_are_always_twenty_four() -> None:
    hours = steps_of(Period(date(2026, 2, 5), date(2026, 3, 6)), "hour")
    assert (len(hours), hours[0], hours[-1]) == (24, "00", "23")


@given(
    first=DAYS, days=st.integers(0, 1500), grain=st.sampled_from(["day", "week", "month", "quarter", "year"])
)
def test_steps_share_out_all_days_of_the_period(first: date, days: int, grain: Grain) -> None:
    period = Period(first, first + timedelta(days))
    parts = [step_period(step, grain, period) for step in steps_of(period, grain) if isinstance(step, date)]
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(after.first - before.last == timedelta(1) for before, after in itertools.pairwise(parts))
