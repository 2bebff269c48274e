"""Profit, down to single orders: the orders that lost money, what one order brought and cost, and what no order bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.metrics.statement import ORDER_STATEMENT, PROFIT_PARTS_OF_ORDERS, completed
from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

LOSS_ORDERINGS = ("order_number", "order_date", "net_sales", "contribution_margin_2", "contribution_margin_3")
"""What a list of orders that lost money can be ordered by."""

LOST = {
    "": "contribution_margin_3 < 0",
    "before": "contribution_margin_2 < 0 and contribution_margin_3 < 0",
    "marketing": "contribution_margin_2 >= 0 and contribution_margin_3 < 0",
}
"""Which orders lost money: all that did, those that did before marketing, and those that their part of the day's marketing made lose."""


SOLD_OR_SENT = "not (gross_sales = 0 and net_sales = 0 and other_income = 0 and cost_of_goods = 0 and shipping_costs = 0 and fulfilment_costs = 0)"
"""An order of which nothing was sold or sent is a gift card: money that is owed, and neither won nor lost until it is redeemed."""


def has_profit(reader: Reader) -> bool:
    """Whether what is published has profit in it: an older Fondaco worked out none."""
    try:
        reader.query("select 1 as one from marts.order_profit limit 0")
    except OutdatedError:
        return False
    return True


def list_losses(
    layer: SemanticLayer,
    reader: Reader,
    query: MetricQuery,
    tenant_id: str,
    *,
    which: str = "",
    find: str = "",
    order_by: str = "contribution_margin_3",
    limit: int | None = None,
    offset: int = 0,
) -> pa.Table:
    """Orders placed in the query's period that lost money, with their whole statement: what happened to them later is in it.

    Parameters
    ----------
    query
        Its metrics, dimensions and clock are not looked at.
    which
        A name of ``LOST``.
    find
        Part of an order number, in whatever case.
    order_by
        A name of ``LOSS_ORDERINGS``, with ``-`` in front for the largest first.

    Columns
    -------
    order_id, connection_id, order_number, order_date, country, customer_type
        As in ``marts.order_profit``.
    net_sales, marketing_costs, contribution_margin_2, contribution_margin_3
        Of the whole order.
    matches
        How many orders there are in all; the same in each row.
    """
    rows, params = layer.rows_of("order_profit", query, tenant_id)
    name = order_by.removeprefix("-")
    direction = "desc" if order_by.startswith("-") else "asc"
    found = " and strpos(lower(order_number), lower($find)) > 0" if find else ""
    paging = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
    sql = (
        "select order_id, order_profit.connection_id, order_number, order_date, country, customer_type, net_sales,"
        f" marketing_costs, contribution_margin_2, contribution_margin_3, count(*) over () as matches\n{rows}"
        f" and {LOST[which]} and order_sequence is not null and {SOLD_OR_SENT}{found}\n"
        f"order by {name} {direction} nulls last, order_id{paging}"
    )
    return reader.query(sql, {**params, "find": find} if find else params)


_BROUGHT = " + ".join(
    f"{'-' if step.sign < 0 else ''}{step.metric}" for step in ORDER_STATEMENT if not step.is_sum
)


def later_events(
    layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str, *, limit: int, offset: int = 0
) -> Sequence[Row]:
    """Earlier orders of which something happened in the query's period, such as a return or a fee that came late, that cost money; the dearest first.

    By the finance clock: what makes a day lose that sold well. Its metrics, dimensions and clock are not looked at.

    Columns
    -------
    order_id, order_number, order_date
    returns, payment_costs, chargebacks
        In the period.
    brought
        What all of it added to contribution margin 3, below nought.
    matches, whole
        How many such orders there are, and what they brought together; the same in each row.
    """
    rows, params = layer.rows_of("profit_ledger", replace(query, clock="finance"), tenant_id)
    sql = (
        "select later.*, orders.order_number, count(*) over () as matches, sum(later.brought) over () as whole from (\n"
        "select order_id, max(order_date) as order_date, sum(returns) as returns, sum(payment_costs) as payment_costs,"
        f" sum(chargebacks) as chargebacks, sum({_BROUGHT}) as brought\n{rows} and order_id is not null"
        " and order_date < $first\ngroup by order_id\n) as later\n"
        "left join marts.orders as orders on later.order_id = orders.order_id and orders.tenant_id = $tenant_id\n"
        f"where later.brought < 0\norder by later.brought, later.order_id\nlimit {int(limit)} offset {int(offset)}"
    )
    found: Sequence[Row] = reader.query(sql, params).to_pylist()
    return found


