"""Cohorts: a heat map, the curve of one cohort, and tiles."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import cohorts as read
from fondaco.metrics.cohorts import Cohort, ReturnRows
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import channel_in_words, country_in_words
from fondaco.server.pages.cohort_shapes import curve, heat_rows, months_shown, sentence, tiles
from fondaco.server.pages.cohort_sides import Side, compared, sides_of
from fondaco.server.pages.cohort_views import (
    ALL,
    DEFINITIONS,
    DIMENSIONS,
    FORECAST,
    MEASURES,
    PERIODS,
    CohortView,
    parse_cohort_view,
)
from fondaco.server.pages.health import freshness
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shows: the cohorts of the chosen months, those just before, all of them, and the values to choose from.

    Attributes
    ----------
    before
        As many as are shown; none where so many are not known, or the data begins within the first of them.
    begins
        Since when anything is known of the shops, where that is why there are none.
    sides
        What is compared, where the view names a value to stand beside its own.
    """

    view: CohortView
    values: list[tuple[str, int]]
    every: list[Cohort]
    shown: list[Cohort]
    before: list[Cohort]
    begins: date | None
    money: list[Cohort]
    returns: ReturnRows
    sides: list[Side]


def ask(site: Site, view: CohortView) -> Asked:
    """Read the published cohorts.

    Raises
    ------
    NotThereError
        If no customer has the value that the address names.
    """
    reader, tenant = site.project.reader, site.tenant_id
    values = read.values_of(reader, tenant)[view.by]
    known = [value for value, _ in values]
    value = view.value if view.value is not None else (known[0] if known else "")
    if known and value not in known:
        raise NotThereError(
            f"No customer has {DIMENSIONS[view.by].lower()} {value[:63]!r}.", "Choose one in the menu."
        )
    beside = view.beside if view.beside != value else ""
    if known and beside not in ("", ALL, *known):
        raise NotThereError(
            f"No customer has {DIMENSIONS[view.by].lower()} {beside[:63]!r} to stand beside.",
            "Choose one in the menu.",
        )

    def side(dimension: str, of: str) -> tuple[list[Cohort], list[Cohort], ReturnRows]:
        found = read.read_cohorts(reader, tenant, view.measure, dimension, of)
        if view.measure == "cumulative":
            return found, found, read.read_returns(reader, tenant, dimension, of)
        money = read.read_cohorts(reader, tenant, "cumulative", dimension, of)
        return found, money, read.read_returns(reader, tenant, dimension, of)

    every, money, returns = side(view.by, value)
    count = view.count or len(every)
    shops = (value,) if view.by == "shop" else ()
    before = every[-2 * count : -count] if 2 * count <= len(every) else []
    if before and not site.beginnings.knows(before[0].month, shops):
        before = []
    chosen = replace(view, value=value, beside=beside if every else "")
    return Asked(
        view=chosen,
        values=values,
        every=every,
        shown=every[-count:],
        before=before,
        begins=site.beginnings.of(shops) if view.count and not before else None,
        money=money,
        returns=returns,
        sides=sides_of(side, chosen, [cohort.month for cohort in every[-count:]]),
    )


def labelled(site: Site, by: str, value: str) -> str:
    """A value in words: a shop's name, a country's."""
    if by == "all":
        return DIMENSIONS["all"]
    if by == "shop":
        return next((shop.name for shop in site.shops() if shop.connection_id == value), value)
    if by == "country":
        return country_in_words(value)
    if by == "channel" and value != "(unknown)":
        return channel_in_words(value)
    return {"(unknown)": "Unknown", "(others)": "All other products"}.get(value, value)


