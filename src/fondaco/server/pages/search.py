"""Search over everything that has a page or a definition, and the command palette in front of it.

What is searched for may be a person's name, so it is sent in the body of a POST: an address would stand in the browser's history
and in the logs of every proxy. Nothing here writes it down.

A kind of thing is one entry of ``KINDS``: its heading and a function that finds it. A page adds its own things there; a kind whose
page does not exist in this application is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from starlette.responses import HTMLResponse, Response

from fondaco.activation import parse_definition
from fondaco.analytics.rfm import BEST_FIRST
from fondaco.control import User
from fondaco.costs import RULES
from fondaco.governance import Permission, may
from fondaco.metrics import lookup
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.menu import MENU, STOCK_PAGES
from fondaco.server.numbers import Numbers
from fondaco.server.pages.advertising import campaign_name, platform_in_words
from fondaco.server.pages.cost_view import entries_by_kind
from fondaco.server.pages.settings_sections import SECTIONS
from fondaco.server.routes import leads_somewhere
from fondaco.server.site import Site, the_site
from fondaco.warehouse.engine import OutdatedError

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)])
TheSite = Annotated[Site, Depends(the_site)]

LONGEST = 100
OF_A_KIND = 6
AT_FIRST = max(2 * OF_A_KIND, len(MENU))
"""How many are listed before anything is typed: all pages of the menu."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and who asks it: ``words`` as typed, without blanks around them."""

    words: str
    site: Site
    user: User
    numbers: Numbers
    app: FastAPI


