"""What the next day of a series is expected to be: a level, a season of the week and a spread, by medians throughout.

Half of the days may be wrong and a median still stands, so a sale, a holiday or a broken day in the history moves neither the
expectation nor the band (breakdown point 50 %; Hampel 1974, *The Influence Curve and its Role in Robust Estimation*, JASA 69).
That a day is held against the residuals' median ± k · 1.4826 · MAD is the rule of Iglewicz and Hoaglin 1993, *How to Detect and
Handle Outliers*; that level and season are taken off by medians first is that of Hochenbaum, Vallis and Kejariwal 2017,
*Automatic Anomaly Detection in the Cloud Via Statistical Learning* (arXiv 1704.07706). Amounts and counts are judged by their
square roots, whose spread does not grow with their size (Bartlett 1936, *The Square Root Transformation in Analysis of Variance*).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

HISTORY_DAYS = 84
"""How far back is looked: twelve weeks, of which the newest tell the level."""
FEWEST_DAYS = 28
"""Known days without which nothing is said: four of each weekday."""
LEVEL_DAYS = 14
_FEWEST_OF_WEEKDAY = 3
_FEWEST_RESIDUALS = 14
_LEAST_BUSY = 0.6
"""Below so many days that are not nought, a day alone tells nothing."""
_NORMAL = 1.4826
"""The MAD of a normal distribution is its standard deviation divided by this."""
_ROOT_FLOOR, _PLAIN_FLOOR = 0.025, 0.01
_COUNT_FLOOR = 0.5
"""The root of a Poisson count has a standard deviation of a half, however large the count."""

Array = NDArray[Any]


class Scale(StrEnum):
    """How a series is measured: what is counted, amounts that add up, or quotients."""

    COUNT = "count"
    AMOUNT = "amount"
    QUOTIENT = "quotient"


class Unjudged(StrEnum):
    """Why nothing can be said about a day."""

    SHORT = "too few days are known"
    CLOSED = "nothing happens on this day of the week"
    SPARSE = "most days are nought"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a day should be, in the unit of the series.

    Attributes
    ----------
    low, high
        The band outside which a day is unusual.
    """

    expected: float
    low: float
    high: float

    def side(self, value: float) -> str:
        """``below``, ``above`` or ``within`` the band."""
        return "below" if value < self.low else "above" if value > self.high else "within"


def expect_day(
    history: Sequence[float | None], scale: Scale, *, sensitivity: float = 3.5
) -> Expectation | Unjudged:
    """The expectation of the day after ``history``.

    Parameters
    ----------
    history
        One value a day without gaps, the oldest first, in any unit; None where there is none. Noughts before the first other
        value are days before the series began. Only the newest ``HISTORY_DAYS`` are looked at.
    scale
        ``COUNT`` and ``AMOUNT`` are judged by their signed roots, ``QUOTIENT`` as they are.
    sensitivity
        Half the width of the band in robust standard deviations of a one-day forecast; more finds less. Above 0.

    The expectation for weekday *w* is s(w) + l + b on the scale of judgement: s(w) is the median distance of that weekday from the
    median of the seven days around it, l the median of the ``LEVEL_DAYS`` newest days less their season, and b the median error
    that forecasts made so had of late, by which a steady trend is met. The band is ``sensitivity`` times the MAD of these errors.

    Returns an ``Unjudged`` where the history does not suffice.
    """
    if sensitivity <= 0:
        raise ValueError("sensitivity must be above 0")
    raw = _begun(np.array([np.nan if value is None else value for value in history], dtype=float))
    raw = raw[-HISTORY_DAYS:]
    if np.count_nonzero(~np.isnan(raw)) < FEWEST_DAYS:
        return Unjudged.SHORT
    place = (np.arange(len(raw)) - len(raw)) % 7  # 0 is the weekday of the day to come
    if scale is not Scale.QUOTIENT:
        closed = _closed_weekdays(raw, place)
        if 0 in closed:
            return Unjudged.CLOSED
        raw = np.where(np.isin(place, list(closed)), np.nan, raw)
        known = raw[~np.isnan(raw)]
        if np.count_nonzero(known) < _LEAST_BUSY * len(known):
            return Unjudged.SPARSE
    return _expectation(_to_scale(raw, scale), place, scale, sensitivity)


