"""Cut a slice's lines into the typed rows of its tables, on the bench.

File by file, lines become a temporary table ``spool_lines``; its objects are inspected for fields of the wrong shape and for
fields that nobody declared; then each table's rows are appended to a temporary table ``shredded_<table>`` with the declared
columns, ``_extra``, and ``_line``, the number of the line they came from. Lines that cannot be taken are gathered in
``rejected`` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from fondaco.landing.numbers import unmark_json_sql, unmark_text_sql
from fondaco.landing.plan import (
    Group,
    Level,
    Objects,
    groups,
    height,
    json_path,
    levels,
    literal,
    where_column,
)
from fondaco.landing.spool import Spooled
from fondaco.landing.types import fault_sql, value_sql
from fondaco.sources.stream import ColumnType, Stream, Table

LINES_PER_FILE = 1 << 40
"""Line numbers of file n start at n times this."""

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
        self.drifted: set[str] = set()

    def run(self) -> None:
        """Shred all files of the slice."""
        # DuckDB would rewrite all temporary tables now and then, to make them small: they live too short for that.
        self._bench.execute("set checkpoint_threshold = '1TB'")
        self._bench.execute(
            "create or replace temporary table rejected (_line bigint, table_name varchar, reason varchar, record varchar)"
        )
        self._bench.execute(f"create or replace temporary table spool_lines ({self._line_columns()})")
        for level in levels(self._stream).values():
            if level.create:
                self._bench.execute(level.create)
        for table in self._stream.tables:
            self._bench.execute(
                f"create or replace temporary table {shredded_name(table)} as {self._rows_sql(table, (), 0)}"
            )
        for number, path in enumerate(self._spooled.files):
            self._shred_file(number, path)
        for table in self._stream.tables:
            self._bench.execute(
                f"insert into rejected select _line, {literal(table.name)}, _fault, null"
                f" from {shredded_name(table)} where _fault is not null"
            )
        self._bench.execute("drop table spool_lines")

    def _shred_file(self, number: int, path: Path) -> None:
        present = self._read(number, path)
        filled = set()
        for (where, each), level in levels(self._stream).items():
            reached = (where, each[:-1]) in filled if each else where is None or where in present
            if reached and (level.create is None or self._any_after(level)):
                filled.add((where, each))
        extra = {
            group: self._inspect(number, group)
            for group in groups(self._stream)
            if (group.where, group.each) in filled
        }
        for table in self._stream.tables:
            if (table.where, table.each) in filled:
                rows = self._rows_sql(table, self._extra_of(table, extra), number * LINES_PER_FILE)
                self._bench.execute(f"insert into {shredded_name(table)} {rows}")
        self._reject_kinds_without_table(number)

    def _any_after(self, level: Level) -> bool:
        """Take a level's lists apart; whether they hold anything."""
        assert level.create is not None
        self._bench.execute(level.create)
        return bool(self._bench.execute(f"select 1 from {level.source} limit 1").fetchall())

    def close(self) -> None:
        inner = [level.source for level in levels(self._stream).values() if level.create]
        for name in ("spool_lines", "rejected", *inner, *map(shredded_name, self._stream.tables)):
            self._bench.execute(f"drop table if exists temp.{name}")
        self._bench.execute("reset checkpoint_threshold")

    def records(self, path: Path) -> str:
        """SQL for the objects of a file, one row a line, null where a line is no JSON."""
        name = str(path).replace("'", "''")
        return f"read_ndjson_objects('{name}', ignore_errors = true, maximum_object_size = {self._size})"

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

    def _read(self, number: int, path: Path) -> set[tuple[str, str]]:
        """Bring a file's lines onto the bench; which ``where`` conditions hold for any of them."""
        kinds = "".join(
            f", json_extract_string(json, {literal(json_path(where.removeprefix('$.').split('.')))}) as {where_column(where)}"
            for where in self._where_paths()
        )
        # Here alone the order counts: a row's number is the number of its line.
        self._bench.execute("set preserve_insertion_order = true")
        self._bench.execute(
            f"create or replace temporary table spool_lines as select json, starts_with(ltrim(json, ' \t'), '{{') as is_object{kinds} from {self.records(path)}"
        )
        self._bench.execute("set preserve_insertion_order = false")
        offset = number * LINES_PER_FILE
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

    def _inspect(self, number: int, group: Group) -> tuple[str, ...]:
        """Set aside lines whose objects have another shape than declared; report, and return, undeclared fields."""
        wanted = [(path, "OBJECT") for path in group.objects] + [(path, "ARRAY") for path in group.lists]
        paths = ", ".join(literal(json_path(path)) for path, _ in wanted)
        level = levels(self._stream)[group.where, group.each].source
        types = f"json_type(o, [{paths}]::varchar[])" if wanted else "[]::varchar[]"
        shapes = self._bench.execute(
            f"select {types}, json_keys(o), count(*) from {level} group by all"
        ).fetchall()
        undeclared: set[str] = set()
        faulty = False
        for found, keys, _ in shapes:
            undeclared.update(set(keys or ()) - group.known)
            faulty = faulty or any(
                kind not in (None, "NULL", expected)
                for kind, (_, expected) in zip(found, wanted, strict=True)
            )
        if faulty:
            self._reject_shapes(number, group, level, types, wanted)
        if group.table is None:
            return ()
        self.drifted.update(f"{group.table}.{name}" for name in undeclared)
        return tuple(sorted(undeclared))

    def _reject_shapes(
        self, number: int, group: Group, level: str, types: str, wanted: list[tuple[tuple[str, ...], str]]
    ) -> None:
        branches = " ".join(
            f"when types[{position}] not in ('NULL', '{expected}') then "
            + literal(
                f"field {'.'.join(path) or 'itself'}: expected {'a list' if expected == 'ARRAY' else 'an object'}"
            )
            for position, (path, expected) in enumerate(wanted, start=1)
        )
        table = literal(group.table) if group.table else "null"
        self._bench.execute(
            f"insert into rejected select _line + {number * LINES_PER_FILE}, {table}, case {branches} end as reason, null"
            f" from (select _line, {types} as types from {level}) where reason is not null"
        )

    def _extra_of(self, table: Table, extra: dict[Group, tuple[str, ...]]) -> tuple[str, ...]:
        return next(
            (
                names
                for group, names in extra.items()
                if group.where == table.where and group.each == table.each
            ),
            (),
        )

    def _rows_sql(self, table: Table, undeclared: tuple[str, ...], offset: int) -> str:
        """A table's rows, with their line and, where one does not fit, the fault."""
        depth, level = len(table.each), levels(self._stream)[table.where, table.each]
        own = Objects("o", "s")
        for column in table.columns:
            if column.path.startswith("$"):
                own.want(column.path, column.type)
        parsed = (
            f"select *, {own.parse} from {level.source}" if own.parse else f"select * from {level.source}"
        )

        texts, values, faults, names = ["_line"], ["_line"], [], []
        for index, column in enumerate(table.columns):
            if column.path == "#":
                text = f"cast(p{depth} as varchar)" if depth else "'0'"
            elif column.path.startswith("$"):
                text = self._unmarked(own.text(column.path, column.type), column.type)
            else:
                inside = "$" + column.path.lstrip("^")
                outer = level.outer[depth - height(column.path), inside, column.type]
                text = self._unmarked(outer, column.type)
            texts.append(f"{text} as t{index}")
            values.append(f"{value_sql(f't{index}', column.type)} as v{index}")
            values.append(f"t{index}")
            faults.append(
                fault_sql(
                    column.name,
                    f"t{index}",
                    f"v{index}",
                    column.type,
                    is_key=column.name in table.primary_key,
                    has_nul=self._spooled.has_nul,
                )
            )
            names.append(f'v{index} as "{column.name}"')
        texts.append(f"{self._extra_sql(undeclared)} as _extra")
        branches = " ".join(branch for branch in faults if branch)
        fault = f"case {branches} end" if branches else "cast(null as varchar)"
        return (
            f"select _line + {offset} as _line, {', '.join(names)}, _extra, {fault} as _fault from"
            f" (select {', '.join(values)}, _extra from (select {', '.join(texts)} from ({parsed})))"
        )

    def _unmarked(self, text: str, kind: ColumnType) -> str:
        if not self._spooled.marked:
            return text
        if kind is ColumnType.JSON:
            return unmark_json_sql(text)
        # A text column may hold an object's JSON as well as a number.
        return unmark_text_sql(unmark_json_sql(text) if kind is ColumnType.TEXT else text)

    def _extra_sql(self, undeclared: tuple[str, ...]) -> str:
        if not undeclared:
            return "cast(null as varchar)"
        fields = ", ".join(f"{literal(name)}, json_extract(o, {_pointer(name)})" for name in undeclared)
        # Merging into nothing leaves out fields that are absent or null.
        merged = f"cast(json_merge_patch('{{}}', json_object({fields})) as varchar)"
        if self._spooled.marked:
            merged = unmark_json_sql(merged)
        return f"nullif({merged}, '{{}}')"

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
            f"insert into rejected select rowid + {number * LINES_PER_FILE}, null,"
            f" {literal(f'no table takes records whose {paths} is ')} || {kind}, null"
            f" from spool_lines where not coalesce({taken}, false)"
        )


def lines_of(spooled: Spooled, numbers: set[int]) -> Iterator[tuple[int, str]]:
    """The text of some lines of a slice, by line number. Bytes that are no UTF-8 are written as escapes."""
    for file_number, path in enumerate(spooled.files):
        wanted = {n - file_number * LINES_PER_FILE for n in numbers if n // LINES_PER_FILE == file_number}
        if not wanted:
            continue
        line_number = 0
        with path.open("rb") as file:
            for line in file:
                # DuckDB does not count blank lines.
                if not line.strip():
                    continue
                if line_number in wanted:
                    text = line.rstrip(b"\r\n").decode("utf-8", errors="backslashreplace")
                    yield file_number * LINES_PER_FILE + line_number, text.replace("\x00", "\ufffd")
                line_number += 1


def _pointer(name: str) -> str:
    """A field by JSON pointer, which, unlike a path, takes any name."""
    return literal("/" + name.replace("~", "~0").replace("/", "~1"))
