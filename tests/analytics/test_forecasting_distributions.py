"""The distribution around a forecast: places and values are each other's inverse, and those of the textbook's distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from fondaco.analytics.forecasting.distributions import LEAST, MOST, places, values_at

SHARES = np.array([[0.01, 0.1, 0.5, 0.9, 0.99, 0.999]])


def at(mean: float, spread: float, *, is_whole: bool = True) -> np.ndarray:
    return np.asarray(values_at(SHARES, np.array([[mean]]), np.array([[spread]]), is_whole=is_whole)[0])


@pytest.mark.parametrize(("mean", "spread"), [(0.01, 0.12), (0.3, 0.9), (2.0, 2.5), (7.0, 3.0)])
def test_few_whole_units_are_negative_binomial(mean: float, spread: float) -> None:
    size, share = mean**2 / (spread**2 - mean), mean / spread**2
    assert_array_equal(at(mean, spread), stats.nbinom.ppf(SHARES[0], size, share))


@pytest.mark.parametrize(("mean", "spread"), [(0.2, 0.1), (3.0, 1.5)])
def test_or_poisson_where_they_vary_less(mean: float, spread: float) -> None:
    assert_array_equal(at(mean, spread), stats.poisson.ppf(SHARES[0], mean))


@pytest.mark.parametrize(("mean", "spread"), [(80.0, 20.0), (1000.0, 100.0)])
def test_many_whole_units_are_gamma_and_whole(mean: float, spread: float) -> None:
    exact = stats.gamma.ppf(SHARES[0], (mean / spread) ** 2, scale=spread**2 / mean)
    assert_array_equal(at(mean, spread), np.floor(exact + 0.5))
    assert_allclose(at(mean, spread, is_whole=False), exact)


def test_what_is_not_expected_at_all_is_none_and_what_is_certain_is_itself() -> None:
    assert at(0.0, 0.5).tolist() == [0] * 6
    assert at(3.5, 0.0, is_whole=False).tolist() == [3.5] * 6


@given(
    st.floats(0.001, 300), st.floats(0.05, 3), st.lists(st.integers(0, 500), min_size=3, max_size=3), st.booleans(), st.integers(0, 99)
)  # fmt: skip
def test_the_value_at_the_place_of_a_value_is_the_value(
    mean: float, relative: float, units: list[int], is_whole: bool, seed: int
) -> None:
    values = np.array([units], dtype=float)
    means, spreads = np.full((1, 3), mean), np.full((1, 3), mean * relative + 0.01)
    found = places(values, means, spreads, is_whole=is_whole, chance=np.random.default_rng(seed))
    assert ((found >= LEAST) & (found <= MOST)).all()
    inner = (found > LEAST) & (found < MOST)
    back = values_at(found, means, spreads, is_whole=is_whole)
    assert_allclose(back[inner], values[inner], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("mean", "spread"), [(0.05, 0.3), (1.5, 2.0), (90.0, 30.0)])
def test_places_of_what_a_distribution_draws_are_spread_evenly(mean: float, spread: float) -> None:
    random = np.random.default_rng(3)
    drawn = random.negative_binomial(mean**2 / (spread**2 - mean), mean / spread**2, (1, 20_000)).astype(
        float
    )
    found = places(
        drawn, np.full_like(drawn, mean), np.full_like(drawn, spread), is_whole=True, chance=random
    )
    assert stats.kstest(found[0], "uniform").pvalue > 1e-3 or mean > 60  # many are gamma, which is near
    assert_allclose(np.quantile(found, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.02)
