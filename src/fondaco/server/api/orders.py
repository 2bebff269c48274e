"""Orders with what each brought."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from fondaco.metrics import MetricQuery, OrdersAsked, list_order_profits
from fondaco.metrics.profit_orders import AMOUNTS, COLUMNS, MARGIN, PROFIT_ORDERINGS
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.metrics import CONFLICT, ERRORS, plain
from fondaco.server.api.paging import cursor_at, offset_of
from fondaco.server.api.profit import PeriodQuestion
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
from fondaco.server.pages.orders_state import OF_ORDERS
from fondaco.server.pages.sheets import parse_sheet
from fondaco.server.periods import Period
from fondaco.server.site import Site, the_site

router = APIRouter(tags=["orders"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
_NOTHING: dict[str, Any] = {"orders": 0, **dict.fromkeys(AMOUNTS, "0"), MARGIN: None}


class OrdersQuestion(PeriodQuestion):
    """Days, by which orders were placed, conditions, order and format. A condition of `~` is for orders of which the value is not known."""

    country: str = Field("", description="Two letters, such as DE.")
    channel: str = ""
    customer_type: str = Field("", description="new or returning.")
    campaign_id: str = Field("", description="A campaign's id: the orders that it brought.")
    which: Literal["", "lost", "earlier"] = Field(
        "",
        description="Orders placed in the days, with their whole statement; lost: of these those that lost money; earlier: those placed on other "
        "days, with what happened to them in these alone.",
    )
    find: str = Field("", max_length=200, description="Part of an order number.")
    order_by: str = Field(
        "-order_date",
        description=f"One of {', '.join(PROFIT_ORDERINGS)}; `-` in front for the largest first.",
    )
    cursor: str = Field("", max_length=512, description="The `next` of the page before.")
    limit: int = Field(100, ge=1, le=10_000)
    format: Format = "json"

    def asked(self, period: Period) -> OrdersAsked:
        """The orders asked for."""
        told = {"connection_id": self.shop} | {name: getattr(self, name) for name in OF_ORDERS}
        where = {name: "" if value == "~" else value for name, value in told.items() if value}
        query = MetricQuery(("loss_making_orders",), first=period.first, last=period.last, where=where)
        campaign = {"": None, "~": ""}.get(self.campaign_id, self.campaign_id)
        return OrdersAsked(query, self.which, campaign, self.find.strip())


class OrderAnswer(BaseModel):
    """An order with what it brought; amounts are strings in the reporting currency."""

    order_id: str
    order_number: str | None
    order_date: date
    connection_id: str | None
    channel: str | None
    country: str | None
    customer_type: str | None = Field(description="new or returning.")
    net_sales: str
    contribution_margin_1: str
    contribution_margin_2: str
    marketing_costs: str
    contribution_margin_3: str
    contribution_margin_3_rate: str | None = Field(
        description="CM3 ÷ net sales; null where no more was sold than given back."
    )


class OrdersSum(BaseModel):
    """How many orders there are on all pages, and what they brought together."""

    orders: int
    net_sales: str
    contribution_margin_1: str
    contribution_margin_2: str
    marketing_costs: str
    contribution_margin_3: str
    contribution_margin_3_rate: str | None


class OrdersAnswer(BaseModel):
    """A page of orders."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    currency: str
    version: str | None = Field(description="The published state that answered.")
    total: OrdersSum
    rows: list[OrderAnswer]
    next: str | None = Field(description="Send it as `cursor` for the next page; null after the last.")


@router.get(
    "/orders",
    summary="Orders with what each brought",
    response_model=OrdersAnswer,
    responses=FILES | CONFLICT,
)
def orders(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[OrdersQuestion, Query()]
) -> Response:
    """Orders placed in the days with net sales, margins and marketing, page by page, as JSON, CSV or Parquet (`format`, or the Accept
    header), with the sum of all of them. The `Link` header leads to the next page; a cursor holds for one question and one published state."""
    kind = checked_format(request, site, token, question.format)
    parse_sheet("orders", {"orders_order": question.order_by}, PROFIT_ORDERINGS)
    period, version = question.period(site), site.published
    asked = question.asked(period)
    mark = (period, asked, question.order_by)
    offset = offset_of(question.cursor, version, mark)
    headers = tag_headers(request, version, period)
    if (same := unchanged(request, headers)) is not None:
        return same
    known = version is not None and site.has_profit
    table = _page(site, asked, question, offset) if known else pa.table({name: [] for name in COLUMNS})
    whole = site.order_profits_sum(asked) if known else _NOTHING
    there = offset + table.num_rows
    cursor = cursor_at(version, mark, there) if table.num_rows and there < whole["orders"] else None
    headers |= next_link(request, cursor)
    if kind != "json":
        return file_answer(kind, "orders", table, headers)
    answer = OrdersAnswer(
        first=period.first,
        last=period.last,
        currency=site.currency,
        version=version,
        total=OrdersSum(**_told(whole)),
        rows=[OrderAnswer(**_told(row)) for row in table.to_pylist()],
        next=cursor,
    )
    return json_answer(answer.model_dump(mode="json", by_alias=True), headers)


def _page(site: Site, asked: OrdersAsked, question: OrdersQuestion, offset: int) -> pa.Table:
    return list_order_profits(
        site.layer, site.project.reader, asked, site.tenant_id,
        order_by=question.order_by, limit=question.limit, offset=offset,
    )  # fmt: skip


def _told(row: Any) -> dict[str, Any]:
    """Amounts as strings; the rate of a sum is as exact as that of a row."""
    told = {name: plain(value) if name in AMOUNTS else value for name, value in row.items()}
    rate = row[MARGIN]
    return {**told, MARGIN: None if rate is None else format(rate, ".6f")}
