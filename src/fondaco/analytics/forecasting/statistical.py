"""Models of one series at a time, by statsforecast (Nixtla, Apache-2.0).

ETS: Hyndman, Koehler, Snyder and Grose (2002); Theta: Assimakopoulos and Nikolopoulos (2000); Croston (1972) with the correction of Syntetos
and Boylan (2005); TSB: Teunter, Syntetos and Babai (2011); ADIDA: Nikolopoulos et al. (2011); IMAPA: Petropoulos and Kourentzes (2015).
"""

from __future__ import annotations

import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from fondaco.analytics.forecasting.censoring import completed, places_of, profile
from fondaco.analytics.forecasting.installed import need
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.simple import SeasonalMean

_INTERMITTENT = ("Croston SBA", "TSB", "ADIDA", "IMAPA")
_SMOOTHING = 0.1
_LONGEST = 730
"""Older periods change these models no more."""
_AT_ONCE = 64
_LEAST_FOR_PROCESSES = 2_000
"""Fewer series, such as those of back-tests, stay in this process, where trees grow beside them."""


@dataclass(frozen=True, slots=True)
class Statistical:
    """A model of statsforecast, fitted to each series alone.

    Those of intermittent demand see it without its weekdays, which are put back. A series shorter than two seasons, or one that the
    library cannot fit, gets its seasonal mean.
    """

    name: str
    workers: int = 1

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        need("statsforecast")
        some = panel.of(rows)
        season = panel.rhythm.season
        demand = completed(some)
        instead = SeasonalMean().forecast(panel, horizon, rows)
        ahead: Floats = np.ones((len(rows), horizon))
        if self.name in _INTERMITTENT and season > 1:
            shape, places = profile(some), places_of(panel.columns, season, horizon)
            shape = np.maximum(shape, 0.1)
            demand = demand / shape[:, places[: panel.columns]]
            ahead, season = shape[:, places[panel.columns :]], 1
        start = np.maximum(some.start, panel.columns - _LONGEST)
        series = [values[first:] for values, first in zip(demand, start, strict=True)]
        told = _in_parts(self.name, season, horizon, series, self.workers) * ahead
        return np.maximum(np.where(np.isfinite(told), told, instead), 0.0)


def _in_parts(name: str, season: int, horizon: int, series: list[Floats], workers: int) -> Floats:
    if workers < 2 or len(series) < _LEAST_FOR_PROCESSES or name in _INTERMITTENT:
        return _fitted(name, season, horizon, series)
    parts = [series[start : start + _AT_ONCE] for start in range(0, len(series), _AT_ONCE)]
    # Not forked: the libraries' threads would not be there in the child, and their locks would.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        count = len(parts)
        told = pool.map(_fitted, [name] * count, [season] * count, [horizon] * count, parts)
        return np.concatenate(list(told))


def _fitted(name: str, season: int, horizon: int, series: list[Floats]) -> Floats:
    """Forecasts of some series; NaN for those that the model cannot take."""
    model = _model(name, season)
    told = np.full((len(series), horizon), np.nan)
    for place, values in enumerate(series):
        if len(values) < 2 * season + 3 or not values.any():
            continue
        # A series may be too short, or all of one number, for some of the models that are tried.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                told[place] = model.forecast(y=np.ascontiguousarray(values), h=horizon)["mean"]
            except (ArithmeticError, LookupError, RuntimeError, ValueError):
                continue
    # Beyond ten times the most that was ever sold a model has run away.
    for place, values in enumerate(series):
        most = values.max() if len(values) else 0.0
        told[place] = np.where(told[place] > 10 * most, np.nan, told[place])
    return told


def _model(name: str, season: int) -> Any:
    models = need("statsforecast", "statsforecast.models")
    if name == "ETS":
        # Weeks may have a trend; of days, a trend that goes on for months errs more than none, and takes six times as long.
        return models.AutoETS(season_length=season, model="ZNZ" if season > 1 else "ZZN", damped=None)
    return {
        "Theta": lambda: models.OptimizedTheta(season_length=season),
        "Croston SBA": models.CrostonSBA,
        "TSB": lambda: models.TSB(alpha_d=_SMOOTHING, alpha_p=_SMOOTHING),
        "ADIDA": models.ADIDA,
        "IMAPA": models.IMAPA,
    }[name]()
