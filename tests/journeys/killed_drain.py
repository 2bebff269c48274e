"""The drain of a project in a process of its own, in small batches, that kills itself at a step: ``killed_drain.py FOLDER STEP BATCH``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.conftest import fast_clock

from fondaco.orchestration import Project, draining
from fondaco.orchestration.live import run_live
from fondaco.orchestration.stopping import Stop
from fondaco.warehouse import duckdb_live
from fondaco.warehouse.duckdb import DuckDBWarehouse
from fondaco.warehouse.snapshots import SnapshotFolder

EVENTS_OF_A_BATCH = 15
STEPS: dict[str, tuple[Any, str]] = {
    "built, not committed": (duckdb_live._Build, "run"),
    "version written, not in force": (SnapshotFolder, "adopt"),
    "published": (DuckDBWarehouse, "publish"),
}
"""Where it dies: behind these, the first time that the batch, or one after it that has something to build, comes there."""

_BEFORE = {"version written, not in force"}
"""Before these."""


def killing(step: Callable[..., Any], is_time: Callable[[], bool], *, before: bool) -> Callable[..., Any]:
    """``step``, and nothing after it, or not even that, once ``is_time``."""

    def last(*args: Any, **options: Any) -> Any:
        is_last = is_time()
        if is_last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = step(*args, **options)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return last


def prepare(step: str, batch: int) -> None:
    """Let this process die at ``step`` of its ``batch``-th batch."""
    batches: list[int] = []
    drain = draining.Drain.drain

    def counted(self: draining.Drain) -> draining.Drained:
        batches.append(1)
        return drain(self)

    draining.Drain.drain = counted  # type: ignore[method-assign]
    owner, name = STEPS[step]
    setattr(owner, name, killing(getattr(owner, name), lambda: len(batches) >= batch, before=step in _BEFORE))


if __name__ == "__main__":
    draining.MOST_EVENTS = EVENTS_OF_A_BATCH
    prepare(sys.argv[2], int(sys.argv[3]))
    with Project.open(Path(sys.argv[1]), clock=fast_clock) as opened:
        run_live(opened, Stop(), once=True)
