"""From the shop over HTTP to the ledger: each day's sums are those of WooCommerce's own report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.parsed import give_models

from fondaco.landing import Landing
from fondaco.sources.stream import Slice, SyncMode
from fondaco.sources.woocommerce import WooCommerce
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

if TYPE_CHECKING:
    from .conftest import Shop

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes")
MODELS = ("path:models/staging/woocommerce", "path:models/conformed/woocommerce")


def land_everything(landing: Landing, shop: Shop) -> None:
    """Every stream whole, and a connection for the currency."""
    source = shop.source()
    landing.create_tables({"woocommerce": WooCommerce})
    connection = {"tenant_id": "default", "connection_id": "brick", "source": "woocommerce", "name": "Brick"}
    landing.land_rows(
        "fondaco__connections",
        [
            {
                **connection,
                "currency": "GBP",
                "time_zone": "Europe/London",
                "_synced_at": datetime(2026, 11, 1),
            }
        ],
    )
    for stream in source.streams:
        part = Slice(stream.name, "full")
        if stream.mode is not SyncMode.FULL:
            part = Slice(stream.name, "backfill", END - timedelta(days=500), END + timedelta(seconds=1))
        result = landing.load(landing.spool("brick", "woocommerce", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ())
    landing.land_tombstones("brick", source.tombstones(END - timedelta(days=500), END + timedelta(seconds=1)))


def test_each_day_of_the_ledger_is_the_vendors_to_the_cent(
    shop: Shop, empty_warehouse: Warehouse, tmp_path: Path
) -> None:
    land_everything(Landing(empty_warehouse, tmp_path / "spool", "default"), shop)
    give_models(empty_warehouse)
    assert build(empty_warehouse, select=MODELS).failures == ()
    with empty_warehouse.writer() as writer:
        sums = writer.fetch(
            "select cast(cast(events.event_at at time zone 'UTC' at time zone 'Europe/London' as date) as varchar) as day, "
            + ", ".join(f"sum(events.{name}) as {name}" for name in FIGURES)
            + " from conformed.woocommerce__sales_events as events inner join conformed.woocommerce__orders as orders "
            "on events.tenant_id = orders.tenant_id and events.order_id = orders.order_id "
            "where orders.counts_in_sales group by 1"
        ).to_pylist()
        placed = writer.fetch(
            "select orders.order_id, orders.vendor_total, sum(events.gross_sales - events.discounts + events.shipping "
            "+ events.taxes) as total from conformed.woocommerce__orders as orders "
            "inner join conformed.woocommerce__sales_events as events on orders.order_id = events.order_id "
            "where events.event_type = 'order' group by 1, 2"
        ).to_pylist()
        returned = writer.fetch(
            "select order_line_id, cast(-sum(quantity) as bigint) as back, cast(sum(units_restocked) as bigint) as restocked, "
            "count(*) = count(units_restocked) as is_told from conformed.woocommerce__sales_events where quantity < 0 "
            "group by 1 order by 1"
        ).to_pylist()
        deleted = writer.fetch(
            "select count(*) as n from conformed.woocommerce__orders where is_deleted and not counts_in_sales"
        ).to_pylist()
    truth = shop.store.daily_report("brick", (END - timedelta(days=500)).date(), END.date())
    assert in_cents(sums) == {
        row["day"]: {name: row[name] for name in FIGURES}
        for row in truth
        if any(row[name] for name in FIGURES)
    }
    assert placed and all(row["vendor_total"] == row["total"] for row in placed)
    assert deleted[0]["n"] > 0
    told = {row["order_line_id"]: (row["back"], row["restocked"]) for row in returned if row["is_told"]}
    restocked = restocked_in_the_world(shop)
    assert told == {line: restocked[line] for line in told}
    assert {back == again for back, again in told.values()} == {True, False}
    assert len(returned) > len(told) > len(returned) / 2


def restocked_in_the_world(shop: Shop) -> dict[str, tuple[int, int]]:
    """Pieces that came back by a refund with lines, and how many of them are in stock again, by order line."""
    rows = shop.rows(
        "select 'brick:' || f.line_id as line, sum(f.quantity)::bigint as back, "
        "coalesce(sum(f.quantity) filter (where f.restocked), 0)::bigint as restocked from refund_lines as f "
        "inner join refunds as r on r.refund_id = f.refund_id inner join orders as o on o.order_id = f.order_id "
        "where f.line_type = 'product' and f.quantity > 0 and f.shop_id = 'brick' "
        "and not (r.kind = 'whole' and r.amount = o.placed_total and r.refund_id % 3 = 0) group by 1"
    )
    return {row["line"]: (row["back"], row["restocked"]) for row in rows}


def in_cents(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found = {row["day"]: {name: row[name] * 100 for name in FIGURES} for row in rows}
    return {day: figures for day, figures in found.items() if any(figures.values())}
