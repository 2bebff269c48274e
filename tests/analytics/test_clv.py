"""The models of customers' purchases: the papers' own figures, the laws, and parameters that are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.customers import simulated
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.polynomial.legendre import leggauss
from scipy.special import betaln, gammaln, hyp2f1, logsumexp
from tests.analytics.conftest import Customers, Floats

from fondaco.analytics.clv import (
    BGNBD,
    MBGNBD,
    GammaGamma,
    ParetoNBD,
    bg_nbd,
    discounted_value,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_pareto_nbd,
    gamma_gamma,
    pareto_nbd,
    retention_value,
    simple_value,
    value_if_active,
)
from fondaco.analytics.clv import fit as fitting
from fondaco.analytics.clv.histories import histories
from fondaco.analytics.clv.likelihood import Objective
from fondaco.errors import ConfigError

positive = st.floats(0.05, 20)
beta_geometric = st.builds(BGNBD, positive, st.floats(0.5, 200), positive, positive) | st.builds(
    MBGNBD, positive, st.floats(0.5, 200), positive, positive
)
models = beta_geometric | st.builds(ParetoNBD, positive, st.floats(0.5, 200), positive, st.floats(0.5, 200))


@st.composite
def a_history(draw: st.DrawFn) -> tuple[float, float, float]:
    age = draw(st.integers(1, 2000))
    frequency = draw(st.integers(0, 400))
    recency = draw(st.integers(1, age)) if frequency else 0
    return float(frequency), float(recency), float(age)


# ---- the papers' own figures ---------------------------------------------------------------------------------------------


def test_bg_nbd_comes_to_the_optimum_of_its_paper(cdnow: Customers) -> None:
    """Fader, Hardie and Lee (2005), table 2."""
    model = fit_bg_nbd(*cdnow.history)
    assert (round(model.r, 3), round(model.alpha, 3)) == (0.243, 4.414)
    assert (round(model.a, 3), round(model.b, 3)) == (0.793, 2.426)
    assert round(model.log_likelihood, 1) == -9582.4
    assert not model.is_undetermined


def test_mbg_nbd_has_the_likelihood_of_its_paper(cdnow: Customers) -> None:
    """Batislam, Denizel and Filiztekin (2007): A1 A2 (A3 + A4), with the chance to leave at the first purchase too."""
    model = fit_mbg_nbd(*cdnow.history)
    x, t_x, age = cdnow.history
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    stayed = betaln(a, b + x + 1) - betaln(a, b) - (r + x) * np.log(alpha + age)
    left = betaln(a + 1, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    whole = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.logaddexp(stayed, left)
    assert model.log_likelihood == pytest.approx(whole.sum(), rel=1e-9)
    assert round(model.log_likelihood, 1) == -9582.1
    assert not model.is_undetermined


def test_pareto_nbd_comes_to_the_optimum_of_the_paper(cdnow: Customers) -> None:
    """Fader, Hardie and Lee (2005), table 2."""
    model = fit_pareto_nbd(*cdnow.history)
    assert (round(model.r, 3), round(model.alpha, 3)) == (0.553, 10.578)
    assert (round(model.s, 3), round(model.beta, 2)) == (0.606, 11.67)
    assert round(model.log_likelihood, 1) == -9595.0


def test_gamma_gamma_comes_to_the_optimum_of_its_note(cdnow: Customers) -> None:
    """Fader and Hardie (2013), section 5: p = 6.25, q = 3.74, v = 15.44; so a purchase is worth p v / (q - 1) = 35.2 dollars."""
    model = fit_gamma_gamma(cdnow.frequency, cdnow.value)
    assert (round(model.p, 2), round(model.q, 2), round(model.v, 1)) == (6.25, 3.74, 15.4)
    assert model.customers == 946
    assert model.mean_value == pytest.approx(35.2, abs=0.1)


def test_expected_purchases_are_those_of_the_papers_example(cdnow: Customers) -> None:
    """A customer with two purchases, the last in week 30.43 of 38.86: 1.226 purchases in the next 39 weeks (BG/NBD spreadsheet note)."""
    model = fit_bg_nbd(*cdnow.history)
    assert model.expected_purchases(39, [2], [30.43], [38.86])[0] == pytest.approx(1.226, abs=5e-4)


# ---- the mathematics -----------------------------------------------------------------------------------------------------


def fine_rule(start: float, end: float) -> tuple[Floats, Floats]:
    """Nodes and weights of 800 panels of 20."""
    nodes, weights = leggauss(20)
    edges = np.linspace(start, end, 801)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    return (middle[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


@pytest.mark.parametrize(
    ("likelihood", "size"),
    [
        (lambda c: bg_nbd.Likelihood(histories(*c.history), 10.0, chances_at_first=0), 4),
        (lambda c: bg_nbd.Likelihood(histories(*c.history), 10.0, chances_at_first=1), 4),
        (lambda c: pareto_nbd._Likelihood(histories(*c.history), 10.0), 4),
        (lambda c: gamma_gamma._Likelihood(c.frequency[c.frequency > 0], c.value[c.frequency > 0] + 0.01), 3),
    ],
)
def test_gradients_are_those_of_the_likelihood(
    cdnow: Customers, likelihood: Callable[[Customers], Objective], size: int
) -> None:
    objective = likelihood(cdnow)
    for theta in np.random.default_rng(1).normal(0, 1, (5, size)):
        steps = np.eye(size) * 1e-5
        slopes = [(objective(theta + step)[0] - objective(theta - step)[0]) / 2e-5 for step in steps]
        assert objective(theta)[1] == pytest.approx(slopes, rel=1e-5, abs=1e-6)


@given(
    m=st.floats(0.05, 400), n=st.floats(1.05, 30), rates=st.tuples(st.floats(0.01, 300), st.floats(0.01, 300)),
    start=st.floats(0, 1000), length=st.floats(0.01, 2000),
)  # fmt: skip
def test_the_integral_over_the_time_of_leaving_is_that_of_a_rule_eight_hundred_times_as_fine(
    m: float, n: float, rates: tuple[float, float], start: float, length: float
) -> None:
    alpha, beta = rates
    left = pareto_nbd._Left(np.array([m]), alpha, n, beta)
    found = left.between(np.array([start]), np.array([start + length]))[0][0]

    c = min(alpha, beta)
    v, weights = fine_rule(np.log(c + start), np.log(c + start + length))
    u = np.exp(v) - c
    terms = np.log(weights) + v - m * np.log(alpha + u) - n * np.log(beta + u)
    assert found == pytest.approx(logsumexp(terms), abs=1e-7)


@given(model=beta_geometric, history=a_history())
def test_expected_purchases_are_the_mean_over_all_customers_that_it_may_be(
    model: BGNBD, history: tuple[float, float, float]
) -> None:
    """The mean over the probability to leave of (1 - (1 + p t / (alpha + T)) ^ -(r + x)) / p, by a fine rule over
    the logarithm of p."""
    x, t_x, age = history
    a, b = model.a, model.b + x + model.chances_at_first
    assume(a >= 0.1 and b >= 1)
    logs, weights = fine_rule(-60 / min(a, 1), 0.0)
    p = np.exp(logs)
    purchases = -np.expm1(-(model.r + x) * np.log1p(p * 90 / (model.alpha + age)))
    density = np.exp(a * logs + (b - 1) * np.log1p(-p) - betaln(a, b))
    value = (weights * purchases * density / p).sum()
    alive = model.probability_alive([x], [t_x], [age])[0]
    found = model.expected_purchases(90, [x], [t_x], [age])[0]
    assert found == pytest.approx(value * alive, rel=1e-3, abs=1e-9)


def test_euler_s_transformation_is_the_papers_formula() -> None:
    model = BGNBD(0.243, 4.414, 0.793, 2.426)
    x, t_x, age, ahead = 2.0, 30.43, 38.86, 39.0
    c, z = model.a + model.b + x - 1, ahead / (model.alpha + age + ahead)
    reached = ((model.alpha + age) / (model.alpha + age + ahead)) ** (model.r + x) * hyp2f1(
        model.r + x, model.b + x, c, z
    )
    expected = c / (model.a - 1) * (1 - reached) * model.probability_alive([x], [t_x], [age])[0]
    assert model.expected_purchases(ahead, [x], [t_x], [age])[0] == pytest.approx(expected, rel=1e-10)


# ---- laws ----------------------------------------------------------------------------------------------------------------


@given(model=models, history=a_history(), silence=st.integers(1, 500))
def test_alive_is_a_probability_that_falls_with_silence(
    model: BGNBD | ParetoNBD, history: tuple[float, float, float], silence: int
) -> None:
    x, t_x, age = history
    now, later = model.probability_alive([x, x], [t_x, t_x], [age, age + silence])
    assert 0 <= later <= now <= 1 + 1e-12


@given(model=models, history=a_history(), horizon=st.integers(1, 1000))
@example(model=BGNBD(0.5, 1.0, 0.5, 2.0), history=(98.0, 1.0, 1.0), horizon=10)
@example(model=BGNBD(3.5, 0.98, 2.5, 0.5), history=(120.0, 20.0, 21.0), horizon=1000)
def test_expected_purchases_are_never_negative_and_grow_with_the_horizon(
    model: BGNBD | ParetoNBD, history: tuple[float, float, float], horizon: int
) -> None:
    columns = tuple(np.array([number]) for number in history)
    sooner = model.expected_purchases(horizon, *columns)[0]
    later = model.expected_purchases(horizon * 2, *columns)[0]
    assert np.isfinite(later) and 0 <= sooner <= later + 1e-9


@given(
    model=models,
    history=a_history(),
    worth=st.floats(0, 1e4),
    discount=st.floats(0, 1),
    horizon=st.integers(1, 1000),
)
def test_a_customers_value_is_never_negative_and_never_above_that_without_discount(
    model: BGNBD | ParetoNBD, history: tuple[float, float, float], worth: float, discount: float, horizon: int
) -> None:
    columns = tuple(np.array([number]) for number in (*history, worth))
    found = discounted_value(model, *columns, horizon_days=horizon, yearly_discount=discount)[0]
    without = float(model.expected_purchases(horizon, *columns[:3])[0]) * worth
    assert 0 <= found <= without * (1 + 1e-9) + 1e-6


@given(model=beta_geometric, bought=st.integers(0, 40), age=st.integers(60, 900), silent=st.floats(0, 1))
def test_value_is_that_of_an_active_customer_times_the_probability_to_be_one(
    model: BGNBD, bought: int, age: int, silent: float
) -> None:
    last = round(age * (1 - silent)) if bought else 0
    columns = ([bought], [last], [age])
    active = value_if_active(model, [bought], [age], [30.0])[0]
    assert active > 0
    assert discounted_value(model, *columns, [30.0])[0] == pytest.approx(
        active * model.probability_alive(*columns)[0], rel=1e-6, abs=1e-12
    )


def test_purchases_are_told_where_the_chances_of_leaving_add_up_to_one() -> None:
    """a + b = 1 and nothing bought since: a factor of equation (10) is 0, and another endless."""
    model = BGNBD(1.0, 1.0, 0.5, 0.5)
    (expected,) = model.expected_purchases(90.0, 0.0, 0.0, 60.0)
    assert expected == pytest.approx(model.purchase_moments([90.0], [0.0], [0.0], [60.0])[1][0], rel=1e-4)


def test_what_the_surely_gone_would_bring_if_they_were_active_is_told() -> None:
    """P(alive) is 0 in floating point; one who bought as often and came today is worth the same if active."""
    model = BGNBD(0.243, 31.0, 0.793, 2.426)
    assert model.probability_alive(2_000.0, 10.0, 4_000.0)[0] == 0
    today = discounted_value(model, 2_000.0, 4_000.0, 4_000.0, 30.0) / model.probability_alive(
        2_000.0, 4_000.0, 4_000.0
    )
    assert value_if_active(model, 2_000.0, 4_000.0, 30.0) == pytest.approx(today) and today[0] > 1_000


@given(frequency=st.integers(0, 300), value=st.floats(0, 1e6))
def test_what_is_spent_lies_between_ones_own_mean_and_that_of_all(frequency: int, value: float) -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    found = model.expected_value([frequency], [value])[0]
    low, high = sorted((value if frequency else model.mean_value, model.mean_value))
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)


@given(margin=st.floats(0, 1e6), retention=st.floats(0, 1), discount=st.floats(0.01, 1))
def test_the_value_by_retention_is_the_sum_of_all_periods_to_come(
    margin: float, retention: float, discount: float
) -> None:
    periods = np.arange(1, 3000)
    expected = margin * ((retention / (1 + discount)) ** periods).sum()
    assert retention_value([margin], [retention], discount)[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_the_simple_value_is_a_product_and_a_retention_above_one_is_refused() -> None:
    assert simple_value([50.0], [4.0], [2.5]).tolist() == [500.0]
    for retention, discount in ((1.1, 0.1), (0.5, 0.0)):
        with pytest.raises(ConfigError, match="no finite value"):
            retention_value([10.0], [retention], discount)


# ---- known parameters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("truth", "fit"),
    [(BGNBD(0.6, 40.0, 0.9, 3.0), fit_bg_nbd), (MBGNBD(0.6, 40.0, 0.9, 3.0), fit_mbg_nbd)],
)
def test_parameters_that_are_known_are_found_within_their_errors(
    truth: BGNBD, fit: Callable[..., BGNBD]
) -> None:
    found = fit(*simulated(truth, 40_000))
    assert found.standard_errors is not None
    for name, error in found.standard_errors.items():
        assert abs(getattr(found, name) - getattr(truth, name)) < 4 * error, name


def test_a_search_among_many_customers_ends_where_one_without_a_sketch_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = simulated(BGNBD(0.6, 40.0, 0.9, 3.0), 40_000)
    whole = fit_bg_nbd(*columns)
    monkeypatch.setattr(fitting, "SKETCH_ROWS", 2_000)
    sketched = fit_bg_nbd(*columns)
    for name in ("r", "alpha", "a", "b", "log_likelihood"):
        assert getattr(sketched, name) == pytest.approx(getattr(whole, name), rel=1e-5), name


# ---- histories that cannot be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "word"),
    [
        (([1.0], [5.0], [3.0]), "cannot be"), (([0.0], [5.0], [9.0]), "cannot be"), (([1.5], [5.0], [9.0]), "cannot be"),
        (([-1.0], [5.0], [9.0]), "negative"), (([1.0, 2.0], [5.0], [9.0]), "different length"), (([], [], []), "no customer"),
    ],
)  # fmt: skip
def test_histories_that_cannot_be_are_refused(history: tuple[list[float], ...], word: str) -> None:
    for fit in (fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd):
        with pytest.raises(ConfigError, match=word):
            fit(*history)


def test_money_models_need_customers_who_came_back() -> None:
    with pytest.raises(ConfigError, match="bought again"):
        fit_gamma_gamma([0, 0, 1], [0, 0, 10])


def test_customers_who_never_came_back_leave_the_parameters_untold() -> None:
    model = fit_bg_nbd([0.0] * 50, [0.0] * 50, list(range(10, 60)))
    assert model.is_undetermined
    alive = model.probability_alive([0.0], [0.0], [30.0])
    assert alive[0] == 1
