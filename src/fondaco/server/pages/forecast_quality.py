"""Forecast quality: how right forecasts of demand were on days they had not seen, and what came of proposals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import stock_item as facts
from fondaco.metrics.stock import Row
from fondaco.orchestration.ordering import OUTCOME_DAYS, StockDesk
from fondaco.orchestration.stock_outcomes import LEFT, Tally
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import shapes
from fondaco.server.pages.health import freshness
from fondaco.server.pages.stock import context_of
from fondaco.server.pages.stock_desk import CHOICES, desk_of
from fondaco.server.pages.stock_words import KINDS, SERIES, method_in_words
from fondaco.server.site import Site, the_site
from fondaco.warehouse.engine import OutdatedError

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
PATH = "/forecast-quality"
_HELD = (0.76, 0.84)
"""An interval of 80 % that holds so often is as it should be."""


@router.get(PATH)
def quality_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "forecast-quality", numbers)
    if site.published is None:
        html = site.render(
            "stock_empty.html",
            request,
            why="unpublished",
            title="Forecast quality",
            connections=site.shops(),
            **context,
        )
        return HTMLResponse(html)
    reader, tenant = site.project.reader, site.tenant_id
    newest = site.remembered(("stock", "forecast"), lambda: facts.newest_forecast(reader, tenant))
    found = site.remembered(("stock", "quality"), lambda: facts.quality(reader, tenant))
    html = site.render(
        "forecast_quality.html",
        request,
        fresh=freshness(site, numbers),
        newest=_newest(numbers, newest),
        why_not=(newest or {}).get("why_not") or "",
        whole=_whole(numbers, found),
        classes=[_class(numbers, row) for row in found],
        outcomes=[_tally(numbers, each) for each in _outcomes(desk_of(site, user.user_id))],
        outcome_days=OUTCOME_DAYS,
        is_off=not site.project.settings.stock.forecast,
        **context,
    )
    return HTMLResponse(html)


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def quality_file(site: TheSite) -> Response:
    """Every contestant's error in each class of series, the best first."""
    rows = [
        (row["series_class"], row["series"], row["tested_on"], row["horizon_days"], row["tests"], name, error, name == row["winner"])
        for row in facts.quality(site.project.reader, site.tenant_id)
        for name, error in _scores(row) or [(row["winner"], None)]
    ]  # fmt: skip
    header = (
        "series_class",
        "series",
        "tested_on",
        "horizon_days",
        "tests",
        "contestant",
        "wrmsse",
        "is_winner",
    )
    return csv_file("forecast_quality.csv", header, rows)


def _newest(numbers: Numbers, row: Row | None) -> dict[str, str] | None:
    if row is None or row["why_not"]:
        return None
    return {
        "series": numbers.count(row["series"]),
        "as_of": numbers.day(row["as_of_date"]) if row["as_of_date"] else NOTHING,
        "tested_on": numbers.day(row["tested_on"]) if row["tested_on"] else NOTHING,
        "horizon": numbers.count(row["horizon_days"]),
        "took": numbers.seconds(row["seconds"]),
    }


def _whole(numbers: Numbers, found: Sequence[Row]) -> dict[str, str]:
    """All classes together, each by how many series it has."""

    def mean(name: str) -> float | None:
        known = [
            (row[name], row["series"]) for row in found if row[name] is not None and row["error"] is not None
        ]
        weight = sum(series for _, series in known)
        return sum(value * series for value, series in known) / weight if weight else None

    error, naive, coverage = mean("error"), mean("naive_error"), mean("coverage")
    return {
        "error": numbers.fixed(error),
        "naive": numbers.fixed(naive),
        "gain": _gain(numbers, error, naive),
        "coverage": numbers.rate(coverage),
    }


def _class(numbers: Numbers, row: Row) -> dict[str, Any]:
    name, meaning = SERIES.get(row["series_class"], (row["series_class"], ""))
    scores, coverage = _scores(row), row["coverage"]
    largest = max((error for _, error in scores if error is not None), default=None)
    return {
        "id": row["series_class"],
        "name": name,
        "meaning": meaning,
        "series": numbers.count(row["series"]),
        "winner": method_in_words(row["winner"]),
        "error": numbers.fixed(row["error"]),
        "naive": numbers.fixed(row["naive_error"]),
        "gain": _gain(numbers, row["error"], row["naive_error"]),
        "is_worse": None not in (row["error"], row["naive_error"]) and row["error"] > row["naive_error"],
        "coverage": numbers.rate(coverage),
        "is_off": coverage is not None and not _HELD[0] <= coverage <= _HELD[1],
        "tests": numbers.count(row["tests"]),
        "scores": [
            {"name": method_in_words(each), "error": numbers.fixed(error), "bar": shapes.share_bar(error, largest), "is_winner": each == row["winner"]}
            for each, error in scores
        ],
    }  # fmt: skip


def _scores(row: Row) -> list[tuple[str, float | None]]:
    told = row["scores"]
    found = json.loads(told) if isinstance(told, str) else told or []
    return [(str(name), error) for name, error in found]


def _gain(numbers: Numbers, error: float | None, naive: float | None) -> str:
    """By how much it is nearer than seasonal naive."""
    return NOTHING if error is None or not naive else numbers.rate(1 - error / naive)


def _outcomes(desk: StockDesk) -> Sequence[Tally]:
    try:
        return desk.comparison()
    except OutdatedError:
        return ()


def _tally(numbers: Numbers, each: Tally) -> dict[str, Any]:
    own = Numbers(numbers.locale, each.currency or numbers.currency, numbers.time_zone)
    return {
        "kind": KINDS.get(each.kind, each.kind),
        "choice": "Left open" if each.choice == LEFT else CHOICES[each.choice].text,
        "proposals": numbers.count(each.proposals),
        "ran_out": numbers.count(each.ran_out) if each.kind != "mark_down" else NOTHING,
        "expected": numbers.decimal(round(each.expected_to_run_out, 1))
        if each.kind != "mark_down"
        else NOTHING,
        "sold": numbers.count(each.sold),
        "money": own.money(each.money),
        "lost": own.money(each.lost_margin),
    }
