"""Cut a slice's lines into the typed rows of its tables, on the bench.

Portion by portion, lines become a temporary table ``spool_lines``; its objects are inspected for fields that nobody declared;
then each table's rows are appended to a temporary table ``shredded_<table>`` with the declared
columns, ``_extra``, and ``_line``, the number of the line they came from. Lines that cannot be taken are gathered in
``rejected`` with the reason.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from fondaco.landing.plan import (
    Group,
    Level,
    Place,
    groups,
    json_path,
    levels,
    literal,
    misfit_reason,
    segments,
    where_column,
)
from fondaco.landing.rows import Rows
from fondaco.landing.spool import Spooled
from fondaco.sources.stream import Stream, Table

LINES_PER_PORTION = 1 << 40
"""Line numbers of portion n start at n times this."""

_READ_BYTES = 1 << 20
_LARGEST_RECORD = 16 << 20  # DuckDB's own default; raised for slices that hold more


def shredded_name(table: Table) -> str:
    return f"shredded_{table.name}"


class Shredder:
    """Shreds one slice on a bench. ``close`` drops its temporary tables."""

    def __init__(self, bench: duckdb.DuckDBPyConnection, stream: Stream, spooled: Spooled) -> None:
        self._bench = bench
        self._stream = stream
        self._spooled = spooled
        self._size = max(_LARGEST_RECORD, spooled.longest + 1)
        self._levels = levels(stream)
        self._groups = {(group.where, group.each): group for group in groups(stream)}
        self.drifted: set[str] = set()

    def run(self) -> None:
        """Shred all portions of the slice."""
        # DuckDB would rewrite all temporary tables now and then, to make them small: they live too short for that.
        self._bench.execute("set checkpoint_threshold = '1TB'")
        self._bench.execute(
            "create or replace temporary table rejected (_line bigint, table_name varchar, reason varchar, record varchar)"
        )
        self._bench.execute(f"create or replace temporary table spool_lines ({self._line_columns()})")
        for place, level in self._levels.items():
            if level.create:
                self._bench.execute(level.create)
            for table in self._tables_at(place):
                self._bench.execute(
                    f"create or replace temporary table {shredded_name(table)} as {self._cut(table, level, frozenset())}"
                )
        for number, files in enumerate(self._spooled.portions):
            self._shred_portion(number, files)
        for table in self._stream.tables:
            self._bench.execute(
                f"insert into rejected select _line, {literal(table.name)}, _fault, null"
                f" from {shredded_name(table)} where _fault is not null"
            )
        self._bench.execute("drop table spool_lines")

    def _shred_portion(self, number: int, files: Sequence[Path]) -> None:
        present = self._read(number, files)
        for place, level in self._levels.items():
            if level.create is None and (place[0] is None or place[0] in present):
                self._take(number, place, level)
        self._reject_kinds_without_table(number)

    def _take(self, number: int, place: Place, level: Level) -> None:
        """Inspect the objects of a level, cut its tables' rows, and go on with the lists that they hold."""
        fields = self._inspect(number, place, level)
        for table in self._tables_at(place):
            self._bench.execute(
                f"insert into {shredded_name(table)} select * replace (_line + {number * LINES_PER_PORTION} as _line)"
                f" from ({self._cut(table, level, fields)})"
            )
        inner = {
            further: deeper
            for further, deeper in self._levels.items()
            if further[0] == place[0] and further[1] and further[1][:-1] == place[1]
        }
        for deeper in inner.values():
            if deeper.create:
                self._bench.execute(deeper.create)
        if level.handed_on:
            self._bench.execute(f"truncate {level.handed_on}")
        for further, deeper in inner.items():
            if self._bench.execute(f"select 1 from {deeper.source} limit 1").fetchall():
                self._take(number, further, deeper)

    def _tables_at(self, place: Place) -> list[Table]:
        return [table for table in self._stream.tables if (table.where, table.each) == place]

    def _cut(self, table: Table, level: Level, fields: frozenset[str]) -> str:
        """SQL for a table's rows. The first table of a level leaves behind what it hands on to the levels further in."""
        first = table is self._tables_at((table.where, table.each))[0]
        rows = Rows(
            table,
            level,
            fields,
            sorted(fields - self._groups[table.where, table.each].known),
            marked=self._spooled.marked,
            has_nul=self._spooled.has_nul,
            hands_on=first and level.handed_on is not None,
        )
        if not rows.handed_on:
            return rows.sql()
        self._bench.execute(f"create or replace temporary table {level.handed_on} as {rows.sql()}")
        return f"select * exclude ({', '.join(rows.handed_on)}) from {level.handed_on}"

    def close(self) -> None:
        between = [level.source for level in self._levels.values() if level.create]
        between += [level.handed_on for level in self._levels.values() if level.handed_on]
        for name in ("spool_lines", "rejected", *between, *map(shredded_name, self._stream.tables)):
            self._bench.execute(f"drop table if exists temp.{name}")
        self._bench.execute("reset checkpoint_threshold")

    def records(self, files: Sequence[Path]) -> str:
        """SQL for the objects of files, one row a line, null where a line is no JSON."""
        names = ", ".join(literal(str(path)) for path in files)
        return f"read_ndjson_objects([{names}], ignore_errors = true, maximum_object_size = {self._size})"

    def _line_columns(self) -> str:
        return ", ".join(
            [
                "json json",
                "is_object boolean",
                *(f"{where_column(path)} varchar" for path in self._where_paths()),
            ]
        )

    def _where_paths(self) -> list[str]:
        return sorted({table.where[0] for table in self._stream.tables if table.where is not None})

    def _read(self, number: int, files: Sequence[Path]) -> set[tuple[str, str]]:
        """Bring a portion's lines onto the bench; which ``where`` conditions hold for any of them."""
        kinds = "".join(f", {_kind_sql(where)} as {where_column(where)}" for where in self._where_paths())
        # Here alone the order counts: a row's number is the number of its line.
        self._bench.execute("set preserve_insertion_order = true")
        self._bench.execute(
            "create or replace temporary table spool_lines as"
            " select json, starts_with(json, '{') or starts_with(ltrim(json, ' \t'), '{') as is_object"
            f"{kinds} from {self.records(files)}"
        )
        self._bench.execute("set preserve_insertion_order = false")
        offset = number * LINES_PER_PORTION
        self._bench.execute(
            f"insert into rejected select rowid + {offset}, null,"
            " case when json is null then 'the line is not JSON' else 'the record is not an object' end, null"
            " from spool_lines where is_object is distinct from true"
        )
        self._bench.execute("delete from spool_lines where is_object is distinct from true")
        return {
            (where, value)
            for where in self._where_paths()
            for (value,) in self._bench.execute(
                f"select distinct {where_column(where)} from spool_lines"
            ).fetchall()
        }

    def _inspect(self, number: int, place: Place, level: Level) -> frozenset[str]:
        """All fields of a level's objects; those that nobody declared are reported."""
        group = self._groups[place]
        if group.table is None:
            self._reject_misfits(number, group, level)
            return frozenset()
        # By hash, which is quicker than by the lists themselves.
        found = self._bench.execute(
            f"select any_value(keys) from (select json_keys(o) as keys from {level.source}) group by hash(keys)"
        ).fetchall()
        fields = frozenset(name for (keys,) in found for name in keys or ())
        self.drifted.update(f"{group.table}.{name}" for name in fields - group.known)
        return fields

    def _reject_misfits(self, number: int, group: Group, level: Level) -> None:
        """Where no table is cut at a level, whose rows would tell: set aside lines whose objects have another shape."""
        wanted = [(path, "OBJECT") for path in group.objects] + [(path, "ARRAY") for path in group.lists]
        paths = ", ".join(literal(json_path(path)) for path, _ in wanted)
        branches = " ".join(
            f"when types[{position}] not in ('NULL', '{kind}') then {literal(misfit_reason(path, kind))}"
            for position, (path, kind) in enumerate(wanted, start=1)
        )
        self._bench.execute(
            f"insert into rejected select _line + {number * LINES_PER_PORTION}, null, case {branches} end as reason, null"
            f" from (select _line, json_type(o, [{paths}]) as types from {level.source}) where reason is not null"
        )

    def _reject_kinds_without_table(self, number: int) -> None:
        tables = self._stream.tables
        if any(table.where is None for table in tables):
            return
        taken = " or ".join(
            sorted({f"{where_column(t.where[0])} = {literal(t.where[1])}" for t in tables if t.where})
        )
        paths = ", ".join(path.removeprefix("$.") for path in self._where_paths())
        kind = " || ', ' || ".join(f"coalesce({where_column(p)}, 'nothing')" for p in self._where_paths())
        self._bench.execute(
            f"insert into rejected select rowid + {number * LINES_PER_PORTION}, null,"
            f" {literal(f'no table takes records whose {paths} is ')} || {kind}, null"
            f" from spool_lines where not coalesce({taken}, false)"
        )


