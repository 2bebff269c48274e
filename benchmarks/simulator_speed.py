"""Making a world: orders a second and memory, beside DuckDB copying the same tables from parquet to parquet."""

from __future__ import annotations

import multiprocessing
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.claim import Claim, peak_memory_mb, timed
from fondaco.simulator.schema import TABLES
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.frames import parquet_of

LEAST_ORDERS_PER_SECOND = 50_000
MOST_MEGABYTES = 1_500
MOST_COPIES = 3.0


def run(orders: int = 1_000_000) -> list[Claim]:
    """Generate ``orders`` orders in a process of their own, then copy the result with DuckDB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, megabytes = pool.apply(_generate, (folder / "world", orders))
        with timed() as copying:
            _copy(folder / "world", folder / "copy")
    return [
        Claim(
            f"the simulator makes 50,000 orders a second ({orders:,} orders)",
            orders / seconds, LEAST_ORDERS_PER_SECOND, "the limit", unit="orders/s", at_least=1,
        ),
        Claim(
            "a world takes at most three times as long as copying its tables",
            seconds, copying.seconds, "DuckDB, parquet to parquet", at_most=MOST_COPIES,
        ),
        Claim("it stays under 1.5 GB", megabytes, MOST_MEGABYTES, "the limit", unit="MB", at_most=1),
    ]  # fmt: skip


def _generate(folder: Path, orders: int) -> tuple[float, float]:
    with timed() as span:
        generate_world(folder, seed=7, orders=orders, end=datetime(2026, 11, 1, tzinfo=UTC))
    return span.seconds, peak_memory_mb()


def _copy(world: Path, target: Path) -> None:
    target.mkdir()
    with duckdb.connect() as database:
        for table in TABLES:
            source = parquet_of(world, table)
            database.execute(f"copy (from read_parquet('{source}')) to '{target / table}.parquet'")
