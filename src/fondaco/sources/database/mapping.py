"""The mapping file: which of the merchant's tables and columns stand for which of ours. Read and checked without a database."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from fondaco.clock import zone
from fondaco.errors import ConfigError
from fondaco.sources.database.expressions import checked_expression, checked_name, checked_query
from fondaco.sources.database.reading_yaml import Document, Place, read_yaml
from fondaco.sources.database.settings import is_path
from fondaco.sources.database.streams import NOT_MONEY, STREAMS
from fondaco.sources.stream import ColumnType, Table

_TABLES: dict[str, Table] = {stream.name: stream.tables[0] for stream in STREAMS}
_STREAM_WORDS = frozenset(
    {"table", "query", "key", "changed_at", "deleted_at", "where", "joins", "columns", "optional", "money", "time_zone"}
)  # fmt: skip
_COLUMN_WORDS = frozenset({"column", "expression", "value", "money", "values", "time_zone", "optional"})
_MONEY = frozenset({"decimal", "minor"})
_MARKS = ("updated_at", "deleted_at")  # told by `changed_at` and `deleted_at` of the stream
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Where one of our columns comes from: the first of some columns that is there, an expression, or a value.

    Attributes
    ----------
    value
        Taken where there are no columns, or none of them is there.
    minor
        The amount is in the smallest units of its currency, such as cents.
    words
        Theirs → ours; None: taken as it is.
    time_zone
        In which instants without an offset are told.
    where
        File and line, for errors.
    """

    name: str
    columns: tuple[str, ...] = ()
    expression: str | None = None
    value: str | None = None
    minor: bool = False
    words: MappingOf[str, str] | None = None
    time_zone: str = "UTC"
    optional: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """Another table of which each row has at most one: ``on`` is its column → column of the stream's own table."""

    alias: str
    tables: tuple[str, ...]
    on: MappingOf[str, str]
    where: str = ""


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """How a stream is read.

    Attributes
    ----------
    tables
        The first of them that is there is read; empty where there is a query.
    key
        Columns that tell rows apart, in the order of our table's key.
    changed_at
        What moves when a row changes; None: all rows are read each time.
    deleted_at
        What is set where the shop has only marked a row as deleted.
    """

    name: str
    tables: tuple[str, ...]
    query: str | None
    key: tuple[ColumnMapping, ...]
    changed_at: ColumnMapping | None
    deleted_at: ColumnMapping | None
    condition: str | None
    joins: tuple[Join, ...]
    columns: tuple[ColumnMapping, ...]
    optional: bool
    where: str


@dataclass(frozen=True, slots=True)
class DatabaseMapping:
    """A whole mapping; streams that it leaves out are not read."""

    name: str
    streams: MappingOf[str, StreamMapping] = field(default_factory=dict)


def load_mapping(mapping: str, engine: str) -> DatabaseMapping:
    """The mapping of Fondaco's called ``mapping``, or the one in that file, for a database of ``engine``.

    Raises
    ------
    ConfigError
        Naming file, line and the wrong word.
    """
    document = _extended(mapping, _DEPTH)
    return _Reader(document, engine).mapping(mapping)


def preset_names() -> list[str]:
    """The mappings that come with Fondaco."""
    folder = resources.files("fondaco.sources.database") / "presets"
    return sorted(each.name.removesuffix(".yml") for each in folder.iterdir() if each.name.endswith(".yml"))


def _extended(mapping: str, depth: int) -> Document:
    path = _path(mapping)
    document = read_yaml(path)
    base = document.value.pop("extends", None)
    if base is None:
        return document
    where = document.where(("extends",))
    if not isinstance(base, str) or depth == 0:
        raise ConfigError(f"{where}: `extends` must name another mapping.", "Write `extends: laravel`.")
    if is_path(base):
        base = str((path.parent / base).resolve())
    below = _extended(base, depth - 1)
    return _merged(below, document)


def _path(mapping: str) -> Path:
    if is_path(mapping):
        return Path(mapping)
    if mapping not in preset_names():
        raise ConfigError(
            f"There is no mapping {mapping!r}.",
            f"Choose {', '.join(preset_names())}, or the path of a file that ends in .yml.",
        )
    return Path(str(resources.files("fondaco.sources.database") / "presets" / f"{mapping}.yml"))


