"""Where money could be saved, and the rows behind each suggestion."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from fondaco.metrics.suggestion_kinds import KINDS
from fondaco.metrics.suggestions import SAVES, suggestion_rows
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.metrics import ERRORS, plain
from fondaco.server.api.profit import PeriodQuestion
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    file_answer,
    json_answer,
    tag_headers,
    unchanged,
)
from fondaco.server.profit_outlook import scope_of, suggestions_of
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(prefix="/profit", tags=["profit"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]


class SuggestionAnswer(BaseModel):
    """A kind of saving. Kinds overlap: they do not add up."""

    name: str
    label: str
    text: str
    formula: str
    saves: str
    rows: int


class SuggestionsAnswer(BaseModel):
    """Those that would save something, the most first."""

    first: date
    last: date
    currency: str
    version: str | None
    suggestions: list[SuggestionAnswer]


@router.get("/suggestions", summary="Where money could be saved", response_model=SuggestionsAnswer)
def all_suggestions(
    request: Request, site: TheSite, question: Annotated[PeriodQuestion, Query()]
) -> Response:
    """Suggestions with what each would save, of orders placed and payments made in the period."""
    period = question.period(site)
    headers = tag_headers(request, site.published, period)
    if (same := unchanged(request, headers)) is not None:
        return same
    found = suggestions_of(site, period, question.shop or None)
    answer = SuggestionsAnswer(
        first=period.first,
        last=period.last,
        currency=site.currency,
        version=site.published,
        suggestions=[
            SuggestionAnswer(
                name=each.kind.name, label=each.kind.label, text=each.kind.text, formula=each.kind.formula,
                saves=plain(each.saves), rows=each.rows,
            )
            for each in found
        ],
    )  # fmt: skip
    return json_answer(answer.model_dump(mode="json"), headers)


class RowsQuestion(PeriodQuestion):
    """Days, shop and format."""

    format: Format = "json"


class RowsAnswer(BaseModel):
    """All rows behind a suggestion, those that save the most first; amounts are strings."""

    name: str
    currency: str
    version: str | None
    rows: list[dict[str, Any]]


@router.get(
    "/suggestions/{name}", summary="The rows behind a suggestion", response_model=RowsAnswer, responses=FILES
)
def rows_of_suggestion(
    name: str,
    request: Request,
    site: TheSite,
    token: ReadingToken,
    question: Annotated[RowsQuestion, Query()],
) -> Response:
    """Products, orders, gateways or campaigns, with what each would save; `saves` of the suggestion is their sum."""
    if name not in KINDS:
        raise NotThereError(f"There is no suggestion {name[:63]!r}.", f"Choose from {', '.join(KINDS)}.")
    kind = checked_format(request, site, token, question.format)
    period = question.period(site)
    headers = tag_headers(request, site.published, period)
    if (same := unchanged(request, headers)) is not None:
        return same
    asked = KINDS[name]
    found = suggestion_rows(site.project.reader, scope_of(site, period, question.shop or None), name)
    ids = [key for key in ("order_id", "product_id", "campaign_id") if found and key in found[0]]
    columns = (*ids, *(column.name for column in asked.columns), SAVES)
    if kind != "json":
        table = pa.table({column: [row[column] for row in found] for column in columns})
        return file_answer(kind, f"suggestion_{name}", table, headers)
    rows = [{column: _told(row[column]) for column in columns} for row in found]
    answer = RowsAnswer(name=name, currency=site.currency, version=site.published, rows=rows)
    return json_answer(answer.model_dump(mode="json"), headers)


def _told(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if isinstance(value, str | int)
        else plain(value)
    )
