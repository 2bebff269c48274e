"""From the shop's tables to the ledger: each day's sums are the truth of the world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.parsed import give_built, give_models

from fondaco.landing import Landing
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect
from fondaco.simulator.laravel import write_shop
from fondaco.simulator.store import Store
from fondaco.sources.database import Database
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

if TYPE_CHECKING:
    from .conftest import ShopDatabase

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
FIRST, LAST = date(2025, 8, 1), date(2026, 11, 2)
FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes")
MODELS = ("path:models/staging/database", "path:models/conformed/database")
IN_CENTS = "extends: laravel\ndatabase: {money: minor}\n"


def write(database: ShopDatabase, store: Store, shop: str, money: str = "decimal") -> None:
    with database.owner.cursor() as cursor:
        write_shop(cursor, store, shop, engine=database.engine, money=money)
    database.owner.commit()


def test_each_day_of_the_ledger_is_the_truth_to_the_cent(
    on_mariadb: ShopDatabase, worlds: Store, empty_warehouse: Warehouse, tmp_path: Path, write_mapping: Any
) -> None:
    """Cents in MariaDB; each table in turn lands whole, and nothing of it is set aside."""
    write(on_mariadb, worlds, "delta", money="minor")
    landing = Landing(empty_warehouse, tmp_path / "spool", "default")
    source = on_mariadb.source(mapping=write_mapping(IN_CENTS))
    landing.create_tables({"database": Database})
    connection = {"tenant_id": "default", "connection_id": "delta", "source": "database", "name": "Delta"}
    zoned = {"currency": "EUR", "time_zone": "Europe/Amsterdam", "_synced_at": datetime(2026, 11, 1)}
    landing.land_rows("fondaco__connections", [{**connection, **zoned}])
    for stream in source.streams:
        part = Slice(stream.name, "full")
        if stream.mode is not SyncMode.FULL:
            part = Slice(stream.name, "backfill", END - timedelta(days=500), END)
        result = landing.load(landing.spool("delta", "database", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ())
    source.close()
    give_models(empty_warehouse)
    assert build(empty_warehouse, select=MODELS).failures == ()
    with empty_warehouse.writer() as writer:

        def fetch(sql: str) -> list[dict[str, Any]]:
            return in_order(writer.fetch(sql).to_pylist())

        sums = fetch(
            "select cast(cast(events.event_at at time zone 'UTC' at time zone 'Europe/Amsterdam' as date) as varchar) as day, "
            + ", ".join(f"sum(events.{name}) as {name}" for name in FIGURES)
            + " from conformed.database__sales_events as events inner join conformed.database__orders as orders "
            "on events.tenant_id = orders.tenant_id and events.order_id = orders.order_id "
            "where orders.counts_in_sales group by 1"
        )
        placed = fetch(
            "select orders.order_id, orders.vendor_total, sum(events.gross_sales - events.discounts + events.shipping "
            "+ events.taxes) as total from conformed.database__orders as orders "
            "inner join conformed.database__sales_events as events on orders.order_id = events.order_id "
            "where events.event_type = 'order' group by 1, 2"
        )
        refunds = fetch(
            "select refund_id as refund, cast(amount * 100 as bigint) as cents from conformed.database__refunds"
        )
        payments = fetch(
            "select kind, status, gateway, cast(sum(amount) * 100 as bigint) as cents from conformed.database__payments "
            "group by kind, status, gateway"
        )
        restocked = fetch(
            "select order_line_id as line, sum(-quantity) as back, sum(units_restocked) as restocked "
            "from conformed.database__sales_events where quantity < 0 group by 1"
        )
        variants = fetch(
            "select variant_id as variant, product_id as product, sku, barcode, cast(price * 100 as bigint) as price, "
            "cast(unit_cost * 100 as bigint) as cost from conformed.database__variants"
        )
        stock = fetch(
            "select variant_id as variant, location_name as place, on_hand, available, committed, incoming "
            "from conformed.database__inventory_levels"
        )
        places = fetch(
            "select product_id as product, collection_id as place from conformed.database__product_collections"
        )
        people = fetch(
            "select customer_id as customer, email, country, is_deleted from conformed.database__customers"
        )
    assert in_cents(sums) == truth_of(worlds, "delta")
    assert placed and all(row["vendor_total"] == row["total"] for row in placed)
    assert refunds == told(
        worlds, "select 'delta:' || refund_id as refund, amount as cents from refunds where shop_id = 'delta'"
    )
    assert payments == told(
        worlds,
        "select kind, status, gateway, sum(amount)::bigint as cents from transactions where shop_id = 'delta' group by all",
    )
    assert restocked == told(
        worlds,
        "select 'delta:' || line_id as line, sum(quantity)::bigint as back, "
        "sum(case when restocked then quantity else 0 end)::bigint as restocked "
        "from refund_lines where shop_id = 'delta' and quantity > 0 group by all",
    )
    assert variants == told(
        worlds,
        "select 'delta:' || variant_id as variant, 'delta:' || product_id as product, sku, barcode, price, cost "
        "from variants where shop_id = 'delta'",
    )
    assert stock == told(
        worlds,
        "select 'delta:' || variant_id as variant, location_name as place, on_hand, available, committed, incoming "
        "from inventory where shop_id = 'delta'",
    )
    assert places == told(
        worlds,
        "select 'delta:' || product_id as product, 'delta:' || collection_id as place from product_collections "
        "where shop_id = 'delta'",
    )
    assert people == told(
        worlds,
        "select 'delta:' || customer_id as customer, email, country, deleted_at is not null as is_deleted "
        "from customers where shop_id = 'delta'",
    )


def test_a_run_publishes_the_truth_to_the_cent(
    on_postgres: ShopDatabase, worlds: Store, tmp_path: Path
) -> None:
    """Decimals in PostgreSQL: connected, run and built as a merchant does it."""
    write(on_postgres, worlds, "brick")
    with Project.create(tmp_path / "shop", currency="GBP", clock=lambda: END) as project:
        give_built(project.warehouse)
        settings = on_postgres.settings(
            currency="GBP", timezone="Europe/London", shop="Brick", page_size=100, start_date="2025-01-01"
        )
        connection, check = connect(project, "database", "brick", settings)
        assert (connection.name, connection.currency, check.missing) == ("Brick", "GBP", ())
        outcome = run_pipeline(project, steps=("sync", "build"))
        assert outcome.error is None
        assert [(one.stream, one.error) for one in outcome.streams if one.error] == []
        assert sum(one.quarantined for one in outcome.streams) == 0
        with project.warehouse.writer() as writer:
            days = writer.fetch(
                "select cast(cast(events.event_at at time zone 'UTC' at time zone 'Europe/London' as date) as varchar) as day, "
                + ", ".join(f"sum(events.{name}) as {name}" for name in FIGURES)
                + " from core.sales_events as events inner join core.orders as orders "
                "on events.tenant_id = orders.tenant_id and events.order_id = orders.order_id "
                "where orders.counts_in_sales group by 1"
            ).to_pylist()
    assert in_cents(days) == truth_of(worlds, "brick")


def truth_of(store: Store, shop: str) -> dict[str, dict[str, int]]:
    return {
        row["day"]: {name: row[name] for name in FIGURES}
        for row in store.daily_report(shop, FIRST, LAST)
        if any(row[name] for name in FIGURES)
    }


def told(store: Store, sql: str) -> list[dict[str, Any]]:
    return in_order(store.rows(sql))


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each engine sorts texts by its own rules, and has decimals for sums of whole numbers."""
    return sorted(({name: _plain(one) for name, one in row.items()} for row in rows), key=str)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def in_cents(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found = {row["day"]: {name: row[name] * 100 for name in FIGURES} for row in rows}
    return {day: figures for day, figures in found.items() if any(figures.values())}
