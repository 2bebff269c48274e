"""Demand as it is to be expected around a forecast: what share of cases lies below a value, and which value such a share lies below.

Whole units are negative binomial, Poisson where the variance is not above the mean; other amounts, and whole units of which there are many,
are gamma. A whole unit takes up a stretch of the distribution; its place is drawn from it (Czado, Gneiting and Held 2009, Predictive model
assessment for count data), so that places are spread evenly from 0 to 1 if and only if the forecasts are calibrated.
"""

from __future__ import annotations

import numpy as np

from fondaco.analytics.forecasting.panel import Bools, Floats

LEAST, MOST = 1e-4, 1 - 1e-4
"""Places nearer to the ends are moved here: beyond, one surprise of a series would be endless demand of another."""
_MANY = 60.0
"""Units that a day may reach, six spreads above its mean, up to which they are counted one by one."""


def places(
    values: Floats, mean: Floats, spread: Floats, *, is_whole: bool, chance: np.random.Generator
) -> Floats:
    """The share of cases below ``values`` where a forecast says ``mean`` and its errors have this ``spread``; all of one shape."""
    from scipy.special import gammainc

    drawn = chance.random(values.shape)
    few = _is_few(mean, spread, is_whole=is_whole)
    found = np.zeros(values.shape)
    if few.any():
        whole = np.round(values[few])
        upper = _counted(whole, mean[few], spread[few])
        lower = np.where(whole > 0, _counted(whole - 1, mean[few], spread[few]), 0.0)
        found[few] = lower + drawn[few] * (upper - lower)
    many = ~few
    if many.any():
        shape, scale = _gamma(mean[many], spread[many])
        # A whole unit is the stretch of half a unit below and above it.
        at = values[many] + (drawn[many] - 0.5 if is_whole else 0.0)
        found[many] = np.where(
            mean[many] > 0, gammainc(shape, np.maximum(at, 0.0) / scale), np.where(values[many] > 0, 1.0, drawn[many])
        )  # fmt: skip
    return np.clip(found, LEAST, MOST)


def values_at(at: Floats, mean: Floats, spread: Floats, *, is_whole: bool) -> Floats:
    """The values below which the shares ``at`` of cases lie. The first axis is that of the series; the others are broadcast."""
    from scipy.special import gammaincinv

    found = np.zeros(np.broadcast_shapes(at.shape, mean.shape))
    few = _is_few(mean, spread, is_whole=is_whole)
    is_counted = np.asarray(few.reshape(len(mean), -1).all(axis=1))
    # Series by series: one that sells much would make all others take as many steps.
    for row in range(len(mean)):
        one = at[row if len(at) > 1 else 0]
        if is_counted[row]:
            found[row] = _count_at(one, mean[row], spread[row])
        else:
            shape, scale = _gamma(mean[row], spread[row])
            # A forecast without spread is certain.
            amount = np.where((mean[row] > 0) & (spread[row] > 0), gammaincinv(shape, one) * scale, mean[row])
            found[row] = np.floor(amount + 0.5) if is_whole else amount
    return found


def _is_few(mean: Floats, spread: Floats, *, is_whole: bool) -> Bools:
    """Series whose every period is counted one by one, as rows of True."""
    if not is_whole:
        return np.zeros(mean.shape, dtype=bool)
    largest = (mean + 6 * spread).reshape(len(mean), -1).max(axis=1)
    return np.broadcast_to((largest <= _MANY).reshape(-1, *[1] * (mean.ndim - 1)), mean.shape)


def _counted(units: Floats, mean: Floats, spread: Floats) -> Floats:
    """P(demand ≤ units) of a negative binomial or Poisson distribution."""
    from scipy.special import betainc, gammaincc

    variance = spread**2
    wide = variance > mean * (1 + 1e-9)
    some = np.where(mean > 0, mean, 1.0)
    size = np.where(wide, some**2 / np.where(wide, variance - mean, 1.0), 1.0)
    share = np.where(wide, some / np.where(wide, variance, some), 1.0)
    found = np.where(wide, betainc(size, units + 1, share), gammaincc(units + 1, some))
    return np.asarray(np.where(mean > 0, found, 1.0))


def _count_at(at: Floats, mean: Floats, spread: Floats) -> Floats:
    """The least number of units of which P(demand ≤ units) reaches ``at``, by adding up their chances from none on."""
    variance = spread**2
    wide = variance > mean * (1 + 1e-9)
    safe = np.where(wide, variance, 1.0)
    # Chances follow p(k + 1) = p(k) (a + b k) / (k + 1): Panjer (1981), of the negative binomial and of Poisson.
    share = np.where(wide & (mean > 0), mean / safe, 1.0)
    rise = np.where(wide, mean * share, mean)
    slope = np.where(wide, 1 - share, 0.0)
    size = np.where(wide, mean**2 / np.where(wide, variance - mean, 1.0), 0.0)
    chance = np.where(wide, share**size, np.exp(-mean))
    reached = chance.copy()
    found = np.zeros(np.broadcast_shapes(at.shape, mean.shape))
    units = 0
    while (beyond := at > reached).any() and units < 4 * _MANY:
        found += beyond
        chance = chance * (rise + slope * units) / (units + 1)
        reached = reached + chance
        units += 1
    return found


def _gamma(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Shape and scale; 1 and 1 where the mean is 0."""
    some = np.where(mean > 0, mean, 1.0)
    variance = np.where((mean > 0) & (spread > 0), spread**2, some)
    return some**2 / variance, variance / some