def lines_of(spooled: Spooled, numbers: set[int]) -> Iterator[tuple[int, str]]:
    """The text of some lines of a slice, by line number. Bytes that are no UTF-8 are written as escapes."""
    for portion, files in enumerate(spooled.portions):
        first = portion * LINES_PER_PORTION
        wanted = {number - first for number in numbers if number // LINES_PER_PORTION == portion}
        if not wanted:
            continue
        for number, line in enumerate(_lines(files)):
            if number in wanted:
                text = line.rstrip(b"\r\n").decode("utf-8", errors="backslashreplace")
                yield first + number, text.replace("\x00", "\ufffd")


def _lines(files: Iterable[Path]) -> Iterator[bytes]:
    """All lines but blank ones, which DuckDB does not count either."""
    for path in files:
        with pa.input_stream(str(path), compression="detect") as stream:
            yield from filter(bytes.strip, io.BufferedReader(stream, _READ_BYTES))


def _kind_sql(where: str) -> str:
    """SQL for the text at a ``where`` path. Most vendors, told so, write it first: then the line need not be parsed for it."""
    parts = segments(where)
    parsed = f"json_extract_string(json, {literal(json_path(parts))})"
    if len(parts) > 1:
        return parsed
    first = f'^\\{{"{re.escape(parts[0])}":"([^"\\\\]+)"'
    return f"coalesce(nullif(regexp_extract(json, {literal(first)}, 1), ''), {parsed})"
