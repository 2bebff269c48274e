"""Where a figure leads in the end: the orders behind it, and all that is known of one order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from fondaco.metrics.by_index import rows_of_one
from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.warehouse.engine import Reader, Value

Row = Mapping[str, Any]

ORDERINGS = ("ordered_at", "order_number", "units", "net_sales", "total_sales")
"""What a list of orders can be ordered by."""


def list_orders(
    layer: SemanticLayer,
    reader: Reader,
    query: MetricQuery,
    tenant_id: str,
    *,
    find: str = "",
    order_by: str = "-ordered_at",
    limit: int,
    offset: int = 0,
) -> pa.Table:
    """Orders with events in the query's period, by its clock and under its conditions.

    The amounts of an order are those of these events alone, so that the list adds up to the figures of the same query: by
    the finance clock an order of last month stands here with what was sent back in this one.

    Parameters
    ----------
    query
        Its metrics and dimensions are not looked at.
    find
        Part of an order number, in whatever case.
    order_by
        A name of ``ORDERINGS``, with ``-`` in front for the largest first.

    Columns
    -------
    order_id, connection_id, order_number, ordered_at (naive UTC), country, channel, customer_type, is_cancelled
        As in ``marts.orders``.
    units, net_sales, total_sales
        Of the events in the period; units less those sent back.
    matches
        How many orders there are in all; the same in each row.
    """
    rows, params = layer.rows_of("sales_ledger", query, tenant_id)
    name = order_by.removeprefix("-")
    direction = "desc" if order_by.startswith("-") else "asc"
    page = f"order by {name} {direction} nulls last, order_id\nlimit {int(limit)} offset {int(offset)}"
    # What needs nothing of the orders themselves is cut to a page before they are joined, which are by far the most rows.
    if find or name == "order_number":
        found = " and strpos(lower(orders.order_number), lower($find)) > 0" if find else ""
        source = (
            "select events.*, orders.order_number\nfrom events\ninner join marts.orders as orders"
            f" on events.order_id = orders.order_id and events.order_date = orders.order_date\nwhere orders.tenant_id = $tenant_id{found}"
        )
    else:
        source = "select * from events"
    sql = (
        "with events as (\nselect sales_ledger.order_id as order_id, max(sales_ledger.ordered_at) as ordered_at,"
        " max(sales_ledger.order_date) as order_date,"
        " cast(sum(sales_ledger.net_units) as bigint) as units, sum(sales_ledger.net_sales) as net_sales,"
        f" sum(sales_ledger.total_sales) as total_sales\n{rows}\ngroup by 1\n),\n\nfound as (\n{source}\n),\n\n"
        f"page as (\nselect *, count(*) over () as matches\nfrom found\n{page}\n)\n\n"
        "select orders.order_id, orders.connection_id, orders.order_number, orders.ordered_at, orders.country,"
        " orders.channel, orders.customer_type, orders.is_cancelled, page.units,"
        " cast(page.net_sales as decimal(38, 6)) as net_sales,"
        " cast(page.total_sales as decimal(38, 6)) as total_sales, page.matches\n"
        "from page\ninner join marts.orders as orders"
        " on page.order_id = orders.order_id and page.order_date = orders.order_date"
        "\nwhere orders.tenant_id = $tenant_id"
        f"\norder by {'orders' if name in ('ordered_at', 'order_number') else 'page'}.{name} {direction} nulls last,"
        " orders.order_id"
    )
    return reader.query(sql, {**params, "find": find} if find else params)


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that is known of one order. Amounts are in the reporting currency, instants naive UTC.

    Attributes
    ----------
    order
        Its row of ``marts.orders``, with ``customer_orders``: how many orders its person has placed.
    lines
        What was bought, one row a line: title, sku, product_id, units_sold, units_returned and amounts.
    events
        Its part of the sales ledger, oldest first.
    discounts, refunds, payments
        Its rows of these marts, oldest first.
    """

    order: Row
    lines: Sequence[Row]
    events: Sequence[Row]
    discounts: Sequence[Row]
    refunds: Sequence[Row]
    payments: Sequence[Row]


_ORDER = f"""
with {rows_of_one("found", "orders", "order_id")}

select * from found
where tenant_id = $tenant_id
limit 1
"""
_CUSTOMER = f"""
with {rows_of_one("found", "customers", "person_id", "tenant_id, orders")}

select orders from found
where tenant_id = $tenant_id
"""

# An order's rows all carry its day, by which an engine can leave out most of a table unread.
_OF_THE_ORDER = "where tenant_id = $tenant_id and order_id = $order_id and order_date = $order_date"

_EVENTS = f"""
select order_line_id, sku, product_id, event_at, event_date, event_type, line_type, line_title, units_sold, units_returned,
    gross_sales, discounts, returns, net_sales, shipping, taxes, duties, additional_fees, tips, gift_card_sales,
    total_sales
from marts.sales_ledger
{_OF_THE_ORDER}
order by event_at, sales_event_id
"""

_DISCOUNTS = (
    f"select code, title, discount_type, amount from marts.order_discounts {_OF_THE_ORDER}"
    " order by order_discount_id"
)
_REFUNDS = (
    f"select refunded_at, reason, amount from marts.refunds {_OF_THE_ORDER} order by refunded_at, refund_id"
)
_PAYMENTS = (
    "select processed_at, kind, status, gateway, amount, received, fee"
    f" from marts.payments {_OF_THE_ORDER} order by processed_at, payment_id"
)


def one_order(reader: Reader, tenant_id: str, order_id: str) -> OrderRecord | None:
    """The order of that id; None if there is none that counts."""
    params: dict[str, Value] = {"tenant_id": tenant_id, "order_id": order_id}
    found: list[Row] = reader.query(_ORDER, params).to_pylist()
    if not found:
        return None
    order = found[0]
    customers = reader.query(_CUSTOMER, {"tenant_id": tenant_id, "person_id": order["person_id"]})
    placed = customers.column("orders").to_pylist()
    params["order_date"] = order["order_date"]

    def rows(sql: str) -> list[Row]:
        answer: list[Row] = reader.query(sql, params).to_pylist()
        return answer

    events = rows(_EVENTS)
    return OrderRecord(
        order={**order, "customer_orders": placed[0] if placed else None},
        lines=_lines(events),
        events=events,
        discounts=rows(_DISCOUNTS),
        refunds=rows(_REFUNDS),
        payments=rows(_PAYMENTS),
    )


_SUMMED = ("units_sold", "units_returned", "gross_sales", "discounts", "returns", "net_sales")


def _lines(events: Sequence[Row]) -> list[Row]:
    """What was bought: all events of each line together, in the order of their first."""
    of_line: dict[str | None, list[Row]] = defaultdict(list)
    for event in events:
        if event["line_type"] == "product":
            of_line[event["order_line_id"]].append(event)
    lines = [
        {
            "order_line_id": line_id,
            "title": _largest(event["line_title"] for event in own),
            "sku": _largest(event["sku"] for event in own),
            "product_id": _largest(event["product_id"] for event in own),
            **{name: sum(event[name] for event in own) for name in _SUMMED},
        }
        for line_id, own in of_line.items()
    ]
    return sorted(
        lines, key=lambda line: (of_line[line["order_line_id"]][0]["event_at"], line["order_line_id"] or "")
    )


def _largest(values: Iterable[str | None]) -> str | None:
    return max((value for value in values if value is not None), default=None)
