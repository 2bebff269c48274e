"""Forecasts without a model, which every model must beat: the last season, and the level of late with the season's profile."""

from __future__ import annotations

import numpy as np

from fondaco.analytics.forecasting.censoring import completed, level, places_of, profile
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel

NAIVE = "seasonal naive"


class SeasonalNaive:
    """What was sold a season ago: on the same weekday of the last week; in the same week of last year where it is known, else in
    the last week. Days on which the item could not be bought count with what was to be expected of them."""

    name = NAIVE

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        some = panel.of(rows)
        demand = completed(some)
        if panel.period == "day":
            return _last_season(demand, panel.rhythm.season, horizon)
        last = np.repeat(demand[:, -1:], horizon, axis=1)
        year = panel.rhythm.year
        if panel.columns < year:
            return last
        has_year = (some.start <= panel.columns - year)[:, np.newaxis]
        return np.where(has_year, _last_season(demand, year, horizon), last)


def _last_season(demand: Floats, season: int, horizon: int) -> Floats:
    short = max(season - demand.shape[1], 0)
    whole = np.pad(demand, ((0, 0), (short, 0)))[:, -season:]
    return np.asarray(whole[:, np.arange(horizon) % season])


class SeasonalMean:
    """The mean of the last four weeks, times what the weekday sells of it."""

    name = "seasonal mean"

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        some = panel.of(rows)
        ahead = places_of(panel.columns, panel.rhythm.season, horizon)[panel.columns :]
        return level(some)[:, np.newaxis] * profile(some)[:, ahead]


class SeasonalRise:
    """The seasonal mean, times how its group's demand rose from the same four weeks of last year to each week that followed.

    Where a year of the group is not known it is the seasonal mean. The rise is drawn towards none where the group sold little.
    """

    name = "seasonal rise"

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        return SeasonalMean().forecast(panel, horizon, rows) * group_rise(panel, horizon)[rows]


_UNITS = 50.0
"""Sales of the group's four weeks that an unchanged level counts against."""


def group_rise(panel: Panel, horizon: int) -> Floats:
    """Mean demand of each series' coarsest group around each period ahead a year ago, over that of the four weeks before them."""
    year, month = panel.rhythm.year, panel.rhythm.month
    if panel.columns < year + month:
        return np.ones((len(panel), horizon))
    labels = list(panel.groups.values())
    code = np.unique(labels[-1], return_inverse=True)[1] if labels else np.zeros(len(panel), dtype=np.int64)
    groups = int(code.max()) + 1
    # Only items that could be bought at both times: a larger assortment is no season.
    around = max(7 // panel.rhythm.days, 1)
    first = panel.columns - year
    base_sold, base_known = _sums(panel, first - month, first)
    found = np.ones((len(panel), horizon))
    sizes = panel.quantity.sum(axis=1) / np.maximum((panel.quantity > 0).sum(axis=1), 1)
    size = np.bincount(code, sizes, groups) / np.maximum(np.bincount(code, sizes > 0, groups), 1)
    for step in range(0, horizon, around):
        sold, known = _sums(panel, first + step, min(first + step + around, panel.columns))
        both = (base_known > 0) & (known > 0)
        before = np.where(both, base_sold / np.maximum(base_known, 1), 0.0)
        after = np.where(both, sold / np.maximum(known, 1), 0.0)
        prior = _UNITS * size / month
        risen = (np.bincount(code, after, groups) + prior) / np.maximum(
            np.bincount(code, before, groups) + prior, 1e-12
        )
        risen = np.where(prior > 0, risen, 1.0)
        found[:, step : step + around] = risen[code][:, np.newaxis]
    return found


def _sums(panel: Panel, first: int, end: int) -> tuple[Floats, Floats]:
    known = panel.known[:, first:end]
    return (panel.quantity[:, first:end] * known).sum(axis=1), known.sum(axis=1).astype(float)
