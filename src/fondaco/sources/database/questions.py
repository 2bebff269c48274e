"""From a stream's mapping and the tables that are there to the SQL that reads it, page by page, by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.errors import ConfigError
from fondaco.sources.database.client import Answer, DatabaseClient, Kind, KnownColumn
from fondaco.sources.database.expressions import columns_in
from fondaco.sources.database.mapping import ColumnMapping, StreamMapping

_BASE = "base"
_REPEATED_HOUR = timedelta(hours=1)


class MissingTableError(ConfigError):
    """None of the tables that a stream names is there, or may be read."""


class MissingColumnError(ConfigError):
    """A column that a stream needs is not there, or may not be read."""


@dataclass(frozen=True, slots=True)
class Question:
    """A stream as this database can answer it.

    Attributes
    ----------
    read
        Our columns that are read, in the order of the answer; first those of the key.
    key
        SQL of the columns that tell rows apart, without those that are always one value.
    changed
        SQL of the instant that moves when a row changes; empty where all rows are read each time.
    absent
        Our columns that the mapping reads where they are there, and that are not.
    """

    mapping: StreamMapping
    table: str
    read: tuple[ColumnMapping, ...]
    select: tuple[str, ...]
    source: str
    key: tuple[str, ...]
    changed: str
    deleted: str
    absent: tuple[str, ...]
    columns: dict[str, KnownColumn] = field(default_factory=dict)
    from_columns: dict[str, str] = field(default_factory=dict)
    """Our column → the name in the stream's own table that was found for it."""
    joined: dict[str, str] = field(default_factory=dict)
    """Join → the table that was found for it."""

    def sql(self, condition: str, order: Sequence[str], limit: int, *, newest_first: bool = False) -> str:
        """The first ``limit`` rows by ``order`` that meet a condition; what they are ordered by follows our columns."""
        where = [f"({part})" for part in (self._own_condition, condition) if part]
        direction = " desc" if newest_first else ""
        return (
            f"select {', '.join((*self.select, *order))} from {self.source}"
            f"{' where ' + ' and '.join(where) if where else ''}"
            f" order by {', '.join(name + direction for name in order)} limit {int(limit)}"
        )

    @property
    def _own_condition(self) -> str:
        return (self.mapping.condition or "").replace("%", "%%")


def resolve(client: DatabaseClient, mapping: StreamMapping) -> Question:
    """Find the stream's tables and columns in the database.

    Raises
    ------
    MissingTableError, MissingColumnError
        With the line of the mapping that asks for it.
    """
    return _Resolver(client, mapping).question()


class _Resolver:
    def __init__(self, client: DatabaseClient, mapping: StreamMapping) -> None:
        self._client = client
        self._driver = client.driver
        self._mapping = mapping
        self._known: dict[str, dict[str, KnownColumn]] = {}
        self._absent: list[str] = []
        self._found: dict[str, str] = {}
        self._joined: dict[str, str] = {}

    def question(self) -> Question:
        mapping = self._mapping
        table, source = self._base()
        for join in mapping.joins:
            name, columns = self._table(join.tables, join.where)
            self._known[join.alias], self._joined[join.alias] = columns, name
            pairs = " and ".join(
                f"{self._sql(f'{join.alias}.{theirs}', join.where)} = {self._sql(own, join.where)}"
                for theirs, own in join.on.items()
            )
            source += (
                f" left join {self._driver.quoted(name)} as {self._driver.quoted(join.alias)} on {pairs}"
            )
        marks = [mark for mark in (mapping.changed_at, mapping.deleted_at) if mark is not None]
        wanted = [*mapping.key, *mapping.columns, *marks]
        pairs_found = [(column, self._value(column)) for column in wanted]
        found = {id(column): text for column, text in pairs_found if text is not None}
        read = [column for column in wanted if id(column) in found]
        constant = [column for column in mapping.key if self._is_constant(column)]
        if len(constant) == len(mapping.key):
            raise MissingColumnError(
                f"{mapping.where}: no column of {table} tells the rows of {mapping.name} apart.",
                "Name one under `key` that the table has.",
            )
        return Question(
            mapping=mapping,
            table=table,
            read=tuple(read),
            select=tuple(found[id(column)] for column in read),
            source=source,
            key=tuple(found[id(column)] for column in mapping.key if column not in constant),
            changed=found.get(id(mapping.changed_at), "") if mapping.changed_at else "",
            deleted=found.get(id(mapping.deleted_at), "") if mapping.deleted_at else "",
            absent=tuple(self._absent),
            columns=self._known[_BASE],
            from_columns=self._found,
            joined=self._joined,
        )

    def _base(self) -> tuple[str, str]:
        mapping = self._mapping
        alias = self._driver.quoted(_BASE)
        if mapping.query is None:
            table, self._known[_BASE] = self._table(mapping.tables, mapping.where)
            return table, f"{self._driver.quoted(table)} as {alias}"
        asked = mapping.query.replace("%", "%%")
        names = self._client.ask(f"select * from ({asked}\n) as {alias} limit 0").names
        self._known[_BASE] = {name: KnownColumn(name, True, False) for name in names}
        return "the query", f"({asked}\n) as {alias}"

    def _table(self, tables: tuple[str, ...], where: str) -> tuple[str, dict[str, KnownColumn]]:
        for table in tables:
            columns = self._client.trying(partial(self._driver.columns, table))
            if columns is not None:
                return table, columns
        raise MissingTableError(
            f"{where}: the database has no table {' or '.join(tables)} that this user may read.",
            f"Name the shop's own in the mapping, grant it, or leave the stream out with `{self._mapping.name}: null`.",
        )

    def _is_constant(self, column: ColumnMapping) -> bool:
        return column.expression is None and column.name not in self._found

    def _value(self, column: ColumnMapping) -> str | None:
        """SQL for a column of ours; None where it is optional and not there."""
        if column.expression is not None:
            self._hold_to_known(column)
            return f"({column.expression})".replace("%", "%%")
        for source in column.columns:
            alias, _, name = source.rpartition(".")
            known = _same(self._known.get(alias or _BASE, {}), name)
            if known is not None:
                self._found[column.name] = known if not alias else source
                return self._quoted(alias, known)
        if column.value is not None:
            text = column.value.replace("'", "''").replace(
                "\\", "\\\\" if self._driver.engine == "mysql" else "\\"
            )
            return f"'{text}'".replace("%", "%%")
        if column.optional:
            self._absent.append(column.name)
            return None
        raise MissingColumnError(
            f"{column.where}: {self._mapping.name} needs a column {' or '.join(column.columns)}, which is not there or "
            "may not be read.",
            f"Name the shop's own in the mapping, or leave it out with `{column.name or 'it'}: null`.",
        )

    def _hold_to_known(self, column: ColumnMapping) -> None:
        for alias, name in columns_in(column.expression or "", self._driver.engine):
            tables = [self._known[alias]] if alias in self._known else list(self._known.values())
            if all(_same(table, name) is None for table in tables):
                raise MissingColumnError(
                    f"{column.where}: the expression of {column.name} uses a column {name}, which is not there or may not be read.",
                    "Name a column of the table, or of a join as `join.column`.",
                )

    def _sql(self, source: str, where: str) -> str:
        alias, _, name = source.rpartition(".")
        known = _same(self._known[alias or _BASE], name)
        if known is None:
            raise MissingColumnError(
                f"{where}: the join uses a column {name}, which is not there or may not be read.",
                "Name the columns by which the two tables belong together.",
            )
        return self._quoted(alias, known)

    def _quoted(self, alias: str, name: str) -> str:
        return f"{self._driver.quoted(alias or _BASE)}.{self._driver.quoted(name)}"


