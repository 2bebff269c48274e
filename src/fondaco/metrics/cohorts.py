"""Cohorts as they stand in the newest published state: figures by month since the first purchase, and how soon customers return."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist
from typing import Any, Literal

from fondaco.analytics.cohorts import MONTHS, Returns, quantile_days, returns, share_returned
from fondaco.errors import ConfigError
from fondaco.warehouse.engine import Reader, Value

Measure = Literal["retention", "orders", "net_sales", "cumulative"]
State = Literal["seen", "partial", "forecast", "unknown"]

DIMENSIONS: tuple[str, ...] = ("all", "channel", "country", "shop", "first_product")
MEASURES: tuple[Measure, ...] = ("retention", "orders", "net_sales", "cumulative")
REPEAT_DAYS: tuple[int, ...] = (30, 60, 90, 180, 365)
LEVEL = 0.8
"""Probability that the interval of a forecast holds."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)

_COLUMN: Mapping[Measure, str] = {
    "retention": "whole_buyers",
    "orders": "whole_orders",
    "net_sales": "whole_net_sales",
    "cumulative": "whole_net_sales",
}
_CELLS = """
select cohort_month, month_number, customers, whole_customers, buyers, orders, net_sales,
    whole_buyers, whole_orders, whole_net_sales
from marts.cohorts
where tenant_id = $tenant_id and dimension = $dimension and value = $value and month_number < $months
order by cohort_month, month_number
"""
_FORECASTS = """
select cohort_month, month_number, expected, low, high
from marts.cohort_forecasts
where tenant_id = $tenant_id and dimension = $dimension and value = $value and measure = $measure and month_number < $months
"""
_RETURNS = """
select cohort_month, days, returned, still_out
from marts.cohort_returns
where tenant_id = $tenant_id and dimension = $dimension and value = $value
order by cohort_month, days
"""
_VALUES = """
select dimension, value, sum(customers) as customers
from marts.cohorts
where tenant_id = $tenant_id and month_number = 0
group by dimension, value
order by dimension, customers desc, value
"""

Figure = Decimal | None
_CENT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one month of a cohort, for each customer.

    Attributes
    ----------
    state
        seen: all customers have had the month whole; partial: some have, and the figure is theirs; forecast: nobody has yet;
        unknown: too few cohorts have for a forecast.
    low, high
        Of a forecast, with the probability ``LEVEL``.
    customers
        Who has had the month whole.
    """

    month_number: int
    state: State
    figure: Figure
    low: Figure
    high: Figure
    customers: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who bought for the first time in ``month`` (its first day), and their months from 0 on."""

    month: date
    customers: int
    cells: tuple[Cell, ...]

    def at(self, month_number: int) -> Cell | None:
        return self.cells[month_number] if month_number < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class ReturnTimes:
    """How soon customers bought again.

    Attributes
    ----------
    customers
        How many were looked at.
    rates
        By days since the first purchase (``REPEAT_DAYS``): share who had bought again by then, and its low and high end with the
        probability ``LEVEL``. None where nobody has been known for so long.
    within
        The longest of ``REPEAT_DAYS`` for which anybody has been known; None where that is not even the shortest.
    quartiles
        Days until a quarter, half and three quarters of those who return within ``within`` days have done so.
    """

    customers: int
    rates: Mapping[int, tuple[Figure, Figure, Figure]]
    within: int | None
    quartiles: tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class ValueAfter:
    """Mean cumulative value of a customer, by how many cohorts it was seen, and by how many it is forecast."""

    value: Figure
    seen: int
    forecast: int


def check_dimension(dimension: str) -> str:
    """The dimension, if there is one of that name.

    Raises
    ------
    ConfigError
        If not; all are listed.
    """
    if dimension not in DIMENSIONS:
        raise ConfigError(
            f"Cohorts have no dimension {dimension!r}.", f"Choose from {', '.join(DIMENSIONS)}."
        )
    return dimension


def check_measure(measure: str) -> Measure:
    """The measure of that name.

    Raises
    ------
    ConfigError
        If there is none; all are listed.
    """
    found = next((known for known in MEASURES if known == measure), None)
    if found is None:
        raise ConfigError(f"Cohorts have no measure {measure!r}.", f"Choose from {', '.join(MEASURES)}.")
    return found


