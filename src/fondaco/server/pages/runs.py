"""Runs & data health: what the runs did, how fresh each shop is, and where our figures differ from the shops'."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.control import ReconciliationDay
from fondaco.control.reconciliation import is_off
from fondaco.orchestration.schedule import next_run_at
from fondaco.orchestration.schedule_mark import is_scheduled
from fondaco.reports.weekly import newest_round
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import Numbers
from fondaco.server.pages import health, sheets
from fondaco.server.pages.live_view import live_section
from fondaco.server.pages.stock_findings import stock_findings
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]

SHOWN_GAPS = 8


@router.get("/runs")
def runs(request: Request, site: TheSite, user: CurrentUser) -> Response:
    numbers = site.numbers(request)
    recent = site.control.runs.recent(site.tenant_id, 1)
    days = health.reconciled_days(site)
    gaps = _gaps(site, numbers, days)
    html = site.render(
        "runs.html",
        request,
        page="runs",
        user=user,
        csrf=form_token(request),
        leaf=_history(request, site, numbers),
        latest=_run_row(site, numbers, recent[0]) if recent else None,
        connections=_connections(site, numbers, recent[0].run_id if recent else None),
        seal=health.seal(site, numbers),
        strips=health.strips(site, numbers, days),
        gaps=gaps[:SHOWN_GAPS],
        more_gaps=max(0, len(gaps) - SHOWN_GAPS),
        window=site.project.settings.reconcile.days,
        next_run=next_run_at(site.project.settings, site.project.clock()),
        runs_by_itself=is_scheduled(site.project.data),
        cron=site.project.settings.schedule.cron,
        unsent=newest_round(site.control, site.tenant_id),
        live=live_section(site, numbers),
        stock_findings=stock_findings(site, numbers),
        numbers=numbers,
    )
    return HTMLResponse(html)


def _history(request: Request, site: Site, numbers: Numbers) -> sheets.Leaf:
    """Every run there was, the newest first."""
    sheet = sheets.parse_sheet("runs", request.query_params, ())

    def rows(start: int, limit: int) -> list[dict[str, Any]]:
        found = site.control.runs.recent(site.tenant_id, limit, offset=start)
        return [_run_row(site, numbers, run) for run in found]

    total = site.control.runs.count(site.tenant_id)
    count = f"{numbers.count(total)} {'run' if total == 1 else 'runs'}"
    return sheets.leaf(sheet, total, rows, count, sheets.ways_of("/runs", sheet, "history"))


def _run_row(site: Site, numbers: Numbers, run: Any) -> dict[str, Any]:
    streams = site.control.runs.streams(run.run_id)
    what, _, remedy = (run.error or "").partition("\n")
    return {
        "run": run,
        "started": numbers.instant(run.started_at),
        "ago": numbers.ago(run.started_at, site.project.clock()),
        "seconds": numbers.seconds(health.run_seconds(run)),
        "outcome": health.badge(health.OUTCOMES, run.outcome),
        "health": health.badge(health.HEALTH, run.health),
        "what": what,
        "remedy": remedy,
        "streams": streams,
        **{
            name: sum(getattr(stream, name) for stream in streams)
            for name in ("extracted", "loaded", "quarantined", "drifted")
        },
    }


def _connections(site: Site, numbers: Numbers, run_id: str | None) -> list[dict[str, Any]]:
    """Each shop: whether it is read, when it was last, how far back, and what the newest run set aside."""
    now = site.project.clock()
    aside: dict[str, int] = defaultdict(int)
    for stream in site.control.runs.streams(run_id) if run_id else ():
        aside[stream.connection_id] += stream.quarantined
    found = health.shop_states(site, numbers)
    shown = []
    for connection in site.connections():
        synced = health.last_synced(site, connection)
        states = site.control.states.all(site.tenant_id, connection.connection_id)
        whole = bool(states) and all(state.history_complete for state in states)
        since = min((state.covered_since for state in states if state.covered_since), default=None)
        shown.append(
            {
                "connection": connection,
                "state": found[connection.connection_id],
                "ago": numbers.ago(synced, now) if synced else "never",
                "synced": numbers.instant(synced) if synced else "",
                "history": "Complete"
                if whole
                else f"Back to {numbers.day(since.date())}"
                if since
                else "Not started",
                "quarantined": numbers.count(aside[connection.connection_id]),
            }
        )
    return shown


def _gaps(site: Site, numbers: Numbers, days: list[ReconciliationDay]) -> list[dict[str, Any]]:
    """What differs, newest day first and largest gap first within a day."""
    names = {c.connection_id: c.name for c in site.connections()}
    off = sorted((day for day in days if is_off(day)), key=lambda day: (-day.day.toordinal(), -abs(day.gap)))
    return [
        {
            "day": numbers.day(day.day),
            "shop": names.get(day.connection_id, day.connection_id),
            "figure": day.figure.replace("_", " "),
            "ours": health.amount_text(numbers, day, day.ours),
            "vendors": health.amount_text(numbers, day, day.vendors),
            "gap": health.gap_text(numbers, day),
            "cause": day.cause,
            "orders": day.orders,
        }
        for day in off
    ]


@router.get("/runs/{run_id}")
def run(run_id: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    numbers = site.numbers(request)
    found = site.run(run_id)
    html = site.render(
        "run.html",
        request,
        page="runs",
        user=user,
        csrf=form_token(request),
        row=_run_row(site, numbers, found),
        names={c.connection_id: c.name for c in site.connections()},
        outcomes=health.OUTCOMES,
        numbers=numbers,
    )
    return HTMLResponse(html)


@router.get("/reconciliation")
def reconciliation(request: Request, site: TheSite, shop: str = "") -> Response:
    """The seal's detail: every compared day, what differs, and why."""
    numbers = site.numbers(request)
    days = health.reconciled_days(site, shop or None)
    html = site.render(
        "reconciliation.html",
        request,
        seal=health.seal(site, numbers, shop or None),
        strips=health.strips(site, numbers, days),
        gaps=_gaps(site, numbers, days),
        days=_by_day(numbers, site, days),
        window=site.project.settings.reconcile.days,
        shop=shop,
        numbers=numbers,
    )
    return HTMLResponse(html)