def _same(columns: dict[str, KnownColumn], name: str) -> str | None:
    """The column's own spelling: MySQL does not tell upper from lower case."""
    if name in columns:
        return name
    return next((known for known in columns if known.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads a question's rows page by page. Each page begins behind the last row of the one before, never at a number."""

    client: DatabaseClient
    question: Question
    page_size: int

    def everything(self, condition: str = "", params: Sequence[Any] = ()) -> Iterator[Answer]:
        """All rows (that meet a condition), by their key."""
        yield from self._pages(self.question.key, condition, params)

    def changed(self, since: datetime) -> Iterator[Answer]:
        """Rows that changed at ``since`` or later, by that instant and their key. There is no upper bound: what was written while
        it is read, or by a clock that is fast, comes along."""
        changed = self.question.changed
        start = self._as_theirs(since, changed, self.question.mapping.changed_at)
        yield from self._pages((changed, *self.question.key), f"{changed} >= %s", [start])

    def newest(self, count: int) -> Answer:
        """The rows with the highest keys."""
        key = self.question.key
        answer = self.client.ask(self.question.sql("", key, count, newest_first=True))
        return _without_order(answer, len(key))

    def never_marked(self) -> Iterator[Answer]:
        """Rows without an instant of change."""
        yield from self.everything(f"{self.question.changed} is null")

    def marked_deleted(self, since: datetime) -> Iterator[Answer]:
        """Rows that were marked as deleted at ``since`` or later."""
        deleted = self.question.deleted
        start = self._as_theirs(since, deleted, self.question.mapping.deleted_at)
        yield from self.everything(f"{deleted} >= %s", [start])

    def _pages(self, order: Sequence[str], condition: str, params: Sequence[Any]) -> Iterator[Answer]:
        behind, width = "", len(order)
        values: list[Any] = []
        while True:
            both = " and ".join(f"({part})" for part in (condition, behind) if part)
            answer = self.client.ask(self.question.sql(both, order, self.page_size), [*params, *values])
            rows, last = answer.rows, answer.rows[-1][-width:] if answer.rows else ()
            yield _without_order(answer, width)
            if len(rows) < self.page_size:
                return
            if None in last:
                raise ConfigError(
                    f"{self.question.mapping.where}: {self.question.mapping.name} have rows without a key.",
                    "Name columns that are never null under `key`, or leave such rows out with `where`.",
                )
            behind, values = _behind(order, last)

    def _as_theirs(self, moment: datetime, column: str, mapping: ColumnMapping | None) -> str:
        """An instant as the database tells it; an hour earlier where a clock that is set back tells an hour twice."""
        name = mapping.time_zone if mapping else "UTC"
        if name == "UTC" or self._is_told_in_utc(column):
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        local = moment.astimezone(ZoneInfo(name)).replace(tzinfo=None) - _REPEATED_HOUR
        return local.isoformat(sep=" ")

    def _is_told_in_utc(self, column: str) -> bool:
        answer = self.client.ask(f"select {column} from {self.question.source} limit 0")
        return answer.kinds[0] is Kind.UTC


def _without_order(answer: Answer, width: int) -> Answer:
    return Answer([row[:-width] for row in answer.rows], answer.kinds[:-width])


def _behind(order: Sequence[str], last: Sequence[Any]) -> tuple[str, list[Any]]:
    """SQL for "after this row", so written that an index on the first column serves, and its parameters."""
    parts: list[str] = []
    values: list[Any] = []
    for depth in range(len(order)):
        equal = [f"{name} = %s" for name in order[:depth]]
        parts.append(f"({' and '.join([*equal, f'{order[depth]} > %s'])})")
        values.extend(last[: depth + 1])
    return f"{order[0]} >= %s and ({' or '.join(parts)})", [last[0], *values]
