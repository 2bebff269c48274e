"""Gamma-Gamma: what customers spend a purchase, pulled towards the mean of all where few purchases are known.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value. Equations are numbered as there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from fondaco.analytics.clv.fit import Fit
from fondaco.analytics.clv.histories import Floats, columns
from fondaco.analytics.clv.likelihood import maximise
from fondaco.errors import ConfigError

_STARTS = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class GammaGamma(Fit):
    """The model with its parameters, and how they were found.

    Attributes
    ----------
    p, q, v
        A purchase of a customer is gamma distributed with shape p and a rate of the customer's own, which is gamma
        distributed over customers with shape q and rate v (money).
    """

    p: float
    q: float
    v: float

    @property
    def mean_value(self) -> float:
        """Expected value of a purchase of a customer nobody knows yet; NaN where q is at most 1, for then there is no mean."""
        return self.v * self.p / (self.q - 1) if self.q > 1 else float("nan")

    def expected_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> Floats:
        """Expected value of a customer's purchases, in the money of ``monetary_value``; equation (5).

        Who has not bought again is expected to spend what all are. Never negative.
        """
        x, m = columns(frequency=frequency, monetary_value=monetary_value)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = self.p * (self.v + x * m) / (self.p * x + self.q - 1)
        return np.where((x > 0) & (self.p * x + self.q > 1), value, self.mean_value)


def fit_gamma_gamma(frequency: ArrayLike, monetary_value: ArrayLike) -> GammaGamma:
    """Fit by maximum likelihood with analytic gradients, to the customers who have bought again.

    Purchases worth nothing tell nothing of what is spent and are left out; so are customers without a repeated purchase.

    Parameters
    ----------
    frequency
        Purchases after the first one.
    monetary_value
        Mean value of them.

    Raises
    ------
    ConfigError
        If fewer than two customers are left, or the likelihood has no optimum.
    """
    x, m = columns(frequency=frequency, monetary_value=monetary_value)
    taken = (x > 0) & (m > 0)
    x, m = x[taken], m[taken]
    if len(x) < 2:
        raise ConfigError(
            f"{len(x)} customers have bought again for more than nothing.",
            "Two are needed at least, and a few hundred for figures worth reading.",
        )
    scale = float(np.median(m))  # the search is easier where a purchase is about 1
    optimum = maximise(_Likelihood(x, m / scale), _STARTS, len(x))
    p, q, v = (float(value) for value in optimum.parameters)
    errors = [float(value) for value in optimum.standard_errors]
    errors[2] *= scale
    return GammaGamma(
        p=p,
        q=q,
        v=v * scale,
        log_likelihood=optimum.log_likelihood - len(x) * float(np.log(scale)),
        standard_errors=dict(zip(("p", "q", "v"), errors, strict=True)),
        customers=len(x),
        is_undetermined=optimum.is_undetermined,
    )


class _Likelihood:
    """The mean of equation (1a) over customers, and its gradient, both of the logarithms of p, q, v."""

    def __init__(self, x: Floats, m: Floats) -> None:
        self._x, self._m = x, m
        self._counts, self._count = np.unique(x, return_inverse=True)
        self._by_count = np.bincount(self._count, minlength=len(self._counts)) / len(x)
        self._log_m, self._log_x = np.log(m), np.log(x)

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(theta)
        x, m, counts = self._x, self._m, self._counts
        shapes = p * counts
        log_sum = np.log(x * m + v)
        fixed = gammaln(shapes + q) - gammaln(shapes) - gammaln(q) + q * np.log(v)
        value = self._by_count @ fixed + np.mean(
            (p * x - 1) * self._log_m + p * x * self._log_x - (p * x + q) * log_sum
        )
        of_p = self._by_count @ (counts * (digamma(shapes + q) - digamma(shapes))) + np.mean(
            x * (self._log_m + self._log_x - log_sum)
        )
        of_q = self._by_count @ digamma(shapes + q) - digamma(q) + np.log(v) - np.mean(log_sum)
        of_v = q / v - np.mean((p * x + q) / (x * m + v))
        return float(value), np.array([of_p * p, of_q * q, of_v * v])
