"""Campaigns of advertising with their figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.metrics import MetricQuery
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
    format: Format = "json"


class CampaignAnswer(BaseModel):
    """A campaign. Of orders of which only the platform is known the campaign is null."""

    campaign_id: str | None
    platform: str | None
    name: str | None
    account_name: str | None
    source_campaign_id: str | None = Field(description="The vendor's own number.")
    campaign_type: str | None
    status: str | None = Field(description="active, paused, ended or removed")
    figures: dict[str, Any] = Field(
        description="By their names in `/metrics`; amounts and quotients are strings."
    )


class CampaignsAnswer(BaseModel):
    """Campaigns on which something was spent, claimed or brought in the period, the greatest spend first."""

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
    """What each campaign cost, what its platform claims and what its orders brought. `format` or the Accept header chooses
    JSON, CSV or Parquet. The `ETag` changes when new figures are published."""
    kind = checked_format(request, site, token, question.format)
    version = site.published
    period = asked_period(site, question.first, question.last)
    headers = tag_headers(request, version, period.first, period.last)
    if (same := unchanged(request, headers)) is not None:
        return same
    asked = MetricQuery(
        KEY,
        ("campaign_id", "platform"),
        first=period.first,
        last=period.last,
        where={"platform": question.platform} if question.platform else {},
        order_by=("-ad_spend",),
    )
    table = site.ask(asked)
    known = campaigns_of(site)
    told = [known.get(campaign_id or "", {}) for campaign_id in table.column("campaign_id").to_pylist()]
    if kind != "json":
        for index, name in enumerate(_TOLD):
            column = pa.array([own.get(name) for own in told], pa.string())
            table = table.add_column(2 + index, name, column)
        return file_answer(kind, "campaigns", table, headers)
    rows = [
        CampaignAnswer(
            campaign_id=row["campaign_id"],
            platform=row["platform"],
            **{name: own.get(name) for name in _TOLD},
            figures={name: plain(row[name]) for name in KEY},
        )
        for row, own in zip(table.to_pylist(), told, strict=True)
    ]
    answer = CampaignsAnswer(
        first=period.first, last=period.last, currency=site.currency, version=version, rows=rows
    )
    return json_answer(answer.model_dump(mode="json", by_alias=True), headers)
