"""Scores and segments: what is promised to hold for any customers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics import rfm
from fondaco.errors import ConfigError

customers = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(1, 30), st.integers(-50, 5000)), min_size=1, max_size=60
)


@given(customers)
def test_equal_customers_score_alike_and_better_ones_never_worse(rows: list[tuple[int, int, int]]) -> None:
    recency, frequency, monetary = np.array(rows).T
    scores = rfm.score(recency, frequency, monetary)
    for numbers, given_scores in (
        (-recency, scores.recency), (frequency, scores.frequency), (monetary, scores.monetary),
    ):  # fmt: skip
        order = np.argsort(numbers, kind="stable")
        assert (np.diff(given_scores[order]) >= 0).all()
        for number in np.unique(numbers):
            assert len(np.unique(given_scores[numbers == number])) == 1
        assert given_scores.min() >= 1 and given_scores.max() <= 5


@given(customers)
def test_the_order_of_customers_changes_nothing(rows: list[tuple[int, int, int]]) -> None:
    forth = rfm.score(*np.array(rows).T)
    back = rfm.score(*np.array(rows[::-1]).T)
    assert (forth.monetary == back.monetary[::-1]).all()


@given(customers)
def test_every_customer_is_in_exactly_one_segment(rows: list[tuple[int, int, int]]) -> None:
    found = rfm.segment(rfm.score(*np.array(rows).T))
    assert len(found) == len(rows)
    assert set(found) <= set(range(len(rfm.SEGMENTS)))


def test_the_rules_take_every_combination_of_scores_and_each_takes_some() -> None:
    every = np.array(list(itertools.product(range(1, 6), repeat=3)), dtype=np.int8).T
    found = rfm.segment(rfm.RFM(*every))
    assert set(found) == set(range(8))


@pytest.mark.parametrize(
    ("scores", "segment"),
    [
        ((5, 5, 5), "Champions"), ((1, 5, 5), "Cannot Lose"), ((5, 5, 1), "Price Sensitive"),
        ((3, 4, 4), "Loyal Customers"), ((2, 3, 2), "At Risk"), ((5, 1, 2), "New Customers"),
        ((3, 2, 4), "Potential Loyalists"), ((1, 1, 1), "Hibernating"),
    ],
)  # fmt: skip
def test_what_each_segment_means(scores: tuple[int, int, int], segment: str) -> None:
    one = rfm.RFM(*(np.array([score], dtype=np.int8) for score in scores))
    assert rfm.SEGMENTS[rfm.segment(one)[0]] == segment


def test_without_ties_each_fifth_of_the_customers_has_its_score() -> None:
    scores = rfm.score(np.arange(100)[::-1], np.arange(100) + 2, np.arange(100))
    for each in (scores.recency, scores.frequency, scores.monetary):
        assert np.bincount(each).tolist() == [0, 20, 20, 20, 20, 20]


BACK = {"Champions", "Cannot Lose", "Price Sensitive", "Loyal Customers", "At Risk"}
"""Segments whose meaning says that their customers came back."""


@given(customers, st.integers(0, 200))
def test_nobody_who_bought_once_is_said_to_have_come_back(
    rows: list[tuple[int, int, int]], once: int
) -> None:
    recency, frequency, monetary = np.array(rows + [(n, 1, n) for n in range(once)]).T
    found = rfm.segment(rfm.score(recency, frequency, monetary))
    assert not {rfm.SEGMENTS[place] for place in found[frequency == 1]} & BACK


def test_where_nearly_all_have_bought_once_the_few_who_came_back_stand_out() -> None:
    scores = rfm.score(np.arange(100), np.array([1] * 90 + [2] * 10), np.arange(100))
    assert set(scores.frequency[:90]) == {1} and set(scores.frequency[90:]) == {5}


def test_equal_numbers_stand_in_the_middle_of_the_place_that_they_take_up() -> None:
    scores = rfm.score([5] * 100, np.arange(100) + 2, np.array([10] * 90 + [20] * 10))
    assert set(scores.recency) == {3}
    assert set(scores.monetary[:90]) == {3} and set(scores.monetary[90:]) == {5}


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ConfigError, match="not finite"):
        rfm.score([1.0], [2.0], [float("nan")])
    with pytest.raises(ConfigError, match="shapes"):
        rfm.score([1.0], [2.0, 3.0], [1.0])
