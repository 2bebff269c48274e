"""A process that lands two slices and publishes, and kills itself at the n-th system-visible step.

``python crashing.py <folder> <steps>``: die with SIGKILL after that many SQL statements, renames and disk syncs. Prints the
number of steps when it gets to the end.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.landing.conftest import ORDERS, Shop, order, page

from fondaco.config import Settings, WarehouseSettings
from fondaco.landing import Landing
from fondaco.sources.stream import Slice
from fondaco.warehouse import open_warehouse

FIRST = [
    order("1", "1.00", refunds=[{"id": "r1"}, {"id": "r2", "lines": {"nodes": [{"amount": 1}]}}]),
    order("2"),
]
SECOND = [order("1", "2.00", refunds=[{"id": "r1"}]), order("3", "bad"), order("4", colour="red")]


class Countdown:
    """Kills the process when it has counted so far."""

    def __init__(self, steps: int) -> None:
        self.limit = steps
        self.count = 0

    def step(self, *_: object) -> None:
        self.count += 1
        if self.count == self.limit:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(countdown: Countdown) -> None:
    """Count what the operating system sees (opens, renames, syncs) and what DuckDB is asked."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree") or (
            event == "open" and str(arguments[0]).startswith(sys.argv[1])
        ):
            countdown.step()

    sys.addaudithook(hook)
    sys.setprofile(
        lambda _frame, event, called: (
            countdown.step()
            if event == "c_call" and called.__name__ in ("execute", "fsync", "commit")
            else None
        )
    )


def main(folder: Path, steps: int) -> None:
    countdown = Countdown(steps)
    settings = Settings(folder=folder, warehouse=WarehouseSettings(threads=1))
    watch(countdown)
    warehouse = open_warehouse(settings)
    landing = Landing(warehouse, settings.data / "spool", "default")
    landing.create_tables({"shop": Shop})  # type: ignore[dict-item]
    done = folder / "cursor"  # the cursor moves after the load, as orchestration does it
    for spooled in landing.pending():
        landing.load(spooled)
        done.write_text(spooled.slice.kind)
    reached = done.read_text() if done.exists() else ""
    for kind, records in (("backfill", FIRST), ("incremental", SECOND)):
        if reached in (kind, "incremental"):
            continue
        landing.load(landing.spool("north", "shop", ORDERS, Slice("orders", kind), [page(*records)]))
        done.write_text(kind)
    with warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        writer.execute("create or replace table marts.orders as select order_id, total from raw.shop__orders")
    warehouse.publish()
    sys.setprofile(None)
    sys.stdout.write(str(countdown.count))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
