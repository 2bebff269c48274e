"""Rows by hand into marts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from tests.metrics.conftest import columns

from fondaco.warehouse import Writer
from fondaco.warehouse.duckdb import DuckDBWriter


def insert(writer: Writer, mart: str, rows: Sequence[dict[str, Any]]) -> None:
    """All rows in one statement for DuckDB, some hundred a statement elsewhere: one by one they take ten times as long."""
    types = columns(mart)
    if not rows:
        return
    names = list(rows[0])
    if isinstance(writer, DuckDBWriter):
        _insert_texts(writer, mart, names, types, rows)
        return
    for start in range(0, len(rows), 200):
        batch = rows[start : start + 200]
        places = ", ".join(
            f"({', '.join(f'cast(${name}_{number} as {types[name]})' for name in names)})"
            for number, row in enumerate(batch)
        )
        asked = {f"{name}_{number}": value for number, row in enumerate(batch) for name, value in row.items()}
        writer.execute(f"insert into marts.{mart} ({', '.join(names)}) values {places}", asked)


def _insert_texts(
    writer: DuckDBWriter, mart: str, names: list[str], types: dict[str, str], rows: Sequence[dict[str, Any]]
) -> None:
    """Each value as the text that it is written as, which DuckDB reads by the column's type."""
    texts = {
        name: pa.array([None if row[name] is None else str(row[name]) for row in rows], pa.string())
        for name in names
    }
    read = ", ".join(f"cast({name} as {types[name]})" for name in names)
    writer.bench.register("rows_by_hand", pa.table(texts))
    writer.execute(f"insert into marts.{mart} ({', '.join(names)}) select {read} from rows_by_hand")
    writer.bench.unregister("rows_by_hand")
