"""A second run with 0.1 % of the orders changed, beside the first run of the same project.

Both read a simulated merchant's three shops over HTTP, and both do all of ``fondaco run``: sync, load, models, tests,
publish, reconciliation. The vendors' endpoints stand in a process of their own.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from benchmarks.claim import Claim, timed
from fondaco.clock import parse_instant
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect, slug
from fondaco.orchestration.progress import Event
from fondaco.simulator.connections import demo_connections
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import generate_world
from fondaco.sources.exchange_rates import static_rates

MOST_ORDERS = 100_000
"""Reading a shop page by page takes longer than all the rest; more orders would only measure that."""
CHANGED_SHARE = 0.001
DAYS = 730
END = datetime(2026, 10, 1, 9, tzinfo=UTC)
_LAG = timedelta(minutes=20)
"""Later than the newest change by more than every safety lag."""


def run(orders: int) -> list[Claim]:
    orders = min(orders, MOST_ORDERS)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        generate_world(world, seed=1, orders=orders, days=DAYS, end=END)
        with _served(world) as base_url, _project(Path(folder) / "shop", base_url) as project:
            first = _timed_run(project, "first")
            advanced = httpx.post(
                f"{base_url}/_simulator/advance",
                json={"seed": 5, "share": CHANGED_SHARE, "minutes": 60 * 24},
                trust_env=False, timeout=600,
            )  # fmt: skip
            advanced.raise_for_status()
            second = _timed_run(project, "second")
    return [
        Claim(
            f"A second run with 0.1 % of {orders:,} orders changed takes less than 15 % of the first run",
            second, first, "first run", at_most=0.15,
        ),
    ]  # fmt: skip


def _timed_run(project: Project, name: str) -> float:
    """Seconds of a whole run; prints those of its steps. A run that fails counts for nothing."""
    seen: dict[str, tuple[float, float]] = {}

    def note(event: Event) -> None:
        now = time.perf_counter()
        seen[event.step] = (seen.get(event.step, (now, now))[0], now)

    with timed() as span:
        outcome = run_pipeline(project, progress=note)
    if outcome.error is not None:
        raise outcome.error
    parts = ", ".join(f"{step} {last - first:.1f} s" for step, (first, last) in seen.items())
    print(f"  {name} run: {span.seconds:.1f} s ({parts})", flush=True)
    return span.seconds


@contextmanager
def _project(folder: Path, base_url: str) -> Iterator[Project]:
    door = httpx.Client(base_url=f"{base_url}/_simulator", trust_env=False)

    def clock() -> datetime:
        return parse_instant(door.get("/health").raise_for_status().json()["now"]) + _LAG

    project = Project.create(folder, name="Benchmark", currency="EUR", timezone="Europe/Berlin", clock=clock)
    project.landing.land_rows(
        "fondaco__exchange_rates",
        [
            {"tenant_id": project.tenant, **row, "_synced_at": END.replace(tzinfo=None)}
            for row in static_rates().to_pylist()
        ],
    )
    start = (END - timedelta(days=DAYS)).date().isoformat()
    for shop in demo_connections(base_url):
        connect(project, shop.source, slug(shop.name), shop.settings | {"start_date": start})
    with project, closing(door):
        yield project


@contextmanager
def _served(world: Path) -> Iterator[str]:
    """The simulator's address; it stands in a process of its own, as vendors do."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(world, theirs))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(60)


def _serve(world: Path, door: Connection) -> None:
    with SimulatorServer(world) as server:
        door.send(server.base_url)
        door.recv()
