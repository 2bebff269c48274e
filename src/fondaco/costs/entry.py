"""One cost of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fondaco.costs.kinds import Kind

Identity = tuple[
    Kind, str | None, str | None, str | None, int | None, int | None, int | None, int | None, date | None
]


@dataclass(frozen=True, slots=True)
class CostEntry:
    """A cost, as somebody wrote it down. ``faults_of`` tells whether it keeps the rules of its kind.

    Attributes
    ----------
    item
        What it is for, in the words of its kind: a SKU, a gateway, a name.
    connection_id, country
        Where it holds; None is everywhere. Countries are ISO 3166 alpha-2. Of what messages cost the connection is an account.
    weight_from, weight_to
        Grams of an order, from inclusive, to exclusive; None is open.
    tier_from, tier_to
        Contacts or messages of a month, from inclusive, to exclusive; None is open.
    messages
        How many the amount is for, each; None where the platform tells.
    amount
        In ``currency`` (ISO 4217), with at most six decimals.
    rate
        A share from 0 to 1, with at most nine decimals.
    valid_from, valid_to
        First and last day; None is open. Without a last day it holds until another entry for the same begins.
    """

    kind: Kind
    item: str | None = None
    connection_id: str | None = None
    country: str | None = None
    weight_from: int | None = None
    weight_to: int | None = None
    tier_from: int | None = None
    tier_to: int | None = None
    messages: int | None = None
    amount: Decimal | None = None
    rate: Decimal | None = None
    currency: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None

    @property
    def identity(self) -> Identity:
        """By what entries are told apart: a sheet that has the same changes the entry, another one is added."""
        return (
            self.kind, self.item, self.connection_id, self.country, self.weight_from, self.weight_to, self.tier_from,
            self.tier_to, self.valid_from,
        )  # fmt: skip


COLUMNS = (
    "kind", "item", "shop", "country", "weight_from", "weight_to", "tier_from", "tier_to", "messages", "amount", "rate",
    "currency", "valid_from", "valid_to", "note",
)  # fmt: skip
"""Columns of a sheet, in order; docs/costs.md tells what they mean."""
