"""How a stream's tables are cut out of its lines: paths as a tree, and the SQL that walks it.

A *level* is a chain of lists: level ``()`` is the record itself, ``("$.refunds",)`` an element of its refunds. All tables of
one level and one ``where`` share a *group*, whose objects are inspected once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fondaco.landing.numbers import NUMBER
from fondaco.sources.stream import ColumnType, Stream

_EXACT = (ColumnType.DECIMAL, ColumnType.BIGINT)

Where = tuple[str, str] | None
Place = tuple[Where, tuple[str, ...]]
"""A level: the kind of records, and the chain of lists."""


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


def misfit_reason(path: tuple[str, ...], kind: str) -> str:
    """Why a record is set aside whose value at ``path`` is not of ``kind``, OBJECT or ARRAY."""
    return f"field {'.'.join(path) or 'itself'}: expected {'a list' if kind == 'ARRAY' else 'an object'}"


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
    drafts: dict[Place, _Draft] = {}

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

    def want_elements(self, path: str) -> None:
        node = self._root
        for part in segments(path):
            node = node.children.setdefault(part, Node())
        node.elements = True

    @property
    def parse(self) -> str | None:
        """``json_transform(…) as alias``; None when nothing needs it."""
        if not self._root.children:
            return None
        structure = json.dumps(self._root.structure(), ensure_ascii=False)
        return f"json_transform({self._source}, {literal(structure)}) as {self._alias}"

    def inner(self) -> list[tuple[tuple[str, ...], str]]:
        """Paths at which something is read inside, outer ones first, and what must be there: OBJECT or ARRAY."""
        found: list[tuple[tuple[str, ...], str]] = []

        def walk(node: Node, path: tuple[str, ...]) -> None:
            if node.elements or node.children:
                found.append((path, "ARRAY" if node.elements else "OBJECT"))
            for name, child in node.children.items():
                walk(child, (*path, name))

        walk(self._root, ())
        return found

    def may_misfit(self, present: Collection[str]) -> str:
        """SQL that is false where each of ``inner`` is what it must be, or is not there. It is asked of the parse alone.

        ``present`` are the fields that any of the objects has.

        What is of another kind, or null, or absent has no value in the parse, nor has anything inside; whether the name is in
        the text tells the absent from the others, at the speed of memory.
        """

        def misfit(node: Node, name: str, expression: str) -> str | None:
            if node.is_json:  # read from its text, so nothing tells
                return f"{expression} is not null" if node.children or node.elements else None
            if not node.children and not node.elements:
                return None
            parts = {
                f'{expression}."{inner.replace(chr(34), chr(34) * 2)}"': inner for inner in node.children
            }
            lacks = " and ".join(f"{part} is null" for part in parts) or f"{expression} is null"
            further = [
                misfit(node.children[inner], inner, part)
                for part, inner in parts.items()
                if node is not self._root or inner in present
            ]
            inside = " or ".join(filter(None, further)) or "false"
            text = f"cast({self._source} as varchar)"
            # Any letter may be written as an escape, though nobody does it with plain ones.
            named = f"contains({text}, {literal(json.dumps(name))}) or contains({text}, '\\u00')"
            there = named if name.isascii() and name.replace("_", "").isalnum() else "true"
            return f"case when {lacks} then {there} else {inside} end"

        return misfit(self._root, "", self._alias) or "false"

    def elements(self, path: str) -> str:
        """SQL for the elements of a list, each as JSON; null where there is no list. After all that is wanted is known."""
        node, expression = self._root, self._alias
        parts = segments(path)
        for depth, part in enumerate(parts):
            node = node.children[part]
            expression += '."' + part.replace('"', '""') + '"'
            if node.is_json:
                inside = f"json_extract({expression}, {literal(json_path(parts[depth + 1 :]))})"
                return f"json_transform({inside}, '[\"JSON\"]')"
        return expression

    def text(self, path: str, kind: ColumnType) -> str:
        """SQL for the text (for JSON columns: the JSON text) at ``path``.

        Of amounts and whole numbers a JSON string with an exponent, ``"1e9"``, keeps its quotes, so that it is read as no number.
        """
        found = self._found(path, kind)
        if kind not in _EXACT:
            return found
        where = literal(json_path(segments(path)))
        # A case in a case: the engine may change the order of an "and", and only few objects are worth a second look.
        return (
            f"case when contains({found}, 'e') or contains({found}, 'E') then"
            f" case when json_type({self._source}, {where}) = 'VARCHAR' and regexp_full_match({found}, '{NUMBER}')"
            f" then concat('\"', {found}, '\"') else {found} end else {found} end"
        )

    def _found(self, path: str, kind: ColumnType) -> str:
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


OuterText = tuple[int, str, ColumnType]
"""The text of an enclosing object: the number of its level, path and type."""


@dataclass(frozen=True, slots=True)
class Level:
    """Where the objects of a group lie on the bench, as rows ``(_line, _p1, …, _pN, outer texts, o)``.

    Attributes
    ----------
    source
        SQL of the relation; for the records themselves a selection from ``spool_lines``.
    create
        SQL that makes it from the level further out; None for the records.
    outer
        Columns with texts of enclosing objects.
    handed_on
        Name of the relation that a table of this level leaves for the levels further in, so that they need not parse
        the objects again: its rows, with all that follows. None where no table or no level wants it.
    lists, texts
        Columns of it with lists to take apart, by path, and with texts of these objects, by path and type.
    """

    source: str
    create: str | None
    outer: Mapping[OuterText, str]
    handed_on: str | None
    lists: Mapping[str, str]
    texts: Mapping[tuple[str, ColumnType], str]


@lru_cache(maxsize=256)
def levels(stream: Stream) -> dict[Place, Level]:
    """All levels of a stream, outer ones first. Lists are taken apart once, however many tables are cut from them."""
    chains = {(t.where, t.each[:depth]) for t in stream.tables for depth in range(len(t.each) + 1)}
    found: dict[Place, Level] = {}
    for number, (where, each) in enumerate(sorted(chains, key=lambda chain: (len(chain[1]), repr(chain)))):
        source, create = _records(where), None
        outer: dict[OuterText, str] = {}
        if each:
            source = f"elements_{number}"
            create, outer = _taken_apart(stream, where, each, found[where, each[:-1]], source)
        inner = sorted(inner[-1] for kind, inner in chains if kind == where and inner and inner[:-1] == each)
        has_table = any((table.where, table.each) == (where, each) for table in stream.tables)
        wanted = [need for need in _outer_texts(stream, where, each, 1) if need[0] == len(each)]
        found[where, each] = Level(
            source,
            create,
            outer,
            handed_on=f"handed_on_{number}" if inner and has_table else None,
            lists={path: f"_list_{index}" for index, path in enumerate(inner)},
            texts={(path, kind): f"_text_{index}" for index, (_, path, kind) in enumerate(wanted)},
        )
    return found


def _records(where: Where) -> str:
    condition = "" if where is None else f" where {where_column(where[0])} = {literal(where[1])}"
    return f"(select rowid as _line, json as o from spool_lines{condition})"


def _outer_texts(stream: Stream, where: Where, each: tuple[str, ...], inward: int) -> list[OuterText]:
    """What tables at least ``inward`` levels further in than ``each`` read from objects of this level or further out."""
    depth = len(each)
    return sorted(
        {
            (len(table.each) - height(column.path), "$" + column.path.lstrip("^$"), column.type)
            for table in stream.tables
            if table.where == where and table.each[:depth] == each and len(table.each) >= depth + inward
            for column in table.columns
            if column.path != "#" and len(table.each) - height(column.path) < depth + inward
        }
    )


def _taken_apart(
    stream: Stream, where: Where, each: tuple[str, ...], parent: Level, name: str
) -> tuple[str, dict[OuterText, str]]:
    """SQL that makes the level of a list's elements, and its columns with texts of enclosing objects."""
    depth = len(each)
    wanted = _outer_texts(stream, where, each, 0)
    outer = {need: parent.outer.get(need, f"_a{need[0]}_{index}") for index, need in enumerate(wanted)}
    columns = ["_line", *(f"_p{n}" for n in range(1, depth))]
    if parent.handed_on:
        source, elements = parent.handed_on, parent.lists[each[-1]]
        texts = parent.texts
    else:
        enclosing = Objects("o", "s")
        own = [(path, kind) for level, path, kind in wanted if level == depth - 1]
        for path, kind in own:
            enclosing.want(path, kind)
        enclosing.want_elements(each[-1])
        source, elements = f"(select *, {enclosing.parse} from {parent.source})", enclosing.elements(each[-1])
        texts = {need: enclosing.text(*need) for need in own}
    columns += [
        f"{texts[path, kind]} as {outer[level, path, kind]}"
        if level == depth - 1
        else outer[level, path, kind]
        for level, path, kind in wanted
    ]
    create = (
        f"create or replace temporary table {name} as select * from (select {', '.join(columns)}, unnest({elements}) as o,"
        f" generate_subscripts({elements}, 1) - 1 as _p{depth} from {source}"
        f" where len({elements}) > 0) where o <> 'null'"
    )
    return create, outer
