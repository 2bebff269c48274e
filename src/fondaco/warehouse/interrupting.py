"""Statements whose reader has gone: they are stopped in the engine, wherever in the program they were begun.

Who serves a reader opens ``interruptible`` around the work; a reader of the warehouse that runs a statement within it, in the same thread or one
that the work was handed to, says how that is stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from fondaco.errors import RetryableError


class AbandonedError(RetryableError):
    """A statement was stopped, for nobody waits for its answer any more."""

    def __init__(self) -> None:
        super().__init__("The query was stopped: its reader has hung up.", "Ask again.")


class Interruption:
    """What can be stopped on behalf of one reader. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Callable[[], None]] = []
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the reader has gone."""
        return self._is_over

    def stop(self) -> None:
        """Stop what runs, and let nothing else begin. To be repeated while the work goes on: an engine forgets what it is told before it has begun."""
        with self._lock:
            self._is_over = True
            for interrupt in self._running:
                interrupt()

    @contextmanager
    def running(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """A statement that ``interrupt`` stops.

        Raises
        ------
        AbandonedError
            If the reader has gone already.
        """
        with self._lock:
            if self._is_over:
                raise AbandonedError
            self._running.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(interrupt)


_CURRENT: ContextVar[Interruption | None] = ContextVar("interruption", default=None)


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Statements of this context, and of threads that take it over, can be stopped together."""
    interruption = Interruption()
    token = _CURRENT.set(interruption)
    try:
        yield interruption
    finally:
        _CURRENT.reset(token)


@contextmanager
def running(interrupt: Callable[[], None]) -> Iterator[None]:
    """A statement that ``interrupt`` stops, where somebody may ask for that."""
    current = _CURRENT.get()
    if current is None:
        yield
        return
    with current.running(interrupt):
        yield


def is_abandoned() -> bool:
    """Whether the reader of this context has gone."""
    current = _CURRENT.get()
    return current is not None and current.is_over
