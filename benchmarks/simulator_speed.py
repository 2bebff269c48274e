"""Claim: the simulator makes at least 50,000 orders a second, in less than 1.5 GB.

Yardstick of the same run: DuckDB copying all tables of that world from parquet to parquet, on as many threads as there
are cores. Run: ``python benchmarks/simulator_speed.py [orders]``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from fondaco.simulator.schema import TABLES
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.frames import parquet_of

LEAST_ORDERS_PER_SECOND = 50_000
MOST_MEGABYTES = 1_500


def copy_with_duckdb(world: Path, target: Path) -> int:
    """Copy every table; returns the rows copied."""
    target.mkdir()
    rows = 0
    with duckdb.connect() as database:
        for table in TABLES:
            copied = database.execute(
                f"copy (from read_parquet('{parquet_of(world, table)}')) to '{target / table}.parquet'"
            ).fetchall()
            rows += int(copied[0][0])
    return rows


def main() -> int:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        generate_world(folder / "world", seed=7, orders=orders, end=datetime(2026, 11, 1, tzinfo=UTC))
        seconds = time.perf_counter() - began
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        rows = copy_with_duckdb(folder / "world", folder / "copy")
        yardstick = time.perf_counter() - began
    result = {
        "orders": orders, "rows": rows, "cores": os.cpu_count(), "seconds": round(seconds, 2),
        "orders_per_second": round(orders / seconds), "peak_megabytes": round(megabytes),
        "yardstick": "DuckDB copying the same tables", "yardstick_seconds": round(yardstick, 2),
        "ratio": round(seconds / yardstick, 2),
    }  # fmt: skip
    print(json.dumps(result, indent=2))
    return int(orders / seconds < LEAST_ORDERS_PER_SECOND or megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
