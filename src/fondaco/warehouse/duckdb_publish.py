"""Writing a snapshot file: table by table, and as far as that can be done beforehand in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from fondaco.warehouse.published_layout import looked_up_by, ordered_by


class Draft:
    """A snapshot file that is being written, over a cursor of its own to the open warehouse.

    Attributes
    ----------
    base
        The version on which it stands; None for a file that has all rows.
    tables
        What has been copied.
    """

    def __init__(self, warehouse: duckdb.DuckDBPyConnection, version: str, path: Path) -> None:
        self.version = version
        self.base: str | None = None
        self.tables: set[str] = set()
        self._cursor = warehouse.cursor()
        quoted = str(path).replace("'", "''")
        try:
            self._cursor.execute(f"attach '{quoted}' as publishing (type duckdb)")
            self._cursor.execute("create schema publishing.marts")
        except BaseException:
            self.close()
            raise

    def copy(self, table: str) -> None:
        """Copy a table or view of ``marts``, as it should lie and with its indexes."""
        columns = self._columns(table)
        day = ordered_by(table, columns)
        order = f" order by {day}" if day else ""
        self._cursor.execute(f'create table publishing.marts."{table}" as from marts."{table}"{order}')
        for index, column in looked_up_by(table, columns, leaves_out_blocks=True):
            self._cursor.execute(f'create index {index} on publishing.marts."{table}" ({column})')
        self.tables.add(table)

    def interrupt(self) -> None:
        """Let a ``copy`` of another thread fail at once."""
        self._cursor.interrupt()

    def close(self) -> None:
        """Write the file to its end and let go of it."""
        try:
            self._cursor.execute("detach database if exists publishing")
        finally:
            self._cursor.close()

    def _columns(self, table: str) -> list[str]:
        rows = self._cursor.execute(
            "select column_name from information_schema.columns where table_schema = 'marts'"
            " and table_name = $table and table_catalog = current_database()",
            {"table": table},
        ).fetchall()
        return [name for (name,) in rows]


class CopyAhead:
    """Tables that are copied into a draft while the warehouse is used for something else.

    What goes wrong is kept to itself: whoever publishes finds no draft, and begins anew.
    """

    def __init__(self, draft: Draft, tables: Sequence[str]) -> None:
        self._draft: Draft | None = draft
        self._is_whole = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._copy, args=(draft, tables), name="copying marts", daemon=True
        )
        self._thread.start()

    def take(self) -> Draft | None:
        """The draft with all the tables, once they are copied; from then on it is the taker's to close."""
        self._thread.join()
        if not self._is_whole:
            self.drop()
        draft, self._draft = self._draft, None
        return draft

    def drop(self) -> None:
        """Stop copying and let go of the file. Does nothing to a draft that was taken."""
        draft, self._draft = self._draft, None
        if draft is None:
            return
        self._stopped.set()
        draft.interrupt()
        self._thread.join()
        with suppress(duckdb.Error):
            draft.close()

    def _copy(self, draft: Draft, tables: Sequence[str]) -> None:
        with suppress(duckdb.Error):
            for table in tables:
                if self._stopped.is_set():
                    return
                draft.copy(table)
            self._is_whole = True
