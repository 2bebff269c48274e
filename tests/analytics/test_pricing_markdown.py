"""Markdown plans: against the closed form of the literature, a recursion written out, every fixed path, and laws."""

from __future__ import annotations

import itertools
from functools import cache
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from fondaco.analytics.pricing import demand_at_prices, plan_markdown, play
from fondaco.errors import ConfigError

LADDER = np.array([20.0, 15.0, 12.0, 9.0])


def _law(mean: float, spread: float) -> stats.rv_discrete:
    return stats.nbinom(1 / spread, 1 / (1 + spread * mean)) if spread else stats.poisson(mean)


def _written_out(
    stock: int, prices: np.ndarray, mean: np.ndarray, spread: float, salvage: float, *, only_down: bool
) -> float:
    """The recursion of the textbook, one state at a time."""

    @cache
    def best(week: int, step: int, units: int) -> float:
        if week == len(mean):
            return salvage * units
        found = []
        for k in range(step if only_down else 0, len(prices)):
            law = _law(mean[week, k], spread)
            parts = [law.pmf(d) * (prices[k] * d + best(week + 1, k, units - d)) for d in range(units)]
            found.append(sum(parts) + law.sf(units - 1) * (prices[k] * units + best(week + 1, k, 0)))
        return max(found)

    return best(0, 0, stock)


def _fixed(
    path: tuple[int, ...], stock: int, prices: np.ndarray, mean: np.ndarray, *, salvage: float
) -> float:
    """Expected money of a path of prices that is kept to, whatever sells."""
    chance, money = np.eye(stock + 1)[stock], 0.0
    for week, k in enumerate(path):
        after = np.zeros(stock + 1)
        for units in range(stock + 1):
            law = _law(mean[week, k], 0.0)
            for sold in range(units + 1):
                p = chance[units] * (law.sf(units - 1) if sold == units else law.pmf(sold))
                after[units - sold] += p
                money += p * prices[k] * sold
        chance = after
    return float(money + salvage * chance @ np.arange(stock + 1))


class TestAgainstTheLiterature:
    @pytest.mark.parametrize(("stock", "rate"), [(1, 4.0), (5, 10.0), (10, 40.0)])
    def test_exponential_demand_brings_what_the_closed_form_says(self, stock: int, rate: float) -> None:
        """Gallego and van Ryzin (1994), section 2.3: buyers come at rate a e^(−p); J(n) = log Σ (a/e)^i / i!, p(n) = J(n) − J(n−1) + 1."""
        steps, ladder = 300, np.arange(6.0, 0.5, -0.05)
        mean = np.tile(rate / steps * np.exp(-ladder), (steps, 1))
        found = plan_markdown(stock, ladder, mean, only_down=False)

        def closed(units: int) -> float:
            return float(np.log(sum((rate / np.e) ** i / factorial(i) for i in range(units + 1))))

        assert found.value == pytest.approx(closed(stock), rel=0.003)
        assert found.price(0, stock) == pytest.approx(closed(stock) - closed(stock - 1) + 1, abs=0.03)

    def test_with_more_than_enough_stock_each_week_takes_the_price_that_takes_most(self) -> None:
        mean = np.array([[10.0, 14, 16, 19], [5, 7, 11, 12]])
        found = plan_markdown(200, LADDER, mean)
        assert found.prices.tolist() == [15.0, 12.0]
        assert found.value == pytest.approx(14 * 15 + 11 * 12)

    def test_one_week_of_a_newsvendor_with_fixed_stock_by_hand(self) -> None:
        """One unit, one week, Poisson demand of 1 at 20 and of 2 at 15: 20 (1 − e⁻¹) = 12.64 against 15 (1 − e⁻²) = 12.97."""
        found = plan_markdown(1, [20, 15], [[1.0, 2.0]])
        assert found.prices.tolist() == [15.0]
        assert found.value == pytest.approx(15 * (1 - np.exp(-2)))


DEMAND = st.lists(st.lists(st.floats(0.1, 4), min_size=3, max_size=3), min_size=1, max_size=3)


class TestAgainstBruteForce:
    @settings(max_examples=40, deadline=None)
    @given(
        stock=st.integers(0, 6),
        demand=DEMAND,
        spread=st.sampled_from([0.0, 0.5]),
        salvage=st.floats(-2, 5),
        only_down=st.booleans(),
    )
    def test_is_the_recursion_written_out(
        self, stock: int, demand: list[list[float]], spread: float, salvage: float, only_down: bool
    ) -> None:
        prices, mean = LADDER[:3], np.array(demand)
        found = plan_markdown(stock, prices, mean, spread, salvage=salvage, only_down=only_down)
        assert_allclose(
            found.value, _written_out(stock, prices, mean, spread, salvage, only_down=only_down), atol=1e-8
        )

    @settings(max_examples=15, deadline=None)
    @given(stock=st.integers(1, 6), demand=DEMAND, salvage=st.floats(-2, 5))
    def test_no_path_that_is_fixed_beforehand_brings_more(
        self, stock: int, demand: list[list[float]], salvage: float
    ) -> None:
        prices, mean = LADDER[:3], np.array(demand)
        best = plan_markdown(stock, prices, mean, salvage=salvage).value
        falling = itertools.combinations_with_replacement(range(3), len(mean))
        assert all(_fixed(path, stock, prices, mean, salvage=salvage) <= best + 1e-9 for path in falling)

    def test_large_stocks_are_folded_as_small_ones(self) -> None:
        """By Fourier transforms beyond 400 units: so much stock is never sold, and a unit more brings its salvage value."""
        mean = np.tile([30.0, 45, 60, 85], (6, 1))
        less, more = (plan_markdown(units, LADDER, mean, 0.3, salvage=2) for units in (395, 5000))
        assert more.value - plan_markdown(4999, LADDER, mean, 0.3, salvage=2).value == pytest.approx(
            2, abs=1e-6
        )
        assert less.value == pytest.approx(_played(less, 395, mean, 0.3, 2.0), rel=0.02)


