"""What cohorts will do in months that they have not seen, from what older cohorts did in theirs.

The triangle is that of an insurer's claims, and so is the method: amounts follow a pattern over months that all cohorts share, times
a level of the cohort's own, with an over-dispersed Poisson variance (England and Verrall 2002, "Stochastic claims reserving in general
insurance", British Actuarial Journal 8, section 2.3). The level is drawn towards that of all cohorts by its credibility (Bühlmann and
Straub 1970): the fewer months a cohort has seen, the less its own count.

What makes a cohort's month differ is of two kinds. Its own part, the noise of its customers and of the pattern in that month, averages out over
a total; the cohort's level is common to its months and adds up. Of a month that only some of a cohort have had, the others' part is yet to
come. The intervals that follow, of months and of totals apart, are widened or narrowed until they would have held on the newest months,
forecast from the exposure of that time (in the manner of split conformal prediction, Lei and others 2018, JASA 113, without its guarantee:
the looks back overlap, and use today's rates).
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
_LEAST_FREEDOM = 5
_SCALES = (0.33, 4.0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """For each customer of a cohort (rows) in a month (columns); NaN where the month was seen, or where too few have seen it.

    Attributes
    ----------
    expected, low, high
        Of the month. Between ``low`` and ``high`` it comes to lie with the probability that was asked for.
    total, total_low, total_high
        Of that month and all before it. Those seen count as they were, and where only some customers have had a month, the others as
        they are expected to.
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
    pattern = _pattern(customers, exposure, amounts)
    seen = exposure > 0
    rate = np.divide(amounts, exposure, out=np.zeros(amounts.shape), where=seen)
    heads = np.maximum(customers, 1.0)[:, None]
    expected = pattern.levels * pattern.rates
    noise = pattern.dispersion * np.abs(expected) / heads
    unsure = pattern.levels**2 * pattern.rate_variance
    common = pattern.rates * np.sqrt(pattern.level_variance)
    unsure[:, 0], expected[:, 0] = _first_month(rate[:, 0], exposure[:, 0])
    noise[:, 0] = common[:, 0] = 0.0
    # Of a month that some have had, the share of the cohort that has it before it; a month that nobody can tell stays what those did.
    ahead = np.where(seen & ~np.isfinite(expected), 0.0, 1 - np.minimum(exposure / heads, 1.0))
    to_come = np.where(ahead > 0, ahead * expected, 0.0)
    total = np.cumsum((1 - ahead) * rate + to_come, axis=1)
    own = np.where(ahead > 0, ahead * noise + ahead**2 * unsure, 0.0)
    shared = np.where(ahead > 0, ahead * common, 0.0)
    total_variance = np.cumsum(own, axis=1) + np.cumsum(shared, axis=1) ** 2
    known = ~seen & (customers > 0)[:, None] & np.isfinite(total)
    of_month = _interval(expected, noise + unsure + common**2, z)
    found = (expected, *of_month, total, *_interval(total, total_variance, z))
    return Forecast(*(np.where(known, each, np.nan) for each in found))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Rates by month and their variance, levels by cohort (a column) and theirs, and the dispersion of amounts."""

    rates: Floats
    rate_variance: Floats
    levels: Floats
    level_variance: Floats
    dispersion: float


def _pattern(customers: Floats, exposure: Floats, amounts: Floats) -> _Pattern:
    """Fit months after the first: alternate between rates, dispersion and levels, which settles within a few rounds."""
    cohorts, months = exposure.shape
    weight, amount = exposure.copy(), amounts.copy()
    weight[:, 0] = amount[:, 0] = 0.0
    weight[:1] = amount[:1] = 0.0
    fade: Floats = np.power(FADE, np.arange(cohorts, dtype=np.float64)[::-1, None])
    told = (weight > 0).sum(axis=0) >= LEAST_COHORTS
    whole = exposure == customers[:, None]
    levels, level_variance, dispersion = np.ones(cohorts), np.zeros(cohorts), 0.0
    rates = np.zeros(months)
    for _ in range(_ROUNDS):
        base = (fade * weight * levels[:, None]).sum(axis=0)
        rates = np.divide((fade * amount).sum(axis=0), base, out=np.zeros(months), where=base > 0)
        rates = np.maximum(rates, 0.0)
        dispersion = _dispersion(weight * levels[:, None] * rates, amount, told, whole, fade)
        levels, level_variance = _levels(
            (weight * rates)[:, told].sum(axis=1), amount[:, told].sum(axis=1), dispersion
        )
    base = (fade * weight * levels[:, None]).sum(axis=0)
    variance = np.divide(dispersion * rates, base, out=np.zeros(months), where=base > 0)
    return _Pattern(
        np.where(told, rates, np.nan), variance, levels[:, None], level_variance[:, None], dispersion
    )


def _dispersion(expected: Floats, amount: Floats, told: Mask, whole: Mask, fade: Floats) -> float:
    """Pearson's: squared deviations by what was expected, over the degrees of freedom; newer cohorts count more.

    Over months that whole cohorts have had, as long as they are enough: the few customers of a month under way would rule it.
    """
    there = (expected > 0) & told
    for cells, least in ((there & whole, _LEAST_FREEDOM), (there, 1)):
        freedom = int(cells.sum()) - int(cells.any(axis=0).sum())
        if freedom >= least:
            weight = np.broadcast_to(fade, expected.shape)[cells]
            squares = float(
                (weight * ((amount - expected) ** 2)[cells] / expected[cells]).sum() / weight.sum()
            )
            return squares * len(weight) / freedom
    return 0.0


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
    judged = (exposure == customers[:, None]) & (customers >= _LEAST_CUSTOMERS)[:, None]
    judged[:, 0] = False
    misses: tuple[list[Floats], list[Floats]] = ([], [])
    for back in _LOOK_BACK:
        rows = len(customers) - back
        if rows <= LEAST_COHORTS:
            break
        # Whoever has had a month so many columns on had had this one so many months ago.
        then = np.zeros((rows, exposure.shape[1]))
        then[:, :-back] = exposure[:rows, back:]
        past = _forecast(customers[:rows], then, np.where(then > 0, rate[:rows] * then, 0.0), z)
        cells = np.isfinite(past.expected) & judged[:rows]
        told = ((past.expected, past.low, past.high), (past.total, past.total_low, past.total_high))
        for kept, truth, (mean, low, high) in zip(misses, truths, told, strict=True):
            off = truth[:rows] - mean
            reach = np.where(off > 0, high - mean, mean - low)
            sure = cells & (reach > 0) & np.isfinite(off)
            kept.append(np.abs(off[sure]) / reach[sure])
    of_month, of_total = (_scale(np.concatenate(kept) if kept else np.empty(0), level) for kept in misses)
    return of_month, of_total


def _scale(misses: Floats, level: float) -> float:
    if len(misses) < _LEAST_CELLS:
        return 1.0
    return float(np.clip(np.quantile(misses, level), *_SCALES))
