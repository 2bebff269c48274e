"""From a shop's webhook to the published figure: late, doubled, out of order, killed; the figures are those of a run.

``FONDACO_CRASH_COUNT`` sets how many instants of the drain a kill is tried at.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.journeys.conftest import SHOP_ADDRESSES, Shops, differences, fast_clock, rows

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.live import Live, live_state, run_live
from fondaco.orchestration.stopping import Stop
from fondaco.orchestration.subscribing import create, remove, replay, tend_daily
from fondaco.queue import Queue
from fondaco.server.app import create_app
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
SALES = frozenset(
    {
        "marts.orders",
        "marts.refunds",
        "marts.payments",
        "marts.sales_daily",
        "marts.shop_sales_daily",
        "marts.order_discounts",
        "core.sales_events",
        "core.order_lines",
    }
)
"""What follows from orders, whoever their buyers are found to be."""


@dataclass
class Served:
    """A project that is served, over shops that tell it of changes."""

    project: Project
    shops: Shops

    def deliver(self, **manner: Any) -> dict[str, int]:
        answers: dict[str, int] = self.shops.ask("POST", "deliver", json=manner)
        return answers

    def drain(self) -> None:
        run_live(self.project, Stop(), once=True)

    def sales(self) -> dict[str, list[tuple[Any, ...]]]:
        return {name: found for name, found in rows(self.project, "core", "marts").items() if name in SALES}


@contextmanager
def served(project: Project) -> Iterator[str]:
    config = uvicorn.Config(create_app(project), port=0, host="127.0.0.1", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def told(read_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The project served, its shops subscribed, and an hour of changes that nobody has told yet."""
    shutil.copytree(read_project, tmp_path, dirs_exist_ok=True)
    with SimulatorServer(tmp_path / "world", port=SHOP_ADDRESSES) as server:
        shops = Shops(server, World.open(tmp_path / "world"))
        opened = Project.open(tmp_path / "shop", clock=fast_clock)
        with opened, served(opened) as url:
            monkeypatch.setenv("FONDACO_SERVER__PUBLIC_URL", url)
            with Project.open(tmp_path / "shop", clock=fast_clock) as project:
                subscribe_all(project, shops)
                time.sleep(
                    1.1
                )  # a greeting made the door read its keys before all were made; it looks again after a second
                shops.advance(share=0.05, minutes=60)
                yield Served(project, shops)


def subscribe_all(project: Project, shops: Shops, *, without: Collection[str] = ()) -> None:
    for connection in project.connections():
        if connection.source in without:
            continue
        done = create(project, connection)
        if done.by_hand:  # what stands before a queue of commercetools' cloud
            secret = project.control.webhooks.secret(project.tenant, connection.connection_id)
            [shop] = [s for s in shops.ask("GET", "shops") if s["platform"] == connection.source]
            wanted = {"shop": shop["shop_id"], "topic": "changes", "address": done.address, "secret": secret}
            shops.ask("POST", "subscribe", json=wanted)


def test_figures_after_a_drain_and_after_its_replay_are_those_of_a_run(told: Served) -> None:
    before, start = told.sales(), told.project.clock() - timedelta(minutes=5)
    answers = told.deliver(seed=3, doubled=0.3, shuffled=True)
    assert set(answers) == {"200"}

    told.drain()

    drained = told.sales()
    assert differences(drained, before) != {}
    state = live_state(told.project)
    assert state is not None
    assert (state.events, state.failed, state.faults) == (answers["200"], "", {})
    assert state.duplicates > 0
    assert told.project.reader.version == state.version
    assert Queue(told.project.data / "queue").is_empty()
    assert replay(told.project, since=start) == answers["200"]
    told.drain()
    assert differences(told.sales(), drained) == {}
    assert run_pipeline(told.project, steps=("sync", "build", "publish")).error is None
    assert differences(drained, told.sales()) == {}


def test_what_cannot_be_read_waits_and_holds_up_no_other_shop(told: Served) -> None:
    from fondaco.control import ConnectionRecord

    project, brick = told.project, "brick-mortar-goods"
    settings = project.control.connections.settings(project.tenant, brick)
    told.deliver(seed=3)
    connection = project.control.connections.get(project.tenant, brick)
    record = ConnectionRecord(brick, "woocommerce", connection.name, "EUR", "Europe/Berlin",
                              {**settings, "consumer_secret": "revoked"})  # fmt: skip
    project.control.connections.add(project.tenant, record)

    told.drain()

    state = live_state(project)
    assert state is not None
    assert list(state.faults) == [brick]
    assert Queue(project.data / "queue").is_empty()
    waiting = Queue(project.data / "queue" / "later").read(1000).events
    assert {(event.connection_id, event.attempt > 0) for event in waiting} == {(brick, True)}
    assert state.postponed >= len(waiting)
    assert project.reader.version == state.version


def test_subscriptions_that_a_shop_has_dropped_are_made_again(told: Served) -> None:
    project, aurora = told.project, "aurora-outdoor"
    connection = project.control.connections.get(project.tenant, aurora)
    with_all = project.control.webhooks.get(project.tenant, aurora)
    assert with_all is not None
    source = project.source(connection)
    lost = source.subscriptions()[:3]  # type: ignore[attr-defined]
    for each in lost:
        source.unsubscribe(each.subscription_id)  # type: ignore[attr-defined]
    assert tend_daily(project) == []  # listed today already

    project.control.webhooks.note_listing(
        project.tenant, aurora, topics=with_all.topics, at=project.clock() - timedelta(days=2)
    )
    [tended] = tend_daily(project)

    assert (tended.connection_id, set(tended.made)) == (aurora, {each.topic for each in lost})
    assert list(tended.topics) == with_all.topics
    assert remove(project, connection) == len(with_all.topics)
    assert source.subscriptions() == []  # type: ignore[attr-defined]
    source.close()


KILLED = int(os.environ.get("FONDACO_CRASH_COUNT", "1"))


@pytest.mark.parametrize("seed", range(KILLED))
def test_after_a_kill_in_the_drain_nothing_is_lost_or_doubled(told: Served, seed: int) -> None:
    told.deliver(seed=seed, doubled=0.2, shuffled=True)
    told.project.close()  # the drain is a process of its own
    folder = told.project.settings.folder
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.drained_run", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.1, 6))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    told.drain()

    drained = told.sales()
    assert run_pipeline(told.project, steps=("sync", "build", "publish")).error is None
    assert differences(drained, told.sales()) == {}


def test_a_run_that_meets_the_drain_waits_for_its_batch(told: Served) -> None:
    """The drain would have the writer nearly all the time; whoever else wants it goes first."""
    told.deliver(seed=3)
    project = told.project
    outcome: list[Any] = []
    with Live(project) as live, Project.open(project.settings.folder, clock=fast_clock) as other:
        with project.warehouse.writer(), project.warehouse.courtesy.writing_briefly():
            run = threading.Thread(
                target=lambda: outcome.append(run_pipeline(other, steps=("publish",)).error)
            )
            run.start()
            deadline = time.monotonic() + 10
            while not project.warehouse.courtesy.is_wanted and time.monotonic() < deadline:
                time.sleep(0.02)
            assert live.turn() == 1.0  # makes way
        run.join(60)
    assert outcome == [None]
