"""From the shop over HTTP to the ledger: each day's sums are the truth of the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.parsed import give_models

from fondaco.landing import Landing
from fondaco.sources.magento import Magento
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

if TYPE_CHECKING:
    from .conftest import Shop

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes")
MODELS = ("path:models/staging/magento", "path:models/conformed/magento")
SERVED = "order_id in (select order_id from orders where deleted_at is null)"


def land_everything(landing: Landing, shop: Shop) -> None:
    """Every stream whole, and a connection for the currency."""
    source = shop.source()
    landing.create_tables({"magento": Magento})
    connection = {"tenant_id": "default", "connection_id": "delta", "source": "magento", "name": "Delta"}
    zoned = {"currency": "EUR", "time_zone": "Europe/Amsterdam", "_synced_at": datetime(2026, 11, 1)}
    landing.land_rows("fondaco__connections", [{**connection, **zoned}])
    for stream in source.streams:
        part = Slice(stream.name, "full")
        if stream.mode is not SyncMode.FULL:
            part = Slice(stream.name, "backfill", END - timedelta(days=500), END + timedelta(seconds=1))
        result = landing.load(landing.spool("delta", "magento", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ())


def test_each_day_of_the_ledger_is_the_truth_to_the_cent(
    shop: Shop, empty_warehouse: Warehouse, tmp_path: Path
) -> None:
    land_everything(Landing(empty_warehouse, tmp_path / "spool", "default"), shop)
    give_models(empty_warehouse)
    assert build(empty_warehouse, select=MODELS).failures == ()
    with empty_warehouse.writer() as writer:

        def fetch(sql: str) -> list[dict[str, Any]]:
            return in_order(writer.fetch(sql).to_pylist())

        sums = fetch(
            "select cast(cast(events.event_at at time zone 'UTC' at time zone 'Europe/Amsterdam' as date) as varchar) as day, "
            + ", ".join(f"sum(events.{name}) as {name}" for name in FIGURES)
            + " from conformed.magento__sales_events as events inner join conformed.magento__orders as orders "
            "on events.tenant_id = orders.tenant_id and events.order_id = orders.order_id "
            "where orders.counts_in_sales group by 1"
        )
        placed = fetch(
            "select orders.order_id, orders.vendor_total, sum(events.gross_sales - events.discounts + events.shipping "
            "+ events.taxes) as total from conformed.magento__orders as orders "
            "inner join conformed.magento__sales_events as events on orders.order_id = events.order_id "
            "where events.event_type = 'order' group by 1, 2"
        )
        payments = fetch(
            "select kind, gateway, cast(sum(amount) * 100 as bigint) as cents from conformed.magento__payments "
            "group by kind, gateway"
        )
        lines = fetch(
            "select order_line_id as line, product_id as product, variant_id as variant, sku, quantity "
            "from conformed.magento__order_lines"
        )
        stock = fetch(
            "select variant_id as variant, location_name as place, on_hand from conformed.magento__inventory_levels"
        )
        variants = fetch(
            "select variant_id as variant, product_id as product, sku, barcode, cast(price * 100 as bigint) as price, "
            "cast(unit_cost * 100 as bigint) as cost from conformed.magento__variants"
        )
        products = fetch("select product_id as product, title, vendor from conformed.magento__products")
        places = fetch(
            "select product_id as product, collection_id as place from conformed.magento__product_collections"
        )
        restocked = fetch(
            "select distinct units_restocked from conformed.magento__sales_events where quantity < 0"
        )
    truth = shop.store.daily_report("delta", (END - timedelta(days=500)).date(), END.date())
    assert in_cents(sums) == {
        row["day"]: {name: row[name] for name in FIGURES}
        for row in truth
        if any(row[name] for name in FIGURES)
    }
    assert placed and all(row["vendor_total"] == row["total"] for row in placed)
    assert payments == in_order(payments_of_the_world(shop))
    assert lines == in_order(lines_of_the_world(shop))
    assert stock == in_order(stock_of_the_world(shop))
    assert variants == in_order(variants_of_the_world(shop))
    assert products == in_order(
        [
            {"product": f"delta:{row['product_id']}", "title": row["title"], "vendor": row["vendor"]}
            for row in shop.rows(
                "select * from products where deleted_at is null order by product_id::varchar"
            )
        ]
    )
    assert places == in_order(
        [
            {"product": f"delta:{row['product_id']}", "place": f"delta:{row['collection_id']}"}
            for row in shop.rows(
                "select * from product_collections where product_id in (select product_id from products where deleted_at is null) "
                "order by product_id::varchar, collection_id::varchar"
            )
        ]
    )
    assert {row["units_restocked"] for row in restocked} == {None}


def payments_of_the_world(shop: Shop) -> list[dict[str, Any]]:
    """Money by kind and gateway. A bank transfer has no transaction; a void takes back what was held."""
    return shop.rows(
        "select t.kind, o.gateway, sum(t.amount)::bigint as cents from transactions as t inner join orders as o using (order_id) "
        "where t.status = 'success' and o.deleted_at is null "
        "group by all order by all"
    )


def lines_of_the_world(shop: Shop) -> list[dict[str, Any]]:
    """One line each, whatever stands below it in Magento."""
    return shop.rows(
        "select 'delta:' || line_id as line, 'delta:' || product_id as product, 'delta:' || case when ("
        "select count(*) from variants as v where v.product_id = l.product_id) > 1 then variant_id else product_id end "
        f"as variant, sku, quantity from order_lines as l where {SERVED} order by line_id::varchar"
    )


_ITEM = (
    "'delta:' || case when (select count(*) from variants as s where s.product_id = v.product_id) > 1 "
    "then v.variant_id else v.product_id end"
)


def stock_of_the_world(shop: Shop) -> list[dict[str, Any]]:
    return shop.rows(
        f"select {_ITEM} as variant, i.location_name as place, i.on_hand from inventory as i "
        "inner join variants as v using (variant_id) order by 1, 2, 3"
    )


def variants_of_the_world(shop: Shop) -> list[dict[str, Any]]:
    return shop.rows(
        f"select {_ITEM} as variant, 'delta:' || v.product_id as product, v.sku, v.barcode, v.price, v.cost "
        "from variants as v inner join products as p using (product_id) where p.deleted_at is null order by 1"
    )


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each engine sorts texts by its own rules."""
    return sorted(rows, key=str)


def in_cents(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found = {row["day"]: {name: row[name] * 100 for name in FIGURES} for row in rows}
    return {day: figures for day, figures in found.items() if any(figures.values())}
