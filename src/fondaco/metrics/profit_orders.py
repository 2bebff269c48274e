"""Orders with what each brought: the list behind the figures of profit, its sums, and what lies between these and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.metrics.statement import ORDER_STATEMENT
from fondaco.warehouse.engine import Reader, Value

AMOUNTS = (
    "net_sales", "contribution_margin_1", "contribution_margin_2", "marketing_costs", "contribution_margin_3",
)  # fmt: skip
MARGIN = "contribution_margin_3_rate"
PLACES = ("order_id", "order_number", "order_date", "connection_id", "channel", "country", "customer_type")
COLUMNS = (*PLACES, *AMOUNTS, MARGIN)
PROFIT_ORDERINGS = ("order_number", "order_date", "country", "customer_type", *AMOUNTS, MARGIN)
"""What a list of orders with their profit can be ordered by."""

WHICH = ("", "lost", "earlier")
"""Which orders: those placed in the period; of these such as lost money; and others of which something happened in it."""


@dataclass(frozen=True, slots=True)
class OrdersAsked:
    """Which orders are asked for.

    Attributes
    ----------
    query
        Its days, by which orders were placed, and its conditions; its metrics, dimensions and clock are not looked at.
    which
        A name of ``WHICH``. Orders placed have their whole statement, whenever its parts happened; ``earlier`` ones were placed on other days
        and have what happened in the period alone.
    campaign_id
        Only those that this campaign brought; empty: those of which only the platform is known; None: whatever brought them.
    find
        Part of an order number, in whatever case.
    """

    query: MetricQuery
    which: str = ""
    campaign_id: str | None = None
    find: str = ""


def list_order_profits(
    layer: SemanticLayer,
    reader: Reader,
    asked: OrdersAsked,
    tenant_id: str,
    *,
    order_by: str = "-order_date",
    limit: int | None = None,
    offset: int = 0,
) -> pa.Table:
    """Orders with what each brought.

    Parameters
    ----------
    order_by
        A name of ``PROFIT_ORDERINGS``, with ``-`` in front for the largest first. Orders that are alike in it follow by their ids.

    Columns
    -------
    order_id, order_number, order_date, connection_id, channel, country, customer_type
        As in ``marts.order_profit``.
    net_sales, contribution_margin_1, contribution_margin_2, marketing_costs, contribution_margin_3
        In the reporting currency.
    contribution_margin_3_rate
        CM3 ÷ net sales; null where no more was sold than given back.
    """
    found, params = _found(layer, asked, tenant_id)
    name, direction = order_by.removeprefix("-"), "desc" if order_by.startswith("-") else "asc"
    ordered = f"order by {name} {direction} nulls last, order_id {direction}"
    if limit is None:
        return reader.query(f"with {found}\nselect {', '.join(COLUMNS)} from found\n{ordered}", params)
    # Only what orders the rows is sorted, amounts as floats: a page in the middle of a million orders takes half the time.
    key = f"cast({name} as double precision)" if name in (*AMOUNTS, MARGIN) else name
    sql = (
        f"with {found},\n\npage as (\nselect order_id, order_date\nfrom found\norder by {key} {direction} nulls last,"
        f" order_id {direction}\nlimit {int(limit)} offset {int(offset)}\n)\n\n"
        f"select {', '.join(f'found.{each}' for each in COLUMNS)}\nfrom page\n"
        "inner join found on page.order_id = found.order_id and page.order_date = found.order_date\n"
        f"order by found.{name} {direction} nulls last, found.order_id {direction}"
    )
    return reader.query(sql, params)


def sum_order_profits(
    layer: SemanticLayer, reader: Reader, asked: OrdersAsked, tenant_id: str
) -> Mapping[str, Any]:
    """How many ``orders`` there are, and what they brought together, under the names of the list's columns."""
    found, params = _found(layer, asked, tenant_id)
    sums = ", ".join(f"cast(coalesce(sum({name}), 0) as decimal(38, 6)) as {name}" for name in AMOUNTS)
    [row] = reader.query(f"with {found}\nselect count(*) as orders, {sums} from found", params).to_pylist()
    return {**row, MARGIN: margin(row)}


