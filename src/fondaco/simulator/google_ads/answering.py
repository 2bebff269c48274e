"""Answers to queries: filter, sum up by what is selected, sort, cut."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from fondaco.simulator.google_ads.book import PURCHASE, Book, Directory, Row
from fondaco.simulator.google_ads.gaql import Condition, Query
from fondaco.simulator.google_ads.refusals import bad_query

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_DURING = {
    "TODAY": (0, 0),
    "YESTERDAY": (1, 1),
    "LAST_7_DAYS": (7, 1),
    "LAST_14_DAYS": (14, 1),
    "LAST_30_DAYS": (30, 1),
}
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)


def answer(query: Query, customer_id: int, directory: Directory) -> list[Row]:
    """The rows of a query that ``rules.check`` has let pass."""
    if customer_id in directory.managers:
        return _of_manager(query, customer_id, directory)
    book = directory.books[customer_id]
    conditions = [_resolved(one, book.today()) for one in query.conditions]
    if query.resource == "customer_client":
        rows = [_client(book, level=0)]
    elif any(field.startswith(("metrics.", "segments.")) for field in query.named):
        rows = _figures(query, conditions, book)
    elif query.resource == "customer":
        rows = [book.customer()]
    else:
        rows = [{**book.customer(), **row} for row in book.things(query.resource)]
    return _shaped(query, [row for row in rows if all(_holds(one, row) for one in conditions)])


def _figures(query: Query, conditions: list[Condition], book: Book) -> list[Row]:
    """One row for each thing and selected segment; without any figure there is none where days are told apart."""
    by_day = "segments.date" in query.fields
    by_action = any(field in PURCHASE for field in query.fields)
    dates = [one for one in conditions if one.field == "segments.date"]
    account = book.customer()
    rows: dict[tuple[str, str, str], Row] = {}
    if not by_day and not by_action:
        for thing in [{}] if query.resource == "customer" else book.things(query.resource):
            rows[_key(query, thing, ""), "", ""] = {**account, **thing}
    for one in book.days(query.resource, *_span(dates)):
        if not all(_holds(condition, one) for condition in dates):
            continue
        day = one["segments.date"] if by_day else ""
        action = _action(one, account) if by_action else {}
        place = (_key(query, one, ""), day, str(action.get("segments.conversion_action", "")))
        known = rows.setdefault(place, {**account, **_attributes(one), **action})
        if by_day:
            known["segments.date"] = day
        for field, value in one.items():
            if field.startswith("metrics."):
                known[field] = known.get(field, 0) + value
    found = list(rows.values())
    if by_action:
        found = [row for row in found if row.get("metrics.all_conversions")]
    selected = [field for field in query.fields if field.startswith("metrics.")]
    if by_day and selected:
        found = [row for row in found if any(row.get(field) for field in selected)]
    return [
        {field: value or None if field.startswith("metrics.") else value for field, value in row.items()}
        for row in found
    ]


def _action(row: Row, account: Row) -> Row:
    """The conversion action that a row tells, else the usual one."""
    usual = {name: text.format(customer=account["customer.id"]) for name, text in PURCHASE.items()}
    return {name: row.get(name, value) for name, value in usual.items()}


def _key(query: Query, row: Row, default: str) -> str:
    return str(row.get(f"{query.resource}.resource_name", default))


def _attributes(row: Row) -> Row:
    return {field: value for field, value in row.items() if not field.startswith(("metrics.", "segments."))}


def _of_manager(query: Query, manager_id: int, directory: Directory) -> list[Row]:
    manager = directory.managers[manager_id]
    own = {
        "customer.id": manager_id, "customer.resource_name": f"customers/{manager_id}", "customer.manager": True,
        "customer.descriptive_name": manager.name, "customer.currency_code": manager.currency,
        "customer.time_zone": manager.time_zone, "customer.status": "ENABLED", "customer.test_account": False,
    }  # fmt: skip
    if any(field.startswith("metrics.") for field in query.named):
        raise bad_query("REQUESTED_METRICS_FOR_MANAGER", "a manager account has no metrics")
    if query.resource == "customer":
        rows = [own]
    elif query.resource == "customer_client":
        itself = {
            "customer_client.id": manager_id, "customer_client.descriptive_name": manager.name,
            "customer_client.manager": True, "customer_client.status": "ENABLED", "customer_client.level": 0,
            "customer_client.currency_code": manager.currency, "customer_client.time_zone": manager.time_zone,
        }  # fmt: skip
        rows = [itself, *(_client(directory.books[one], level=1) for one in manager.clients)]
    else:
        rows = []
    return _shaped(query, [row for row in rows if all(_holds(one, row) for one in query.conditions)])


def _client(book: Book, *, level: int) -> Row:
    about = book.customer()
    names = ("id", "descriptive_name", "currency_code", "time_zone", "status", "manager", "test_account")
    row = {f"customer_client.{name}": about.get(f"customer.{name}") for name in names}
    return {**row, "customer_client.level": level, "customer_client.manager": False}


def _shaped(query: Query, rows: list[Row]) -> list[Row]:
    for field, descending in reversed(query.order):
        rows.sort(key=lambda row: (row.get(field) is not None, row.get(field)), reverse=descending)
    kept = (*query.fields, f"{query.resource}.resource_name")
    return [{field: row.get(field) for field in kept} for row in rows[: query.limit]]


def _resolved(one: Condition, today: date) -> Condition:
    if one.operator != "DURING":
        return one
    name = str(one.values[0])
    if name not in _DURING:
        raise bad_query("INVALID_VALUE_WITH_DURING_OPERATOR", f"{name} is not served here")
    ago, until = _DURING[name]
    days = (today - timedelta(days=ago), today - timedelta(days=until))
    return Condition(one.field, "BETWEEN", tuple(day.isoformat() for day in days))


def _span(dates: Iterable[Condition]) -> tuple[date, date]:
    first, last = _FIRST, _LAST
    for one in dates:
        days = sorted(date.fromisoformat(str(value)) for value in one.values)
        if one.operator in ("=", "BETWEEN", "IN", ">", ">="):
            first = max(first, days[0])
        if one.operator in ("=", "BETWEEN", "IN", "<", "<="):
            last = min(last, days[-1])
    return first, last


def _holds(one: Condition, row: Row) -> bool:
    value = row.get(one.field)
    if one.operator in ("IS NULL", "IS NOT NULL"):
        return (value is None) is (one.operator == "IS NULL")
    if one.operator in ("IN", "NOT IN"):
        return (value in one.values) is (one.operator == "IN")
    if value is None:
        value = False if isinstance(one.values[0], bool) else 0 if one.field.startswith("metrics.") else None
    if value is None:
        return one.operator == "!="
    if one.operator == "BETWEEN":
        low, high = (_COMPARE["<="](one.values[0], value), _COMPARE["<="](value, one.values[1]))
        return low and high
    return _COMPARE[one.operator](value, one.values[0])
