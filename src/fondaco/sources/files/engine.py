"""The engine in memory that reads files."""

from __future__ import annotations

import duckdb

from fondaco.duckdb_session import prepare


def open_engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    prepare(engine)
    return engine
