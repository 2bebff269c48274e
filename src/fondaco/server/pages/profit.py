"""Profit: what is left of sales, line by line, from all years down to the orders that cost more than they brought."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import PROFIT_STATEMENT, list_losses
from fondaco.metrics.products import shop_of
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import asked_by, offered, opened_alone, page_answer
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.orders_state import orders_address
from fondaco.server.pages.profit_panels import PANELS
from fondaco.server.pages.profit_parts import LINES, RATES, parts_of, shop_names
from fondaco.server.pages.profit_state import ProfitState, profit_state
from fondaco.server.pages.sales_state import chips, crumbs
from fondaco.server.periods import COMPARISONS
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

LOSS_COLUMNS = (
    "order_id", "order_number", "order_date", "connection_id", "country", "customer_type", "net_sales", "contribution_margin_2",
    "marketing_costs", "contribution_margin_3",
)  # fmt: skip


def _panel_key(site: Site, name: str, state: ProfitState, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, "profit", name, state, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, name: str, state: ProfitState) -> str:
    """A panel, written once for each state of the data, of the page and locale."""

    def write() -> str:
        if not site.has_profit:
            return site.write("panels/profit_outdated.html", name=name)
        context = PANELS[name](Figures(site, state.view, numbers), state)
        return site.write(
            f"panels/profit_{name}.html",
            view=state.view,
            query=state.view.query(),
            export=state.query(),
            comparisons=COMPARISONS,
            numbers=numbers,
            to_orders=orders_address(state.view),
            to_earlier=orders_address(state.view, which="earlier"),
            **context,
        )

    return site.panels.get(_panel_key(site, name, state, numbers), write)


@router.get("/profit")
def profit(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page. Panels that were written before come with it; the others load by themselves."""
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    state = profit_state(request, site)
    view = state.view
    context: dict[str, Any] = {
        "page": "profit",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        **offered(site, view, numbers),
    }
    if site.published is None or not site.has_profit:
        return HTMLResponse(
            site.render("profit_empty.html", request, is_published=site.published is not None, **context)
        )
    kept = dict(view.filters)
    html = site.render(
        "profit.html",
        request,
        state=state,
        query=state.query(),
        panels={name: site.panels.peek(_panel_key(site, name, state, numbers)) for name in PANELS},
        kept=kept,
        chips=chips(site, state),
        nothing_chosen=state.address(state.elsewhere() | dict.fromkeys((*kept, "shop"), "")),
        to_orders=orders_address(view),
        crumbs=crumbs(state, numbers, site.beginnings.of()),
        fresh=freshness(site, numbers),
        **context,
    )
    return page_answer(request, html, "/profit", state.query())


@router.get("/profit/waterfall.csv", dependencies=[Depends(exporting_user)])
def waterfall_file(request: Request, site: TheSite) -> Response:
    """Every line of the waterfall, unrounded, as the statement signs it; with the compared period's where there is one."""
    state = profit_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    now = figures.totals(LINES)
    then = figures.totals(LINES, state.view.comparison) if state.view.comparison else {}
    lines = (
        (step.metric, step.signed(now[step.metric]), step.signed(then.get(step.metric)))
        for step in PROFIT_STATEMENT
    )
    return csv_file(_file_name("waterfall", state), ("metric", "amount", "amount_compared"), lines)


@router.get("/profit/split.csv", dependencies=[Depends(exporting_user)])
def split_file(request: Request, site: TheSite) -> Response:
    """All lines and margins by the chosen dimension, unrounded, all of its values and what is of none of them."""
    state = profit_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    is_by_product = state.by == "product"
    columns = (*LINES, *RATES)
    shops = shop_names(site) if is_by_product else {}
    header = (*asked_by(state.by), *(["shop"] if is_by_product else []), "name", *columns)
    lines = (
        (
            *part.columns,
            *([shops.get(shop_of(part.columns[0]))] if is_by_product else []),
            part.name,
            *(part.now[name] for name in columns),
        )
        for part in parts_of(figures, state)
    )
    return csv_file(_file_name(f"profit_by_{state.by}", state), header, lines)


@router.get("/profit/losses.csv", dependencies=[Depends(exporting_user)])
def losses_file(request: Request, site: TheSite) -> Response:
    """The orders that lost money, all of them, unrounded."""
    state = profit_state(request, site)
    query = state.asks(metric="loss_making_orders")
    rows = list_losses(
        site.layer, site.project.reader, query, site.tenant_id, which=state.lost, find=state.orders.find,
        order_by=state.orders.order or "contribution_margin_3",
    ).to_pylist()  # fmt: skip
    return csv_file(
        _file_name("orders_that_lost", state),
        LOSS_COLUMNS,
        ([row[name] for name in LOSS_COLUMNS] for row in rows),
    )


def _file_name(what: str, state: ProfitState) -> str:
    period = state.view.period
    return f"{what}_{period.first}_{period.last}_{state.view.clock}.csv"


@router.get("/profit/{name}")
def panel(name: str, request: Request, site: TheSite) -> Response:
    """One panel by itself."""
    if name not in PANELS:
        raise HTTPException(404, f"There is no panel {name!r}.")
    if (page := opened_alone(request, "/profit")) is not None:
        return page
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, name, profit_state(request, site)))
