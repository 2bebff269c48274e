"""The forecast of profit: daily statements out of the marts, days to come and what such a forecast was worth back as three tables."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fondaco.jobs.reading import EPOCH, last_known_day
from fondaco.jobs.tables import FORECAST_TABLES, PROFIT_FORECAST_RUNS, PROFIT_FORECAST_TESTS, PROFIT_FORECASTS
from fondaco.jobs.writing import replace_rows
from fondaco.metrics.statement import PROFIT_PARTS, PROFIT_STATEMENT
from fondaco.warehouse.engine import Value, Warehouse, Writer

if TYPE_CHECKING:
    from fondaco.analytics.forecast import Books, Outlook

Floats = NDArray[np.float64]

AHEAD_DAYS = 92
"""From any day on they reach the end of the quarter of a year that begins with it."""

RUNNING = frozenset(("marketing_costs", "fixed_costs"))
"""Parts that do not hang on sales: they go on as in the last four weeks."""

LINES = tuple(step.metric for step in PROFIT_STATEMENT if step.is_sum)

_METHOD = "1"
"""Part of the fingerprint: a newer method forecasts anew from the same days."""

_SQL = f"""
select profit_date, {", ".join(f"sum({name}) as {name}" for name in PROFIT_PARTS)}
from marts.profit_daily
where tenant_id = $tenant_id and clock = 'finance' and profit_date <= $as_of
group by profit_date
order by profit_date
"""
_KEPT = f"select fingerprint from {PROFIT_FORECAST_RUNS.qualified} where tenant_id = $tenant_id"


@dataclass(frozen=True, slots=True)
class ForecastAsked:
    """What a run asks for.

    Attributes
    ----------
    today
        In the project's zone; it is not over yet and is forecast.
    fitted_at
        The instant that is kept with the forecast.
    """

    tenant_id: str
    today: date
    fitted_at: datetime


def forecast_profit(warehouse: Warehouse, asked: ForecastAsked) -> int:
    """Forecast profit, unless neither the day nor the books have changed since it was done last. How many days are forecast anew."""
    warehouse.create_schemas_and_raw_tables(FORECAST_TABLES)
    with warehouse.writer() as writer:
        as_of = last_known_day(writer, asked.tenant_id, asked.today)
        own: dict[str, Value] = {"tenant_id": asked.tenant_id}
        if as_of is None:
            # Nobody has bought, or nobody's purchases are left.
            with writer.transaction():
                for spec in FORECAST_TABLES:
                    writer.execute(f"delete from {spec.qualified} where tenant_id = $tenant_id", own)
            return 0
        first, parts = _daily(writer, asked.tenant_id, as_of)
        mark = _fingerprint(first, parts)
        if mark in writer.fetch(_KEPT, own).column("fingerprint").to_pylist():
            return 0
        started = time.perf_counter()
        made = _made(as_of, first, parts)
        run = {
            "as_of_date": as_of,
            "first_date": first,
            "known_days": parts.shape[1],
            "days_ahead": made.days,
            "why_not": made.why_not or None,
            "counts": json.dumps(made.counts),
            "fingerprint": mark,
            "seconds": round(time.perf_counter() - started, 3),
            "fitted_at": asked.fitted_at,
        }
        with writer.transaction():
            for spec, rows in (
                (PROFIT_FORECASTS, made.forecasts),
                (PROFIT_FORECAST_TESTS, made.tests),
                (PROFIT_FORECAST_RUNS, pa.Table.from_pylist([run])),
            ):
                owned = rows.append_column(
                    "tenant_id", pa.array([asked.tenant_id] * rows.num_rows, pa.string())
                )
                replace_rows(writer, spec, owned, where=own)
    return made.days


def _daily(writer: Writer, tenant_id: str, as_of: date) -> tuple[date, Floats]:
    """The first day with sales, and each part of every day from it on, days on which nothing happened among them."""
    rows = writer.fetch(_SQL, {"tenant_id": tenant_id, "as_of": as_of})
    days = pc.cast(pc.cast(rows.column("profit_date"), pa.date32()), pa.int32()).to_numpy().astype(np.int64)
    amounts = np.array([pc.cast(rows.column(name), pa.float64()).to_numpy() for name in PROFIT_PARTS])
    sold = (
        np.flatnonzero(amounts[PROFIT_PARTS.index("gross_sales")] != 0)
        if len(days)
        else np.zeros(0, np.int64)
    )
    last = (as_of - EPOCH).days
    first = int(days[sold[0]]) if len(sold) else last
    parts = np.zeros((len(PROFIT_PARTS), last - first + 1))
    there = days >= first
    parts[:, days[there] - first] = amounts[:, there]
    return EPOCH + timedelta(days=first), parts


def _fingerprint(first: date, parts: Floats) -> str:
    return hashlib.sha256(f"{_METHOD} {first} ".encode() + np.ascontiguousarray(parts).tobytes()).hexdigest()


def sums_of_parts() -> Floats:
    """How every sum of the waterfall is made of its parts, in the order of ``LINES`` and ``PROFIT_PARTS``."""
    signs = np.zeros((len(LINES), len(PROFIT_PARTS)))
    sofar: Floats = np.zeros(len(PROFIT_PARTS))
    for step in PROFIT_STATEMENT:
        if step.is_sum:
            signs[LINES.index(step.metric)] = sofar
        else:
            sofar[PROFIT_PARTS.index(step.metric)] = step.sign
    return signs


@dataclass(frozen=True, slots=True)
class _Made:
    """Rows of the tables but for the tenant, or why there are none."""

    days: int
    why_not: str
    counts: dict[str, tuple[float, float]]
    forecasts: pa.Table
    tests: pa.Table


def _made(as_of: date, first: date, parts: Floats) -> _Made:
    nothing = pa.table({"metric": pa.array([], pa.string())})
    if find_spec("scipy") is None:
        why_not = "SciPy is not installed; install it with `pip install 'fondaco[analytics]'`"
        return _Made(0, why_not, {}, nothing, nothing)
    from fondaco.analytics.forecast import look_ahead

    found = look_ahead(books_of((first - EPOCH).days, parts), AHEAD_DAYS)
    if not found.days:
        return _Made(0, found.why_not, {}, nothing, nothing)
    return _Made(found.days, "", found.counts, _forecasts(as_of, found), _tests(found))


def books_of(first_day: int, parts: Floats) -> Books:
    """Daily parts of the waterfall as the forecast takes them."""
    from fondaco.analytics.forecast import Books

    hangs = np.array([name not in RUNNING for name in PROFIT_PARTS])
    return Books(first_day, parts, hangs, sums_of_parts())


def _forecasts(as_of: date, outlook: Outlook) -> pa.Table:
    """Every line of every day. Parts are rounded to cents, and sums are those of the rounded parts, so that they add up to the last digit."""
    days = pa.array([as_of + timedelta(days=1 + number) for number in range(outlook.days)], pa.date32())
    parts = np.round(outlook.parts, 2)
    sums = np.round(sums_of_parts() @ parts, 2)
    tables = []
    for step in PROFIT_STATEMENT:
        place = (LINES if step.is_sum else PROFIT_PARTS).index(step.metric)
        expected = (sums if step.is_sum else parts)[place]
        columns: dict[str, pa.Array] = {
            "metric": pa.array([step.metric] * outlook.days),
            "forecast_date": days,
            "expected": pa.array(expected),
            "total": pa.array(np.round(np.cumsum(expected), 2)),
        }
        for name in ("low", "high", "total_low", "total_high"):
            column: Floats = getattr(outlook, name)
            columns[name] = (
                pa.array(np.round(column[place], 2)) if step.is_sum else pa.nulls(outlook.days, pa.float64())
            )
        tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def _tests(outlook: Outlook) -> pa.Table:
    def known(number: float) -> float | None:
        return float(number) if np.isfinite(number) else None

    rows = [
        {
            "metric": LINES[test.line],
            "way": test.way,
            "horizon_days": test.horizon_days,
            "windows": test.windows,
            "wape": known(test.wape),
            "mase": known(test.mase),
            "total_error": round(test.total_error, 2),
            "total_wape": known(test.total_wape),
            "bias": round(test.bias, 2),
            "coverage": known(test.coverage),
            "covered": test.covered,
        }
        for test in outlook.tests
    ]
    return pa.Table.from_pylist(rows)
