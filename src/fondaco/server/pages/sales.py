"""Sales: one figure over time and by its parts, from all years down to the orders behind it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import asked_by, offered, opened_alone, page_answer
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.orders_state import orders_address
from fondaco.server.pages.sales_panels import LISTED_DAYS, PANELS, parts_of
from fondaco.server.pages.sales_state import SalesState, chips, crumbs, metrics_of, sales_state
from fondaco.server.periods import COMPARISONS
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


def _panel_key(site: Site, name: str, state: SalesState, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, "sales", name, state, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, name: str, state: SalesState) -> str:
    """A panel, written once for each state of the data, of the page and locale."""

    def write() -> str:
        context = PANELS[name](Figures(site, state.view, numbers), state)
        return site.write(
            f"panels/sales_{name}.html",
            view=state.view,
            query=state.view.query(),
            export=state.query(),
            comparisons=COMPARISONS,
            numbers=numbers,
            **context,
        )

    return site.panels.get(_panel_key(site, name, state, numbers), write)


@router.get("/sales")
def sales(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page. Panels that were written before come with it; the others load by themselves."""
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    ready = site.published is not None
    state = sales_state(request, site)
    view = state.view
    kept = dict(view.filters)
    panels = {
        name: site.panels.peek(_panel_key(site, name, state, numbers)) if ready else None for name in PANELS
    }
    context: dict[str, Any] = {
        "page": "sales",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        **offered(site, view, numbers),
    }
    if not ready:
        return HTMLResponse(site.render("sales_empty.html", request, **context))
    html = site.render(
        "sales.html",
        request,
        state=state,
        query=state.query(),
        panels=panels,
        metric=site.metric(state.metric),
        metrics=[site.metric(name) for name in metrics_of(site, state)],
        kept=kept,
        chips=chips(site, state),
        nothing_chosen=state.address(state.elsewhere() | dict.fromkeys((*kept, "shop"), "")),
        listed=view.period.days <= LISTED_DAYS,
        to_orders=orders_address(view),
        crumbs=crumbs(state, numbers, site.beginnings.of()),
        fresh=freshness(site, numbers),
        **context,
    )
    return page_answer(request, html, "/sales", state.query())


@router.get("/sales/breakdown.csv", dependencies=[Depends(exporting_user)])
def breakdown_file(request: Request, site: TheSite) -> Response:
    """The figure by the chosen dimension, unrounded, all of its values."""
    state = sales_state(request, site)
    figures = Figures(site, state.view, site.numbers(request, site.currency))
    by, metric = asked_by(state.by), (state.metric, f"{state.metric}_compared")
    header = (*by, *(["shop"] if state.by == "product" else []), *metric)
    lines = ((*part.columns, part.now, part.then) for part in parts_of(figures, state))
    period = state.view.period
    name = f"{state.metric}_by_{state.by}_{period.first}_{period.last}_{state.view.clock}.csv"
    return csv_file(name, header, lines)


@router.get("/sales/{name}")
def panel(name: str, request: Request, site: TheSite) -> Response:
    """One panel by itself."""
    if name not in PANELS:
        raise HTTPException(404, f"There is no panel {name!r}.")
    if (page := opened_alone(request, "/sales")) is not None:
        return page
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, name, sales_state(request, site)))
