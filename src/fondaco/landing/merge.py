"""Merge a shredded slice into the raw tables, in one transaction over all of them.

A row replaces the row with the same key unless that one comes from a later slice. So loading a slice twice, or slices in
another order than they were opened, ends the same. See docs/decisions/0001-landing.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from fondaco.landing.raw import raw_spec
from fondaco.landing.setting_aside import same
from fondaco.landing.shred import shredded_name
from fondaco.landing.spool import Spooled
from fondaco.sources.stream import Stream, Table
from fondaco.warehouse.engine import TableSpec, Value, Writer

_OURS = "t.tenant_id = $tenant_id and t.connection_id = $connection_id"


class Merge:
    """One slice's merge, within a transaction that the caller holds."""

    def __init__(self, writer: Writer, stream: Stream, spooled: Spooled, tenant_id: str) -> None:
        self._writer = writer
        self._stream = stream
        self._source = spooled.source
        self._part = spooled.slice
        self._params: Mapping[str, Value] = {
            "tenant_id": tenant_id,
            "connection_id": spooled.connection_id,
            "synced_at": spooled.synced_at,
        }
        self._staged: dict[str, str] = {}

    def run(self) -> dict[str, int]:
        """Merge all tables; how many rows each got."""
        self.forget_days()
        counts = {table.name: self._count(table) for table in self._stream.tables}
        filled = [table for table in self._stream.tables if counts[table.name]]
        if not filled:
            return counts
        main = self._stream.tables[0]
        if self._drops_missing and self._any(f"select 1 {self._later(main)} limit 1"):
            # A later reading has said how things stand, also by what it does not have.
            return dict.fromkeys(counts, 0)
        for table in dict.fromkeys((main, *filled)):
            self._staged[table.name] = self._stage(table)
        self._drop_outdated(filled)
        loaded = counts | {table.name: self._replace(table) for table in filled}
        for table in self._stream.tables:
            if table.parent_key:
                self._remove_vanished(table)
        return loaded

    def forget_days(self) -> None:
        """Remove what earlier slices had of the days of this one: the vendor has restated them, also to nothing."""
        part = self._part
        if not self._stream.day_column or part.since is None or part.until is None:
            return
        for table in self._stream.tables:
            if self._stream.day_column in {column.name for column in table.columns}:
                self._writer.execute(
                    f"delete from {raw_spec(self._source, table).qualified} as t where {_OURS}"
                    f' and t._synced_at < $synced_at and t."{self._stream.day_column}" >= $first_day'
                    f' and t."{self._stream.day_column}" < $day_after',
                    {**self._params, "first_day": part.since.date(), "day_after": part.until.date()},
                )

    def remove_missing(self) -> None:
        """Remove rows that this reading of everything no longer has, if the stream is one that says how things stand."""
        if not self._drops_missing:
            return
        for table in self._stream.tables:
            self._writer.execute(
                f"delete from {raw_spec(self._source, table).qualified} as t where {_OURS} and t._synced_at < $synced_at",
                self._params,
            )

    @property
    def _drops_missing(self) -> bool:
        return self._stream.drops_missing and self._part.since is None

    def _later(self, main: Table) -> str:
        return f"from {raw_spec(self._source, main).qualified} t where {_OURS} and t._synced_at > $synced_at"

    def _stage(self, table: Table) -> str:
        spec = raw_spec(self._source, table)
        own = [(name, kind) for name, kind in spec.columns if name in {c.name for c in table.columns}]
        staged = TableSpec("", shredded_name(table), (*own, ("_extra", "json")))
        return self._writer.stage(shredded_name(table), staged)

    def _count(self, table: Table) -> int:
        [(count,)] = self._writer.bench.execute(f"select count(*) from {shredded_name(table)}").fetchall()
        return int(count)

    def _drop_outdated(self, filled: list[Table]) -> None:
        """Leave out records of which the warehouse has a later version, and everything that belongs to them."""
        main = self._stream.tables[0]
        later = self._later(main)
        if not self._any(f"select 1 {later} limit 1"):
            return
        for table, owner in [
            *((child, child.parent_key) for child in filled if child.parent_key),
            (main, main.primary_key),
        ]:
            staged = self._staged[table.name]
            matching = same(owner, main.primary_key, "s", "t")
            self._writer.execute(
                f"delete from {staged} as s where exists (select 1 {later} and {matching})", self._params
            )

    def _replace(self, table: Table) -> int:
        spec, staged = raw_spec(self._source, table), self._staged[table.name]
        if self._any(f"select 1 from {spec.qualified} t where {_OURS} limit 1"):
            matching = same(table.primary_key, table.primary_key, "t", "s")
            # A table without a parent is checked row by row here; the others were checked with their main record.
            self._writer.execute(
                f"delete from {staged} as s where exists (select 1 from {spec.qualified} t"
                f" where {_OURS} and t._synced_at > $synced_at and {matching})",
                self._params,
            )
            self._writer.execute(
                f"delete from {spec.qualified} as t using {staged} as s where {_OURS} and {matching}",
                {name: self._params[name] for name in ("tenant_id", "connection_id")},
            )
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        self._writer.execute(
            f"insert into {spec.qualified} (tenant_id, connection_id, {columns}, _synced_at, _extra)"
            f" select $tenant_id, $connection_id, {columns}, cast($synced_at as timestamp), _extra from {staged}",
            self._params,
        )
        return int(self._writer.fetch(f"select count(*) as n from {staged}").column("n")[0].as_py())

    def _remove_vanished(self, table: Table) -> None:
        """Rows of older slices whose parent came with this one, which no longer has them."""
        main = self._stream.tables[0]
        matching = same(table.parent_key, main.primary_key, "t", "s")
        self._writer.execute(
            f"delete from {raw_spec(self._source, table).qualified} as t using {self._staged[main.name]} as s"
            f" where {_OURS} and t._synced_at < $synced_at and {matching}",
            self._params,
        )

    def _any(self, sql: str) -> bool:
        used = {name: value for name, value in self._params.items() if f"${name}" in sql}
        return bool(self._writer.fetch(sql, used).num_rows)
