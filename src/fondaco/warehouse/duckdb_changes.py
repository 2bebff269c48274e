"""Publishing what has changed: a small snapshot file that stands on the last one with all rows.

Large tables hold in it the rows of orders, or sums of days, that changed since; a view of the table's name puts them in the place of the
former ones. All other tables are whole. ``core.unpublished_orders`` says what changed, and since which version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fondaco.warehouse.duckdb_publish import Draft
from fondaco.warehouse.published_layout import BY_DAY, BY_ORDER

MOST_CHANGES = 100_000
"""Orders, or days of shops, beyond which all rows are published: the changes would be asked for with every question."""

_ORDERS, _DAYS = "core.unpublished_orders", "core.unpublished_days"
_KEYS = {**dict.fromkeys(BY_ORDER, ("tenant_id", "order_id")),
         **dict.fromkeys(BY_DAY, ("tenant_id", "connection_id", "order_date"))}  # fmt: skip


def standing_on(warehouse: duckdb.DuckDBPyConnection) -> str | None:
    """The published version on which a smaller one may stand: the last with all rows, if it is known what changed since, and little did."""
    if len(_present(warehouse, "core", [_ORDERS, _DAYS])) < 2:
        return None
    [(version, versions, orders)] = warehouse.execute(
        f"select max(version), count(version), count(*) from {_ORDERS}"
    ).fetchall()
    [(days,)] = warehouse.execute(f"select count(*) from {_DAYS}").fetchall()
    is_known = versions == 1 and max(orders, days) <= MOST_CHANGES
    return str(version) if is_known else None


def note_whole(warehouse: duckdb.DuckDBPyConnection, version: str) -> None:
    """``version`` has all rows: changes count from now on. A kill before it leaves more changes than there are, over an older version."""
    if len(_present(warehouse, "core", [_ORDERS, _DAYS])) < 2:
        return
    warehouse.begin()
    try:
        warehouse.execute(f"delete from {_ORDERS}")
        warehouse.execute(f"delete from {_DAYS}")
        warehouse.execute(f"insert into {_ORDERS} (version) values ($version)", {"version": version})
        warehouse.commit()
    except BaseException:
        warehouse.rollback()
        raise


@dataclass(frozen=True, slots=True)
class Standing:
    """A published version with all rows, its file, and the tables that nobody has written to since."""

    version: str
    path: Path
    tables: Collection[str]


class ChangesDraft(Draft):
    """A snapshot file in which large tables are views over another one and what has changed since."""

    def __init__(
        self, warehouse: duckdb.DuckDBPyConnection, version: str, path: Path, base: Standing
    ) -> None:
        super().__init__(warehouse, version, path)
        self.base = base.version
        self._standing = base.tables
        self._views: list[str] = []
        try:
            quoted = str(base.path).replace("'", "''")
            self._cursor.execute(f"attach '{quoted}' as base (type duckdb, read_only)")
            self._cursor.execute("create schema publishing.newer")
            for name, source in (("orders_changed", _ORDERS), ("days_changed", _DAYS)):
                self._cursor.execute(
                    f"create table publishing.newer.{name} as select distinct * from {source}"
                )
            wanted = [f"marts.{name}" for name in (*_KEYS, *base.tables)]
            self._in_base = _present(self._cursor, "marts", wanted, "base")
            self._ready = _present(self._cursor, "core", [f"core.newer_{name}" for name in _KEYS])
            self._known = _marts(self._cursor)
        except BaseException:
            self.close()
            raise

    def copy(self, table: str) -> None:
        """Copy a table of ``marts`` whole, or what has changed of it."""
        if f"marts.{table}" not in self._in_base:
            super().copy(table)
            return
        columns = ", ".join(f'"{name}"' for name in self._columns(table))
        former = f'create view marts."{table}" as select {columns} from base.marts."{table}" as former'
        self._views.append(former if table in self._standing else former + self._copy_changes(table, columns))
        self.tables.add(table)

    def _copy_changes(self, table: str, columns: str) -> str:
        """Copy the rows that changed; what puts them in the place of the former ones."""
        keys = _KEYS[table]
        changed = f"newer.{'orders_changed' if table in BY_ORDER else 'days_changed'}"
        ready = f"core.newer_{table}"
        if ready in self._ready:
            rows = f"select * from {ready}"
        else:
            names = ", ".join(keys)
            # Two questions: asked as one, with "or", every row of all years is compared with every change.
            rows = (
                f'select * from marts."{table}" where ({names}) in (select {names} from publishing.{changed})'
                f' union all select * from marts."{table}" where {keys[-1]} is null'
            )
        self._cursor.execute(f'create table publishing.newer."{table}" as {rows}')
        same = " and ".join(f"changed.{key} = former.{key}" for key in keys)
        return (
            f" where {keys[-1]} is not null and not exists (select 1 from {changed} as changed where {same})"
            f' union all select {columns} from newer."{table}"'
        )

    def _columns(self, table: str) -> list[str]:
        """Of all tables asked for at once: the catalog takes as long to tell of one."""
        return self._known[table]

    def close(self) -> None:
        """Make the views, write the file to its end and let go of both."""
        try:
            with self._within_file():
                while self._views:
                    self._cursor.execute(self._views.pop())
        finally:
            try:
                self._cursor.execute("detach database if exists base")
            finally:
                super().close()

    @contextmanager
    def _within_file(self) -> Iterator[None]:
        """Names without a catalog are those of the file: it is opened under another name than it is written."""
        if not self._views:
            yield
            return
        [(warehouse,)] = self._cursor.execute("select current_database()").fetchall()
        self._cursor.execute("use publishing")
        try:
            yield
        finally:
            self._cursor.execute(f'use "{warehouse}"')


def _present(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[str], catalog: str | None = None
) -> set[str]:
    """Which of these tables or views there are, by their names with the schema; None: in the connection's own catalog."""
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_schema = $schema"
        " and table_catalog = coalesce($catalog, current_database())",
        {"schema": schema, "catalog": catalog},
    ).fetchall()
    return {name for (name,) in rows} & set(tables)


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of all tables and views of ``marts``, in their order."""
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where schema_name = 'marts' and database_name = current_database() group by all"
    ).fetchall()
    return dict(rows)
