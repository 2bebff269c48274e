"""How much of what profit is worked out from is known, and how much assumed: the first thing that the page Costs says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from fondaco.clock import local_date
from fondaco.metrics import MetricQuery, assumed_goods
from fondaco.server.numbers import Numbers
from fondaco.server.pages.figures import Figures, Named
from fondaco.server.periods import parse_view
from fondaco.server.site import Site
from fondaco.warehouse.engine import OutdatedError

DAYS = 365
GOODS = 8

_METRICS = (
    "cost_of_goods",
    "assumed_cost_of_goods",
    "payment_costs",
    "assumed_payment_costs",
    "marketplace_fees",
    "sent_orders",
    "unpriced_parcels",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the waterfall: what part of it is known, and what stands for the rest.

    Attributes
    ----------
    share
        From 0 to 1; None where there is nothing of it.
    """

    metric: Named
    share: Decimal | None
    known: str
    rest: str


@dataclass(frozen=True, slots=True)
class AssumedGoods:
    """Goods without a known cost, and where to enter it."""

    title: str
    sku: str
    assumed: str
    address: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the panel shows."""

    parts: tuple[Part, ...]
    goods: tuple[AssumedGoods, ...]
    days: str
    query: str


def coverage(site: Site, numbers: Numbers) -> Coverage | None:
    """Of the year up to today; None where what is published has no profit in it, or nothing was sold in that year."""
    if site.published is None or not site.has_profit:
        return None
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    first = today - timedelta(DAYS - 1)
    view = parse_view({"from": first.isoformat(), "to": today.isoformat(), "compare": "none"}, today)
    return site.remembered(
        ("coverage", numbers.locale, numbers.currency, view), lambda: _coverage(Figures(site, view, numbers))
    )


def _coverage(figures: Figures) -> Coverage | None:
    now, numbers, view = figures.totals(_METRICS), figures.numbers, figures.view
    goods, assumed = now["cost_of_goods"] or 0, now["assumed_cost_of_goods"] or 0
    payments, reckoned = now["payment_costs"] or 0, now["assumed_payment_costs"] or 0
    sent, unpriced = now["sent_orders"] or 0, now["unpriced_parcels"] or 0
    if not (goods or payments or sent):
        return None
    parts = (
        Part(
            figures.metric("cost_of_goods"),
            _share(goods - assumed, goods),
            f"{numbers.money(goods - assumed)} told by this sheet or a shop",
            f"{numbers.money(assumed)} assumed" if assumed else "",
        ),
        Part(
            figures.metric("payment_costs"),
            _share(payments - reckoned, payments),
            f"{numbers.money(payments - reckoned)} told by payment providers",
            _rest_of_payments(figures, reckoned),
        ),
        Part(
            figures.metric("shipping_costs"),
            _share(sent - unpriced, sent),
            f"{numbers.count(sent - unpriced)} {'parcel' if sent - unpriced == 1 else 'parcels'} with a price",
            f"{numbers.count(unpriced)} without one, which cost nothing" if unpriced else "",
        ),
    )
    return Coverage(
        (*parts, *_of_marketplaces(figures, now["marketplace_fees"] or 0), *_of_messages(figures)),
        _goods(figures) if assumed else (),
        numbers.period(view.period.first, view.period.last),
        view.query(),
    )


def _of_marketplaces(figures: Figures, fees: Decimal | int) -> tuple[Part, ...]:
    """What marketplaces told of their fees, where there are any."""
    numbers = figures.numbers
    if not fees:
        return ()
    try:
        told = figures.totals(("told_marketplace_fees",))["told_marketplace_fees"] or 0
    except OutdatedError:
        # What is published was built before fees were told.
        told = 0
    reckoned = fees - told
    return (
        Part(
            figures.metric("marketplace_fees"),
            _share(told, fees),
            f"{numbers.money(told)} told by marketplaces",
            f"{numbers.money(reckoned)} reckoned by this sheet" if reckoned else "",
        ),
    )


def _of_messages(figures: Figures) -> tuple[Part, ...]:
    """Of how many messages a cost is known, where any were sent."""
    numbers = figures.numbers
    try:
        now = figures.totals(("messages_sent", "unpriced_messages", "message_cost"))
    except OutdatedError:
        # What is published was built before messages were read.
        return ()
    sent, unpriced = now["messages_sent"] or 0, now["unpriced_messages"] or 0
    if not sent:
        return ()
    return (
        Part(
            figures.metric("message_cost"),
            _share(sent - unpriced, sent),
            f"{numbers.money(now['message_cost'])} told by platforms or this sheet",
            f"{numbers.count(unpriced)} {'message' if unpriced == 1 else 'messages'} without a cost"
            if unpriced
            else "",
        ),
    )


def _rest_of_payments(figures: Figures, reckoned: Decimal | int) -> str:
    """What the sheet reckons, and how many payments neither it nor a provider speaks of."""
    numbers = figures.numbers
    told = [f"{numbers.money(reckoned)} reckoned by this sheet"] if reckoned else []
    try:
        untold = figures.totals(("unpriced_payments",))["unpriced_payments"] or 0
    except OutdatedError:
        # What is published was built before they were counted.
        untold = 0
    if untold:
        told.append(
            f"{numbers.count(untold)} {'payment' if untold == 1 else 'payments'} without a fee, which cost nothing"
        )
    return "; ".join(told)


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """None where more came back than was sold, which has no parts."""
    return Decimal(part) / Decimal(whole) if whole and 0 <= part <= whole else None


def _goods(figures: Figures) -> tuple[AssumedGoods, ...]:
    site, view = figures.site, figures.view
    query = MetricQuery(metrics=("cost_of_goods",), first=view.period.first, last=view.period.last)
    found = assumed_goods(site.layer, site.project.reader, query, site.tenant_id, limit=GOODS)
    return tuple(
        AssumedGoods(
            title=row["title"] or row["sku"] or row["product_id"] or "Without a name",
            sku=row["sku"] or "",
            assumed=figures.numbers.money(row["assumed_cost_of_goods"]),
            address="/costs/new?"
            + urlencode({"kind": "product_cost", "item": row["sku"] or row["product_id"] or ""}),
        )
        for row in found
    )
