"""Campaigns of advertising with their figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.metrics import MetricQuery
from fondaco.metrics.payback import paybacks
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.metrics import ERRORS, asked_period, plain
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    file_answer,
    json_answer,
    tag_headers,
    unchanged,
)
from fondaco.server.pages.advertising import campaigns_of
from fondaco.server.pages.marketing_messages import MESSAGE_KEY, OF_COST
from fondaco.server.pages.marketing_state import KEY
from fondaco.server.site import Site, the_site

router = APIRouter(tags=["campaigns"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]

_TOLD = ("name", "account_name", "source_campaign_id", "campaign_type", "status")


class CampaignsQuestion(BaseModel):
    """What is asked, in the address."""

    model_config = ConfigDict(extra="forbid")

    first: str = Field(
        "", alias="from", description="First day; without it as many as a page shows at first."
    )
    last: str = Field("", alias="to", description="Last day; without it today.")
    platform: str = Field("", description="Only of this platform, such as meta_ads.")
    role: Literal["ads", "messages"] = Field(
        "ads", description="Campaigns of advertising, or campaigns and flows by which people are written to."
    )
    format: Format = "json"


class CampaignAnswer(BaseModel):
    """A campaign. Of orders of which only the platform is known the campaign is null."""

    campaign_id: str | None
    platform: str | None
    name: str | None
    account_name: str | None
    source_campaign_id: str | None = Field(description="The vendor's own number.")
    campaign_type: str | None
    status: str | None = Field(description="active, paused, ended, removed or draft")
    payback_days: int | None = Field(
        None,
        description="After so many days the customers whom it won in the period had brought, before marketing, what was spent in it; "
        "null while they have not, and where it won none.",
    )
    figures: dict[str, Any] = Field(
        description="By their names in `/metrics`; amounts and quotients are strings."
    )


class CampaignsAnswer(BaseModel):
    """Campaigns on which something was spent, sent, claimed or brought in the period, the greatest spend, or the most messages, first."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    currency: str
    version: str | None = Field(description="The published state that answered.")
    rows: list[CampaignAnswer]


@router.get(
    "/campaigns", summary="Campaigns with their figures", response_model=CampaignsAnswer, responses=FILES
)
def campaigns(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[CampaignsQuestion, Query()]
) -> Response:
    """What each campaign cost, what its platform claims and what its orders brought; with `role=messages` what became of
    each campaign and flow of messages. The cost of messages, and all that follows from it, is null where nobody tells one. `format` or the Accept header chooses
    JSON, CSV or Parquet. The `ETag` changes when new figures are published."""
    kind = checked_format(request, site, token, question.format)
    version = site.published
    period = asked_period(site, question.first, question.last)
    headers = tag_headers(request, version, period.first, period.last)
    if (same := unchanged(request, headers)) is not None:
        return same
    names = MESSAGE_KEY if question.role == "messages" else KEY
    asked = MetricQuery(
        names,
        ("campaign_id", "platform"),
        first=period.first,
        last=period.last,
        where={"platform": question.platform} if question.platform else {},
        order_by=("-messages_sent",) if question.role == "messages" else ("-ad_spend",),
    )
    table = _unknown_is_null(site.ask(asked))
    known = campaigns_of(site)
    told = [known.get(campaign_id or "", {}) for campaign_id in table.column("campaign_id").to_pylist()]
    paid = paybacks(site.project.reader, site.tenant_id, period.first, period.last, role=question.role)
    days = [
        found.days if (found := paid.get(id_ or "")) else None
        for id_ in table.column("campaign_id").to_pylist()
    ]
    if kind != "json":
        table = table.append_column("payback_days", pa.array(days, pa.int64()))
        for index, name in enumerate(_TOLD):
            column = pa.array([own.get(name) for own in told], pa.string())
            table = table.add_column(2 + index, name, column)
        return file_answer(kind, "campaigns", table, headers)
    rows = [
        CampaignAnswer(
            campaign_id=row["campaign_id"],
            platform=row["platform"],
            **{name: own.get(name) for name in _TOLD},
            payback_days=paid_after,
            figures={name: plain(row[name]) for name in names},
        )
        for row, own, paid_after in zip(table.to_pylist(), told, days, strict=True)
    ]
    answer = CampaignsAnswer(
        first=period.first, last=period.last, currency=site.currency, version=version, rows=rows
    )
    return json_answer(answer.model_dump(mode="json", by_alias=True), headers)


def _unknown_is_null(table: pa.Table) -> pa.Table:
    """The cost of messages and what follows from it, null where nothing of it is told."""
    if "message_cost" not in table.column_names:
        return table
    cost, unpriced = table.column("message_cost"), table.column("unpriced_messages")
    is_unknown = pc.and_(
        pc.equal(pc.cast(cost, pa.float64()), 0.0), pc.greater(pc.cast(unpriced, pa.int64()), 0)
    )
    for name in OF_COST:
        told = table.column(name)
        place = table.column_names.index(name)
        table = table.set_column(place, name, pc.if_else(is_unknown, pa.scalar(None, told.type), told))
    return table
