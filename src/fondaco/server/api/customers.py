"""Customers, their segments and the models behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.activation.exports import note_customer, note_customers
from fondaco.analytics.rfm import BEST_FIRST, SEGMENTS, Rule
from fondaco.governance import Permission
from fondaco.metrics import customers
from fondaco.metrics.models import newest_models
from fondaco.server.api.access import ReadingToken, permits, reading_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    cursor_after,
    file_answer,
    json_answer,
    key_of,
    next_link,
    tag_headers,
    unchanged,
)
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(tags=["customers"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]


class CustomerAnswer(BaseModel):
    """A person over all shops. Names and addresses are null for a token whose user may not take data away."""

    person_id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    city: str | None
    country: str | None
    accepts_marketing: bool | None
    first_channel: str | None
    first_order_date: date | None
    last_order_date: date | None
    orders: int
    shops: int
    net_units: int
    net_sales: Decimal = Field(description="Of all orders: historic customer value.")
    total_sales: Decimal
    currency: str | None
    segment: str | None
    previous_segment: str | None = Field(description="At the end of the month before.")
    days_since_last: int | None
    recency_score: int | None
    frequency_score: int | None
    monetary_score: int | None
    alive_probability: float | None
    expected_orders: float | None
    expected_order_value: Decimal | None
    expected_value: Decimal | None = Field(description="Net sales expected in the time ahead, discounted.")
    expected_value_low: Decimal | None
    expected_value_high: Decimal | None
    simple_value: Decimal | None
    retention_value: Decimal | None
    churn_probability: float | None
    value_at_risk: Decimal | None = Field(
        description="expected_value × churn_probability: who is worth saving first."
    )
    churn_reasons: list[str]
    as_of_date: date | None


class CustomersAnswer(BaseModel):
    """A page of customers, by person_id."""

    version: str | None = Field(description="The published state that answered.")
    rows: list[CustomerAnswer]
    next: str | None = Field(description="Send it as `cursor` for the next page; null after the last.")


class SegmentAnswer(BaseModel):
    """One of the eight segments by recency, frequency and monetary value."""

    segment: str
    meaning: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]
    customers: int = Field(description="Who has bought; a cancelled order is no purchase.")
    net_sales: Decimal | None = Field(
        description="Of its customers, over all time, cancelled orders with what they still brought."
    )
    expected_value: Decimal | None
    alive_probability: float | None = Field(description="The mean of its customers.")
    churn_probability: float | None = Field(description="The mean of its customers.")


class MovementAnswer(BaseModel):
    """How many were in a segment at the end of a month, by where they were a month before."""

    month_end: date
    from_segment: str | None = Field(description="null: had not bought before.")
    to_segment: str
    customers: int


class ModelAnswer(BaseModel):
    """A model of customers as it was fitted last."""

    model: str
    run_id: str
    as_of_date: date
    is_used: bool = Field(description="Whether the scores of customers rest on it.")
    customers: int
    log_likelihood: float | None
    parameters: dict[str, float | None]
    standard_errors: dict[str, float | None]
    evaluation: dict[str, Any] = Field(description="How it did on days that it was not shown.")
    note: str | None
    fitted_at: datetime


class Asked(BaseModel):
    """Which customers."""

    model_config = ConfigDict(extra="forbid")

    segment: str | None = Field(None, description=f"One of {', '.join(SEGMENTS)}.")
    cursor: str = Field("", max_length=512, description="The `next` of the page before.")
    limit: int = Field(100, ge=1, le=10_000)
    format: Format = "json"


@router.get("/customers", summary="Customers, page by page", response_model=CustomersAnswer, responses=FILES)
def all_customers(
    request: Request, site: TheSite, token: ReadingToken, asked: Annotated[Asked, Query()]
) -> Response:
    """Everybody who is known, by person_id, as JSON, CSV or Parquet (`format`, or the Accept header). Who never bought, or only what
    was cancelled, has no segment and no score; `orders` and `net_sales` hold cancelled orders too. The `Link` header leads to the next page."""
    kind = checked_format(request, site, token, asked.format)
    if asked.segment is not None and asked.segment not in SEGMENTS:
        raise NotThereError(
            f"There is no segment {asked.segment[:63]!r}.", f"Choose one of {', '.join(SEGMENTS)}."
        )
    after = key_of(asked.cursor)
    version = site.published
    sees_persons = permits(site, token, Permission.PEOPLE)
    headers = tag_headers(request, version, sees_persons)
    if (same := unchanged(request, headers)) is not None:
        return same
    table = customers.page(
        site.project.reader,
        site.tenant_id,
        segment=asked.segment,
        after=after,
        limit=asked.limit,
        personal=sees_persons,
    )
    if sees_persons:
        actor = f"token:{token.token_id}"
        names, rows = table.column_names, table.num_rows
        note_customers(
            site.control, site.tenant_id, names, rows, segment=asked.segment, actor=actor, form=kind
        )
    full = table.num_rows == asked.limit
    cursor = cursor_after(table.column("person_id")[-1].as_py()) if full else None
    headers |= next_link(request, cursor)
    if kind != "json":
        return file_answer(kind, "customers", table, headers)
    rows = [_customer(row) for row in table.to_pylist()]
    answer = CustomersAnswer(version=version, rows=rows, next=cursor)
    return json_answer(answer.model_dump(mode="json"), headers)


class TableQuestion(BaseModel):
    """In which format."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "json"


