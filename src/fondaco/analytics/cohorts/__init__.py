"""Customers by the month of their first purchase: what they do later, how fast they come back, and what young cohorts will do."""

from fondaco.analytics.cohorts.forecast import Forecast, forecast
from fondaco.analytics.cohorts.repeating import Returns, quantile_days, returns, share_returned
from fondaco.analytics.cohorts.triangle import MONTHS, Triangle, month_index, months_between, triangle

__all__ = [
    "MONTHS",
    "Forecast",
    "Returns",
    "Triangle",
    "forecast",
    "month_index",
    "months_between",
    "quantile_days",
    "returns",
    "share_returned",
    "triangle",
]
