"""Shopify's search syntax, as far as the endpoint understands it: ``field:value`` with comparisons, joined by AND."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fondaco.simulator.shopify.kinds import literal

_TERM = re.compile(r"""(?P<field>[a-z_]+):(?P<operator>>=|<=|>|<|)(?P<value>'[^']*'|"[^"]*"|[^\s'"]+)""")


def search_sql(text: str | None, searches: Mapping[str, str]) -> str:
    """A condition. Terms of unknown fields are ignored, as Shopify ignores them."""
    conditions = ["true"]
    for term in _TERM.finditer(text or ""):
        column = searches.get(term["field"])
        if column is None:
            continue
        value = term["value"].strip("'\"")
        conditions.append(f"{column} {term['operator'] or '='} {_value(term['field'], value)}")
    return " and ".join(conditions)


def _value(field: str, text: str) -> str:
    if field.endswith("_at"):
        return f"cast({literal(text)} as timestamptz) at time zone 'UTC'"
    if field == "id":
        return literal(int(re.sub(r"\D", "", text) or 0))
    if field == "test":
        return literal(text == "true")
    return literal(text)
