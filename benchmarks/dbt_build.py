"""The models over a large shop: conformed-shaped rows made by SQL, then core and marts built and tested by dbt, and profit after them.

PostgreSQL is measured where ``FONDACO_BENCH_POSTGRES`` names a database that may be overwritten.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml

from benchmarks.claim import Claim, peak_memory_mb, timed
from fondaco.config import Settings, WarehouseSettings
from fondaco.landing.raw import (
    COST_ENTRIES,
    IDENTITY_DECISIONS,
    IDENTITY_LINKS,
    IDENTITY_RUNS,
    INVENTORY_LEVELS_DAILY,
    INVENTORY_READINGS,
    PROFIT_SETTINGS,
    UNIT_COSTS,
)
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build, invoke, project_folder

SHOPS = 3
DAYS = 1095
CAMPAIGNS = 20
LINES_PER_ORDER = 2.5
NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW.date() - timedelta(DAYS)
PROFIT = ["tag:profit"]
STOCK = ["core_stock_movements+"]
"""The ledger of stock stands on settings of profit, and is built after it."""
_TYPES = {"money": "decimal(18, 6)", "rate": "decimal(24, 12)", "text": "varchar"}

_ORDER = """
    'default' as tenant_id, 'shop' || (o % 3) as connection_id, 'bench' as source,
    'shop' || (o % 3) || ':' || o as order_id
