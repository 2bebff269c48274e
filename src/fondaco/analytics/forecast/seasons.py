"""What weekdays and the time of year make of a day's sales."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEEKDAY_WEEKS = 26
"""Weeks that the weekdays are learned from, the newest ones: opening hours and habits change."""

YEARLY_LEAST_DAYS = 730
"""Two years: in one year the season cannot be told from what happened once."""

_HARMONICS = 6
_YEAR = 365.25
_RIDGE = 2.0
_WIDEST = 8.0
"""No week of the year is taken for more than so many times an average one, nor for less than that part of it."""

_DRAWN_TOWARDS_ONE = 2.0


def weekday_factors(sales: Floats, first_day: int) -> Floats:
    """How much of an average day each weekday sells, from Thursday (index 0, as 1970-01-01 was one) to Wednesday; 1 on average.

    The ratio of each weekday's sales to the mean of the seven days around it (classical decomposition: Hyndman and Athanasopoulos 2021,
    "Forecasting: principles and practice", section 3.4), drawn towards 1 by two weeks.

    Parameters
    ----------
    sales
        Of each day, two weeks at least.
    first_day
        Of ``sales[0]``, in days since 1970-01-01.
    """
    kept = sales[-7 * WEEKDAY_WEEKS :]
    around = np.convolve(kept, np.full(7, 1 / 7), mode="valid")
    own = kept[3 : 3 + len(around)]
    weekday = (first_day + len(sales) - len(kept) + 3 + np.arange(len(around))) % 7
    drawn = _DRAWN_TOWARDS_ONE * max(float(around.mean()), 0.0)
    over = np.bincount(weekday, own, 7) + drawn
    under = np.bincount(weekday, around, 7) + drawn
    factors = np.divide(over, under, out=np.ones(7), where=under > 0)
    factors = np.clip(factors, 0.0, 7.0)
    mean = float(factors.mean())
    return factors / mean if mean > 0 else np.ones(7)


def yearly_factors(sales: Floats, first_day: int, days: NDArray[np.int64]) -> Floats:
    """What the time of year makes of the given days, 1 on average.

    Six pairs of waves of a year on the logarithm of the mean of seven days, beside a level and a trend (dynamic harmonic regression: Hyndman
    and Athanasopoulos 2021, section 7.4), with a ridge that keeps the waves small where the data say little.

    Parameters
    ----------
    sales
        ``YEARLY_LEAST_DAYS`` at least.
    days
        In days since 1970-01-01.
    """
    around = np.convolve(sales, np.full(7, 1 / 7), mode="valid")
    mean = float(around.mean())
    if mean <= 0:
        return np.ones(len(days))
    level = np.log(np.maximum(around, 0.02 * mean))
    day = first_day + 3 + np.arange(len(around))
    age = (day - day[-1]) / _YEAR
    design = np.column_stack([np.ones(len(day)), age, _waves(day)])
    penalty = np.diag([0.0, 0.0, *np.repeat(_RIDGE, 2 * _HARMONICS)])
    found = np.linalg.solve(design.T @ design + penalty, design.T @ level)
    waves = found[2:]
    year = np.exp(_waves(np.arange(366)) @ waves)
    return np.asarray(np.clip(np.exp(_waves(days) @ waves) / year.mean(), 1 / _WIDEST, _WIDEST))


def _waves(day: NDArray[np.int64]) -> Floats:
    angle = 2 * np.pi * day[:, None] / _YEAR * np.arange(1, _HARMONICS + 1)
    return np.hstack([np.sin(angle), np.cos(angle)])
