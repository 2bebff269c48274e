"""Suggestions: where money could be saved, the most first, and the rows behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics.suggestion_kinds import KINDS, Column, SuggestionKind
from fondaco.metrics.suggestions import SAVES, suggestion_rows
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import shapes, sheets
from fondaco.server.pages.advertising import campaign_name, platform_in_words
from fondaco.server.pages.choices import address_of, offered, page_answer, value_in_words, view_of
from fondaco.server.pages.health import freshness
from fondaco.server.pages.profit_parts import shop_names
from fondaco.server.periods import View, written
from fondaco.server.profit_outlook import scope_of, suggestions_of
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
PATH = "/profit/suggestions"


def kind_there(name: str) -> SuggestionKind:
    """The kind that an address names."""
    if name not in KINDS:
        raise NotThereError(
            f"There is no suggestion {name[:63]!r}.", "Open one from the page of suggestions."
        )
    return KINDS[name]


def _context(request: Request, site: Site, user: CurrentUser, view: View, numbers: Numbers) -> dict[str, Any]:
    return {
        "page": "profit",
        "tab": "suggestions",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        "kept_query": view.query(),
        "query": view.query(),
        **offered(site, view, numbers, ()),
    }


@router.get(PATH)
def suggestions_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    view = view_of(request, site)
    numbers = site.numbers(request, site.currency)
    context = _context(request, site, user, view, numbers)
    if site.published is None or not site.has_profit:
        return HTMLResponse(
            site.render("profit_empty.html", request, is_published=site.published is not None, **context)
        )
    found = suggestions_of(site, view.period, view.shop)
    largest = max((each.saves for each in found), default=None)
    html = site.render(
        "profit_suggestions.html",
        request,
        **context,
        fresh=freshness(site, numbers),
        suggestions=[
            {
                "kind": each.kind,
                "saves": numbers.money_parts(each.saves),
                "rows": f"{numbers.count(each.rows)} {each.kind.one if each.rows == 1 else each.kind.many}",
                "bar": shapes.share_bar(each.saves, largest),
                "address": address_of("profit/suggestions", each.kind.name, view.query()),
            }
            for each in found
        ],
        clear=[kind.label for kind in KINDS.values() if kind.name not in {each.kind.name for each in found}],
    )
    return page_answer(request, html, PATH, view.query())


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kind's page: which days, and which sheet of its rows."""

    kind: SuggestionKind
    view: View
    sheet: sheets.Sheet

    def query(self, changes: Mapping[str, str]) -> str:
        return written({**self.view.state(), **self.sheet.state(), **changes})

    def way(self, changes: Mapping[str, str]) -> sheets.Way:
        address = f"{PATH}/{self.kind.name}?{self.query(changes)}"
        return sheets.Way(address, address)


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def suggestions_file(request: Request, site: TheSite) -> Response:
    """Every kind with what it would save."""
    view = view_of(request, site)
    lines = [
        (each.kind.name, each.kind.label, each.rows, each.saves)
        for each in suggestions_of(site, view.period, view.shop)
    ]
    name = f"suggestions_{view.period.first}_{view.period.last}.csv"
    return csv_file(name, ("suggestion", "label", "rows", SAVES), lines)


@router.get(PATH + "/{name}.csv", dependencies=[Depends(exporting_user)])
def rows_file(name: str, request: Request, site: TheSite) -> Response:
    """All rows behind a suggestion, unrounded."""
    kind, view = kind_there(name), view_of(request, site)
    rows = suggestion_rows(site.project.reader, scope_of(site, view.period, view.shop), name)
    ids = [key for key in ("order_id", "product_id", "campaign_id") if rows and key in rows[0]]
    header = (*ids, *(column.name for column in kind.columns), SAVES)
    file = f"suggestion_{name}_{view.period.first}_{view.period.last}.csv"
    return csv_file(file, header, ([row[column] for column in header] for row in rows))


@router.get(PATH + "/{name}")
def rows_page(name: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The rows behind a suggestion."""
    kind, view = kind_there(name), view_of(request, site)
    numbers = site.numbers(request, site.currency)
    context = _context(request, site, user, view, numbers)
    if site.published is None or not site.has_profit:
        return HTMLResponse(
            site.render("profit_empty.html", request, is_published=site.published is not None, **context)
        )
    kept = _Kept(kind, view, sheets.parse_sheet("rows", request.query_params, ()))
    leaf = _leaf(site, kept, numbers)
    found = {each.kind.name: each for each in suggestions_of(site, view.period, view.shop)}
    html = site.render(
        "profit_suggestion.html",
        request,
        **context,
        fresh=freshness(site, numbers),
        kind=kind,
        leaf=leaf,
        saves=numbers.money_parts(found[name].saves if name in found else Decimal(0)),
        search={
            "name": kept.sheet.keys[2],
            "value": kept.sheet.find,
            "kept": {key: value for key, value in view.state().items() if value},
            "panel": f"{PATH}/{name}",
            "sheet": kept.sheet.name,
            "action": f"{PATH}/{name}",
        },
    )
    return page_answer(request, html, f"{PATH}/{name}", kept.query({}))


def _leaf(site: Site, kept: _Kept, numbers: Numbers) -> sheets.Leaf:
    scope = scope_of(site, kept.view.period, kept.view.shop)
    write = _Writer(site, kept.view, numbers, shop_names(site))

    def asked(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return suggestion_rows(
            site.project.reader, scope, kept.kind.name, find=kept.sheet.find, limit=limit, offset=start
        )

    start = (kept.sheet.number - 1) * sheets.ROWS
    first = asked(start, sheets.ROWS) or asked(0, sheets.ROWS)
    total = int(first[0]["matches"]) if first else 0

    def shown(start: int, limit: int) -> Sequence[Any]:
        rows = asked(start, limit)
        return [
            {
                "cells": [write.cell(column, row) for column in kept.kind.columns],
                "saves": numbers.money(row[SAVES]),
            }
            for row in rows
        ]

    count = f"{numbers.count(total)} {kept.kind.one if total == 1 else kept.kind.many}"
    return sheets.leaf(kept.sheet, total, shown, count, kept.way)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes cells in words, with where they lead."""

    site: Site
    view: View
    numbers: Numbers
    shops: Mapping[str, str]

    def cell(self, column: Column, row: Mapping[str, Any]) -> dict[str, Any]:
        text, address = self._words(column, row)
        right = column.kind in ("money", "count", "rate", "ratio")
        return {"text": text, "address": address, "right": right, "wide": column.is_wide}

    def _words(self, column: Column, row: Mapping[str, Any]) -> tuple[str, str]:
        value, numbers = row[column.name], self.numbers
        if column.kind == "order":
            number = value or str(row["order_id"]).partition(":")[2]
            return number, address_of("orders", row["order_id"])
        if column.kind == "product":
            own = row["product_id"]
            return value or own or NOTHING, address_of("products", own, self.view.query()) if own else ""
        if column.kind == "campaign":
            own = row["campaign_id"]
            return campaign_name({"name": value}, own), address_of(
                "marketing/campaigns", own, self.view.query()
            )
        if column.kind == "platform":
            return platform_in_words(value), ""
        if column.kind == "shop":
            return self.shops.get(value, value or NOTHING), ""
        if column.kind == "text":
            return value_in_words(
                self.site, "country", value
            ) if column.name == "country" else value or "Without a name", ""
        if column.kind == "day":
            return numbers.day(value), ""
        if column.kind == "ratio":
            return numbers.fixed(value), ""
        return numbers.figure(value, column.kind), ""
