"""What cohorts will do in months that they have not seen, from what older cohorts did in theirs.

The triangle is that of an insurer's claims, and so is the method: amounts follow a pattern over months that all cohorts share, times
a level of the cohort's own, with an over-dispersed Poisson variance (England and Verrall 2002, "Stochastic claims reserving in general
insurance", British Actuarial Journal 8, section 2.3). The level is drawn towards that of all cohorts by its credibility (Bühlmann and
Straub 1970): the fewer months a cohort has seen, the less its own count. Intervals are widened or narrowed until they would have held
on the newest months, forecast from what was known before (split conformal, Lei and others 2018, JASA 113).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_COHORTS = 3
"""As many must have seen a month before it is forecast for others."""

FADE = 0.85
"""What a cohort counts in the pattern, as a share of what the next younger one counts: habits change."""

_ROUNDS = 4
_FIRST_MONTH_COHORTS = 12
_LOOK_BACK = (1, 2, 3, 4, 6)
_LEAST_CELLS = 10
_LEAST_CUSTOMERS = 20
_SCALES = (0.33, 4.0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """For each customer of a cohort (rows) in a month (columns); NaN where the month was seen, or where too few have seen it.

    Attributes
    ----------
    expected, low, high
        Of the month. Between ``low`` and ``high`` it comes to lie with the probability that was asked for.
    total, total_low, total_high
        Of that month and all before it, those seen as they were.
    """

    expected: Floats
    low: Floats
    high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats


def forecast(
    customers: Floats, exposure: Floats, amounts: Floats, *, level: float = 0.8, most: float = np.inf
) -> Forecast:
    """Months not seen yet, by cohort.

    The first cohort is left out of the pattern: it holds also those who had bought before history began.

    Parameters
    ----------
    customers, exposure, amounts
        As in ``Triangle``; ``amounts`` is one of its three, of the customers of ``exposure``.
    level
        Probability of the interval, 0..1.
    most
        No customer can do more in a month: 1 where buyers are counted.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    plain = _forecast(customers, exposure, amounts, z)
    of_month, of_total = _scales(customers, exposure, amounts, z, level)
    low, high = _scaled(plain.expected, plain.low, plain.high, of_month)
    total_low, total_high = _scaled(plain.total, plain.total_low, plain.total_high, of_total)
    return Forecast(
        np.minimum(plain.expected, most),
        np.minimum(low, most),
        np.minimum(high, most),
        plain.total,
        total_low,
        total_high,
    )


def _forecast(customers: Floats, exposure: Floats, amounts: Floats, z: float) -> Forecast:
    pattern = _pattern(exposure, amounts)
    seen = exposure > 0
    rate = np.divide(amounts, exposure, out=np.zeros(amounts.shape), where=seen)
    heads = np.maximum(customers, 1.0)[:, None]
    expected = pattern.levels * pattern.rates
    chance = pattern.dispersion * np.abs(expected) / heads + pattern.levels**2 * pattern.rate_variance
    chance[:, 0], expected[:, 0] = _first_month(rate[:, 0], exposure[:, 0])
    drift = np.broadcast_to(pattern.rates, expected.shape).copy()
    drift[:, 0] = 0.0
    variance = chance + drift**2 * pattern.level_variance
    # Months miss together, because what they share (habits that change, a season) is not in the pattern: deviations add up, not variances.
    total = np.cumsum(np.where(seen, rate, expected), axis=1)
    total_variance = np.cumsum(np.where(seen, 0.0, np.sqrt(variance)), axis=1) ** 2
    known = ~seen & (customers > 0)[:, None] & np.isfinite(total)
    found = (expected, *_interval(expected, variance, z), total, *_interval(total, total_variance, z))
    return Forecast(*(np.where(known, each, np.nan) for each in found))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Rates by month and their variance, levels by cohort (a column) and theirs, and the dispersion of amounts."""

    rates: Floats
    rate_variance: Floats
    levels: Floats
    level_variance: Floats
    dispersion: float


def _pattern(exposure: Floats, amounts: Floats) -> _Pattern:
    """Fit months after the first: alternate between rates, dispersion and levels, which settles within a few rounds."""
    cohorts, months = exposure.shape
    weight, amount = exposure.copy(), amounts.copy()
    weight[:, 0] = amount[:, 0] = 0.0
    weight[:1] = amount[:1] = 0.0
    fade: Floats = np.power(FADE, np.arange(cohorts, dtype=np.float64)[::-1, None])
    told = (weight > 0).sum(axis=0) >= LEAST_COHORTS
    levels, level_variance, dispersion = np.ones(cohorts), np.zeros(cohorts), 0.0
    rates = np.zeros(months)
    for _ in range(_ROUNDS):
        base = (fade * weight * levels[:, None]).sum(axis=0)
        rates = np.divide((fade * amount).sum(axis=0), base, out=np.zeros(months), where=base > 0)
        rates = np.maximum(rates, 0.0)
        dispersion = _dispersion(weight * levels[:, None] * rates, amount, told, fade)
        levels, level_variance = _levels(
            (weight * rates)[:, told].sum(axis=1), amount[:, told].sum(axis=1), dispersion
        )
    base = (fade * weight * levels[:, None]).sum(axis=0)
    variance = np.divide(dispersion * rates, base, out=np.zeros(months), where=base > 0)
    return _Pattern(
        np.where(told, rates, np.nan), variance, levels[:, None], level_variance[:, None], dispersion
    )


def _dispersion(expected: Floats, amount: Floats, told: Mask, fade: Floats) -> float:
    """Pearson's: squared deviations by what was expected, over the degrees of freedom; newer cohorts count more."""
    cells = (expected > 0) & told
    freedom = int(cells.sum()) - int(told.sum())
    if freedom < 1:
        return 0.0
    weight = np.broadcast_to(fade, expected.shape)[cells]
    squares = float((weight * ((amount - expected) ** 2)[cells] / expected[cells]).sum() / weight.sum())
    return squares * len(weight) / freedom


