"""Cohorts by month since the first purchase."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.metrics import cohorts as read
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.metrics import ERRORS, plain
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    file_answer,
    json_answer,
    tag_headers,
    unchanged,
)
from fondaco.server.pages.cohort_views import ALL
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(tags=["cohorts"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]

HEADER = (
    "cohort_month", "customers", "month_number", "state", "figure", "low", "high", "whole_customers", "dimension", "value",
)  # fmt: skip


class CohortsQuestion(BaseModel):
    """What is asked, in the address."""

    model_config = ConfigDict(extra="forbid")

    dimension: str = Field("all", description="all, channel, country, shop or first_product.")
    value: str = Field("", description="One of the dimension's values; needed unless the dimension is all.")
    beside: str = Field(
        "",
        description="Another of the dimension's values, to compare with; the rows of it, and those of all customers, come after. "
        f"{ALL}: those of all customers alone.",
    )
    measure: str = Field("retention", description="retention, orders, net_sales or cumulative.")
    format: Format = "json"


class CellAnswer(BaseModel):
    """One month of a cohort. Figures are for each customer and are written as strings; null where there is none."""

    cohort_month: date
    customers: int = Field(description="Customers of the cohort.")
    month_number: int = Field(description="Months since the first purchase; 0 starts with it.")
    state: Literal["seen", "partial", "forecast"] = Field(
        description="partial: some customers have had the month whole, and the figure is theirs."
    )
    figure: str | None
    low: str | None = Field(description="Of a forecast: it holds with a probability of 80 %.")
    high: str | None
    whole_customers: int = Field(description="Who has had the month whole.")
    dimension: str = Field(description="Of whom the row is: that of the question, or all.")
    value: str


class CohortsAnswer(BaseModel):
    """Cohorts, the oldest first, and their months."""

    dimension: str
    value: str
    values: list[str] = Field(description="All values of the dimension, the most customers first.")
    measure: str
    currency: str
    version: str | None = Field(description="The published state that answered.")
    rows: list[CellAnswer]


@router.get(
    "/cohorts",
    summary="Customers by the month of their first purchase",
    response_model=CohortsAnswer,
    responses=FILES,
)
def cohorts(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[CohortsQuestion, Query()]
) -> Response:
    """Retention, orders, net sales or cumulative value by month since the first purchase, with forecasts of months to
    come. `format` or the Accept header chooses JSON, CSV or Parquet. The `ETag` changes when new figures are published."""
    kind = checked_format(request, site, token, question.format)
    version = site.published
    headers = tag_headers(request, version)
    if (same := unchanged(request, headers)) is not None:
        return same
    measure, dimension = read.check_measure(question.measure), read.check_dimension(question.dimension)
    values = [value for value, _ in read.values_of(site.project.reader, site.tenant_id)[dimension]]
    if values and question.value not in values:
        raise NotThereError(
            f"No customer has the {dimension} {question.value[:63]!r}.",
            f"Choose from {', '.join(repr(value) for value in values[:60])}.",
        )
    rows = [
        row for of, value in _asked(question, dimension, values) for row in _rows(site, measure, of, value)
    ]
    if kind != "json":
        table = pa.table({name: [row[name] for row in rows] for name in HEADER})
        return file_answer(kind, "cohorts", table, headers)
    told = [
        CellAnswer.model_validate({name: _text(name, value) for name, value in row.items()}) for row in rows
    ]
    answer = CohortsAnswer(
        dimension=dimension,
        value=question.value,
        values=values,
        measure=measure,
        currency=site.currency,
        version=version,
        rows=told,
    )
    return json_answer(answer.model_dump(mode="json"), headers)


def _asked(question: CohortsQuestion, dimension: str, values: list[str]) -> list[tuple[str, str]]:
    """The dimensions and values whose rows are told: those of the question, what stands beside, all customers."""
    if not values:
        return []
    own = [(dimension, question.value)]
    if not question.beside or question.beside == question.value:
        return own
    if dimension == "all" or question.beside not in (ALL, *values):
        raise NotThereError(
            f"No customer has the {dimension} {question.beside[:63]!r} to stand beside.",
            f"Choose from {', '.join(repr(value) for value in (ALL, *values[:60]))}."
            if dimension != "all"
            else "Name a dimension and a value to compare.",
        )
    return [*own, *([] if question.beside == ALL else [(dimension, question.beside)]), ("all", "")]


def _rows(site: Site, measure: read.Measure, dimension: str, value: str) -> list[dict[str, Any]]:
    found = read.read_cohorts(site.project.reader, site.tenant_id, measure, dimension, value)
    return [
        {
            "cohort_month": cohort.month,
            "customers": cohort.customers,
            "month_number": cell.month_number,
            "state": cell.state,
            "figure": cell.figure,
            "low": cell.low,
            "high": cell.high,
            "whole_customers": cell.customers,
            "dimension": dimension,
            "value": value,
        }
        for cohort in found
        for cell in cohort.cells
        if cell.state != "unknown"
    ]


def _text(name: str, value: Any) -> Any:
    return plain(value) if name in ("figure", "low", "high") else value
