"""The sheets that the merchant of a world with stock would import: what is written down, and nothing of what is not."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fondaco.duckdb_session import prepare
from fondaco.simulator.world.frames import parquet_of

_TABLES = (
    "shops", "variants", "inventory", "suppliers", "supplier_items", "purchase_orders", "stock_counts", "stock_transfers",
)  # fmt: skip
_PLACE = (
    "case when s.platform = 'woocommerce' then s.name else s.name || '/' || "
    "(select any_value(i.location_name) from inventory as i where i.location_id = {id}) end"
)
_NAME = "upper(left(x.shop_id, 1)) || '-' || x.supplier"
_MONEY = "(x.{name} / 100.0)::decimal(18, 2)"

_SHEETS = {
    "locations": f"""
        select {_PLACE.format(id="(select max(location_id) from inventory as i where i.shop_id = s.shop_id)")} as location,
            s.name as shop, 'pos' as channel, s.country
        from shops as s where s.platform = 'shopify'""",
    "suppliers": f"""
        select {_NAME} as supplier, x.name || ' for ' || s.name as name, x.currency, x.lead_time_days,
            {_MONEY.format(name="minimum_order_value")} as minimum_order_value
        from suppliers as x inner join shops as s using (shop_id) order by 1""",
    "supplier_items": f"""
        select {_NAME} as supplier, v.sku, 'N-' || v.variant_id as supplier_sku, {_MONEY.format(name="unit_cost")} as unit_cost,
            s.currency, x.order_multiple, null as minimum_quantity, null as shelf_life_days
        from supplier_items as x inner join shops as s using (shop_id) inner join variants as v using (shop_id, variant_id)
        order by 1, 2""",
    "purchase_orders": f"""
        select x.purchase_order, null as line, {_NAME} as supplier, {_PLACE.format(id="m.location_id")} as location, v.sku,
            x.ordered_on, x.expected_on, x.quantity, {_MONEY.format(name="unit_cost")} as unit_cost, s.currency,
            case when x.received_on is null then 'open' else 'received' end as status
        from purchase_orders as x inner join shops as s using (shop_id) inner join variants as v using (shop_id, variant_id)
            inner join mains as m using (shop_id)
        order by 1, 5""",
    "receipts": f"""
        select 'D-' || x.purchase_order as receipt, null as line, x.purchase_order, null as supplier,
            {_PLACE.format(id="m.location_id")} as location, v.sku, x.received_on, x.received_quantity as quantity,
            {_MONEY.format(name="unit_cost")} as unit_cost, s.currency
        from purchase_orders as x inner join shops as s using (shop_id) inner join variants as v using (shop_id, variant_id)
            inner join mains as m using (shop_id)
        where x.received_on is not null order by 1, 6""",
    "stock_counts": f"""
        select {_PLACE.format(id="x.location_id")} as location, v.sku, x.counted_on, x.quantity
        from stock_counts as x inner join shops as s using (shop_id) inner join variants as v using (shop_id, variant_id)
        order by 1, 2, 3""",
    "stock_movements": f"""
        select 'T-' || row_number() over (order by x.shop_id, x.variant_id, x.moved_on, x.to_location_id) as movement,
            'transfer' as kind, {_PLACE.format(id="x.from_location_id")} as location,
            {_PLACE.format(id="x.to_location_id")} as to_location, v.sku, x.moved_on, x.quantity, null as note
        from stock_transfers as x inner join shops as s using (shop_id) inner join variants as v using (shop_id, variant_id)
        order by x.shop_id, x.variant_id, x.moved_on""",
}


def write_stock_sheets(world: Path, folder: Path) -> list[Path]:
    """Write the sheets of a world with stock into ``folder``, as ``fondaco import`` takes them; sheets without rows are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with duckdb.connect() as connection:
        prepare(connection)
        for table in _TABLES:
            file = str(parquet_of(world, table)).replace("'", "''")
            connection.execute(f"create view {table} as select * from read_parquet('{file}')")
        connection.execute(
            "create view mains as select shop_id, min(location_id) as location_id from inventory group by shop_id"
        )
        for name, sql in _SHEETS.items():
            connection.execute(f"create or replace temp table sheet as {sql}")
            (rows,) = connection.execute("select count(*) from sheet").fetchall()[0]
            if rows:
                path = folder / f"{name}.csv"
                target = str(path).replace("'", "''")
                connection.execute(f"copy sheet to '{target}' (header, delimiter ',')")
                written.append(path)
    return written
