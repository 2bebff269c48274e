"""What a simulated shop would have sold and paid if it stood on Amazon: any shop of the world, seen through Amazon's eyes.

Nothing is added to the world. Orders with things that Amazon does not sell (gift cards, tips, duties) are not there, edits and
deletions neither. An order is pending for half an hour and is shipped, and booked, after a day, unless it was cancelled by then.
Every second one is sent by Amazon. Amounts are minor units; what Amazon keeps is negative, as it books it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fondaco.simulator.store import Store

Row = dict[str, Any]

PENDING = timedelta(minutes=30)
SHIPPED = timedelta(days=1)
DEFERRED = timedelta(days=10)
COMMISSION_PERCENT = 15
ADMINISTRATION_PERCENT, MOST_ADMINISTRATION = 20, 500
COMMISSION_OFF = 25
"""What Amazon forgoes of some commissions, which it charges first and discounts beside."""
FBA_FEE, FBA_TAX = 310, 62
MONTHLY = {1: ("Subscription", 3900), 10: ("FBAStorageBilling", 1234), 20: ("ProductAdsCharge", 5000)}
"""Day of the month → what the account is charged on it."""

_ORDERS = """
select o.order_id, o.created_at, o.updated_at, o.cancelled_at, o.email, o.city, o.country, o.currency
from orders as o
where o.shop_id = $shop and not o.is_test and not exists (
    select 1 from ledger as g
    where g.shop_id = o.shop_id and g.order_id = o.order_id and g.action = 'order'
        and g.line_type in ('tip', 'gift_card', 'duty', 'adjustment')
)
order by o.created_at, o.order_id
"""
_LINES = """
select g.order_id, g.line_id, g.line_type, g.gross, g.discount, g.tax, l.quantity, l.title, l.product_id,
    coalesce(nullif(l.sku, ''), 'SKU-' || l.variant_id) as sku
