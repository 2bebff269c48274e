"""PostgreSQL rows as Arrow, with the types that DuckDB gives for the same query."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.types.string import TextLoader

_BY_NAME = {
    "bool": pa.bool_(),
    "int2": pa.int32(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "name": pa.string(),
    "json": pa.string(),
    "jsonb": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


_WIDE = Context(prec=38)
"""Digits of the widest decimal; Python's usual context has ten less."""


def read_json_as_text(connection: psycopg.Connection[Any]) -> None:
    connection.adapters.register_loader("json", TextLoader)
    connection.adapters.register_loader("jsonb", TextLoader)


def to_arrow(cursor: psycopg.Cursor[Any], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """``rows`` of ``cursor``'s result."""
    description = cursor.description or []
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in description]
    names, arrays = [], []
    for column, values in zip(description, columns, strict=True):
        known = psycopg.adapters.types.get(column.type_code)
        name = known.name if known else ""
        names.append(column.name)
        if name == "numeric":
            arrays.append(_decimals(values, column.precision, column.scale))
        elif name in _BY_NAME:
            arrays.append(pa.array(values, type=_BY_NAME[name]))
        else:
            arrays.append(pa.array([None if v is None else str(v) for v in values], type=pa.string()))
    return pa.Table.from_arrays(arrays, names=names)


def _decimals(values: Sequence[Decimal | None], precision: int | None, scale: int | None) -> pa.Array:
    """Decimals; where PostgreSQL tells no scale (sums, quotients), the widest that the values need."""
    if precision:
        return pa.array(values, type=pa.decimal128(min(precision, 38), scale or 0))
    present = [v if v is not None and v.is_finite() else None for v in values]
    exponents = [-int(v.as_tuple().exponent) for v in present if v is not None]
    integer_digits = max((v.adjusted() + 1 for v in present if v is not None), default=1)
    wanted = max(0, min(max(exponents, default=0), 38 - max(integer_digits, 1)))
    return pa.array(
        [None if v is None else _WIDE.quantize(v, Decimal(1).scaleb(-wanted)) for v in present],
        type=pa.decimal128(38, wanted),
    )
