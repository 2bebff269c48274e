"""Whether a day is unlike the days before it: robust expectations of daily series."""

from fondaco.analytics.anomaly.seasonal import (
    FEWEST_DAYS,
    Expectation,
    Scale,
    Unjudged,
    expect_day,
)

__all__ = ["FEWEST_DAYS", "Expectation", "Scale", "Unjudged", "expect_day"]
