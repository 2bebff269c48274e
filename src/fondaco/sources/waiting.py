"""How a source waits: for a vendor's pace, or before it tries again. Who has it read may say how, so that a stop is heard meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_waiting: ContextVar[Callable[[float], None]] = ContextVar("waiting", default=time.sleep)


def pause(seconds: float) -> None:
    """Wait as the reading says; by itself, until the time is over. Raises what ``pausing_by``'s way of waiting raises."""
    _waiting.get()(seconds)


@contextmanager
def pausing_by(wait: Callable[[float], None]) -> Iterator[None]:
    """Within it, sources that wait in this thread do so by ``wait``."""
    before = _waiting.set(wait)
    try:
        yield
    finally:
        _waiting.reset(before)
