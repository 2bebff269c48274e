"""The door of the warehouse: spool a slice, then load it. docs/architecture.md tells the life of a record."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa

from fondaco.clock import Clock, utc_now
from fondaco.errors import FatalError
from fondaco.landing.merge import Merge
from fondaco.landing.numbers import unmark
from fondaco.landing.raw import OWN, QUARANTINE, QUARANTINE_SLICE, TOMBSTONES, raw_spec
from fondaco.landing.setting_aside import drop_rejected, keep_last, reject_families, same
from fondaco.landing.shred import Shredder, lines_of
from fondaco.landing.spool import Progress, Spool, Spooled
from fondaco.sources.source import Source
from fondaco.sources.source import source_types as installed_sources
from fondaco.sources.stream import Page, Slice, Stream, Tombstone
from fondaco.warehouse.engine import TableSpec, Value, Warehouse, Writer

_ARROW = {
    "text": pa.string(),
    "json": pa.string(),
    "bigint": pa.int64(),
    "decimal": pa.decimal128(18, 6),
    "rate": pa.decimal128(18, 9),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}


@dataclass(frozen=True, slots=True)
class LandResult:
    """What became of a slice.

    Attributes
    ----------
    extracted
        Records that the slice delivered.
    loaded
        Rows merged, by table.
    quarantined
        Records set aside in ``raw.fondaco__quarantine``.
    drifted
        ``table.field`` that arrived but is not declared; its values are in ``_extra``.
    """

    extracted: int
    loaded: Mapping[str, int]
    quarantined: int
    drifted: tuple[str, ...]
    seconds: float


class Landing:
    """Lands slices of one tenant.

    Parameters
    ----------
    spool_folder
        Where slices wait on disk until they are loaded.
    """

    def __init__(
        self, warehouse: Warehouse, spool_folder: Path, tenant_id: str, clock: Clock = utc_now
    ) -> None:
        self._warehouse = warehouse
        self._spool = Spool(spool_folder, clock)
        self._tenant_id = tenant_id
        self._clock = clock
        self._streams: dict[tuple[str, str], Stream] = {}

    def create_tables(self, source_types: Mapping[str, type[Source]] | None = None) -> None:
        """Create all declared raw tables, empty; by default those of all installed sources."""
        types = installed_sources() if source_types is None else source_types
        specs = []
        for name, kind in types.items():
            for stream in kind.streams:
                self._streams[name, stream.name] = stream
                specs += [raw_spec(name, table) for table in stream.tables]
        # Streams may share a table, when they read the same records in two ways.
        self._warehouse.create_schemas_and_raw_tables([*OWN, *dict.fromkeys(specs)])

    def spool(
        self,
        connection_id: str,
        source_name: str,
        stream: Stream,
        part: Slice,
        pages: Iterable[Page],
        *,
        progress: Progress | None = None,
    ) -> Spooled:
        """Write a slice to disk, whole or not at all. Ends when ``pages`` ends; raises what it raises."""
        self._streams[source_name, stream.name] = stream
        return self._spool.write(connection_id, source_name, stream, part, pages, progress=progress)

    def pending(self, connection_id: str | None = None) -> list[Spooled]:
        """Slices on disk that are not loaded, in the order in which they were opened."""
        return self._spool.pending(connection_id)

    def load(self, spooled: Spooled) -> LandResult:
        """Merge a slice into the raw tables, in one transaction, and remove it from the spool.

        Loading the same slice again changes nothing. Raw tables must exist (``create_tables``).
        """
        started = time.monotonic()
        stream = self._stream(spooled)
        if not spooled.portions:
            return self._load_nothing(spooled, stream, started)
        with self._warehouse.writer() as writer, closing(Shredder(writer.bench, stream, spooled)) as shredder:
            shredder.run()
            if _has_rejected(writer.bench):
                reject_families(writer.bench, stream)
                drop_rejected(writer.bench, stream)
            keep_last(writer.bench, stream)
            aside = self._set_aside(writer.bench, spooled, stream)
            with writer.transaction():
                merge = Merge(writer, stream, spooled, self._tenant_id)
                loaded = merge.run()
                if not aside.num_rows:
                    merge.remove_missing()
                self._write_quarantine(writer, spooled, aside)
        self._spool.remove(spooled)
        return LandResult(
            extracted=spooled.records,
            loaded=loaded,
            quarantined=aside.num_rows,
            drifted=tuple(sorted(shredder.drifted)),
            seconds=time.monotonic() - started,
        )

    def _load_nothing(self, spooled: Spooled, stream: Stream, started: float) -> LandResult:
        """A slice without a record, as most are of a shop that is read often: it costs no table of its own."""
        with self._warehouse.writer() as writer, writer.transaction():
            Merge(writer, stream, spooled, self._tenant_id).forget_days()
            self._write_quarantine(writer, spooled, pa.table({}))
        self._spool.remove(spooled)
        loaded = dict.fromkeys((table.name for table in stream.tables), 0)
        return LandResult(spooled.records, loaded, 0, (), time.monotonic() - started)

    def land_tombstones(self, connection_id: str, tombstones: Iterable[Tombstone]) -> int:
        """Note deletions; how many. The same one again changes nothing."""
        now = self._now()
        rows = [
            {
                "tenant_id": self._tenant_id,
                "connection_id": connection_id,
                "stream": tombstone.stream,
                "record_id": tombstone.record_id,
                "deleted_at": tombstone.deleted_at.astimezone(UTC).replace(tzinfo=None),
                "found_by": tombstone.found_by,
                "_synced_at": now,
            }
            for tombstone in tombstones
        ]
        # A record may be found deleted in two ways at once; the first word counts.
        first = {(row["stream"], row["record_id"]): row for row in reversed(rows)}
        self.land_rows(TOMBSTONES.name, list(first.values()))
        return len(first)

    def land_rows(self, table_name: str, rows: pa.Table | Sequence[Mapping[str, Value]]) -> int:
        """Merge rows by key into one of Fondaco's own raw tables, such as ``fondaco__tenants``."""
        spec = next((spec for spec in OWN if spec.name == table_name), None)
        if spec is None:
            raise FatalError(
                f"raw.{table_name} is not one of Fondaco's own tables.",
                "Report this with the command that you ran.",
            )
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in spec.columns])
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=schema)
        if table.num_rows == 0:
            return 0
        with self._warehouse.writer() as writer, writer.transaction():
            _replace(writer, spec, table.select(schema.names).cast(schema))
        return int(table.num_rows)

    def close(self) -> None:
        """Nothing stays open between calls; here so that a project can close its parts alike."""

    def _stream(self, spooled: Spooled) -> Stream:
        key = (spooled.source, spooled.stream)
        if key not in self._streams:
            kind = installed_sources().get(spooled.source)
            for stream in kind.streams if kind else ():
                self._streams[spooled.source, stream.name] = stream
        if key not in self._streams:
            raise FatalError(
                f"A slice of {spooled.source}.{spooled.stream} is spooled, but no installed source has that stream.",
                f"Install the package of {spooled.source} again, or remove {spooled.folder}, and run `fondaco run`.",
            )
        return self._streams[key]

    def _set_aside(self, bench: duckdb.DuckDBPyConnection, spooled: Spooled, stream: Stream) -> pa.Table:
        """Quarantine rows: one a rejected line, with the first reason found."""
        found = bench.execute(
            "select _line, arg_min(table_name, rowid), arg_min(reason, rowid) from rejected group by _line order by _line"
        ).fetchall()
        reasons = {line: (table or stream.tables[0].name, reason) for line, table, reason in found}
        now = self._now()
        rows = [
            {
                "tenant_id": self._tenant_id,
                "connection_id": spooled.connection_id,
                "source": spooled.source,
                "stream": spooled.stream,
                "table_name": reasons[line][0],
                "slice_id": spooled.slice.id,
                "record": unmark(text),
                "reason": reasons[line][1],
                "quarantined_at": now,
            }
            for line, text in lines_of(spooled, set(reasons))
        ]
        return pa.Table.from_pylist(rows, schema=pa.schema([(n, _ARROW[k]) for n, k in QUARANTINE.columns]))

    def _write_quarantine(self, writer: Writer, spooled: Spooled, rows: pa.Table) -> None:
        writer.execute(
            f"delete from {QUARANTINE.qualified} where tenant_id = $tenant_id and connection_id = $connection_id"
            " and source = $source and stream = $stream and slice_id = $slice_id",
            {
                "tenant_id": self._tenant_id,
                "connection_id": spooled.connection_id,
                "source": spooled.source,
                "stream": spooled.stream,
                "slice_id": spooled.slice.id,
            },
        )
        if rows.num_rows:
            _replace(writer, QUARANTINE, rows)

    def _now(self) -> Value:
        return self._clock().astimezone(UTC).replace(tzinfo=None)


def _has_rejected(bench: duckdb.DuckDBPyConnection) -> bool:
    return bool(bench.execute("select 1 from rejected limit 1").fetchall())


def _replace(writer: Writer, spec: TableSpec, rows: pa.Table) -> None:
    """Delete what has the same key, then insert. Within a transaction."""
    key = QUARANTINE_SLICE if spec is QUARANTINE else spec.primary_key
    bench, name = writer.bench, f"landing_{spec.name}"
    bench.register("landing_rows", rows)
    try:
        bench.execute(f"create or replace temporary table {name} as from landing_rows")
    finally:
        bench.unregister("landing_rows")
    staged = writer.stage(name, TableSpec("", name, spec.columns))
    columns = ", ".join(f'"{column}"' for column in spec.column_names)
    writer.execute(f"delete from {spec.qualified} as t using {staged} as s where {same(key, key, 't', 's')}")
    writer.execute(f"insert into {spec.qualified} ({columns}) select {columns} from {staged}")
    bench.execute(f"drop table {name}")
