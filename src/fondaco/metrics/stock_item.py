"""One article's stock: where it lies, its course day by day, and what is forecast of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

MOVES = ("received", "sold", "bundled", "returned", "transferred", "corrected", "counted", "unexplained")
"""What moves stock, as ``marts.stock_ledger`` names it."""


@dataclass(frozen=True, slots=True)
class StockDay:
    """A day of an article at a place.

    Attributes
    ----------
    closing
        Pieces as it ended; None before anything is known.
    moves
        Pieces by the names of ``MOVES``; those that are nought are left out.
    is_out
        Whether it was wanted and could not be bought.
    """

    day: date
    closing: int | None
    moves: Mapping[str, int]
    is_out: bool

    @property
    def gone(self) -> int:
        """Pieces that were sold, as parts of bundles too."""
        return self.moves.get("sold", 0) + self.moves.get("bundled", 0)


def places_of(reader: Reader, tenant_id: str, variant_id: str) -> Sequence[Row]:
    """Its rows of ``marts.stock_items``, the place where it sells fastest first."""
    sql = (
        "select * from marts.stock_items where tenant_id = $tenant_id and variant_id = $variant_id "
        "order by sales_velocity desc nulls last, units desc, location_id"
    )
    return _rows(reader, sql, {"tenant_id": tenant_id, "variant_id": variant_id})


def course_of(
    reader: Reader, tenant_id: str, variant_id: str, location_id: str, *, first: date, last: date
) -> list[StockDay]:
    """Every day from ``first`` to ``last`` at one place."""
    asked: dict[str, Value] = {
        "tenant_id": tenant_id, "variant_id": variant_id, "location_id": location_id, "first": first, "last": last,
    }  # fmt: skip
    where = "tenant_id = $tenant_id and variant_id = $variant_id and location_id = $location_id"
    spans = _rows(
        reader,
        f"select first_date, last_date, closing from marts.stock_spans where {where} and first_date <= $last and last_date >= $first",
        asked,
    )
    moved = _rows(
        reader,
        f"select stock_date, {', '.join(MOVES)} from marts.stock_ledger where {where} and stock_date between $first and $last",
        asked,
    )
    out = _rows(
        reader,
        f"select stockout_date from marts.stockout_days where {where} and stockout_date between $first and $last",
        asked,
    )
    moves = {row["stock_date"]: {name: int(row[name]) for name in MOVES if row[name]} for row in moved}
    gone = {row["stockout_date"] for row in out}
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    closing = dict[date, int]()
    for row in spans:
        for number in range((min(row["last_date"], last) - max(row["first_date"], first)).days + 1):
            closing[max(row["first_date"], first) + timedelta(number)] = int(row["closing"])
    return [StockDay(day, closing.get(day), moves.get(day, {}), day in gone) for day in days]


def forecast_of(
    reader: Reader, tenant_id: str, variant_id: str, location_id: str, period: str
) -> Sequence[Row]:
    """Its rows of ``marts.demand_forecasts`` by ``day`` or ``week``, the nearest first; none where nothing is forecast."""
    sql = (
        "select * from marts.demand_forecasts where tenant_id = $tenant_id and variant_id = $variant_id "
        "and location_id = $location_id and period = $period order by forecast_date"
    )
    asked: dict[str, Value] = {
        "tenant_id": tenant_id, "variant_id": variant_id, "location_id": location_id, "period": period,
    }  # fmt: skip
    return _rows(reader, sql, asked)


def position_of(reader: Reader, tenant_id: str, variant_id: str, location_id: str) -> Row | None:
    """How it stands against what will be wanted: its row of ``marts.stock_positions``; None until it is worked out."""
    sql = (
        "select * from marts.stock_positions where tenant_id = $tenant_id and variant_id = $variant_id "
        "and location_id = $location_id"
    )
    rows = _rows(reader, sql, {"tenant_id": tenant_id, "variant_id": variant_id, "location_id": location_id})
    return rows[0] if rows else None


def quality(reader: Reader, tenant_id: str) -> Sequence[Row]:
    """How forecasts of each class of series did: ``marts.forecast_quality``, the class of most series first."""
    sql = (
        "select * from marts.forecast_quality where tenant_id = $tenant_id order by series desc, series_class"
    )
    return _rows(reader, sql, {"tenant_id": tenant_id})


def newest_forecast(reader: Reader, tenant_id: str) -> Row | None:
    """The newest forecast of demand, or why there is none: ``marts.demand_forecast_runs``."""
    rows = _rows(
        reader,
        "select * from marts.demand_forecast_runs where tenant_id = $tenant_id",
        {"tenant_id": tenant_id},
    )
    return rows[0] if rows else None


def _rows(reader: Reader, sql: str, params: Mapping[str, Value]) -> Sequence[Row]:
    """The rows; none where an older release published, without the table."""
    try:
        rows: Sequence[Row] = reader.query(sql, params).to_pylist()
    except OutdatedError:
        return ()
    return rows
