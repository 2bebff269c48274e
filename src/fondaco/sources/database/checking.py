"""What of a mapping the database can answer, and what looks wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from fondaco.clock import Clock
from fondaco.errors import ConfigError
from fondaco.money import minor_digits
from fondaco.sources.database.client import DatabaseClient
from fondaco.sources.database.mapping import DatabaseMapping, StreamMapping
from fondaco.sources.database.questions import (
    MissingTableError,
    Question,
    Reading,
    resolve,
)
from fondaco.sources.database.rows import RowShaper
from fondaco.sources.database.settings import DatabaseSettings
from fondaco.sources.database.streams import STREAMS
from fondaco.sources.stream import Check

_LOSSES = {
    "orders": "no sales can be read",
    "order_lines": "no goods can be read",
    "refunds": "sales are too high where money goes back",
    "refund_lines": "what comes back is not known by article",
    "payments": "payments and their fees are not known",
    "customers": "no customer accounts can be read",
    "products": "articles have no names of their own",
    "variants": "there are no prices, costs and barcodes",
    "categories": "products cannot be grouped",
    "product_categories": "products cannot be grouped",
    "locations": "stock is known by the numbers of its places",
    "stock_levels": "no stock can be read",
    "discounts": "discounts have no kind",
}
_OFTEN_ABSENT = frozenset({"", "created_at", "deleted_at"})
_SKEW = timedelta(minutes=5)
_SAMPLE = 500
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MOST_IS_CENTS = Decimal(500)
_ENOUGH = 20


def check(
    client: DatabaseClient, settings: DatabaseSettings, mapping: DatabaseMapping, clock: Clock
) -> Check:
    """Look at every table and column that the mapping names, and at a sample of what they hold.

    Raises
    ------
    AccessError
        If the server refuses the user.
    """
    found = _Findings(warnings=list(_clock_warnings(client, clock)))
    if client.trying(client.driver.may_write):
        found.warnings.append(
            "This user may change tables. Fondaco only ever reads; a user with SELECT alone is safer."
        )
    for stream in STREAMS:
        if stream.name in mapping.streams:
            _look_at(client, mapping.streams[stream.name], found, settings, clock)
    return Check(
        shop_name=settings.shop or settings.database,
        currency=settings.currency,
        time_zone=settings.timezone,
        missing=tuple(found.missing),
        warnings=(*found.warnings, *found.absences()),
        details={"mapping": settings.mapping, "tls": settings.secured},
    )


@dataclass(slots=True)
class _Findings:
    """What has been found so far. ``tables`` and ``columns`` are not there, and need not be."""

    warnings: list[str]
    missing: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def absences(self) -> Iterator[str]:
        if self.columns:
            yield f"The database has no columns for {', '.join(self.columns)}; they stay empty."
        if self.tables:
            yield (
                f"The database has no tables for {', '.join(self.tables).replace('_', ' ')}. Name them in a mapping of your own if "
                "they are called otherwise."
            )


def _look_at(
    client: DatabaseClient, mapping: StreamMapping, found: _Findings, settings: DatabaseSettings, clock: Clock
) -> None:
    try:
        question = resolve(client, mapping)
        _probe(client, question)
    except ConfigError as error:
        if isinstance(error, MissingTableError) and mapping.optional:
            found.tables.append(mapping.name)
        else:
            found.missing.append(f"{error.what.rstrip('.')}: {_LOSSES[mapping.name]}. {error.remedy}")
        return
    found.columns += [f"{mapping.name}.{name}" for name in question.absent if name not in _OFTEN_ABSENT]
    found.warnings += _shape_warnings(client, question)
    found.warnings += _data_warnings(client, question, settings, clock)


def _probe(client: DatabaseClient, question: Question) -> None:
    """Ask it for no row: the server says whether it understands every part."""
    client.ask(question.sql("1 = 0", question.key, 1))


def _shape_warnings(client: DatabaseClient, question: Question) -> Iterator[str]:
    mapping, columns = question.mapping, question.columns
    changed = columns.get(question.from_columns.get("updated_at", ""))
    if changed is not None and not changed.is_indexed:
        yield (
            f"{question.table}.{changed.name} has no index: every run reads the whole table to find what changed. "
            f"`create index on {question.table} ({changed.name})` makes it quick."
        )
    if mapping.query is not None or any(column.expression for column in mapping.key):
        return
    key = frozenset(
        question.from_columns[column.name] for column in mapping.key if column.name in question.from_columns
    )
    if not _is_unique(client, question.table, key):
        yield (
            f"{question.table} has no unique index on {', '.join(sorted(key))}: rows that share a key are taken for one."
        )
    for alias, table in question.joined.items():
        names = frozenset(next(join.on for join in mapping.joins if join.alias == alias))
        if not _is_unique(client, table, names):
            yield (
                f"{table} has no unique index on {', '.join(sorted(names))}: of several rows for one of {mapping.name} "
                "any may be taken."
            )


def _is_unique(client: DatabaseClient, table: str, columns: frozenset[str]) -> bool:
    known = client.trying(partial(client.driver.unique_keys, table))
    return any(unique <= columns for unique in known)


def _clock_warnings(client: DatabaseClient, clock: Clock) -> Iterator[str]:
    told = client.ask(f"select {client.driver.now}").rows[0][0]
    skew = datetime.fromisoformat(str(told)).replace(tzinfo=UTC) - clock()
    if abs(skew) > _SKEW:
        minutes = round(skew.total_seconds() / 60)
        yield (
            f"The database's clock is {abs(minutes):,} minutes {'ahead of' if minutes > 0 else 'behind'} this machine's. "
            "Set both by NTP: what changed is found by them."
        )


def _data_warnings(
    client: DatabaseClient, question: Question, settings: DatabaseSettings, clock: Clock
) -> Iterator[str]:
    """What a sample of the newest rows says of units and zones."""
    if question.mapping.name != "orders":
        return
    shaper = RowShaper(question, settings.currency)
    answer = Reading(client, question, _SAMPLE).newest(_SAMPLE)
    rows = list(shaper.records(answer))
    yield from shaper.warnings()
    totals = [total for total in map(_number, (row.get("total") for row in rows)) if total is not None]
    minor = any(column.minor for column in question.read if column.name == "total")
    digits = minor_digits(settings.currency)
    if digits and not minor and _all_look_like_cents(totals):
        yield "All totals of orders are whole numbers: if they are cents, write `money: minor` in the mapping."
    if minor and any(total.scaleb(digits) % 1 for total in totals):
        yield "Some totals of orders have fractions of a cent: if amounts are decimals, write `money: decimal` in the mapping."
    if any(total < 0 for total in totals):
        yield f"{sum(total < 0 for total in totals):,} of the newest {len(rows):,} orders have a total below nought."
    yield from _instant_warnings(rows, clock)


def _instant_warnings(rows: list[dict[str, object]], clock: Clock) -> Iterator[str]:
    ahead, early = 0, 0
    for row in rows:
        try:
            placed = datetime.fromisoformat(str(row.get("ordered_at")))
        except ValueError:
            continue
        placed = placed if placed.tzinfo else placed.replace(tzinfo=UTC)
        ahead += placed > clock() + _SKEW
        early += placed < _EARLIEST
    if ahead:
        yield f"{ahead:,} of the newest {len(rows):,} orders lie in the future: is `time_zone` of the mapping right?"
    if early:
        yield f"{early:,} of the newest {len(rows):,} orders lie before 1995."


def _all_look_like_cents(totals: list[Decimal]) -> bool:
    """Whether none of enough amounts has a fraction, and half of them would be large."""
    if len(totals) < _ENOUGH or any(total % 1 for total in totals):
        return False
    return sorted(totals)[len(totals) // 2] > _MOST_IS_CENTS


def _number(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None
