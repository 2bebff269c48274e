"""Orders of a new file that earlier imports hold with other lines: further lines of them, or the same ones corrected?

A line without an id of its own is known by its content, so a corrected line is another line. Nobody but the merchant can
say which of the two a file means; taken for the wrong one, sales double or vanish in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from fondaco.errors import ConfigError
from fondaco.sources.files.kept import LINES_COUNT, load_imports

KnownOrders = Literal["replace", "add"]
"""What a file's lines are to orders that are here already: all of their lines, or further ones."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Orders of a file that are here with lines which the file has not."""

    orders: int
    example: str
    """Id of one of them."""

    def refused(self, file: str) -> ConfigError:
        """The question as an error, for whoever cannot be asked."""
        one = self.orders == 1
        return ConfigError(
            f"{self.orders:,} order{'' if one else 's'} of {file}, for example {self.example}, "
            f"{'is' if one else 'are'} here already with other lines.",
            "Say `--orders replace` if the file has these orders whole, or `--orders add` if it has further lines of them; "
            "nothing was imported.",
        )


def find_overlap(engine: duckdb.DuckDBPyConnection, folder: Path, import_id: str) -> Overlap | None:
    """Compare table ``order_lines`` of a file with what the other imports in ``folder`` hold."""
    if not load_imports(
        engine, folder, "order_lines", "held", columns=("order_id", "line_id", "import_id"), without=import_id
    ):
        return None
    _load_totals(engine, folder, import_id)
    ((orders, example),) = engine.execute(f"""
        with counting as (
            select lines.order_id, lines.line_id
            from held as lines left join held_totals as totals using (order_id)
            where {LINES_COUNT}
        )
        select count(distinct order_id), min(order_id)
        from counting
        semi join order_lines using (order_id)
        anti join order_lines using (order_id, line_id)
    """).fetchall()
    return Overlap(orders, example) if orders else None


def line_imports(engine: duckdb.DuckDBPyConnection, folder: Path, import_id: str, *, whole: bool) -> str:
    """SQL of the column ``line_imports`` of table ``order_totals``.

    Where ``whole``, only this import's lines of an order count. Else its lines come to those that count already.
    """
    if whole:
        return f"'{import_id}'"
    _load_totals(engine, folder, import_id)
    return (
        f"(select held.line_imports || ' {import_id}' from held_totals as held "
        "where held.order_id = order_totals.order_id)"
    )


def _load_totals(engine: duckdb.DuckDBPyConnection, folder: Path, import_id: str) -> None:
    load_imports(
        engine, folder, "order_totals", "held_totals", columns=("order_id", "line_imports"), without=import_id
    )
