"""What items of which little is known borrow from their group: its level, drawn in by what they sold so far, and its shape.

A gamma prior on the rate of sales and Poisson sales give a mean that is weighted by periods, (sold + w × group) / (known + w); Gelman et
al. (2013), Bayesian Data Analysis, 2.6. ``w`` is by the method of moments over the group's items: mean over variance of their rates,
times the units of a sale.
"""

from __future__ import annotations

import numpy as np

from fondaco.analytics.forecasting.censoring import completed, level, places_of, ratio
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.simple import group_rise

_LEAST_MEMBERS = 5
_LEAST_WEIGHT, _MOST_WEIGHT = 2.0, 56.0
"""Days that a group's level counts for."""


class Borrowed:
    """Level of the group and the item by what is known of each, weekdays and season of the group."""

    name = "group"

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        own = level(panel)
        known = _known(panel)
        mean, weight = group_level(panel)
        drawn = (own * known + weight * mean) / (known + weight)
        ahead = places_of(panel.columns, panel.rhythm.season, horizon)[panel.columns :]
        shape = _group_profile(panel)[:, ahead]
        found = drawn[:, np.newaxis] * shape * group_rise(panel, horizon)
        return np.asarray(found[rows])


def group_level(panel: Panel) -> tuple[Floats, Floats]:
    """Usual demand of a period of an item in each series' group, and how many periods it counts for.

    The finest group with five items that sell and could be bought for four weeks is taken, else all items.
    """
    own = level(panel)
    there = (panel.known.sum(axis=1) >= panel.rhythm.month) & (own > 0)
    days = panel.rhythm.days
    sold = np.where(panel.known, panel.quantity, 0.0)
    sizes = np.where(there, ratio(sold.sum(axis=1), (sold > 0).sum(axis=1).astype(float)), 0.0)
    mean = np.zeros(len(panel))
    weight = np.full(len(panel), _MOST_WEIGHT / days)
    found = np.zeros(len(panel), dtype=bool)
    for labels in (*panel.groups.values(), np.full(len(panel), "")):
        code = np.unique(labels, return_inverse=True)[1]
        count = np.bincount(code, there)
        average = ratio(np.bincount(code, np.where(there, own, 0.0)), count)
        spread = ratio(np.bincount(code, np.where(there, (own - average[code]) ** 2, 0.0)), count - 1)
        size = ratio(np.bincount(code, sizes), count)
        counts_for = ratio(average * size, spread, _MOST_WEIGHT)
        counts_for = np.clip(counts_for, _LEAST_WEIGHT / days, _MOST_WEIGHT / days)
        take = ~found & (count[code] >= _LEAST_MEMBERS)
        mean[take], weight[take] = average[code][take], counts_for[code][take]
        found |= take
    return np.asarray(np.where(found, mean, average[code])), weight


def _known(panel: Panel) -> Floats:
    return np.asarray(panel.known[:, -panel.rhythm.month :].sum(axis=1), dtype=float)


def _group_profile(panel: Panel) -> Floats:
    """Of the finest group's sums, so that an item of two days has weekdays too."""
    labels = next(iter(panel.groups.values()), np.full(len(panel), ""))
    code = np.unique(labels, return_inverse=True)[1]
    season = panel.rhythm.season
    if season == 1:
        return np.ones((len(panel), 1))
    demand = completed(panel)
    places = places_of(panel.columns, season)
    sums = np.stack([np.bincount(code, demand[:, places == place].mean(axis=1)) for place in range(season)])
    shape = ratio(sums, np.broadcast_to(sums.mean(axis=0), sums.shape), otherwise=1.0)
    return np.asarray(shape.T[code])
