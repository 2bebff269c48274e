"""The engine in memory that reads files: days and instants in UTC, no bar on the screen."""

from __future__ import annotations

import duckdb


def open_engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    engine.execute("set TimeZone = 'UTC'")
    engine.execute("set enable_progress_bar = false")
    # As in warehouse/duckdb.py: DuckDB 2.0.0 compares sums over a join with an empty table wrongly.
    engine.execute("set disabled_optimizers = 'statistics_propagation'")
    return engine
