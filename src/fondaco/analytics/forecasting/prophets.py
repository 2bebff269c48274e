"""Prophet (Taylor and Letham 2018, Forecasting at scale), for the few series that are worth a second each: a total, a category."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass

import numpy as np

from fondaco.analytics.forecasting.censoring import completed
from fondaco.analytics.forecasting.installed import need
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.simple import SeasonalMean

MOST_SERIES = 50
"""More are not fitted: they would take minutes, and get their seasonal mean."""


@dataclass(frozen=True, slots=True)
class ByProphet:
    """Trend with changes, weekdays, a yearly season where a year is known, promotions and holidays as regressors."""

    seed: int
    name: str = "Prophet"

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        # It asks for plotly, which nothing here draws with.
        with _Silent("prophet.plot"):
            prophet, pandas = need("prophet"), need("prophet", "pandas")
        found = SeasonalMean().forecast(panel, horizon, rows)
        if len(rows) > MOST_SERIES:
            return found
        demand = completed(panel.of(rows))
        days = panel.first_days(0, panel.columns + horizon).astype("datetime64[D]").astype("datetime64[ns]")
        promotion = (
            None if panel.promotion is None else panel.ahead(panel.promotion, horizon, absent="nothing")
        )
        holiday = None if panel.holiday is None else panel.ahead(panel.holiday, horizon, absent="nothing")
        known = {"promotion": promotion, "holiday": holiday}
        extra = {name: values for name, values in known.items() if values is not None}
        for place, row in enumerate(rows):
            start = panel.start[row]
            if panel.columns - start < 2 * panel.rhythm.month or not demand[place].any():
                continue
            frame = pandas.DataFrame({"ds": days, **{name: values[row] for name, values in extra.items()}})
            frame["y"] = np.nan
            frame.loc[: panel.columns - 1, "y"] = demand[place]
            model = prophet.Prophet(
                weekly_seasonality=panel.period == "day", daily_seasonality=False,
                yearly_seasonality=bool(panel.columns - start >= panel.rhythm.year), uncertainty_samples=0,
            )  # fmt: skip
            for name in extra:
                model.add_regressor(name)
            with warnings.catch_warnings(), _Silent("cmdstanpy"), _Silent("prophet"):
                warnings.simplefilter("ignore")
                model.fit(frame.iloc[start : panel.columns], seed=self.seed)
                found[place] = model.predict(frame.iloc[panel.columns :].drop(columns="y"))["yhat"]
        return np.maximum(found, 0.0)


class _Silent:
    """A library that logs every fit, without its log."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)

    def __enter__(self) -> None:
        self._was = self._log.disabled
        self._log.disabled = True

    def __exit__(self, *_: object) -> None:
        self._log.disabled = self._was
