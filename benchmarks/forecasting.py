"""Demand forecasts of ten thousand series over two years, 28 days ahead, back-tests and quantiles included, on two cores."""

from __future__ import annotations

from benchmarks.claim import Claim, peak_memory_mb, timed
from benchmarks.demand_panel import simulated_panel
from fondaco.analytics.forecasting import forecast_demand

DAYS, HORIZON, ORIGINS, CORES = 730, 28, 3, 2
LIMIT_SECONDS = 600
ORDERS_A_SERIES = 100
"""Of a shop with so many orders there is a series for each hundred: 10,000 of a million."""


def run(orders: int) -> list[Claim]:
    """Measure at the size of the shop."""
    series = max(orders // ORDERS_A_SERIES, 50)
    panel = simulated_panel(series, DAYS, seed=11).panel
    with timed() as span:
        found = forecast_demand(panel, HORIZON, origins=ORIGINS, seed=0, workers=CORES)
    for one in found.standings:
        print(
            f"  {one.series_class}: {one.winner.name}; WRMSSE {one.error:.3f}, seasonal naive {one.naive_error:.3f}; "
            f"{one.tests} back-tests of {one.series} series"
        )
    # Back-tests of a thousand series, most of the work, are as many for ten thousand.
    limit = LIMIT_SECONDS * max(series / 10_000, 1)
    return [
        Claim(
            f"{series:,} series of two years are forecast 28 days ahead, {ORIGINS} back-tests included",
            span.seconds, limit, "limit of ten minutes, for 10,000 series", at_most=1,
        ),
        Claim("… its peak memory", peak_memory_mb() / 1000, 4.0, "limit", "GB", at_most=1),
    ]  # fmt: skip
