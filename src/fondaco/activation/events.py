"""What customers did, in one table: where it stands in the marts, and what of it counts.

An event is counted by order: within ``source``, rows of one order of one person are put together and stay if ``having``
holds. All sources offer ``person_id``, ``order_id``, ``connection_id``, ``channel`` and ``country`` under the name ``rows``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EventName = Literal["ordered", "bought", "returned", "used_discount"]
ProductField = Literal["title", "sku", "product_id", "collection"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that customers do.

    Attributes
    ----------
    verb
        How it reads in a sentence: who *ordered*.
    day
        The day it happened.
    mart
        Where it is read of, for people.
    amount, amount_title
        Its money, in the reporting currency.
    """

    name: EventName
    verb: str
    title: str
    source: str
    day: str
    where: str
    having: str
    amount: str
    amount_title: str
    description: str
    mart: str
    takes_product: bool = False
    takes_code: bool = False


_LEDGER = "marts.sales_ledger as rows"
_DISCOUNTS = (
    "(select discounts.tenant_id, discounts.order_id, discounts.code, discounts.amount, discounts.order_date, "
    "orders.person_id, orders.connection_id, orders.channel, orders.country from marts.order_discounts as discounts "
    "inner join marts.orders as orders on discounts.order_id = orders.order_id "
    "and discounts.tenant_id = orders.tenant_id) as rows"
)

EVENTS: tuple[Event, ...] = (
    Event(
        "ordered", "ordered", "Ordered", "marts.orders as rows", "rows.order_date",
        "rows.order_sequence is not null", "count(*) > 0", "rows.net_sales", "net sales of these orders",
        "Counted orders, by the day of the order.", "marts.orders",
    ),
    Event(
        "bought", "bought", "Bought a product", _LEDGER, "rows.order_date",
        "rows.line_type = 'product'", "sum(rows.units_sold) > 0", "rows.net_sales", "net sales of these products",
        "Orders with at least one piece of it, by the day of the order.", "marts.sales_ledger", takes_product=True,
    ),
    Event(
        "returned", "returned", "Returned something", _LEDGER, "rows.event_date",
        "rows.line_type = 'product'", "sum(rows.units_returned) > 0", "rows.returns", "value of what came back",
        "Orders of which at least one piece came back, by the day it did.", "marts.sales_ledger", takes_product=True,
    ),
    Event(
        "used_discount", "used a discount code", "Used a discount code", _DISCOUNTS, "rows.order_date",
        "rows.code is not null", "count(*) > 0", "rows.amount", "value of these discounts",
        "Orders with a discount code, by the day of the order.", "marts.order_discounts", takes_code=True,
    ),
)  # fmt: skip

_BY_NAME = {event.name: event for event in EVENTS}


def event(name: EventName) -> Event:
    """The event of that name."""
    return _BY_NAME[name]
