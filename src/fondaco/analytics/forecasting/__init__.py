"""Demand of many series, days or weeks ahead, with calibrated quantiles.

series
    A variant, or a variant at a location. Its quantity is what was sold; where it could not be bought, demand is censored.
contestant
    A way to forecast means. All are tried on the past, and each class of series takes the best.
quantile
    So much is not exceeded with its probability; from errors that the winners made in back-tests.

Nothing here is imported before it is asked for: the models are libraries of the extra ``forecasting``, and each is loaded by its first
forecast.
"""

from fondaco.analytics.forecasting.classes import classify
from fondaco.analytics.forecasting.contestants import available
from fondaco.analytics.forecasting.levels import HierarchyForecast, forecast_hierarchy
from fondaco.analytics.forecasting.outlook import DemandForecast, forecast_by, forecast_demand, try_past
from fondaco.analytics.forecasting.panel import Panel
from fondaco.analytics.forecasting.reading import read_panel
from fondaco.analytics.forecasting.tournament import Choice, Standing
from fondaco.analytics.forecasting.trial import Trial

__all__ = [
    "Choice",
    "DemandForecast",
    "HierarchyForecast",
    "Panel",
    "Standing",
    "Trial",
    "available",
    "classify",
    "forecast_by",
    "forecast_demand",
    "forecast_hierarchy",
    "read_panel",
    "try_past",
]
