"""How a stream's tables are cut out of its lines: paths as a tree, and the SQL that walks it.

A *level* is a chain of lists: level ``()`` is the record itself, ``("$.refunds",)`` an element of its refunds. All tables of
one level and one ``where`` share a *group*, whose objects are inspected once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
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


def level_sql(where: Where, each: tuple[str, ...]) -> str:
    """Rows ``(_line, o0, …, oN, p1, …, pN)``: the objects of a level with all that enclose them, and their positions."""
    condition = "" if where is None else f" where {where_column(where[0])} = {literal(where[1])}"
    sql = f"select rowid as _line, json as o0 from spool_lines{condition}"
    carried = ["_line", "o0"]
    for depth, path in enumerate(each, start=1):
        elements = f"json_extract(o{depth - 1}, {literal(json_path(segments(path)) + '[*]')})"
        sql = (
            f"select * from (select {', '.join(carried)}, unnest({elements}) as o{depth},"
            f" generate_subscripts({elements}, 1) - 1 as p{depth} from ({sql})) where o{depth} <> 'null'"
        )
        carried += [f"o{depth}", f"p{depth}"]
    return sql


def where_column(path: str) -> str:
    """Name of the column of ``spool_lines`` that holds the text at ``path``."""
    return '"' + ".".join(("where", *segments(path))) + '"'


@dataclass(slots=True)
class Node:
    """A place in an object. ``text`` or ``json``: what columns want there."""

    children: dict[str, Node] = field(default_factory=dict)
    text: bool = False
    json: bool = False

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
