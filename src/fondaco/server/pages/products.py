"""Products: what sells and how fast, and the page of one product."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics.product_figures import FIGURES
from fondaco.metrics.products import shop_of
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages import products_collections
from fondaco.server.pages.choices import NO_PRODUCT, address_of, offered, page_answer, view_of
from fondaco.server.pages.health import freshness
from fondaco.server.pages.products_one import one_product_shown
from fondaco.server.pages.products_tables import (
    COLUMNS,
    ProductsState,
    catalogue,
    levels_of,
    lines_shown,
    of_no_product,
)
from fondaco.server.pages.products_tables import products_state as state_of
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


_COLUMNS = {"product": COLUMNS, "variant": COLUMNS, "collection": products_collections.COLUMNS}


def products_state(request: Request, site: Site) -> ProductsState:
    """What the address says."""
    return state_of(request, site, _COLUMNS)


def _panel_key(site: Site, state: ProductsState, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, "catalogue", state, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, state: ProductsState) -> str:
    """The table, written once for each state of the data, of the page and locale."""

    def write() -> str:
        by_collection = state.level == "collection"
        table = products_collections.collection_table if by_collection else catalogue
        context = table(site, state, numbers)
        return site.write(
            "panels/products_collections.html" if by_collection else "panels/products_catalogue.html",
            view=state.view,
            query=state.view.query(),
            export=state.query(),
            numbers=numbers,
            **context,
        )

    return site.panels.get(_panel_key(site, state, numbers), write)


@router.get("/products")
def products(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page; a table that was written before comes with it."""
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    state = products_state(request, site)
    context: dict[str, Any] = {
        "page": "products",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        **offered(site, state.view, numbers),
    }
    if site.published is None:
        return HTMLResponse(site.render("products_empty.html", request, **context))
    html = site.render(
        "products.html",
        request,
        state=state,
        query=state.query(),
        levels=[(label, state.address({"level": name, "products_sheet": "", "products_order": ""}), name == state.level)
                for name, label in levels_of(site).items()],
        collections=site.collections,
        collection=dict(state.view.filters).get("collection"),
        panel=site.panels.peek(_panel_key(site, state, numbers)),
        fresh=freshness(site, numbers),
        **context,
    )  # fmt: skip
    return page_answer(request, html, "/products", state.query())


@router.get("/products/catalogue")
def table(request: Request, site: TheSite) -> Response:
    """The table by itself."""
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, products_state(request, site)))


_FILE = (
    "product_id", "variant_id", "title", "sku", "net_sales", "contribution_margin_3", "contribution_margin_3_rate", "units_sold", "units_per_day", "units_per_day_before",
    "return_rate", "discount_rate", "units_on_hand", "days_of_cover", "bought_again", "first_buyers", "first_buyer_value",
)  # fmt: skip


@router.get("/products/catalogue.csv", dependencies=[Depends(exporting_user)])
def file(request: Request, site: TheSite) -> Response:
    """Every line of the table, unrounded, and last what is of no product, so that they add up to net sales."""
    state = products_state(request, site)
    if state.level == "collection":
        return _collections_file(request, site, state)
    shops = {each.connection_id: each.name for each in site.shops()}
    lines = [
        [*(getattr(line, name) for name in _FILE), shops.get(shop_of(line.product_id))]
        for line in lines_shown(site, state)
    ]
    if not state.sheet.find and (rest := of_no_product(site, state.view)):
        told = {"title": NO_PRODUCT, "net_sales": rest}
        lines.append([*(told.get(name) for name in _FILE), None])
    period = state.view.period
    return csv_file(
        f"{state.level}s_{period.first}_{period.last}_{state.view.clock}.csv", (*_FILE, "shop"), lines
    )


def _collections_file(request: Request, site: Site, state: ProductsState) -> Response:
    """Every collection, unrounded; what is in none, and what no order bears, last. They may be more than the whole."""
    columns = (*products_collections.METRICS, "contribution_margin_3_compared")
    lines = (
        (line.title, line.name, line.products, *(line.figures.get(name) for name in columns[:-1]), line.then)
        for line in products_collections.lines_shown(site, state, site.numbers(request, site.currency))
    )
    period = state.view.period
    return csv_file(
        f"collections_{period.first}_{period.last}_{state.view.clock}.csv",
        ("collection", "name", "products", *columns),
        lines,
    )


@router.get("/products/definitions/{name}")
def definition(name: str, request: Request, site: TheSite) -> Response:
    """What a figure of products means."""
    if name not in FIGURES:
        raise NotThereError(f"There is no figure of products {name!r}.", f"Choose from {', '.join(FIGURES)}.")
    return HTMLResponse(site.render("described.html", request, figure=FIGURES[name]))


@router.get("/products/{product_id:path}")
def product(product_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """One product: its course, its buyers, its variants, and what is bought with it."""
    numbers = site.numbers(request, site.currency)
    view = view_of(request, site)
    shown = one_product_shown(site, numbers, view, product_id)
    html = site.render(
        "product.html",
        request,
        page="products",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        query=view.query(),
        path=address_of("products", product_id),
        fresh=freshness(site, numbers),
        figures=FIGURES,
        **{**shown, **offered(site, shown["view"], numbers)},
    )
    return page_answer(request, html, address_of("products", product_id), view.query())
