"""A made-up stream that has everything: bulk lines with children, lists in lists, positions, every type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fondaco.landing import Landing, LandResult, Spooled
from fondaco.sources.stream import Column, ColumnType, Page, Slice, Stream, SyncMode, Table
from fondaco.warehouse import Warehouse

TEXT, DECIMAL, BIGINT = ColumnType.TEXT, ColumnType.DECIMAL, ColumnType.BIGINT

ORDERS = Stream(
    "orders",
    mode=SyncMode.INCREMENTAL,
    tables=(
        Table(
            "orders",
            (
                Column("order_id", TEXT, "$.id"),
                Column("total", DECIMAL, "$.total.amount"),
                Column("placed_at", ColumnType.TIMESTAMP, "$.placedAt"),
                Column("note", ColumnType.JSON, "$.note"),
            ),
            ("order_id",),
            ignored=("dull",),
        ),
        Table(
            "refunds",
            (
                Column("refund_id", TEXT, "$.id"),
                Column("order_id", TEXT, "^.id"),
                Column("reason", TEXT, "$.reason"),
            ),
            ("refund_id",),
            each=("$.refunds",),
            parent_key=("order_id",),
        ),
        Table(
            "refund_lines",
            (
                Column("refund_id", TEXT, "^.id"),
                Column("line_index", BIGINT, "#"),
                Column("order_id", TEXT, "^^.id"),
                Column("amount", DECIMAL, "$.amount"),
            ),
            ("refund_id", "line_index"),
            each=("$.refunds", "$.lines.nodes"),
            parent_key=("order_id",),
        ),
    ),
)
BULK = Stream(
    "bulk",
    mode=SyncMode.INCREMENTAL,
    tables=(
        Table(
            "parents",
            (Column("parent_id", TEXT, "$.id"), Column("total", DECIMAL, "$.total")),
            ("parent_id",),
            where=("$.__typename", "Parent"),
        ),
        Table(
            "children",
            (
                Column("child_id", TEXT, "$.id"),
                Column("parent_id", TEXT, "$.__parentId"),
                Column("price", DECIMAL, "$.price"),
            ),
            ("child_id",),
            where=("$.__typename", "Child"),
            parent_key=("parent_id",),
        ),
    ),
)


class Shop:
    """A source as far as landing looks at it."""

    streams = (ORDERS, BULK)


def page(*records: Any) -> Page:
    """Records, or raw lines where they are bytes already."""
    lines = [r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in records]
    return Page(b"".join(line + b"\n" for line in lines), len(lines))


def order(order_id: str, total: object = "10.00", **fields: Any) -> dict[str, Any]:
    return {"id": order_id, "total": {"amount": total}, "placedAt": "2026-03-01T12:00:00+02:00", **fields}


class Bench:
    """Lands slices into one warehouse and looks at the result."""

    def __init__(self, warehouse: Warehouse, spool_folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.warehouse = warehouse
        self.spool_folder = spool_folder
        self.landing = self.reopened()
        self._slices = 0

    def reopened(self) -> Landing:
        """Landing as a new process would open it."""
        landing = Landing(self.warehouse, self.spool_folder, "default", lambda: self.now)
        landing.create_tables({"shop": Shop})  # type: ignore[dict-item]
        return landing

    def spool(self, *records: Any, stream: Stream = ORDERS, part: Slice | None = None) -> Spooled:
        return self.spool_pages([page(*records)], stream=stream, part=part)

    def spool_pages(
        self, pages: Iterable[Page], *, stream: Stream = ORDERS, part: Slice | None = None
    ) -> Spooled:
        self._slices += 1
        since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=self._slices)
        part = part or Slice(stream.name, "incremental", since, since + timedelta(days=1))
        return self.landing.spool("north", "shop", stream, part, pages)

    def land(self, *records: Any, stream: Stream = ORDERS, part: Slice | None = None) -> LandResult:
        return self.landing.load(self.spool(*records, stream=stream, part=part))

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of ``raw.shop__<table>``, in order of all columns."""
        with self.warehouse.writer() as writer:
            names = ", ".join(columns)
            found = writer.fetch(f"select {names} from raw.{table} order by {names}")
        return [tuple(row.values()) for row in found.to_pylist()]

    def quarantine(self) -> list[tuple[Any, ...]]:
        return self.rows("fondaco__quarantine", "reason", "record", "table_name")

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All raw rows but for the instants at which they were written."""
        kept = {}
        for source, streams in (("shop", Shop.streams),):
            for stream in streams:
                for table in stream.tables:
                    columns = ["tenant_id", "connection_id", *(c.name for c in table.columns), "_extra"]
                    kept[table.name] = self.rows(f"{source}__{table.name}", *columns)
        kept["quarantine"] = self.quarantine()
        return kept


@pytest.fixture
def bench(empty_warehouse: Warehouse, tmp_path: Path) -> Iterator[Bench]:
    """All raw tables, empty, on each engine."""
    yield Bench(empty_warehouse, tmp_path / "spool")


def money(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.000001"))