def _played(plan: object, stock: int, mean: np.ndarray, spread: float, salvage: float) -> float:
    return float(play(plan, stock, mean, spread, salvage=salvage, runs=20_000).takings.mean())  # type: ignore[arg-type]


class TestLaws:
    @settings(max_examples=30, deadline=None)
    @given(stock=st.integers(1, 40), demand=DEMAND, salvage=st.floats(0, 5))
    def test_prices_only_fall_and_more_stock_brings_more(
        self, stock: int, demand: list[list[float]], salvage: float
    ) -> None:
        mean = np.array(demand)
        found = plan_markdown(stock, LADDER[:3], mean, salvage=salvage)
        assert (np.diff(found.prices) <= 0).all()
        assert found.value >= plan_markdown(stock - 1, LADDER[:3], mean, salvage=salvage).value - 1e-9
        assert (
            found.value
            <= plan_markdown(stock, LADDER[:3], mean, salvage=salvage, only_down=False).value + 1e-9
        )
        assert found.value <= stock * LADDER[0]

    def test_the_currency_and_the_order_of_prices_do_not_matter(self) -> None:
        mean = np.array([[3.0, 4, 6, 9], [2, 3, 5, 7]])
        found = plan_markdown(12, LADDER, mean, salvage=1)
        other = plan_markdown(12, 100 * LADDER[::-1], mean[:, ::-1], salvage=100)
        assert other.value == pytest.approx(100 * found.value)
        assert_allclose(other.prices, 100 * found.prices)

    def test_no_price_is_above_that_of_the_week_before(self) -> None:
        mean = np.tile([3.0, 4, 6, 9], (3, 1))
        assert plan_markdown(3, LADDER, mean).prices[0] == 20
        held = plan_markdown(3, LADDER, mean, start=15)
        assert held.prices[0] == 15
        assert held.price(1, 2, before=12.0) <= 12

    def test_seasons_that_are_played_bring_what_the_plan_says(self) -> None:
        mean = np.array([[3.0, 4, 6, 9], [2, 3, 5, 7], [1, 2, 4, 6]])
        found = plan_markdown(20, LADDER, mean, 0.2, salvage=2)
        outcome = play(found, 20, mean, 0.2, salvage=2, runs=20_000, seed=1)
        assert outcome.takings.mean() == pytest.approx(found.value, rel=0.01)
        assert (outcome.leftover >= 0).all()


class TestDemand:
    def test_follows_the_elasticity_where_it_is_known(self) -> None:
        mean, spread = demand_at_prices([10, 8], 20, LADDER, -2.0, 0.0, spread=0.1)
        assert_allclose(mean, np.outer([10, 8], (LADDER / 20) ** -2))
        assert_allclose(spread, 0.1)

    def test_spreads_more_where_it_is_not(self) -> None:
        _, spread = demand_at_prices([10], 20, LADDER, -2.0, 0.5)
        assert (np.diff(spread[0]) > 0).all()
        assert spread[0, 0] == pytest.approx(0, abs=1e-12)


class TestAbsurd:
    @pytest.mark.parametrize(
        ("stock", "ladder", "demand", "said"),
        [
            (-1, [10], [[1]], "There are -1 units"),
            (200_000, [10], [[1]], "200000 units"),
            (5, [0, 10], [[1, 1]], "not above 0"),
            (5, [], np.zeros((1, 0)), "or there is none"),
            (5, [10], [[1, 2]], "there are 1 prices"),
            (5, [10], [[-1]], "negative or no number"),
        ],
    )
    def test_is_refused(self, stock: int, ladder: list[float], demand: object, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            plan_markdown(stock, ladder, demand)  # type: ignore[arg-type]

    def test_a_price_below_the_ladder_cannot_fall(self) -> None:
        with pytest.raises(ConfigError, match="All prices are above 5"):
            plan_markdown(3, LADDER, np.ones((1, 4)), start=5)

    def test_a_price_of_nothing_has_no_demand(self) -> None:
        with pytest.raises(ConfigError, match="prices from 0"):
            demand_at_prices([10], 20, [0, 10], -2, 0.1)
