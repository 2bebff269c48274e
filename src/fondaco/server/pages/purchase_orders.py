"""Purchase orders and transfers: the list, and one order whose lines are changed, which is sent, received or cancelled here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from fondaco.control import StockOrder, User
from fondaco.errors import ConfigError, RetryableError
from fondaco.governance import Permission, may
from fondaco.orchestration.mailing_orders import address_of, mail_order, sheet_of
from fondaco.orchestration.ordering import StockDesk
from fondaco.reports.mail import Postbox
from fondaco.reports.purchase_order import order_csv, order_pdf
from fondaco.server.assets import STATIC
from fondaco.server.auth.roles import buying_user, exporting_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user
from fondaco.server.notices import Notice
from fondaco.server.pages.purchase_orders_view import STATES, listed_orders, shown_order
from fondaco.server.pages.stock import context_of
from fondaco.server.pages.stock_desk import desk_of
from fondaco.server.site import NotThereError, Site, the_site
from fondaco.server.written import whole_number

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/purchase-orders")
TheSite = Annotated[Site, Depends(the_site)]
Buyer = Annotated[User, Depends(buying_user)]
Number = Annotated[str, Path(max_length=31)]
Day = Annotated[str, Form(max_length=10)]
_LINE = "pieces-"


async def _fields(request: Request) -> FormData:
    return await request.form()


Fields = Annotated[FormData, Depends(_fields)]


@router.get("")
def all_orders(request: Request, site: TheSite, user: CurrentUser, state: str = "") -> Response:
    """The orders, the newest first; those whose goods are still to come unless another state is asked for."""
    if state not in ("", *STATES):
        raise ConfigError(f"state={state[:40]!r} is not known.", f"Use one of {', '.join(STATES)}.")
    numbers = site.numbers(request)
    desk = desk_of(site, user.user_id)
    html = site.render(
        "purchase_orders.html",
        request,
        may_decide=may(user.role, Permission.STOCK),
        **listed_orders(numbers, desk.orders(), state, desk.today),
        **context_of(request, site, user, "purchase-orders", numbers),
    )
    return HTMLResponse(html)


@router.get("/{number}.csv", dependencies=[Depends(exporting_user)])
def order_file(site: TheSite, user: CurrentUser, number: Number) -> Response:
    """The lines of an order, as its supplier gets them."""
    sheet = sheet_of(site.project, _order(desk_of(site, user.user_id), number))
    return _download(order_csv(sheet).encode(), "text/csv; charset=utf-8", f"{sheet.file}.csv")


@router.get("/{number}.pdf", dependencies=[Depends(exporting_user)])
def order_paper(site: TheSite, user: CurrentUser, number: Number) -> Response:
    """The order on paper."""
    sheet = sheet_of(site.project, _order(desk_of(site, user.user_id), number))
    return _download(order_pdf(sheet, STATIC / "vendor"), "application/pdf", f"{sheet.file}.pdf")


@router.get("/{number}")
def one_order(request: Request, site: TheSite, user: CurrentUser, number: Number) -> Response:
    """One order with its lines and what can be done with it."""
    desk = desk_of(site, user.user_id)
    order = _order(desk, number)
    html = site.render(
        "purchase_order.html",
        request,
        may_decide=may(user.role, Permission.STOCK),
        makes_pdf=find_spec("reportlab") is not None,
        mails=site.project.settings.mail.host is not None,
        receiver=address_of(site.project, order.supplier_id) or "",
        **shown_order(site, order, site.numbers(request, order.currency), desk.today),
        **context_of(request, site, user, "purchase-orders", site.numbers(request, order.currency)),
    )
    return HTMLResponse(html)


@router.post("/{number}/lines", dependencies=[CheckedForm])
def change_lines(site: TheSite, user: Buyer, number: Number, fields: Fields) -> Response:
    """Order other quantities of a draft's articles; ``remove`` names a line that goes."""
    desk = desk_of(site, user.user_id)

    def work() -> Notice:
        order, removed, changed = _order(desk, number), str(fields.get("remove", "")), 0
        for line in order.lines:
            written = str(fields.get(f"{_LINE}{line.line_id}", "")).strip()
            wanted = 0 if str(line.line_id) == removed else _quantity(written, line.quantity)
            if wanted != line.quantity:
                desk.change_line(order.number, line.variant_id, wanted)
                changed += 1
        return Notice(
            f"{changed} {'line' if changed == 1 else 'lines'} changed." if changed else "Nothing was changed."
        )

    return _answer(site, user, number, work)


