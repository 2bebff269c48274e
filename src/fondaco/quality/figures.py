"""Our side of the reconciliation: daily sums of the ledger in the shop's currency, and the orders behind a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from fondaco.control import Connection
from fondaco.quality.causes import Evidence, OrderEvidence
from fondaco.warehouse import Writer
from fondaco.warehouse.engine import Value

_EVIDENCE_DAYS_AT_MOST = 400
_DAILY = """
    select
        sales_date as day, orders, gross_sales, discounts, returns, net_sales, shipping, taxes, duties, total_sales
    from marts.shop_sales_daily
    where tenant_id = $tenant and connection_id = $connection and currency = $currency
        and sales_date between $first and $last
"""
_BEHIND = """
    with events as (
        select
            order_id, event_date as day, sum(gross_sales) as gross_sales, sum(discounts) as discounts,
            sum(returns) as returns, sum(shipping) as shipping, sum(taxes) as taxes, sum(duties) as duties
        from core.sales_events
        where tenant_id = $tenant and connection_id = $connection and event_date between $first and $last
        group by order_id, event_date
    )
    select
        coalesce(o.order_number, o.source_order_id) as number, events.day, o.order_date, o.is_counted, o.is_test,
        o.is_deleted, o.order_status, o.presentment_currency, o.updated_at,
        events.gross_sales, events.discounts, events.returns, events.shipping, events.taxes, events.duties
    from events
    inner join core.orders as o
        on o.tenant_id = $tenant and o.connection_id = $connection and o.order_id = events.order_id
    order by events.day, number
"""
_IN_OTHER_CURRENCIES = """
    select currency, count(*) as orders
    from core.orders
    where tenant_id = $tenant and connection_id = $connection and currency <> $currency and is_counted
    group by currency
    order by currency
"""
_QUARANTINED = """
    select count(*) as records from raw.fondaco__quarantine
    where tenant_id = $tenant and connection_id = $connection
"""
_FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes", "duties")


def orders_left_out(writer: Writer, connection: Connection) -> dict[str, int]:
    """Counted orders by currency that a comparison in the shop's own currency does not cover."""
    params: dict[str, Value] = {**_whose(connection), "currency": connection.currency}
    found = writer.fetch(_IN_OTHER_CURRENCIES, params).to_pylist()
    return {str(row["currency"]): int(row["orders"]) for row in found}


def our_days(
    writer: Writer, connection: Connection, first: date, last: date
) -> dict[date, dict[str, Decimal]]:
    """Each day's figures on the finance clock; days without anything are left out."""
    params: dict[str, Value] = {
        **_whose(connection),
        "currency": connection.currency,
        "first": first,
        "last": last,
    }
    days: dict[date, dict[str, Decimal]] = {}
    for row in writer.fetch(_DAILY, params).to_pylist():
        day = row.pop("day")
        days[day] = {name: Decimal(value or 0) for name, value in row.items()}
    return days


def read_evidence(writer: Writer, connection: Connection, days: Sequence[date]) -> Evidence:
    """The orders of ``days``; of very many days, those of the newest."""
    wanted = set(sorted(days)[-_EVIDENCE_DAYS_AT_MOST:])
    params: dict[str, Value] = {**_whose(connection), "first": min(wanted), "last": max(wanted)}
    by_day: dict[date, list[OrderEvidence]] = defaultdict(list)
    for row in writer.fetch(_BEHIND, params).to_pylist():
        if row["day"] in wanted:
            by_day[row["day"]].append(_order(row))
    quarantined = writer.fetch(_QUARANTINED, _whose(connection)).column("records")[0].as_py()
    return Evidence({day: tuple(orders) for day, orders in by_day.items()}, int(quarantined))


def _order(row: Mapping[str, Any]) -> OrderEvidence:
    amounts = {figure: Decimal(row[figure] or 0) for figure in _FIGURES}
    amounts["orders"] = Decimal(1 if row["order_date"] == row["day"] else 0)
    updated = row["updated_at"]
    return OrderEvidence(
        number=str(row["number"]),
        day=row["day"],
        amounts=amounts,
        counts=bool(row["is_counted"]),
        is_test=bool(row["is_test"]),
        is_deleted=bool(row["is_deleted"]),
        status=row["order_status"] or "",
        presentment_currency=row["presentment_currency"] or "",
        updated_at=updated.replace(tzinfo=UTC) if updated else None,
    )


def _whose(connection: Connection) -> dict[str, Value]:
    return {"tenant": connection.tenant_id, "connection": connection.connection_id}