def _levels(expected: Floats, amount: Floats, dispersion: float) -> tuple[Floats, Floats]:
    """Credible levels of cohorts, 1 on average, and the variance that is left (Bühlmann and Straub)."""
    levels, left = np.ones(len(expected)), np.zeros(len(expected))
    there = expected > 0
    weight = expected[there]
    if len(weight) < 2:
        return levels, left
    own = amount[there] / weight
    mean = float((weight * own).sum() / weight.sum())
    spread = float((weight * (own - mean) ** 2).sum()) - dispersion * (len(weight) - 1)
    between = max(0.0, spread / float(weight.sum() - (weight**2).sum() / weight.sum()))
    credibility = between * weight / (between * weight + dispersion) if between > 0 else np.zeros(len(weight))
    left[:] = between
    levels[there] = np.maximum(1 + credibility * (own - 1), 0.0)
    left[there] = between * (1 - credibility)
    return levels, left


def _first_month(rate: Floats, exposure: Floats) -> tuple[float, float]:
    """Variance and mean of the month of the first purchase, by the newest cohorts that had it whole."""
    there = np.flatnonzero(exposure > 0)[-_FIRST_MONTH_COHORTS:]
    if len(there) < LEAST_COHORTS:
        return np.nan, np.nan
    mean = float(np.average(rate[there], weights=exposure[there]))
    variance = float(np.average((rate[there] - mean) ** 2, weights=exposure[there]))
    return variance * (1 + 1 / len(there)), mean


def _interval(mean: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Quantiles of the gamma distribution with these moments (Wilson and Hilferty 1931): skewed, and never below nought."""
    relative = np.divide(variance, mean**2, out=np.zeros(mean.shape), where=mean > 0)
    low, high = (
        mean * np.maximum(1 - relative / 9 + sign * z * np.sqrt(relative) / 3, 0.0) ** 3 for sign in (-1, 1)
    )
    return np.minimum(low, mean), np.maximum(high, mean)


def _scaled(mean: Floats, low: Floats, high: Floats, scale: float) -> tuple[Floats, Floats]:
    floor = np.minimum(mean, 0.0)
    return np.maximum(mean - scale * (mean - low), floor), mean + scale * (high - mean)


def _scales(
    customers: Floats, exposure: Floats, amounts: Floats, z: float, level: float
) -> tuple[float, float]:
    """By how much the intervals of months, and those of totals, miss ``level`` on the newest months; 1 where few can tell."""
    rate = np.divide(amounts, exposure, out=np.full(amounts.shape, np.nan), where=exposure > 0)
    truths = (rate, np.cumsum(rate, axis=1))
    misses: tuple[list[Floats], list[Floats]] = ([], [])
    for back in _LOOK_BACK:
        rows = len(customers) - back
        if rows <= LEAST_COHORTS:
            break
        # What lay so many months back is what has a seen month so many columns ahead.
        seen = np.zeros((rows, exposure.shape[1]), np.bool_)
        seen[:, :-back] = exposure[:rows, back:] > 0
        past = _forecast(
            customers[:rows], np.where(seen, exposure[:rows], 0.0), np.where(seen, amounts[:rows], 0.0), z
        )
        cells = np.isfinite(past.expected) & (exposure[:rows] >= _LEAST_CUSTOMERS)
        cells[:, 0] = False
        told = ((past.expected, past.low, past.high), (past.total, past.total_low, past.total_high))
        for kept, truth, (mean, low, high) in zip(misses, truths, told, strict=True):
            off = truth[:rows] - mean
            reach = np.where(off > 0, high - mean, mean - low)
            sure = cells & (reach > 0) & np.isfinite(off)
            kept.append(np.abs(off[sure]) / reach[sure])
    of_month, of_total = (_scale(np.concatenate(kept) if kept else np.empty(0), level) for kept in misses)
    # Narrow in the last months is no warrant for a year's sum, in which misses of one direction pile up.
    return of_month, max(of_total, 1.0)


def _scale(misses: Floats, level: float) -> float:
    if len(misses) < _LEAST_CELLS:
        return 1.0
    return float(np.clip(np.quantile(misses, level), *_SCALES))