def _expectation(x: Array, place: Array, scale: Scale, sensitivity: float) -> Expectation | Unjudged:
    season = _season(x, place)
    if np.isnan(season[0]):
        return Unjudged.SHORT
    level_of = x - season[place]
    levels = _trailing_medians(level_of)
    errors = (level_of - levels[:-1])[7:]
    errors = errors[~np.isnan(errors)]
    if len(errors) < _FEWEST_RESIDUALS or np.isnan(levels[-1]):
        return Unjudged.SHORT
    bias = float(np.median(errors))
    centre = float(season[0] + levels[-1]) + bias
    spread = max(_NORMAL * float(np.median(np.abs(errors - bias))), _floor(centre, scale))
    low, high = centre - sensitivity * spread, centre + sensitivity * spread
    # What was never negative is not expected to be.
    if scale is not Scale.QUOTIENT and np.nanmin(x) >= 0:
        low, centre = max(low, 0.0), max(centre, 0.0)
    return Expectation(*(_from_scale(value, scale) for value in (centre, low, high)))


def _begun(values: Array) -> Array:
    """Without the days before anything happened."""
    happened = np.flatnonzero(~np.isnan(values) & (values != 0))
    return values[happened[0] :] if len(happened) else values[:0]


def _closed_weekdays(values: Array, place: Array) -> set[int]:
    """Weekdays on which, most weeks, nothing happens, while something does on others."""
    return {
        day
        for day in range(7)
        if (known := values[(place == day) & ~np.isnan(values)]).size and float(np.median(known)) == 0
    }


def _season(x: Array, place: Array) -> Array:
    """For each weekday its median distance from the seven days around it; nan where it is too rarely known."""
    padded = np.concatenate([np.full(3, np.nan), x, np.full(3, np.nan)])
    around = np.lib.stride_tricks.sliding_window_view(padded, 7).copy()
    around[:3], around[-3:] = around[3], around[-4]  # at its ends a series has whole weeks too
    distance = x - _medians(around)
    found = np.full(7, np.nan)
    for day in range(7):
        known = distance[place == day]
        known = known[~np.isnan(known)]
        if len(known) >= _FEWEST_OF_WEEKDAY:
            found[day] = np.median(known)
    return found


def _trailing_medians(values: Array) -> Array:
    """The median of the ``LEVEL_DAYS`` before each day, and before the day to come."""
    padded = np.concatenate([np.full(LEVEL_DAYS, np.nan), values])
    return _medians(np.lib.stride_tricks.sliding_window_view(padded, LEVEL_DAYS))


def _medians(rows: Array) -> Array:
    """The median of each row's known values; nan where there is none. Sorting puts nan last."""
    ordered = np.sort(rows, axis=1)
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    line = np.arange(len(ordered))
    lower = ordered[line, np.maximum(known - 1, 0) // 2]
    upper = ordered[line, np.minimum(known // 2, ordered.shape[1] - 1)]
    return np.where(known > 0, (lower + upper) / 2, np.nan)


def _to_scale(values: Array, scale: Scale) -> Array:
    return values if scale is Scale.QUOTIENT else np.sign(values) * np.sqrt(np.abs(values))


def _from_scale(value: float, scale: Scale) -> float:
    return value if scale is Scale.QUOTIENT else math.copysign(value * value, value)


def _floor(centre: float, scale: Scale) -> float:
    """The least spread: what never varied may still vary a little."""
    share = _PLAIN_FLOOR if scale is Scale.QUOTIENT else _ROOT_FLOOR
    return max(share * abs(centre), _COUNT_FLOOR if scale is Scale.COUNT else 1e-9)
