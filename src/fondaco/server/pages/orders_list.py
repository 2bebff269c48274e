"""Orders: all orders of the chosen days with what each brought, and how they make up the figures of Profit."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.metrics import list_order_profits
from fondaco.metrics.profit_orders import AMOUNTS
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file, csv_stream
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import LABELS, offered, page_answer, value_in_words
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.orders_panels import PANELS, bridge_lines
from fondaco.server.pages.orders_state import OF_ORDERS, OrdersState, orders_state
from fondaco.server.pages.sales_state import chips, crumbs
from fondaco.server.periods import NO_VALUE, View
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

_ANY = {"country": "All countries", "channel": "All channels", "customer_type": "All customers", "campaign_id": "All campaigns"}  # fmt: skip


def _panel_key(site: Site, name: str, state: OrdersState, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, "orders", name, state, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, name: str, state: OrdersState) -> str:
    """A panel, written once for each state of the data, of the page and locale."""

    def write() -> str:
        if not site.has_profit:
            return site.write("panels/profit_outdated.html", name=name)
        context = PANELS[name](Figures(site, state.view, numbers), state)
        return site.write(
            f"panels/orders_{name}.html",
            view=state.view,
            query=state.without_campaign.query(),
            export=state.query(),
            numbers=numbers,
            **context,
        )

    return site.panels.get(_panel_key(site, name, state, numbers), write)


@router.get("/orders")
def orders(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page. Panels that were written before come with it; the others load by themselves."""
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    state = orders_state(request, site)
    context: dict[str, Any] = {
        "page": "orders",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        **offered(site, state.view, numbers, ()),
    }
    if site.published is None or not site.has_profit:
        return HTMLResponse(
            site.render("orders_empty.html", request, is_published=site.published is not None, **context)
        )
    kept = dict(state.view.filters)
    html = site.render(
        "orders.html",
        request,
        state=state,
        query=state.query(),
        panels={name: site.panels.peek(_panel_key(site, name, state, numbers)) for name in PANELS},
        choices=_choices(Figures(site, state.view, numbers), state),
        chips=chips(site, state),
        nothing_chosen=state.address(state.elsewhere() | dict.fromkeys((*kept, "shop"), "")),
        crumbs=crumbs(state, numbers, site.beginnings.of()),
        fresh=freshness(site, numbers),
        **context,
    )
    return page_answer(request, html, "/orders", state.query())


@router.get("/orders/")
def orders_without_number(request: Request) -> Response:
    """An order's address without the order."""
    return RedirectResponse("/orders" + (f"?{request.url.query}" if request.url.query else ""))


@router.get("/orders/list.csv", dependencies=[Depends(exporting_user)])
def orders_file(request: Request, site: TheSite) -> Response:
    """The orders that are listed, all of them, unrounded."""
    state = orders_state(request, site)
    table = list_order_profits(
        site.layer, site.project.reader, state.asked(), site.tenant_id, order_by=state.order_by
    )
    currency = pa.array([site.currency] * table.num_rows, pa.string())
    return csv_stream(_file_name("orders", state), table.append_column("currency", currency))


@router.get("/orders/bridge.csv", dependencies=[Depends(exporting_user)])
def bridge_file(request: Request, site: TheSite) -> Response:
    """From the orders to the figures of Profit, unrounded."""
    state = orders_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    lines = bridge_lines(figures, state) if state.campaign_id is None else []
    rows = ((kind, row.get("orders"), *(row[name] for name in AMOUNTS)) for kind, row in lines)
    return csv_file(_file_name("orders_to_profit", state), ("line", "orders", *AMOUNTS), rows)


# Each by its own address: all others are of single orders.
@router.get("/orders/list")
@router.get("/orders/bridge")
def panel(request: Request, site: TheSite) -> Response:
    """One panel by itself."""
    name = request.url.path.rpartition("/")[2]
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, name, orders_state(request, site)))


def _file_name(what: str, state: OrdersState) -> str:
    period = state.view.period
    which = f"_{state.which}" if state.which else ""
    return f"{what}{which}_{period.first}_{period.last}_{state.view.clock}.csv"


def _choices(figures: Figures, state: OrdersState) -> list[dict[str, Any]]:
    """What orders of these days can be restricted by, each with its values, the most orders first."""
    site = figures.site
    chosen = dict(state.view.filters)
    found = []
    for name, there in _values(figures, state).items():
        values = list(dict.fromkeys((*there, *([chosen[name]] if name in chosen else []))))
        if len(values) > 1 or name in chosen:
            options = [(each or NO_VALUE, value_in_words(site, name, each)) for each in values]
            taken = (chosen[name] or NO_VALUE) if name in chosen else ""
            found.append(
                {"name": name, "label": LABELS[name], "any": _ANY[name], "options": options, "chosen": taken}
            )
    return found


def _values(figures: Figures, state: OrdersState) -> dict[str, list[str]]:
    """The values of each condition that orders of these days have; campaigns are those that brought some."""
    site = figures.site
    days = replace(state.view, filters=())

    def of(metric: str, name: str, view: View) -> list[str]:
        rows = Figures(site, view, figures.numbers).rows((metric,), (name,), order_by=(f"-{metric}",))
        return [row[name] or "" for row in rows if row[metric]]

    values = {name: of("orders", name, days) for name in OF_ORDERS}
    if site.has_marketing:
        everywhere = replace(days, shop=None)
        of_ads, of_messages = (
            of(metric, "campaign_id", everywhere) for metric in ("attributed_orders", "message_orders")
        )
        values["campaign_id"] = list(dict.fromkeys((*of_ads, *of_messages)))
    return values
