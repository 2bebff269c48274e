"""PostgreSQL: the same schemas in one database; published states are schemas of their own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import psycopg
import pyarrow as pa

from fondaco.config import Settings
from fondaco.errors import ConfigError, FatalError, RetryableError
from fondaco.warehouse.courtesy import Courtesy
from fondaco.warehouse.duckdb import changed_type, connection_options, grows, prepare_bench
from fondaco.warehouse.duckdb import translated as bench_translated
from fondaco.warehouse.engine import STATEMENT_SECONDS, Dialect, Params, Published, TableSpec
from fondaco.warehouse.lock import Turnstile, locked_error
from fondaco.warehouse.postgres_publish import clean, forget_changes, publish
from fondaco.warehouse.postgres_reader import PostgresReader
from fondaco.warehouse.postgres_rows import read_json_as_text, to_arrow
from fondaco.warehouse.postgres_sql import parameters

TYPES = {
    "text": "text",
    "bigint": "bigint",
    "decimal": "numeric(18,6)",
    "sum": "numeric(38,6)",
    "rate": "numeric(18,9)",
    "double": "double precision",
    "bool": "boolean",
    "timestamp": "timestamp without time zone",
    "date": "date",
    "json": "text",
}
# One project per database: this key stands for "the writer of Fondaco" among a database's advisory locks.
_WRITER_LOCK = 0x666F6E6461636F
_LOCK_SECONDS = 1.0
_PASSWORD_VARIABLE = "DBT_ENV_SECRET_FONDACO_PASSWORD"  # dbt masks variables of this prefix in its logs


class PostgresWriter:
    """An open session that holds the writer lock."""

    def __init__(self, warehouse: PostgresWarehouse) -> None:
        self._warehouse = warehouse

    @property
    def bench(self) -> duckdb.DuckDBPyConnection:
        return self._warehouse.bench()

    def execute(self, sql: str, params: Params | None = None) -> None:
        with translated():
            self._warehouse.connection().execute(parameters(sql) if params else sql, params)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        with translated():
            cursor = self._warehouse.connection().execute(parameters(sql) if params else sql, params)
            return to_arrow(cursor, cursor.fetchall())

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with translated(), self._warehouse.connection().transaction():
            yield

    def stage(self, bench_table: str, spec: TableSpec) -> str:
        """Copy through a CSV file: both ends read and write it in C, decimals and instants stay text throughout."""
        name = f"staged_{spec.name}"[:63]
        columns = ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in spec.columns)
        names = ", ".join(f'"{column}"' for column in spec.column_names)
        path = self._warehouse.settings.data / "tmp" / f"{name}.csv"
        quoted = str(path).replace("'", "''")
        try:
            self.bench.execute(
                f"copy (select {names} from {bench_table}) to '{quoted}' (format csv, header false, force_quote *)"
            )
            self.execute(f"drop table if exists {name}")
            self.execute(f"create temporary table {name} ({columns}) on commit drop")
            with translated():
                cursor = self._warehouse.connection().cursor()
                with path.open("rb") as file, cursor.copy(f"copy {name} from stdin (format csv)") as copy:
                    while block := file.read(1 << 20):
                        copy.write(block)
            self.execute(f"analyze {name}")
        finally:
            path.unlink(missing_ok=True)
        return name


class PostgresWarehouse:
    """A database that Fondaco has to itself."""

    dialect: Dialect = "postgres"

    def __init__(self, settings: Settings) -> None:
        if settings.warehouse.url is None:
            raise ConfigError(
                "The warehouse is postgres, but [warehouse] url is missing.",
                "Set FONDACO_WAREHOUSE__URL=postgresql://user:password@host:5432/database.",
            )
        self.settings = settings
        self._url = settings.warehouse.url.get_secret_value()
        self._turnstile = Turnstile(self._enter, self._leave)
        self.courtesy = Courtesy(settings.data)
        self._connection: psycopg.Connection[Any] | None = None
        self._bench: duckdb.DuckDBPyConnection | None = None
        self._readers: list[PostgresReader] = []

    def connection(self) -> psycopg.Connection[Any]:
        """The writer's session; only the holder of the writer lock may ask."""
        if self._connection is None:
            raise FatalError(
                "The warehouse was used without its writer lock.",
                "Report this with the command that you ran.",
            )
        return self._connection

    def bench(self) -> duckdb.DuckDBPyConnection:
        if self._bench is None:
            (self.settings.data / "tmp").mkdir(parents=True, exist_ok=True)
            self._bench = duckdb.connect(config=connection_options(self.settings))
            prepare_bench(self._bench)
        return self._bench

    @contextlib.contextmanager
    def writer(self) -> Iterator[PostgresWriter]:
        with self._turnstile.passage(), bench_translated(self.settings.data / "tmp"):
            yield PostgresWriter(self)

    @contextlib.contextmanager
    def release(self) -> Iterator[None]:
        with self._turnstile.passage():
            yield

    def create_schemas_and_raw_tables(self, specs: Sequence[TableSpec]) -> None:
        with self.writer() as writer, writer.transaction():
            for schema in sorted({"raw", *(spec.schema for spec in specs)}):
                writer.execute(f"create schema if not exists {schema}")
            for spec in specs:
                self._create(writer, spec)

    def dbt_target(self) -> dict[str, object]:
        address = urlsplit(self._url)
        return {
            "type": "postgres",
            "host": address.hostname or "localhost",
            "port": address.port or 5432,
            "user": unquote(address.username or "postgres"),
            "password": f"{{{{ env_var('{_PASSWORD_VARIABLE}') }}}}",
            "dbname": unquote(address.path.lstrip("/")) or "postgres",
            "schema": "public",
            "threads": self.settings.warehouse.threads,
        }

    def dbt_environment(self) -> dict[str, str]:
        return {_PASSWORD_VARIABLE: unquote(urlsplit(self._url).password or "")}

    def copied_ahead(self, later: Collection[str]) -> contextlib.AbstractContextManager[None]:
        """Nothing: it is one session that reads, writes and copies."""
        return contextlib.nullcontext()

    def publish(self, *, standing: Collection[str] | None = None) -> Published:
        with self.writer(), translated():
            published = publish(self.connection())
            forget_changes(self.connection())
        return published

    def reader(self, *, statement_seconds: float = STATEMENT_SECONDS) -> PostgresReader:
        reader = PostgresReader(self._url, statement_seconds)
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        while self._readers:
            self._readers.pop().close()
        self._disconnect()

    def _enter(self) -> None:
        with translated():
            connection: psycopg.Connection[Any] = psycopg.connect(
                self._url, autocommit=True, application_name="fondaco", options="-c TimeZone=UTC"
            )
        try:
            self.courtesy.take(lambda: _take_lock(connection))
            read_json_as_text(connection)
            clean(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _leave(self) -> None:
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            # A broken connection has lost its lock already.
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("select pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None
        if self._bench is not None:
            self._bench.close()
            self._bench = None

    def _create(self, writer: PostgresWriter, spec: TableSpec) -> None:
        present = dict(
            self.connection()
            .execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute"
                " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
                (spec.qualified,),
            )
            .fetchall()
        )
        if not present:
            columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in spec.columns)
            key = ", ".join(f'"{name}"' for name in spec.primary_key)
            writer.execute(
                f"create table {spec.qualified} ({columns}{f', primary key ({key})' if key else ''})"
            )
            return
        for name, kind in spec.columns:
            if name not in present:
                writer.execute(f'alter table {spec.qualified} add column "{name}" {TYPES[kind]}')
            elif present[name] != TYPES[kind]:
                if not grows(kind, present[name], TYPES):
                    raise changed_type(spec, name, present[name], TYPES[kind])
                writer.execute(f'alter table {spec.qualified} alter column "{name}" type {TYPES[kind]}')


def _take_lock(connection: psycopg.Connection[Any]) -> None:
    """The writer lock. A server needs a moment to notice that a killed writer is gone."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        if connection.execute("select 1 where pg_try_advisory_lock(%s)", (_WRITER_LOCK,)).fetchone():
            return
        if time.monotonic() > deadline:
            raise locked_error("process")
        time.sleep(0.05)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """PostgreSQL's errors in our words. No message carries a row's content or the password."""
    try:
        yield
    except (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory) as error:
        raise RetryableError(
            "PostgreSQL is out of disk or memory; nothing of this step was kept.",
            "Make room on the database server and run `fondaco run` again.",
        ) from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidPassword) as error:
        raise ConfigError(
            "PostgreSQL refuses the user of [warehouse] url, or the user lacks a right.",
            "The user must own the database: check it with `fondaco doctor`.",
        ) from error
    except psycopg.OperationalError as error:
        raise RetryableError(
            "PostgreSQL cannot be reached, or the connection broke.",
            "Check the server and [warehouse] url with `fondaco doctor`, then run again.",
        ) from error
