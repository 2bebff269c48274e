"""Prices: what each article costs buyers, how they answer to it, which price to ask, and how to sell off what lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.errors import ConfigError
from fondaco.metrics import prices as facts
from fondaco.metrics.prices import Row
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import page_answer
from fondaco.server.pages.health import freshness
from fondaco.server.pages.prices_view import COLUMNS, NARROW, markdown_row, price_row, promotion_row, tiles
from fondaco.server.pages.stock import context_of
from fondaco.server.pages.stock_words import title_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
PATH = "/prices"
_LABELS = {
    "": "To change",
    "raise": "Raise",
    "lower": "Lower",
    "stay": "Leave",
    "unknown": "Cannot say",
    "all": "All",
}
_MOST_BESIDE = 50
"""Rows of promotions and of markdown plans that the page shows; the files have all."""


@router.get(PATH)
def prices_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "prices", numbers)
    rows = _known(site) if site.published is not None else ()
    if not rows:
        return HTMLResponse(_empty(request, site, context))
    sheet = sheets.parse_sheet("prices", request.query_params, tuple(COLUMNS))
    which = _which(request)
    newest = facts.newest_look(site.project.reader, site.tenant_id)
    plans = [list(steps) for _, steps in groupby(_markdowns(site), lambda row: row["variant_id"])]
    promotions = facts.promotions(site.project.reader, site.tenant_id)
    html = site.render(
        "prices.html",
        request,
        fresh=freshness(site, numbers),
        as_of=numbers.day(rows[0]["as_of_date"]),
        tiles=tiles(numbers, rows, newest),
        tabs=_tabs(numbers, rows, which, sheet),
        which=which,
        goal=numbers.rate(site.project.settings.prices.margin_goal)
        if site.project.settings.prices.margin_goal
        else "",
        step=numbers.rate(site.project.settings.prices.max_step),
        plans=[markdown_row(numbers, steps) for steps in plans[:_MOST_BESIDE]],
        more_plans=max(len(plans) - _MOST_BESIDE, 0),
        promotions=[promotion_row(numbers, row) for row in promotions if not row["why_not"]][:_MOST_BESIDE],
        definitions=[(label, definition) for label, definition in COLUMNS.values() if definition],
        **_listed(numbers, rows, sheet, which),
        **context,
    )
    query = _ways(sheet, which)({}).panel.partition("?")[2]
    return page_answer(request, html, PATH, query)


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def prices_file(site: TheSite) -> Response:
    """All articles with all that is known of their prices, unrounded."""
    return _file("prices.csv", _known(site), "variant_id")


@router.get(PATH + "/promotions.csv", dependencies=[Depends(exporting_user)])
def promotions_file(site: TheSite) -> Response:
    """What price cuts brought, of all products that had any."""
    return _file("promotions.csv", facts.promotions(site.project.reader, site.tenant_id), "product_id")


@router.get(PATH + "/markdowns.csv", dependencies=[Depends(exporting_user)])
def markdowns_file(site: TheSite) -> Response:
    """All markdown plans, week by week."""
    return _file("markdowns.csv", _markdowns(site), "variant_id")


def _file(name: str, rows: Sequence[Row], first: str) -> Response:
    header = [column for column in rows[0] if column != "tenant_id"] if rows else [first]
    return csv_file(name, header, ([row[column] for column in header] for row in rows))


def _known(site: Site) -> Sequence[Row]:
    return site.remembered(
        ("prices", "all"), lambda: facts.recommendations(site.project.reader, site.tenant_id)
    )


def _markdowns(site: Site) -> Sequence[Row]:
    return site.remembered(
        ("prices", "markdowns"), lambda: facts.markdowns(site.project.reader, site.tenant_id)
    )


def _which(request: Request) -> str:
    """Which articles the address restricts the list to.

    Raises
    ------
    ConfigError
        If there is no such list.
    """
    which = request.query_params.get("which", "")
    if which not in _LABELS:
        raise ConfigError(
            f"which={which[:40]!r} is not known.", f"Use one of {', '.join(filter(None, _LABELS))}."
        )
    return which


def _chosen(rows: Sequence[Row], which: str) -> list[Row]:
    wanted = {"": ("raise", "lower"), "all": facts.ACTIONS}.get(which, (which,))
    return [row for row in rows if row["action"] in wanted]


def _ways(sheet: sheets.Sheet, which: str) -> sheets.Ways:
    return sheets.ways_of(PATH, sheet, "title-prices", {"which": which})


def _tabs(numbers: Numbers, rows: Sequence[Row], which: str, sheet: sheets.Sheet) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "count": numbers.count(len(_chosen(rows, name))),
            "address": _ways(sheets.parse_sheet("prices", {}, ()), name)({}).panel,
            "is_chosen": which == name,
        }
        for name, label in _LABELS.items()
    ]


def _listed(numbers: Numbers, rows: Sequence[Row], sheet: sheets.Sheet, which: str) -> Mapping[str, Any]:
    """The articles that are asked for, one sheet of them."""
    found = sheets.found(_chosen(rows, which), sheet, _words)
    shown = sheets.ordered(found, sheet, _value)
    ways, narrow = _ways(sheet, which), {*NARROW, sheet.order.removeprefix("-")}
    _, _, find = sheet.keys
    kept = {name: value for name, value in (("prices_order", sheet.order), ("which", which)) if value}
    return {
        "columns": {
            name: sheets.column(sheet, name, label, ways, text=name == "title", wide=name not in narrow)
            for name, (label, _) in COLUMNS.items()
        },
        "told": {name: definition for name, (_, definition) in COLUMNS.items()},
        "leaf": sheets.leaf(
            sheet, len(shown), lambda start, limit: [price_row(numbers, row) for row in shown[start : start + limit]],
            f"{numbers.count(len(shown))} {'article' if len(shown) == 1 else 'articles'}", ways,
        ),
        "search": {"name": find, "value": sheet.find, "kept": kept, "panel": PATH, "sheet": "prices", "action": PATH},
    }  # fmt: skip


def _words(row: Row) -> str:
    return f"{title_of(row)} {row['sku'] or ''}"


def _value(row: Row, column: str) -> Any:
    return title_of(row).casefold() if column == "title" else row[column]


def _empty(request: Request, site: Site, context: Mapping[str, Any]) -> str:
    """Why no price is known, and what to do for one to be."""
    newest = facts.newest_look(site.project.reader, site.tenant_id) if site.published is not None else None
    if site.published is None:
        why = "unpublished"
    elif not site.project.settings.prices.recommend:
        why = "off"
    elif newest is None or not newest["why_not"]:
        why = "outdated"
    else:
        why = "lacking"
    return site.render(
        "prices_empty.html",
        request,
        why=why,
        why_not=(newest or {}).get("why_not"),
        connections=site.shops(),
        **context,
    )
