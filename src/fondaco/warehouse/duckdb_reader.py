"""Reads published snapshots: read-only files, no access to anything outside them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from fondaco.config import Settings
from fondaco.duckdb_session import disk_is_full, prepare
from fondaco.errors import ConfigError, FatalError, RetryableError
from fondaco.warehouse.engine import Dialect, OutdatedError, Params
from fondaco.warehouse.interrupting import AbandonedError, is_abandoned, running
from fondaco.warehouse.snapshots import SnapshotFolder


class _Snapshot:
    """One open version, and how many queries are using it."""

    def __init__(self, version: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.version = version
        self.connection = connection
        self.users = 0
        self.retired = False


class DuckDBReader:
    """A cursor for each query on the newest version; an older version is closed when its last query has ended."""

    dialect: Dialect = "duckdb"

    def __init__(self, snapshots: SnapshotFolder, settings: Settings, statement_seconds: float) -> None:
        self._snapshots = snapshots
        self._settings = settings
        self._seconds = statement_seconds
        self._lock = threading.Lock()
        self._open: _Snapshot | None = None

    @property
    def version(self) -> str | None:
        return self._snapshots.current()

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        with self._cursor() as cursor:
            try:
                return cursor.sql(sql, params=dict(params) if params else None).to_arrow_table()
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                if _is_lack(error):
                    raise outdated() from error
                raise

    def select(self, sql: str, *, limit: int | None = None) -> pa.Table:
        with self._cursor() as cursor:
            try:
                statements = cursor.extract_statements(sql)
                if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                    raise not_a_select()
                relation = cursor.sql(statements[0].query)
                return (relation if limit is None else relation.limit(limit)).to_arrow_table()
            except duckdb.InterruptException:
                raise
            except duckdb.Error as error:
                if disk_is_full(error) or _is_damage(error):
                    raise
                raise refused(str(error)) from error

    def close(self) -> None:
        with self._lock:
            self._retire()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        snapshot = self._enter()
        try:
            cursor = snapshot.connection.cursor()
            watch = threading.Timer(self._seconds, cursor.interrupt)
            watch.daemon = True
            watch.start()
            try:
                with running(cursor.interrupt):
                    yield cursor
            except duckdb.InterruptException as error:
                if is_abandoned():
                    raise AbandonedError from error
                raise too_slow(self._seconds) from error
            except duckdb.Error as error:
                if disk_is_full(error):
                    raise no_room(self._settings.data) from error
                if _is_damage(error):
                    raise damaged() from error
                raise
            finally:
                watch.cancel()
                cursor.close()
        finally:
            self._leave(snapshot)

    def _enter(self) -> _Snapshot:
        with self._lock:
            # The version may be removed between reading its name and opening it, when several are published at once.
            for attempt in range(5):
                version = self._snapshots.current()
                if version is None:
                    raise nothing_published()
                if self._open is None or self._open.version != version:
                    try:
                        opened = _Snapshot(version, self._connect(version))
                    except duckdb.Error as error:
                        if attempt == 4 or not isinstance(error, duckdb.IOException):
                            raise damaged() from error
                        continue
                    self._retire()
                    self._open = opened
                break
            assert self._open is not None
            self._open.users += 1
            return self._open

    def _leave(self, snapshot: _Snapshot) -> None:
        with self._lock:
            snapshot.users -= 1
            if snapshot.retired and snapshot.users == 0:
                snapshot.connection.close()

    def _retire(self) -> None:
        if self._open is not None:
            self._open.retired = True
            if self._open.users == 0:
                self._open.connection.close()
            self._open = None

    def _connect(self, version: str) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            str(self._snapshots.path(version)),
            read_only=True,
            config={
                "memory_limit": self._settings.warehouse.memory_limit,
                "threads": self._settings.warehouse.threads,
                "temp_directory": str(self._settings.data / "tmp"),
                "autoinstall_known_extensions": False,
            },
        )
        try:
            prepare(connection)
            base = self._snapshots.base(version)
            if base is not None:
                quoted = str(self._snapshots.path(base)).replace("'", "''")
                connection.execute(f"attach '{quoted}' as base (type duckdb, read_only)")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        except BaseException:
            connection.close()
            raise
        return connection


def nothing_published() -> ConfigError:
    return ConfigError("Nothing is published yet.", "Build and publish with `fondaco run` first.")


def _is_lack(error: duckdb.Error) -> bool:
    """Whether the published file lacks a table or a column that Fondaco's own SQL asks for."""
    text = str(error)
    return (
        isinstance(error, duckdb.CatalogException)
        or "does not have a column" in text
        or "Referenced column" in text
    )


def outdated() -> OutdatedError:
    return OutdatedError(
        "What is published was built by another version of Fondaco: a table or column of it is missing.",
        "Build and publish anew with `fondaco run`.",
    )


def _is_damage(error: duckdb.Error) -> bool:
    """Whether the file, and not the query, is to blame."""
    kinds = (
        duckdb.IOException,
        duckdb.SerializationException,
        duckdb.InternalException,
        duckdb.FatalException,
    )
    return isinstance(error, kinds) or "orrupt" in str(error)


def damaged() -> FatalError:
    return FatalError(
        "The published figures cannot be read: their file is damaged or gone.",
        "Publish them anew with `fondaco run --step publish`; nothing else is lost.",
    )


def no_room(folder: Path) -> RetryableError:
    return RetryableError(
        f"The query needs more room than is left on the disk of {folder}.",
        "Free some space, or ask for a shorter period, then try again.",
    )


def not_a_select() -> ConfigError:
    return ConfigError(
        "Only a single SELECT may be run here.",
        'Write one query over schema marts, for example `fondaco sql "select count(*) from marts.orders"`.',
    )


def refused(reason: str) -> ConfigError:
    first = reason.strip().splitlines()[0]
    return ConfigError(
        f"The query cannot be run: {first}", "Correct it; `fondaco sql` reads schema marts only."
    )


def too_slow(seconds: float) -> RetryableError:
    return RetryableError(
        f"The query took longer than {seconds:g} seconds and was stopped.",
        "Ask for a shorter period or fewer columns, then try again.",
    )
