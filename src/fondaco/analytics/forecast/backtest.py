"""The forecast, made again at earlier days from what was known then, and held against what came.

Rolling origins (Tashman 2000, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16). At every origin the
whole procedure is repeated: ways, what each counts, shares and intervals come from days before it alone, so that no day is judged by
what was fitted to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import stdtrit

from fondaco.analytics.forecast.books import Books
from fondaco.analytics.forecast.seasons import YEARLY_LEAST_DAYS
from fondaco.analytics.forecast.ways import BASELINES, WAYS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FIRST_ORIGIN = 56
STEP = 6
"""Days between origins: no whole week, so that every weekday is one."""

MOST_ORIGINS = 120
LEAST_WINDOWS = 5
"""So many windows must have ended before anything is forecast as far as they reach."""

NEAR = 28
"""Up to here ways count by how they did on totals of as many days, beyond it by how they did on the days after these."""

MEMORY = 182.0
"""Days after which an error counts half."""

LEAST_FREEDOM = 4.0
"""Degrees of freedom of an interval at the least, where the season is known."""

_LEAST_RECORD = 3
_GRID = (1, 3, 7, 14, 21, 28, 42, 60, 90)


@dataclass(frozen=True)
class Origins:
    """Forecasts from earlier days. Axes: origin, way or line, day ahead; NaN beyond the last known day or where a way knows too little.

    Attributes
    ----------
    known
        Days that were known at each origin; the last origin is now.
    sales
        By each way, of days ahead.
    actual
        Of each line.
    shares, running
        Of each origin and line: what it is of sales, and a day besides.
    """

    known: Integers
    sales: Floats
    actual: Floats
    shares: Floats
    running: Floats

    @property
    def ahead(self) -> int:
        return int(self.sales.shape[2])

    @cached_property
    def counts(self) -> Floats:
        """What each way counts near and far: of each origin, way and the two blocks of days; sums to 1 over ways.

        The inverse of mean squared errors of totals (Bates and Granger 1969), over windows that had ended at the origin. A way takes part once
        three of its windows have; before any way has, all that are there count the same.
        """
        blocks = (slice(0, NEAR), slice(NEAR, self.ahead))
        found = np.zeros((len(self.known), self.sales.shape[1], 2))
        for number, block in enumerate(blocks):
            last = block.stop if block.stop <= self.ahead else self.ahead
            truth = self.actual[:, 0, block].sum(axis=1)
            squares = (self.sales[:, :, block].sum(axis=2) - truth[:, None]) ** 2
            for place, known in enumerate(self.known):
                over = self.known + last <= known
                found[place, :, number] = _shares_of(squares[over], np.isfinite(self.sales[place, :, 0]))
        return found

    @cached_property
    def combined(self) -> Floats:
        """Sales of days ahead by all ways together, of each origin."""
        near = np.arange(self.ahead) < NEAR
        weight = np.where(near, self.counts[:, :, :1], self.counts[:, :, 1:])
        return np.asarray((weight * np.nan_to_num(self.sales)).sum(axis=1))

    @cached_property
    def lines(self) -> Floats:
        """Every line of days ahead, of each origin."""
        return self.combined[:, None, :] * self.shares[:, :, None] + self.running[:, :, None]

    @cached_property
    def scale(self) -> Floats:
        """Of each origin the mean day's sales by each number of days ahead: errors grow with sales."""
        mean = np.cumsum(self.combined, axis=1) / np.arange(1, self.ahead + 1)
        return np.maximum(mean, 1e-9)

    @cached_property
    def total_errors(self) -> Floats:
        """What totals up to each day ahead were more than forecast, in mean days' sales."""
        return np.asarray(np.cumsum(self.actual - self.lines, axis=2) / self.scale[:, None, :])

    def half_width(self, place: int, line: int, level: float) -> Floats:
        """Half the interval of the total up to each day ahead of an origin; NaN as far as too few windows had ended.

        The variance of a total of h days is a h + b h², of days that err by themselves and of a level that errs in all of them; both
        are fitted to the mean squares of errors, newer ones counting more. What is told by few windows is wider: Student's t of a new
        window, with as many degrees of freedom as there are windows that do not overlap. Until the season is known, the next months may
        hold one that no window has; once it is, windows of all lengths tell a and b together, as four at least.
        """
        errors, known, now = self.total_errors[:, line, :], self.known, self.known[place]
        ahead = np.arange(1.0, self.ahead + 1)
        weight, is_seasoned = _counted(known, now, ahead)
        enough = (known[:, None] + ahead <= now).sum(axis=0) >= LEAST_WINDOWS
        grid = [h for h in _GRID if h <= self.ahead and enough[h - 1]]
        half = np.full(self.ahead, np.nan)
        if not grid:
            return half
        squares = np.array([_mean(errors[:, h - 1] ** 2, weight[:, h - 1]) for h in grid])
        days = np.array(grid, float)
        design = np.column_stack([days, days**2]) / days[:, None] ** 1.5
        (own, common), _ = nnls(design, squares / days**1.5)
        apart = np.maximum(STEP * weight.sum(axis=0) / ahead, np.where(is_seasoned, LEAST_FREEDOM, 1.0))
        shape = np.sqrt(own * ahead + common * ahead**2)
        factor = stdtrit(apart, (1 + level) / 2) * np.sqrt(1 + 1 / apart)
        half[enough] = (factor * shape * self.scale[place])[enough]
        return half

    def daily_half_width(self, place: int, line: int, level: float) -> Floats:
        """Half the interval of each day ahead: the quantile of errors of days that were over, which grow with the root of a day's sales."""
        ahead = np.arange(1, self.ahead + 1)
        over = self.known[:, None] + ahead[None, :] <= self.known[place]
        size = np.sqrt(np.maximum(self.combined, 0.05 * self.scale[:, -1:]) * self.scale[:, -1:])
        errors = np.abs(self.actual[:, line, :] - self.lines[:, line, :]) / size
        if not over.any():
            return np.full(self.ahead, np.nan)
        return np.asarray(float(np.quantile(errors[over], level)) * size[place])


