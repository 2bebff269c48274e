"""How every DuckDB connection of Fondaco begins, whatever it is for."""

from __future__ import annotations

import duckdb

UNSOUND_OPTIMIZERS = "statistics_propagation"
"""DuckDB 2.0.0 takes a sum over a left join with an empty table for nought when it compares it: ``sum(a) > 0`` is false for
every row. tests/warehouses/test_engine_faults.py shows it, and fails as soon as DuckDB is right again."""

SLOW_OPTIMIZERS = "projection_pullup"
"""Takes half of the time that DuckDB 2.0.0 needs for a model over dozens of views, a second of it for ``core_order_changes``, and
makes none of them faster: the models name the columns that they need."""

_DISK_IS_FULL = ("No space left", "File too large", "Could not write")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Days and instants in UTC; right sums; no Python variable is ever taken for a table; no bar on the screen."""
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute(f"set disabled_optimizers = '{UNSOUND_OPTIMIZERS}'")
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_progress_bar = false")


def disk_is_full(error: duckdb.Error) -> bool:
    """A failed write shows as an I/O error, or, at a commit, as one of the transaction."""
    return any(sign in str(error) for sign in _DISK_IS_FULL)
