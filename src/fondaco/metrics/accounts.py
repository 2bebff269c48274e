"""The accounts that are one person, as the newest published state has them, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from fondaco.metrics.by_index import rows_of_one
from fondaco.warehouse.engine import Reader

_OF_PERSON = f"""
with {rows_of_one("found", "customer_accounts", "person_id")}

select record_id, connection_id, is_account, source_id, email, phone, first_name, last_name, city, country, known_since, orders,
    linked_to, rule, probability, explanation
from found
where tenant_id = $tenant_id
order by known_since, record_id
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a shop, or all orders that guests placed under one address or number.

    Attributes
    ----------
    connection_id
        The shop; None for guests of several shops.
    source_id
        The account's id at the shop; None for guests.
    linked_to
        The record of the same person that it is linked to.
    rule
        By which rule; None where its own address or number says who it is.
    agree, differ
        The fields that do, compared with the record it is linked to.
    set_aside
        Why its address or number tells nobody apart; empty where it does.
    email, phone, first_name, last_name, city, country
        As the shop has them. Personal data.
    """

    record_id: str
    connection_id: str | None
    is_account: bool
    source_id: str | None
    known_since: datetime | None
    orders: int
    linked_to: str | None
    rule: str | None
    probability: float | None
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    set_aside: str
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    first_name: str | None = field(repr=False)
    last_name: str | None = field(repr=False)
    city: str | None = field(repr=False)
    country: str | None = field(repr=False)


def accounts_of(reader: Reader, tenant_id: str, person_id: str) -> list[Account]:
    """A person's accounts, the oldest first. None for an order that names nobody, and for a person that there is not."""
    found = []
    for row in reader.query(_OF_PERSON, {"tenant_id": tenant_id, "person_id": person_id}).to_pylist():
        told = json.loads(row.pop("explanation") or "{}")
        found.append(
            Account(
                **row,
                agree=tuple(told.get("agree", ())),
                differ=tuple(told.get("differ", ())),
                set_aside=told.get("set aside", ""),
            )
        )
    return found
