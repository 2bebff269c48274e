"""Gives an exchange over HTTP so many seconds as a whole.

``requests`` has a limit for each single read, which a receiver that sends a byte a second never meets. Here the sockets of a thread are seen where they connect, by Python's audit event ``socket.connect`` (PEP 578), and shut down when
time is up: whatever waits there, a handshake of TLS, a header, a body, or a proxy in between, ends at once, in the thread that waits.
No thread and no process is left behind. A name is looked up before there is a socket; the system's resolver has limits of its own.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

LONGEST_SECONDS = 15.0
"""From the first connection to the end of the answer."""

_lock = threading.Lock()
_state = {"installed": False}


class Deadline:
    """When an exchange ends, and what it is carried by."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.has_passed = False

    def follow(self, connecting: socket.socket) -> None:
        """Shut a socket down too when time is up. It is held by a duplicate, as TLS takes the original away from its owner."""
        with self._lock:
            if self.has_passed:
                raise TimeoutError("the exchange took too long")
            self._sockets.append(connecting.dup())

    def pass_(self) -> None:
        with self._lock:
            self.has_passed = True
            for each in self._sockets:
                with suppress(OSError):  # it may have ended by itself
                    each.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()


_current: ContextVar[Deadline | None] = ContextVar("fondaco_exchange_deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """While the block runs, what this thread connects to is cut off after so many seconds; ``has_passed`` tells."""
    with _lock:
        if not _state["installed"]:
            sys.addaudithook(
                _follow
            )  # there is no way to take one away: it does nothing outside of the block
            _state["installed"] = True
    deadline = Deadline()
    timer = threading.Timer(seconds, deadline.pass_)
    timer.daemon = True
    token = _current.set(deadline)
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
        _current.reset(token)
        deadline.forget()


def _follow(event: str, given: tuple[Any, ...]) -> None:
    if event == "socket.connect" and (deadline := _current.get()) is not None:
        deadline.follow(given[0])
