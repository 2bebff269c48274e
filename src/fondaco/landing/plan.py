"""How a stream's tables are cut out of its lines: paths as a tree, and the SQL that walks it.

A *level* is a chain of lists: level ``()`` is the record itself, ``("$.refunds",)`` an element of its refunds. All tables of
one level and one ``where`` share a *group*, whose objects are inspected once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fondaco.sources.stream import ColumnType, Stream

Where = tuple[str, str] | None


def segments(path: str) -> tuple[str, ...]:
    """``$.a.b`` and ``^^.a.b`` as ``("a", "b")``."""
    return tuple(part for part in path.lstrip("$^").split(".") if part)


def height(path: str) -> int:
    """How many objects further out a path starts: 0 for ``$``, 1 for ``^``."""
    return len(path) - len(path.lstrip("^"))


def json_path(parts: Iterable[str]) -> str:
    """The path in DuckDB's JSON path language."""
    return "$" + "".join('."' + part.replace('"', '\\"') + '"' for part in parts)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Group:
    """Objects of one level and kind.

    Attributes
    ----------
    objects, lists
        Paths from the object that must hold an object, or a list, if anything.
    known
        Fields of the object that something reads or ignores; others are drift.
    table
        The table whose rows these objects are; None where only deeper levels have one.
    """

    where: Where
    each: tuple[str, ...]
    objects: tuple[tuple[str, ...], ...]
    lists: tuple[tuple[str, ...], ...]
    known: frozenset[str]
    table: str | None


@dataclass(slots=True)
class _Draft:
    objects: set[tuple[str, ...]] = field(default_factory=set)
    lists: set[tuple[str, ...]] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    table: str | None = None

    def reach(self, parts: tuple[str, ...], *, is_list: bool = False) -> None:
        """Note that ``parts`` is read from the object."""
        self.known.update(parts[:1])
        self.objects.update(parts[:length] for length in range(1, len(parts)))
        if is_list:
            self.lists.add(parts)


@lru_cache(maxsize=256)
def groups(stream: Stream) -> tuple[Group, ...]:
    """All groups of a stream's tables."""
    drafts: dict[tuple[Where, tuple[str, ...]], _Draft] = {}

    def draft(where: Where, each: tuple[str, ...]) -> _Draft:
        return drafts.setdefault((where, each), _Draft())

    for table in stream.tables:
        for depth in range(len(table.each)):
            draft(table.where, table.each[:depth]).reach(segments(table.each[depth]), is_list=True)
        own = draft(table.where, table.each)
        own.table = own.table or table.name
        own.known.update(table.ignored)
        if table.where is not None:
            draft(table.where, ()).reach(segments(table.where[0]))
        for column in table.columns:
            if column.path != "#":
                level = table.each[: len(table.each) - height(column.path)]
                draft(table.where, level).reach(segments(column.path))
    return tuple(
        Group(
            where,
            each,
            tuple(sorted({*found.objects, ()} if found.known else found.objects)),
            tuple(sorted(found.lists)),
            frozenset(found.known),
            found.table,
        )
        for (where, each), found in drafts.items()
    )


def where_column(path: str) -> str:
    """Name of the column of ``spool_lines`` that holds the text at ``path``."""
    return '"' + ".".join(("where", *segments(path))) + '"'


@dataclass(slots=True)
class Node:
    """A place in an object, and what is wanted there: a text, JSON, or the elements of a list."""

    children: dict[str, Node] = field(default_factory=dict)
    text: bool = False
    json: bool = False
    elements: bool = False

    def insert(self, parts: tuple[str, ...], kind: ColumnType) -> None:
        node = self
        for part in parts:
            node = node.children.setdefault(part, Node())
        if kind is ColumnType.JSON:
            node.json = True
        else:
            node.text = True

    @property
    def is_json(self) -> bool:
        """Kept as JSON, and read from there: the whole is wanted, or the whole and a part of it."""
        return self.json or (self.text and bool(self.children))

    def structure(self) -> object:
        if self.is_json:
            return "JSON"
        if self.elements:
            return ["JSON"]
        if not self.children:
            return "VARCHAR"
        return {name: child.structure() for name, child in self.children.items()}


