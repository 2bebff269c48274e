"""kill -9 at a seeded random instant of sync, load, build, reconcile or publish; the next run mends everything.

``FONDACO_CRASH_COUNT`` sets how many instants are tried; the claim is made for 100.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.journeys.conftest import (
    KEPT_BY_BUILDS,
    Shops,
    Undisturbed,
    connected_project,
    differences,
    rows,
    standing_clock,
)

from fondaco.orchestration import run_pipeline

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(1800)]

COUNT = int(os.environ.get("FONDACO_CRASH_COUNT", "4"))
ROOT = Path(__file__).resolve().parents[2]
STEPS = ("sync", "build", "reconcile", "publish")


def kill_somewhere(folder: Path, undisturbed: Undisturbed, seed: int) -> str:
    """Start a run and kill it. The steps take turns, so that a handful of seeds meets them all; where in its step the run
    is killed is random: after one of the step's events, and then up to half a second."""
    dice = random.Random(seed)
    step = STEPS[seed % len(STEPS)]
    moments = [n for n, event in enumerate(undisturbed.events) if f'"{step}"' in event]
    events = dice.choice(moments) + 1
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.disturbed_run", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    last = ""
    for _ in range(events):
        line = process.stdout.readline()
        if not line:
            break
        last = line.strip()
    time.sleep(dice.random() * 0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return last


@pytest.mark.parametrize("seed", range(COUNT))
def test_after_a_kill_the_next_run_comes_to_the_same_tables(
    seed: int, undisturbed: Undisturbed, shops: Shops, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", shops, standing_clock) as project:
        killed_at = kill_somewhere(tmp_path / "shop", undisturbed, seed)
        before = project.reader.version
        if before is not None:  # whatever readers see is whole
            total = "select sum(net_sales) as net from marts.shop_sales_daily"
            assert project.reader.query(total) == undisturbed.project.reader.query(total)

        mended = run_pipeline(project)

        assert mended.error is None, killed_at
        assert differences(rows(project, "raw", "core", "marts"), undisturbed.tables) == {}, killed_at
        assert "running" not in {run.outcome for run in project.control.runs.recent("default")}


def test_a_run_that_is_asked_to_stop_ends_cleanly_and_the_next_goes_on(
    undisturbed: Undisturbed, shops: Shops, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", shops, standing_clock) as project:
        process = subprocess.Popen(
            [sys.executable, "-c", "from fondaco.cli.main import main; main()", "-C", str(tmp_path / "shop"), "run"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while not project.control.runs.recent("default") and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=120)

        stopped = project.control.runs.recent("default")[0]
        assert (process.returncode, stopped.outcome) == (1, "aborted")
        assert told.splitlines()[-2:] == [
            "The run was stopped before its end.",
            "Nothing is lost: `fondaco run` goes on from here.",
        ]
        assert run_pipeline(project, steps=("sync",)).error is None
        # Who is who is found by a build, and costs are kept by it, which this run did not come to.
        ours, theirs = (
            {
                name: content
                for name, content in tables.items()
                if name.startswith("raw.") and "identity" not in name and name not in KEPT_BY_BUILDS
            }
            for tables in (rows(project, "raw"), undisturbed.tables)
        )
        assert differences(ours, theirs) == {}
