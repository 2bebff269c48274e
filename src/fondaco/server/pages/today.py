"""Today: what to order, move, watch and mark down, each with its money and one sentence; accepted, changed or refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.control import StockOrder, User
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.metrics import stock_item as facts
from fondaco.orchestration.ordering import REFUSED_DAYS
from fondaco.orchestration.proposed import Proposal
from fondaco.server.auth.roles import buying_user, exporting_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user
from fondaco.server.downloads import csv_file
from fondaco.server.notices import Notice
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import address_of, page_answer
from fondaco.server.pages.health import freshness
from fondaco.server.pages.stock import context_of
from fondaco.server.pages.stock_desk import CHOICES, desk_of, people, proposals_of_today, who
from fondaco.server.pages.stock_words import KINDS
from fondaco.server.site import Site, the_site
from fondaco.server.written import whole_number

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)])
TheSite = Annotated[Site, Depends(the_site)]
Buyer = Annotated[User, Depends(buying_user)]
ProposalId = Annotated[str, Path(max_length=63)]
PATH = "/today"
_SHOWN = 50
REFUSALS = {
    7: "for a week",
    REFUSED_DAYS: "for two weeks",
    30: "for a month",
    90: "for three months",
    366: "for a year",
}
_TONES = {"reorder": "none", "transfer": "none", "warn": "bad", "mark_down": "warn"}


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a form of the list sent, and how."""

    fields: FormData
    is_swapped: bool

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def answer(self, site: Site, user: User, proposal_id: str, work: Callable[[], Notice]) -> Response:
        """With scripts the list is swapped and says by itself what came of it; without, a notice does."""
        back = self.text("back")
        is_plain = len(back) < 500 and back.isascii() and back.isprintable()
        address = f"{PATH}?{back}" if back and is_plain else PATH
        if self.is_swapped:
            work()
            return RedirectResponse(address, 303)
        return site.notices.answer(user.user_id, f"{address}#proposal-{proposal_id}", work)


async def _sent(request: Request) -> _Sent:
    return _Sent(await request.form(), "hx-request" in request.headers)


Sent = Annotated[_Sent, Depends(_sent)]


