"""BG/NBD and MBG/NBD: customers buy at a steady rate of their own, and after any purchase may leave for good.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24(2), 275-284. Equations are numbered as there.

In BG/NBD nobody leaves after the first purchase; in the modified model, MBG/NBD, they may: Batislam, Denizel and Filiztekin
(2007), Empirical Validation and Comparison of Models for Customer Base Analysis, International Journal of Research in Marketing
24(3), 201-209. So x purchases after the first are x chances to leave in the one and x + 1 in the other, and wherever the
formulas of BG/NBD have x for these chances, those of MBG/NBD have x + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln, hyp2f1

from fondaco.analytics.clv.fit import Fit, fit_over_days
from fondaco.analytics.clv.histories import Floats, Histories, columns, histories

_STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.0, -1.0, 1.0))
_FROM_ONE = 1e-5
_BESIDE = 1e-7


@dataclass(frozen=True, slots=True)
class BGNBD(Fit):
    """The model with its parameters, and how they were found.

    Attributes
    ----------
    r, alpha
        Shape and rate (days) of the gamma distribution of purchase rates over customers.
    a, b
        Of the beta distribution of the probability to leave after a purchase.
    """

    chances_at_first: ClassVar[int] = 0
    """Chances to leave that the first purchase brings."""

    r: float
    alpha: float
    a: float
    b: float

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of ``age``, in 0..1, a number a customer.

        Who has bought once only is alive for certain in BG/NBD, for customers leave it after later purchases; MBG/NBD and
        Pareto/NBD do not say so. Fader, Hardie and Lee (2008), Computing P(alive) Using the BG/NBD Model.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        chances = x + self.chances_at_first
        log_odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(chances, 1) - 1)  # without a chance to leave, all are alive anyway
            + (self.r + x) * np.log((self.alpha + t) / (self.alpha + t_x))
        )
        return np.where(chances > 0, expit(-log_odds), 1.0)

    def probability_silent(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """P(no purchase in the ``horizon`` days after ``age``), in 0..1, a number a customer.

        1 - P(alive) x [1 - ((alpha + T) / (alpha + T + horizon))^(r + x)]. Customers leave after purchases only, so whoever is
        alive at T is silent for as long as the next purchase takes, which is exponential at a rate that is
        gamma(r + x, alpha + T) by what is known of them.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        ahead = np.asarray(horizon, dtype=np.float64)
        buys = -np.expm1(-(self.r + x) * np.log1p(ahead / (self.alpha + t)))
        return 1 - self.probability_alive(x, t_x, t) * buys

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Purchases that a customer is expected to make in the ``horizon`` days after ``age``.

        Equation (10). Its hypergeometric function is written by Euler's transformation, so that no factor overflows for
        customers with hundreds of purchases.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        ahead = np.broadcast_to(np.asarray(horizon, dtype=np.float64), x.shape)
        a = self.a if abs(self.a - 1) > _FROM_ONE else 1 + _FROM_ONE
        c = a + self.b + x + self.chances_at_first - 1
        z: Floats = ahead / (self.alpha + t + ahead)
        reached = (1 - z) ** (a - 1) * _hypergeometric(c - x - self.r, a - 1, c, z)
        purchases: Floats = np.maximum(c / (a - 1) * (1 - reached), 0.0)
        return purchases * self.probability_alive(x, t_x, t)

    def expected_purchases_of_new(self, horizon: ArrayLike) -> Floats:
        """Purchases after the first one that a customer nobody knows yet makes in ``horizon`` days; equation (9)."""
        ahead = np.atleast_1d(np.asarray(horizon, dtype=np.float64))
        new = np.zeros_like(ahead)
        return self.expected_purchases(ahead, new, new, new)


@dataclass(frozen=True, slots=True)
class MBGNBD(BGNBD):
    """BG/NBD in which customers may leave after their first purchase too; the parameters mean the same."""

    chances_at_first: ClassVar[int] = 1


_Kind = TypeVar("_Kind", bound=BGNBD)


def fit_bg_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BGNBD:
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
    return _fit(BGNBD, frequency, recency, age)


def fit_mbg_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> MBGNBD:
    """Fit by maximum likelihood with analytic gradients; as ``fit_bg_nbd``."""
    return _fit(MBGNBD, frequency, recency, age)


def _fit(kind: type[_Kind], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> _Kind:
    return fit_over_days(
        kind,
        partial(_Likelihood, chances_at_first=kind.chances_at_first),
        _STARTS,
        histories(frequency, recency, age),
        parameters=("r", "alpha", "a", "b"),
        in_days=frozenset({"alpha"}),
    )


def _hypergeometric(a: Floats, b: float, c: Floats, z: Floats) -> Floats:
    """2F1. SciPy 1.17 gives no finite value where c - a - b is a whole number of some size; beside it it does."""
    found = np.asarray(hyp2f1(a, b, c, z), dtype=np.float64)
    return np.where(np.isfinite(found), found, hyp2f1(a, b, c + _BESIDE, z))


class _Likelihood:
    """The mean of equation (6) over customers, and its gradient, both of the logarithms of r, alpha, a, b."""

    def __init__(self, known: Histories, scale: float, chances_at_first: int = 0) -> None:
        self._known = known
        self._chances_at_first = chances_at_first
        self._weights = known.customers / known.total
        # Whatever depends on one column alone is worked out once for each of its values.
        self._counts, self._count = np.unique(known.frequency, return_inverse=True)
        self._recencies, self._recency = np.unique(known.recency / scale, return_inverse=True)
        self._ages, self._age = np.unique(known.age / scale, return_inverse=True)

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        x, weights = self._known.frequency, self._weights
        counts = self._counts
        chances = counts + self._chances_at_first
        placed = gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
        stayed = gammaln(a + b) + gammaln(b + chances) - gammaln(b) - gammaln(a + b + chances)
        log_age, log_recency = np.log(alpha + self._ages), np.log(alpha + self._recencies)
        # ln(a / (b + chances - 1)), for those who had one; never reached by the others.
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(chances > 0, np.log(a) - np.log(b + chances - 1), -np.inf)
        alive = -(r + x) * log_age[self._age]
        gone = left[self._count] - (r + x) * log_recency[self._recency]
        total = np.logaddexp(alive, gone)
        gone_share = np.exp(gone - total)
        value = float(weights @ ((placed + stayed)[self._count] + total))

        inverse_age, inverse_recency = 1 / (alpha + self._ages), 1 / (alpha + self._recencies)
        by_count = np.bincount(self._count, weights, len(counts))
        gone_by_count = np.bincount(self._count, weights * gone_share, len(counts))
        mean_log = (1 - gone_share) * log_age[self._age] + gone_share * log_recency[self._recency]
        mean_inverse = (1 - gone_share) * inverse_age[self._age] + gone_share * inverse_recency[self._recency]
        of_r = by_count @ (digamma(r + counts) - digamma(r) + np.log(alpha)) - weights @ mean_log
        of_alpha = r / alpha - weights @ ((r + x) * mean_inverse)
        both = digamma(a + b) - digamma(a + b + chances)
        of_a = by_count @ both + gone_by_count.sum() / a
        some = chances > 0
        of_b = by_count @ (both + digamma(b + chances) - digamma(b)) - gone_by_count[some] @ (
            1 / (b + chances[some] - 1)
        )
        return value, np.array([of_r * r, of_alpha * alpha, of_a * a, of_b * b])
