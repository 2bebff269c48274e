"""How GraphQL types are made of the world's tables: for every field the SQL that gives it.

A *kind* names a table expression and its fields. Nested connections name the kind of their nodes; everything else is
built in place, so that one SQL statement gives whole records as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_ZERO_DIGITS = ("BIF", "CLP", "ISK", "JPY", "KRW", "VND", "XAF", "XOF", "XPF")
_THREE_DIGITS = ("BHD", "JOD", "KWD", "OMR", "TND")


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop that is served, as constants for SQL."""

    shop_id: str
    name: str
    currency: str
    time_zone: str
    taxes_included: bool
    tax_rate: float

    @property
    def digits(self) -> int:
        return 0 if self.currency in _ZERO_DIGITS else 3 if self.currency in _THREE_DIGITS else 2

    @property
    def domain(self) -> str:
        return f"{self.shop_id}.myshopify.com"


Fields = Mapping[str, "str | Object | Many | AtMostOne | Connection"]
"""GraphQL field → SQL of a scalar, or how to build what it holds."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object in place. ``types`` has more than one entry where ``type_sql`` decides row by row."""

    types: Mapping[str, Fields]
    type_sql: str | None = None
    present: str | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A list in place: one element for each row of ``source``."""

    element: Object
    source: str
    order: str


@dataclass(frozen=True, slots=True)
class AtMostOne:
    """A list in place: one element where ``when`` holds, else empty."""

    element: Object
    when: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A nested connection of nodes of another kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Nodes of a connection.

    Attributes
    ----------
    source
        ``from … where …`` of one shop.
    key
        Number that orders the nodes and, for roots, names them.
    parent
        The parent's id as GraphQL writes it; None for roots.
    family
        Key of the root record that the node belongs to.
    cut
        How many nodes a bulk result keeps for each parent.
    sorts
        Sort key → SQL; search field → SQL is ``searches``.
    """

    name: str
    node: Object
    source: str
    key: str
    family: str
    parent: str | None = None
    cut: int | None = None
    sorts: Mapping[str, str] = field(default_factory=dict)
    searches: Mapping[str, str] = field(default_factory=dict)


def gid(kind: str, key: str) -> str:
    """SQL of a global id, null where the key is null."""
    return f"'gid://shopify/{kind}/' || {key}"


def instant(column: str) -> str:
    """SQL of an instant as GraphQL writes it."""
    return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"


def decimal_text(minor: str, digits: int) -> str:
    """SQL of minor units as decimal text; no binary number in between."""
    if digits == 0:
        return f"cast(cast({minor} as bigint) as varchar) || '.0'"
    return f"cast(cast(cast({minor} as bigint) as decimal(18, 0)) * 0.{'0' * (digits - 1)}1 as varchar)"


@dataclass(frozen=True, slots=True)
class Money:
    """Builds money in a shop's currency; ``order`` is the alias that knows the presentment currency."""

    shop: Shop

    def plain(self, minor: str, *, present: str | None = None) -> Object:
        """MoneyV2 in the shop's currency."""
        fields = {"amount": decimal_text(minor, self.shop.digits), "currencyCode": f"'{self.shop.currency}'"}
        return Object({"MoneyV2": fields}, present=present)

    def bag(self, minor: str, order: str = "o") -> Object:
        """MoneyBag: the shop's currency and the one the customer saw."""
        return Object(
            {
                "MoneyBag": {
                    "shopMoney": self.plain(minor),
                    "presentmentMoney": Object(
                        {
                            "MoneyV2": {
                                "amount": self._presentment(minor, order),
                                "currencyCode": f"{order}.presentment_currency",
                            }
                        }
                    ),
                }
            }
        )

    def _presentment(self, minor: str, order: str) -> str:
        units = f"(({minor}) * {order}.presentment_rate * {10**-self.shop.digits:.3f})"
        zero = ", ".join(f"'{code}'" for code in _ZERO_DIGITS)
        three = ", ".join(f"'{code}'" for code in _THREE_DIGITS)
        return (
            f"case when {order}.presentment_currency = '{self.shop.currency}' then {decimal_text(minor, self.shop.digits)} "
            f"when {order}.presentment_currency in ({zero}) then {decimal_text(f'round({units})', 0)} "
            f"when {order}.presentment_currency in ({three}) then {decimal_text(f'round({units} * 1000)', 3)} "
            f"else {decimal_text(f'round({units} * 100)', 2)} end"
        )


def single(name: str, fields: Fields, present: str | None = None) -> Object:
    """An object whose type is the same in every row."""
    return Object({name: fields}, present=present)


def literal(value: Any) -> str:
    """A constant as SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"
