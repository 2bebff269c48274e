"""Overview: one page, its panels, its files and its definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import Metric
from fondaco.metrics.products import IDENTITY, shop_of
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages.charts import over_time
from fondaco.server.pages.choices import (
    AD_FILTERS,
    FILTERS,
    NO_PRODUCT,
    STOCK_FILTERS,
    offered,
    opened_alone,
    page_answer,
    view_of,
)
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness, seal
from fondaco.server.pages.key_figures import KEY, asked_together
from fondaco.server.pages.overview_panels import PANELS
from fondaco.server.periods import CLOCKS, View
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


def _panel_key(site: Site, name: str, view: View, numbers: Numbers) -> tuple[Any, ...]:
    return site.published, name, view, numbers.locale, numbers.currency


def panel_html(site: Site, numbers: Numbers, name: str, view: View) -> str:
    """A panel, written once for each state of the data, view and locale."""

    def write() -> str:
        figures = Figures(site, view, numbers)
        context = PANELS[name](figures)
        return site.write(f"panels/{name}.html", view=view, query=view.query(), numbers=numbers, **context)

    return site.panels.get(_panel_key(site, name, view, numbers), write)


@router.get("/")
def overview(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page. Panels that were written before come with it; the others load by themselves."""
    view = view_of(request, site)
    numbers = site.numbers(request, site.currency)
    site.note_reader(numbers)
    ready = site.published is not None
    panels = {
        name: site.panels.peek(_panel_key(site, name, view, numbers)) if ready else None for name in PANELS
    }
    html = site.render(
        "overview.html" if ready else "overview_empty.html",
        request,
        page="overview",
        user=user,
        csrf=form_token(request),
        query=view.query(),
        panels=panels,
        **offered(site, view, numbers, [period for _, period in view.against]),
        seal=seal(site, numbers, view.shop),
        fresh=freshness(site, numbers),
        numbers=numbers,
    )
    return page_answer(request, html, "/", view.query())


@router.get("/overview/{name}")
def panel(name: str, request: Request, site: TheSite) -> Response:
    """One panel by itself."""
    if name not in PANELS:
        raise HTTPException(404, f"There is no panel {name!r}.")
    if (page := opened_alone(request, "/")) is not None:
        return page
    numbers = site.numbers(request, site.currency)
    return HTMLResponse(panel_html(site, numbers, name, view_of(request, site)))


@router.get("/definitions/{name}")
def definition(name: str, request: Request, site: TheSite) -> Response:
    """What a figure means, how it is computed, and its course over the period."""
    metric, numbers = site.metric(name), site.numbers(request, site.currency)
    view = _view_of(request, site, metric)
    figures = Figures(site, view, numbers)
    asked = asked_together(view, name) if metric.is_dated else (name,)
    now = figures.totals(asked)
    then = figures.totals(asked, view.comparison) if view.comparison and metric.is_dated else None
    html = site.render(
        "definition.html",
        request,
        metric=metric,
        figure=figures.figure(name, now, then),
        chart=over_time(figures, name, asked) if metric.is_dated else None,
        view=view,
        query=view.query(),
        clocks=CLOCKS,
        numbers=numbers,
    )
    return HTMLResponse(html)


def _view_of(request: Request, site: Site, metric: Metric) -> View:
    """The state of the address as far as it concerns the metric: it is told without conditions that it does not have."""
    filters = tuple(each for each in (*FILTERS, *AD_FILTERS, *STOCK_FILTERS) if each in metric.dimensions)
    view = view_of(request, site, filters)
    return view if "connection_id" in metric.dimensions else replace(view, shop=None)


_EXPORTS = {"products": IDENTITY, "shops": ("connection_id",), "countries": ("country",)}


@router.get("/export/{name}.csv", dependencies=[Depends(exporting_user)])
def export(name: str, request: Request, site: TheSite) -> Response:
    """The figures behind a panel or a metric, as a file: unrounded, one row a line, the same period and shop."""
    view, numbers = view_of(request, site), site.numbers(request, site.currency)
    figures = Figures(site, view, numbers)
    if name in _EXPORTS:
        metrics = ("net_sales", "units_sold", "orders")
        by = _EXPORTS[name]
        rows = figures.rows(metrics, by, order_by=("-net_sales", *reversed(by)))
        header: tuple[str, ...] = (*by, *metrics)
        lines: Iterable[Sequence[Any]] = [[row[column] for column in header] for row in rows]
        if name == "products":
            shops = {each.connection_id: each.name for each in site.shops()}
            header = (*header, "shop")
            lines = [
                [key, title or (None if key else NO_PRODUCT), *more, shops.get(shop_of(key))]
                for key, title, *more in lines
            ]
    elif name == "bridge":
        header = ("metric", "amount")
        lines = list(figures.totals(KEY).items())
    else:
        metric = site.metric(name)
        view = _view_of(request, site, metric)
        figures = Figures(site, view, numbers)
        by = (view.grain,) if metric.is_dated else ()
        header = (*by, name)
        asked = asked_together(view, name) if metric.is_dated else (name,)
        lines = ([row[column] for column in header] for row in figures.rows(asked, by))
    return csv_file(f"{name}_{view.period.first}_{view.period.last}_{view.clock}.csv", header, lines)
