"""Rows by hand into marts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fondaco.warehouse import Writer


def insert(writer: Writer, mart: str, rows: Sequence[dict[str, Any]]) -> None:
    """Some hundred rows a statement: one by one they take ten times as long."""
    for start in range(0, len(rows), 200):
        batch = rows[start : start + 200]
        places = ", ".join(
            f"({', '.join(f'${name}_{number}' for name in row)})" for number, row in enumerate(batch)
        )
        asked = {f"{name}_{number}": value for number, row in enumerate(batch) for name, value in row.items()}
        writer.execute(f"insert into marts.{mart} ({', '.join(batch[0])}) values {places}", asked)
