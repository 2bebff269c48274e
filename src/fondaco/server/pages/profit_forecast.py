"""The forecast of profit: the month to its end, ninety days, their course, and how right it has been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery
from fondaco.metrics.profit_forecast import (
    MAIN_LINES,
    BackTest,
    Expected,
    ProfitForecast,
    Stretch,
    course,
    rows_of_days,
)
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import page_answer, view_of
from fondaco.server.pages.health import freshness
from fondaco.server.pages.profit_state import NET_PROFIT
from fondaco.server.profit_outlook import forecast_of, month_of, quarter_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

SEEN_DAYS = 60
"""Known days that the course begins with."""

WAYS = {
    "forecast": "Forecast",
    "same_weekday": "Same weekday of the last four weeks",
    "last_year": "Same weekday of last year",
}
_METHODS = {
    "fast": "the level of the last weeks",
    "four_weeks": "the last four weeks as they were",
    "trend": "the trend of the last months",
    "last_year_grown": "last year with the growth since",
    "yearly": "the time of year",
}
_LEAST_SHARE = 0.05


def line_of(asked: str) -> str:
    """The line whose course is shown.

    Raises
    ------
    ConfigError
        If it has no forecast of its own.
    """
    if asked not in (*MAIN_LINES, ""):
        raise ConfigError(
            f"line={asked[:63]!r} is not forecast by itself.", f"Choose from {', '.join(MAIN_LINES)}."
        )
    return asked or NET_PROFIT


@router.get("/profit/forecast")
def forecast_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    line = line_of(request.query_params.get("line", ""))
    numbers = site.numbers(request, site.currency)
    found = forecast_of(site)
    whole: dict[str, Any] = {
        "page": "profit",
        "tab": "forecast",
        "user": user,
        "csrf": form_token(request),
        "numbers": numbers,
        "kept": view_of(request, site).query(),
        "is_published": site.published is not None,
        "forecast": found,
    }
    if found is None or not found.days_ahead:
        return HTMLResponse(site.render("profit_forecast_empty.html", request, **whole))
    month, quarter = month_of(site), quarter_of(site)
    html = site.render(
        "profit_forecast.html",
        request,
        **whole,
        fresh=freshness(site, numbers),
        query="",
        line=line,
        metric={name: _named(site, name) for name in MAIN_LINES},
        begins=numbers.day(found.begins),
        as_of=numbers.day(found.as_of),
        stretches=[
            *([_stretch(month, numbers, numbers.month(month.first))] if month else []),
            *([_stretch(quarter, numbers, "The next 90 days")] if quarter else []),
        ],
        chart=_chart(site, found, line, numbers),
        tests=_tests(found, line, numbers),
        methods=_methods(found, numbers),
    )
    return page_answer(request, html, "/profit/forecast", f"line={line}" if line != NET_PROFIT else "")


def _named(site: Site, name: str) -> Any:
    return site.metric(name)


def _interval(told: Expected, numbers: Numbers) -> str:
    if told.low is None or told.high is None:
        return NOTHING
    return f"{_whole(told.low, numbers)} – {_whole(told.high, numbers)}"


def _whole(amount: Decimal, numbers: Numbers) -> str:
    """Rounded, without cents: nothing that is forecast is known to the cent."""
    return numbers.whole_money(amount)


def _stretch(stretch: Stretch, numbers: Numbers, title: str) -> dict[str, Any]:
    days = (stretch.last - stretch.first).days + 1
    profit = stretch.lines[NET_PROFIT]
    return {
        "id": "month" if stretch.last.month == stretch.first.month and stretch.first.day == 1 else "quarter",
        "title": title,
        "period": numbers.period(stretch.first, stretch.last),
        "known": f"{numbers.count(stretch.known_days)} of {numbers.count(days)} days are known"
        if stretch.known_days
        else "",
        "has_known": stretch.known_days > 0,
        "big": _whole(profit.expected, numbers),
        "likely": _interval(profit, numbers),
        "rows": [
            {
                "name": name,
                "known": _whole(stretch.known[name], numbers),
                "expected": _whole(stretch.lines[name].expected, numbers),
                "likely": _interval(stretch.lines[name], numbers),
                "is_last": name == NET_PROFIT,
            }
            for name in MAIN_LINES
        ],
    }


def _chart(site: Site, found: ProfitForecast, line: str, numbers: Numbers) -> dict[str, Any]:
    first = max(found.first, found.as_of - timedelta(SEEN_DAYS - 1))
    query = MetricQuery((line,), ("day",), first=first, last=found.as_of)
    seen = {row["day"]: row[line] for row in site.ask(query).to_pylist()}
    known = [first + timedelta(number) for number in range((found.as_of - first).days + 1)]
    ahead = course(found, line)

    def point(day: date, value: Decimal | None, told: Expected | None) -> dict[str, Any]:
        return {
            "tick": numbers.short_day(day),
            "label": numbers.bucket(day, "day"),
            "seen": "" if value is None else format(value, "f"),
            "seen_text": NOTHING if value is None else numbers.money(value),
            "ahead": "" if told is None else format(told.expected, "f"),
            "ahead_text": NOTHING if told is None else _whole(told.expected, numbers),
            "interval": NOTHING if told is None else _interval(told, numbers),
            "low": "" if told is None or told.low is None else format(told.low, "f"),
            "high": "" if told is None or told.high is None else format(told.high, "f"),
        }

    points = [
        *(point(day, seen.get(day, Decimal(0)), None) for day in known),
        *(point(day, None, told) for day, told in ahead),
    ]
    label = site.metric(line).label
    total = found.totals[line][ahead[-1][0]]
    return {
        "points": points,
        "summary": f"{label} per day: {len(known)} known days, then {len(ahead)} forecast ones of {_whole(total.expected, numbers)} "
        f"together, likely {_interval(total, numbers)}. The table button shows every value.",
    }


def _tests(found: ProfitForecast, line: str, numbers: Numbers) -> list[dict[str, Any]]:
    """By horizon: a verdict in a sentence, and every way with its errors."""
    tables = []
    for horizon in sorted({test.horizon_days for test in found.tests}):
        tests = [test for test in found.tests if (test.metric, test.horizon_days) == (line, horizon)]
        tests.sort(key=lambda test: list(WAYS).index(test.way))
        if tests:
            tables.append(
                {
                    "days": horizon,
                    "verdict": _verdict(tests, numbers),
                    "rows": [_row(test, numbers) for test in tests],
                }
            )
    return tables


def _row(test: BackTest, numbers: Numbers) -> dict[str, Any]:
    return {
        "way": WAYS[test.way],
        "is_forecast": test.way == "forecast",
        "total_error": _whole(test.total_error, numbers),
        "total_rate": numbers.rate(test.total_wape),
        "bias": ("+" if test.bias > 0 else "") + _whole(test.bias, numbers),
        "mase": numbers.fixed(test.mase),
        "wape": numbers.rate(test.wape),
        "coverage": numbers.rate(test.coverage),
    }


def _verdict(tests: Sequence[BackTest], numbers: Numbers) -> str:
    own = tests[0]
    others = sorted(tests[1:], key=lambda test: test.total_error)
    days = numbers.count(own.horizon_days)
    text = (
        f"Made again at {numbers.count(own.windows)} earlier days from what was known then, the total of the {days} days after was off by "
        f"{_whole(own.total_error, numbers)} on average."
    )
    if others:
        best = others[0]
        what = f"“{WAYS[best.way]}” was off by {_whole(best.total_error, numbers)}"
        text += (
            f" {what}."
            if best.total_error >= own.total_error
            else f" {what}: it was nearer without any model."
        )
    if own.coverage is not None:
        text += f" The interval held {numbers.rate(own.coverage)} of {numbers.count(own.covered)} totals; it should hold 80%."
    elif own.way == "forecast":
        text += " Too few totals are over to say how often its interval holds."
    return text


def _methods(found: ProfitForecast, numbers: Numbers) -> str:
    """What the first weeks of the forecast go by, in words."""
    shares = sorted(
        ((near, name) for name, (near, _) in found.counts.items() if near >= _LEAST_SHARE), reverse=True
    )
    return ", ".join(f"{_METHODS[name]} ({numbers.rate(round(near, 2))})" for near, name in shares)


@router.get("/profit/forecast.csv", dependencies=[Depends(exporting_user)])
def forecast_file(site: TheSite) -> Response:
    """Every line of every day ahead, with its total since the first of them, unrounded."""
    found = forecast_of(site)
    header = ("metric", "forecast_date", "expected", "low", "high", "total", "total_low", "total_high")
    rows = rows_of_days(found) if found else []
    name = f"profit_forecast_{found.begins}.csv" if found else "profit_forecast.csv"
    return csv_file(name, header, ([row[column] for column in header] for row in rows))


@router.get("/profit/forecast/tests.csv", dependencies=[Depends(exporting_user)])
def tests_file(site: TheSite) -> Response:
    """How right every line's forecast has been, beside those that need no model."""
    found = forecast_of(site)
    header = tuple(BackTest.__dataclass_fields__)
    rows = found.tests if found else []
    return csv_file(
        "profit_forecast_tests.csv", header, ([getattr(row, name) for name in header] for row in rows)
    )