def assumed_goods(
    layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str, *, limit: int
) -> Sequence[Row]:
    """Goods whose cost nobody tells, by how much of it is assumed, the largest first.

    Columns
    -------
    product_id, title, sku
        As far as they are known.
    assumed_cost_of_goods
        In the query's period; its metrics and dimensions are not looked at.
    """
    rows, params = layer.rows_of("profit_ledger", query, tenant_id)
    sql = (
        "select product_id, max(line_title) as title, sku, sum(assumed_cost_of_goods) as assumed_cost_of_goods\n"
        f"{rows} and assumed_cost_of_goods <> 0\ngroup by product_id, sku\n"
        f"order by sum(assumed_cost_of_goods) desc, product_id, sku\nlimit {int(limit)}"
    )
    found: Sequence[Row] = reader.query(sql, params).to_pylist()
    return found


@dataclass(frozen=True, slots=True)
class ProfitRow:
    """One thing that an order earned by or paid for.

    Attributes
    ----------
    event
        Its row of ``marts.profit_ledger``.
    share
        Which part it bears of what the order cost as a whole, such as its parcel; None where it bears none.
    net_sales, brings
        What it adds to the order's net sales, and to its CM3.
    """

    event: Row
    share: Decimal | None
    net_sales: Decimal
    brings: Decimal


@dataclass(frozen=True, slots=True)
class OrderProfit:
    """The statement of one order, whenever its parts happened, and the rows that it adds up.

    Attributes
    ----------
    fee_names
        What a platform calls the fees that it charged for the order, by the day on which it did.
    """

    statement: Mapping[str, Decimal]
    rows: Sequence[ProfitRow]
    fee_names: Mapping[date, Sequence[str]]


_ROWS = f"""
select profit_event_type, profit_event_id, event_type, line_type, line_title, sku, product_id, event_date, units_sold,
    units_returned, units_restocked, {", ".join(PROFIT_PARTS_OF_ORDERS)}, assumed_cost_of_goods, assumed_payment_costs,
    unit_cost, cost_rate, cost_basis
from marts.profit_ledger
where tenant_id = $tenant_id and order_id = $order_id and order_date = $order_date
order by event_date, case profit_event_type when 'sale' then 0 else 1 end, profit_event_id
"""


_FEE_NAMES = """
select charged_date, name
from marts.fees
where tenant_id = $tenant_id and order_id = $order_id and order_date = $order_date
group by charged_date, name
order by charged_date, name
"""


def order_profit(reader: Reader, tenant_id: str, order: Row) -> OrderProfit | None:
    """What an order brought and cost; None where nothing is known of it.

    Parameters
    ----------
    order
        Its row of ``marts.orders``.
    """
    params: dict[str, Value] = {
        "tenant_id": tenant_id, "order_id": order["order_id"], "order_date": order["order_date"]
    }  # fmt: skip
    try:
        events: list[Row] = reader.query(_ROWS, params).to_pylist()
    except OutdatedError:
        return None
    if not events:
        return None
    parts = {name: sum((event[name] for event in events), Decimal(0)) for name in PROFIT_PARTS_OF_ORDERS}
    shares = _shares(events)
    rows = []
    for event in events:
        own = completed(event, ORDER_STATEMENT)
        share = shares.get(event["profit_event_id"])
        rows.append(ProfitRow(event, share, own["net_sales"], own["contribution_margin_3"]))
    has_fees = any(event["profit_event_type"] == "fee" for event in events)
    return OrderProfit(
        completed(parts, ORDER_STATEMENT), rows, _fee_names(reader, params) if has_fees else {}
    )


def _fee_names(reader: Reader, params: Mapping[str, Value]) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for row in reader.query(_FEE_NAMES, params).to_pylist():
        found.setdefault(row["charged_date"], []).append(row["name"])
    return found


def _shares(events: Sequence[Row]) -> dict[str, Decimal]:
    """Which part each row of the sales ledger bears, as ``core_cost_shares`` has it: by the value of what was ordered; where
    nothing was, the first row bears all."""
    sales = [event for event in events if event["profit_event_type"] == "sale"]
    ordered = [each for each in sales if each["line_type"] == "product" and each["event_type"] == "order"]
    weights = {
        each["profit_event_id"]: max(each["gross_sales"] - each["discounts"], Decimal(0)) for each in ordered
    }
    whole = sum(weights.values(), Decimal(0))
    if whole:
        return {name: weight / whole for name, weight in weights.items() if weight}
    return {min(each["profit_event_id"] for each in sales): Decimal(1)} if sales else {}
