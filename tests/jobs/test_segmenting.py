"""Every customer is in one segment at the end of each month, and the movements say how they came there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics import rfm
from fondaco.analytics.purchases import Returned, gather
from fondaco.jobs.reading import EPOCH, History
from fondaco.jobs.segmenting import month_ends, movements, segment_today

START = date(2025, 1, 10)
ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 400), st.integers(-20, 300)), min_size=1, max_size=120
)


def history(rows: list[tuple[int, int, int]]) -> History:
    customers = sorted({customer for customer, _, _ in rows})
    start = (START - EPOCH).days
    purchases = gather(
        [customers.index(customer) for customer, _, _ in rows],
        [start + day for _, day, _ in rows],
        [value for _, _, value in rows],
    )
    as_of = START + timedelta(days=max(day for _, day, _ in rows))
    return History(pa.array([f"p{customer}" for customer in customers]), purchases, as_of)


@given(ROWS)
def test_movements_into_a_segment_are_those_who_are_in_it(rows: list[tuple[int, int, int]]) -> None:
    known = history(rows)
    moved = movements(known).to_pylist()
    today = segment_today(known, known.purchases.summaries(known.as_of_day))
    arrived = dict.fromkeys(rfm.SEGMENTS, 0)
    for row in moved:
        if row["month_end"] == known.as_of:
            arrived[row["to_segment"]] += row["customers"]
    counted = np.bincount(today.segment, minlength=len(rfm.SEGMENTS))
    if moved:
        assert list(arrived.values()) == counted.tolist()
    assert counted.sum() == len(known.person_ids), "who has bought is in exactly one segment"


@given(ROWS)
def test_who_is_in_a_segment_at_the_end_of_a_month_leaves_from_there_in_the_next(
    rows: list[tuple[int, int, int]],
) -> None:
    moved = movements(history(rows)).to_pylist()
    ends = sorted({row["month_end"] for row in moved})
    for before, after in itertools.pairwise(ends):
        for segment in rfm.SEGMENTS:
            inside = sum(
                r["customers"] for r in moved if r["month_end"] == before and r["to_segment"] == segment
            )
            left = sum(
                r["customers"] for r in moved if r["month_end"] == after and r["from_segment"] == segment
            )
            assert inside == left


@given(
    ROWS, st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 400), st.integers(1, 300)), max_size=20)
)
def test_what_comes_back_later_changes_no_month_that_is_over(
    rows: list[tuple[int, int, int]], back: list[tuple[int, int, int]]
) -> None:
    known = history(rows)
    bought = known.purchases
    place = np.array([number % len(bought.day) for number, _, _ in back], np.int64)
    after = np.array([days for _, days, _ in back], np.int64)
    value = np.array([value for _, _, value in back], float)
    came = Returned(bought.customer[place], bought.day[place], known.as_of_day + after, value)
    net = np.bincount(place, value, minlength=len(bought.day)) if len(back) else 0.0
    lowered = replace(known, purchases=replace(bought, value=bought.value - net), returned=came)
    closed = [row for row in movements(known).to_pylist() if row["month_end"] < known.as_of]
    assert [row for row in movements(lowered).to_pylist() if row["month_end"] < known.as_of] == closed


def test_who_bought_for_the_first_time_this_month_came_from_nowhere() -> None:
    known = history([(1, 0, 50), (2, 395, 80)])
    last = [row for row in movements(known).to_pylist() if row["month_end"] == known.as_of]
    assert [row["customers"] for row in last if row["from_segment"] == ""] == [1]
    today = segment_today(known, known.purchases.summaries(known.as_of_day))
    assert today.previous[0] >= 0 and today.previous[1] == -1


def test_ends_of_months_lie_before_the_day() -> None:
    assert month_ends(date(2026, 3, 31), 3) == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
    assert month_ends(date(2024, 3, 1), 1) == [date(2024, 2, 29)]