@router.get(PATH)
def today_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "today", numbers)
    desk = desk_of(site, user.user_id)
    found = None if site.published is None else proposals_of_today(desk)
    if not found or _none_since(site, numbers, found[0].proposal_date):
        return HTMLResponse(_empty(request, site, numbers, context, is_known=found is not None))
    kept = _kept(request, found)
    chosen = [each for each in found if kept["location"] in ("", each.location_id)]
    shown = [each for each in chosen if kept["kind"] in ("", each.kind)]
    still_open = [each for each in shown if each.status == "open"]
    pages = max(1, -(-len(still_open) // _SHOWN))
    number = min(max(whole_number(kept["sheet"]), 1), pages)
    names, orders = people(site), {order.order_id: order for order in desk.orders()}
    html = site.render(
        "today.html",
        request,
        kept=kept,
        day=numbers.day(found[0].proposal_date),
        is_old=found[0].proposal_date < desk.today,
        fresh=freshness(site, numbers),
        tabs=_tabs(numbers, kept, chosen),
        places=sorted({each.location_id: each.location_name for each in found}.items(), key=lambda one: one[1]),
        rows=[_row(numbers, each, names, orders) for each in still_open[(number - 1) * _SHOWN : number * _SHOWN]],
        total=numbers.count(len(still_open)),
        stake=numbers.money_parts(_money(each for each in still_open if each.kind != "mark_down")),
        tied=numbers.money_parts(_money(each for each in still_open if each.kind == "mark_down")),
        decided=[_row(numbers, each, names, orders) for each in shown if each.status != "open"],
        pages=[_address(kept, sheet=str(n)) if n > 1 else _address(kept, sheet="") for n in range(1, pages + 1)],
        number=number,
        may_decide=may(user.role, Permission.STOCK),
        refusals=REFUSALS.items(),
        refused_days=REFUSED_DAYS,
        back=_query(kept),
        **context,
    )  # fmt: skip
    return page_answer(request, html, PATH, _query(kept))


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def today_file(site: TheSite, user: CurrentUser) -> Response:
    """All proposals of the newest day with what they were worked out from, and what became of each."""
    rows = [each.row() for each in proposals_of_today(desk_of(site, user.user_id)) or ()]
    header = list(rows[0]) if rows else ["proposal_id"]
    return csv_file("proposals.csv", header, ([row[name] for name in header] for row in rows))


@router.post(PATH + "/{proposal_id}/accept", dependencies=[CheckedForm])
def accept(site: TheSite, user: Buyer, proposal_id: ProposalId, sent: Sent) -> Response:
    """Take a proposal, as it is or with another quantity."""
    desk = desk_of(site, user.user_id)

    def work() -> Notice:
        done = desk.accept(proposal_id, quantity=_pieces(sent.text("quantity")), reason=sent.text("reason"))
        order = next(
            (each.number for each in desk.orders(is_open=True) if each.order_id == done.order_id), ""
        )
        return Notice(f"Accepted: it is in the draft {order}." if order else "Accepted.")

    return sent.answer(site, user, proposal_id, work)


@router.post(PATH + "/{proposal_id}/refuse", dependencies=[CheckedForm])
def refuse(site: TheSite, user: Buyer, proposal_id: ProposalId, sent: Sent) -> Response:
    """Turn a proposal down for some days."""

    def work() -> Notice:
        days = whole_number(sent.text("days")) or REFUSED_DAYS
        desk_of(site, user.user_id).refuse(proposal_id, days=days, reason=sent.text("reason"))
        return Notice(f"Refused: it is not proposed again for {days} days.")

    return sent.answer(site, user, proposal_id, work)


@router.post(PATH + "/{proposal_id}/undo", dependencies=[CheckedForm])
def undo(site: TheSite, user: Buyer, proposal_id: ProposalId, sent: Sent) -> Response:
    """Take a decision back, as long as its order has not been sent."""

    def work() -> Notice:
        desk_of(site, user.user_id).undo(proposal_id)
        return Notice("The decision is taken back.")

    return sent.answer(site, user, proposal_id, work)


def _pieces(text: str) -> int | None:
    """The quantity of the form; None where none was written.

    Raises
    ------
    ConfigError
        If it is no whole number above nought.
    """
    if not text.strip():
        return None
    if not whole_number(text.strip()):
        raise ConfigError(
            f"The quantity is {text[:12]!r}.", "Write whole pieces, 1 or more; refuse what you do not want."
        )
    return whole_number(text.strip())


def _empty(
    request: Request, site: Site, numbers: Numbers, context: Mapping[str, Any], *, is_known: bool
) -> str:
    """Why there is nothing to do, and what to do for there to be something."""
    newest = (
        facts.newest_forecast(site.project.reader, site.tenant_id) if site.published is not None else None
    )
    if site.published is None:
        why = "unpublished"
    elif not site.project.settings.stock.forecast:
        why = "off"
    elif not is_known or newest is None:
        why = "outdated"
    elif newest["why_not"]:
        why = "lacking"
    else:
        why = "nothing"
    return site.render(
        "today_empty.html", request, why=why, why_not=(newest or {}).get("why_not"), connections=site.shops(),
        as_of=numbers.day(newest["as_of_date"]) if newest and newest["as_of_date"] else "", stock=site.stock if site.published else "unknown",
        series=numbers.count(newest["series"]) if newest else "", **context,
    )  # fmt: skip


def _none_since(site: Site, numbers: Numbers, day: date) -> bool:
    """Whether a later run than that of ``day`` has forecast, and found nothing to be done."""
    newest = facts.newest_forecast(site.project.reader, site.tenant_id)
    if newest is None or newest["why_not"] or newest["made_at"] is None:
        return False
    made: datetime = newest["made_at"].replace(tzinfo=UTC)
    return made.astimezone(numbers.time_zone).date() > day


def _kept(request: Request, found: Sequence[Proposal]) -> dict[str, str]:
    """What the address restricts the list to.

    Raises
    ------
    ConfigError
        If there is no such kind or place.
    """
    asked = request.query_params
    kept = {name: asked.get(name, "") for name in ("kind", "location", "sheet")}
    if kept["kind"] not in ("", *KINDS):
        raise ConfigError(f"kind={kept['kind'][:40]!r} is not known.", f"Use one of {', '.join(KINDS)}.")
    if kept["location"] and kept["location"] not in {each.location_id for each in found}:
        raise ConfigError(
            f"Nothing is proposed for the location {kept['location'][:63]!r}.", "Choose one of the list."
        )
    return kept


def _query(kept: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in kept.items() if value})


def _address(kept: Mapping[str, str], **changes: str) -> str:
    query = _query({**kept, **changes})
    return PATH + (f"?{query}" if query else "")


def _tabs(numbers: Numbers, kept: Mapping[str, str], found: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Kinds with how many are open, and the money of these."""
    tabs = []
    for kind, label in (("", "All"), *KINDS.items()):
        own = [each for each in found if each.status == "open" and kind in ("", each.kind)]
        tabs.append(
            {"label": label, "count": numbers.count(len(own)), "money": numbers.whole_money(_money(own)) if kind and own else "",
             "address": _address(kept, kind=kind, sheet=""), "is_chosen": kept["kind"] == kind}
        )  # fmt: skip
    return tabs


def _money(found: Any) -> Decimal:
    return sum((each.money for each in found if each.money is not None), Decimal(0))


def _row(
    numbers: Numbers, each: Proposal, names: Mapping[str, str], orders: Mapping[int, StockOrder]
) -> dict[str, Any]:
    """A proposal in words."""
    decision = each.decision
    order = orders.get(decision.order_id) if decision is not None and decision.order_id is not None else None
    return {
        "id": each.proposal_id,
        "kind": {"text": KINDS[each.kind], "tone": _TONES[each.kind]},
        "title": each.title,
        "address": address_of("stock", each.variant_id, urlencode({"location": each.location_id})),
        "place": f"{each.from_location_name} to {each.location_name}" if each.kind == "transfer" else each.location_name,
        "sentence": each.sentence,
        "money": numbers.money_parts(each.money),
        "money_of": "lies in it" if each.kind == "mark_down" else "of margin at stake",
        "cost": numbers.money(each.cost) if each.cost is not None else "",
        "supplier": each.supplier_name or "",
        "plan": f"/prices#markdown-{each.variant_id}" if each.kind == "mark_down" else "",
        "due": numbers.day(each.due_date) if each.due_date else "",
        "due_of": "runs out by" if each.kind == "warn" else "there by",
        "chance": numbers.rate(each.probability) if each.probability is not None else "",
        "quantity": each.quantity if each.is_ordered else None,
        "step": each.inputs["order_multiple"] or 1 if each.kind == "reorder" else 1,
        "badge": CHOICES[each.status],
        "decided": numbers.count(decision.quantity) if decision is not None and decision.choice != "refused" and each.is_ordered else "",
        "by": who(decision.decided_by, names) if decision is not None else "",
        "reason": decision.reason if decision is not None else "",
        "until": numbers.day(decision.holds_until) if decision is not None and decision.holds_until else "",
        "order": order.number if order is not None else "",
        "may_undo": decision is not None and (order is None or order.state in ("draft", "cancelled")),
    }  # fmt: skip
