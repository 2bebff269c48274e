"""BG/NBD: customers buy at a steady rate of their own, and after any purchase may leave for good.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24(2), 275-284. Equations are numbered as there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, digamma, expit, gammaln, hyp2f1

from fondaco.analytics.clv.fit import Fit, fit_over_days
from fondaco.analytics.clv.histories import Floats, Histories, columns, histories

STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.0, -1.0, 1.0))
_FROM_ONE = 1e-5
_BESIDE = 1e-7
_NEGLIGIBLE = 1e-9


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

    r: float
    alpha: float
    a: float
    b: float

    chances_at_first: ClassVar[int] = 0
    """How often a customer may have left when the first purchase is over."""

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of ``age``, in 0..1, a number a customer.

        Who has bought once only is alive for certain in this model, for customers leave it after later purchases; Pareto/NBD
        does not say so. Fader, Hardie and Lee (2008), Computing P(alive) Using the BG/NBD Model.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        chances = x + self.chances_at_first
        log_odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(chances, 1) - 1)
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
        return np.asarray(1 - self.probability_alive(x, t_x, t) * buys, dtype=np.float64)

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Purchases that a customer is expected to make in the ``horizon`` days after ``age``.

        Equation (10). Its hypergeometric function is written by Euler's transformation, so that no factor overflows for
        customers with hundreds of purchases. Where it does in spite of that, for parameters beyond all customers, the mean of
        ``purchase_moments`` is taken.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        ahead = np.broadcast_to(np.asarray(horizon, dtype=np.float64), x.shape)
        a = self.a if abs(self.a - 1) > _FROM_ONE else 1 + _FROM_ONE
        b = self.b + self.chances_at_first
        c = a + b + x - 1
        c = np.where(np.abs(c) > _FROM_ONE, c, _FROM_ONE)  # at 0 the factor is none and the function endless
        z = ahead / (self.alpha + t + ahead)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            reached = (1 - z) ** (a - 1) * _hypergeometric(a + b - 1 - self.r, a - 1, c, z)
            purchases: Floats = np.maximum(c / (a - 1) * (1 - reached), 0.0) * self.probability_alive(
                x, t_x, t
            )
        lost = np.flatnonzero(~np.isfinite(purchases))
        if len(lost):
            purchases[lost] = self.purchase_moments(ahead[lost], x[lost], t_x[lost], t[lost])[1]
        return purchases

    def purchase_moments(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> tuple[Floats, Floats, Floats]:
        """Of the ``horizon`` days after ``age``: probability of no purchase, expected purchases, and their expected square.

        A customer who is alive makes the n-th purchase if that many come in time and the customer leaves after none of the
        n - 1 before: P(n or more) = P(alive) I_z(n, r + x) B(a, b + x + n - 1) / B(a, b + x), z = horizon / (alpha + age + horizon),
        with the regularised incomplete beta function I; in MBG/NBD b + 1 stands for b. Sums over n give the moments.
        """
        x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
        ahead = np.broadcast_to(np.asarray(horizon, dtype=np.float64), x.shape)
        known, place = np.unique(np.stack([x, t, ahead]), axis=1, return_inverse=True)
        bought, z = known[0], known[2] / (self.alpha + known[1] + known[2])
        some, mean, square = (np.zeros(len(bought)) for _ in range(3))
        active, stays, n = np.arange(len(bought)), np.ones(len(bought)), 1
        while len(active):
            at_least = betainc(n, self.r + bought[active], z[active]) * stays[active]
            mean[active] += at_least
            square[active] += (2 * n - 1) * at_least
            if n == 1:
                some[active] = at_least
            inner = self.b + self.chances_at_first + bought[active] + n - 1
            stays[active] *= inner / (self.a + inner)
            active = active[at_least * n > _NEGLIGIBLE]
            n += 1
        alive = self.probability_alive(x, t_x, t)
        return 1 - alive * some[place], alive * mean[place], alive * square[place]

    def expected_purchases_of_new(self, horizon: ArrayLike) -> Floats:
        """Purchases after the first one that a customer nobody knows yet makes in ``horizon`` days; equation (9)."""
        ahead = np.atleast_1d(np.asarray(horizon, dtype=np.float64))
        nothing = np.zeros_like(ahead)
        return self.expected_purchases(ahead, nothing, nothing, nothing)


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
    return fit_over_days(
        BGNBD,
        partial(Likelihood, chances_at_first=0),
        STARTS,
        histories(frequency, recency, age),
        parameters=("r", "alpha", "a", "b"),
        in_days=frozenset({"alpha"}),
    )


def _hypergeometric(a: float, b: float, c: Floats | float, z: Floats) -> Floats:
    """2F1. SciPy 1.17 gives no finite value where c - a - b is a whole number of some size; beside it it does."""
    found = np.asarray(hyp2f1(a, b, c, z), dtype=np.float64)
    return np.where(np.isfinite(found), found, hyp2f1(a, b, np.asarray(c) + _BESIDE, z))


class Likelihood:
    """The mean of equation (6) over customers, and its gradient, both of the logarithms of r, alpha, a, b.

    A customer who made x purchases after the first had x chances to leave, or one more where the first gives one too.
    """

    def __init__(self, known: Histories, scale: float, *, chances_at_first: int) -> None:
        self._known = known
        self._weights = known.customers / known.total
        # Whatever depends on one column alone is worked out once for each of its values.
        self._counts, self._count = np.unique(known.frequency, return_inverse=True)
        self._recencies, self._recency = np.unique(known.recency / scale, return_inverse=True)
        self._ages, self._age = np.unique(known.age / scale, return_inverse=True)
        self._chances = self._counts + chances_at_first

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        x, weights = self._known.frequency, self._weights
        counts, chances = self._counts, self._chances
        placed = gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
        stayed = gammaln(a + b) + gammaln(b + chances) - gammaln(b) - gammaln(a + b + chances)
        log_age, log_recency = np.log(alpha + self._ages), np.log(alpha + self._recencies)
        # ln(a / (b + chances - 1)), for those who could leave; never reached by the others.
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
        could = chances > 0
        of_b = by_count @ (both + digamma(b + chances) - digamma(b)) - gone_by_count[could] @ (
            1 / (b + chances[could] - 1)
        )
        return value, np.array([of_r * r, of_alpha * alpha, of_a * a, of_b * b])
