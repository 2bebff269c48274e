"""What is said of the range of a customer's future holds for customers who behave as the model says."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.customers import simulated
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.conftest import Customers

from fondaco.analytics.clv import BGNBD, GammaGamma, fit_bg_nbd, value_interval
from fondaco.errors import ConfigError

MODEL = BGNBD(0.55, 60.0, 0.8, 2.5)
SPEND = GammaGamma(6.0, 4.0, 15.0)


@given(st.integers(0, 300), st.integers(1, 700), st.integers(0, 300), st.integers(1, 800))
def test_the_first_moment_is_the_equation_of_the_paper(
    bought: int, last: int, silence: int, ahead: int
) -> None:
    history = (float(bought), float(last if bought else 0), float(last + silence))
    nothing, mean, square = MODEL.purchase_moments(ahead, *history)
    assert mean[0] == pytest.approx(MODEL.expected_purchases(ahead, *history)[0], rel=1e-5, abs=1e-7)
    assert 0 <= nothing[0] <= 1
    assert square[0] >= mean[0] ** 2 * (1 - 1e-9)
    assert mean[0] >= (1 - nothing[0]) * (1 - 1e-9)  # who buys, buys once at least


def test_parameters_beyond_all_customers_still_give_a_forecast() -> None:
    """Nearly everybody leaves with the same probability: the paper's formula overflows there."""
    same = BGNBD(0.46, 32.4, 664_325.0, 2_508_734.0)
    less = BGNBD(0.46, 32.4, 664.325, 2_508.734)
    history = ([2.0, 0.0, 10.0], [121.0, 0.0, 410.0], [448.0, 66.0, 450.0])
    assert same.expected_purchases(243, *history) == pytest.approx(
        less.expected_purchases(243, *history), rel=0.01
    )


def test_moments_are_those_of_drawn_futures(cdnow: Customers) -> None:
    """Customers drawn from what is known of one: alive or not, a rate, a probability to leave, purchases until then."""
    model = fit_bg_nbd(*cdnow.history)
    x, t_x, t, ahead, draws = 3.0, 20.0, 30.0, 40.0, 400_000
    chance = np.random.default_rng(3)
    rate = chance.gamma(model.r + x, 1 / (model.alpha + t), draws)
    leaving = chance.beta(model.a, model.b + x, draws)
    until_left = chance.geometric(leaving)
    bought = np.minimum(chance.poisson(rate * ahead), until_left) * (
        chance.random(draws) < model.probability_alive(x, t_x, t)[0]
    )
    nothing, mean, square = (found[0] for found in model.purchase_moments(ahead, x, t_x, t))
    assert (bought == 0).mean() == pytest.approx(nothing, abs=0.004)
    assert bought.mean() == pytest.approx(mean, rel=0.02)
    assert (bought.astype(float) ** 2).mean() == pytest.approx(square, rel=0.03)


def test_four_of_five_customers_spend_within_their_interval() -> None:
    """Two years are seen, the third is compared."""
    frequency, recency, age, mean_value, spent = futures(20_000)
    model = fit_bg_nbd(frequency, recency, age)
    low, high = value_interval(
        model, SPEND, frequency, recency, age, monetary_value=mean_value, horizon_days=365
    )
    assert (low <= high).all() and (low >= 0).all()
    inside = (spent >= low) & (spent <= high)
    assert 0.80 <= inside.mean() <= 0.93, "many spend nothing, and are inside for certain"
    likely = high > 0
    above = (spent > high)[likely].mean()
    assert above == pytest.approx(0.10, abs=0.015)


def futures(customers: int) -> tuple[np.ndarray, ...]:
    """Histories of two years, mean value of repeated purchases, and what was spent in the year after."""
    chance = np.random.default_rng(11)
    rate = chance.gamma(MODEL.r, 1 / MODEL.alpha, customers)
    leaving = chance.beta(MODEL.a, MODEL.b, customers)
    shape = SPEND.p
    scale = 1 / chance.gamma(SPEND.q, 1 / SPEND.v, customers)
    age = chance.integers(30, 731, customers).astype(float)
    frequency, recency, value, later = (np.zeros(customers) for _ in range(4))
    now, active = np.zeros(customers), np.arange(customers)
    while len(active):
        now[active] += chance.exponential(1 / rate[active])
        active = active[now[active] < age[active] + 365]
        worth = chance.gamma(shape, scale[active])
        seen = now[active] < age[active]
        frequency[active[seen]] += 1
        recency[active[seen]] = now[active[seen]]
        value[active[seen]] += worth[seen]
        later[active[~seen]] += worth[~seen]
        active = active[chance.random(len(active)) >= leaving[active]]
    return frequency, recency, age, value / np.maximum(frequency, 1), later


def test_spend_without_a_variance_has_no_interval() -> None:
    low, high = value_interval(MODEL, GammaGamma(1.0, 1.5, 15.0), 0.0, 0.0, 30.0, monetary_value=0.0)
    assert np.isnan([low[0], high[0]]).all()


def test_who_is_surely_gone_will_spend_nothing() -> None:
    """Two hundred purchases in a year and silent for ten: P(no purchase) is 1 in floating point."""
    history = (200.0, 365.0, 4_000.0)
    assert MODEL.purchase_moments(365, *history)[0][0] == 1
    low, high = value_interval(MODEL, SPEND, *history, monetary_value=30.0)
    assert (low[0], high[0]) == (0, 0)


@pytest.mark.parametrize(("share", "days"), [(0.0, 365), (1.0, 365), (0.8, 0)])
def test_a_share_or_horizon_that_cannot_be_is_refused(share: float, days: float) -> None:
    with pytest.raises(ConfigError, match="has no interval"):
        value_interval(MODEL, SPEND, 1.0, 5.0, 9.0, monetary_value=3.0, share=share, horizon_days=days)


def test_simulated_customers_of_the_benchmark_have_sane_intervals() -> None:
    frequency, recency, age = simulated(MODEL, 2_000)
    low, high = value_interval(
        MODEL, SPEND, frequency, recency, age, monetary_value=np.where(frequency > 0, 30.0, 0.0)
    )
    assert np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()
