"""Open a file as a table of text: CSV, JSON lines or Parquet. Rows that cannot be read are set aside, numbered."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fondaco.errors import ConfigError
from fondaco.money import number_text
from fondaco.sources.files.engine import open_engine

ROW = "_row"
_CHUNK = 50_000
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_ROW_LINES = 1_000
_DELIMITER_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
csv.field_size_limit(4 << 20)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is not imported."""

    row: int
    reason: str
    record: str


@dataclass(slots=True)
class Opened:
    """A file as text columns and ``_row``, the row's number from 1."""

    columns: list[str]
    table: pa.Table
    rows: int
    set_aside: list[SetAside] = field(default_factory=list)
    has_numbers: bool = False


def open_file(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Opened:
    """Read ``path``, whatever it is.

    Raises
    ------
    ConfigError
        If it is missing, empty, cut off, in another encoding, or of a kind that cannot be read.
    """
    if not path.is_file():
        raise ConfigError(f"There is no file {path}.", "Check the name and the folder.")
    if path.stat().st_size == 0:
        raise ConfigError(f"{path.name} is empty.", "Export it again.")
    with path.open("rb") as handle:
        head = handle.read(4096)
    kind = _kind(path, head)
    if kind == "parquet":
        opened = _parquet(path)
    elif kind == "json":
        opened = _json_lines(path, _decoded(path, head, encoding))
    else:
        opened = _csv(path, _decoded(path, head, encoding), delimiter)
    opened.has_numbers = kind in ("parquet", "json")
    if opened.rows == 0:
        raise ConfigError(f"{path.name} has a header and no rows.", "Export it again.")
    return opened


def _kind(path: Path, head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ConfigError(f"{path.name} is a spreadsheet or an archive.", "Save it as CSV and import that.")
    if head.startswith(b"\x1f\x8b"):
        raise ConfigError(f"{path.name} is compressed.", f"Unpack it first: `gunzip {path.name}`.")
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".pq"):
        raise ConfigError(f"{path.name} is not a Parquet file.", "Export it again.")
    if suffix in (".jsonl", ".ndjson", ".json") or head.lstrip().startswith(b"{"):
        return "json"
    return "csv"


def _decoded(path: Path, head: bytes, encoding: str | None) -> io.TextIOBase:
    """The file as text, proven to decode to its end."""
    if encoding is None and head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path.name} is UTF-16, not UTF-8.", "Add `--encoding utf-16`.")
    chosen = encoding or "utf-8-sig"
    try:
        data = path.read_bytes()
        return io.StringIO(data.decode(chosen), newline="")
    except LookupError as error:
        raise ConfigError(
            f"There is no encoding {encoding!r}.", "Use `--encoding cp1252`, `latin-1` or `utf-16`."
        ) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = _guess(data, chosen)
        raise ConfigError(
            f"{path.name} is not {'UTF-8' if encoding is None else encoding}: byte 0x{data[error.start]:02X} in line {line}.",
            f"Add `--encoding {hint}`.",
        ) from error


def _guess(data: bytes, tried: str) -> str:
    if b"\x00" in data[:4096]:
        return "utf-16"
    for candidate in ("utf-8", "cp1252"):
        if candidate == tried:
            continue
        try:
            data.decode(candidate)
        except UnicodeDecodeError:
            continue
        return candidate
    return "latin-1"


def _csv(path: Path, text: io.TextIOBase, delimiter: str | None) -> Opened:
    first = text.readline()
    text.seek(0)
    chosen = _DELIMITER_WORDS.get(delimiter or "", delimiter) or _delimiter(first)
    if len(chosen) != 1:
        raise ConfigError(f"--delimiter {chosen!r} is not one character.", "Use `--delimiter ';'` or `tab`.")
    reader = csv.reader(text, delimiter=chosen, strict=True)
    try:
        names = _header(path, next(reader))
    except (csv.Error, StopIteration) as error:
        raise ConfigError(f"The header of {path.name} cannot be read.", "Export the file again.") from error
    rows = _Rows(path, reader, names)
    table = _table(names, rows)
    return Opened(names, table, rows.count, rows.set_aside)