def _counted(known: Integers, now: int, ahead: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """What each origin's error counts, by days ahead: nothing before its window has ended, and less the older it is. Once the season is
    known, and ten forecasts have known it, those that did not count no more. Also whether that is so, by days ahead."""
    over = known[:, None] + ahead <= now
    seasoned = over & (known >= YEARLY_LEAST_DAYS)[:, None]
    is_seasoned = seasoned.sum(axis=0) >= 2 * LEAST_WINDOWS
    kept = np.where(is_seasoned, seasoned, over)
    return np.asarray(kept * 0.5 ** ((now - known) / MEMORY)[:, None]), is_seasoned


def _mean(squares: Floats, weight: Floats) -> float:
    there = weight > 0
    return float(weight[there] @ squares[there] / weight[there].sum())


def _shares_of(squares: Floats, there: NDArray[np.bool_]) -> Floats:
    """What ways count, from a row of squared errors for each window."""
    record = np.isfinite(squares).sum(axis=0)
    proven = there & (record >= _LEAST_RECORD)
    if not proven.any():
        return there / max(int(there.sum()), 1)
    mean = np.nansum(squares, axis=0) / np.maximum(record, 1)
    inverse = np.where(proven, 1 / np.maximum(mean, 1e-9 * max(float(mean[proven].max()), 1e-30)), 0.0)
    return np.asarray(inverse / inverse.sum())


def furthest(days: int) -> int:
    """How many days ahead so many known days let a forecast be tested: ``LEAST_WINDOWS`` windows of that length have ended."""
    return STEP * ((days - FIRST_ORIGIN) // STEP - LEAST_WINDOWS + 1)


def look_back(books: Books, ahead: int) -> Origins:
    """Forecast from earlier days and from now.

    Parameters
    ----------
    ahead
        Days that are forecast from each.
    """
    now = books.days
    known = np.arange(now, FIRST_ORIGIN - 1, -STEP, dtype=np.int64)[:MOST_ORIGINS][::-1].copy()
    amounts = books.amounts
    sales = np.full((len(known), len(WAYS), ahead), np.nan)
    actual = np.full((len(known), len(books.lines), ahead), np.nan)
    shares = np.zeros((len(known), len(books.lines)))
    running = np.zeros((len(known), len(books.lines)))
    for place, day in enumerate(known):
        for number, (least, way) in enumerate(WAYS.values()):
            if day >= least:
                sales[place, number] = way(amounts[0, :day], books.first_day, ahead)
        seen = min(ahead, now - int(day))
        actual[place, :, :seen] = amounts[:, day : day + seen]
        of_sales, a_day = books.until(int(day)).rules()
        shares[place], running[place] = books.lines @ of_sales, books.lines @ a_day
    return Origins(known, sales, actual, shares, running)


def baselines(amounts: Floats, known: Integers, ahead: int) -> dict[str, Floats]:
    """Of each baseline every line of days ahead, of each origin; NaN where it knows too little."""
    found = {}
    for name, (least, baseline) in BASELINES.items():
        paths = np.full((len(known), len(amounts), ahead), np.nan)
        for place, day in enumerate(known):
            if day >= least:
                for line, series in enumerate(amounts):
                    paths[place, line] = baseline(series[:day], ahead)
        found[name] = paths
    return found