@router.post("/{number}/mail", dependencies=[CheckedForm])
def mail(
    site: TheSite,
    user: Buyer,
    number: Number,
    to: Annotated[str, Form(max_length=320)] = "",
    expected: Day = "",
) -> Response:
    """Mail a draft to its supplier, with its lines as CSV and PDF."""
    desk = desk_of(site, user.user_id)

    def work() -> Notice:
        post = Postbox(site.project.settings.mail)
        done = mail_order(
            site.project,
            desk,
            number,
            post.send,
            fonts=STATIC / "vendor",
            to=_address(to),
            expected_on=_day(expected),
        )
        return Notice(f"{done.number} is mailed to {to.strip() or 'its supplier'}.")

    return _answer(site, user, number, work)


@router.post("/{number}/send", dependencies=[CheckedForm])
def send(site: TheSite, user: Buyer, number: Number, expected: Day = "") -> Response:
    """Note that it went out by other means."""
    desk = desk_of(site, user.user_id)
    return _answer(
        site,
        user,
        number,
        lambda: Notice(f"{desk.send(number, expected_on=_day(expected)).number} counts as sent."),
    )


@router.post("/{number}/reopen", dependencies=[CheckedForm])
def reopen(site: TheSite, user: Buyer, number: Number) -> Response:
    """It was not sent after all."""
    desk = desk_of(site, user.user_id)
    return _answer(site, user, number, lambda: Notice(f"{desk.reopen(number).number} is a draft again."))


@router.post("/{number}/receive", dependencies=[CheckedForm])
def receive(site: TheSite, user: Buyer, number: Number) -> Response:
    """The goods are there."""
    desk = desk_of(site, user.user_id)

    def work() -> Notice:
        done = desk.receive(number)
        return Notice(f"{done.number} is received: its goods no longer count as on order.")

    return _answer(site, user, number, work)


@router.post("/{number}/cancel", dependencies=[CheckedForm])
def cancel(site: TheSite, user: Buyer, number: Number) -> Response:
    """Nothing of it will come."""
    desk = desk_of(site, user.user_id)
    return _answer(site, user, number, lambda: Notice(f"{desk.cancel(number).number} is cancelled."))


def _order(desk: StockDesk, number: str) -> StockOrder:
    try:
        return desk.order(number)
    except ConfigError as error:
        raise NotThereError(error.what, "Choose one on the page Purchase orders.") from error


def _answer(site: Site, user: User, number: str, work: Callable[[], Notice]) -> Response:
    """Back to the order, with what came of it; that a mail server cannot be reached is said there too."""

    def done() -> Notice:
        try:
            return work()
        except RetryableError as error:
            return Notice(f"{error.what} {error.remedy}", "bad")

    _order(desk_of(site, user.user_id), number)
    return site.notices.answer(user.user_id, f"/purchase-orders/{number}", done)


def _quantity(written: str, before: int) -> int:
    """What a field says; a field that is not there changes nothing."""
    if not written:
        return before
    if not whole_number(written) and written.strip("0"):
        raise ConfigError(
            f"The quantity is {written[:12]!r}.", "Write whole pieces; 0 takes the article out."
        )
    return whole_number(written)


def _address(text: str) -> str | None:
    """An address to write to; None where the last one is to be used.

    Raises
    ------
    ConfigError
        If it is none.
    """
    written = text.strip()
    if not written:
        return None
    name, at, place = written.rpartition("@")
    if not (name and at and "." in place) or any(each.isspace() or each in ",;<>" for each in written):
        raise ConfigError("This is no e-mail address.", "Write one, such as orders@example.com.")
    return written


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigError(
            f"{text[:10]!r} is not a date.", "Write it as year-month-day, such as 2026-01-31."
        ) from error


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
