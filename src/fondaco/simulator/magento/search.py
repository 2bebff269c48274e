"""searchCriteria: filter groups, sort orders and pages, as Magento understands them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Fields = Mapping[str, tuple[str, str]]
"""Name of a field → its SQL, and what it holds: number, text, instant."""

_PART = re.compile(
    r"searchCriteria\[filterGroups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|value|conditionType)\]"
)
_SORT = re.compile(r"searchCriteria\[sortOrders\]\[(\d+)\]\[(field|direction)\]")
_COMPARED = {"eq": "=", "neq": "<>", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}
_DEFAULT_SIZE = 20


class BadCriteriaError(Exception):
    """What Magento refuses with 400."""


@dataclass(slots=True)
class Criteria:
    """A search, understood: SQL and its values."""

    condition: str
    order: str
    size: int
    page: int
    values: dict[str, Any] = field(default_factory=dict)


def understand(query: Mapping[str, str], fields: Fields, key: str, largest: int | None) -> Criteria:
    """Read the parameters of a search.

    Raises
    ------
    BadCriteriaError
        Without any criteria, for a field that is none, or for a page larger than the shop allows.
    """
    if not any(name.startswith("searchCriteria") for name in query):
        raise BadCriteriaError('"%fieldName" is required. Enter and try again.')
    values: dict[str, Any] = {}
    groups = [
        " or ".join(_term(part, fields, values) for part in group.values())
        for _, group in sorted(_groups(query).items())
    ]
    size = _whole(query.get("searchCriteria[pageSize]", str(_DEFAULT_SIZE)))
    if largest is not None and size > largest:
        raise BadCriteriaError(f"Maximum SearchCriteria pageSize is {largest}")
    page = max(_whole(query.get("searchCriteria[currentPage]", "1")), 1)
    condition = " and ".join(f"({group})" for group in groups) or "true"
    return Criteria(condition, _order(query, fields, key), size, page, values)


def start_of(criteria: Criteria, total: int) -> int:
    """Where a page begins. One beyond the last is the last once more (magento2#3787)."""
    last = max((total - 1) // criteria.size, 0)
    return min(criteria.page - 1, last) * criteria.size


def _groups(query: Mapping[str, str]) -> dict[int, dict[int, dict[str, str]]]:
    found: dict[int, dict[int, dict[str, str]]] = {}
    for name, value in query.items():
        if match := _PART.fullmatch(name):
            group, number, part = match.groups()
            found.setdefault(int(group), {}).setdefault(int(number), {})[part] = value
    return found


def _term(part: Mapping[str, str], fields: Fields, values: dict[str, Any]) -> str:
    name, condition = part.get("field", ""), part.get("conditionType", "eq")
    if name not in fields:
        raise BadCriteriaError(f"Column not found: 1054 Unknown column '{name}' in 'where clause'")
    sql, kind = fields[name]
    given = part.get("value", "")
    if condition in ("in", "nin"):
        listed = ", ".join(_bound(text, kind, values) for text in given.split(","))
        return f"{sql} {'not ' if condition == 'nin' else ''}in ({listed})"
    if condition not in _COMPARED:
        raise BadCriteriaError(f"The condition {condition} is not known.")
    return f"{sql} {_COMPARED[condition]} {_bound(given, kind, values)}"


def _bound(text: str, kind: str, values: dict[str, Any]) -> str:
    name = f"v{len(values)}"
    if kind == "number":
        values[name] = _whole(text)
    elif kind == "instant":
        values[name] = _instant(text)
    else:
        values[name] = text
    return f"${name}"


def _order(query: Mapping[str, str], fields: Fields, key: str) -> str:
    sorts: dict[int, dict[str, str]] = {}
    for name, value in query.items():
        if match := _SORT.fullmatch(name):
            sorts.setdefault(int(match[1]), {})[match[2]] = value
    terms = []
    for _, sort in sorted(sorts.items()):
        if sort.get("field") not in fields:
            raise BadCriteriaError(
                f"Column not found: 1054 Unknown column '{sort.get('field')}' in 'order clause'"
            )
        direction = "asc" if sort.get("direction", "ASC").upper() == "ASC" else "desc"
        terms.append(f"{fields[sort['field']][0]} {direction}")
    return ", ".join([*terms, fields[key][0]])


def _whole(text: str) -> int:
    if not text.isdigit():
        raise BadCriteriaError(f'The "{text}" value\'s type is invalid. The "int" type was expected.')
    return int(text)


def _instant(text: str) -> datetime:
    """MySQL would take an offset for nonsense and compare with it all the same."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadCriteriaError(f"Invalid date {text}") from None
    if moment.tzinfo is not None:
        raise BadCriteriaError(f"{text} carries an offset, which this simulator does not take.")
    return moment
