"""Connections: how each stands, what it delivers, and when it is read next. No credential is ever given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from fondaco.governance.redaction import redact_text
from fondaco.orchestration.connection_tests import ConnectionTest
from fondaco.orchestration.live_status import WebhookStatus
from fondaco.server.api.access import reading_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.connection_reports import ConnectionReport, StreamReport, detail, reports
from fondaco.server.site import Site, the_site

router = APIRouter(
    prefix="/connections", tags=["data health"], dependencies=[Depends(reading_token)], responses=ERRORS
)
TheSite = Annotated[Site, Depends(the_site)]


class ConnectionAnswer(BaseModel):
    """A shop or account, as its newest check or the newest run that asked it found it. Its credentials are never given."""

    connection_id: str
    source: str
    name: str
    currency: str
    time_zone: str
    role: Literal["shop", "ads", "messages"]
    feeds: list[str] = Field(description="The pages whose figures are made of it.")
    status: Literal["ready", "limited", "refused", "partly_read", "not_reached", "not_read"]
    fault: str | None
    missing: list[str]
    warnings: list[str]
    checked_at: datetime | None
    synced_at: datetime | None = Field(
        description="Up to when all records are read that its figures depend on."
    )
    promised_seconds: int = Field(description="How old they may be by the schedule.")
    is_late: bool = Field(description="Whether they are older.")
    succeeded_at: datetime | None = Field(
        description="When the newest run started that read all that the credential may read."
    )
    newest_run: str | None = Field(description="The newest run that asked it.")
    next_run_at: datetime | None = Field(description="Null while nothing runs by itself.")
    loaded: int = Field(description="Rows of the newest run.")
    quarantined: int = Field(description="Records that the newest run set aside.")
    loaded_ever: int = Field(description="Rows of all runs; a record that was read twice counts twice.")
    data_begins: date | None = Field(
        description="First day with data among the published figures; null before there is any. What lies before it is not known, "
        "which is not nought."
    )


class StreamStateAnswer(BaseModel):
    """One kind of records of a connection."""

    stream: str
    description: str
    cursor: datetime | None = Field(description="Records up to here are read.")
    covered_since: datetime | None = Field(description="Records from here on are read.")
    history_complete: bool
    succeeded_at: datetime | None = Field(description="When the newest run started that read all of it.")
    outcome: str | None = Field(description="Of the newest run: success, partial, aborted or failed.")
    fault: str | None
    loaded: int = Field(description="Rows of the newest run.")
    loaded_ever: int
    quarantined: int = Field(description="Records that the newest run set aside.")
    quarantined_ever: int
    drifted_fields: list[str] = Field(description="Fields that came, and that no column reads.")


class WebhooksAnswer(BaseModel):
    """What a connection tells by itself."""

    is_set_up: bool
    topics: list[str]
    listed_at: datetime | None = Field(description="When its subscriptions were last looked at.")
    newest: datetime | None = Field(description="When the newest genuine delivery came.")
    waiting: int = Field(description="Deliveries in the queue; of more than 10,000, an estimate.")
    postponed: int
    fault: str | None


class TestAnswer(BaseModel):
    """What came of the newest test from the page Connections."""

    at: datetime
    outcome: Literal["ready", "limited", "refused", "unreachable", "no_answer", "fault"]
    seconds: float
    what: str
    remedy: str
    readable: list[str]
    missing: list[str]
    warnings: list[str]


class ConnectionDetailAnswer(ConnectionAnswer):
    streams: list[StreamStateAnswer]
    webhooks: WebhooksAnswer | None = Field(description="Null where its vendor has none that are read.")
    last_test: TestAnswer | None


@router.get("", summary="Shops and accounts")
def connections(site: TheSite) -> list[ConnectionAnswer]:
    """All of them, by their ids."""
    return [ConnectionAnswer.model_validate(_told(site, each)) for each in reports(site)]


@router.get("/{connection_id}", summary="One connection, stream by stream")
def one_connection(
    site: TheSite, connection_id: Annotated[str, Path(max_length=63)]
) -> ConnectionDetailAnswer:
    found = detail(site, connection_id)
    told = {
        **_told(site, found.report),
        "streams": [_stream(each) for each in found.streams],
        "webhooks": _webhooks(found.webhooks) if found.webhooks else None,
        "last_test": _test(found.report.tested) if found.report.tested else None,
    }
    return ConnectionDetailAnswer.model_validate(told)


def _told(site: Site, report: ConnectionReport) -> dict[str, Any]:
    connection, state = report.connection, report.state
    own = ("connection_id", "source", "name", "currency", "time_zone", "checked_at")
    shared = ("role", "synced_at", "is_late", "next_run_at", "loaded", "quarantined", "loaded_ever")
    return {
        **{name: getattr(connection, name) for name in own},
        **{name: getattr(report, name) for name in shared},
        "feeds": [label for label, _ in report.feeds],
        "status": state.status,
        "fault": redact_text(state.fault) or None,
        "missing": list(map(redact_text, connection.missing)),
        "warnings": list(map(redact_text, connection.warnings)),
        "promised_seconds": int(report.promised.total_seconds()),
        "succeeded_at": report.succeeded.started_at if report.succeeded else None,
        "newest_run": report.newest.run_id if report.newest else None,
        "data_begins": site.beginnings.days.get(connection.connection_id),
    }


def _stream(each: StreamReport) -> dict[str, Any]:
    told = {name: getattr(each, name, None) for name in StreamStateAnswer.model_fields}
    return {**told, "stream": each.name, "fault": each.fault or None}


def _webhooks(each: WebhookStatus) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in WebhooksAnswer.model_fields}
    return {**told, "fault": redact_text(each.fault) or None}


def _test(test: ConnectionTest) -> dict[str, Any]:
    return {name: getattr(test, name) for name in TestAnswer.model_fields}
