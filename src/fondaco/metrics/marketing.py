"""Advertising, down to single orders: the campaigns there are, the orders each brought, and where one order came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from fondaco.metrics.by_index import rows_of_one
from fondaco.metrics.statement import PROFIT_STATEMENT, StatementStep, completed
from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

CAMPAIGN_STATEMENT: tuple[StatementStep, ...] = (
    *PROFIT_STATEMENT[: 1 + [step.metric for step in PROFIT_STATEMENT].index("contribution_margin_2")],
    StatementStep("ad_spend", -1),
    StatementStep("campaign_profit", is_sum=True),
)
"""From the gross sales of what a campaign brought to what is left once it is paid."""

_PARTS = tuple(step.metric for step in CAMPAIGN_STATEMENT if not step.is_sum and step.metric != "ad_spend")

CONDITIONS: Mapping[str, str] = {
    "platform": "order_campaigns.platform",
    "account": "campaigns.account_name",
    "campaign_id": "order_campaigns.campaign_id",
}
"""What the orders of advertising can be restricted by."""

ATTRIBUTED_ORDERINGS = ("order_number", "order_date", "net_sales", "contribution_margin_2")
"""What a list of attributed orders can be ordered by."""

_ATTRIBUTED = """
from marts.order_campaigns as order_campaigns
inner join marts.order_profit as order_profit
    on order_campaigns.order_id = order_profit.order_id and order_campaigns.tenant_id = order_profit.tenant_id
left join marts.campaigns as campaigns
    on order_campaigns.campaign_id = campaigns.campaign_id and order_campaigns.tenant_id = campaigns.tenant_id
where order_campaigns.tenant_id = $tenant_id and order_campaigns.role = $role
    and order_profit.order_date between $first and $last"""

_ORIGIN = f"""
with {rows_of_one("found", "order_campaigns", "order_id")}

select found.platform, found.role, found.campaign_id, found.matched_by, campaigns.name as campaign_name
from found
left join marts.campaigns as campaigns
    on found.campaign_id = campaigns.campaign_id and found.tenant_id = campaigns.tenant_id
where found.tenant_id = $tenant_id
"""


def has_marketing(reader: Reader) -> bool:
    """Whether what is published knows of advertising: an older Fondaco did not."""
    try:
        marts = (
            "campaigns", "campaigns_daily", "messages_daily", "order_campaigns", "order_profit", "visits_daily",
        )  # fmt: skip
        for mart in marts:
            reader.query(f"select 1 as one from marts.{mart} limit 0")
        reader.query("select role from marts.order_campaigns limit 0")
    except OutdatedError:
        return False
    return True


def has_figures(reader: Reader, tenant_id: str) -> bool:
    """Whether anything was ever spent on, claimed or brought by advertising."""
    return _has_rows(reader, tenant_id, "campaigns_daily")


def has_messages(reader: Reader, tenant_id: str) -> bool:
    """Whether anybody was ever written to, or an order came from a message."""
    return _has_rows(reader, tenant_id, "messages_daily")


def _has_rows(reader: Reader, tenant_id: str, mart: str) -> bool:
    sql = f"select 1 as one from marts.{mart} where tenant_id = $tenant_id limit 1"
    return bool(reader.query(sql, {"tenant_id": tenant_id}).num_rows)


def read_campaigns(reader: Reader, tenant_id: str) -> dict[str, Row]:
    """All campaigns of all ad accounts by their id: the columns of ``marts.campaigns``."""
    rows: list[Row] = reader.query(
        "select * from marts.campaigns where tenant_id = $tenant_id order by name, campaign_id",
        {"tenant_id": tenant_id},
    ).to_pylist()
    return {row["campaign_id"]: row for row in rows}


def origin_of(reader: Reader, tenant_id: str, order_id: str) -> Row | None:
    """Which advertising or message an order came from; None where nothing is known of any.

    Columns
    -------
    platform, role, campaign_id, campaign_name
        The campaign is None where only the platform is known; the role is ads or messages.
    matched_by
        As in ``marts.order_campaigns``.
    """
    try:
        found: list[Row] = reader.query(_ORIGIN, {"tenant_id": tenant_id, "order_id": order_id}).to_pylist()
    except OutdatedError:
        return None
    return found[0] if found else None


def attributed_statement(
    reader: Reader,
    tenant_id: str,
    first: date,
    last: date,
    where: Mapping[str, str],
    *,
    ad_spend: Decimal,
    role: str = "ads",
) -> dict[str, Decimal]:
    """``CAMPAIGN_STATEMENT`` of the orders placed in a period that came from advertising, with all that happened to them since.

    Parameters
    ----------
    role
        ``messages`` for orders that came from messages.
    where
        Values of ``CONDITIONS``; an empty text stands for what has none.
    ad_spend
        What was spent for them, in the reporting currency.
    """
    conditions, params = _restricted(where)
    sums = ", ".join(f"coalesce(sum(order_profit.{name}), 0) as {name}" for name in _PARTS)
    [row] = reader.query(
        f"select {sums}{_ATTRIBUTED}{conditions}",
        {"tenant_id": tenant_id, "first": first, "last": last, "role": role, **params},
    ).to_pylist()
    parts = {name: Decimal(row[name]) for name in _PARTS} | {"ad_spend": ad_spend}
    return completed(parts, CAMPAIGN_STATEMENT)


def list_attributed(
    reader: Reader,
    tenant_id: str,
    first: date,
    last: date,
    where: Mapping[str, str],
    *,
    find: str = "",
    order_by: str = "-order_date",
    limit: int,
    offset: int = 0,
    role: str = "ads",
) -> pa.Table:
    """Orders placed in a period that came from advertising, with all that happened to them since.

    Parameters
    ----------
    where, role
        As of ``attributed_statement``.
    find
        Part of an order number, in whatever case.
    order_by
        A name of ``ATTRIBUTED_ORDERINGS``, with ``-`` in front for the largest first.

    Columns
    -------
    order_id, connection_id, order_number, order_date, country, customer_type, net_sales, contribution_margin_2
        As in ``marts.order_profit``.
    platform, campaign_id, campaign_name, matched_by
        Where it came from, and how that is known.
    matches
        How many orders there are in all; the same in each row.
    """
    conditions, params = _restricted(where)
    if find:
        conditions += " and strpos(lower(order_profit.order_number), lower($find)) > 0"
        params["find"] = find
    name = order_by.removeprefix("-")
    direction = "desc" if order_by.startswith("-") else "asc"
    sql = (
        "select order_profit.order_id, order_profit.connection_id, order_profit.order_number, order_profit.order_date,"
        " order_profit.country, order_profit.customer_type, order_profit.net_sales, order_profit.contribution_margin_2,"
        " order_campaigns.platform, order_campaigns.campaign_id, campaigns.name as campaign_name,"
        f" order_campaigns.matched_by, count(*) over () as matches{_ATTRIBUTED}{conditions}\n"
        f"order by order_profit.{name} {direction} nulls last, order_profit.order_id\n"
        f"limit {int(limit)} offset {int(offset)}"
    )
    return reader.query(sql, {"tenant_id": tenant_id, "first": first, "last": last, "role": role, **params})


def _restricted(where: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
    """Conditions in SQL and their values."""
    conditions, params = "", {}
    for name, value in where.items():
        column = CONDITIONS[name]
        if value:
            conditions += f" and {column} = ${name}"
            params[name] = value
        else:
            conditions += f" and {column} is null"
    return conditions, dict[str, Value](params)
