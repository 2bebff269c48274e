"""Quantiles from what the winners were off by when they had not seen the truth: split conformal prediction, by class and distance.

Vovk, Gammerman and Shafer (2005); for forecasts, Stankevičiūtė, Alaa and van der Schaar (2021). What one series was off by is told of another by
its place: the share of cases that the distribution around the forecast has below the truth (Chernozhukov, Wüthrich and Zhu 2021,
Distributional conformal prediction). An article that sells twice a year and one that sells twice a day have places in common, and no
amounts. The distribution's mean is the forecast μ, its variance φ μ^p with the series' own dispersion φ, as Tweedie's distributions have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fondaco.analytics.forecasting.censoring import completed, places_of, profile, ratio
from fondaco.analytics.forecasting.classes import CLASSES
from fondaco.analytics.forecasting.distributions import places, values_at
from fondaco.analytics.forecasting.measures import covered
from fondaco.analytics.forecasting.panel import Bools, Floats, Panel, Strings
from fondaco.analytics.forecasting.tournament import BackTest, Tournament

POWER = 1.5
"""How the variance grows with the forecast: between 1, that of counts, and 2, that of errors in per cent."""
LEAST_PLACES = 150
"""Places that the quantiles of a class and distance are of; with fewer, distances are put together, then classes."""
_STRETCHES = 4
_COVERING = np.array([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99])
_PRIOR_PERIODS = 14.0
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where truths lay around their forecasts, by class.

    Attributes
    ----------
    places
        By class, a row a back-test of a series, a column a period ahead, between 0 and 1; NaN where the truth is not known.
    is_whole
        Whether demand is of whole units.
    """

    places: Mapping[str, Floats]
    is_whole: bool

    def quantiles(self, mean: Floats, spread: Floats, classes: Strings, levels: Floats) -> Floats:
        """Quantiles of demand, series × periods × levels: from 0 on, and rising with the level."""
        found = np.zeros((*mean.shape, len(levels)))
        for name in np.unique(classes):
            rows = classes == name
            steps = self._steps(str(name), levels)[np.newaxis]
            found[rows] = values_at(
                steps, _expected_at(mean[rows])[..., np.newaxis], spread[rows][..., np.newaxis], is_whole=self.is_whole
            )  # fmt: skip
        return found

    def paths(self, mean: Floats, spread: Floats, classes: Strings, count: int, seed: int) -> Floats:
        """Sample paths, series × ``count`` × periods: places of one back-test stay together, so that sums over periods are calibrated too."""
        chance = np.random.default_rng(seed)
        found = np.zeros((len(mean), count, mean.shape[1]))
        for name in np.unique(classes):
            rows = np.flatnonzero(classes == name)
            whole = self.places[str(name)]
            whole = whole[np.isfinite(whole).all(axis=1)]
            if len(whole):
                drawn = whole[chance.integers(0, len(whole), (len(rows), count))]
            else:
                drawn = chance.random((len(rows), count, mean.shape[1]))
            found[rows] = values_at(
                drawn, _expected_at(mean[rows])[:, np.newaxis], spread[rows][:, np.newaxis], is_whole=self.is_whole
            )  # fmt: skip
        return found

    def _steps(self, name: str, levels: Floats) -> Floats:
        """Quantiles of the places, periods × levels."""
        told = self.places[name]
        horizon = told.shape[1]
        stretches = min(_STRETCHES, horizon)
        while stretches > 1 and np.isfinite(told).sum() < LEAST_PLACES * stretches:
            stretches -= 1
        found = np.zeros((horizon, len(levels)))
        for part in np.array_split(np.arange(horizon), stretches):
            known = told[:, part]
            found[part] = conformal(known[np.isfinite(known)], levels)
        return found


def conformal(told: Floats, levels: Floats) -> Floats:
    """Quantiles that hold the next place with their probability at least: of n places the one that is number (n + 1) p, counted towards the
    middle from either side. The levels themselves if there is none."""
    if not len(told):
        return np.asarray(levels, dtype=float)
    in_order = np.sort(told)
    count = len(told)
    upper = np.minimum(np.ceil((count + 1) * levels - 1e-9).astype(int), count) - 1
    lower = np.maximum(np.floor((count + 1) * levels + 1e-9).astype(int), 1) - 1
    return np.asarray(in_order[np.where(levels >= 0.5, upper, lower)])