@router.get(
    "/customers/segments", summary="The eight segments", response_model=list[SegmentAnswer], responses=FILES
)
def segments(
    request: Request, site: TheSite, token: ReadingToken, asked: Annotated[TableQuestion, Query()]
) -> Response:
    """As JSON, CSV or Parquet; in files a range of scores has a column for each end."""
    kind = checked_format(request, site, token, asked.format)
    headers = tag_headers(request, site.published)
    if (same := unchanged(request, headers)) is not None:
        return same
    found = {row["segment"]: row for row in customers.segments(site.project.reader, site.tenant_id)}
    told = [_segment(rule, found.get(rule.segment, {"customers": 0})) for rule in BEST_FIRST]
    if kind != "json":
        return file_answer(
            kind, "customer_segments", pa.Table.from_pylist([_flat(each) for each in told]), headers
        )
    return json_answer([each.model_dump(mode="json") for each in told], headers)


@router.get(
    "/customers/movements",
    summary="Movements between segments, month by month",
    response_model=list[MovementAnswer],
    responses=FILES,
)
def movements(
    request: Request, site: TheSite, token: ReadingToken, asked: Annotated[TableQuestion, Query()]
) -> Response:
    """As JSON, CSV or Parquet."""
    kind = checked_format(request, site, token, asked.format)
    headers = tag_headers(request, site.published)
    if (same := unchanged(request, headers)) is not None:
        return same
    found = customers.movements(site.project.reader, site.tenant_id)
    told = [MovementAnswer(**{**row, "from_segment": row["from_segment"] or None}) for row in found]
    if kind != "json":
        columns = {name: [getattr(each, name) for each in told] for name in MovementAnswer.model_fields}
        return file_answer(kind, "segment_movements", pa.table(columns), headers)
    return json_answer([each.model_dump(mode="json") for each in told], headers)


@router.get("/customers/{person_id}", summary="One customer", response_model=CustomerAnswer)
def one_customer(person_id: str, request: Request, site: TheSite, token: ReadingToken) -> Response:
    """With names and addresses for those who may see them, which is noted."""
    sees_persons = permits(site, token, Permission.PEOPLE)
    headers = tag_headers(request, site.published, sees_persons)
    if (same := unchanged(request, headers)) is not None:
        return same
    row = customers.one(site.project.reader, site.tenant_id, person_id)
    if row is None:
        raise NotThereError("There is no such customer.", "Take a person_id of `/api/v1/customers`.")
    if sees_persons:
        note_customer(
            site.control, site.tenant_id, person_id, customers.PERSONAL, actor=f"token:{token.token_id}"
        )
    else:
        row |= dict.fromkeys(customers.PERSONAL)
    return json_answer(_customer(row).model_dump(mode="json"), headers)


@router.get("/models", summary="The models of customers", tags=["models"], response_model=list[ModelAnswer])
def models(request: Request, site: TheSite) -> Response:
    """As they were fitted last."""
    headers = tag_headers(request, site.published)
    if (same := unchanged(request, headers)) is not None:
        return same
    found = newest_models(site.project.reader, site.tenant_id)
    told = [
        ModelAnswer(**{name: getattr(model, name) for name in ModelAnswer.model_fields})
        for model in found.values()
    ]
    return json_answer([each.model_dump(mode="json") for each in told], headers)


_SUMS = ("customers", "net_sales", "expected_value", "alive_probability", "churn_probability")
_RANGES = ("recency", "frequency", "monetary")


def _segment(rule: Rule, row: Mapping[str, Any]) -> SegmentAnswer:
    own = {
        "segment": rule.segment,
        "meaning": rule.meaning,
        **{name: getattr(rule, name) for name in _RANGES},
    }
    return SegmentAnswer(**own, **{name: row.get(name) for name in _SUMS})


def _flat(answer: SegmentAnswer) -> dict[str, Any]:
    ends = {
        f"{name}_{end}": value
        for name in _RANGES
        for end, value in zip(("from", "to"), getattr(answer, name), strict=True)
    }
    own = {name: getattr(answer, name) for name in ("segment", "meaning")}
    return {**own, **ends, **{name: getattr(answer, name) for name in _SUMS}}


def _customer(row: dict[str, Any]) -> CustomerAnswer:
    known = dict.fromkeys(customers.PERSONAL) | row
    return CustomerAnswer(**{**known, "churn_reasons": customers.reasons(row)})
