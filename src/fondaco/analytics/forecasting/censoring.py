"""What would have been sold where an item could not be bought: the mean of its days around, with their weekdays' profile.

Demand on such days is censored (Nahmias 1994, Demand Estimation in Lost Sales Inventory Systems): at least what was sold, how much more is
not seen. Means here are over days on which the item could be bought; models that need whole series get the expected demand in the gaps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.forecasting.panel import Bools, Floats, Panel

_AS_MANY = 4.0
"""Seasons of an even profile that a weekday's own mean counts against."""


def profile(panel: Panel) -> Floats:
    """How much of an average period each place of the season sells, a row a series; drawn towards 1 where little is known.

    The last column of the panel is the last place of the season.
    """
    season = panel.rhythm.season
    if season == 1:
        return np.ones((len(panel), 1))
    places = places_of(panel.columns, season)
    sold = np.zeros((len(panel), season))
    count = np.zeros((len(panel), season))
    for place in range(season):
        days = panel.known[:, places == place]
        sold[:, place] = (panel.quantity[:, places == place] * days).sum(axis=1)
        count[:, place] = days.sum(axis=1)
    mean = ratio(sold.sum(axis=1), count.sum(axis=1))[:, np.newaxis]
    drawn = (sold + _AS_MANY * mean) / (count + _AS_MANY)
    return ratio(drawn, drawn.mean(axis=1, keepdims=True), otherwise=1.0)


def places_of(columns: int, season: int, ahead: int = 0) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Place within the season of each column and of so many columns after them, ending a season at the last column."""
    return (np.arange(columns + ahead) - columns) % season


def completed(panel: Panel) -> Floats:
    """Demand of all periods: what was sold where it could be, what was to be expected elsewhere, never below what was sold. 0 before the start."""
    gaps = ~panel.known & (np.arange(panel.columns) >= panel.start[:, np.newaxis])
    filled = np.where(panel.known, panel.quantity, 0.0)
    if not gaps.any():
        return filled
    rows = np.flatnonzero(gaps.any(axis=1))
    some = panel.of(rows)
    shape = profile(some)[:, places_of(panel.columns, panel.rhythm.season)]
    expected = (
        _around(np.where(some.known, some.quantity, 0.0), some.known, shape, panel.rhythm.month) * shape
    )
    filled[rows] = np.where(gaps[rows], np.maximum(expected, some.quantity), filled[rows])
    return filled


def _around(sold: Floats, known: Bools, shape: Floats, reach: int) -> Floats:
    """Mean level within ``reach`` periods before and after each, without the season; the nearest earlier one where none is known."""
    total, weight = np.cumsum(sold, axis=1), np.cumsum(known * shape, axis=1)
    last = sold.shape[1] - 1
    high = np.minimum(np.arange(last + 1) + reach, last)
    low = np.arange(last + 1) - reach - 1
    early = low < 0
    parts = []
    for sums in (total, weight):
        part = sums[:, high] - np.where(early, 0.0, sums[:, np.maximum(low, 0)])
        parts.append(part)
    there = parts[1] > 1e-9
    level = np.where(there, parts[0] / np.where(there, parts[1], 1.0), np.nan)
    places = np.maximum.accumulate(np.where(there, np.arange(last + 1), -1), axis=1)
    carried = np.take_along_axis(level, np.maximum(places, 0), axis=1)
    return np.where(places >= 0, np.nan_to_num(carried), 0.0)


def ratio(above: ArrayLike, below: ArrayLike, otherwise: float = 0.0) -> Floats:
    """Quotients; ``otherwise`` where nothing is below."""
    divisor = np.asarray(below, dtype=float)
    there = divisor > 0
    return np.asarray(np.where(there, above / np.where(there, divisor, 1.0), otherwise))


def trailing_mean(panel: Panel, window: int) -> Floats:
    """Mean of what is known of the last ``window`` periods; NaN where nothing is."""
    known = panel.known[:, -window:]
    total = (panel.quantity[:, -window:] * known).sum(axis=1)
    count = known.sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def level(panel: Panel) -> Floats:
    """Demand of a period now: the mean of the last four weeks known in part, else of longer stretches, else of all; 0 where none is."""
    found = trailing_mean(panel, panel.rhythm.month)
    for window in (*panel.rhythm.windows, panel.columns):
        found = np.where(np.isfinite(found), found, trailing_mean(panel, window))
    return np.nan_to_num(found)
