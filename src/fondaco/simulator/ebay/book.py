"""What a simulated shop would have sold and paid if it stood on eBay: any shop of the world, seen through eBay's eyes.

Nothing is added to the world. Lines are as they were placed, without gift cards and edits; orders are paid at once and sent a day later.
Prices are as displayed: with VAT where the shop's include it; elsewhere eBay collects the tax from the buyer and remits it, so that it is
never the seller's. Refunds are what the buyer got; what the order says of payments and refunds is less fees, as eBay tells it. Amounts are
minor units. Every movement of the balance is paid out two days later, together with what had to wait
because the balance was below nought.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from fondaco.simulator.store import Store

Row = dict[str, Any]

SENT_AFTER = timedelta(days=1)
DISPUTED_AFTER, WON_AFTER = timedelta(days=10), timedelta(days=30)
FINAL_VALUE_PERCENT, FIXED_FEE = 11, 35
INTERNATIONAL_PERCENT, AD_PERCENT = 2, 5
LABEL, DISPUTE_FEE, SUBSCRIPTION = 499, 2000, 3995
ADVERTISED_EVERY, LABELLED_EVERY, DISPUTED_EVERY = 3, 4, 13
UNNAMED_EVERY, THROUGH_API_EVERY = 4, 5
"""So many orders have one whose refunds name no line; so many refunds one that a program made, which alone have an id."""

_ORDERS = """
select order_id, order_number, customer_id, created_at, updated_at, cancelled_at, city, country, currency
from orders where shop_id = $shop and not is_test order by created_at, order_id
"""
_LINES = """
select l.order_id, l.line_id, l.product_id, l.variant_id, l.sku, l.title, l.quantity, l.unit_price, l.discount, l.tax
from order_lines l join orders o on o.shop_id = l.shop_id and o.order_id = l.order_id
where l.shop_id = $shop and not l.is_gift_card and l.added_at <= o.created_at and l.quantity > 0
order by l.order_id, l.line_id
"""
_SHIPPING = "select order_id, sum(price - discount)::bigint as amount from shipping_lines where shop_id = $shop group by order_id"
_RETURNS = """
select g.order_id, coalesce(g.refund_id, g.agreement_id) as refund_id, g.line_id, g.line_type, max(g.happened_at) as happened_at,
    -sum(g.gross - g.discount)::bigint as net, -sum(g.tax)::bigint as tax,
    coalesce(bool_and(r.moves_order_updated_at), true) as changes_order