def outside_of_period(
    layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str
) -> Mapping[str, Any]:
    """What happened on other days to the orders placed in the period, under the names of the list's columns, and to how many ``orders``.

    It is in their statements, but by the finance clock not in the figures of the period.
    """
    rows, params = layer.rows_of("profit_ledger", _of_ledger(query, "order"), tenant_id)
    sums = ", ".join(
        f"cast(coalesce(sum({sql}), 0) as decimal(38, 6)) as {name}" for name, sql in _SUMS.items()
    )
    sql = f"select count(distinct order_id) as orders, {sums}\n{rows} and not event_date between $first and $last"
    [row] = reader.query(f"{sql} and order_id is not null", params).to_pylist()
    return {**row, MARGIN: margin(row)}


def margin(row: Mapping[str, Any]) -> Decimal | None:
    """CM3 as a part of net sales; None where more was given back than sold, for that is no whole to take a part of."""
    net_sales: Decimal = row["net_sales"]
    return row["contribution_margin_3"] / net_sales if net_sales > 0 else None


def _sums() -> dict[str, str]:
    """Each amount of the list as an expression over a row of the ledger of profit."""
    found: dict[str, str] = {}
    level: list[str] = []
    for step in ORDER_STATEMENT:
        if not step.is_sum:
            level.append(f"{'-' if step.sign < 0 else '+'} {step.metric}")
        if step.metric in AMOUNTS:
            found[step.metric] = f"0 {' '.join(level)}" if step.is_sum else step.metric
    return found


_SUMS = _sums()
_RATE = (
    f"cast(case when net_sales > 0 then contribution_margin_3 / net_sales end as decimal(38, 6)) as {MARGIN}"
)


def _of_ledger(query: MetricQuery, clock: str) -> MetricQuery:
    return replace(
        query, metrics=("contribution_margin_3",), by=(), clock="order" if clock == "order" else "finance"
    )


def _found(layer: SemanticLayer, asked: OrdersAsked, tenant_id: str) -> tuple[str, dict[str, Value]]:
    """The CTE ``found`` with the columns of the list, those before it, and the parameters."""
    query = replace(asked.query, metrics=("loss_making_orders",), by=())
    rows, params = layer.rows_of("order_profit", query, tenant_id)
    begun, source = "", rows
    if asked.which == "earlier":
        begun, source = _earlier(layer, asked, tenant_id)
    elif asked.which == "lost":
        source += " and contribution_margin_3 < 0 and order_sequence is not null"
    if asked.campaign_id is not None:
        source += (
            " and order_profit.order_id in (select order_campaigns.order_id from marts.order_campaigns as order_campaigns"
            " where order_campaigns.tenant_id = $tenant_id and coalesce(order_campaigns.campaign_id, '') = $campaign_id)"
        )
        params["campaign_id"] = asked.campaign_id
    if asked.find:
        source += " and strpos(lower(order_profit.order_number), lower($find)) > 0"
        params["find"] = asked.find
    own = "happened" if asked.which == "earlier" else "order_profit"
    columns = [*(f"order_profit.{name}" for name in PLACES), *(f"{own}.{name}" for name in AMOUNTS)]
    inner = f"select {', '.join(columns)}\n{source}"
    return f"{begun}found as not materialized (\nselect *, {_RATE}\nfrom (\n{inner}\n) as listed\n)", params


def _earlier(layer: SemanticLayer, asked: OrdersAsked, tenant_id: str) -> tuple[str, str]:
    """What happened in the period to orders placed on other days: a CTE that sums it, and the rows that have it and the order."""
    rows, _ = layer.rows_of("profit_ledger", _of_ledger(asked.query, "finance"), tenant_id)
    sums = ", ".join(f"cast(sum({sql}) as decimal(38, 6)) as {name}" for name, sql in _SUMS.items())
    happened = (
        f"happened as materialized (\nselect order_id, order_date, {sums}\n{rows} and order_id is not null"
        " and not order_date between $first and $last\ngroup by order_id, order_date\n),\n\n"
    )
    source = (
        "from happened\ninner join marts.order_profit as order_profit"
        " on happened.order_id = order_profit.order_id and happened.order_date = order_profit.order_date\n"
        "where order_profit.tenant_id = $tenant_id"
    )
    return happened, source
