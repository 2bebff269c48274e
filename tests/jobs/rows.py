"""Rows by hand into marts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.metrics.conftest import columns

from fondaco.warehouse import Writer


def insert(writer: Writer, mart: str, rows: Sequence[dict[str, Any]]) -> None:
    """Some hundred rows a statement: one by one they take ten times as long."""
    types = columns(mart)
    names = list(rows[0]) if rows else []
    for start in range(0, len(rows), 200):
        batch = rows[start : start + 200]
        places = ", ".join(
            f"({', '.join(f'cast(${name}_{number} as {types[name]})' for name in names)})"
            for number, row in enumerate(batch)
        )
        asked = {f"{name}_{number}": value for number, row in enumerate(batch) for name, value in row.items()}
        writer.execute(f"insert into marts.{mart} ({', '.join(names)}) values {places}", asked)
