"""What every warehouse offers. One shared suite (``tests/warehouses``) holds all engines to it.

SQL handed in here names its parameters ``$name`` on every engine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

import duckdb
import pyarrow as pa

from fondaco.config import Settings
from fondaco.errors import ConfigError
from fondaco.warehouse.courtesy import Courtesy

Dialect = Literal["duckdb", "postgres"]
"""Name of the engine; also its name for sqlglot and dbt."""

STATEMENT_SECONDS = 30.0

Value = str | int | float | bool | Decimal | date | datetime | None
Params = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table that Fondaco creates itself.

    Attributes
    ----------
    columns
        Name and type word (text, bigint, decimal, sum, rate, double, bool, timestamp, date, json), in order.
    primary_key
        Columns that identify a row. Empty: rows are only ever added.
    """

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    primary_key: tuple[str, ...] = ()

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


@dataclass(frozen=True, slots=True)
class Published:
    """One published state of the marts. ``version`` sorts by time."""

    version: str
    tables: tuple[str, ...]


class Writer(Protocol):
    """The one writer of a project, while its lock is held."""

    @property
    def bench(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection to prepare rows on; the warehouse itself where that is DuckDB."""
        ...

    def execute(self, sql: str, params: Params | None = None) -> None: ...

    def fetch(self, sql: str, params: Params | None = None) -> pa.Table: ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing. Not nested."""
        ...

    def stage(self, bench_table: str, spec: TableSpec) -> str:
        """Bring a temporary table of the bench, with the columns of ``spec``, into the warehouse's own session.

        Returns the name under which SQL of this transaction finds it. Call it within ``transaction``.
        """
        ...


class Reader(Protocol):
    """Reads what is published, and nothing else. Safe for many threads; follows each publish by itself."""

    dialect: Dialect

    @property
    def version(self) -> str | None:
        """Version of the newest published state; None before the first."""
        ...

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        """Run Fondaco's own SQL over schema ``marts``.

        Raises
        ------
        ConfigError
            If nothing is published yet, or what is published lacks a table or column, for an older Fondaco built it.
        RetryableError
            If it takes longer than the time limit.
        """
        ...

    def select(self, sql: str, *, limit: int | None = None) -> pa.Table:
        """Run a stranger's SQL: one SELECT over ``marts``, at most ``limit`` rows.

        Raises
        ------
        ConfigError
            If it is anything else, or wrong.
        """
        ...

    def close(self) -> None: ...


class OutdatedError(ConfigError):
    """A table or column is asked for that what is published does not have yet."""


class Warehouse(Protocol):
    """The warehouse of one project."""

    dialect: Dialect
    settings: Settings
    courtesy: Courtesy
    """How a process that writes often makes way for others."""

    def writer(self) -> AbstractContextManager[Writer]:
        """Hold the project's writer lock. Nests within the thread that holds it.

        Raises
        ------
        RetryableError
            If another process or thread holds it.
        """
        ...

    def release(self) -> AbstractContextManager[None]:
        """Let go of the connection, not of the lock, so that dbt can open the warehouse in this process."""
        ...

    def create_schemas_and_raw_tables(self, specs: Sequence[TableSpec]) -> None:
        """Create what is missing; add columns that are new in ``specs``. Never drops anything."""
        ...

    def dbt_target(self) -> dict[str, object]:
        """The output of a dbt profile; a password appears only as a reference to the environment."""
        ...

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables that ``dbt_target`` refers to."""
        ...

    def copied_ahead(self, later: Collection[str]) -> AbstractContextManager[None]:
        """Within it, the marts but those in ``later`` are not written any more, and what comes to be published may be copied already.

        Where a copy costs nobody's time there is none. Leaving it without ``publish`` leaves nothing behind.
        """
        ...

    def publish(self, *, standing: Collection[str] | None = None) -> Published:
        """Make the present ``marts`` visible to readers, all tables at once.

        With ``standing`` only what has changed since all was published is written, where the engine can; readers see no difference.
        The tables that it names have not been written to since.
        """
        ...

    def reader(self, *, statement_seconds: float = STATEMENT_SECONDS) -> Reader:
        """A reader whose queries are stopped after ``statement_seconds``."""
        ...

    def close(self) -> None:
        """Let go of every connection, also those of the readers."""
        ...


def has_table(writer: Writer, schema: str, name: str) -> bool:
    """Whether there is a table or view of that name."""
    found = writer.fetch(
        "select 1 as one from information_schema.tables where table_schema = $schema and table_name = $name",
        {"schema": schema, "name": name},
    )
    return bool(found.num_rows)
