"""Pareto/NBD: customers buy at a steady rate of their own, and leave for good at any time, unseen.

Schmittlein, Morrison and Colombo (1987), Counting Your Customers: Who Are They and What Will They Do Next?, Management Science
33(1), 1-24. The likelihood is written as in Fader and Hardie (2005), A Note on Deriving the Pareto/NBD Model: one term for
customers who are still there, and an integral over the time at which the others left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from fondaco.analytics.clv.fit import Fit, fit_over_days
from fondaco.analytics.clv.histories import Floats, Histories, columns, histories

_STARTS = ((-0.5, -1.0, -0.5, -1.0), (0.0, 0.0, 0.0, 0.0))
_NODES, _WEIGHTS = leggauss(32)
_FROM_ONE = 1e-6
_ENOUGH_CUSTOMERS = 50_000
"""It takes ten times as long to fit as the other models; so many customers tell its parameters well enough for a comparison."""


@dataclass(frozen=True, slots=True)
class ParetoNBD(Fit):
    """The model with its parameters, and how they were found.

    Attributes
    ----------
    r, alpha
        Shape and rate (days) of the gamma distribution of purchase rates over customers.
    s, beta
        Shape and rate (days) of the gamma distribution of the rates at which they leave.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of ``age``, in 0..1, a number a customer: the share of the likelihood of those who stayed."""
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        stayed = -(self.r + x) * np.log(self.alpha + t) - self.s * np.log(self.beta + t)
        left = np.log(self.s) + _Left(self.r + x, self.alpha, self.s + 1, self.beta).between(t_x, t)[0]
        return np.asarray(np.exp(stayed - np.logaddexp(stayed, left)), dtype=np.float64)

    def probability_silent(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """P(no purchase in the ``horizon`` days after ``age``), in 0..1, a number a customer.

        Whoever is alive at T buys at a rate that is gamma(r + x, alpha + T) and leaves at one that is gamma(s, beta + T), by what
        is known of them. They are silent if they neither buy nor leave within the horizon, or leave, at T + u, before they
        buy: M(horizon) + s / (beta + T) x the integral of (1 + u / (beta + T))^-(s + 1) (1 + u / (alpha + T))^-(r + x) over u, with
        M(u) = (1 + u / (alpha + T))^-(r + x) (1 + u / (beta + T))^-s.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        ahead = np.broadcast_to(np.asarray(horizon, dtype=np.float64), x.shape)
        m = self.r + x
        silent = -m * np.log1p(ahead / (self.alpha + t)) - self.s * np.log1p(ahead / (self.beta + t))
        leaving = _Left(m, self.alpha, self.s + 1, self.beta).between(t, t + ahead)[0]
        scale = np.log(self.s) + m * np.log(self.alpha + t) + self.s * np.log(self.beta + t)
        quiet = np.minimum(np.exp(silent) + np.exp(scale + leaving), 1.0)
        return np.asarray(1 - self.probability_alive(x, t_x, t) * (1 - quiet), dtype=np.float64)

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Purchases that a customer is expected to make in the ``horizon`` days after ``age``.

        Equation (41) of Fader and Hardie (2005).
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        rate = (self.r + x) / (self.alpha + t)
        return rate * self._time_alive(self.beta + t, horizon) * self.probability_alive(x, t_x, t)

    def expected_purchases_of_new(self, horizon: ArrayLike) -> Floats:
        """Purchases after the first one that a customer nobody knows yet makes in ``horizon`` days."""
        return np.atleast_1d(self.r / self.alpha * self._time_alive(np.float64(self.beta), horizon))

    def _time_alive(self, rate: Floats | np.float64, horizon: ArrayLike) -> Floats:
        """Expected days of the ``horizon`` on which a customer who is there at its start is still there."""
        ahead = np.asarray(horizon, dtype=np.float64)
        s = self.s if abs(self.s - 1) > _FROM_ONE else 1 + _FROM_ONE
        # 1 - (rate / (rate + ahead)) ** (s - 1), without losing digits where s is near 1.
        return np.asarray(-rate / (s - 1) * np.expm1(-(s - 1) * np.log1p(ahead / rate)), dtype=np.float64)


