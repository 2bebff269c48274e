"""Rows of a job into the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import duckdb
import pyarrow as pa

from fondaco.warehouse.duckdb import TYPES
from fondaco.warehouse.engine import TableSpec, Value, Writer


def replace_rows(writer: Writer, spec: TableSpec, rows: pa.Table, *, where: Mapping[str, Value]) -> None:
    """Put ``rows`` in the place of those that ``where`` names (column and value). Within a transaction.

    Columns are taken by name; those that ``rows`` lacks are null.
    """
    bench, name = writer.bench, f"job_{spec.name}"
    present = {*rows.column_names}
    columns = ", ".join(
        f"cast({_quoted(column) if column in present else 'null'} as {TYPES[kind]}) as {_quoted(column)}"
        for column, kind in spec.columns
    )
    bench.register("job_rows", rows)
    try:
        bench.execute(f"create or replace temporary table {name} as select {columns} from job_rows")
    finally:
        with suppress(duckdb.TransactionException):  # what broke the transaction is what has to be told
            bench.unregister("job_rows")
    staged = writer.stage(name, TableSpec("", name, spec.columns))
    condition = " and ".join(f'"{column}" = ${column}' for column in where)
    writer.execute(f"delete from {spec.qualified} where {condition}", where)
    names = ", ".join(f'"{column}"' for column in spec.column_names)
    writer.execute(f"insert into {spec.qualified} ({names}) select {names} from {staged}")
    bench.execute(f"drop table {name}")


def _quoted(column: str) -> str:
    return f'"{column}"'