"""
# Numbers rise with time, as in every shop.
_AT = f"timestamp '{START}' + interval '1 second' * cast(cast(o as bigint) * {(DAYS - 1) * 86400 - 1} / {{orders}} as integer)"
_SYNCED = f"timestamp '{NOW - timedelta(hours=12):%Y-%m-%d %H:%M:%S}' as synced_at"
_SEED = {
    "customers": """
        select 'default' as tenant_id, 'shop' || (c % 3) as connection_id, 'bench' as source,
            'shop' || (c % 3) || ':c' || c as customer_id, 'c' || c as source_customer_id,
            'person' || (c % {people}) || '@example.com' as email, false as is_deleted, 'DE' as country,
            timestamp '{start}' as created_at, {synced}
        from generate_series(1, {customers}) as series(c)""",
    "products": """
        select 'default' as tenant_id, 'shop' || (p % 3) as connection_id, 'bench' as source,
            'shop' || (p % 3) || ':p' || p as product_id, 'Product ' || p as title, 'active' as status,
            false as is_deleted, {synced}
        from generate_series(1, {products}) as series(p)""",
    "variants": """
        select 'default' as tenant_id, 'shop' || (p % 3) as connection_id, 'bench' as source,
            'shop' || (p % 3) || ':v' || p as variant_id, 'shop' || (p % 3) || ':p' || p as product_id,
            'SKU' || p as sku, cast(20 as decimal(18, 6)) as price,
            case when mod(p, 3) = 0 then cast(7.5 as decimal(18, 6)) end as unit_cost, 'EUR' as currency, false as is_deleted, {synced}
        from generate_series(1, {products}) as series(p)""",
    "orders": """
        select {order}, 'o' || o as source_order_id, cast(o as varchar) as order_number,
            case when mod(o, 5) > 0
                then 'shop' || (o % 3) || ':c' || (1 + mod(o * 7, {customers_of_a_shop}) * 3 + mod(o - 1, 3)) end as customer_id,
            'person' || mod(o * 13, {people}) || '@example.com' as email,
            {at} as ordered_at, {at} as created_at, {at} as updated_at, 'completed' as order_status,
            'paid' as financial_status, case mod(o, 4) when 0 then 'pos' when 1 then 'app' else 'web' end as channel,
            case mod(o, 7) when 0 then 'AT' when 1 then 'CH' when 2 then 'NL' when 3 then 'FR' else 'DE' end as country,
            case when o % 3 = 2 then 'USD' else 'EUR' end as currency, false as prices_include_tax, false as is_test,
            false as is_deleted, false as is_cancelled, mod(o, 100) > 0 as counts_in_sales, {synced}
        from generate_series(1, {orders}) as series(o)""",
    "order_lines": """
        select {order}, 'shop' || (o % 3) || ':' || o || '/' || l as order_line_id,
            'shop' || (o % 3) || ':p' || (1 + mod(o * 31 + l, {products_of_a_shop}) * 3 + mod(o - 1, 3)) as product_id,
            'SKU' || (1 + mod(o * 31 + l, {products_of_a_shop}) * 3 + mod(o - 1, 3)) as sku, 'Thing' as title, 1 as quantity,
            cast(20 as decimal(18, 6)) as gross_sales, case when o % 3 = 2 then 'USD' else 'EUR' end as currency,
            false as is_gift_card, {synced}
        from generate_series(1, {orders}) as series(o)
        cross join generate_series(1, 3) as lines(l)
        where l <= 2 + mod(o, 2)""",
    "sales_events": """
        select tenant_id, connection_id, source, order_line_id as sales_event_id, order_id, order_line_id, product_id,
            'order' as event_type, 'product' as line_type, {line_at} as event_at, 1 as quantity, 0 as units_restocked, currency,
            cast(20 as decimal(18, 6)) as gross_sales, cast(2 as decimal(18, 6)) as discounts,
            cast(0 as decimal(18, 6)) as returns, cast(0 as decimal(18, 6)) as shipping,
            cast(3.42 as decimal(18, 6)) as taxes, synced_at
        from raw.bench__order_lines
        union all
        select 'default', 'shop' || (o % 3), 'bench', 'shop' || (o % 3) || ':' || o || '/s',
            'shop' || (o % 3) || ':' || o, null, null, 'order', 'shipping',
            {at}, 0, 0, case when o % 3 = 2 then 'USD' else 'EUR' end, 0, 0, 0, 4.9, 0.93, {synced}
        from generate_series(1, {orders}) as series(o)
        union all
        select tenant_id, connection_id, source, order_line_id || '/r', order_id, order_line_id, product_id,
            'return', 'product', {line_at} + interval '9 days', -1, 1, currency, 0, 0, 18, 0, -3.42, synced_at
        from raw.bench__order_lines
        where right(order_line_id, 3) in ('7/1', '3/2')""",
    "refunds": """
        select tenant_id, connection_id, source, order_line_id || '/r' as refund_id, order_id,
            {line_at} + interval '9 days' as refunded_at, cast(21.42 as decimal(18, 6)) as amount, currency, synced_at
        from raw.bench__order_lines
        where right(order_line_id, 3) in ('7/1', '3/2')""",
    "payments": """
        select {order}, 'shop' || (o % 3) || ':' || o || '/p' as payment_id, 'sale' as kind, 'success' as status,
            'card' as gateway, {at} as processed_at, cast(48.67 as decimal(18, 6)) as amount,
            cast(1.2 as decimal(18, 6)) as fee, case when o % 3 = 2 then 'USD' else 'EUR' end as currency,
            false as is_test, {synced}
        from generate_series(1, {orders}) as series(o)""",
    "order_discounts": """
        select {order}, 'shop' || (o % 3) || ':' || o || '/d' as order_discount_id, 'CODE' || (o % 50) as code,
            'code' as discount_type, cast(5 as decimal(18, 6)) as amount,
            case when o % 3 = 2 then 'USD' else 'EUR' end as currency, {synced}
        from generate_series(1, {orders}) as series(o)
        where mod(o, 4) = 0""",
    "order_visits": """
        select {order}, 'google' as utm_source, 'cpc' as utm_medium, cast(100 + mod(o, {campaigns}) as varchar) as utm_campaign,
            'gclid' as click_type, {synced}
        from generate_series(1, {orders}) as series(o)
        where mod(o, 10) < 3""",
    "campaigns": """
        select 'default' as tenant_id, 'ads' as connection_id, 'google_ads' as source, 'ads:' || (100 + c) as campaign_id,
            cast(100 + c as varchar) as source_campaign_id, 'Campaign ' || c as name, 'active' as status, {synced}
        from generate_series(0, {campaigns} - 1) as series(c)""",
    "ad_spend": """
        select 'default' as tenant_id, 'ads' as connection_id, 'google_ads' as source,
            'ads:' || (100 + c) || '/' || d as ad_spend_id, 'ads:' || (100 + c) as campaign_id,
            cast(timestamp '{start}' + interval '1 day' * d as date) as spend_date, 'USD' as currency,
            cast(40 + mod(c * 7 + d, 30) as decimal(18, 6)) as spend, 9000 as impressions, 90 as clicks,
            cast(3 as decimal(24, 12)) as claimed_conversions, cast(150 as decimal(18, 6)) as claimed_revenue, {synced}
        from generate_series(0, {campaigns} - 1) as series(c)
        cross join generate_series(0, {days} - 1) as days(d)""",
    "inventory_levels": "",
    "discounts": "",
}

# Three orders of ten come from twenty campaigns. A third of the products in the sheet, a third told by the shop, a third assumed; rules for countries, a marketplace and days.
_SHEET = """
    insert into raw.fondaco__cost_entries
        (tenant_id, entry_id, version, kind, item, country, amount, rate, currency, valid_from, valid_to, is_withdrawn)
    select 'default', 'p' || p, 1, 'product_cost', 'SKU' || p, null, 6.4, null, 'EUR', null, null, false
    from generate_series(1, {products}) as series(p) where mod(p, 3) = 1
    union all
    select 'default', 'r' || n, 1, kind, item, country, amount, rate, 'EUR', cast(null as date), cast(null as date), false
    from (values
        (1, 'shipping_cost', 'Germany', 'DE', 4.2, null), (2, 'shipping_cost', 'World', null, 9.5, null),
        (3, 'fulfilment', null, null, 1.1, null), (4, 'fulfilment_unit', null, null, 0.15, null),
        (5, 'packaging', 'box', null, 0.4, null), (6, 'marketplace_fee', 'app', null, null, 0.12),
        (7, 'return_handling', null, null, 2.5, null), (8, 'duty', null, 'CH', null, 0.08),
        (9, 'affiliate', 'CODE7', null, null, 0.1), (10, 'fixed', 'Rent', null, 5000, null)
    ) as rules(n, kind, item, country, amount, rate)
    union all
    select 'default', 'm', 1, 'marketing', 'Agency', null, 500000, null, 'EUR',
        date '{start}', date '{today}', false
