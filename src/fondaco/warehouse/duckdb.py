"""The embedded engine: one DuckDB file that the writer holds, and published snapshots that readers open."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from fondaco.config import Settings
from fondaco.duckdb_session import SLOW_OPTIMIZERS, UNSOUND_OPTIMIZERS, disk_is_full, prepare
from fondaco.errors import ConfigError, FatalError, RetryableError
from fondaco.warehouse.courtesy import Courtesy
from fondaco.warehouse.duckdb_changes import ChangesDraft, Standing, note_whole, standing_on
from fondaco.warehouse.duckdb_publish import CopyAhead, Draft
from fondaco.warehouse.duckdb_reader import DuckDBReader
from fondaco.warehouse.engine import STATEMENT_SECONDS, Dialect, Params, Published, TableSpec
from fondaco.warehouse.lock import LockFile, Turnstile, locked_error
from fondaco.warehouse.snapshots import SnapshotFolder, new_version

TYPES = {
    "text": "varchar",
    "bigint": "bigint",
    "decimal": "decimal(18, 6)",
    "sum": "decimal(38, 6)",
    "rate": "decimal(18, 9)",
    "double": "double",
    "bool": "boolean",
    "timestamp": "timestamp",
    "date": "date",
    "json": "varchar",
}


def connection_options(settings: Settings) -> dict[str, Any]:
    """How Fondaco opens DuckDB: bounded, spilling into the project's folder, never loading code from a network."""
    return {
        "memory_limit": settings.warehouse.memory_limit,
        "threads": settings.warehouse.threads,
        "temp_directory": str(settings.data / "tmp"),
        "autoinstall_known_extensions": False,
    }


def prepare_bench(connection: duckdb.DuckDBPyConnection) -> None:
    """Begin a connection that writes. Tables have no order: several threads may then write, and a checkpoint need not put
    rows together again."""
    prepare(connection)
    connection.execute("set preserve_insertion_order = false")


class DuckDBWriter:
    """The open warehouse file."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self._warehouse = warehouse

    @property
    def bench(self) -> duckdb.DuckDBPyConnection:
        return self._warehouse.connection()

    def execute(self, sql: str, params: Params | None = None) -> None:
        with translated(self._warehouse.path):
            self.bench.execute(sql, dict(params) if params else None)

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table:
        with translated(self._warehouse.path):
            return self.bench.sql(sql, params=dict(params) if params else None).to_arrow_table()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with translated(self._warehouse.path):
            self.bench.begin()
            try:
                yield
                self.bench.commit()
            except BaseException:
                # A failed commit has already rolled back; there is nothing left to undo then.
                with contextlib.suppress(duckdb.Error):
                    self.bench.rollback()
                raise

    def stage(self, bench_table: str, spec: TableSpec) -> str:
        return bench_table


class DuckDBWarehouse:
    """``warehouse.duckdb`` in the project's data folder."""

    dialect: Dialect = "duckdb"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.path = settings.data / "warehouse.duckdb"
        self._snapshots = SnapshotFolder(settings.data / "published")
        self._lock = LockFile(settings.data / "warehouse.lock")
        self.courtesy = Courtesy(settings.data)
        self._turnstile = Turnstile(self._enter, self._leave)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._readers: list[DuckDBReader] = []
        self._ahead: CopyAhead | None = None

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open file; only the holder of the writer lock may ask."""
        if self._connection is None:
            if not self._turnstile.held:
                raise FatalError(
                    "The warehouse was used without its writer lock.",
                    "Report this with the command that you ran.",
                )
            (self.settings.data / "tmp").mkdir(parents=True, exist_ok=True)
            with translated(self.path):
                self._connection = duckdb.connect(str(self.path), config=connection_options(self.settings))
                prepare_bench(self._connection)
        return self._connection

    @contextlib.contextmanager
    def writer(self) -> Iterator[DuckDBWriter]:
        with self._turnstile.passage(), translated(self.path):
            yield DuckDBWriter(self)

    @contextlib.contextmanager
    def release(self) -> Iterator[None]:
        with self._turnstile.passage():
            self._disconnect()
            yield

    def create_schemas_and_raw_tables(self, specs: Sequence[TableSpec]) -> None:
        with self.writer() as writer, writer.transaction():
            for schema in sorted({"raw", *(spec.schema for spec in specs)}):
                writer.execute(f"create schema if not exists {schema}")
            present = _columns(writer)
            for spec in specs:
                _create(writer, spec, present[spec.qualified])

    def dbt_target(self) -> dict[str, object]:
        return {
            "type": "duckdb",
            "path": str(self.path),
            "schema": "main",
            # While dbt reads and writes what belongs to one model, DuckDB works on the other; more would only share memory.
            "threads": 2,
            "config_options": connection_options(self.settings),
            "settings": {
                "TimeZone": "UTC",
                "enable_progress_bar": False,
                "disabled_optimizers": f"{UNSOUND_OPTIMIZERS},{SLOW_OPTIMIZERS}",
                "preserve_insertion_order": False,
            },
        }

    def dbt_environment(self) -> dict[str, str]:
        return {}

    @contextlib.contextmanager
    def copied_ahead(self, later: Collection[str]) -> Iterator[None]:
        with self.writer() as writer:
            tables = [table for table in _marts(writer) if table not in later]
            self._snapshots.ensure()
            # Where no file can be begun, publishing says why.
            with contextlib.suppress(duckdb.Error):
                self._ahead = CopyAhead(self._draft(), tables)
            try:
                yield
            finally:
                self._drop_ahead()

    def publish(self, *, standing: Collection[str] | None = None) -> Published:
        with self.writer() as writer:
            tables = _marts(writer)
            if not tables:
                raise ConfigError("There are no marts to publish.", "Build them first with `fondaco run`.")
            self._snapshots.ensure()
            try:
                ahead, self._ahead = self._ahead, None
                draft = (
                    (ahead.take() if ahead else None)
                    or (self._changes_draft(standing) if standing is not None else None)
                    or self._draft()
                )
                with contextlib.closing(draft):
                    for table in tables:
                        if table not in draft.tables:
                            draft.copy(table)
                self._snapshots.adopt(draft.version, draft.base)
            except BaseException:
                self._snapshots.clean()
                raise
            if draft.base is None:
                note_whole(self.connection(), draft.version)
        return Published(draft.version, tables)

    def reader(self, *, statement_seconds: float = STATEMENT_SECONDS) -> DuckDBReader:
        reader = DuckDBReader(self._snapshots, self.settings, statement_seconds)
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        while self._readers:
            self._readers.pop().close()
        self._disconnect()

    def _enter(self) -> None:
        self.courtesy.take(self._lock.acquire)
        self._snapshots.clean()

    def _leave(self) -> None:
        try:
            self._disconnect()
        finally:
            self._lock.release()

    def _disconnect(self) -> None:
        self._drop_ahead()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _draft(self) -> Draft:
        self._snapshots.clean()
        version = new_version(self._snapshots.current())
        return Draft(self.connection(), version, self._snapshots.draft(version))

    def _changes_draft(self, standing: Collection[str]) -> Draft | None:
        """A draft of what has changed; None where all has to be published."""
        self._snapshots.clean()
        base = standing_on(self.connection())
        if base is None or not self._snapshots.path(base).is_file():
            return None
        version = new_version(self._snapshots.current())
        paths = self._snapshots.draft(version), self._snapshots.path(base)
        return ChangesDraft(self.connection(), version, paths[0], Standing(base, paths[1], standing))

    def _drop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.drop()
            self._snapshots.clean()


def _marts(writer: DuckDBWriter) -> tuple[str, ...]:
    return _names(
        writer.fetch(
            "select table_name as name from information_schema.tables"
            " where table_schema = 'marts' and table_catalog = current_database() order by 1"
        )
    )


def _columns(writer: DuckDBWriter) -> dict[str, dict[str, str]]:
    """Names and types of all columns, by table: to ask for each of a hundred tables takes a hundred times as long."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = writer.bench.execute(
        "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns"
        " where table_catalog = current_database()"
    ).fetchall()
    for table, name, kind in rows:
        found[table][name] = kind
    return found


