"""One order: what was bought, what became of it, the money that moved, and what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.control import User
from fondaco.governance import Permission, may
from fondaco.metrics import STATEMENT, OrderRecord, customers, shown_steps
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.advertising import origin_shown
from fondaco.server.pages.choices import address_of, value_in_words
from fondaco.server.pages.health import Badge
from fondaco.server.pages.order_profit import profit_shown
from fondaco.server.pages.orders_state import orders_state
from fondaco.server.pages.persons import shown_person
from fondaco.server.pages.sales_panels import has_several_zones, local_instant
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

_WHERE_THERE_IS_SOME = frozenset(step.metric for step in STATEMENT[1:] if not step.is_sum)
_EVENT_TYPES = {"order": "Sold", "edit": "Edited", "return": "Returned"}
_MONEY_STATES = {"success": "good", "failure": "bad", "error": "bad", "pending": "warn"}


@router.get("/orders/{order_id:path}")
def order(order_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    numbers = site.numbers(request, site.currency)
    found = site.order(order_id)
    html = site.render(
        "order.html",
        request,
        page="orders",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        back=orders_state(request, site).address() if request.url.query else "",
        buyer=_buyer(site, numbers, user, found),
        **_shown(site, numbers, found),
    )
    return HTMLResponse(html)


def _buyer(site: Site, numbers: Numbers, user: User, found: OrderRecord) -> str:
    """Who bought, as the user may see them."""
    person_id = found.order["person_id"]
    row = customers.one(site.project.reader, site.tenant_id, person_id) if person_id else None
    if row is None:
        return "The customer"
    return str(shown_person(numbers, row, reveals=may(user.role, Permission.PEOPLE))["name"])


def _shown(site: Site, numbers: Numbers, found: OrderRecord) -> dict[str, Any]:
    own = found.order
    shops = site.shops()
    shop = next((c for c in shops if c.connection_id == own["connection_id"]), None)
    names_zone = has_several_zones(numbers, shops)

    def when(moment: Any) -> str:
        return local_instant(numbers, moment, shop, names_zone=names_zone) if moment else NOTHING

    return {
        "order": own,
        "number": own["order_number"] or own["source_order_id"],
        "shop": shop.name if shop else own["connection_id"],
        "when": when(own["ordered_at"]),
        "states": _states(own),
        "facts": _facts(site, numbers, own),
        "lines": [
            {
                **line,
                "address": address_of("products", line["product_id"] or ""),
                **_amounts(numbers, line, ("gross_sales", "discounts", "returns", "net_sales")),
            }
            for line in found.lines
        ],
        "statement": [
            (site.metric(step.metric), numbers.money(step.signed(own[step.metric])), step.is_sum)
            for step in shown_steps(own, rare=_WHERE_THERE_IS_SOME)
        ],
        "beside": [
            (site.metric(name), numbers.money(own[name])) for name in ("tips", "gift_card_sales") if own[name]
        ],
        "events": [_event(numbers, event, when) for event in found.events],
        "discounts": [{**row, "amount": numbers.money(row["amount"])} for row in found.discounts],
        "refunds": [
            {
                "when": when(row["refunded_at"]),
                "reason": row["reason"],
                "amount": numbers.money(row["amount"]),
            }
            for row in found.refunds
        ],
        "profit": profit_shown(site, numbers, own),
        "origin": origin_shown(site, own["order_id"]),
        "payments": [_payment(numbers, row, when) for row in found.payments],
    }


def _payment(numbers: Numbers, row: Mapping[str, Any], when: Any) -> dict[str, Any]:
    return {
        "when": when(row["processed_at"]),
        "kind": (row["kind"] or NOTHING).replace("_", " ").capitalize(),
        "state": Badge(
            (row["status"] or NOTHING).capitalize(), _MONEY_STATES.get(row["status"] or "", "none")
        ),
        "gateway": row["gateway"] or NOTHING,
        "amount": numbers.money(row["amount"]),
        "received": numbers.money(row["received"]),
        "fee": numbers.money(row["fee"]),
    }


def _amounts(numbers: Numbers, row: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    return {name: numbers.money(row[name]) for name in names}


def _states(own: Mapping[str, Any]) -> list[Badge]:
    """What the shop says of the order, cancelled first."""
    shown = [Badge("Cancelled", "warn")] if own["is_cancelled"] else []
    if own["financial_status"]:
        words = own["financial_status"].replace("_", " ").capitalize()
        tone = {"paid": "good", "pending": "warn", "refunded": "warn", "partially_refunded": "warn"}
        shown.append(Badge(words, tone.get(own["financial_status"], "none")))
    return shown


def _facts(site: Site, numbers: Numbers, own: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of the order beside its money."""
    place = ", ".join(filter(None, (own["city"], value_in_words(site, "country", own["country"]))))
    customer = value_in_words(site, "customer_type", own["customer_type"]).removesuffix(" customers")
    if own["order_sequence"] and own["customer_orders"]:
        customer += f", order {own['order_sequence']} of {own['customer_orders']}"
    facts = [
        ("Customer", customer),
        ("Ships to", place),
        ("Channel", value_in_words(site, "channel", own["channel"])),
        ("Status at the shop", (own["order_status"] or NOTHING).replace("_", " ").capitalize()),
        ("Discount codes", own["discount_codes"] or NOTHING),
    ]
    if own["shop_currency"] != own["currency"]:
        theirs = Numbers(numbers.locale, own["shop_currency"], numbers.time_zone)
        facts.append((f"Total in {own['shop_currency']}", theirs.money(own["shop_total_sales"])))
    return facts


_PARTS = ("net_sales", "shipping", "taxes", "duties", "additional_fees", "tips", "gift_card_sales")


def _event(numbers: Numbers, event: Mapping[str, Any], when: Any) -> dict[str, Any]:
    """One event in words: what happened to what, and the money of it by kind."""
    units = event["units_sold"] or -event["units_returned"]
    what = event["line_title"] or (event["line_type"] or "").replace("_", " ").capitalize()
    return {
        "when": when(event["event_at"]),
        "what": _EVENT_TYPES.get(event["event_type"], event["event_type"].capitalize()),
        "tone": "bad" if event["event_type"] == "return" else "none",
        "line": f"{numbers.count(abs(units))} × {what}" if units else what,
        "parts": [(name.replace("_", " "), numbers.money(event[name])) for name in _PARTS if event[name]],
        "total": numbers.money(event["total_sales"]),
    }