@router.get("/cohorts")
def cohorts(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    view = parse_cohort_view(request.query_params)
    numbers = site.numbers(request, site.currency)
    asked = _asked(site, view) if site.published is not None else None
    whole: dict[str, Any] = {"page": "cohorts", "user": user, "csrf": form_token(request), "numbers": numbers}
    if asked is None or not asked.every:
        return HTMLResponse(site.render("cohorts_empty.html", request, **whole))
    html = site.render(
        "cohorts.html",
        request,
        **whole,
        fresh=freshness(site, numbers),
        measures=MEASURES,
        dimensions=DIMENSIONS,
        periods=PERIODS,
        forecast=FORECAST,
        **_written(site, asked, numbers),
    )
    response = HTMLResponse(html)
    if request.headers.get("hx-request"):
        query = asked.view.query()
        response.headers["HX-Push-Url"] = "/cohorts" + (f"?{query}" if query else "")
    return response


def usual(site: Site) -> Iterator[None]:
    """Work out what the page opens with, for those who were here last."""
    view = parse_cohort_view({})
    asked = _asked(site, view)
    if asked.every:
        for numbers in site.usual_numbers():
            yield
            _written(site, asked, numbers)


def _asked(site: Site, view: CohortView) -> Asked:
    return site.remembered(("cohorts", view), lambda: ask(site, view))


def _written(site: Site, asked: Asked, numbers: Numbers) -> dict[str, Any]:
    return site.remembered(_key(site, asked.view, numbers), lambda: _shown(site, asked, numbers))


def _key(site: Site, view: CohortView, numbers: Numbers) -> tuple[Hashable, ...]:
    """What the table's hundreds of cells are written for: the view, the reader's locale, and the names of the shops."""
    shops = tuple((shop.connection_id, shop.name) for shop in site.shops())
    return "cohorts shown", view, numbers, shops


def _shown(site: Site, asked: Asked, numbers: Numbers) -> dict[str, Any]:
    view = asked.view
    months = months_shown(asked.shown)
    drawn = curve(asked.shown, asked.every, view, numbers, months)
    return {
        "view": view,
        "query": view.query(),
        "measure": MEASURES[view.measure],
        "values": [(value, labelled(site, view.by, value), count) for value, count in asked.values],
        "begins": numbers.begins(asked.begins) if asked.begins else "",
        "of_whom": labelled(site, view.by, view.value or ""),
        "tiles": tiles(asked.shown, asked.before, asked.money, asked.returns, numbers),
        "returning": _returning(asked, numbers),
        "sentence": sentence(asked.shown, view.measure, numbers),
        "rows": heat_rows(asked.shown, view, numbers, months),
        "months": range(months),
        "curve": drawn,
        "all_customers": ALL,
        "compared": compared(
            asked.sides,
            [labelled(site, each.dimension, each.value) for each in asked.sides],
            view,
            numbers,
            months,
        )
        if asked.sides
        else None,
    }


def _returning(asked: Asked, numbers: Numbers) -> dict[str, Any]:
    """Repeat rates by days, now and for the cohorts before, and the quartiles of the time to the second purchase."""
    now = read.return_times(asked.returns, [each.month for each in asked.shown])
    before = read.return_times(asked.returns, [each.month for each in asked.before], within=now.within)
    rates = [
        {
            "days": days,
            "text": numbers.rate(rate),
            "interval": f"{numbers.rate(low)} – {numbers.rate(high)}" if rate is not None else NOTHING,
            "before": numbers.rate(before.rates[days][0]),
        }
        for days, (rate, low, high) in now.rates.items()
    ]
    return {
        "rates": rates,
        "within": now.within,
        "quartiles": [numbers.count(days) for days in now.quartiles],
        "compared": bool(asked.before),
    }


@router.get("/cohorts/definitions/{name}")
def definition(name: str, request: Request, site: TheSite) -> Response:
    """What a figure of the page means."""
    if name not in DEFINITIONS:
        raise NotThereError(f"There is no figure {name[:63]!r}.", "Open one from the page of cohorts.")
    html = site.render("cohort_definition.html", request, definition=DEFINITIONS[name])
    return HTMLResponse(html)


@router.get("/cohorts.csv", dependencies=[Depends(exporting_user)])
def export(request: Request, site: TheSite) -> Response:
    """The heat map as a file, with those of what it is compared with: one row a cohort and month, unrounded."""
    asked = ask(site, parse_cohort_view(request.query_params))
    view = asked.view
    name = f"cohorts_{view.measure}_{view.by}.csv"
    told = [(side.shown, side.dimension, side.value) for side in asked.sides]
    told = told or [(asked.shown, view.by, view.value or "")]
    rows = (row for shown, by, value in told for row in lines(shown, by, value, view.measure))
    return csv_file(name, HEADER, rows)


HEADER = (
    "dimension", "value", "cohort_month", "month_number", "measure", "state", "figure", "low", "high", "customers", "whole_customers",
)  # fmt: skip


def lines(cohorts: Sequence[Cohort], by: str, value: str, measure: str) -> list[list[Any]]:
    """Rows for ``HEADER``; months without a figure are left out."""
    return [
        [
            by, value, cohort.month.isoformat(), cell.month_number, measure, cell.state, cell.figure, cell.low, cell.high,
            cohort.customers, cell.customers,
        ]
        for cohort in cohorts
        for cell in cohort.cells
        if cell.state != "unknown"
    ]  # fmt: skip
