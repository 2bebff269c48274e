"""Metrics: what there is, and what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.clock import local_date
from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery
from fondaco.metrics.query import MOST_FILLED_ROWS
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.errors import ErrorAnswer
from fondaco.server.api.paging import cursor_at, offset_of
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    file_answer,
    json_answer,
    next_link,
    tag_headers,
    unchanged,
)
from fondaco.server.periods import DEFAULT_RANGE, PRESETS, Period, parse_period
from fondaco.server.site import Site, the_site

ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorAnswer} for code in (400, 401, 403, 404, 413, 422, 429, 503)
}
router = APIRouter(
    prefix="/metrics", tags=["metrics"], dependencies=[Depends(reading_token)], responses=ERRORS
)
USUAL_ROWS, MOST_ROWS = 10_000, 100_000
CONFLICT: dict[int | str, dict[str, Any]] = {409: {"model": ErrorAnswer}}
TheSite = Annotated[Site, Depends(the_site)]


class MetricAnswer(BaseModel):
    """A metric's definition."""

    name: str
    label: str
    description: str
    formula: str
    unit: str = Field(description="money, count, ratio or rate")
    good_direction: str = Field(description="The direction that pleases: up, down or none.")
    scope: str = Field(description="What is in it and what is not.")
    compared: str = Field(description="How others define it.")
    synonyms: list[str]
    dimensions: list[str] = Field(description="What it can be broken down and filtered by.")


class QueryAnswer(BaseModel):
    """Figures. Each row has the dimensions of ``by`` and the asked metrics; amounts are strings."""

    metrics: list[str]
    by: list[str]
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    clock: str
    where: dict[str, list[str]]
    currency: str
    version: str | None = Field(description="The published state that answered.")
    data_begins: date | None = Field(
        description="First day with data of the shops that `where` names by `connection_id`, of all without it; the earliest of "
        "several. Null where they have none. `/connections` says it shop by shop."
    )
    not_comparable: str | None = Field(
        description="Why no other period can be held against this one: its data begins after its first day. Null where that can be done. "
        "Leave the change empty where this is not null; the pages and reports do so too."
    )
    rows: list[dict[str, Any]]
    next: str | None = Field(description="Send it as `cursor` for the next page; null after the last.")


def _definition(site: Site, name: str) -> MetricAnswer:
    metric = site.metric(name)
    return MetricAnswer(
        name=metric.name,
        label=metric.label,
        description=metric.description,
        formula=metric.formula,
        unit=metric.unit,
        good_direction=metric.good_direction,
        scope=metric.scope,
        compared=metric.compared,
        synonyms=list(metric.synonyms),
        dimensions=list(metric.dimensions),
    )


@router.get("", summary="All metrics")
def all_metrics(site: TheSite) -> list[MetricAnswer]:
    return [_definition(site, metric.name) for metric in site.layer.metrics]


class Question(BaseModel):
    """What is asked, in the address."""

    model_config = ConfigDict(extra="forbid")

    metrics: list[str] = Field(description="Names, separated by commas; may be repeated.", min_length=1)
    by: str = Field(
        "",
        description="day, week, month or dimensions, separated by commas. With one step of time, steps without sales have rows of nought too, "
        f"unless all steps with all values of the other dimensions would be more than {MOST_FILLED_ROWS:,} rows: then they are left out.",
    )
    first: str = Field("", alias="from", description="First day; default: 29 days before the last.")
    last: str = Field("", alias="to", description="Last day; default: today.")
    clock: Literal["finance", "order"] = Field(
        "finance", description="Day of the event, or day of its order."
    )
    where: list[str] = Field(
        [], description="dimension=value; may be repeated, also for several values of one dimension."
    )
    order_by: str = Field(
        "", description="Dimensions or metrics, separated by commas; - in front turns it around."
    )
    limit: int = Field(
        USUAL_ROWS, ge=1, le=MOST_ROWS, description="At most so many rows; the next page has what follows."
    )
    cursor: str = Field("", max_length=512, description="The `next` of the page before.")
    format: Format = "json"


@router.get("/query", summary="Figures", response_model=QueryAnswer, responses=FILES | CONFLICT)
def query(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[Question, Query()]
) -> Response:
    """Metrics over a period. `format` or the Accept header chooses JSON, CSV or Parquet. The `ETag` changes when new figures are
    published; send it back as `If-None-Match` to be told 304 as long as nothing is new. A page has 10,000 rows, or `limit`; `next` and the `Link`
    header lead to the next one. Pages are of one published state: once another is published, their cursor is refused with 409."""
    kind = checked_format(request, site, token, question.format)
    version = site.published
    # Without days in the address the period ends today, so that it is another one tomorrow.
    period = asked_period(site, question.first, question.last)
    headers = tag_headers(request, version, period.first, period.last)
    if (same := unchanged(request, headers)) is not None:
        return same
    asked = MetricQuery(
        metrics=_names(",".join(question.metrics)),
        by=_names(question.by),
        first=period.first,
        last=period.last,
        clock=question.clock,
        where=_conditions(question.where),
        order_by=_names(question.order_by),
    )
    done = offset_of(question.cursor, version, asked)
    table = site.ask(replace(asked, limit=question.limit + 1, offset=done))
    has_more = table.num_rows > question.limit
    table = table.slice(0, question.limit)
    cursor = cursor_at(version, asked, done + question.limit) if has_more else None
    headers |= next_link(request, cursor)
    if kind != "json":
        return file_answer(kind, "metrics", table, headers)
    shops = asked.conditions().get("connection_id", ())
    begins = site.beginnings.of(shops)
    is_known = site.beginnings.knows(period.first, shops)
    answer = QueryAnswer(
        metrics=list(asked.metrics),
        by=list(asked.by),
        first=period.first,
        last=period.last,
        clock=question.clock,
        where=_conditions(question.where),
        currency=site.currency,
        version=version,
        data_begins=begins,
        not_comparable=None if is_known else f"Data begins {begins}, after the period's first day.",
        rows=[{name: plain(value) for name, value in row.items()} for row in table.to_pylist()],
        next=cursor,
    )
    return json_answer(answer.model_dump(mode="json", by_alias=True), headers)


@router.get("/{name}", summary="One metric")
def one_metric(name: str, site: TheSite) -> MetricAnswer:
    return _definition(site, name)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def asked_period(site: Site, first: str, last: str) -> Period:
    """Without a last day it is today; without a first one there are as many days as a page shows at first."""
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    last = last or today.isoformat()
    if not first:
        first = PRESETS[DEFAULT_RANGE].period(parse_period(last, last).last).first.isoformat()
    return parse_period(first, last)


def _conditions(where: list[str]) -> dict[str, list[str]]:
    conditions: dict[str, list[str]] = {}
    for condition in where:
        name, sign, value = condition.partition("=")
        if not sign or not name:
            raise ConfigError(
                f"where={condition!r} is not a condition.", "Write it as dimension=value, such as country=DE."
            )
        conditions.setdefault(name, []).append(value)
    return conditions


def plain(value: Any) -> Any:
    """A value as JSON holds it without loss."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else value