def values_of(reader: Reader, tenant_id: str) -> dict[str, list[tuple[str, int]]]:
    """By dimension, its values with their customers, the most first; nothing where what is published knows no cohorts yet."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in DIMENSIONS}
    try:
        reader.select("select days from marts.cohort_returns", limit=1)
    except ConfigError:  # published by a release before cohorts, or not at all
        return found
    for row in reader.query(_VALUES, {"tenant_id": tenant_id}).to_pylist():
        found[row["dimension"]].append((row["value"], int(row["customers"])))
    return found


def read_cohorts(
    reader: Reader, tenant_id: str, measure: Measure, dimension: str = "all", value: str = ""
) -> list[Cohort]:
    """All cohorts, the oldest first, with one measure, and forecasts where there are any."""
    asked: dict[str, Value] = {
        "tenant_id": tenant_id,
        "dimension": dimension,
        "value": value,
        "months": MONTHS,
    }
    ahead: dict[date, dict[int, dict[str, Any]]] = {}
    for row in reader.query(_FORECASTS, {**asked, "measure": measure}).to_pylist():
        ahead.setdefault(row["cohort_month"], {})[row["month_number"]] = row
    rows: dict[date, list[dict[str, Any]]] = {}
    for row in reader.query(_CELLS, asked).to_pylist():
        rows.setdefault(row["cohort_month"], []).append(row)
    return [_cohort(measure, month, told, ahead.get(month, {})) for month, told in rows.items()]


def _cohort(
    measure: Measure, month: date, rows: Sequence[dict[str, Any]], ahead: dict[int, dict[str, Any]]
) -> Cohort:
    cells: list[Cell] = []
    total = Decimal(0)
    last = max([len(rows) - 1, *ahead])
    for number in range(last + 1):
        row = rows[number] if number < len(rows) else None
        whole = int(row["whole_customers"]) if row else 0
        if row and whole:
            amount = Decimal(row[_COLUMN[measure]])
            each = (amount / whole).quantize(_CENT)
            total += each
            figure = total if measure == "cumulative" else each
            state: State = "seen" if whole == row["customers"] else "partial"
            cells.append(Cell(number, state, figure, None, None, whole, amount))
        elif number in ahead:
            expected, low, high = (_decimal(ahead[number][name]) for name in ("expected", "low", "high"))
            cells.append(Cell(number, "forecast", expected, low, high, 0, Decimal(0)))
        else:
            cells.append(Cell(number, "unknown", None, None, None, 0, Decimal(0)))
    return Cohort(month, int(rows[0]["customers"]), tuple(cells))


def mean_curve(cohorts: Sequence[Cohort], measure: Measure) -> list[Figure]:
    """The measure by month over all customers of ``cohorts`` who had it whole; ends where nobody has had one."""
    found: list[Figure] = []
    total = Decimal(0)
    for number in range(max((len(cohort.cells) for cohort in cohorts), default=0)):
        cells = [cell for cohort in cohorts if (cell := cohort.at(number)) is not None]
        customers = sum(cell.customers for cell in cells)
        if not customers:
            break
        each = (sum((cell.amount for cell in cells), Decimal(0)) / customers).quantize(_CENT)
        total += each
        found.append(total if measure == "cumulative" else each)
    return found


def value_after(cohorts: Sequence[Cohort], months: int) -> ValueAfter:
    """Cumulative value after so many months: of each cohort as it was seen, else as it is forecast, weighted by customers."""
    told = [
        (cohort.customers, cell)
        for cohort in cohorts
        if (cell := cohort.at(months - 1)) is not None and cell.figure is not None
    ]
    customers = sum(count for count, _ in told)
    if not customers:
        return ValueAfter(None, 0, 0)
    total = sum((count * cell.figure for count, cell in told if cell.figure is not None), Decimal(0))
    forecast = sum(cell.state == "forecast" for _, cell in told)
    return ValueAfter((total / customers).quantize(_CENT), len(told) - forecast, forecast)


ReturnRows = Mapping[date, Sequence[tuple[int, int, int]]]


def read_returns(reader: Reader, tenant_id: str, dimension: str = "all", value: str = "") -> ReturnRows:
    """By cohort: days since the first purchase, who returned on that day, and who has not and is known for just so long."""
    asked: dict[str, Value] = {"tenant_id": tenant_id, "dimension": dimension, "value": value}
    found: dict[date, list[tuple[int, int, int]]] = {}
    for row in reader.query(_RETURNS, asked).to_pylist():
        found.setdefault(row["cohort_month"], []).append((row["days"], row["returned"], row["still_out"]))
    return found


def return_times(rows: ReturnRows, months: Sequence[date], *, within: int | None = None) -> ReturnTimes:
    """Repeat purchase rates and time to the second purchase of the cohorts of ``months`` together; ``within`` may be given."""
    days: dict[int, tuple[int, int]] = {}
    for month in months:
        for day, returned, still_out in rows.get(month, ()):
            before = days.get(day, (0, 0))
            days[day] = before[0] + returned, before[1] + still_out
    curve = returns([*days], [each[0] for each in days.values()], [each[1] for each in days.values()])
    if within is None:
        within = max((each for each in REPEAT_DAYS if each <= curve.known_days), default=None)
    quartiles = [
        None if within is None else _whole(quantile_days(curve, share, within=within))
        for share in (0.25, 0.5, 0.75)
    ]
    return ReturnTimes(
        customers=sum(sum(each) for each in days.values()),
        rates={each: _rate(curve, each) for each in REPEAT_DAYS},
        within=within,
        quartiles=(quartiles[0], quartiles[1], quartiles[2]),
    )


def _rate(curve: Returns, days: int) -> tuple[Figure, Figure, Figure]:
    """The share with its interval, by the normal approximation on the scale of Greenwood's error."""
    share = share_returned(curve, days)
    place = int((curve.days <= days).sum())
    if math.isnan(share):
        return None, None, None
    error = _Z * float(curve.deviation[place - 1]) if place else 0.0
    return _decimal(share), _decimal(max(0.0, share - error)), _decimal(min(1.0, share + error))


def _whole(days: float) -> int | None:
    return None if math.isnan(days) else round(days)


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
