"""Ways of telling the sales of days to come from those of days before, and the two forecasts that need no model.

Every way takes the known days and gives as many days ahead as it is asked for. None of them looks at a clock or at what came later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.forecast.seasons import YEARLY_LEAST_DAYS, weekday_factors, yearly_factors

Floats = NDArray[np.float64]
Way = Callable[[Floats, int, int], Floats]
"""Sales of known days, the first of them in days since 1970-01-01, and how many days ahead."""

SAME_DAY_LAST_YEAR = 364
"""Fifty-two weeks: the same weekday of the year before."""

LEAST_DAYS = 28
_FAST, _LONG = 10.0, 42.0
_DAMPING = 0.98
_GROWTH_DAYS = 56
LAST_YEAR_LEAST_DAYS = SAME_DAY_LAST_YEAR + 7 + _GROWTH_DAYS


def fading(days: int, half_life: float) -> Floats:
    """What each of so many days counts, the newest 1, half as much after ``half_life`` days."""
    return np.asarray(0.5 ** (np.arange(days - 1, -1, -1) / half_life))


def _of_weekdays(sales: Floats, first_day: int, ahead: int) -> tuple[Floats, Floats]:
    factors = weekday_factors(sales, first_day)
    days = (first_day + np.arange(len(sales) + ahead)) % 7
    return factors[days[: len(sales)]], factors[days[len(sales) :]]


def _level(sales: Floats, season: Floats, half_life: float) -> float:
    weight = fading(len(sales), half_life)
    return float(weight @ sales) / max(float(weight @ season), 1e-12)


def fast(sales: Floats, first_day: int, ahead: int) -> Floats:
    """The level of the last weeks (half-life 10 days) by weekday."""
    known, to_come = _of_weekdays(sales, first_day, ahead)
    return _level(sales, known, _FAST) * to_come


def four_weeks(sales: Floats, _first_day: int, ahead: int) -> Floats:
    """The mean of each weekday of the last four weeks: the baseline, which often is hard to beat."""
    return same_weekday(sales, ahead)


def trend(sales: Floats, first_day: int, ahead: int) -> Floats:
    """Level and slope of the last months by weekday; the slope fades by 2 % a day (damped trend: Gardner and McKenzie 1985)."""
    known, to_come = _of_weekdays(sales, first_day, ahead)
    weight = fading(len(sales), _LONG)
    age = np.arange(1.0 - len(sales), 1.0)
    design = np.column_stack([known, known * age])
    normal = design.T @ (weight[:, None] * design) + np.diag([1e-9, 1e-9])
    level, slope = np.linalg.solve(normal, design.T @ (weight * sales))
    damped = np.cumsum(_DAMPING ** np.arange(1, ahead + 1))
    # A slope of weeks says little of a quarter: it may at most halve or double the level.
    low, high = sorted((0.5 * level, 2.0 * level))
    return np.asarray(np.clip(level + slope * damped, low, high) * to_come)


def yearly(sales: Floats, first_day: int, ahead: int) -> Floats:
    """The level of the last months by weekday and time of year."""
    known, to_come = _of_weekdays(sales, first_day, ahead)
    days = first_day + np.arange(len(sales) + ahead)
    season = yearly_factors(sales, first_day, days)
    return _level(sales, known * season[: len(sales)], _LONG) * to_come * season[len(sales) :]


def last_year_grown(sales: Floats, first_day: int, ahead: int) -> Floats:
    """The same weekdays of last year and those a week before and after, times the growth of the last eight weeks against them."""
    base = _around_last_year(sales, len(sales) - _GROWTH_DAYS, _GROWTH_DAYS + ahead)
    then = float(base[:_GROWTH_DAYS].sum())
    growth = float(sales[-_GROWTH_DAYS:].sum()) / then if then > 0 else 1.0
    return float(np.clip(growth, 0.1, 10.0)) * base[_GROWTH_DAYS:]


def _around_last_year(sales: Floats, start: int, days: int) -> Floats:
    place = np.arange(start, start + days) - SAME_DAY_LAST_YEAR
    return 0.5 * sales[place] + 0.25 * (sales[place - 7] + sales[place + 7])


WAYS: Mapping[str, tuple[int, Way]] = {
    "fast": (LEAST_DAYS, fast),
    "four_weeks": (LEAST_DAYS, four_weeks),
    "trend": (LEAST_DAYS, trend),
    "last_year_grown": (LAST_YEAR_LEAST_DAYS, last_year_grown),
    "yearly": (YEARLY_LEAST_DAYS, yearly),
}
"""Each by the days that it has to know."""


def same_weekday(sales: Floats, ahead: int) -> Floats:
    """Baseline: the mean of the same weekday of the last four weeks, again and again."""
    week = sales[-28:].reshape(4, 7).mean(axis=0)
    return np.asarray(week[np.arange(ahead) % 7])


def last_year(sales: Floats, ahead: int) -> Floats:
    """Baseline: the same weekday of the year before, as it was; at most a year ahead."""
    place = len(sales) - SAME_DAY_LAST_YEAR + np.arange(ahead)
    return np.asarray(sales[place])


BASELINES: Mapping[str, tuple[int, Callable[[Floats, int], Floats]]] = {
    "same_weekday": (LEAST_DAYS, same_weekday),
    "last_year": (SAME_DAY_LAST_YEAR, last_year),
}