"""


def write_project(folder: Path) -> Path:
    """The packaged core and marts over one source whose conformed models read tables of their own shape."""
    packaged = project_folder()
    for part in (
        "macros",
        "models/core",
        "models/profit",
        "models/marketing",
        "models/stock",
        "models/marts",
        "tests",
    ):
        shutil.copytree(packaged / part, folder / part)
    shutil.copy(packaged / "dbt_project.yml", folder)
    models = folder / "models" / "conformed" / "bench"
    models.mkdir(parents=True)
    tables = [{"name": entity, "identifier": f"bench__{entity}"} for entity in contract()]
    source = {"version": 2, "sources": [{"name": "bench", "schema": "raw", "tables": tables}]}
    (models / "_bench__sources.yml").write_text(yaml.safe_dump(source))
    for entity in contract():
        (models / f"bench__{entity}.sql").write_text(
            f"select {{{{ conform('{entity}') }}}} from {{{{ source('bench', '{entity}') }}}}\n"
        )
    return folder


def contract() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((project_folder() / "dbt_project.yml").read_text())[
        "vars"
    ]["conformed"]
    return found


def variables() -> dict[str, Any]:
    return {"conformed_sources": {entity: ["bench"] for entity in contract()}}


def seed(warehouse: Warehouse, orders: int) -> None:
    """Raw tables in the shape of the contract: a function of the order's number and nothing else."""
    customers, products = max(1, orders // 9), max(1, min(5000, orders // 300))
    at = _AT.format(orders=orders)
    words: dict[str, object] = {
        "order": _ORDER, "start": START, "synced": _SYNCED, "at": at, "orders": orders, "people": max(2, orders // 4),
        "customers": 3 * customers, "customers_of_a_shop": customers,
        "products": 3 * products, "products_of_a_shop": products, "campaigns": CAMPAIGNS, "days": DAYS,
        "line_at": at.replace("cast(o as bigint)",
                               "cast(split_part(split_part(order_id, ':', 2), '/', 1) as bigint)"),
    }  # fmt: skip
    create_tables(warehouse)
    with warehouse.writer() as writer:
        for entity, text in _SEED.items():
            if text:
                query = text.format(**words).strip()
                names = ", ".join(_names(query, words))
                writer.execute(f"insert into raw.bench__{entity} ({names}) {query}")
            if warehouse.dialect == "postgres":
                writer.execute(f"analyze raw.bench__{entity}")
        writer.execute(_SHEET.format(products=3 * products, start=START, today=NOW.date()))


def create_tables(warehouse: Warehouse) -> None:
    """Fondaco's own raw tables, with the three shops in them, and an empty one for each entity of the contract."""
    warehouse.create_schemas_and_raw_tables(
        [
            IDENTITY_LINKS,
            IDENTITY_DECISIONS,
            IDENTITY_RUNS,
            UNIT_COSTS,
            INVENTORY_LEVELS_DAILY,
            INVENTORY_READINGS,
            COST_ENTRIES,
            PROFIT_SETTINGS,
        ]
    )
    with warehouse.writer() as writer:
        for statement in _own_tables():
            writer.execute(statement)
        for entity, columns in contract().items():
            declared = ", ".join(f"{name} {_TYPES.get(kind, kind)}" for name, kind in columns.items())
            writer.execute(f"create table raw.bench__{entity} ({declared})")


def _names(query: str, words: dict[str, object]) -> Sequence[str]:
    """Column names of the first select, as DuckDB reads them."""
    import sqlglot

    tree = sqlglot.parse_one(query, dialect="duckdb")
    while isinstance(tree, sqlglot.exp.Union):
        tree = tree.this
    return [select.alias_or_name for select in tree.selects]


def _own_tables() -> Sequence[str]:
    connections = ", ".join(
        f"('default', 'shop{n}', 'bench', 'Shop {n}', '{'USD' if n == 2 else 'EUR'}', 'Europe/Berlin', 'shop')"
        for n in range(SHOPS)
    )
    connections += ", ('default', 'ads', 'bench', 'Ads', 'USD', 'Europe/Berlin', 'ads')"
    return (
        "create table raw.fondaco__tenants (tenant_id varchar, name varchar, currency varchar, time_zone varchar)",
        "create table raw.fondaco__connections (tenant_id varchar, connection_id varchar, source varchar,"
        " name varchar, currency varchar, time_zone varchar, role varchar)",
        "create table raw.fondaco__exchange_rates (tenant_id varchar, rate_date date, base_currency varchar,"
        " currency varchar, rate double precision)",
        "insert into raw.fondaco__tenants values ('default', 'Bench', 'EUR', 'Europe/Berlin')",
        f"insert into raw.fondaco__connections values {connections}",
        "insert into raw.fondaco__exchange_rates select 'default',"
        f" cast(timestamp '{START}' + interval '1 day' * d as date), 'EUR', 'USD', 1.05 + mod(d, 90) / 1000.0"
        f" from generate_series(0, {DAYS}) as series(d)",
    )


def measure(kind: str, url: str | None, orders: int) -> dict[str, float]:
    """Seconds to read dbt's project, which a run does while it reads its shops; of a whole build; of a build after 0.1 % of
    the orders changed; and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            folder=folder,
            warehouse=WarehouseSettings(kind=kind, url=url, threads=2, memory_limit="1500MB"),  # type: ignore[arg-type]
        )
        settings.data.mkdir(parents=True)
        project = write_project(folder / "project")
        if url:
            _empty(url)
        warehouse = open_warehouse(settings)
        seed(warehouse, orders)
        with timed() as reading:
            invoke(warehouse, ["parse"], vars=variables(), now=NOW, project=project)
        os.sync()  # what was seeded is on the disk, as in a shop of that size
        with timed() as whole:
            built = build(
                warehouse,
                project=project,
                vars=variables(),
                now=NOW,
                full_refresh=True,
                exclude=[*PROFIT, *STOCK],
            )
        with timed() as profit:
            build(warehouse, project=project, vars=variables(), now=NOW, full_refresh=True, select=PROFIT)
        with timed() as stock:
            build(warehouse, project=project, vars=variables(), now=NOW, full_refresh=True, select=STOCK)
        with warehouse.writer() as writer:
            writer.execute(
                "update raw.bench__orders set city = 'Köln',"
                f" synced_at = timestamp '{NOW - timedelta(hours=6):%Y-%m-%d %H:%M:%S}'"
                " where cast(order_number as bigint) % 1000 = 1"
            )
        with timed() as again:
            build(warehouse, project=project, vars=variables(), now=NOW, exclude=[*PROFIT, *STOCK])
        with timed() as profit_again:
            build(warehouse, project=project, vars=variables(), now=NOW, select=PROFIT)
        warehouse.close()
    spans = {
        "reading": reading,
        "whole": whole,
        "profit": profit,
        "stock": stock,
        "again": again,
        "profit_again": profit_again,
    }
    return {
        **{name: span.seconds for name, span in spans.items()},
        **{f"{name}_processor": span.processor_seconds for name, span in spans.items()},
        "memory": peak_memory_mb(),
        "tests": float(built.tests),
    }


def _empty(url: str) -> None:
    """Drop what an earlier benchmark left behind."""
    with psycopg.connect(url, autocommit=True) as connection:
        for schema in ("raw", "staging", "conformed", "core", "marts"):
            connection.execute(f"drop schema if exists {schema} cascade")


def _apart(kind: str, url: str | None, orders: int) -> dict[str, float]:
    """In a process of its own, so that its peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(measure, (kind, url, orders))
    print(
        f"  {kind}: {found['reading']:.1f} s to read the project, {found['whole']:.1f} s to build it,"
        f" {found['profit']:.1f} s profit, {found['stock']:.1f} s stock, {found['again']:.1f} and {found['profit_again']:.1f} s again, {found['memory']:,.0f} MB;"
        f" processor seconds of this process: {found['whole_processor']:.1f}, {found['profit_processor']:.1f},"
        f" {found['again_processor']:.1f}, {found['profit_again_processor']:.1f}",
        flush=True,
    )
    return found


def run(orders: int) -> list[Claim]:
    share = orders / 1_000_000
    size = f"{orders:,} orders, {int(orders * LINES_PER_ORDER):,} lines"
    found = _apart("duckdb", None, orders)
    claims = [
        Claim(f"DuckDB builds and tests {size} in under 35 s per million", found["whole"], 35 * share, "35 s", at_most=1),
        Claim(f"DuckDB builds {size} in under 2 GB", found["memory"], 2000, "2 GB", unit="MB", at_most=1),
        Claim("DuckDB rebuilds after 0.1 % of the orders changed in less time", found["again"], found["whole"],
              "the whole build", at_most=0.5),
        Claim(f"DuckDB works out the profit of {size} in at most 60 % of that time", found["profit"], found["whole"],
              "all other models", at_most=0.6),
        Claim("... and after 0.1 % of the orders changed in under 10 s per million", found["profit_again"], 10 * share,
              "10 s", at_most=1),
    ]  # fmt: skip
    url = os.environ.get("FONDACO_BENCH_POSTGRES")
    if url:
        found = _apart("postgres", url, orders)
        claims += [
            Claim(f"PostgreSQL builds and tests {size} in under 5 minutes per million", found["whole"], 300 * share,
                  "300 s", at_most=1),
            Claim("PostgreSQL rebuilds after 0.1 % of the orders changed in less time", found["again"], found["whole"],
                  "the whole build", at_most=0.5),
        ]  # fmt: skip
    return claims
