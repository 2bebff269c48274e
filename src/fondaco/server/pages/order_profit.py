"""What one order brought and cost: its statement down to contribution margin 3, and the rows behind it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from fondaco.metrics import ORDER_STATEMENT, order_profit, shown_steps
from fondaco.metrics.order_marketing import marketing_steps
from fondaco.metrics.profit import ProfitRow
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import address_of
from fondaco.server.site import Site

_WHERE_THERE_IS_SOME = frozenset(step.metric for step in ORDER_STATEMENT if not step.is_sum)
_BEYOND_SALES = tuple(
    step
    for step in ORDER_STATEMENT
    if not step.is_sum and step.metric not in ("gross_sales", "discounts", "returns")
)
"""A row's gross sales, discounts and returns are told as its net sales."""

_WORDS = {"order": "Sold", "edit": "Edited", "return": "Returned"}
_VERBS = {"payment": "Paid", "fee": "Charged"}
_BASES = {"sheet": "by the cost sheet", "shop": "told by the shop"}


def profit_shown(site: Site, numbers: Numbers, order: Mapping[str, Any]) -> dict[str, Any] | None:
    """The order's profit as its page shows it; None where what is published knows of none."""
    found = order_profit(site.project.reader, site.tenant_id, order)
    if found is None:
        return None
    steps = shown_steps(found.statement, rare=_WHERE_THERE_IS_SOME, statement=ORDER_STATEMENT)
    net_sales, last = found.statement["net_sales"], found.statement["contribution_margin_3"]
    return {
        "statement": [
            (site.metric(step.metric), numbers.money(step.signed(found.statement[step.metric])), step.is_sum)
            for step in steps
        ],
        "loses": last < 0,
        "marketing": _marketing(site, numbers, order, found.statement["marketing_costs"]),
        "margin": numbers.rate(last / net_sales if net_sales > 0 else None),
        "rows": [_row(numbers, row, found.fee_names) for row in found.rows if _says_something(row)],
        "is_assumed": any(row.event["assumed_cost_of_goods"] for row in found.rows),
    }


def _marketing(
    site: Site, numbers: Numbers, order: Mapping[str, Any], marketing: Decimal
) -> list[tuple[str, str]]:
    """By which steps marketing reached the order, each with its amount; they add up as they are written. Empty where it is not known."""
    if not marketing or site.project.settings.profit.marketing_by != "click":
        return []
    steps = marketing_steps(
        site.project.reader, site.tenant_id, order["order_id"], order["order_date"], marketing
    )
    if steps is None:
        return []
    smallest = Decimal(1).scaleb(-get_currency_precision(numbers.currency))
    campaign, platform = (amount.quantize(smallest) for amount in (steps.campaign, steps.platform))
    shared = marketing.quantize(smallest) - campaign - platform
    return [
        ("Its campaign", numbers.money(campaign)),
        ("Its platform’s campaigns without an order that day", numbers.money(platform)),
        ("Shared by all orders of the day", numbers.money(shared)),
        ("Marketing", numbers.money(marketing)),
    ]


def _says_something(row: ProfitRow) -> bool:
    return bool(row.net_sales) or any(row.event[step.metric] for step in _BEYOND_SALES)


def _row(numbers: Numbers, row: ProfitRow, fee_names: Mapping[date, Sequence[str]]) -> dict[str, Any]:
    event = row.event
    amounts = [("net_sales", row.net_sales)] if row.net_sales else []
    amounts += [(step.metric, step.sign * event[step.metric]) for step in _BEYOND_SALES if event[step.metric]]
    return {
        "day": numbers.day(event["event_date"]),
        "what": _what(numbers, event, fee_names),
        "tone": "bad" if event["event_type"] == "return" else "none",
        "verb": _VERBS.get(event["profit_event_type"]) or _WORDS.get(event["event_type"], event["event_type"].capitalize()),
        "address": address_of("products", event["product_id"]) if event["product_id"] else "",
        "parts": [(name.replace("_", " "), numbers.money(amount)) for name, amount in amounts],
        "basis": _basis(numbers, event),
        "share": _share(numbers, row),
        "brings": numbers.money(row.brings),
        "loses": row.brings < 0,
    }  # fmt: skip


def _what(numbers: Numbers, event: Mapping[str, Any], fee_names: Mapping[date, Sequence[str]]) -> str:
    """What was sold, came back or was paid for, in words."""
    if event["profit_event_type"] == "payment":
        return "What the payment provider took on this day"
    if event["profit_event_type"] == "fee":
        named = event["line_title"] or (event["line_type"] or "").replace("_", " ").capitalize()
        names = ", ".join(fee_names.get(event["event_date"], ()))
        return f"What the platform charged for {named} on this day" + (f": {names}" if names else "")
    named = event["line_title"] or (event["line_type"] or "").replace("_", " ").capitalize()
    units = event["units_sold"] or event["units_returned"]
    if not units:
        return str(named)
    words = f"{numbers.count(abs(units))} × {named}"
    if event["event_type"] == "return" and event["units_restocked"] == 0:
        words += ", not back on the shelf"
    return words


def _basis(numbers: Numbers, event: Mapping[str, Any]) -> str:
    """Where the cost of goods is known from."""
    if not event["cost_of_goods"] or event["cost_basis"] is None:
        return ""
    if event["unit_cost"] is not None:
        told = _BASES.get(event["cost_basis"], event["cost_basis"])
        return f"{numbers.money(event['unit_cost'])} each, {told}"
    rate = numbers.rate(event["cost_rate"])
    if event["cost_basis"] == "assumed":
        return f"assumed: {rate} of the price"
    return f"{rate} of the price, {_BASES.get(event['cost_basis'], event['cost_basis'])}"


def _share(numbers: Numbers, row: ProfitRow) -> str:
    """Which part of the order's own costs the row bears; of a payment on another day the same parts hold."""
    if row.share is None or row.event["profit_event_type"] != "sale":
        return ""
    return f"bears {'all' if row.share == Decimal(1) else numbers.rate(row.share)} of the order’s costs"
