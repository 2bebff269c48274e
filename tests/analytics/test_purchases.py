"""Purchases of a customer and a day are one, and any day of the past can be seen as it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.purchases import gather
from fondaco.errors import ConfigError

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 60), st.integers(-50, 200)), min_size=1, max_size=60
)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return [np.array(column) for column in zip(*rows, strict=True)]


@given(ROWS, st.integers(-5, 70))
def test_a_summary_says_what_counting_by_hand_says(rows: list[tuple[int, int, int]], as_of: int) -> None:
    found = gather(*columns(rows)).summaries(as_of)
    by_customer: dict[int, dict[int, int]] = {}
    for customer, day, value in rows:
        if day <= as_of:
            days = by_customer.setdefault(customer, {})
            days[day] = days.get(day, 0) + value
    assert found.customer.tolist() == sorted(by_customer)
    for place, customer in enumerate(found.customer):
        days = by_customer[int(customer)]
        first, last = min(days), max(days)
        later = [value for day, value in days.items() if day != first]
        assert found.frequency[place] == len(later) == found.purchases[place] - 1
        assert (found.recency[place], found.age[place], found.silence[place]) == (
            last - first,
            as_of - first,
            as_of - last,
        )
        assert found.value[place] == sum(days.values())
        mean = sum(later) / len(later) if later else 0
        assert found.monetary_value[place] == pytest.approx(max(mean, 0))


@given(ROWS, st.integers(0, 60), st.integers(0, 60))
def test_totals_of_two_spans_are_those_of_both(
    rows: list[tuple[int, int, int]], one: int, other: int
) -> None:
    purchases = gather(*columns(rows))
    cut, end = sorted((one, other))
    for whole, first, second in zip(
        purchases.totals(6, 0, end),
        purchases.totals(6, 0, cut),
        purchases.totals(6, cut + 1, end),
        strict=True,
    ):
        np.testing.assert_allclose(whole, first + second)


def test_before_anybody_bought_there_is_nobody() -> None:
    assert gather([], [], []).summaries(10).customer.tolist() == []
    assert gather([3], [5], [1.0]).summaries(4).customer.tolist() == []


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigError, match="shapes"):
        gather([1, 2], [1], [1.0])
    with pytest.raises(ConfigError, match="not finite"):
        gather([1], [1], [float("nan")])