@dataclass(frozen=True, slots=True)
class Found:
    """One thing: where it is, and, of a definition, the address of what the drawer shows."""

    title: str
    address: str
    drawer: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Things of one kind.

    Attributes
    ----------
    find
        At most about ``OF_A_KIND`` things that fit, the best first.
    icon
        A name in the sprite of icons.
    page
        An address of the page that things lead to; without that page in the application they are not looked for.
    needs
        The permission without which a user is shown none of them.
    when_empty
        Whether they are listed before anything is typed.
    """

    heading: str
    icon: str
    find: Callable[[Asked], Iterable[Found]]
    page: str = ""
    needs: Permission | None = None
    when_empty: bool = False


def _fits(words: str, *texts: str) -> bool:
    """Whether every word that was typed is in one of the texts, whatever its case."""
    among = " ".join(texts).casefold()
    return all(word in among for word in words.casefold().split())


def _rank(words: str, title: str) -> tuple[bool, bool, str]:
    return not title.casefold().startswith(words.casefold()), not _fits(words, title), title.casefold()


def _pages(asked: Asked) -> Iterable[Found]:
    known = [(page.title, page.address, page.meant) for page in MENU]
    beneath = [(f"Stock: {label}", address, meant) for _, label, address, meant in STOCK_PAGES if meant]
    settings = [(f"Settings: {one.label}", one.address, one.meant) for one in SECTIONS]
    for label, address, meant in (*known, *(beneath + settings if asked.words else ())):
        if _fits(asked.words, label, meant):
            yield Found(label, address)


def _views(asked: Asked) -> Iterable[Found]:
    for shown in asked.site.views_of(asked.user):
        if _fits(asked.words, shown.view.name):
            yield Found(
                shown.view.name, shown.address, detail="" if shown.is_own else f"shared by {shown.owner}"
            )


def _segments(asked: Asked) -> Iterable[Found]:
    """Own ones, as far as the user may open them, then the eight."""
    sees_persons = may(asked.user.role, Permission.PEOPLE)
    fitting = [
        each
        for each in asked.site.control.segments.all(asked.site.tenant_id)
        if _fits(asked.words, each.name)
    ]
    for each in sorted(fitting, key=lambda one: _rank(asked.words, one.name)):
        if sees_persons or not parse_definition(each.definition).is_personal:
            yield Found(each.name, f"/segments/{each.segment_id}", detail="Own segment")
    for rule in BEST_FIRST:
        if _fits(asked.words, rule.segment):
            yield Found(
                rule.segment, f"/customers?segment={quote(rule.segment)}#list", detail="One of the eight"
            )


def _costs(asked: Asked) -> Iterable[Found]:
    """Entries by their item or note, then kinds of costs."""
    for kept in entries_by_kind(asked.site).values():
        for one in kept:
            title = RULES[one.entry.kind].title
            if _fits(asked.words, one.entry.item or "", one.entry.note or ""):
                yield Found(one.entry.item or title, f"/costs/{one.entry_id}", detail=title)
    for kind, rule in RULES.items():
        if _fits(asked.words, rule.title, kind.replace("_", " ")):
            yield Found(rule.title, f"/costs?kind={kind}", detail="Costs")


def _metrics(asked: Asked) -> Iterable[Found]:
    fitting = [
        metric
        for metric in asked.site.layer.metrics
        if _fits(asked.words, metric.label, metric.name, *metric.synonyms)
    ]
    for metric in sorted(fitting, key=lambda one: _rank(asked.words, one.label)):
        place = f"/settings/definitions#{metric.name}"
        yield Found(metric.label, place, f"/definitions/{metric.name}", detail="Definition")
    for figure in CUSTOMER_FIGURES.values():
        if _fits(asked.words, figure.label, figure.name, figure.description, figure.formula):
            place = f"/settings/definitions#customers-{figure.name}"
            yield Found(figure.label, place, f"/customers/figures/{figure.name}", detail="Of customers")


def _actions(asked: Asked) -> Iterable[Found]:
    for title, address, meant, needs in ACTIONS:
        if _fits(asked.words, title, meant) and (needs is None or may(asked.user.role, needs)):
            yield Found(title, address)


def _shops(asked: Asked) -> Iterable[Found]:
    for connection in asked.site.shops():
        if _fits(asked.words, connection.name, connection.connection_id, connection.source):
            address = "/?" + urlencode({"shop": connection.connection_id})
            yield Found(connection.name, address, detail=connection.source)


def _connections(asked: Asked) -> Iterable[Found]:
    for connection in asked.site.connections():
        if _fits(asked.words, connection.name, connection.connection_id, connection.source):
            address = f"/connections/{quote(connection.connection_id)}"
            yield Found(connection.name, address, detail=f"{connection.source}, how it stands")


def _rows(asked: Asked, find: Callable[..., Any]) -> list[dict[str, Any]]:
    if asked.site.published is None:
        return []
    found: list[dict[str, Any]] = find(
        asked.site.project.reader, asked.site.tenant_id, asked.words, OF_A_KIND
    ).to_pylist()
    return found


def _in(asked: Asked, currency: str | None) -> Numbers:
    numbers = asked.numbers
    return Numbers(numbers.locale, currency or numbers.currency, numbers.time_zone)


def _products(asked: Asked) -> Iterable[Found]:
    names = {one.connection_id: one.name for one in asked.site.shops()}
    for row in _rows(asked, lookup.find_products):
        shop = names.get(row["connection_id"], row["connection_id"])
        sold = _in(asked, row["currency"]).money(row["net_sales"])
        yield Found(
            row["title"] or "Unnamed", f"/products/{quote(row['product_id'])}", detail=f"{shop} · {sold}"
        )


def _campaigns(asked: Asked) -> Iterable[Found]:
    if asked.site.published is None or not asked.site.has_marketing:
        return
    for row in _rows(asked, lookup.find_campaigns):
        parts = (platform_in_words(row["platform"]), row["account_name"], (row["status"] or "").capitalize())
        yield Found(
            campaign_name(row, row["campaign_id"]),
            f"/marketing/campaigns/{quote(row['campaign_id'], safe=':')}",
            detail=" · ".join(part for part in parts if part),
        )


def _customers(asked: Asked) -> Iterable[Found]:
    try:
        rows = _rows(asked, lookup.find_customers)
    except (
        OutdatedError
    ):  # published by a version that people could not be looked for in so; the page Customers says what to do
        return
    for row in rows:
        name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
        place = ", ".join(part for part in (row["city"], row["country"]) if part)
        orders = asked.numbers.count(row["orders"]) + (" order" if row["orders"] == 1 else " orders")
        detail = " · ".join(part for part in (place, orders) if part)
        yield Found(
            name or row["email"] or "Nameless", f"/customers/{quote(row['person_id'])}", detail=detail
        )


def _orders(asked: Asked) -> Iterable[Found]:
    names = {one.connection_id: one.name for one in asked.site.shops()}
    for row in _rows(asked, lookup.find_orders):
        parts = (
            names.get(row["connection_id"], row["connection_id"]),
            asked.numbers.day(row["order_date"]) if row["order_date"] else "",
            _in(asked, row["currency"]).money(row["total_sales"]),
        )
        number = row["order_number"] or row["order_id"]
        detail = " · ".join(part for part in parts if part)
        yield Found(f"Order {number}", f"/orders/{quote(row['order_id'])}", detail=detail)


ACTIONS: tuple[tuple[str, str, str, Permission | None], ...] = (
    ("New segment", "/segments/new", "make create build audience", Permission.SEGMENT),
    ("Enter a cost", "/costs/new", "new make add expense", Permission.COSTS),
    ("New alert", "/alerts/rules/new?kind=change", "make create rule watch", Permission.ALERTS),
    ("Print the report", "/report", "pdf month summary", None),
    ("Make an API token", "/settings/tokens", "new key access", None),
    ("Invite somebody", "/settings/users", "new user add person role", Permission.CHANGE),
    ("Change my password", "/account/password", "new secret log in", None),
)
"""What can be done: title, where, other words for it, and the permission without which it cannot."""

KINDS: tuple[Kind, ...] = (
    Kind("Pages", "layout-dashboard", _pages, when_empty=True),
    Kind("Saved views", "bookmark", _views, when_empty=True),
    Kind("Actions", "plus", _actions),
    Kind("Figures", "chart-bar", _metrics),
    Kind("Segments", "users-group", _segments, page="/segments/1"),
    Kind("Costs", "receipt", _costs, page="/costs/1"),
    Kind("Shops", "building-store", _shops),
    Kind("Connections", "plug", _connections, page="/connections/x"),
    Kind("Products", "package", _products, page="/products/x"),
    Kind("Campaigns", "speakerphone", _campaigns, page="/marketing/campaigns/x"),
    Kind("Customers", "user", _customers, page="/customers/x", needs=Permission.PEOPLE),
    Kind("Orders", "receipt", _orders, page="/orders/x"),
)


def results(asked: Asked) -> list[tuple[Kind, list[Found]]]:
    """What fits, kind by kind; kinds of which nothing fits are left out."""
    shown = []
    for kind in KINDS:
        barred = kind.needs is not None and not may(asked.user.role, kind.needs)
        nowhere = kind.page and not leads_somewhere(asked.app, kind.page)
        if barred or nowhere or not (asked.words or kind.when_empty):
            continue
        most = OF_A_KIND if asked.words else AT_FIRST
        if found := list(kind.find(asked))[:most]:
            shown.append((kind, found))
    return shown


def _asked(request: Request, site: Site, user: User, words: str) -> Asked:
    return Asked(words.strip()[:LONGEST], site, user, site.numbers(request), request.app)


@router.get("/search")
def search_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The search as a page of its own, for browsers without scripts."""
    return _page(request, site, user, _asked(request, site, user, ""))


@router.post("/search", dependencies=[CheckedForm])
def search(
    request: Request, site: TheSite, user: CurrentUser, q: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    """What fits ``q``: as a list for the palette, else as a page."""
    asked = _asked(request, site, user, q)
    if not request.headers.get("hx-request"):
        return _page(request, site, user, asked)
    return HTMLResponse(site.render("parts/found.html", request, found=results(asked), words=asked.words))


def _page(request: Request, site: Site, user: User, asked: Asked) -> Response:
    html = site.render(
        "search.html",
        request,
        page="search",
        user=user,
        csrf=form_token(request),
        found=results(asked),
        words=asked.words,
    )
    return HTMLResponse(html)