from ledger as g
left join order_lines as l on l.shop_id = g.shop_id and l.line_id = g.line_id
where g.shop_id = $shop and g.action = 'order' and g.line_type in ('product', 'shipping')
order by g.order_id, g.ledger_id
"""
_RETURNS = """
select order_id, coalesce(refund_id, agreement_id) as refund_id, line_id, line_type, happened_at, quantity, gross, discount, tax
from ledger
where shop_id = $shop and action = 'return'
order by order_id, refund_id, ledger_id
"""


@dataclass(slots=True)
class Line:
    """What was ordered of one thing, before tax; delivery has none of the words."""

    line_id: int
    sku: str
    asin: str
    title: str
    quantity: int
    gross: int
    discount: int
    tax: int
    shipping_price: int = 0
    shipping_discount: int = 0
    shipping_tax: int = 0

    @property
    def shipping(self) -> int:
        """What the buyer pays for delivery; free delivery has a price, and a discount of as much."""
        return self.shipping_price - self.shipping_discount

    @property
    def paid(self) -> int:
        return self.gross - self.discount + self.tax

    @property
    def commission(self) -> int:
        return percent(self.paid, COMMISSION_PERCENT)


@dataclass(slots=True)
class Order:
    """An order as Amazon has it at an instant."""

    order_id: int
    created_at: datetime
    updated_at: datetime
    status: str
    by_amazon: bool
    buyer: Row
    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> str:
        return f"028-{self.order_id:014d}"[:11] + "-" + f"{self.order_id:014d}"[-7:]

    @property
    def booked_at(self) -> datetime:
        return self.created_at + SHIPPED


@dataclass(slots=True)
class Returned:
    """One movement of a refund; ``line`` is None for money that stands for no goods."""

    line: Line | None
    is_shipping: bool
    quantity: int
    gross: int
    discount: int
    tax: int

    @property
    def commission(self) -> int:
        """What of the commission comes back: its share of the money that does."""
        if self.line is None or self.is_shipping or not self.line.paid:
            return 0
        back = -(self.gross - self.discount + self.tax)
        return percent(min(back, self.line.paid), COMMISSION_PERCENT)

    @property
    def free_delivery(self) -> int:
        """The price of a delivery that cost nothing, which is taken back with the whole of its goods, and its discount too."""
        if self.line is None or self.is_shipping or self.line.shipping or -self.gross != self.line.gross:
            return 0
        return self.line.shipping_price

    @property
    def administration(self) -> int:
        """What Amazon keeps of a commission that it gives back."""
        return min(MOST_ADMINISTRATION, percent(self.commission, ADMINISTRATION_PERCENT))


@dataclass(slots=True)
class Refund:
    """Money given back at once."""

    refund_id: int
    order: Order
    booked_at: datetime
    parts: list[Returned]


class Books:
    """One shop as Amazon has it now."""

    def __init__(self, store: Store, shop_id: str) -> None:
        self.now = store.now.replace(tzinfo=None)
        self.shop = store.shop(shop_id)
        self.orders = {order.order_id: order for order in self._orders(store)}
        for row in store.rows(_LINES, {"shop": shop_id}):
            if (order := self.orders.get(row["order_id"])) is not None:
                _add(order, row)
        self.orders = {number: order for number, order in self.orders.items() if order.lines}
        self.refunds = list(self._refunds(store))

    def _orders(self, store: Store) -> Iterator[Order]:
        for row in store.rows(_ORDERS, {"shop": self.shop["shop_id"]}):
            created, cancelled = row["created_at"], row["cancelled_at"]
            is_cancelled = cancelled is not None and cancelled < created + SHIPPED
            steps = [("PENDING", created), ("UNSHIPPED", created + PENDING), ("SHIPPED", created + SHIPPED)]
            if is_cancelled:
                steps = [step for step in steps if step[1] < cancelled] + [("CANCELLED", cancelled)]
            status, since = [step for step in steps if step[1] <= self.now][-1]
            yield Order(
                row["order_id"],
                created,
                since if is_cancelled else max(since, row["updated_at"]),
                status,
                row["order_id"] % 2 == 0,
                {name: row[name] for name in ("email", "city", "country")},
            )

    def _refunds(self, store: Store) -> Iterator[Refund]:
        found: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in store.rows(_RETURNS, {"shop": self.shop["shop_id"]}):
            found[row["order_id"], row["refund_id"]].append(row)
        for (order_id, refund_id), rows in found.items():
            order = self.orders.get(order_id)
            if order is None or order.status != "SHIPPED":
                continue
            lines = {line.line_id: line for line in order.lines}
            parts = [
                Returned(
                    lines.get(row["line_id"]),
                    row["line_type"] == "shipping",
                    *(row[name] for name in ("quantity", "gross", "discount", "tax")),
                )
                for row in rows
                if row["line_type"] in ("product", "shipping", "adjustment")
                and (row["line_id"] is None or row["line_id"] in lines)
            ]
            booked = max(row["happened_at"] for row in rows)
            if parts and (at := max(booked, order.booked_at + timedelta(minutes=1))) <= self.now:
                yield Refund(refund_id, order, at, parts)

    def charges(self) -> Iterator[tuple[datetime, str, int]]:
        """When the account was charged for what, and how much: from the month of its first order on."""
        if not self.orders:
            return
        first = min(order.created_at for order in self.orders.values())
        day = first.replace(day=1, hour=7, minute=0, second=0, microsecond=0)
        while day <= self.now:
            if day.day in MONTHLY:
                name, amount = MONTHLY[day.day]
                yield day, name, amount
            day += timedelta(days=1)


def percent(amount: int, of_hundred: int) -> int:
    """A share in whole minor units, half a unit up."""
    return (amount * of_hundred + 50) // 100


def _add(order: Order, row: Row) -> None:
    """A row of the ledger; delivery goes with the first thing."""
    if row["line_type"] == "product":
        asin = f"B{row['product_id'] % 10**9:09d}"
        amounts = (row["gross"], row["discount"], row["tax"])
        order.lines.append(Line(row["line_id"], row["sku"], asin, row["title"], row["quantity"], *amounts))
    elif order.lines:
        order.lines[0].shipping_price += row["gross"]
        order.lines[0].shipping_discount += row["discount"]
        order.lines[0].shipping_tax += row["tax"]
