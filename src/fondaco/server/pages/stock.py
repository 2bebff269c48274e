"""Stock: what lies where, how long it lasts, how old it is, and what runs out or lies dead."""

from __future__ import annotations

from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.control import User
from fondaco.metrics import stock as facts
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file, csv_stream
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import page_answer, view_of
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.stock_state import PATH, places, stock_state
from fondaco.server.pages.stock_view import (
    age_table,
    class_table,
    found_faults,
    listed,
    tabs,
    tiles,
    view_of_stock,
)
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


def context_of(request: Request, site: Site, user: User, tab: str, numbers: Numbers) -> dict[str, Any]:
    """What every page of Stock needs."""
    return {"page": "stock", "tab": tab, "user": user, "csrf": form_token(request), "numbers": numbers}


def empty_page(request: Request, site: Site, context: dict[str, Any], title: str) -> Response | None:
    """The page before any stock is known; None once it is."""
    why = "unpublished" if site.published is None else site.stock
    if why == "known":
        return None
    html = site.render("stock_empty.html", request, why=why, title=title, connections=site.shops(), **context)
    return HTMLResponse(html)


@router.get(PATH)
def stock_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "items", numbers)
    if (empty := empty_page(request, site, context, "Stock")) is not None:
        return empty
    known = places(site)
    state = stock_state(request, known)
    view = view_of_stock(site, state, view_of(request, site))
    html = site.render(
        "stock.html",
        request,
        state=state,
        view=view,
        query=view.query(),
        export=state.query(),
        places=known.items(),
        as_of=numbers.day(view.period.last),
        fresh=freshness(site, numbers),
        tiles=tiles(Figures(site, view, numbers)),
        tabs=tabs(site, numbers, state),
        classes=class_table(site, numbers, state),
        without_class=state.address({"abc": "", "xyz": ""}),
        ages=age_table(site, numbers, state),
        faults=found_faults(site, numbers),
        low_days=facts.LOW_DAYS,
        much_days=facts.MUCH_DAYS,
        **listed(site, numbers, state),
        **context,
    )
    return page_answer(request, html, PATH, state.query())


@router.get(PATH + "/items.csv", dependencies=[Depends(exporting_user)])
def items_file(request: Request, site: TheSite) -> Response:
    """The items that are listed, all of them, with all that is known of each, unrounded."""
    state = stock_state(request, places(site))
    table = facts.list_items(site.project.reader, site.tenant_id, state.asked, order_by=state.items.order)
    return csv_stream("stock.csv", _without_tenant(table))


@router.get(PATH + "/ages.csv", dependencies=[Depends(exporting_user)])
def ages_file(request: Request, site: TheSite) -> Response:
    """Pieces and their value by age, unrounded."""
    state = stock_state(request, places(site))
    rows = facts.ages(site.project.reader, site.tenant_id, state.ages, state.location or None)
    header = ("name", "age_band", "units", "stock_value")
    named = (state.ages, *header[1:], "currency")
    return csv_file(
        "stock_ages.csv", named, ([*(row[name] for name in header), site.currency] for row in rows)
    )


def _without_tenant(table: pa.Table) -> pa.Table:
    return table.drop_columns(["tenant_id"])
