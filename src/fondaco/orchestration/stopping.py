"""Stop a run between two atomic steps, by a signal or by another thread."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fondaco.errors import RetryableError

Stop = threading.Event

_HEARD_WITHIN = 0.25


class StoppedError(RetryableError):
    """Someone asked the run to stop. What was loaded stays; the next run goes on from there."""

    def __init__(self) -> None:
        super().__init__(
            "The run was stopped before its end.",
            "Nothing is lost: `fondaco run` goes on from here.",
        )


def stop_here(stop: Stop) -> None:
    """A place where a run may end.

    Raises
    ------
    StoppedError
        If it was asked to.
    """
    if stop.is_set():
        raise StoppedError


def wait_or_stop(stop: Stop, seconds: float) -> None:
    """Wait, and hear within a quarter of a second that the run is to stop.

    Not by ``stop.wait``: a signal that sets what its own thread waits for may find the lock of it taken.

    Raises
    ------
    StoppedError
        If it was asked to.
    """
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop_here(stop)
        time.sleep(min(left, _HEARD_WITHIN))
    stop_here(stop)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """SIGINT and SIGTERM ask for a stop; a second SIGINT does not wait. For the main thread only."""
    stop = Stop()

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
