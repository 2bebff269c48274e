"""When stock runs out along sample paths, and what locations can spare for each other: hand-worked, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from fondaco.analytics.inventory import Sampled, lengthened, run_out, share_out, stockout_risk
from fondaco.errors import ConfigError

UNITS = st.integers(0, 30)


def test_a_shop_with_five_pieces_runs_out_on_the_day_on_which_the_sixth_is_wanted() -> None:
    """Two samples of four days: 2 + 2 + 2 reaches six on the third day, which is day 2; 1 a day never does. Goods come after three days or four.

    So it runs out in one case of two, by day 2; the first sample lacks 6 − 5 = 1 piece in its three days, the second none: half a piece.
    """
    paths = [[[2, 2, 2, 2], [1, 1, 1, 1]]]
    found = run_out(paths, [5], [[3, 4]])
    assert (found.probability.tolist(), found.day.tolist(), found.shortage.tolist()) == ([0.5], [2.0], [0.5])
    never = run_out(paths, [8], [[3, 4]])
    assert (never.probability.tolist(), never.shortage.tolist()) == ([0.0], [0.0]) and np.isnan(
        never.day
    ).all()
    assert run_out(paths, [0], [[3, 4]]).day.tolist() == [0.0]


@given(
    arrays(np.int64, (3, 7, 12), elements=UNITS),
    arrays(np.int64, (3,), elements=st.integers(0, 200)),
    arrays(np.int64, (3, 7), elements=st.integers(0, 12)),
)
def test_chance_and_shortage_are_those_of_the_sum_until_goods_come(paths: np.ndarray, stock: np.ndarray, lasting: np.ndarray) -> None:  # fmt: skip
    sums = np.array([[paths[i, s, : lasting[i, s]].sum() for s in range(7)] for i in range(3)])
    chance, missing = stockout_risk(Sampled(sums), stock, 1.0)
    found = run_out(paths, stock, lasting)
    assert_allclose(found.probability, chance, atol=1e-12)
    assert_allclose(found.shortage, missing, atol=1e-9)
    assert ((found.probability > 0) == np.isfinite(found.day)).all()


@given(
    arrays(np.int64, (2, 5, 10), elements=UNITS),
    arrays(np.int64, (2,), elements=st.integers(0, 90)),
    st.integers(0, 9),
)
def test_goods_that_come_later_and_less_stock_never_make_it_better(
    paths: np.ndarray, stock: np.ndarray, until: int
) -> None:
    one = run_out(paths, stock, np.full((2, 5), until))
    later = run_out(paths, stock, np.full((2, 5), until + 1))
    less = run_out(paths, stock // 2, np.full((2, 5), until))
    for worse in (later, less):
        assert (worse.probability >= one.probability).all() and (worse.shortage >= one.shortage).all()


def test_negative_stock_and_goods_that_come_after_the_forecast_are_refused() -> None:
    with pytest.raises(ConfigError, match="stock of an item is -1"):
        run_out([[[1.0]]], [-1], [[1]])
    with pytest.raises(ConfigError, match="ends after 1 days"):
        run_out([[[1.0]]], [1], [[2]])


def test_beyond_its_end_a_path_goes_on_as_in_its_last_days() -> None:
    assert lengthened([[1, 2, 3]], 8, like_last=2).tolist() == [[1, 2, 3, 2, 3, 2, 3, 2]]
    assert lengthened([[1, 2, 3]], 2).tolist() == [[1, 2, 3]]
    assert lengthened([[4]], 3).tolist() == [[4, 4, 4]]


def test_who_loses_most_is_served_first_from_who_has_most() -> None:
    """Ten pieces to spare, six and four; B loses more than A. B lacks seven: six from the first, one from the second. A gets the three left."""
    assert share_out([5, 7], [10.0, 40.0], [6, 4]).tolist() == [[0, 3], [6, 1]]


@given(
    st.lists(st.tuples(UNITS, st.floats(0, 1e6)), max_size=8),
    st.lists(UNITS, max_size=8),
)
def test_all_that_can_be_moved_is_and_nobody_gives_or_gets_more_than_there_is(
    lacking: list[tuple[int, float]], spare: list[int]
) -> None:
    needed = [units for units, _ in lacking]
    moved = share_out(needed, [worth for _, worth in lacking], spare)
    assert moved.shape == (len(needed), len(spare)) and (moved >= 0).all()
    assert (moved.sum(axis=1) <= needed).all() and (moved.sum(axis=0) <= spare).all()
    assert moved.sum() == min(sum(needed), sum(spare))
