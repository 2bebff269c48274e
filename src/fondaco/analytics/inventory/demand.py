"""What is wanted of items over a stretch of time, as distributions: normal, gamma, counts, or as a forecast's sample paths have it.

Every distribution answers the same four questions, of all its items at once. ``shortage`` is the loss function of the textbooks: how
many units are expected to be wanted beyond a stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]


class Demand(Protocol):
    """Demand of items over a period; arrays of one place for each item."""

    @property
    def mean(self) -> Floats: ...

    @property
    def sd(self) -> Floats: ...

    def cdf(self, stock: ArrayLike) -> Floats:
        """Probability that at most ``stock`` units are wanted."""
        ...

    def quantile(self, probability: ArrayLike) -> Floats:
        """The least stock that is enough with this probability. Never negative."""
        ...

    def shortage(self, stock: ArrayLike) -> Floats:
        """Units expected to be wanted beyond ``stock``, E[(D − stock)⁺]."""
        ...


@dataclass(frozen=True, slots=True)
class _Moments:
    """A distribution that is told by its mean and its standard deviation.

    Raises
    ------
    ConfigError
        If a mean or a standard deviation is negative or no number.
    """

    mean: Floats
    sd: Floats

    def __init__(self, mean: ArrayLike, sd: ArrayLike) -> None:
        means, sds = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(sd, dtype=float))
        for name, values in (("mean", means), ("standard deviation", sds)):
            if not np.isfinite(values).all() or (values < 0).any():
                raise ConfigError(
                    f"A {name} of demand is {_worst(values)}.", "Give numbers of units from 0 on."
                )
        object.__setattr__(self, "mean", means.astype(float))
        object.__setattr__(self, "sd", sds.astype(float))


class Normal(_Moments):
    """Normal demand, for many units a period. What lies below nothing counts as in the textbooks, so keep ``sd`` below a third of
    ``mean`` or take ``Gamma``."""

    __slots__ = ()

    def cdf(self, stock: ArrayLike) -> Floats:
        x = np.asarray(stock, dtype=float)
        return np.where(self.sd > 0, stats.norm.cdf(x, self.mean, _positive(self.sd)), x >= self.mean)

    def quantile(self, probability: ArrayLike) -> Floats:
        p = _probability(probability)
        found = np.where(self.sd > 0, stats.norm.ppf(p, self.mean, _positive(self.sd)), self.mean)
        return np.maximum(found, 0.0)

    def shortage(self, stock: ArrayLike) -> Floats:
        """σ φ(z) − (stock − μ)(1 − Φ(z)) with z = (stock − μ) / σ; Snyder and Shen (2019), equation (C.31)."""
        beyond = np.asarray(stock, dtype=float) - self.mean
        z = beyond / _positive(self.sd)
        loss = self.sd * stats.norm.pdf(z) - beyond * stats.norm.sf(z)
        return np.where(self.sd > 0, np.maximum(loss, 0.0), np.maximum(-beyond, 0.0))


class Gamma(_Moments):
    """Gamma demand: never negative and skewed, as that of slower items is; Burgin (1975), The Gamma Distribution and Inventory Control."""

    __slots__ = ()

    @property
    def _shape(self) -> Floats:
        return (_positive(self.mean) / _positive(self.sd)) ** 2

    @property
    def _scale(self) -> Floats:
        return _positive(self.sd) ** 2 / _positive(self.mean)

    @property
    def _spread(self) -> NDArray[np.bool_]:
        return (self.sd > 0) & (self.mean > 0)

    def cdf(self, stock: ArrayLike) -> Floats:
        x = np.asarray(stock, dtype=float)
        return np.where(self._spread, stats.gamma.cdf(x, self._shape, scale=self._scale), x >= self.mean)

    def quantile(self, probability: ArrayLike) -> Floats:
        p = _probability(probability)
        return np.where(self._spread, stats.gamma.ppf(p, self._shape, scale=self._scale), self.mean)

    def shortage(self, stock: ArrayLike) -> Floats:
        """μ (1 − F(stock; k + 1)) − stock (1 − F(stock; k)), for a gamma distribution of shape k."""
        x = np.asarray(stock, dtype=float)
        above = np.maximum(x, 0.0)
        loss = self.mean * stats.gamma.sf(above, self._shape + 1, scale=self._scale)
        loss = loss - above * stats.gamma.sf(above, self._shape, scale=self._scale)
        certain = np.maximum(self.mean - above, 0.0)
        return np.asarray(np.where(self._spread, np.maximum(loss, 0.0), certain) + np.maximum(-x, 0.0))


class Counts(_Moments):
    """Whole units: Poisson where the variance is at most the mean, negative binomial where it is above."""

    __slots__ = ()

    def cdf(self, stock: ArrayLike) -> Floats:
        return np.asarray(1.0 - self._beyond(np.floor(np.asarray(stock, dtype=float)), more=0))

    def quantile(self, probability: ArrayLike) -> Floats:
        p = _probability(probability)
        size, chance = self._negative_binomial
        found = np.where(
            self._overdispersed, stats.nbinom.ppf(p, size, chance), stats.poisson.ppf(p, _positive(self.mean))
        )
        return np.where(self.mean > 0, found, 0.0)

    def shortage(self, stock: ArrayLike) -> Floats:
        """Whole stocks by E[D; D > s] − s P(D > s), stocks between two of them by the line between."""
        x = np.asarray(stock, dtype=float)
        above = np.maximum(x, 0.0)
        low = np.floor(above)
        part = above - low
        loss = (1 - part) * self._whole_shortage(low) + part * self._whole_shortage(low + 1)
        return np.asarray(np.where(self.mean > 0, np.maximum(loss, 0.0), 0.0) + np.maximum(-x, 0.0))

    @property
    def _overdispersed(self) -> NDArray[np.bool_]:
        return self.sd**2 > self.mean * (1 + 1e-9)

    @property
    def _negative_binomial(self) -> tuple[Floats, Floats]:
        """Number of successes and their probability, where there are any."""
        variance = np.where(self._overdispersed, self.sd**2, 2 * _positive(self.mean))
        mean = _positive(self.mean)
        return mean**2 / (variance - mean), mean / variance

    def _beyond(self, stock: Floats, more: int) -> Floats:
        """P(D > stock); with ``more`` 1 that of the distribution weighted by its own size, E[D; D > stock] / E[D]."""
        size, chance = self._negative_binomial
        mean = _positive(self.mean)
        return np.where(
            self.mean > 0,
            np.where(
                self._overdispersed,
                stats.nbinom.sf(stock - more, size + more, chance),
                stats.poisson.sf(stock - more, mean),
            ),
            (stock < 0).astype(float),
        )

    def _whole_shortage(self, stock: Floats) -> Floats:
        return np.asarray(self.mean * self._beyond(stock, more=1) - stock * self._beyond(stock, more=0))


@dataclass(frozen=True, slots=True)
class Sampled:
    """Demand as sample paths of a forecast have it.

    Attributes
    ----------
    values
        Units over the period; the last axis holds the samples, the others the items.
    """

    values: Floats

    def __init__(self, values: ArrayLike) -> None:
        sorted_values = np.sort(np.asarray(values, dtype=float), axis=-1)
        if not sorted_values.shape or not sorted_values.shape[-1] or not np.isfinite(sorted_values).all():
            raise ConfigError("Samples of demand are missing.", "Give at least one number for each item.")
        object.__setattr__(self, "values", sorted_values)

    @property
    def mean(self) -> Floats:
        return np.asarray(self.values.mean(axis=-1))

    @property
    def sd(self) -> Floats:
        return np.asarray(self.values.std(axis=-1))

    def cdf(self, stock: ArrayLike) -> Floats:
        return np.asarray((self.values <= self._column(stock)).mean(axis=-1))

    def quantile(self, probability: ArrayLike) -> Floats:
        p = np.broadcast_to(_probability(probability), self.values.shape[:-1])
        # Nine tenths of ten samples are the ninth, whatever doubles make of 0.9 × 10.
        places = np.ceil(p * self.values.shape[-1] - 1e-9).astype(int) - 1
        places = np.clip(places, 0, self.values.shape[-1] - 1)
        found = np.take_along_axis(self.values, places[..., np.newaxis], axis=-1)[..., 0]
        return np.maximum(found, 0.0)

    def shortage(self, stock: ArrayLike) -> Floats:
        return np.asarray(np.maximum(self.values - self._column(stock), 0.0).mean(axis=-1))

    def _column(self, stock: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(stock, dtype=float), self.values.shape[:-1])[..., np.newaxis]


def _positive(values: Floats) -> Floats:
    """The values, with 1 where they are 0: what is worked out there is not taken."""
    return np.where(values > 0, values, 1.0)


def _probability(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=float)
    if not ((found > 0) & (found < 1)).all():
        raise ConfigError(
            f"A probability is {_worst(found)}.", "Give one between 0 and 1, such as 0.95; certainty would need endless stock."
        )  # fmt: skip
    return found


def _worst(values: Floats) -> float:
    """A value to show in an error: one that is no number, else the least, else the greatest."""
    flat = values.ravel()
    odd = flat[~np.isfinite(flat)]
    if odd.size:
        return float(odd[0])
    return float(flat.min()) if flat.min() <= 0 else float(flat.max())
