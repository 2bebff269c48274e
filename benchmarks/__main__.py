"""``python -m benchmarks [NAME …] [--orders N]``: run all benchmarks, or the named ones, and print their claims."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from datetime import UTC, datetime

import duckdb

NAMES = (
    "simulator_speed",
    "landing",
    "dbt_build",
    "stock_build",
    "second_run",
    "web",
    "webhooks",
    "live",
    "customers",
    "identity",
    "cohorts",
    "analyse",
    "alerts",
    "forecasting",
)
"""Modules of this package; each has ``run(orders: int) -> list[Claim]``."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; default: all")
    parser.add_argument("--orders", type=int, default=1_000_000, help="size of the shop (default 1,000,000)")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}, {options.orders:,} orders"
    )
    claims = []
    for name in options.names or NAMES:
        print(f"\n{name}", flush=True)
        for claim in importlib.import_module(f"benchmarks.{name}").run(options.orders):
            print(claim, flush=True)
            claims.append(claim)
    missed = [claim for claim in claims if not claim.holds]
    print(f"\n{len(claims) - len(missed)} of {len(claims)} claims hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
