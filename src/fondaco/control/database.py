"""The engine under the control plane: SQLite with WAL, or PostgreSQL, brought to the newest migration."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from fondaco.errors import ConfigError, FondacoError, RetryableError

HEAD = "0011_stock_decisions"
"""The newest migration in ``migrations/versions``; a test holds the two together."""

_BUSY_TIMEOUT_MS = 15_000
_MIGRATION_LOCK = 7_266_321
_ONE_MIGRATION = threading.Lock()


class Database:
    """Sessions over the control database; ``writing`` takes SQLite's write lock at once, ``reading`` never does."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._write_engine = self._engine.execution_options(fondaco_writes=True)
        self._reader = sessionmaker(self._engine, expire_on_commit=False)
        self._writer = sessionmaker(self._write_engine, expire_on_commit=False)
        self._where = self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is closed without a commit."""
        with self._told(), self._reader() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an error."""
        with self._told(), self._writer.begin() as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables to ``HEAD``; does nothing, fast, when they are there."""
        with self._told():
            if self._revision() == HEAD:
                return
            # Alembic keeps its context in the module; other processes are kept out by the write lock.
            with _ONE_MIGRATION, self._write_engine.begin() as connection:
                _upgrade(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("select version_num from alembic_version"))
            return revision

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # A file that is no database raises DBAPI's plain DatabaseError.
            broken = isinstance(error, OperationalError) or type(error) is DatabaseError
            if broken or error.connection_invalidated:
                raise self._unusable(error) from error
            raise

    def _unusable(self, error: DBAPIError) -> FondacoError:
        reason = str(error.orig).strip().splitlines()[0]
        if "locked" in reason:
            return RetryableError(
                f"The control database {self._where} is locked by another process.",
                "Wait for the other command to end, then try again.",
            )
        return ConfigError(
            f"The control database {self._where} cannot be used: {reason}.",
            "Check [control] url in fondaco.toml, that the server runs and the disk has room; then `fondaco doctor`.",
        )


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None if the database is of another kind, or in memory.

    Raises
    ------
    ConfigError
        If the address is no SQLAlchemy URL.
    """
    parsed = _parsed(url)
    in_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if in_file else None


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise _no_address() from error


def _no_address() -> ConfigError:
    return ConfigError(
        "[control] url is not an address of SQLite or PostgreSQL.",
        'Write it as "postgresql://user:password@host:5432/database" or leave it out for SQLite.',
    )


def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    try:
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise NoSuchModuleError(parsed.drivername)
        if file := sqlite_file(url):
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError) as error:
        raise _no_address() from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that DDL is transactional too
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("fondaco_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", "fondaco.control:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
