"""The models of stock over a large shop: every variant lies at its shop's location, is delivered every four weeks and read on the last ninety days.

The shop is that of ``dbt_build``. PostgreSQL is measured where ``FONDACO_BENCH_POSTGRES`` names a database that may be overwritten.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.claim import Claim, peak_memory_mb, timed
from benchmarks.dbt_build import DAYS, NOW, SHOPS, START, _empty, seed, variables, write_project
from fondaco.config import Settings, WarehouseSettings
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build

READ_DAYS = 90
STOCK = ["tag:each_run"]
_SYNCED = f"timestamp '{NOW - timedelta(hours=12):%Y-%m-%d %H:%M:%S}'"
_SEED = (
    f"""
    insert into raw.bench__locations
        (tenant_id, connection_id, source, location_id, source_location_id, name, country, synced_at)
    select 'default', 'shop' || s, 'bench', 'shop' || s || ':main', 'main', 'Main ' || s, 'DE', {_SYNCED}
    from generate_series(0, {SHOPS - 1}) as series(s)""",
    f"""
    insert into raw.bench__receipts
        (tenant_id, connection_id, source, receipt_id, source_receipt_id, location, sku, received_at, quantity, unit_cost, currency,
         synced_at)
    select tenant_id, connection_id, source, variant_id || '/' || d, variant_id || '/' || d, 'Main ' || right(connection_id, 1), sku,
        timestamp '{START}' + interval '28 days' * d, 10, 7, 'EUR', synced_at
    from raw.bench__variants
    cross join generate_series(0, {DAYS // 28 - 1}) as deliveries(d)""",
    f"""
    insert into raw.bench__inventory_levels
        (tenant_id, connection_id, source, inventory_level_id, variant_id, location_id, location_name, available, on_hand, synced_at)
    select tenant_id, connection_id, source, variant_id || '/l', variant_id, connection_id || ':main', 'Main', 12, 12, {_SYNCED}
    from raw.bench__variants""",
    f"""
    insert into raw.fondaco__inventory_levels_daily
        (tenant_id, connection_id, location_id, variant_id, level_date, available, on_hand, read_at)
    select tenant_id, connection_id, connection_id || ':main', variant_id,
        cast(timestamp '{START}' + interval '1 day' * ({DAYS - READ_DAYS} + d) as date), mod(d * 7 + length(sku), 25), 12,
        timestamp '{START}' + interval '1 day' * ({DAYS - READ_DAYS} + d) + interval '20 hours'
    from raw.bench__variants
    cross join generate_series(0, {READ_DAYS - 1}) as days(d)
    where mod(d, 5) = 0""",
    f"""
    insert into raw.fondaco__inventory_readings (tenant_id, connection_id, read_date, read_at)
    select 'default', 'shop' || s, cast(timestamp '{START}' + interval '1 day' * ({DAYS - READ_DAYS} + d) as date),
        timestamp '{START}' + interval '1 day' * ({DAYS - READ_DAYS} + d) + interval '20 hours'
    from generate_series(0, {SHOPS - 1}) as series(s)
    cross join generate_series(0, {READ_DAYS - 1}) as days(d)""",
)


def seed_stock(warehouse: Warehouse) -> None:
    """Locations, deliveries, levels and readings beside the orders."""
    with warehouse.writer() as writer:
        for statement in _SEED:
            writer.execute(statement)
        if warehouse.dialect == "postgres":
            writer.execute("analyze")


def measure(kind: str, url: str | None, orders: int) -> dict[str, float]:
    """Seconds of all other models, of those of stock with their tests, rows of the ledger, and peak memory in MB."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(
            folder=Path(name),
            warehouse=WarehouseSettings(kind=kind, url=url, threads=2, memory_limit="1500MB"),  # type: ignore[arg-type]
        )
        settings.data.mkdir(parents=True)
        project = write_project(Path(name) / "project")
        if url:
            _empty(url)
        warehouse = open_warehouse(settings)
        seed(warehouse, orders)
        seed_stock(warehouse)
        os.sync()
        with timed() as others:
            build(
                warehouse, project=project, vars=variables(), now=NOW, full_refresh=True, exclude=[*STOCK, "resource_type:test"]
            )  # fmt: skip
        before = peak_memory_mb()
        with timed() as stock:
            built = build(warehouse, project=project, vars=variables(), now=NOW, select=STOCK)
        counts = _counts(warehouse)
        for model, seconds in sorted(_seconds(settings.data), key=lambda each: -each[1])[:12]:
            print(f"    {seconds:6.1f} s {model}", flush=True)
        warehouse.close()
    return {
        "others": others.seconds, "stock": stock.seconds, "before": before, "memory": peak_memory_mb(), "tests": float(built.tests), **counts,
    }  # fmt: skip


def _counts(warehouse: Warehouse) -> dict[str, float]:
    found = {}
    with warehouse.writer() as writer:
        for mart in ("stock_ledger", "stock_spans", "stock_items", "stockout_days", "stock_daily"):
            [row] = writer.fetch(f"select count(*) as rows from marts.{mart}").to_pylist()
            found[mart] = float(row["rows"])
    return found


def _seconds(data: Path) -> list[tuple[str, float]]:
    """Models and what the last run of dbt took for them, by its log."""
    log = (data / "logs" / "dbt.log").read_text(encoding="utf-8")
    last = log[log.rindex("Running with dbt") :] if "Running with dbt" in log else log
    return [
        (model, float(seconds))
        for model, seconds in re.findall(r"OK created .*?model (\S+) .*? in ([0-9.]+)s", last)
    ]


def _apart(kind: str, url: str | None, orders: int) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(measure, (kind, url, orders))
    print(
        f"  {kind}: {found['others']:.1f} s all other models, {found['stock']:.1f} s those of stock and their {found['tests']:.0f} tests;"
        f" {found['before']:,.0f} and {found['memory']:,.0f} MB; rows: "
        + ", ".join(
            f"{name} {found[name]:,.0f}"
            for name in ("stock_ledger", "stock_spans", "stock_items", "stockout_days", "stock_daily")
        ),
        flush=True,
    )
    return found


def run(orders: int) -> list[Claim]:
    share = orders / 1_000_000
    found = _apart("duckdb", None, orders)
    claims = [
        Claim(f"DuckDB builds and tests the stock of {orders:,} orders in under 40 s per million", found["stock"], 40 * share, "40 s", at_most=1),
        Claim("... in under 2 GB", found["memory"], 2000, "2 GB", unit="MB", at_most=1),
    ]  # fmt: skip
    url = os.environ.get("FONDACO_BENCH_POSTGRES")
    if url:
        found = _apart("postgres", url, orders)
        claims.append(
            Claim("PostgreSQL builds and tests it in under 5 minutes per million", found["stock"], 300 * share, "300 s", at_most=1)
        )  # fmt: skip
    return claims
