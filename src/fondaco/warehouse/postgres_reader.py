"""Reads published schemas of PostgreSQL, in read-only transactions with a time limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
import pyarrow as pa
from psycopg_pool import ConnectionPool

from fondaco.errors import RetryableError
from fondaco.warehouse.duckdb_reader import nothing_published, outdated, refused, too_slow
from fondaco.warehouse.engine import Dialect, Params
from fondaco.warehouse.interrupting import AbandonedError, is_abandoned, running
from fondaco.warehouse.postgres_publish import current_version, schema_of
from fondaco.warehouse.postgres_rows import read_json_as_text, to_arrow
from fondaco.warehouse.postgres_sql import check_select, parameters, published

T = TypeVar("T")

_POOL = 8
_FETCHED_AT_ONCE = 10_000


class PostgresReader:
    """Sessions from a pool. ``marts.x`` is read from the schema that holds the newest version."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, statement_seconds: float) -> None:
        self._seconds = statement_seconds
        self._url = url
        self._lock = threading.Lock()
        self._pool: ConnectionPool[psycopg.Connection[Any]] | None = None

    @property
    def version(self) -> str | None:
        return self._within(current_version)

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        def run(connection: psycopg.Connection[Any]) -> pa.Table:
            text = self._published(connection, sql)
            try:
                cursor = connection.execute(parameters(text) if params else text, params)
            except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
                raise outdated() from error
            return to_arrow(cursor, cursor.fetchall())

        return self._within(run)

    def select(self, sql: str, *, limit: int | None = None) -> pa.Table:
        check_select(sql)

        def run(connection: psycopg.Connection[Any]) -> pa.Table:
            text = self._published(connection, sql.strip().rstrip(";"))
            try:
                # DECLARE CURSOR takes one query and nothing else, by PostgreSQL's own parser.
                with connection.cursor("stranger") as cursor:
                    cursor.execute(text)
                    return to_arrow(cursor, cursor.fetchall() if limit is None else cursor.fetchmany(limit))
            except psycopg.errors.QueryCanceled:
                raise
            except (psycopg.ProgrammingError, psycopg.DataError, psycopg.InternalError) as error:
                raise refused(error.diag.message_primary or type(error).__name__) from error

        return self._within(run)

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None

    def _published(self, connection: psycopg.Connection[Any], sql: str) -> str:
        version = current_version(connection)
        if version is None:
            raise nothing_published()
        return published(sql, schema_of(version))

    def _within(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        try:
            with self._sessions().connection() as connection, running(connection.cancel_safe):
                return work(connection)
        except psycopg.errors.QueryCanceled as error:
            if is_abandoned():
                raise AbandonedError from error
            raise too_slow(self._seconds) from error
        except psycopg.OperationalError as error:
            raise RetryableError(
                "PostgreSQL cannot be reached, or the connection broke.",
                "Check the server and [warehouse] url with `fondaco doctor`, then try again.",
            ) from error

    def _sessions(self) -> ConnectionPool[psycopg.Connection[Any]]:
        with self._lock:
            if self._pool is None:
                options = (
                    "-c default_transaction_read_only=on -c TimeZone=UTC"
                    f" -c statement_timeout={int(self._seconds * 1000)}"
                )
                self._pool = ConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=_POOL,
                    timeout=self._seconds,
                    kwargs={"options": options, "application_name": "fondaco-reader"},
                    configure=read_json_as_text,
                    open=True,
                )
            return self._pool
