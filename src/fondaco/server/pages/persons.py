"""One customer: who they are, what they did, what is expected of them and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.clock import local_date
from fondaco.control import User
from fondaco.governance import Permission, may
from fondaco.metrics import customers
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.metrics.customers import Row
from fondaco.metrics.models import ModelRun, newest_models
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.advertising import platform_in_words
from fondaco.server.pages.choices import address_of, channel_in_words, country_in_words
from fondaco.server.pages.person_accounts import shown_accounts
from fondaco.server.pages.person_values import shown_values
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

UNKNOWN = "Name not known"


@router.get("/customers/{person_id}")
def person(person_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page of one person."""
    return page_of(person_id, request, site, user)


def page_of(
    person_id: str, request: Request, site: Site, user: User, *, same: Mapping[str, Any] | None = None
) -> Response:
    """The page of one person; with ``same`` those who were looked for, for they may be the same customer."""
    if (
        site.published is None
        or (row := customers.one(site.project.reader, site.tenant_id, person_id)) is None
    ):
        raise NotThereError("There is no such customer.", "Look for them on the page Customers.")
    numbers = site.numbers(request, site.currency)
    orders = customers.orders_of(site.project.reader, site.tenant_id, person_id)
    refunds = customers.refunds_of(site.project.reader, site.tenant_id, person_id)
    shops = {each.connection_id: each.name for each in site.shops()}
    models = site.remembered(("models",), lambda: newest_models(site.project.reader, site.tenant_id))
    html = site.render(
        "customer.html",
        request,
        page="customers",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        person=shown_person(numbers, row, reveals=may(user.role, Permission.PEOPLE)),
        tiles=_tiles(numbers, row, _horizon(models)),
        facts=_facts(numbers, row, shops),
        values=shown_values(numbers, row, models),
        **shown_accounts(site, user, numbers, person_id),
        person_id=person_id,
        same=same,
        reasons=customers.reasons(row),
        timeline=_timeline(numbers, shops, orders, refunds),
        messages=_messages(site, numbers, person_id),
        figures=CUSTOMER_FIGURES,
    )
    return HTMLResponse(html)


def shown_person(numbers: Numbers, row: Row, *, reveals: bool) -> dict[str, Any]:
    """A customer as a row of a table. Who may not take personal data away sees it masked."""
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    email = row["email"] or ""
    if not reveals:
        name, email = initials(name), _masked(email)
    return {
        "id": row["person_id"],
        "name": name or email or UNKNOWN,
        "email": email if name else "",
        "phone": (row["phone"] or "") if reveals else "",
        "segment": row["segment"],
        "country": country_in_words(row["country"] or ""),
        "orders": numbers.count(row["orders"]),
        "orders_in_words": f"{numbers.count(row['orders'])} {'order' if row['orders'] == 1 else 'orders'}",
        "net_sales": numbers.money(row["net_sales"]),
        "last_order": numbers.day(row["last_order_date"]) if row["last_order_date"] else NOTHING,
        "expected_value": numbers.money(row["expected_value"]),
        "alive": numbers.rate(row["alive_probability"]),
        "churn": numbers.rate(row["churn_probability"]),
    }


def initials(name: str) -> str:
    """A name as those see it who may not see who the customers are."""
    return " ".join(f"{part[0]}." for part in name.split())


def _masked(email: str) -> str:
    """No more than its first letter: a domain may be a name, too."""
    box, sign, _ = email.partition("@")
    return f"{box[:1]}…@…" if sign else ""


def _horizon(models: Mapping[str, ModelRun]) -> int | None:
    """The days that the risk of leaving is of, as it was fitted; what is set by now holds from the next run on."""
    used = (each for name, each in models.items() if name.startswith("churn") and each.is_used)
    days = next((each.evaluation["horizon_days"] for each in used if each.evaluation), None)
    return None if days is None else int(days)


def _tiles(numbers: Numbers, row: Row, churn_days: int | None) -> list[tuple[Any, str, str]]:
    def note(value: str) -> str:
        return value if value != NOTHING else ""

    silent = row["days_since_last"]
    return [
        (CUSTOMER_FIGURES["net_sales_so_far"], numbers.money(row["net_sales"]),
         _bought(numbers, row)),
        (CUSTOMER_FIGURES["expected_value"], numbers.money(row["expected_value"]), _spread(numbers, row)),
        (CUSTOMER_FIGURES["expected_orders"], numbers.decimal(row["expected_orders"]),
         note(numbers.money(row["expected_order_value"])) and f"{numbers.money(row['expected_order_value'])} each"),
        (CUSTOMER_FIGURES["alive_probability"], numbers.rate(row["alive_probability"]),
         "" if silent is None else f"silent for {numbers.count(silent)} {'day' if silent == 1 else 'days'}"),
        (CUSTOMER_FIGURES["churn_probability"], numbers.rate(row["churn_probability"]),
         "" if churn_days is None else f"in the next {numbers.count(churn_days)} days"),
    ]  # fmt: skip


