"""Demand of days to come: the tournament is held, its winners forecast, and their errors of the past make the quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from fondaco.analytics.forecasting.calibration import Calibration, calibrate, coverage, spread_of
from fondaco.analytics.forecasting.classes import classify
from fondaco.analytics.forecasting.contestants import Contestant, available, contestants
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel, Period, Strings
from fondaco.analytics.forecasting.tournament import (
    ENDED,
    BackTest,
    Choice,
    Standing,
    Tournament,
    back_tests,
    combined,
    hold,
)
from fondaco.analytics.forecasting.trial import Trial
from fondaco.errors import ConfigError

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
BACK_TESTS = 4
MOST_TESTED = 1_000
"""Series that back-tests forecast; winners and errors of more are the same within a hundredth, and take longer."""


@dataclass(frozen=True, slots=True)
class DemandForecast:
    """What each series will sell, if it can be bought.

    Attributes
    ----------
    first_day
        First day of the first period ahead, since 1970.
    mean
        Units, series × periods.
    levels, quantiles
        Units, series × periods × levels.
    spread
        Of the errors, series × periods, in units; for sample paths.
    classes
        Of the series.
    errors
        Of the winners in back-tests, series × times, in units; NaN where a series was not tested or its truth is not known.
    standings
        What won in each class, with its error and that of seasonal naive.
    """

    ids: Strings
    period: Period
    first_day: int
    mean: Floats
    levels: Floats
    quantiles: Floats
    spread: Floats
    classes: Strings
    errors: Floats
    standings: tuple[Standing, ...]
    calibration: Calibration = field(repr=False)

    @property
    def days(self) -> Ints:
        """First days of the periods, since 1970."""
        step = 1 if self.period == "day" else 7
        return self.first_day + step * np.arange(self.mean.shape[1])

    def paths(self, count: int, *, seed: int, rows: Ints | None = None) -> Floats:
        """Sample paths of demand, series × ``count`` × periods, for sums over a protection period."""
        of = np.arange(len(self.ids)) if rows is None else rows
        return self.calibration.paths(self.mean[of], self.spread[of], self.classes[of], count, seed)

    def at(self, levels: Sequence[float]) -> Floats:
        """Quantiles at other levels.

        Raises
        ------
        ConfigError
            If a level is not between 0 and 1.
        """
        return self.calibration.quantiles(self.mean, self.spread, self.classes, _levels(levels))

    def table(self) -> pa.Table:
        """A row a series and period: ``series``, ``day``, ``series_class``, ``mean``, and ``q05`` to ``q99`` as the levels are."""
        series, periods = self.mean.shape
        columns: dict[str, pa.Array] = {
            "series": pa.array(np.repeat(self.ids, periods)),
            "day": pa.array(np.tile(self.days, series).astype(np.int32)).cast(pa.date32()),
            "series_class": pa.array(np.repeat(self.classes, periods)),
            "mean": pa.array(self.mean.ravel()),
        }
        for place, level in enumerate(self.levels):
            columns[level_name(level)] = pa.array(self.quantiles[..., place].ravel())
        return pa.table(columns)

    def scaled_to(self, mean: Floats) -> DemandForecast:
        """The same with other means, such as reconciled ones; quantiles are those of the errors around them."""
        quantiles = self.calibration.quantiles(mean, self.spread, self.classes, self.levels)
        return replace(self, mean=mean, quantiles=quantiles)


def level_name(level: float) -> str:
    """Column of a quantile: q05, q50, q975."""
    return "q" + f"{level:.3f}"[2:].rstrip("0").ljust(2, "0")


def forecast_demand(
    panel: Panel,
    horizon: int,
    *,
    levels: Sequence[float] = LEVELS,
    names: Sequence[str] | None = None,
    origins: int = BACK_TESTS,
    most_tested: int = MOST_TESTED,
    seed: int = 0,
    workers: int = 1,
) -> DemandForecast:
    """Forecast every series.

    Parameters
    ----------
    horizon
        Periods ahead: up to 182 days or 26 weeks.
    levels
        Of the quantiles, between 0 and 1.
    names
        Contestants of the tournament; all that are installed but Prophet without it.
    origins
        Back-tests, each of ``horizon`` periods.
    most_tested
        Series that they forecast.
    workers
        Contestants that run at once, and processes of those that fit thousands of series one by one.

    Raises
    ------
    ConfigError
        If the horizon or a level is out of range, the history is too short, or a contestant cannot run.
    """
    asked = _levels(levels)
    players = contestants(available() if names is None else names, seed=seed, workers=workers)
    tests = back_tests(
        panel, horizon, players, origins=origins, most_series=most_tested, seed=seed, workers=workers
    )
    held = hold(tests)
    calibration = calibrate(tests, held, is_whole=panel.is_whole, seed=seed)
    trial = Trial(panel.period, horizon, held.choices, held.standings, calibration)
    made = _by_choices(panel, trial, asked, {one.name: one for one in players})
    return replace(made, errors=_errors(len(panel), tests, held))


def try_past(
    panel: Panel,
    horizon: int,
    *,
    names: Sequence[str] | None = None,
    origins: int = BACK_TESTS,
    most_tested: int = MOST_TESTED,
    seed: int = 0,
    workers: int = 1,
) -> Trial:
    """Hold the tournament alone: who forecasts each class from now on, and with which errors. Arguments and errors as ``forecast_demand``."""
    players = contestants(available() if names is None else names, seed=seed, workers=workers)
    tests = back_tests(
        panel, horizon, players, origins=origins, most_series=most_tested, seed=seed, workers=workers
    )
    held = hold(tests)
    return Trial(
        panel.period,
        horizon,
        held.choices,
        held.standings,
        calibrate(tests, held, is_whole=panel.is_whole, seed=seed),
        coverage(tests, held, is_whole=panel.is_whole, seed=seed),
    )


def forecast_by(
    panel: Panel, trial: Trial, *, levels: Sequence[float] = LEVELS, seed: int = 0, workers: int = 1
) -> DemandForecast:
    """Forecast every series by the winners of a tournament that was held before, on this panel or an earlier one: a hundredth of its work.

    The forecast has no ``errors`` of single series.

    Raises
    ------
    ConfigError
        If the panel is of other periods, or a winner cannot run.
    """
    if trial.period != panel.period:
        raise ConfigError(
            f"The tournament was held by {trial.period}, and the demand is by {panel.period}.",
            "Hold it anew with try_past.",
        )
    needed = {name for choice in trial.choices.values() for name in choice.members} - {*ENDED.members}
    players = contestants(sorted(needed), seed=seed, workers=workers)
    return _by_choices(panel, trial, _levels(levels), {one.name: one for one in players})


def _by_choices(panel: Panel, trial: Trial, levels: Floats, players: dict[str, Contestant]) -> DemandForecast:
    classes = classify(panel)
    mean = _forecast(panel, trial.horizon, trial.choices, classes, players)
    spread = spread_of(panel, mean)
    return DemandForecast(
        ids=panel.ids,
        period=panel.period,
        first_day=int(panel.first_days(panel.columns, 1)[0]),
        mean=mean,
        levels=levels,
        quantiles=trial.calibration.quantiles(mean, spread, classes, levels),
        spread=spread,
        classes=classes,
        errors=np.zeros((len(panel), 0)),
        standings=trial.standings,
        calibration=trial.calibration,
    )


def _errors(series: int, tests: Sequence[BackTest], held: Tournament) -> Floats:
    found = []
    for number, test in enumerate(tests):
        of = np.full((series, test.actual.shape[1]), np.nan)
        of[test.rows] = np.where(test.known, test.actual - held.tested(test, number), np.nan)
        found.append(of)
    return np.concatenate(found, axis=1)


def _forecast(
    panel: Panel,
    horizon: int,
    choices: Mapping[str, Choice],
    classes: Strings,
    players: dict[str, Contestant],
) -> Floats:
    """By the winners, each asked for the series of its classes alone."""
    needed: dict[str, set[str]] = {}
    for name in np.unique(classes):
        for member in choices[str(name)].members:
            needed.setdefault(member, set()).add(str(name))
    said = {}
    for member, of in needed.items():
        if member not in players:
            continue
        rows = np.flatnonzero(np.isin(classes, list(of)))
        found = np.zeros((len(panel), horizon))
        found[rows] = players[member].forecast(panel, horizon, rows)
        said[member] = found
    if not said:
        return np.zeros((len(panel), horizon))
    return combined(classes, choices, said)


def _levels(levels: Sequence[float]) -> Floats:
    found = np.asarray(levels, dtype=float)
    if (
        found.ndim != 1
        or not len(found)
        or not ((found > 0) & (found < 1)).all()
        or (np.diff(found) <= 0).any()
    ):
        raise ConfigError(
            f"The levels of the quantiles are {list(levels)}.", "Give levels between 0 and 1 in rising order, such as 0.1, 0.5, 0.9."
        )  # fmt: skip
    return found
