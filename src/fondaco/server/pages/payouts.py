"""Payouts: what was paid into the bank, of which orders and fees it is made, and which payments are disputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import payouts as asked
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import address_of, offered, page_answer, view_of
from fondaco.server.pages.health import Badge, freshness
from fondaco.server.pages.profit_parts import shop_names
from fondaco.server.periods import View, written
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
PATH = "/profit/payouts"

_STATES = {
    "paid": Badge("Paid", "good"),
    "scheduled": Badge("On its way", "none"),
    "failed": Badge("Failed", "bad"),
    "cancelled": Badge("Cancelled", "warn"),
}
_DISPUTES = {"open": Badge("Answer awaited", "warn"), "under_review": Badge("Under review", "none")}
_PARTS = (
    ("Payments", "payments", "What customers paid, before fees"),
    ("Refunds", "refunds", "Given back to customers"),
    ("Chargebacks", "chargebacks", "Taken back by banks, less what was won"),
    ("Other", "others", "Labels and other charges, taxes, reserves, loans and adjustments"),
    ("Fees", "fees", "Kept by the payment service"),
    ("Not explained", "unexplained", "What the movements do not sum to"),
)


@router.get(PATH)
def payouts_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    view = view_of(request, site)
    numbers = site.numbers(request, site.currency)
    context = _context(request, site, user, view, numbers)
    if site.published is None or not has_payouts(site):
        return HTMLResponse(
            site.render("profit_empty.html", request, is_published=site.published is not None, **context)
        )
    period, shop, reader = view.period, view.shop or "", site.project.reader
    sheet = sheets.parse_sheet("payouts", request.query_params, ())
    found = asked.totals(reader, site.tenant_id, period.first, period.last, shop=shop)
    disputes = asked.open_disputes(reader, site.tenant_id, shop=shop)
    html = site.render(
        "payouts.html",
        request,
        **context,
        fresh=freshness(site, numbers),
        totals=[_total(numbers, row) for row in found],
        leaf=_leaf(site, view, sheet, numbers),
        disputes=[_dispute(numbers, row) for row in disputes],
    )
    return page_answer(request, html, PATH, written({**view.state(), **sheet.state()}))


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def payouts_file(request: Request, site: TheSite) -> Response:
    """Every payout of the period, unrounded. Fees are what was kept, above nought, as the API tells them; ``signed_fees`` adds up."""
    view = view_of(request, site)
    period = view.period
    rows = (
        asked.payouts(site.project.reader, site.tenant_id, period.first, period.last, shop=view.shop or "")
        if has_payouts(site)
        else []
    )
    lines = ([row[name] for name in asked.PAYOUT_COLUMNS] for row in rows)
    return csv_file(f"payouts_{period.first}_{period.last}.csv", asked.PAYOUT_COLUMNS, lines)


@router.get(PATH + "/{payout_id:path}.csv", dependencies=[Depends(exporting_user)])
def payout_file(payout_id: str, site: TheSite) -> Response:
    """All that a payout is made of, unrounded."""
    own = payout_there(site, payout_id)
    rows = asked.entries(site.project.reader, site.tenant_id, payout_id)
    lines = ([row[name] for name in asked.ENTRY_COLUMNS] for row in rows)
    return csv_file(f"payout_{own['issued_date']}_{own['source_payout_id']}.csv", asked.ENTRY_COLUMNS, lines)


@router.get(PATH + "/{payout_id:path}")
def payout_page(payout_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """What one payout is made of."""
    own = payout_there(site, payout_id)
    view = view_of(request, site)
    numbers = site.numbers(request, own["currency"])
    sheet = sheets.parse_sheet("entries", request.query_params, ())
    address = address_of("profit/payouts", payout_id)

    def way(changes: Mapping[str, str]) -> sheets.Way:
        to = f"{address}?{written({**sheet.state(), **changes})}"
        return sheets.Way(to, to)

    def shown(start: int, limit: int) -> Sequence[Any]:
        rows = asked.entries(site.project.reader, site.tenant_id, payout_id, limit=limit, offset=start)
        return [_entry(numbers, row) for row in rows]

    total = int(own["entries"])
    count = f"{numbers.count(total)} {'movement' if total == 1 else 'movements'}"
    html = site.render(
        "payout.html",
        request,
        **_context(request, site, user, view, numbers),
        payout=own,
        address=address,
        shop_name=shop_names(site).get(own["connection_id"], own["connection_id"]),
        state=_STATES.get(own["status"], Badge(own["status"], "none")),
        amount=numbers.money_parts(own["amount"]),
        parts=_parts(numbers, own),
        verdict=_verdict(numbers, own),
        leaf=sheets.leaf(sheet, total, shown, count, way),
    )
    return page_answer(request, html, address, written(sheet.state()))


def has_payouts(site: Site) -> bool:
    """Whether what is published knows of payouts; remembered with it."""
    return site.remembered(("has_payouts",), lambda: asked.has_payouts(site.project.reader))


def payout_there(site: Site, payout_id: str) -> Mapping[str, Any]:
    """The payout that an address names."""
    known = site.published is not None and has_payouts(site)
    found = asked.one_payout(site.project.reader, site.tenant_id, payout_id) if known else None
    if found is None:
        raise NotThereError(
            f"There is no payout {payout_id[:100]!r}.", "Open it from the list on the page Payouts."
        )
    return found


def _context(request: Request, site: Site, user: CurrentUser, view: View, numbers: Numbers) -> dict[str, Any]:
    return {
        "page": "profit",
        "tab": "payouts",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        "kept_query": view.query(),
        "query": view.query(),
        **offered(site, view, numbers, ()),
    }


def _leaf(site: Site, view: View, sheet: sheets.Sheet, numbers: Numbers) -> sheets.Leaf:
    names, period = shop_names(site), view.period

    def rows(start: int, limit: int) -> list[dict[str, Any]]:
        return asked.payouts(
            site.project.reader, site.tenant_id, period.first, period.last,
            shop=view.shop or "", limit=limit, offset=start,
        )  # fmt: skip

    def shown(start: int, limit: int) -> Sequence[Any]:
        return [_payout(numbers, names, row) for row in rows(start, limit)]

    def way(changes: Mapping[str, str]) -> sheets.Way:
        to = f"{PATH}?{written({**view.state(), **sheet.state(), **changes})}"
        return sheets.Way(to, to)

    first = rows(0, 1)
    total = int(first[0]["matches"]) if first else 0
    count = f"{numbers.count(total)} {'payout' if total == 1 else 'payouts'}"
    return sheets.leaf(sheet, total, shown, count, way)


def _in(numbers: Numbers, currency: str) -> Numbers:
    """The same reader's figures in the currency of a bank account."""
    return Numbers(numbers.locale, currency, numbers.time_zone)


