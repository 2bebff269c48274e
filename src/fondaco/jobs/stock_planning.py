"""The jobs ``forecast`` and ``propose``: what will be wanted, and what should be done about it, from the marts just built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyarrow as pa

from fondaco.jobs.demanding import DemandAsked, DemandMade, create_tables, forecast_variants
from fondaco.jobs.proposing import Frame, position_rows, propose, rows_of
from fondaco.jobs.stock_levels import Rules, levels_of
from fondaco.jobs.stock_reading import Coming, read_stock
from fondaco.jobs.stock_tables import PROPOSALS, STOCK_POSITIONS
from fondaco.jobs.writing import replace_rows
from fondaco.warehouse.engine import TableSpec, Value, Warehouse, Writer

KEPT_DAYS = 400
"""Proposals of so many days are kept, to be held against what happened."""


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """What a run asks for.

    Attributes
    ----------
    currency
        The reporting currency.
    cost_rate
        What goods cost as a share of their price, where no cost is known.
    coming
        Open orders of Fondaco's own: they count as on order.
    refused
        Subjects that somebody has refused, and that are not to be proposed today.
    """

    demand: DemandAsked
    currency: str
    cost_rate: float
    rules: Rules = field(default_factory=Rules)
    coming: Sequence[Coming] = ()
    refused: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of it: series that were forecast, and proposals by kind; ``why_not`` says why there are none."""

    series: int
    proposals: Mapping[str, int]
    why_not: str = ""


def plan_stock(warehouse: Warehouse, asked: PlanAsked) -> Planned:
    """Forecast demand and propose what to do today. Proposals of today take the place of former ones of today."""
    create_tables(warehouse)
    with warehouse.writer() as writer:
        made = forecast_variants(writer, asked.demand)
        return _proposed(writer, asked, made)


def _proposed(writer: Writer, asked: PlanAsked, made: DemandMade) -> Planned:
    today = asked.demand.today
    if made.found is None or made.as_of is None:
        _write(writer, asked, [], [])
        return Planned(0, {}, made.why_not)
    stock = read_stock(
        writer,
        asked.demand.tenant_id,
        today=today,
        as_of=made.as_of,
        currency=asked.currency,
        cost_rate=asked.cost_rate,
        coming=asked.coming,
    )
    frame = Frame(today, asked.currency, asked.rules, asked.refused)
    levels = levels_of(stock, made, asked.rules, today)
    proposals = propose(levels, stock, frame)
    first = made.as_of + timedelta(days=1)
    _write(
        writer,
        asked,
        position_rows(levels, stock, frame, first),
        rows_of(proposals, stock, frame, first),
    )
    return Planned(made.series, dict(Counter(each.kind for each in proposals)))


def _write(
    writer: Writer, asked: PlanAsked, positions: Sequence[dict[str, Any]], proposals: Sequence[dict[str, Any]]
) -> None:
    tenant, today = asked.demand.tenant_id, asked.demand.today
    own: dict[str, Value] = {"tenant_id": tenant}
    with writer.transaction():
        replace_rows(writer, STOCK_POSITIONS, _table(STOCK_POSITIONS, positions, tenant), where=own)
        replace_rows(
            writer, PROPOSALS, _table(PROPOSALS, proposals, tenant), where={**own, "proposal_date": today}
        )
        writer.execute(
            f"delete from {PROPOSALS.qualified} where tenant_id = $tenant_id and proposal_date < $oldest",
            {**own, "oldest": today - timedelta(days=KEPT_DAYS)},
        )


_TYPES = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "sum": pa.decimal128(38, 6),
    "date": pa.date32(),
}


def _table(spec: TableSpec, rows: Sequence[dict[str, Any]], tenant_id: str) -> pa.Table:
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in spec.columns])
    return pa.Table.from_pylist([{"tenant_id": tenant_id, **row} for row in rows], schema)
