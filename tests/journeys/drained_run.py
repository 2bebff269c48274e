"""The drain of a project in a process of its own, so that a test can kill it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.journeys.conftest import fast_clock

from fondaco.orchestration import Project
from fondaco.orchestration.live import run_live
from fondaco.orchestration.stopping import Stop

if __name__ == "__main__":
    with Project.open(Path(sys.argv[1]), clock=fast_clock) as opened:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        run_live(opened, Stop(), once=True)
