"""Runs, reconciliation and health."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from fondaco.control import Run
from fondaco.errors import FondacoError
from fondaco.orchestration.kept_imports import known_gaps
from fondaco.server.api.access import reading_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.api.tables import cursor_after, key_of, next_link, no_cursor
from fondaco.server.site import Site, the_site

router = APIRouter(dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]


class RunAnswer(BaseModel):
    """A run of the pipeline."""

    run_id: str
    kind: str
    steps: list[str]
    started_at: datetime
    ended_at: datetime | None
    outcome: str = Field(description="running, success, partial, aborted or failed")
    health: str | None = Field(description="ok, warn or fail; null while it runs")
    health_reasons: list[str]
    error: str | None
    step_seconds: dict[str, float]
    published: str | None


class StreamAnswer(BaseModel):
    """What a run did to one stream."""

    connection_id: str
    stream: str
    outcome: str
    extracted: int
    loaded: int
    quarantined: int
    drifted: int
    drifted_fields: list[str]
    seconds: float
    error: str | None


class RunDetail(RunAnswer):
    streams: list[StreamAnswer]


class ReconciliationAnswer(BaseModel):
    """One figure of one day of one shop, in the shop's currency. The gap is ours less the shop's."""

    connection_id: str
    day: date
    figure: str
    currency: str
    ours: Decimal
    vendors: Decimal
    gap: Decimal
    cause: str | None
    orders: list[str]
    compared_at: datetime


class HealthAnswer(BaseModel):
    """Whether the figures can be trusted now."""

    status: Literal["ok", "warn", "fail", "empty"]
    reasons: list[str]
    published: str | None
    newest_run: str | None
    reconciliation: Literal["matched", "off", "not compared"]


def _run(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in RunAnswer.model_fields}


@router.get("/runs", tags=["runs"], summary="Runs, newest first")
def all_runs(site: TheSite, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> list[RunAnswer]:
    return [RunAnswer.model_validate(_run(run)) for run in site.control.runs.recent(site.tenant_id, limit)]


@router.get("/runs/{run_id}", tags=["runs"], summary="One run, stream by stream")
def one_run(run_id: str, site: TheSite) -> RunDetail:
    run = site.run(run_id)
    streams = [
        {name: getattr(stream, name) for name in StreamAnswer.model_fields}
        for stream in site.control.runs.streams(run_id)
    ]
    return RunDetail.model_validate({**_run(run), "streams": streams})


@router.get("/reconciliation", tags=["data health"], summary="Our figures beside the shops' own reports")
def reconciliation(
    *,
    request: Request,
    response: Response,
    site: TheSite,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    connection: str = "",
    only_gaps: bool = False,
    cursor: Annotated[
        str, Query(max_length=512, description="That of the `Link` header of the page before.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> list[ReconciliationAnswer]:
    """By connection, day and figure. The `Link` header leads to the next page."""
    days = site.control.reconciliation.days(
        site.tenant_id,
        connection or None,
        first,
        last,
        only_gaps=only_gaps,
        after=_behind(cursor),
        limit=limit,
    )
    if len(days) == limit:
        key = "\n".join((days[-1].connection_id, days[-1].day.isoformat(), days[-1].figure))
        response.headers.update(next_link(request, cursor_after(key)))
    return [
        ReconciliationAnswer.model_validate({n: getattr(d, n) for n in ReconciliationAnswer.model_fields})
        for d in days
    ]


def _behind(cursor: str) -> tuple[str, date, str] | None:
    key = key_of(cursor)
    if not key:
        return None
    try:
        connection, day, figure = key.split("\n")
        return connection, date.fromisoformat(day), figure
    except ValueError as error:
        raise no_cursor(cursor) from error


@router.get("/health", tags=["data health"], summary="Whether the figures can be trusted now")
def health(site: TheSite) -> HealthAnswer:
    ended = [run for run in site.control.runs.recent(site.tenant_id, 10) if run.ended_at is not None]
    seal = site.control.reconciliation.seal(site.tenant_id)
    newest = ended[0] if ended else None
    status = (newest.health or "warn") if newest and site.published else "empty"
    reasons = list(newest.health_reasons or []) if newest else ["Nothing has run yet."]
    # A run that publishes nothing does not look for them.
    missing = [each for each in known_gaps(site.control, site.tenant_id) if each not in reasons]
    if missing and status == "ok":
        status = "warn"
    if site.published and (fault := _unreadable(site)):
        status, reasons = "fail", [fault, *reasons]
    return HealthAnswer.model_validate(
        {
            "status": status,
            "reasons": [*reasons, *missing],
            "published": site.published,
            "newest_run": newest.run_id if newest else None,
            "reconciliation": seal.state,
        }
    )


def _unreadable(site: Site) -> str:
    """Why the published figures cannot be read; empty where they can."""
    try:
        site.project.reader.query("select count(*) as connections from marts.connections")
    except FondacoError as error:
        return f"{error.what} {error.remedy}"
    return ""