from ledger g left join refunds r on r.shop_id = g.shop_id and r.refund_id = g.refund_id
where g.shop_id = $shop and g.action = 'return' and g.line_type in ('product', 'shipping')
group by all order by all
"""


@dataclass(slots=True)
class Line:
    """A line as it was placed; ``shipping`` is its part of the delivery."""

    line_id: int
    item_id: int
    variant_id: int | None
    sku: str | None
    title: str
    quantity: int
    cost: int
    discount: int
    collected_tax: int
    shipping: int = 0
    refunds: list[Refunded] = field(default_factory=list)

    @property
    def paid(self) -> int:
        return self.cost - self.discount + self.shipping


@dataclass(frozen=True, slots=True)
class Refunded:
    """What of a line was given back at once."""

    refund_id: int
    at: datetime
    amount: int
    changes_order: bool = True
    """Whether the order says that it was changed; else the balance alone tells."""

    @property
    def is_through_api(self) -> bool:
        return self.refund_id % THROUGH_API_EVERY == 0


@dataclass(slots=True)
class Order:
    """An order as eBay has it now."""

    row: Row
    lines: list[Line]

    @property
    def order_id(self) -> int:
        return int(self.row["order_id"])

    @property
    def number(self) -> str:
        text = f"{self.order_id:012d}"[-12:]
        return f"{text[:2]}-{text[2:7]}-{text[7:]}"

    @property
    def created_at(self) -> datetime:
        at: datetime = self.row["created_at"]
        return at

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)

    @property
    def refunds(self) -> list[Refunded]:
        """Whole refunds, over all lines."""
        sums: dict[int, Refunded] = {}
        for line in self.lines:
            for part in line.refunds:
                known = sums.get(part.refund_id)
                amount = part.amount + (known.amount if known else 0)
                sums[part.refund_id] = replace(part, amount=amount)
        return list(sums.values())

    @property
    def names_lines(self) -> bool:
        """Whether the lines tell of refunds; else the order alone does."""
        return self.order_id % UNNAMED_EVERY != 0

    def given_back(self, refund: Refunded) -> list[tuple[int, str, int]]:
        """Fees that eBay gives back with a refund, by line."""
        return [
            (line.line_id, "FINAL_VALUE_FEE", percent(part.amount, FINAL_VALUE_PERCENT))
            for line in self.lines
            for part in line.refunds
            if part.refund_id == refund.refund_id
        ]


@dataclass(slots=True)
class Movement:
    """A movement of the seller's balance: ``net`` is what it moves by, ``fees`` what was kept (or given back) of it, by line.

    ``case_id`` is that of the buyer's dispute.
    """

    movement_id: int
    kind: str
    at: datetime
    net: int
    order: Order | None = None
    fees: list[tuple[int, str, int]] = field(default_factory=list)
    fee_type: str = ""
    memo: str = ""
    payout_id: int | None = None
    case_id: int | None = None

    @property
    def transaction_id(self) -> str:
        """eBay tells what a dispute holds, and what of it is released, by the id."""
        if self.case_id is None or self.kind not in ("DISPUTE", "CREDIT"):
            return str(self.movement_id)
        hold = f"DISPUTE_HOLD-{self.case_id}"
        return hold if self.kind == "DISPUTE" else f"DISPUTE_HOLD_REVERSE-{self.case_id}-{self.movement_id}"


@dataclass(frozen=True, slots=True)
class Payout:
    """What was sent to the bank at once."""

    payout_id: int
    at: datetime
    amount: int
    movements: int


class Book:
    """One shop as eBay has it now."""

    def __init__(self, store: Store, shop_id: str) -> None:
        self.now = store.now.replace(tzinfo=None)
        self.shop = store.shop(shop_id)
        self.orders = self._orders(store)
        self.movements = sorted(
            (each for each in self._movements() if each.at <= self.now),
            key=lambda each: (each.at, each.movement_id),
        )
        self.payouts = self._payouts()

    def _orders(self, store: Store) -> list[Order]:
        shop = {"shop": self.shop["shop_id"]}
        lines: dict[int, list[Line]] = defaultdict(list)
        for row in store.rows(_LINES, shop):
            lines[row["order_id"]].append(self._line(row))
        for row in store.rows(_SHIPPING, shop):
            if lines[row["order_id"]]:
                lines[row["order_id"]][0].shipping = row["amount"]
        for row in store.rows(_RETURNS, shop):
            self._give_back(lines[row["order_id"]], row)
        return [
            Order(row, lines[row["order_id"]]) for row in store.rows(_ORDERS, shop) if lines[row["order_id"]]
        ]

    def _line(self, row: Row) -> Line:
        tax = 0 if self.shop["taxes_included"] else row["tax"]
        cost = row["unit_price"] * row["quantity"]
        return Line(
            row["line_id"], row["product_id"], row["variant_id"], row["sku"], row["title"], row["quantity"], cost,
            row["discount"], tax,
        )  # fmt: skip

    def _give_back(self, lines: list[Line], row: Row) -> None:
        """A return of what was placed; never more than was paid of the line."""
        if not lines:
            return
        known = {line.line_id: line for line in lines}
        line = lines[0] if row["line_type"] == "shipping" else known.get(row["line_id"])
        if line is None:
            return
        amount = row["net"] + (row["tax"] if self.shop["taxes_included"] else 0)
        amount = min(amount, line.paid - sum(each.amount for each in line.refunds))
        if amount > 0:
            line.refunds.append(Refunded(row["refund_id"], row["happened_at"], amount, row["changes_order"]))

    def sent_at(self, order: Order) -> datetime | None:
        at = order.created_at + SENT_AFTER
        cancelled = order.row["cancelled_at"]
        return at if at <= self.now and (cancelled is None or cancelled > at) else None

    def modified_at(self, order: Order) -> datetime:
        moments: list[datetime | None] = [
            order.created_at,
            order.row["updated_at"],
            self.sent_at(order),
            order.row["cancelled_at"],
        ]
        moments += [each.at for each in order.refunds if each.changes_order]
        return max(each for each in moments if each is not None)

    def _movements(self) -> list[Movement]:
        found: list[Movement] = []
        for order in self.orders:
            found += self._of_order(order)
        return found + self._subscriptions()

    def fees(self, order: Order) -> list[tuple[int, str, int]]:
        """What eBay keeps of a sale, by line."""
        found = [
            (line.line_id, "FINAL_VALUE_FEE", percent(line.paid, FINAL_VALUE_PERCENT)) for line in order.lines
        ]
        first = order.lines[0].line_id
        found.append((first, "FINAL_VALUE_FEE_FIXED_PER_ORDER", FIXED_FEE))
        if order.row["country"] != self.shop["country"]:
            found.append((first, "INTERNATIONAL_FEE", percent(order.paid, INTERNATIONAL_PERCENT)))
        return found

    def kept(self, order: Order) -> int:
        """What the seller does not get of a sale."""
        return sum(amount for _, _, amount in self.fees(order))

    def _of_order(self, order: Order) -> list[Movement]:
        base, at = order.order_id * 100, order.created_at
        found = [Movement(base + 1, "SALE", at, order.paid - self.kept(order), order, self.fees(order))]
        for place, refund in enumerate(order.refunds):
            back = order.given_back(refund)
            given = sum(amount for _, _, amount in back)
            found.append(Movement(base + 10 + place, "REFUND", refund.at, given - refund.amount, order, back))
        next_day = at + timedelta(days=1)
        if order.order_id % ADVERTISED_EVERY == 0:
            ads = percent(order.paid, AD_PERCENT)
            found.append(Movement(base + 2, "NON_SALE_CHARGE", next_day, -ads, order, fee_type="AD_FEE"))
        if order.order_id % LABELLED_EVERY == 0:
            found.append(Movement(base + 3, "SHIPPING_LABEL", next_day, -LABEL, order))
        if order.order_id % DISPUTED_EVERY == 7:
            found += self._dispute(order, base)
        return [each for each in found if each.net or each.fees]

    def _dispute(self, order: Order, base: int) -> list[Movement]:
        at = order.created_at + DISPUTED_AFTER
        fee = "PAYMENT_DISPUTE_FEE"
        found = [
            Movement(base + 4, "DISPUTE", at, -order.paid, order, case_id=base + 4),
            Movement(base + 5, "NON_SALE_CHARGE", at, -DISPUTE_FEE, order, fee_type=fee),
        ]
        if (order.order_id // DISPUTED_EVERY) % 2 == 0:
            released = Movement(base + 6, "CREDIT", at + WON_AFTER, order.paid, order, case_id=base + 4)
            found.append(released)
        return found

    def _subscriptions(self) -> list[Movement]:
        """On the first of each month since the first order."""
        if not self.orders:
            return []
        day, found = self.orders[0].created_at.date().replace(day=1), []
        while day <= self.now.date():
            at = datetime.combine(day, time(12))
            if at >= self.orders[0].created_at:
                memo = "Store subscription"
                found.append(
                    Movement(
                        day.toordinal(),
                        "NON_SALE_CHARGE",
                        at,
                        -SUBSCRIPTION,
                        fee_type="OTHER_FEES",
                        memo=memo,
                    )
                )
            day = (day + timedelta(days=32)).replace(day=1)
        return found  # fmt: skip

    def _payouts(self) -> list[Payout]:
        by_day: dict[date, list[Movement]] = defaultdict(list)
        for movement in self.movements:
            by_day[movement.at.date()].append(movement)
        found: list[Payout] = []
        waiting: list[Movement] = []
        for day in sorted(by_day):
            waiting += by_day[day]
            amount = sum(each.net for each in waiting)
            at = datetime.combine(day + timedelta(days=2), time(6))
            if amount <= 0 or at > self.now:
                continue
            payout = Payout(day.toordinal(), at, amount, len(waiting))
            for each in waiting:
                each.payout_id = payout.payout_id
            found.append(payout)
            waiting = []
        return found


def percent(amount: int, rate: int) -> int:
    """So many percent, rounded half up."""
    return (amount * rate + 50) // 100