def enough_for_pareto_nbd(customers: int) -> slice:
    """Which of so many customers the model is fitted to where it is only compared: every n-th, fewer than 100,000."""
    return slice(None, None, max(1, customers // _ENOUGH_CUSTOMERS))


def fit_pareto_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> ParetoNBD:
    """Fit by maximum likelihood with analytic gradients.

    Parameters
    ----------
    frequency, recency, age
        As in ``fondaco.analytics.clv``, a number a customer; recency and age in days.

    Raises
    ------
    ConfigError
        If a history cannot be, or the likelihood has no optimum.
    """
    return fit_over_days(
        ParetoNBD,
        _Likelihood,
        _STARTS,
        histories(frequency, recency, age),
        parameters=("r", "alpha", "s", "beta"),
        in_days=frozenset({"alpha", "beta"}),
    )


class _Likelihood:
    """The mean log-likelihood a customer and its gradient, both of the logarithms of r, alpha, s, beta."""

    def __init__(self, known: Histories, scale: float) -> None:
        self._known = known
        self._recency, self._age = known.recency / scale, known.age / scale
        self._weights = known.customers / known.total

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = np.exp(theta)
        x, t_x, t, weights = self._known.frequency, self._recency, self._age, self._weights
        log_alpha_t, log_beta_t = np.log(alpha + t), np.log(beta + t)
        stayed = -(r + x) * log_alpha_t - s * log_beta_t
        integral, means = _Left(r + x, alpha, s + 1, beta).between(t_x, t, means=True)
        left = np.log(s) + integral
        total = np.logaddexp(stayed, left)
        gone = np.exp(left - total)
        here = 1 - gone
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + total
        of_r = digamma(r + x) - digamma(r) + np.log(alpha) - here * log_alpha_t - gone * means[0]
        of_alpha = r / alpha - (r + x) * (here / (alpha + t) + gone * means[1])
        of_s = np.log(beta) - here * log_beta_t + gone * (1 / s - means[2])
        of_beta = s / beta - here * s / (beta + t) - gone * (s + 1) * means[3]
        gradient = np.array([weights @ of_r, weights @ of_alpha, weights @ of_s, weights @ of_beta])
        return float(weights @ value), gradient * np.array([r, alpha, s, beta])


@dataclass(frozen=True, slots=True)
class _Left:
    """The likelihood of having left at some time: (alpha + u)^-m (beta + u)^-n, over u."""

    m: Floats
    alpha: float
    n: float
    beta: float

    def between(self, start: Floats, end: Floats, *, means: bool = False) -> tuple[Floats, list[Floats]]:
        """ln of the integral from ``start`` to ``end``; with ``means``, also those, under that integrand, of ln(alpha + u),
        1 / (alpha + u), ln(beta + u) and 1 / (beta + u).

        By Gauss and Legendre over ln(c + u), with c the smaller of alpha and beta: there the integrand is nearly exponential.
        Beyond exp(-40) of its start nothing is left, so the stretch ends there.
        """
        alpha, beta = self.alpha, self.beta
        c = min(alpha, beta)
        low = np.log(c + start)
        fall = self.m * (c + start) / (alpha + start) + self.n * (c + start) / (beta + start) - 1
        high = np.minimum(np.log(c + end), low + 40 / np.maximum(fall, 0.05))
        half, middle = (high - low) / 2, (high + low) / 2
        terms, inside = [], []
        with np.errstate(divide="ignore"):  # a stretch of no length has no likelihood
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                v = middle + half * node
                u = np.exp(v) - c
                log_a, log_b = np.log(alpha + u), np.log(beta + u)
                terms.append(np.log(weight * half) + v - self.m * log_a - self.n * log_b)
                if means:
                    inside.append((log_a, 1 / (alpha + u), log_b, 1 / (beta + u)))
            stacked = np.array(terms)
            top = stacked.max(axis=0)
            safe = np.where(np.isfinite(top), top, 0.0)
            shares = np.exp(stacked - safe)
            whole = shares.sum(axis=0)
            integral = safe + np.log(whole)
        shares /= np.where(whole > 0, whole, 1.0)
        return integral, [
            sum(map(np.multiply, shares, each), np.zeros_like(low)) for each in zip(*inside, strict=True)
        ]
