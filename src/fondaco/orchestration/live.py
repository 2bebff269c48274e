"""Live figures: drain the queue, build what follows from it, publish; again and again in a process of its own.

``fondaco serve`` starts the process when the first delivery has come; ``fondaco live`` is the same in the foreground. One of
them drains, the others wait. Whoever else wants the writer goes first (``fondaco.warehouse.courtesy``).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fondaco.clock import format_instant, parse_instant
from fondaco.errors import ConfigError, FondacoError, RetryableError
from fondaco.orchestration.analysing import tables_written
from fondaco.orchestration.draining import Drain, Drained
from fondaco.orchestration.modelling import build, is_half_built, keep_half_built
from fondaco.orchestration.progress import silent
from fondaco.orchestration.stopping import Stop
from fondaco.orchestration.sync import load_what_can_be
from fondaco.warehouse.dbt_live import LiveBuilder
from fondaco.warehouse.lock import LockFile
from fondaco.warehouse.published_layout import EACH_RUN

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

STATE = "live"
"""Under this name the control plane remembers what the drain did last."""

_LOOKS_EVERY_SECONDS = 0.1
_LOCKED_SECONDS = 1.0
_STRETCH_SECONDS = 10.0
"""While deliveries keep coming the warehouse stays open from batch to batch, unless another wants it, but no longer than this: to
close and open it takes a tenth of a batch."""

_UNREAD_SECONDS = 5.0
_FAILED_SECONDS = (5.0, 30.0, 120.0, 600.0)

_log = logging.getLogger(__name__)


@dataclass
class LiveState:
    """What is known of the drain, as everyone may ask.

    Attributes
    ----------
    beat_at
        When it was last alive.
    published_at, version
        When it last published, and what.
    lag_seconds
        From a delivery to its figure, in the newest batch: the 95th percentile, and the longest.
    step_seconds
        How long the steps of the newest batch took.
    failed
        Why the newest batch was not published; empty if it was.
    faults
        Why changes of a connection could not be read, by connection, in the newest batch that had any of it.
    """

    beat_at: str = ""
    published_at: str = ""
    version: str = ""
    batches: int = 0
    events: int = 0
    duplicates: int = 0
    records: int = 0
    postponed: int = 0
    given_up: int = 0
    lag_seconds: tuple[float, float] = (0.0, 0.0)
    step_seconds: dict[str, float] = field(default_factory=dict)
    failed: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def published(self) -> datetime | None:
        return parse_instant(self.published_at) if self.published_at else None


def live_state(project: Project) -> LiveState | None:
    """What the drain did last; None if there never was one."""
    found = project.control.saved.get(project.tenant, STATE)
    if found is None:
        return None
    known = {name: value for name, value in found.items() if name in LiveState.__dataclass_fields__}
    known["lag_seconds"] = tuple(known.get("lag_seconds", (0.0, 0.0)))
    return LiveState(**known)


Told = Callable[[Drained, LiveState], None]


def run_live(project: Project, stop: Stop, *, told: Told | None = None, once: bool = False) -> None:
    """Drain and publish until ``stop`` is set; with ``once``, until nothing waits.

    Raises
    ------
    RetryableError
        If another process drains this project already.
    ConfigError
        With ``once``, if a batch could not be published, or nothing ever was; it stays in the queue.
    """
    with _only_one(project), Live(project) as live:
        while not stop.is_set():
            if live.is_waited_for and project.reader.version is None:
                # Some orders of a shop whose history nobody has read would look like all of them.
                if once:
                    raise _nothing_published()
                wait = _UNREAD_SECONDS
            elif live.is_waited_for:
                wait = live.turn(told, stop)
                if once and live.failed:
                    raise ConfigError(
                        f"What waits was not published: {live.failed}",
                        "It stays in the queue; correct what is said, then run `fondaco live --once` again.",
                    )
            elif once:
                return
            else:
                live.beat()
                wait = _LOOKS_EVERY_SECONDS
            stop.wait(wait)


class Live:
    """The drain and the builder of one project, and what is remembered of them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._drain = Drain(project)
        self._builder = LiveBuilder(project.warehouse)
        self._state = live_state(project) or LiveState()
        self._failures = 0
        self._beat = 0.0

    def __enter__(self) -> Live:
        self.beat()
        return self

    def __exit__(self, *_: object) -> None:
        self._drain.close()

    @property
    def is_waited_for(self) -> bool:
        return self._drain.is_waited_for

    @property
    def failed(self) -> str:
        """Why the newest batch was not published; empty if it was, or none was tried."""
        return self._state.failed if self._failures else ""

    def beat(self) -> None:
        """Say every minute that the drain lives."""
        if time.monotonic() - self._beat > 60 or not self._beat:
            self._beat = time.monotonic()
            self._keep()

    def turn(self, told: Told | None = None, stop: Stop | None = None) -> float:
        """Drain, build and publish what waits, batch by batch; seconds to wait before the next turn."""
        if self._project.warehouse.courtesy.is_wanted:
            return _LOCKED_SECONDS
        try:
            with self._project.warehouse.writer(), self._project.warehouse.courtesy.writing_briefly():
                self._work_on(told, stop)
        except RetryableError as error:
            if self._drain.is_begun:  # a full disk, a database that is away
                return self._failed(error.what)
            _log.info("the drain waits", extra={"reason": error.what})
            return _LOCKED_SECONDS
        except FondacoError as error:
            return self._failed(error.what)
        except Exception as unknown:
            _log.exception("the drain met an unknown error")
            return self._failed(
                f"The drain met an error that Fondaco does not know ({type(unknown).__name__})."
            )
        finally:
            # Whatever the way out: events that were not committed are new when they are drained again.
            self._drain.forget_seen()
        return 0.0

    def _work_on(self, told: Told | None, stop: Stop | None) -> None:
        """Batches as long as something waits, nobody else does, and the stretch lasts; at least one."""
        self._project.landing.create_tables()
        for (connection_id, stream), error in load_what_can_be(self._project).items():
            _log.warning(
                "what an earlier run has read cannot be loaded",
                extra={"connection": connection_id, "stream": stream, "what": error.what},
            )
        until = time.monotonic() + _STRETCH_SECONDS
        while True:
            drained = self._work()
            self._failures = 0
            if told is not None:
                told(drained, self._state)
            is_ended = time.monotonic() > until or (stop is not None and stop.is_set())
            if is_ended or not self._drain.is_waited_for or self._project.warehouse.courtesy.is_wanted:
                return

    def _work(self) -> Drained:
        project = self._project
        seconds: dict[str, float] = {}
        with _timed(seconds, "drain"):
            drained = self._drain.drain()
        if drained.tables:
            with _timed(seconds, "build"):
                self._build(drained)
            with _timed(seconds, "publish"):
                version = project.warehouse.publish(standing=tables_written() | EACH_RUN).version
            self._note_published(drained, version)
        self._drain.commit()
        self._count(drained, seconds)
        return drained

    def _build(self, drained: Drained) -> None:
        """Build what follows from what was drained; everything, where the last build is not whole or not of these models."""
        if is_half_built(self._project) or not self._builder.can_build:
            build(self._project, silent)
            return
        now = self._project.clock()
        if self._builder.build_changes(drained.changes, now=now):
            return
        with keep_half_built(self._project):
            self._builder.build(sorted(drained.tables), now=now)

    def _note_published(self, drained: Drained, version: str) -> None:
        now = self._project.clock()
        lags = sorted((now - each).total_seconds() for each in drained.received)
        if lags:
            p95 = lags[min(len(lags) - 1, math.ceil(0.95 * len(lags)) - 1)]
            self._state.lag_seconds = round(p95, 3), round(lags[-1], 3)
        self._state.published_at, self._state.version = format_instant(now), version

    def _count(self, drained: Drained, seconds: dict[str, float]) -> None:
        state = self._state
        state.batches += 1
        state.events += drained.events
        state.duplicates += drained.duplicates
        state.records += drained.records
        state.postponed += drained.postponed
        state.given_up += drained.given_up
        state.step_seconds = {name: round(value, 3) for name, value in seconds.items()}
        state.failed = ""
        kept = {name: why for name, why in state.faults.items() if name not in drained.connections}
        state.faults = kept | drained.faults
        self._keep()

    def _failed(self, what: str) -> float:
        """Keep what went wrong, and the events: the batch is drained again later."""
        _log.error("a drained batch was not published", extra={"what": what})
        self._state.failed = what
        self._keep()
        wait = _FAILED_SECONDS[min(self._failures, len(_FAILED_SECONDS) - 1)]
        self._failures += 1
        return wait

    def _keep(self) -> None:
        self._state.beat_at = format_instant(self._project.clock())
        content: dict[str, Any] = asdict(self._state)
        content["lag_seconds"] = list(self._state.lag_seconds)
        try:
            self._project.control.saved.put(self._project.tenant, STATE, content)
        except FondacoError as error:  # a database that is away for a moment must not end the drain
            _log.warning("what the drain did could not be noted", extra={"what": error.what})


def _nothing_published() -> ConfigError:
    return ConfigError(
        "Nothing is published yet, so that what waits has nothing to be added to.",
        "Read the shops once with `fondaco run`; what waits stays in the queue.",
    )


@contextmanager
def _only_one(project: Project) -> Iterator[None]:
    lock = LockFile(project.data / "live.lock")
    try:
        lock.acquire()
    except RetryableError as error:
        raise RetryableError(
            "Another process drains the webhooks of this project.",
            "`fondaco serve` and `fondaco up` do it by themselves; `fondaco webhooks status` shows how far it is.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    finally:
        seconds[name] = time.monotonic() - started