def calibrate(
    tests: Sequence[BackTest], held: Tournament, *, is_whole: bool, seed: int, leave_out: int | None = None
) -> Calibration:
    """Where truths lay around what the winners said at back-tests by which they were not chosen; ``leave_out`` is the number of one that
    does not count."""
    chance = np.random.default_rng(seed)
    parts: dict[str, list[Floats]] = {name: [] for name in CLASSES}
    for number, test in enumerate(tests):
        if number == leave_out:
            continue
        said = held.tested(test, number)
        lay = places_of_truth(test, said, chance, is_whole=is_whole)
        for name in CLASSES:
            parts[name].append(lay[test.classes == name])
    told = {name: np.concatenate(each) for name, each in parts.items()}
    every = np.concatenate([each for name, each in told.items() if name != "ended"])
    for name, each in told.items():
        if np.isfinite(each).sum() < LEAST_PLACES:
            told[name] = np.concatenate([each, every]) if name != "ended" else each
    return Calibration(told, is_whole)


def coverage(
    tests: Sequence[BackTest],
    held: Tournament,
    *,
    is_whole: bool,
    seed: int,
    low: float = 0.1,
    high: float = 0.9,
) -> dict[str, float]:
    """By class, the share of truths between two quantiles when these are told by the errors of the other back-tests: ``high − low`` if they
    hold. Classes of which nothing is known are left out; with a single back-test all are.

    Counts are shared out as ``measures.covered`` says.
    """
    if len(tests) < 2:
        return {}
    inside: dict[str, list[Floats]] = {}
    for number, test in enumerate(tests):
        others = calibrate(tests, held, is_whole=is_whole, seed=seed, leave_out=number)
        said = held.tested(test, number)
        quantiles = others.quantiles(said, spread_of(test.past, said), test.classes, _COVERING)
        share = covered(test.actual, quantiles, _COVERING, low, high)
        for name in np.unique(test.classes):
            rows = test.classes == name
            inside.setdefault(str(name), []).append(share[rows][test.known[rows]])
    together = {name: np.concatenate(each) for name, each in inside.items()}
    return {name: float(each.mean()) for name, each in together.items() if len(each)}


def places_of_truth(test: BackTest, said: Floats, chance: np.random.Generator, *, is_whole: bool) -> Floats:
    """Where truths lay, between 0 and 1; NaN where the truth is not known."""
    truth = np.where(test.known, test.actual, 0.0)
    lay = places(truth, _expected_at(said), spread_of(test.past, said), is_whole=is_whole, chance=chance)
    return np.asarray(np.where(test.known, lay, np.nan))


def _expected_at(mean: Floats) -> Floats:
    """The means of the distributions: a forecast of none on a single day, such as that of seasonal naive, does not rule out a sale."""
    return np.asarray(np.maximum(mean, _LEAST_SHARE * mean.mean(axis=1, keepdims=True)))


def spread_of(panel: Panel, mean: Floats) -> Floats:
    """The spread to be expected around a forecast, in units: √(φ μ^p), drawn towards that of counts where little is known."""
    year = min(panel.columns, panel.rhythm.windows[-2])
    known = panel.known[:, -year:]
    demand, count = completed(panel)[:, -year:], known.sum(axis=1).astype(float)
    usual = ratio((demand * known).sum(axis=1), count)
    square = ratio(((demand - _expected(panel)[:, -year:]) ** 2 * known).sum(axis=1), count)
    sizes = ratio((panel.quantity**2).sum(axis=1), panel.quantity.sum(axis=1))
    some = sizes[sizes > 0]
    size = np.where(sizes > 0, sizes, np.median(some) if len(some) else 1.0)
    ahead = mean.mean(axis=1)
    usual = np.where(usual > 0, usual, np.where(ahead > 0, ahead, _LEAST_SHARE * size))
    variance = (count * square + _PRIOR_PERIODS * usual * size) / (count + _PRIOR_PERIODS)
    level = np.maximum(mean, _LEAST_SHARE * usual[:, np.newaxis]) / usual[:, np.newaxis]
    return np.asarray(np.sqrt(variance)[:, np.newaxis] * level ** (POWER / 2))


def _expected(panel: Panel) -> Floats:
    """The mean of the four weeks before and after each period, with its weekday's profile: demand without what is chance of a day."""
    month, demand = panel.rhythm.month, completed(panel)
    begun: Bools = np.arange(panel.columns) >= panel.start[:, np.newaxis]
    shape = profile(panel)[:, places_of(panel.columns, panel.rhythm.season)]
    sums = np.concatenate([np.zeros((len(panel), 1)), np.cumsum(demand, axis=1)], axis=1)
    counts = np.concatenate([np.zeros((len(panel), 1)), np.cumsum(begun * shape, axis=1)], axis=1)
    high = np.minimum(np.arange(panel.columns) + month + 1, panel.columns)
    low = np.maximum(np.arange(panel.columns) - month, 0)
    return ratio(sums[:, high] - sums[:, low], counts[:, high] - counts[:, low]) * shape
