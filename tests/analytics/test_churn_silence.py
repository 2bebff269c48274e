"""P(no purchase in the days to come), and the model in which customers may leave after their first purchase."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial.legendre import leggauss
from tests.analytics.conftest import Customers, Floats

from fondaco.analytics.clv import BGNBD, MBGNBD, ParetoNBD, bg_nbd, fit_bg_nbd, fit_mbg_nbd
from fondaco.analytics.clv.histories import histories

positive = st.floats(0.05, 20)
days = st.floats(0.5, 200)
models = (
    st.builds(BGNBD, positive, days, positive, positive)
    | st.builds(MBGNBD, positive, days, positive, positive)
    | st.builds(ParetoNBD, positive, days, positive, days)
)
HORIZON = 90


@st.composite
def a_history(draw: st.DrawFn) -> tuple[float, float, float]:
    age = draw(st.integers(1, 2000))
    frequency = draw(st.integers(0, 400))
    recency = draw(st.integers(1, age)) if frequency else 0
    return float(frequency), float(recency), float(age)


def bought(model: BGNBD | ParetoNBD, customers: int, until: float, seed: int) -> tuple[Floats, Floats]:
    """Days of the purchases after the first, a row a customer who first bought on day 0; infinite where there is none."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(model.r, 1 / model.alpha, customers)
    gaps = chance.exponential(1 / rate[:, None], (customers, 60))
    at = np.cumsum(gaps, axis=1)
    if isinstance(model, ParetoNBD):
        gone = chance.exponential(1 / chance.gamma(model.s, 1 / model.beta, customers))
        at[at > gone[:, None]] = np.inf
    else:
        leaves = chance.random((customers, 61)) < chance.beta(model.a, model.b, customers)[:, None]
        leaves[:, 0] &= isinstance(model, MBGNBD)
        at[np.logical_or.accumulate(leaves, axis=1)[:, :-1]] = np.inf
    assert not ((at[:, -1] < until).any())
    return at, rate


@pytest.mark.parametrize(
    "model",
    [BGNBD(0.9, 70.0, 1.0, 2.4), MBGNBD(0.9, 70.0, 1.0, 2.4), ParetoNBD(0.9, 70.0, 0.8, 200.0)],
    ids=lambda model: type(model).__name__,
)  # fmt: skip
def test_as_many_customers_are_silent_as_the_model_says_whatever_they_did_before(
    model: BGNBD | ParetoNBD,
) -> None:
    at, _ = bought(model, 60_000, 300 + HORIZON, seed=3)
    x = (at <= 300).sum(axis=1).astype(float)
    t_x = np.where(at <= 300, at, 0.0).max(axis=1)
    silent = ~((at > 300) & (at <= 300 + HORIZON)).any(axis=1)
    found = model.probability_silent(HORIZON, x, t_x, np.full(len(x), 300.0))
    expected = model.expected_purchases(HORIZON, x, t_x, np.full(len(x), 300.0))
    counts = ((at > 300) & (at <= 300 + HORIZON)).sum(axis=1)
    for kind in (x == 0, (x > 0) & (t_x < 150), (x > 0) & (t_x >= 250), x > 5):
        error = np.sqrt(found[kind].var() / kind.sum() + 0.25 / kind.sum())
        assert kind.sum() > 500
        assert abs(silent[kind].mean() - found[kind].mean()) < 4 * error
        assert abs(counts[kind].mean() - expected[kind].mean()) < 4 * counts[kind].std() / np.sqrt(kind.sum())


@given(model=models, history=a_history(), horizon=st.integers(1, 1000))
def test_silence_is_a_probability_that_falls_with_the_horizon_never_below_that_of_having_left(
    model: BGNBD | ParetoNBD, history: tuple[float, float, float], horizon: int
) -> None:
    columns = tuple(np.array([number]) for number in history)
    sooner = model.probability_silent(horizon, *columns)[0]
    later = model.probability_silent(2 * horizon, *columns)[0]
    gone = 1 - model.probability_alive(*columns)[0]
    assert gone - 1e-9 <= later <= sooner + 1e-9
    assert sooner <= 1 + 1e-12
    # Who buys at all buys at least once: P(a purchase) is at most the purchases expected.
    assert 1 - sooner <= model.expected_purchases(horizon, *columns)[0] * (1 + 1e-3) + 1e-9


@given(
    model=st.builds(ParetoNBD, positive, days, st.floats(0.1, 10), st.floats(1, 200)),
    history=a_history(),
    horizon=st.floats(1, 400),
)
def test_silence_by_pareto_nbd_is_that_of_a_fine_rule(
    model: ParetoNBD, history: tuple[float, float, float], horizon: float
) -> None:
    """P(silent | alive) = M(h) + the integral of s (b)^s / (b + u)^(s + 1) x (a / (a + u))^m, with a and b grown by the age."""
    x, t_x, t = history
    s, m, a, b = model.s, model.r + x, model.alpha + t, model.beta + t
    nodes, weights = leggauss(20)
    edges = np.linspace(0, horizon, 801)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    u = (middle[:, None] + half[:, None] * nodes).ravel()
    leaving = (half[:, None] * weights).ravel() @ (s / b * (1 + u / b) ** -(s + 1) * (1 + u / a) ** -m)
    quiet = leaving + (1 + horizon / b) ** -s * (1 + horizon / a) ** -m
    alive = model.probability_alive([x], [t_x], [t])[0]
    found = model.probability_silent(horizon, [x], [t_x], [t])[0]
    assert found == pytest.approx(1 - alive * (1 - quiet), abs=1e-6)


def test_who_has_bought_once_is_not_alive_for_certain_where_they_may_leave_at_once() -> None:
    model = MBGNBD(0.9, 70.0, 1.0, 2.4)
    alive = model.probability_alive([0.0, 0.0], [0.0, 0.0], [0.0, 400.0])
    assert alive[0] == pytest.approx(2.4 / 3.4)
    assert alive[1] < 0.35


def test_gradients_of_mbg_nbd_are_those_of_its_likelihood(cdnow: Customers) -> None:
    objective = bg_nbd.Likelihood(histories(*cdnow.history), 10.0, chances_at_first=1)
    for theta in np.random.default_rng(1).normal(0, 1, (5, 4)):
        steps = np.eye(4) * 1e-5
        slopes = [(objective(theta + step)[0] - objective(theta - step)[0]) / 2e-5 for step in steps]
        assert objective(theta)[1] == pytest.approx(slopes, rel=1e-5, abs=1e-6)


def test_the_model_that_made_the_customers_is_the_likelier_one_and_its_parameters_are_found() -> None:
    truth = MBGNBD(0.9, 70.0, 1.0, 2.4)
    at, _ = bought(truth, 30_000, 400, seed=5)
    x = (at <= 400).sum(axis=1).astype(float)
    t_x = np.where(at <= 400, at, 0.0).max(axis=1)
    found = fit_mbg_nbd(x, t_x, np.full(len(x), 400.0))
    other = fit_bg_nbd(x, t_x, np.full(len(x), 400.0))
    assert found.log_likelihood > other.log_likelihood + 50
    assert found.standard_errors is not None
    for name, error in found.standard_errors.items():
        assert abs(getattr(found, name) - getattr(truth, name)) < 3 * error, name
