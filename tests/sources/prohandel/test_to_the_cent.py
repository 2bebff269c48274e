"""From the ERP over HTTP to the models: each day's sums, stock, orders at suppliers are the truth of the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.parsed import give_models

from fondaco.landing import Landing
from fondaco.simulator.world.frames import parquet_of
from fondaco.sources.prohandel import ProHandel
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

if TYPE_CHECKING:
    from .conftest import Erp

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
FIGURES = ("gross_sales", "discounts", "returns", "taxes")
MODELS = ("path:models/staging/prohandel", "path:models/conformed/prohandel")
CENT = Decimal("0.01")
LINES = """
select l.ledger_id, strftime(timezone('Europe/Berlin', timezone('UTC', l.happened_at)), '%Y-%m-%d') as day, l.quantity,
    i.unit_price * l.quantity as label, l.gross - l.discount + l.tax as paid
from ledger as l inner join orders as o using (order_id) inner join order_lines as i using (line_id)
where l.line_type = 'product' and l.quantity <> 0 and not o.is_test
"""


def land_everything(landing: Landing, erp: Erp) -> None:
    """Every stream whole, and a connection for the currency."""
    source = erp.source(page_size=100)
    landing.create_tables({"prohandel": ProHandel})
    connection = {"tenant_id": "default", "connection_id": "erp", "source": "prohandel", "name": "ERP"}
    zoned = {"currency": "EUR", "time_zone": "Europe/Berlin", "_synced_at": datetime(2026, 11, 1)}
    landing.land_rows("fondaco__connections", [{**connection, **zoned}])
    for stream in source.streams:
        part = Slice(stream.name, "full")
        if stream.mode is not SyncMode.FULL:
            part = Slice(stream.name, "backfill", END - timedelta(days=500), END + timedelta(seconds=1))
        result = landing.load(landing.spool("erp", "prohandel", stream, part, source.read(stream, part)))
        assert (stream.name, result.quarantined, result.drifted) == (stream.name, 0, ())


def test_each_day_and_every_place_is_the_truth_to_the_cent(
    erp: Erp, empty_warehouse: Warehouse, tmp_path: Path
) -> None:
    land_everything(Landing(empty_warehouse, tmp_path / "spool", "default"), erp)
    give_models(empty_warehouse)
    assert build(empty_warehouse, select=MODELS).failures == ()
    with empty_warehouse.writer() as writer:

        def fetch(sql: str) -> list[dict[str, Any]]:
            return in_order(writer.fetch(sql).to_pylist())

        sums = fetch(
            "select cast(cast(event_at at time zone 'UTC' at time zone 'Europe/Berlin' as date) as varchar) as day, "
            "sum(quantity) as pieces, "
            + ", ".join(f"sum({name}) as {name}" for name in FIGURES)
            + " from conformed.prohandel__sales_events group by 1"
        )
        placed = fetch(
            "select orders.order_id, orders.vendor_total as told, sum(events.gross_sales - events.discounts + events.taxes) "
            "as total from conformed.prohandel__orders as orders inner join conformed.prohandel__sales_events as events "
            "on orders.order_id = events.order_id where events.event_type = 'order' group by 1, 2"
        )
        returned = fetch("select count(*) as n, sum(amount) as amount from conformed.prohandel__refunds")
        only = fetch(
            "select orders.order_status as status, max(events.quantity) < 0 as is_return from conformed.prohandel__orders as "
            "orders inner join conformed.prohandel__sales_events as events on orders.order_id = events.order_id "
            "group by orders.order_id, orders.order_status"
        )
        stock = fetch(
            "select variant_id as variant, location_name as place, on_hand, available "
            "from conformed.prohandel__inventory_levels"
        )
        variants = fetch(
            "select variant_id as variant, sku, barcode, cast(price * 100 as bigint) as price, "
            "cast(unit_cost * 100 as bigint) as cost from conformed.prohandel__variants"
        )
        bought = fetch(
            "select o.source_purchase_order_id as number, o.status, o.location, l.sku, l.quantity, l.received_quantity, "
            "cast(l.unit_cost * 100 as bigint) as cost, s.name as supplier from conformed.prohandel__purchase_order_lines as l "
            "inner join conformed.prohandel__purchase_orders as o on l.purchase_order_id = o.purchase_order_id "
            "inner join conformed.prohandel__suppliers as s on o.supplier_id = s.supplier_id"
        )
        items = fetch("select supplier_id, sku from conformed.prohandel__supplier_items")
        rules = fetch("select location, shop, channel from conformed.prohandel__sales_locations")
    assert in_cents(sums) == sales_of_the_world(erp)
    assert placed and all(row["told"] == row["total"] for row in placed)
    assert returned[0]["amount"] * 100 == -sum(row["paid"] for row in erp.rows(LINES) if row["quantity"] < 0)
    assert {(row["status"], row["is_return"]) for row in only} == {("completed", False), ("returned", True)}
    assert stock == in_order(
        erp.rows(
            "select 'erp:' || v.product_id || '/' || v.variant_id as variant, i.location_name as place, i.on_hand, "
            "i.on_hand - i.committed as available from inventory as i inner join variants as v using (variant_id)"
        )
    )
    assert variants == in_order(
        erp.rows(
            "select 'erp:' || product_id || '/' || variant_id as variant, sku, barcode, price, cost from variants "
            "where not is_gift_card"
        )
    )
    assert bought == in_order(purchases_of_the_world(erp)) and bought
    assert {row["sku"] for row in items} >= {row["sku"] for row in bought}
    assert [row["channel"] for row in rules] == sorted(
        row["name"] for row in erp.rows("select distinct lower(location_name) as name from inventory")
    )


def sales_of_the_world(erp: Erp) -> dict[str, dict[str, Any]]:
    """By day, in cents, line by line: tax comes off what was paid and off the label's price."""
    days: dict[str, dict[str, Any]] = {}
    for row in erp.rows(LINES):
        net, gross = (
            int((Decimal(row[name]) / 100 / Decimal("1.19")).quantize(CENT, ROUND_HALF_UP) * 100)
            for name in ("paid", "label")
        )
        day = days.setdefault(row["day"], dict.fromkeys(("pieces", *FIGURES), 0))
        day["pieces"] += row["quantity"]
        day["taxes"] += row["paid"] - net
        if row["quantity"] > 0:
            day["gross_sales"] += gross
            day["discounts"] += gross - net
        else:
            day["returns"] -= net
    return days


def purchases_of_the_world(erp: Erp) -> list[dict[str, Any]]:
    folder = erp.store.path.parent
    orders, suppliers = (
        f"read_parquet('{parquet_of(folder, table)}')" for table in ("purchase_orders", "suppliers")
    )
    return erp.rows(
        "select p.purchase_order as number, case when min(p.received_on is not null) over (partition by p.purchase_order) "
        "then 'received' else 'open' end as status, 'erp:' || (select min(location_id) from inventory) as location, v.sku, p.quantity, coalesce(p.received_quantity, 0) as received_quantity, "
        f"p.unit_cost as cost, s.name as supplier from {orders} as p inner join variants as v using (shop_id, variant_id) "
        f"inner join {suppliers} as s using (shop_id, supplier)"
    )


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each engine sorts texts by its own rules."""
    return sorted(rows, key=str)


def in_cents(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        row["day"]: {"pieces": row["pieces"], **{name: row[name] * 100 for name in FIGURES}} for row in rows
    }
