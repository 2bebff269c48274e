"""Suggestions with the money that they would save, and the rows behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.errors import ConfigError
from fondaco.metrics.suggestion_kinds import KINDS, LEAST_PAYMENTS, LEAST_UNITS, SuggestionKind
from fondaco.warehouse.engine import OutdatedError, Reader, Value

SAVES = "saves"


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what is looked at: orders placed, and payments made, on these days.

    Attributes
    ----------
    shop
        A connection; '' for all shops.
    least_payments, least_units
        Below them a gateway is not taken for the cheapest, and a product not for one that comes back often.
    """

    tenant_id: str
    first: date
    last: date
    shop: str = ""
    least_payments: int = LEAST_PAYMENTS
    least_units: int = LEAST_UNITS

    @property
    def params(self) -> dict[str, Value]:
        return {"tenant_id": self.tenant_id, "first": self.first, "last": self.last, "shop": self.shop}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind, what all of its rows would save, and how many there are."""

    kind: SuggestionKind
    saves: Decimal
    rows: int


def kind_of(name: str) -> SuggestionKind:
    """The kind of that name.

    Raises
    ------
    ConfigError
        If there is none.
    """
    if name not in KINDS:
        raise ConfigError(f"There is no suggestion {name[:63]!r}.", f"Choose from {', '.join(KINDS)}.")
    return KINDS[name]


def suggestions(reader: Reader, scope: Scope) -> list[Suggestion]:
    """All kinds that would save something, the most money first. Of what an older Fondaco published, those that it can tell."""
    found = []
    for kind in KINDS.values():
        sql = f"select count(*) as found, coalesce(sum({SAVES}), 0) as saved from ({kind.sql}) as kind"
        try:
            (row,) = reader.query(sql, _params(kind, scope)).to_pylist()
        except OutdatedError:
            continue
        if row["found"]:
            found.append(Suggestion(kind, Decimal(row["saved"]), int(row["found"])))
    return sorted(found, key=lambda each: (-each.saves, each.kind.name))


def suggestion_rows(
    reader: Reader, scope: Scope, name: str, *, find: str = "", limit: int | None = None, offset: int = 0
) -> Sequence[Mapping[str, Any]]:
    """The rows behind a suggestion, those that save the most first.

    Parameters
    ----------
    find
        Part of what the first column says, in whatever case.

    Columns
    -------
    those of the kind, and ``saves``
        Amounts in the reporting currency; also ``order_id``, ``product_id`` or ``campaign_id``, by what the rows are.
    matches
        How many rows there are in all; the same in each.
    """
    kind = kind_of(name)
    params = _params(kind, scope)
    condition = ""
    if find:
        condition = f"where strpos(lower({kind.columns[0].name}), lower($find)) > 0"
        params["find"] = find
    paging = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
    sql = (
        f"select *, count(*) over () as matches from ({kind.sql}) as kind {condition}\n"
        f"order by {SAVES} desc, {kind.key}{paging}"
    )
    found: Sequence[Mapping[str, Any]] = reader.query(sql, params).to_pylist()
    return found


def _params(kind: SuggestionKind, scope: Scope) -> dict[str, Value]:
    """Engines refuse a parameter that the SQL does not name."""
    least = {"least_payments": scope.least_payments, "least_units": scope.least_units}
    return scope.params | {name: value for name, value in least.items() if f"${name}" in kind.sql}
