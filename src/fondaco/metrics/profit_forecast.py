"""The forecast of profit as it stands in the newest published state: months and days to come, and what it was worth before."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.metrics.statement import PROFIT_PARTS, PROFIT_STATEMENT, completed
from fondaco.warehouse.engine import OutdatedError, Reader

LEVEL = 0.8
"""Probability that the interval of a forecast holds; as ``fondaco.analytics.forecast.LEVEL``."""

MAIN_LINES: tuple[str, ...] = tuple(step.metric for step in PROFIT_STATEMENT if step.is_sum)
"""Net sales, the three margins and net profit: the lines that have an interval."""

AHEAD_DAYS = 90

_RUN = """
select as_of_date, first_date, known_days, days_ahead, why_not, counts, fitted_at
from marts.profit_forecast_runs where tenant_id = $tenant_id
"""
_DAYS = """
select metric, forecast_date, expected, low, high, total, total_low, total_high
from marts.profit_forecasts where tenant_id = $tenant_id
order by forecast_date, metric
"""
_TESTS = """
select metric, way, horizon_days, windows, wape, mase, total_error, total_wape, bias, coverage, covered
from marts.profit_forecast_tests where tenant_id = $tenant_id
order by horizon_days, metric, way
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure to come; ``low`` and ``high`` hold it with a probability of 80 %, None where there is no interval."""

    expected: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """How one way did on one line over totals of so many days; see ``fondaco.analytics.forecast.BackTest``."""

    metric: str
    way: str
    horizon_days: int
    windows: int
    wape: float | None
    mase: float | None
    total_error: Decimal
    total_wape: float | None
    bias: Decimal
    coverage: float | None
    covered: int


@dataclass(frozen=True, slots=True)
class ProfitForecast:
    """The newest forecast.

    Attributes
    ----------
    as_of
        The last day that is known; the first forecast one is the next.
    first, known_days
        Since when the shops sell, and how many days that makes.
    days_ahead
        How many days are forecast; 0 where there is no forecast.
    why_not
        Why there is none.
    days, totals
        Of each metric by day: the day's figure, and that of all days ahead up to it. Only the main lines have intervals.
    counts
        What each way counts in the first 28 days and beyond them.
    """

    as_of: date
    first: date
    known_days: int
    days_ahead: int
    why_not: str
    days: Mapping[str, Mapping[date, Expected]]
    totals: Mapping[str, Mapping[date, Expected]]
    tests: Sequence[BackTest]
    counts: Mapping[str, Sequence[float]]

    @property
    def begins(self) -> date:
        """The first day that is forecast."""
        return self.as_of + timedelta(1)

    def until(self, last: date) -> bool:
        """Whether it reaches as far as that day."""
        return last <= self.as_of + timedelta(self.days_ahead)


def read_forecast(reader: Reader, tenant_id: str) -> ProfitForecast | None:
    """The newest forecast; None where none was made: nothing was sold yet, or an older Fondaco published."""
    import json

    asked = {"tenant_id": tenant_id}
    try:
        runs = reader.query(_RUN, asked).to_pylist()
    except OutdatedError:
        return None
    if not runs:
        return None
    (run,) = runs
    days: dict[str, dict[date, Expected]] = {}
    totals: dict[str, dict[date, Expected]] = {}
    for row in reader.query(_DAYS, asked).to_pylist():
        name, day = row["metric"], row["forecast_date"]
        days.setdefault(name, {})[day] = Expected(row["expected"], row["low"], row["high"])
        totals.setdefault(name, {})[day] = Expected(row["total"], row["total_low"], row["total_high"])
    counts = run["counts"] or "{}"
    return ProfitForecast(
        as_of=run["as_of_date"],
        first=run["first_date"],
        known_days=int(run["known_days"]),
        days_ahead=int(run["days_ahead"]),
        why_not=run["why_not"] or "",
        days=days,
        totals=totals,
        tests=[BackTest(**row) for row in reader.query(_TESTS, asked).to_pylist()],
        counts=json.loads(counts) if isinstance(counts, str) else counts,
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of which some are known and the others forecast.

    Attributes
    ----------
    known_days
        How many of them are known.
    lines
        Of every metric of the waterfall what the whole stretch is expected to be; what is known in it is certain.
    known
        The same of the known days alone.
    """

    first: date
    last: date
    known_days: int
    lines: Mapping[str, Expected]
    known: Mapping[str, Decimal]


def month_end(forecast: ProfitForecast) -> date:
    """The last day of the month that the first forecast day is in."""
    day = forecast.begins
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def expected_month(
    forecast: ProfitForecast, layer: SemanticLayer, reader: Reader, tenant_id: str
) -> Stretch | None:
    """The month that the first forecast day is in, by the finance clock; None where it is not forecast to its end."""
    last = month_end(forecast)
    if not forecast.days_ahead or not forecast.until(last):
        return None
    first = last.replace(day=1)
    nothing = completed(dict.fromkeys(PROFIT_PARTS, Decimal(0)), PROFIT_STATEMENT)
    known = nothing
    if first <= forecast.as_of:
        (row,) = layer.query(
            reader, MetricQuery(PROFIT_PARTS, first=first, last=forecast.as_of), tenant_id
        ).to_pylist()
        known = completed({name: row[name] or Decimal(0) for name in PROFIT_PARTS}, PROFIT_STATEMENT)
    return _stretch(forecast, first, last, known)


def expected_days(forecast: ProfitForecast, days: int = AHEAD_DAYS) -> Stretch | None:
    """So many days from the first forecast one on; None where it does not reach as far."""
    last = forecast.as_of + timedelta(days)
    if not forecast.days_ahead or not forecast.until(last):
        return None
    nothing = completed(dict.fromkeys(PROFIT_PARTS, Decimal(0)), PROFIT_STATEMENT)
    return _stretch(forecast, forecast.begins, last, nothing)


def _stretch(forecast: ProfitForecast, first: date, last: date, known: Mapping[str, Decimal]) -> Stretch:
    lines = {}
    for step in PROFIT_STATEMENT:
        ahead, sure = forecast.totals[step.metric][last], known[step.metric]
        lines[step.metric] = Expected(
            sure + ahead.expected,
            None if ahead.low is None else sure + ahead.low,
            None if ahead.high is None else sure + ahead.high,
        )
    return Stretch(first, last, max((forecast.as_of - first).days + 1, 0), lines, known)


def course(forecast: ProfitForecast, metric: str) -> list[tuple[date, Expected]]:
    """A line of every day ahead."""
    return sorted(forecast.days.get(metric, {}).items())


def goods_that_came_back(layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str) -> Decimal:
    """Cost of the goods that came back to the shelf in the query's period: the cost of goods sold has been lowered by it."""
    rows, params = layer.rows_of("profit_ledger", query, tenant_id)
    sql = f"select coalesce(-sum(cost_of_goods), 0) as back\n{rows} and event_type = 'return'"
    (row,) = reader.query(sql, params).to_pylist()
    return Decimal(row["back"] or 0)


def rows_of_days(forecast: ProfitForecast) -> list[dict[str, Any]]:
    """Every metric of every day ahead, as files have it."""
    found = []
    for step in PROFIT_STATEMENT:
        for day, told in course(forecast, step.metric):
            total = forecast.totals[step.metric][day]
            found.append(
                {
                    "metric": step.metric,
                    "forecast_date": day,
                    "expected": told.expected,
                    "low": told.low,
                    "high": told.high,
                    "total": total.expected,
                    "total_low": total.low,
                    "total_high": total.high,
                }
            )
    return found
