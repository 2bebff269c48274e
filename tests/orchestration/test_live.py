"""A turn of the drain that ends early forgets nothing: its events are as new as before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.orchestration.conftest import TurnedClock
from tests.orchestration.test_draining import AskedStall

from fondaco.control import Connection
from fondaco.errors import ConfigError, FondacoError, RetryableError
from fondaco.landing import Landing
from fondaco.orchestration import Project
from fondaco.orchestration.draining import Drain, Drained
from fondaco.orchestration.live import Live, LiveState, live_state
from fondaco.queue import Queue, QueuedEvent, QueueWriter
from fondaco.sources.http import VendorFaultError

FULL = RetryableError("The disk is full.", "Make room.")


@pytest.fixture
def live(
    project: Project, connection: Connection, stall_asked: AskedStall, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Live]:
    """A drain whose builder has nothing to build, with one delivery that waits."""
    monkeypatch.setattr(Project, "source", lambda *_: stall_asked)
    monkeypatch.setattr(Live, "_build", lambda *_: None)
    monkeypatch.setattr(project.warehouse, "publish", lambda **_: SimpleNamespace(version="v1"))
    deliver(project, "e1")
    with Live(project) as opened:
        yield opened


def deliver(project: Project, event_id: str) -> None:
    event = QueuedEvent("stall", "stall", event_id, "t", project.clock(), changed=(("orders", "7"),))
    writer = QueueWriter(project.data / "queue")
    writer.put([event.to_bytes()])
    writer.close()


@pytest.fixture
def stall_asked() -> AskedStall:
    stall = AskedStall()
    stall.there = {"7"}
    return stall


def once(error: BaseException, then: Callable[..., Any]) -> Callable[..., Any]:
    """Raises the first time, and is ``then`` afterwards."""
    raised: list[bool] = []

    def called(*args: Any, **options: Any) -> Any:
        if raised:
            return then(*args, **options)
        raised.append(True)
        raise error

    return called


def finished(project: Project, live: Live) -> None:
    """The next turn does all of it."""
    assert live.turn() == 0.0
    state = live_state(project)
    assert state is not None
    assert (state.events, state.duplicates, state.records, state.failed) == (1, 0, 1, "")
    assert not live.is_waited_for


def test_what_comes_while_a_batch_is_published_is_the_next_batch_of_the_same_turn(
    project: Project, live: Live
) -> None:
    """The warehouse is neither closed nor opened between them."""
    connections: list[Any] = []

    def told(drained: Drained, _: LiveState) -> None:
        connections.append(project.warehouse.connection())
        if len(connections) < 3:
            deliver(project, f"more-{len(connections)}")

    assert live.turn(told) == 0.0
    assert len(connections) == 3
    assert connections[0] is connections[1] is connections[2]
    assert not live.is_waited_for


def test_between_two_batches_the_drain_makes_way(project: Project, live: Live) -> None:
    entered = threading.Event()

    def write() -> None:
        with (
            Project.open(project.settings.folder, clock=project.clock) as other,
            other.warehouse.writer(),
        ):
            entered.set()

    run = threading.Thread(target=write)

    def told(*_: object) -> None:
        deliver(project, "e2")
        run.start()
        deadline = time.monotonic() + 10
        while not project.warehouse.courtesy.is_wanted and time.monotonic() < deadline:
            time.sleep(0.02)

    assert live.turn(told) == 0.0
    assert live.is_waited_for
    assert entered.wait(10)
    run.join(10)


def test_a_drain_that_is_to_stop_ends_with_the_batch(project: Project, live: Live) -> None:
    stop = threading.Event()

    def told(*_: object) -> None:
        deliver(project, "e2")
        stop.set()

    assert live.turn(told, stop) == 0.0
    assert live.is_waited_for


@pytest.mark.parametrize(
    "error", [FULL, ConfigError("A setting is wrong.", "Correct it."), OSError(28, "No space left on device")]
)
def test_a_publish_that_fails_leaves_the_batch_as_new_as_it_was(
    project: Project, live: Live, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.warehouse, "publish", once(error, project.warehouse.publish))
    assert live.turn() == 5.0
    assert live.failed != ""
    finished(project, live)


def test_a_drain_that_is_stopped_while_it_publishes_forgets_nothing(
    project: Project, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project.warehouse, "publish", once(KeyboardInterrupt(), project.warehouse.publish))
    with pytest.raises(KeyboardInterrupt):
        live.turn()
    finished(project, live)


def test_a_batch_that_cannot_be_put_aside_is_not_committed(
    project: Project,
    live: Live,
    stall_asked: AskedStall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stall_asked.faults = {"7": VendorFaultError("It answered 500.", "Wait.", status=500)}
    monkeypatch.setattr(QueueWriter, "put", once(FULL, QueueWriter.put))
    assert live.turn() == 5.0
    assert len(Queue(project.data / "queue").read(9).events) == 1
    assert live.turn() == 0.0
    assert Queue(project.data / "queue").is_empty()
    assert len(Queue(project.data / "queue" / "later").read(9).events) == 1


def test_what_is_put_aside_does_not_grow_while_nothing_can_be_published(
    project: Project,
    live: Live,
    stall_asked: AskedStall,
    clock: TurnedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stall_asked.faults = {"7": VendorFaultError("It answered 500.", "Wait.", status=500)}
    assert live.turn() == 0.0
    later = Queue(project.data / "queue" / "later")
    stall_asked.faults = {}

    def refuse(**_: Any) -> None:
        raise FULL

    monkeypatch.setattr(project.warehouse, "publish", refuse)
    clock.turn(timedelta(seconds=6))
    for _ in range(3):
        assert live.turn() > 0.0
    assert len(later.read(9).events) == 1


def test_a_control_database_that_is_locked_ends_no_drain(
    project: Project, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: FondacoError = RetryableError("The control database is locked.", "Wait.")
    put = project.control.saved.put
    monkeypatch.setattr(project.control.saved, "put", once(locked, put))
    assert live.turn() == 0.0
    assert Queue(project.data / "queue").is_empty()


STEPS: dict[str, tuple[Any, str]] = {
    "landed": (Landing, "load"),
    "drained": (Drain, "drain"),
    "built": (Live, "_build"),
    "noted": (Live, "_note_published"),
    "a queue committed": (Queue, "commit"),
    "committed": (Drain, "commit"),
}


@pytest.mark.parametrize("step", STEPS)
def test_whatever_begins_after_a_step_that_was_the_last_does_the_rest(
    project: Project, live: Live, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name = STEPS[step]
    work = getattr(owner, name)

    def last(*args: Any, **options: Any) -> None:
        work(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as ended:
        ended.setattr(owner, name, last)
        with pytest.raises(KeyboardInterrupt):
            live.turn()
    with Live(project) as after:
        while after.is_waited_for:
            assert after.turn() == 0.0
    with project.warehouse.writer() as writer:
        assert writer.fetch("select id from raw.stall__orders").to_pylist() == [{"id": 7}]
    assert Queue(project.data / "queue").is_empty()
    assert Queue(project.data / "queue" / "later").is_empty()
