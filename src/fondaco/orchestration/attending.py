"""Keeps the drain of a served project alive: a process of its own, started when the first delivery waits.

A drain builds and publishes, which takes a core for seconds; in the web server's own process pages and deliveries would wait
for it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fondaco.orchestration.subscribing import tend_daily
from fondaco.queue import Queue

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_LOOKS_EVERY_SECONDS = 0.25
_RESTARTS_AFTER_SECONDS = (1.0, 5.0, 30.0, 120.0)
_STEADY_SECONDS = 600.0
_ENDS_SECONDS = 60.0
_TENDS_EVERY_SECONDS = 3600.0
"""How often it is asked whether a day has gone by."""

_log = logging.getLogger(__name__)


@contextmanager
def drained_meanwhile(project: Project) -> Iterator[None]:
    """Within the block what is delivered is drained, unless ``[live] drain`` says otherwise."""
    if not project.settings.live.drain:
        yield
        return
    attendant = Attendant(project)
    attendant.start()
    try:
        yield
    finally:
        attendant.stop()


def tend(project: Project) -> None:
    """Have subscriptions listed that were not today; no fault of a vendor's ends whoever does this beside other work."""
    try:
        tend_daily(project)
    except Exception:
        _log.exception("subscriptions could not be looked after")


class Attendant:
    """Starts ``fondaco live`` for a project when something waits, and again when it has died; and has subscriptions listed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        folder = project.data / "queue"
        self._queues = (Queue(folder), Queue(folder / "later"))
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._thread = threading.Thread(target=self._attend, name="attendant", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the drain to end after its batch, and wait for it."""
        self._ended.set()
        self._thread.join()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_ENDS_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # nothing is lost: the batch is drained again
            self._process.wait()

    def _attend(self) -> None:
        started = 0.0
        tended = float("-inf")
        while not self._ended.wait(_LOOKS_EVERY_SECONDS):
            if time.monotonic() - tended > _TENDS_EVERY_SECONDS:
                tended = time.monotonic()
                tend(self._project)
            if self._process is not None and self._process.poll() is None:
                continue
            if self._process is not None:
                lived = time.monotonic() - started
                self._failures = 0 if lived > _STEADY_SECONDS else self._failures + 1
                _log.warning("the drain has ended", extra={"code": self._process.returncode})
                self._process = None
                index = min(self._failures, len(_RESTARTS_AFTER_SECONDS)) - 1
                if self._failures and self._ended.wait(_RESTARTS_AFTER_SECONDS[index]):
                    return
            if not all(queue.is_empty() for queue in self._queues):
                started = time.monotonic()
                self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        """It ends with this process: its standard input is a pipe that is closed with us."""
        command = [
            sys.executable,
            "-m",
            "fondaco",
            "-C",
            str(self._project.settings.folder),
            "live",
            "--attended",
        ]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