def _merged(below: Document, above: Document) -> Document:
    """Tables of keys are merged, everything else is replaced; what reads a `query` reads no `table`, and the other way round."""
    places = dict(below.places)

    def merge(old: Any, new: Any, place: Place) -> Any:
        if (
            not (isinstance(old, dict) and isinstance(new, dict))
            or place[-1:] == ("values",)
            or len(place) > 3
        ):
            for known in [known for known in places if known[: len(place)] == place]:
                del places[known]
            places.update({known: at for known, at in above.places.items() if known[: len(place)] == place})
            return new
        merged = dict(old)
        for one, other in (("table", "query"), ("query", "table")):
            if len(place) == 2 and one in new:
                merged.pop(other, None)
        for key, value in new.items():
            merged[key] = merge(merged.get(key), value, (*place, key))
        return merged

    return Document(merge(below.value, above.value, ()), places)


class _Reader:
    """Turns a document into a mapping, and names what is wrong with its line."""

    def __init__(self, document: Document, engine: str) -> None:
        self._document = document
        self._engine = engine
        whole = document.value
        self._only(whole, {"streams", "database"}, ())
        self._defaults = self._dict(whole.get("database") or {}, ("database",))
        self._only(self._defaults, {"money", "time_zone"}, ("database",))

    def mapping(self, name: str) -> DatabaseMapping:
        streams = self._dict(self._document.value.get("streams") or {}, ("streams",))
        self._only(streams, set(_TABLES), ("streams",))
        found = {
            stream: self._stream(stream, self._dict(spec, ("streams", stream)))
            for stream, spec in streams.items()
            if spec is not None
        }
        if not found:
            raise ConfigError(
                f"The mapping {name} reads nothing.", "Name streams in it, or begin with `extends: laravel`."
            )
        return DatabaseMapping(name, found)

    def _stream(self, name: str, spec: dict[str, Any]) -> StreamMapping:
        place: Place = ("streams", name)
        where = self._document.where(place)
        self._only(spec, _STREAM_WORDS, place)
        if ("table" in spec) == ("query" in spec):
            raise ConfigError(f"{where}: {name} needs `table` or `query`, and not both.", "Name one of them.")
        wanted = _TABLES[name].primary_key
        key = spec.get("key", "id")
        key = key if isinstance(key, list) and len(wanted) > 1 else [key]
        if len(key) != len(wanted):
            raise ConfigError(
                f"{self._document.where((*place, 'key'))}: {name} are told apart by {len(wanted)} columns, {' and '.join(wanted)}.",
                f"Write `key: [{', '.join(wanted)}]` with the table's own names." if len(wanted) > 1 else "Name one column.",
            )  # fmt: skip
        query = spec.get("query")
        return StreamMapping(
            name=name,
            tables=() if query else self._names(spec["table"], (*place, "table"), parts=2),
            query=checked_query(str(query), self._engine, self._document.where((*place, "query"))) if query else None,
            key=tuple(
                self._column(own, inner, (*place, "key", str(n)), spec, is_money=False)
                for n, (own, inner) in enumerate(zip(wanted, key, strict=True))
            ),
            changed_at=self._mark("updated_at", "changed_at", spec, place),
            deleted_at=self._mark("deleted_at", "deleted_at", spec, place),
            condition=self._expression(spec.get("where"), (*place, "where")),
            joins=tuple(
                self._join(alias, inner, (*place, "joins", alias))
                for alias, inner in self._dict(spec.get("joins") or {}, (*place, "joins")).items()
            ),
            columns=self._columns(name, spec, place),
            optional=bool(spec.get("optional", False)),
            where=where,
        )  # fmt: skip

    def _mark(self, name: str, word: str, spec: dict[str, Any], place: Place) -> ColumnMapping | None:
        """An instant that stands beside the columns, for reading depends on it."""
        if spec.get(word) is None:
            return None
        if all(column.name != name for column in _TABLES[place[-1]].columns):
            name = ""  # it is read, but not kept
        return self._column(name, spec[word], (*place, word), spec, is_money=False)

    def _columns(self, name: str, spec: dict[str, Any], place: Place) -> tuple[ColumnMapping, ...]:
        given = self._dict(spec.get("columns") or {}, (*place, "columns"))
        table = _TABLES[name]
        known = {
            column.name: column
            for column in table.columns
            if column.name not in (*table.primary_key, *_MARKS)
        }
        self._only(given, set(known), (*place, "columns"))
        aliases = set(self._dict(spec.get("joins") or {}, (*place, "joins")))
        found = []
        for column, inner in given.items():
            if inner is None:
                continue
            is_money = known[column].type is ColumnType.DECIMAL and column not in NOT_MONEY
            read = self._column(column, inner, (*place, "columns", column), spec, is_money=is_money)
            for source in read.columns:
                prefix = source.rpartition(".")[0]
                if prefix and prefix not in aliases:
                    raise ConfigError(
                        f"{read.where}: {source!r} names no join of {name}.",
                        f"Add {prefix!r} to `joins`, or name a column of the table itself.",
                    )
            found.append(read)
        return tuple(found)

    def _column(
        self, name: str, spec: Any, place: Place, stream: dict[str, Any], *, is_money: bool
    ) -> ColumnMapping:
        where = self._document.where(place)
        if not isinstance(spec, dict):
            spec = {"column": spec}
        self._only(spec, _COLUMN_WORDS, place)
        ways = {word for word in ("column", "expression", "value") if word in spec}
        if not ways or ways >= {"column", "expression"} or ways >= {"expression", "value"}:
            raise ConfigError(
                f"{where}: {name} needs one of `column`, `expression` and `value`.",
                "Name one of them; beside `column`, `value` is what is taken where no such column is there.",
            )
        money = spec.get("money", stream.get("money", self._defaults.get("money", "decimal")))
        if money not in _MONEY:
            raise ConfigError(
                f"{where}: money is {money!r}.", "Write `decimal` (19.99) or `minor` (1999 cents)."
            )
        value = spec.get("value")
        return ColumnMapping(
            name=name,
            columns=self._names(spec.get("column"), place, parts=2),
            expression=self._expression(spec.get("expression"), place),
            value=None if value is None else str(value).lower() if isinstance(value, bool) else str(value),
            minor=is_money and money == "minor",
            words=self._words(spec.get("values"), (*place, "values")),
            time_zone=self._zone({**stream, **spec}, place),
            optional=bool(spec.get("optional", False)),
            where=where,
        )

    def _join(self, alias: str, spec: Any, place: Place) -> Join:
        where = self._document.where(place)
        inner = self._dict(spec, place)
        self._only(inner, {"table", "on"}, place)
        pairs = self._dict(inner.get("on") or {}, (*place, "on"))
        if not pairs or "table" not in inner:
            raise ConfigError(
                f"{where}: the join {alias} needs `table` and `on`.", "Write `on: {id: order_id}`."
            )
        return Join(
            alias=checked_name(alias, where),
            tables=self._names(inner["table"], place, parts=2),
            on={checked_name(theirs, where): checked_name(str(own), where) for theirs, own in pairs.items()},
            where=where,
        )

    def _zone(self, spec: dict[str, Any], place: Place) -> str:
        name = str(spec.get("time_zone", self._defaults.get("time_zone", "UTC")))
        try:
            zone(name)
        except ConfigError as error:
            raise ConfigError(f"{self._document.where(place)}: {error.what}", error.remedy) from error
        return name

    def _words(self, spec: Any, place: Place) -> dict[str, str] | None:
        if spec is None:
            return None
        return {str(theirs).lower(): str(ours) for theirs, ours in self._dict(spec, place).items()}

    def _expression(self, text: Any, place: Place) -> str | None:
        if text is None:
            return None
        return checked_expression(str(text), self._engine, self._document.where(place))

    def _names(self, spec: Any, place: Place, *, parts: int) -> tuple[str, ...]:
        if spec is None:
            return ()
        where = self._document.where(place)
        listed = spec if isinstance(spec, list) else [spec]
        return tuple(checked_name(str(name), where, parts=parts) for name in listed)

    def _dict(self, value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ConfigError(
                f"{self._document.where(place)}: {place[-1] if place else 'the mapping'} is {value!r}, not a table of keys.",
                "Indent what belongs to it by two spaces, each as `key: value`.",
            )
        return value

    def _only(self, given: MappingOf[str, Any], known: set[str] | frozenset[str], place: Place) -> None:
        for word in given:
            if word not in known:
                raise ConfigError(
                    f"{self._document.where((*place, word))}: {place[-1] if place else 'a mapping'} knows no {word!r}.",
                    f"It may have: {', '.join(sorted(known))}.",
                )
