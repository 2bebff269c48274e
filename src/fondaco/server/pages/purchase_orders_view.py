"""Purchase orders and transfers in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fondaco.control import StockOrder
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import address_of
from fondaco.server.pages.health import Badge
from fondaco.server.pages.stock_desk import people, who
from fondaco.server.site import Site

STATES = {
    "draft": Badge("Draft", "warn"),
    "sent": Badge("Sent", "none"),
    "received": Badge("Received", "good"),
    "cancelled": Badge("Cancelled", "none"),
}
_LATE = Badge("Late", "bad")
_OPEN = ("draft", "sent")
_SHOWN = 200
"""Orders that are listed: older ones are found in the file of the command."""


def listed_orders(numbers: Numbers, orders: Sequence[StockOrder], state: str, today: date) -> dict[str, Any]:
    """The list, and how many orders each state has."""
    shown = [each for each in orders if (each.state in _OPEN if not state else each.state == state)]
    tabs = [("", "Open", sum(each.is_open for each in orders))]
    tabs += [(name, badge.text, sum(each.state == name for each in orders)) for name, badge in STATES.items()]
    return {
        "tabs": [
            (
                label,
                numbers.count(count),
                "/purchase-orders" + (f"?state={name}" if name else ""),
                name == state,
            )
            for name, label, count in tabs
        ],
        "rows": [order_row(numbers, each, today) for each in shown[:_SHOWN]],
        "left_out": numbers.count(len(shown) - _SHOWN) if len(shown) > _SHOWN else "",
        "state": state,
        "any": bool(orders),
    }


def order_row(numbers: Numbers, order: StockOrder, today: date) -> dict[str, Any]:
    """An order as the list and its page show it."""
    is_purchase = order.kind == "purchase"
    own = Numbers(numbers.locale, order.currency or numbers.currency, numbers.time_zone)
    known = order.value is not None and bool(order.currency) and is_purchase and bool(order.lines)
    return {
        "number": order.number,
        "address": f"/purchase-orders/{order.number}",
        "is_purchase": is_purchase,
        "kind": "Purchase order" if is_purchase else "Transfer",
        "from": (order.supplier_name or order.supplier_id or "No supplier known") if is_purchase else order.from_location_name or NOTHING,
        "location": order.location_name,
        "badge": STATES[order.state],
        "late": _LATE if order.state == "sent" and order.expected_on is not None and order.expected_on < today else None,
        "lines": numbers.count(len(order.lines)),
        "units": numbers.count(order.units),
        "value": own.money(order.value) if known else NOTHING,
        "made": numbers.day(order.created_at.astimezone(numbers.time_zone).date()),
        "expected": numbers.day(order.expected_on) if order.expected_on else NOTHING,
    }  # fmt: skip


def shown_order(site: Site, order: StockOrder, numbers: Numbers, today: date) -> dict[str, Any]:
    """What the page of one order shows."""
    names = people(site)
    steps = [("Made", order.created_at, order.created_by), ("Sent", order.sent_at, order.sent_by), (STATES[order.state].text, order.closed_at, order.closed_by)]  # fmt: skip
    return {
        "order": order,
        "row": order_row(numbers, order, today),
        "history": [
            (label, numbers.instant(at), who(actor, names))
            for label, at, actor in steps
            if at is not None and actor
        ],
        "lines": [
            {
                "id": line.line_id,
                "title": line.title,
                "address": address_of("stock", line.variant_id, urlencode({"location": order.location_id})),
                "sku": line.sku or NOTHING,
                "supplier_sku": line.supplier_sku or NOTHING,
                "quantity": line.quantity,
                "units": numbers.count(line.quantity),
                "unit_cost": numbers.money(line.unit_cost) if order.currency else NOTHING,
                "cost": numbers.money(line.cost) if order.currency else NOTHING,
            }
            for line in order.lines
        ],
        "today": today.isoformat(),
        "lead_days": order.lead_time_days,
    }