def _delimiter(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = {name for name in names if names.count(name) > 1}
    if not names or "" in names or twice:
        what = f"names {sorted(twice)[0]!r} twice" if twice else "has a column without a name"
        raise ConfigError(f"The header of {path.name} {what}.", "Give every column a name of its own.")
    return names


class _Rows:
    """Iterates over the good rows of a CSV file and keeps count of all."""

    def __init__(self, path: Path, reader: Iterator[list[str]], names: list[str]) -> None:
        self.count = 0
        self.set_aside: list[SetAside] = []
        self._path = path
        self._reader = reader
        self._width = len(names)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        start = getattr(self._reader, "line_num", 1)
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._broken(start, error)
                start = getattr(self._reader, "line_num", start)
                continue
            end = getattr(self._reader, "line_num", start)
            if end - start > _LONGEST_ROW_LINES:
                raise self._cut(start + 1)
            start = end
            if not any(cells):
                continue
            self.count += 1
            row = self._fitted(cells)
            if row is not None:
                yield self.count, row

    def _fitted(self, cells: list[str]) -> list[str] | None:
        if len(cells) > self._width and not any(cells[self._width :]):
            cells = cells[: self._width]
        if len(cells) == self._width:
            return cells
        self._aside(f"{len(cells)} cells where the header has {self._width}", cells)
        return None

    def _broken(self, line: int, error: csv.Error) -> None:
        if "unexpected end" in str(error) or "field limit" in str(error):
            raise self._cut(line + 1) from error
        self.count += 1
        self._aside(f"broken quoting in line {line + 1}", [])

    def _cut(self, line: int) -> ConfigError:
        return ConfigError(
            f"{self._path.name} is cut off or its quoting is broken: a quote opened in line {line} is never closed.",
            "Export the file again; nothing was imported.",
        )

    def _aside(self, reason: str, cells: list[str]) -> None:
        self.set_aside.append(SetAside(self.count, reason, json.dumps(cells, ensure_ascii=False)))


def _table(names: list[str], rows: _Rows) -> pa.Table:
    schema = pa.schema([(ROW, pa.int64()), *[(name, pa.string()) for name in names]])
    batches: list[pa.RecordBatch] = []
    numbers: list[int] = []
    cells: list[list[str]] = []

    def flush() -> None:
        columns = zip(*cells, strict=True)
        arrays = [pa.array(numbers, pa.int64()), *[pa.array(column, pa.string()) for column in columns]]
        batches.append(pa.record_batch(arrays, schema=schema))
        numbers.clear()
        cells.clear()

    for number, row in rows:
        numbers.append(number)
        cells.append(row)
        if len(cells) == _CHUNK:
            flush()
    if cells:
        flush()
    last = rows.set_aside[-1] if rows.set_aside else None
    if last is not None and last.row == rows.count and "cells where" in last.reason and rows.count > 1:
        _refuse_half(rows, last)
    return pa.Table.from_batches(batches, schema=schema)


def _refuse_half(rows: _Rows, last: SetAside) -> None:
    """A last row that is shorter than the header and ends without a line feed was cut while it was written."""
    with rows._path.open("rb") as handle:
        handle.seek(-1, io.SEEK_END)
        ends_clean = handle.read(1) in (b"\n", b"\r", b"\x00")
    if not ends_clean:
        raise ConfigError(
            f"{rows._path.name} is cut off in the middle of row {last.row}.",
            "Export the file again; nothing was imported.",
        )


def _json_lines(path: Path, text: io.TextIOBase) -> Opened:
    count = 0
    aside: list[SetAside] = []
    tables: list[pa.Table] = []
    chunk: list[dict[str, object]] = []
    names: dict[str, None] = {}

    def flush() -> None:
        columns = {name: pa.array([row.get(name) for row in chunk], pa.string()) for name in names}
        tables.append(pa.table({ROW: pa.array([row[ROW] for row in chunk], pa.int64()), **columns}))
        chunk.clear()

    broken, last = 0, ""
    for line in text:
        if not line.strip():
            continue
        count += 1
        last, record = line, _record(line)
        if record is None:
            broken = count
            aside.append(SetAside(count, "not a JSON object", json.dumps(line[:2000], ensure_ascii=False)))
            continue
        names.update(dict.fromkeys(record))
        chunk.append({**record, ROW: count})
        if len(chunk) == _CHUNK:
            flush()
    if not tables and not chunk:
        raise ConfigError(
            f"{path.name} is not JSON lines: no line of it is an object.",
            "Write one JSON object a line, such as with `jq -c '.[]'`.",
        )
    if broken == count and (_is_cut(last) or not last.endswith("\n")):
        raise ConfigError(
            f"{path.name} is cut off in the middle of row {count}.", "Export it again; nothing was imported."
        )
    if chunk:
        flush()
    table = pa.concat_tables(tables, promote_options="default")
    return Opened(list(names), table, count, aside)


def _is_cut(line: str) -> bool:
    """Whether an object begins in ``line`` and never ends, whatever was written after the cut."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
    return line.lstrip().startswith("{") and ('"' in bare or bare.count("{") > bare.count("}"))


def _record(line: str) -> dict[str, str | None] | None:
    """One line's object with every value as text; nested values as JSON text."""
    try:
        value = json.loads(line, parse_float=number_text, parse_int=str)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return {name: _cell(cell) for name, cell in value.items()}


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _parquet(path: Path) -> Opened:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise ConfigError(
            f"{path.name} is not a whole Parquet file.", "Export the file again; nothing was imported."
        ) from error
    names = list(table.column_names)
    rounded = {
        name: f"regexp_replace(cast(\"{_quoted(name)}\" as varchar), '\\.0$', '')"
        for name, kind in zip(names, table.schema.types, strict=True)
        if pa.types.is_floating(kind)
    }
    columns = ", ".join(
        f'{rounded.get(name, f"""cast("{_quoted(name)}" as varchar)""")} as "{_quoted(name)}"'
        for name in names
    )
    with open_engine() as engine:
        engine.register("parquet_file", table)
        text = engine.sql(
            f"select cast(row_number() over () as bigint) as {ROW}, {columns} from parquet_file"
        ).to_arrow_table()
    return Opened(names, text, table.num_rows)


def _quoted(name: str) -> str:
    return name.replace('"', '""')
