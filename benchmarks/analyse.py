"""The step analyse as a run takes it: scores, models of value and churn, cohorts, products, over a shop just built.

The shop is built in one process and analysed in another, so that the peak memory is the step's own. Time is the processor's, of all threads
together: it is the same, or nearly, where other programs use the machine.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.claim import Claim, peak_memory_mb, timed
from benchmarks.dbt_build import NOW, seed, variables, write_project
from fondaco.orchestration import Project
from fondaco.orchestration.analysing import analyse_customers
from fondaco.orchestration.progress import silent
from fondaco.warehouse.dbt import invoke

SECONDS_PER_MILLION = 60.0
LEAST_SECONDS = 10.0
"""What a small shop may take: models are fitted to its customers, not to its orders."""
MEMORY_MB = 1_500.0
_SETTINGS = """[project]
name = "Bench"
currency = "EUR"
timezone = "Europe/Berlin"
[warehouse]
threads = 2
memory_limit = "800MB"
"""


def run(orders: int) -> list[Claim]:
    with tempfile.TemporaryDirectory() as name:
        _apart(build_shop, name, orders)
        found = _apart(measure, name)
    print(
        f"  {found['customers']:,.0f} customers, {found['models']:.0f} models: {found['seconds']:.1f} processor seconds;"
        f" {found['waited']:.1f} s by the clock, of them churn {found['churn']:.1f} s; {found['memory']:,.0f} MB"
    )
    limit = max(SECONDS_PER_MILLION * orders / 1_000_000, LEAST_SECONDS)
    return [
        Claim(
            f"Analysing the customers of {orders:,} orders takes less than {SECONDS_PER_MILLION:.0f} processor seconds per million",
            found["seconds"], limit, "limit", at_most=1,
        ),
        Claim("… its peak memory", found["memory"], MEMORY_MB, "limit", "MB", at_most=1),
    ]  # fmt: skip


def build_shop(name: str, orders: int) -> dict[str, float]:
    """A project in the folder ``name`` whose marts hold ``orders`` orders."""
    folder = Path(name)
    (folder / "fondaco.toml").write_text(_SETTINGS)
    with Project.open(folder) as project:
        seed(project.warehouse, orders)
        models = write_project(folder / "models")
        invoke(project.warehouse, ["run"], project=models, vars=variables(), now=NOW)
    return {}


def measure(name: str) -> dict[str, float]:
    """Processor seconds of the step; seconds by the clock, and those of churn; its peak memory in MB; customers and models."""
    with Project.open(Path(name)) as project:
        started = time.process_time()
        with timed() as taken:
            analyse_customers(project, "bench", silent)
        seconds = time.process_time() - started
        with project.warehouse.writer() as writer:
            [row] = writer.fetch(
                """
                select (select count(*) from marts.customer_scores) as customers, count(*) as models,
                    sum(seconds) filter (model like 'churn%') as churn
                from marts.model_runs
                """
            ).to_pylist()
    return {
        "seconds": seconds,
        "waited": taken.seconds,
        "memory": peak_memory_mb(),
        **{key: float(value) for key, value in row.items()},
    }


def _apart(work: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    """In a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)
