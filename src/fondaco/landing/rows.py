"""SQL that cuts a table's rows out of the objects of its level: texts, their values, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fondaco.landing.numbers import unmark_json_sql, unmark_text_sql
from fondaco.landing.plan import Level, Objects, height, json_path, literal, misfit_reason
from fondaco.landing.types import fault_sql, value_sql
from fondaco.sources.stream import ColumnType, Table


class Rows:
    """The rows of one table: ``_line``, the declared columns, ``_extra``, and ``_fault`` where a value does not fit.

    Parameters
    ----------
    fields
        All fields that any of the objects has.
    undeclared
        Those of them that nobody declared; ``_extra`` keeps them.
    marked, has_nul
        As of the slice (``fondaco.landing.spool.Spooled``).
    hands_on
        Add what the levels further in need of each object, read in the same parse: the columns of ``handed_on``.
    """

    def __init__(
        self,
        table: Table,
        level: Level,
        fields: Collection[str],
        undeclared: Collection[str],
        *,
        marked: bool,
        has_nul: bool,
        hands_on: bool = False,
    ) -> None:
        self._table = table
        self._level = level
        self._fields = fields
        self._undeclared = undeclared
        self._marked = marked
        self._has_nul = has_nul
        self._own = Objects("o", "s")
        for column in table.columns:
            if column.path.startswith("$"):
                self._own.want(column.path, column.type)

        for path in level.lists if hands_on else ():
            self._own.want_elements(path)
        for need in level.texts if hands_on else ():
            self._own.want(*need)
        self.handed_on: Mapping[str, str] = self._columns_further_in() if hands_on else {}
        """SQL by column."""

    def sql(self) -> str:
        table, level = self._table, self._level
        parsed = (
            f"select *, {self._own.parse} from {level.source}" if self._own.parse else f"from {level.source}"
        )
        texts, values, faults, names = ["_line"], ["_line"], [], []
        for index, column in enumerate(table.columns):
            texts.append(f"{self._text(column.path, column.type)} as t{index}")
            values.append(f"{value_sql(f't{index}', column.type)} as v{index}")
            values.append(f"t{index}")
            faults.append(
                fault_sql(
                    column.name,
                    f"t{index}",
                    f"v{index}",
                    column.type,
                    is_key=column.name in table.primary_key,
                    has_nul=self._has_nul,
                    largest=column.largest,
                )
            )
            names.append(f'v{index} as "{column.name}"')
        inner = self._own.inner()
        if inner:
            paths = ", ".join(literal(json_path(path)) for path, _ in inner)
            texts.append(
                f"case when {self._own.may_misfit(self._fields)} then json_type(o, [{paths}]) end as _kinds"
            )
            faults = [
                f"when _kinds[{position}] not in ('NULL', '{kind}') then {literal(misfit_reason(path, kind))}"
                for position, (path, kind) in enumerate(inner, start=1)
            ] + faults
        texts.append(f"{self._extra()} as _extra")
        texts += [f"{expression} as {name}" for name, expression in self.handed_on.items()]
        kept = ", ".join(("_extra", *self.handed_on))
        values += ["_kinds"] if inner else []
        branches = " ".join(branch for branch in faults if branch)
        fault = f"case {branches} end" if branches else "cast(null as varchar)"
        return (
            f"select _line, {', '.join(names)}, {kept}, {fault} as _fault from"
            f" (select {', '.join(values)}, {kept} from (select {', '.join(texts)} from ({parsed})))"
        )

    def _columns_further_in(self) -> dict[str, str]:
        level, depth = self._level, len(self._table.each)
        further_out = [*(f"_p{n}" for n in range(1, depth + 1)), *level.outer.values()]
        return (
            {name: name for name in further_out}
            | {name: self._own.text(*need) for need, name in level.texts.items()}
            | {name: self._own.elements(path) for path, name in level.lists.items()}
        )

    def _text(self, path: str, kind: ColumnType) -> str:
        depth = len(self._table.each)
        if path == "#":
            return f"cast(_p{depth} as varchar)" if depth else "'0'"
        if path.startswith("$"):
            return self._unmarked(self._own.text(path, kind), kind)
        outer = self._level.outer[depth - height(path), "$" + path.lstrip("^"), kind]
        return self._unmarked(outer, kind)

    def _unmarked(self, text: str, kind: ColumnType) -> str:
        if not self._marked:
            return text
        if kind is ColumnType.JSON:
            return unmark_json_sql(text)
        # A text column may hold an object's JSON as well as a number.
        return unmark_text_sql(unmark_json_sql(text) if kind is ColumnType.TEXT else text)

    def _extra(self) -> str:
        if not self._undeclared:
            return "cast(null as varchar)"
        fields = ", ".join(f"{literal(name)}, json_extract(o, {_pointer(name)})" for name in self._undeclared)
        # Merging into nothing leaves out fields that are absent or null.
        merged = f"cast(json_merge_patch('{{}}', json_object({fields})) as varchar)"
        if self._marked:
            merged = unmark_json_sql(merged)
        return f"nullif({merged}, '{{}}')"


def _pointer(name: str) -> str:
    """A field by JSON pointer, which, unlike a path, takes any name."""
    return literal("/" + name.replace("~", "~0").replace("/", "~1"))
