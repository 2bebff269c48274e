"""What payment services paid into the bank, and what each payout is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.clock import format_instant
from fondaco.metrics import payouts as asked
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
from fondaco.server.pages.payouts import has_payouts, payout_there
from fondaco.server.site import Site, the_site

router = APIRouter(
    prefix="/payouts", tags=["payouts"], dependencies=[Depends(reading_token)], responses=ERRORS
)
TheSite = Annotated[Site, Depends(the_site)]


class PayoutsQuestion(PeriodQuestion):
    """Days, shop and format."""

    format: Format = "json"


class PayoutAnswer(BaseModel):
    """A payout in the currency of its bank account; amounts are strings. payments + refunds + chargebacks + others − fees +
    unexplained = amount."""

    payout_id: str
    issued_date: date
    connection_id: str
    source_payout_id: str
    reference: str | None = Field(description="What the bank statement may say.")
    status: str = Field(description="scheduled, paid, failed or cancelled.")
    currency: str
    amount: str = Field(description="Negative where the bank account was debited.")
    payments: str
    refunds: str
    chargebacks: str
    others: str
    fees: str = Field(description="What was kept, above nought.")
    signed_fees: str = Field(
        description="The same as it adds to the payout, below nought, as the page shows it."
    )
    unexplained: str
    entries: int
    orders: int
    is_settled: bool = Field(description="Whether all that it is made of must be known.")


class EntryAnswer(BaseModel):
    """A movement of the balance that the payout is made of. ``fee`` is null where it was told in another currency and no rate: then
    ``amount`` is ``net``."""

    payout_entry_id: str
    happened_at: datetime
    kind: str
    name: str | None
    order_id: str | None
    order_number: str | None
    currency: str
    amount: str
    fee: str | None = Field(description="What was kept, above nought.")
    signed_fee: str | None = Field(description="The same as it adds to ``net``, below nought.")
    net: str


class PayoutsAnswer(BaseModel):
    """Payouts of the days, the newest first."""

    first: date
    last: date
    version: str | None
    payouts: list[PayoutAnswer]


class OnePayoutAnswer(BaseModel):
    """A payout, and all that it is made of, the oldest first."""

    version: str | None
    payout: PayoutAnswer
    entries: list[EntryAnswer]


class OnePayoutQuestion(BaseModel):
    """What is asked, in the address."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "json"


@router.get("", summary="What was paid into the bank", response_model=PayoutsAnswer, responses=FILES)
def all_payouts(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[PayoutsQuestion, Query()]
) -> Response:
    """Payouts that were sent to the bank on these days."""
    kind = checked_format(request, site, token, question.format)
    period = question.period(site)
    headers = tag_headers(request, site.published, period)
    if (same := unchanged(request, headers)) is not None:
        return same
    reader, shop = site.project.reader, question.shop or ""
    known = site.published is not None and has_payouts(site)
    rows = asked.payouts(reader, site.tenant_id, period.first, period.last, shop=shop) if known else []
    if kind != "json":
        return file_answer(kind, "payouts", _table(rows, asked.PAYOUT_COLUMNS), headers)
    answer = PayoutsAnswer(
        first=period.first, last=period.last, version=site.published, payouts=[_payout(row) for row in rows]
    )
    return json_answer(answer.model_dump(mode="json"), headers)


@router.get(
    "/{payout_id:path}", summary="What a payout is made of", response_model=OnePayoutAnswer, responses=FILES
)
def one_payout(
    payout_id: str,
    request: Request,
    site: TheSite,
    token: ReadingToken,
    question: Annotated[OnePayoutQuestion, Query()],
) -> Response:
    """The payout, and every movement of the balance in it; a file holds the movements."""
    kind = checked_format(request, site, token, question.format)
    own = payout_there(site, payout_id)
    headers = tag_headers(request, site.published, payout_id)
    if (same := unchanged(request, headers)) is not None:
        return same
    rows = asked.entries(site.project.reader, site.tenant_id, payout_id)
    if kind != "json":
        return file_answer(kind, "payout", _table(rows, asked.ENTRY_COLUMNS), headers)
    answer = OnePayoutAnswer(
        version=site.published,
        payout=_payout(own),
        entries=[EntryAnswer(**_told(row, asked.ENTRY_COLUMNS)) for row in rows],
    )
    body = answer.model_dump(mode="json")
    for entry, row in zip(body["entries"], rows, strict=True):
        entry["happened_at"] = format_instant(row["happened_at"])
    return json_answer(body, headers)


def _payout(row: Mapping[str, Any]) -> PayoutAnswer:
    return PayoutAnswer(**_told(row, asked.PAYOUT_COLUMNS))


def _told(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {name: plain(row[name]) if isinstance(row[name], Decimal) else row[name] for name in columns}


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    return pa.table({name: [row[name] for row in rows] for name in columns})