def _bought(numbers: Numbers, row: Row) -> str:
    if not row["orders"]:
        return "no order"
    if row["orders"] == 1:
        return "1 order"
    return f"{numbers.count(row['orders'])} orders, {numbers.money(row['net_sales'] / row['orders'])} each"


def _spread(numbers: Numbers, row: Row) -> str:
    """How far what such customers bring lies from the mean that is expected of them. The bounds are the values below which one in
    ten and nine in ten of them stay; where few come back at all, the few who do bring the mean above the upper one."""
    mean, low, high = row["expected_value"], row["expected_value_low"], row["expected_value_high"]
    if mean is None or low is None or high is None:
        return ""
    most = numbers.money(high)
    if most == numbers.money(0):
        return "nine in ten such customers bring nothing"
    if mean > high:
        return f"nine in ten such customers bring {most} at most, a few much more"
    return f"four times in five {numbers.money(low)} to {most}"


def _facts(numbers: Numbers, row: Row, shops: dict[str, str]) -> list[tuple[str, str]]:
    def day(value: date | None) -> str:
        return numbers.day(value) if value else NOTHING

    marketing = {True: "Yes", False: "No", None: "Not known"}[row["accepts_marketing"]]
    scores = [row[f"{part}_score"] for part in ("recency", "frequency", "monetary")]
    return [
        (
            "Place",
            ", ".join(part for part in (row["city"], country_in_words(row["country"] or "")) if part)
            or NOTHING,
        ),
        ("First order", day(row["first_order_date"])),
        ("Last order", day(row["last_order_date"])),
        ("First came by", channel_in_words(row["first_channel"]) if row["first_channel"] else NOTHING),
        ("Shops", numbers.count(row["shops"])),
        ("Pieces kept", numbers.count(row["net_units"])),
        ("Accepts marketing", marketing),
        (
            "Recency, frequency, monetary",
            " · ".join(str(s) for s in scores) if scores[0] is not None else NOTHING,
        ),
        ("Segment at the end of last month", row["previous_segment"] or NOTHING),
    ]


_MESSAGE_KINDS = {
    "received": "Received", "bounced": "Bounced", "opened": "Opened", "clicked": "Clicked", "unsubscribed": "Unsubscribed",
    "marked_spam": "Marked as spam",
}  # fmt: skip
_MESSAGE_TONES = {"bounced": "warn", "unsubscribed": "bad", "marked_spam": "bad"}
_CHANNELS = {"email": "E-mail", "sms": "SMS", "push": "Push"}


def _messages(site: Site, numbers: Numbers, person_id: str) -> list[dict[str, Any]]:
    """What became of messages to them, newest first."""
    zone = site.project.settings.project.timezone
    return [
        {
            "day": numbers.day(local_date(row["happened_at"].replace(tzinfo=UTC), zone)),
            "kind": _MESSAGE_KINDS.get(row["kind"], row["kind"]),
            "tone": _MESSAGE_TONES.get(row["kind"], "none"),
            "name": row["campaign_name"] or "No campaign told",
            "address": address_of("marketing/campaigns", row["campaign_id"]) if row["campaign_name"] else "",
            "channel": _CHANNELS.get(row["channel"], row["channel"]),
            "platform": platform_in_words(row["platform"]),
        }
        for row in customers.messages_of(site.project.reader, site.tenant_id, person_id)
    ]


def _timeline(
    numbers: Numbers, shops: dict[str, str], orders: list[Row], refunds: list[Row]
) -> list[dict[str, Any]]:
    """Orders and refunds, newest first."""
    names = {order["order_id"]: _order_name(order) for order in orders}
    events: list[tuple[datetime, dict[str, Any]]] = [
        (
            order["ordered_at"],
            {
                "kind": "Cancelled order" if order["is_cancelled"] else "Order",
                "tone": "warn" if order["is_cancelled"] else "none",
                "day": numbers.day(order["order_date"]),
                "name": _order_name(order),
                "order_id": order["order_id"],
                "shop": shops.get(order["connection_id"], order["connection_id"]),
                "what": _what(numbers, order),
                "amount": numbers.money(order["net_sales"]),
            },
        )
        for order in orders
    ]
    events += [
        (
            refund["refunded_at"],
            {
                "kind": "Refund",
                "tone": "bad",
                "day": numbers.day(refund["refunded_date"]),
                "name": names.get(refund["order_id"], ""),
                "order_id": refund["order_id"],
                "shop": shops.get(refund["connection_id"], refund["connection_id"]),
                # What is paid back holds taxes and shipping; what it takes from net sales is in the order's own line.
                "what": " · ".join(
                    filter(None, (refund["reason"], f"{numbers.money(refund['amount'])} paid back"))
                ),
                "amount": "",
            },
        )
        for refund in refunds
    ]
    return [event for _, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


def _order_name(order: Row) -> str:
    return str(order["order_number"] or order["source_order_id"])


def _what(numbers: Numbers, order: Row) -> str:
    units = order["units_sold"]
    parts = [f"{numbers.count(units)} piece{'' if units == 1 else 's'}"]
    if order["channel"]:
        parts.append(str(order["channel"]))
    if order["discount_codes"]:
        parts.append(f"code {order['discount_codes']}")
    return " · ".join(parts)