def _payout(numbers: Numbers, names: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Any]:
    own = _in(numbers, row["currency"])
    return {
        "day": numbers.day(row["issued_date"]),
        "address": address_of("profit/payouts", row["payout_id"]),
        "shop": names.get(row["connection_id"], row["connection_id"]),
        "state": _STATES.get(row["status"], Badge(row["status"], "none")),
        "orders": numbers.count(row["orders"]),
        "gross": own.money(row["payments"]),
        "rest": own.money(row["amount"] - row["payments"] + row["fees"]),
        "fees": own.money(-row["fees"]),
        "amount": own.money(row["amount"]),
        "differs": bool(row["unexplained"]),
    }


def _total(numbers: Numbers, row: Mapping[str, Any]) -> dict[str, Any]:
    own = _in(numbers, row["currency"])
    number = int(row["payouts"])
    return {
        "currency": row["currency"],
        "amount": own.money_parts(row["amount"]),
        "count": f"{numbers.count(number)} {'payout' if number == 1 else 'payouts'}",
        "parts": _parts(own, row),
    }


def _parts(numbers: Numbers, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a payout is made of, signed so that the parts sum to it; what is nought is left out but for payments and fees."""
    signed = {name: -row[name] if name == "fees" else row[name] for _, name, _ in _PARTS}
    return [
        {"label": label, "text": text, "amount": numbers.money(signed[name])}
        for label, name, text in _PARTS
        if signed[name] or name in ("payments", "fees")
    ]


def _verdict(numbers: Numbers, own: Mapping[str, Any]) -> dict[str, str]:
    """Whether the movements sum to the payout, in words."""
    if not own["unexplained"]:
        return {"tone": "good", "text": "The movements below sum to this payout to the cent."}
    differs = numbers.money(own["unexplained"])
    if own["is_settled"]:
        return {
            "tone": "bad",
            "text": f"The movements below do not sum to this payout: {differs} are not explained. "
            "The payment service may have settled something that it does not show.",
        }
    return {
        "tone": "warn",
        "text": f"{differs} are not explained yet. Which payout a movement is part of is told some days later, and what "
        "happened before the first day that is read is not known.",
    }


def _entry(numbers: Numbers, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "when": numbers.instant(row["happened_at"].replace(tzinfo=UTC)),
        "what": row["kind"].capitalize(),
        "name": row["name"] or "",
        "order": row["order_number"] or (row["order_id"] or "").partition(":")[2],
        "address": address_of("orders", row["order_id"]) if row["order_id"] else "",
        "amount": numbers.money(row["amount"]),
        "fee": numbers.money(-row["fee"]) if row["fee"] else NOTHING,
        "net": numbers.money(row["net"]),
    }


def _dispute(numbers: Numbers, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order": row["order_number"] or (row["order_id"] or "").partition(":")[2] or NOTHING,
        "address": address_of("orders", row["order_id"]) if row["order_id"] else "",
        "state": _DISPUTES[row["status"]],
        "reason": (row["reason"] or NOTHING).capitalize(),
        "due": numbers.day(row["due_at"].date()) if row["due_at"] else NOTHING,
        "amount": _in(numbers, row["currency"]).money(row["amount"]),
    }
