"""A drain that is killed at any step of building and publishing a batch, with Shopify alone, whose orders are built by themselves, comes to what one that
nobody has killed comes to."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import SHOP_ADDRESSES, Shops, differences, fast_clock, rows
from tests.journeys.killed_drain import EVENTS_OF_A_BATCH, STEPS
from tests.journeys.test_live import ROOT, served, subscribe_all

from fondaco.orchestration import Project
from fondaco.orchestration.live import live_state, run_live
from fondaco.orchestration.stopping import Stop
from fondaco.queue import Queue
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(600)]

Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def waiting(read_project: Path, tmp_path: Path) -> Iterator[Path]:
    """A project with many deliveries of Shopify, some of them twice, in its queue; those of one order follow each other."""
    shutil.copytree(read_project, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "shop"
    with SimulatorServer(tmp_path / "world", port=SHOP_ADDRESSES) as server:
        shops = Shops(server, World.open(tmp_path / "world"))
        with Project.open(folder, clock=fast_clock) as opened, served(opened) as url:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv("FONDACO_SERVER__PUBLIC_URL", url)
                with Project.open(folder, clock=fast_clock) as told:
                    subscribe_all(told, shops, without={"woocommerce", "commercetools"})
            time.sleep(1.1)  # the door reads its keys again after a second
            shops.advance(share=0.2, minutes=60)
            answers = shops.ask("POST", "deliver", json={"seed": 1, "doubled": 0.2})
            assert set(answers) == {"200"}
        yield folder


def finished(folder: Path) -> tuple[Tables, Tables]:
    """Drain what is left; every row of the warehouse, and of what is published."""
    with Project.open(folder, clock=fast_clock) as project:
        run_live(project, Stop(), once=True)
        state = live_state(project)
        assert state is not None
        assert (state.failed, state.faults, project.reader.version) == ("", {}, state.version)
        assert Queue(project.data / "queue").is_empty()
        found = rows(project, "raw", "core", "marts")
        published = {
            name: sorted(
                (tuple(row.values()) for row in project.reader.query(f"from {name}").to_pylist()), key=repr
            )
            for name in ("marts.orders", "marts.profit_ledger", "marts.sales_daily", "marts.refunds")
        }
    return found, published


def test_a_kill_at_any_step_of_any_batch_loses_and_doubles_nothing(waiting: Path, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    shutil.copytree(waiting, calm)
    with Project.open(waiting, clock=fast_clock) as project:
        before = rows(project, "marts")
        assert Queue(project.data / "queue").depth().events > 2 * len(STEPS) * EVENTS_OF_A_BATCH
    undisturbed = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.drained_run", str(calm)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    for number, step in enumerate(STEPS):
        # A first batch is the one in which the process before was killed; every other process dies in its second.
        killed = subprocess.run(
            [sys.executable, "-m", "tests.journeys.killed_drain", str(waiting), step, str(2 - number % 2)],
            cwd=ROOT,
            check=False,
            stderr=subprocess.DEVNULL,
        )
        assert killed.returncode == -signal.SIGKILL, step

    assert undisturbed.wait() == 0
    found, published = finished(waiting)
    expected, shown = finished(calm)
    assert differences(before, expected).keys() >= {"marts.orders", "marts.profit_ledger"}
    assert differences(found, expected) == {}
    assert published == shown
