"""One run of a project in a process of its own, telling each event of its progress, so that a test can kill it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.journeys.conftest import standing_clock

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.progress import Event


def tell(event: Event) -> None:
    sys.stdout.write(json.dumps([event.step, event.subject]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with Project.open(Path(sys.argv[1]), clock=standing_clock) as opened:
        outcome = run_pipeline(opened, progress=tell)
    sys.exit(outcome.exit_code)
