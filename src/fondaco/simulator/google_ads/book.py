"""What the server has to know of an account: things, and figures by day, as rows of GAQL fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

Row = dict[str, Any]
"""Values by GAQL field. Names of enums are text; what an answer leaves out is missing or None."""

PURCHASE = {
    "segments.conversion_action": "customers/{customer}/conversionActions/1",
    "segments.conversion_action_name": "Purchase",
    "segments.conversion_action_category": "PURCHASE",
}
"""The conversion action of all figures that name no other."""


class Book(Protocol):
    """One account as it is now."""

    def customer(self) -> Row:
        """``customer.*``, among them ``customer.id``."""
        ...

    def today(self) -> date:
        """The day that runs in the account's time zone."""
        ...

    def things(self, resource: str) -> list[Row]:
        """All campaigns, ad groups, …, removed ones too, each with the fields of what encloses it."""
        ...

    def days(self, resource: str, first: date, last: date) -> list[Row]:
        """Figures by ``segments.date``, one row a thing, day and conversion action, with the fields of ``things``."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """A refresh token, and what its user may see."""

    customers: frozenset[int]
    """Accounts of which the user is a user."""
    managers: frozenset[int] = frozenset()
    """Manager accounts of which the user is a user."""
    in_testing: bool = False
    """Whether its Cloud project may read test accounts only."""


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager account and the accounts below it."""

    name: str
    currency: str
    time_zone: str
    clients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """All that a server serves."""

    books: Mapping[int, Book]
    logins: Mapping[str, Login]
    managers: Mapping[int, Manager] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()
    """Accounts that are not enabled."""
    service_accounts: Mapping[str, tuple[bytes, Login]] = field(default_factory=dict)
    """Address → public key (PEM), and what the service account may see."""