_MAIN = ("net_sales", "total_sales", "orders")


def _by_day(numbers: Numbers, site: Site, days: list[ReconciliationDay]) -> list[dict[str, Any]]:
    """Every compared day of every shop: net sales on both sides and how many figures match."""
    names = {c.connection_id: c.name for c in site.connections()}
    grouped: dict[tuple[date, str], list[ReconciliationDay]] = defaultdict(list)
    for figure in days:
        grouped[figure.day, figure.connection_id].append(figure)
    shown = []
    for (day, connection_id), figures in sorted(
        grouped.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1])
    ):
        off = sum(is_off(figure) for figure in figures)
        main = next((f for name in _MAIN for f in figures if f.figure == name), figures[0])
        shown.append(
            {
                "day": numbers.day(day),
                "shop": names.get(connection_id, connection_id),
                "ours": health.amount_text(numbers, main, main.ours),
                "vendors": health.amount_text(numbers, main, main.vendors),
                "gap": health.gap_text(numbers, main),
                "state": health.Badge(f"{off} off", "bad") if off else health.Badge("Matched", "good"),
            }
        )
    return shown


@router.get("/reconciliation.csv", dependencies=[Depends(exporting_user)])
def reconciliation_file(site: TheSite, shop: str = "") -> Response:
    header = ("day", "connection_id", "figure", "currency", "ours", "vendors", "gap", "cause", "orders")
    days = health.reconciled_days(site, shop or None)
    lines = (
        [" ".join(getattr(day, name)) if name == "orders" else getattr(day, name) for name in header]
        for day in days
    )
    return csv_file("reconciliation.csv", header, lines)
