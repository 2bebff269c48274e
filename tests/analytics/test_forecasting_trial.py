"""A tournament that is kept as text forecasts as on the day on which it was held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.analytics.demand import panel_of, shop

from fondaco.analytics.forecasting import Panel, Trial, forecast_by, forecast_demand, try_past
from fondaco.analytics.forecasting.tournament import ENDED
from fondaco.errors import ConfigError

SIMPLE = ("seasonal mean", "group")
HORIZON = 14


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panel_of(shop(40, 180))


@pytest.fixture(scope="module")
def trial(panel: Panel) -> Trial:
    return try_past(panel, HORIZON, names=SIMPLE, seed=3)


def test_forecasting_by_a_trial_is_what_forecasting_at_once_says(panel: Panel, trial: Trial) -> None:
    once, later = forecast_demand(panel, HORIZON, names=SIMPLE, seed=3), forecast_by(panel, trial, seed=3)
    assert_array_equal(later.mean, once.mean)
    assert_array_equal(later.quantiles, once.quantiles)
    assert_array_equal(later.paths(50, seed=1), once.paths(50, seed=1))
    assert later.standings == once.standings


def test_a_thinned_trial_comes_back_from_its_text_as_it_was(panel: Panel, trial: Trial) -> None:
    thinned = trial.thinned(20, seed=1)
    back = Trial.of_text(thinned.text())
    assert all(len(each) <= 20 for each in thinned.calibration.places.values())
    assert (back.choices, back.coverage, back.horizon) == (
        dict(thinned.choices),
        dict(thinned.coverage),
        HORIZON,
    )
    assert back.choices["ended"] is ENDED
    for name, places in thinned.calibration.places.items():
        assert_array_equal(back.calibration.places[name], places)
    assert_array_equal(forecast_by(panel, back).quantiles, forecast_by(panel, thinned).quantiles)
    assert back.text() == thinned.text()


def test_four_fifths_of_days_lie_within_the_interval_of_four_fifths(trial: Trial) -> None:
    """Of Poisson demand that does not change: within what 40 series and 4 stretches let one tell."""
    assert trial.coverage["smooth"] == pytest.approx(0.8, abs=0.04)


def test_of_a_single_stretch_nothing_is_said_of_how_often_intervals_hold(panel: Panel) -> None:
    assert try_past(panel, HORIZON, names=SIMPLE, origins=1).coverage == {}


def test_a_trial_of_weeks_does_not_forecast_days(panel: Panel, trial: Trial) -> None:
    with pytest.raises(ConfigError, match="held by week, and the demand is by day"):
        forecast_by(panel, replace(trial, period="week"))


@pytest.mark.parametrize("text", ["", "[]", '{"form": 0}', '{"form": 1, "period": "day"}'])
def test_a_text_that_is_no_trial_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Trial.of_text(text)


def test_places_that_nobody_knows_stay_unknown(trial: Trial) -> None:
    places = {name: np.where(each > 0.8, np.nan, each) for name, each in trial.calibration.places.items()}
    holed = replace(trial, calibration=replace(trial.calibration, places=places)).thinned(10, seed=1)
    back = Trial.of_text(holed.text())
    for name, each in holed.calibration.places.items():
        assert_array_equal(np.isnan(back.calibration.places[name]), np.isnan(each))