class Objects:
    """Reads several columns of one object in one parse: SQL for the parse, and for each column."""

    def __init__(self, source: str, alias: str) -> None:
        self._source = source
        self._alias = alias
        self._root = Node()

    def want(self, path: str, kind: ColumnType) -> None:
        parts = segments(path)
        if parts:
            self._root.insert(parts, kind)

    def want_elements(self, path: str) -> str:
        """SQL for the elements of a list, each as JSON; null where there is no list."""
        node = self._root
        for part in segments(path):
            node = node.children.setdefault(part, Node())
        node.elements = True
        return self._alias + "".join('."' + part.replace('"', '""') + '"' for part in segments(path))

    @property
    def parse(self) -> str | None:
        """``json_transform(…) as alias``; None when no column needs it."""
        if not self._root.children:
            return None
        structure = json.dumps(self._root.structure(), ensure_ascii=False)
        return f"json_transform({self._source}, {literal(structure)}) as {self._alias}"

    def text(self, path: str, kind: ColumnType) -> str:
        """SQL for the text (for JSON columns: the JSON text) at ``path``."""
        parts = segments(path)
        if not parts:
            if kind is ColumnType.JSON:
                return f"cast({self._source} as varchar)"
            return f"json_extract_string({self._source}, '$')"
        node, expression = self._root, self._alias
        for depth, part in enumerate(parts):
            node = node.children[part]
            expression += '."' + part.replace('"', '""') + '"'
            if node.is_json:
                rest = parts[depth + 1 :]
                if not rest and kind is ColumnType.JSON:
                    return f"cast({expression} as varchar)"
                function = "json_extract" if kind is ColumnType.JSON else "json_extract_string"
                return (
                    f"nullif(cast({function}({expression}, {literal(json_path(rest))}) as varchar), 'null')"
                )
        return expression


@dataclass(frozen=True, slots=True)
class Level:
    """Where the objects of a group lie on the bench, as rows ``(_line, p1, …, pN, outer texts, o)``.

    Attributes
    ----------
    source
        SQL of the relation; for the records themselves a selection from ``spool_lines``.
    create
        SQL that makes it from the level further out; None for the records.
    outer
        Columns with texts of enclosing objects, by the number of the enclosing level, path and type.
    """

    source: str
    create: str | None
    outer: Mapping[tuple[int, str, ColumnType], str]


@lru_cache(maxsize=256)
def levels(stream: Stream) -> dict[tuple[Where, tuple[str, ...]], Level]:
    """All levels of a stream, outer ones first. Lists are taken apart once, however many tables are cut from them."""
    chains = {(t.where, t.each[:depth]) for t in stream.tables for depth in range(len(t.each) + 1)}
    found: dict[tuple[Where, tuple[str, ...]], Level] = {}
    for number, (where, each) in enumerate(sorted(chains, key=lambda chain: (len(chain[1]), repr(chain)))):
        found[where, each] = (
            _inner_level(stream, where, each, found[where, each[:-1]], f"elements_{number}")
            if each
            else Level(_records(where), None, {})
        )
    return found


def _records(where: Where) -> str:
    condition = "" if where is None else f" where {where_column(where[0])} = {literal(where[1])}"
    return f"(select rowid as _line, json as o from spool_lines{condition})"


def _inner_level(stream: Stream, where: Where, each: tuple[str, ...], parent: Level, name: str) -> Level:
    depth = len(each)
    # What tables on this level, or further in, read from objects further out.
    wanted = sorted(
        {
            (len(table.each) - height(column.path), "$" + column.path.lstrip("^$"), column.type)
            for table in stream.tables
            if table.where == where and table.each[:depth] == each
            for column in table.columns
            if column.path != "#" and len(table.each) - height(column.path) < depth
        }
    )
    outer = {need: parent.outer.get(need, f"a{need[0]}_{index}") for index, need in enumerate(wanted)}
    enclosing = Objects("o", "s")
    for level, path, kind in wanted:
        if level == depth - 1:
            enclosing.want(path, kind)
    elements = enclosing.want_elements(each[-1])
    columns = ["_line", *(f"p{n}" for n in range(1, depth))]
    columns += [
        f"{enclosing.text(path, kind)} as {outer[level, path, kind]}"
        if level == depth - 1
        else outer[level, path, kind]
        for level, path, kind in wanted
    ]
    create = (
        f"create or replace temporary table {name} as select * from (select {', '.join(columns)}, unnest({elements}) as o,"
        f" generate_subscripts({elements}, 1) - 1 as p{depth} from (select *, {enclosing.parse} from {parent.source})"
        f" where len({elements}) > 0) where o <> 'null'"
    )
    return Level(name, create, outer)