def _create(writer: DuckDBWriter, spec: TableSpec, present: dict[str, str]) -> None:
    """Make a table, or add what it lacks to the columns that are ``present``; that grows with them."""
    if not present:
        columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in spec.columns)
        writer.execute(f"create table {spec.qualified} ({columns})")
        present.update((name, TYPES[kind].upper()) for name, kind in spec.columns)
        return
    for name, kind in spec.columns:
        if name not in present:
            writer.execute(f'alter table {spec.qualified} add column "{name}" {TYPES[kind]}')
            present[name] = TYPES[kind].upper()
        elif (found := present[name].replace(" ", "").lower()) != TYPES[kind].replace(" ", ""):
            if not grows(kind, found, TYPES):
                raise changed_type(spec, name, present[name], TYPES[kind])
            writer.execute(f'alter table {spec.qualified} alter column "{name}" type {TYPES[kind]}')
            present[name] = TYPES[kind].upper()


def grows(kind: str, present: str, types: Mapping[str, str]) -> bool:
    """Whether a column of a former release holds the same as the declared ``kind``, with fewer digits."""
    return kind == "sum" and present == types["decimal"].replace(" ", "")


def changed_type(spec: TableSpec, column: str, present: str, declared: str) -> ConfigError:
    return ConfigError(
        f"Column {column} of {spec.qualified} is {present.lower()} in the warehouse, but {declared} is declared.",
        "Rename the table, then read the source anew with `fondaco run --full-refresh`.",
    )


def _names(table: pa.Table) -> tuple[str, ...]:
    return tuple(table.column("name").to_pylist())


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """DuckDB's errors in our words, where a person can do something about them."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise ConfigError(
            "DuckDB ran out of the memory that [warehouse] memory_limit allows.",
            'Raise it in fondaco.toml, for example memory_limit = "2GB", and run `fondaco run` again.',
        ) from error
    except duckdb.Error as error:
        text = str(error)
        if "Could not set lock" in text:
            raise locked_error("program") from error
        if disk_is_full(error):
            raise RetryableError(
                f"The disk of {path.parent} is full; nothing of this step was kept in the warehouse.",
                "Free some space and run `fondaco run` again; it goes on where it stopped.",
            ) from error
        if isinstance(error, duckdb.IOException):
            raise ConfigError(
                f"DuckDB cannot use {path}: {text.splitlines()[0]}",
                "Check the file and its folder with `fondaco doctor`.",
            ) from error
        raise
