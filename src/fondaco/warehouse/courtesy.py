"""Taking turns at the writer lock: a process that writes often and briefly makes way for all others.

Without it a run would meet the drain of webhooks, which writes every few seconds, and be told that another process writes.
Two lock files say who is who; the operating system releases them when a process dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fondaco.errors import RetryableError

PATIENCE_SECONDS = 300.0
"""How long whoever meets a brief writer waits for it."""

_LOOKS_AGAIN_SECONDS = 0.3
_STEP_SECONDS = 0.05


class Courtesy:
    """The two lock files of a project's data folder: ``warehouse.brief`` and ``warehouse.wanted``."""

    def __init__(self, folder: Path) -> None:
        self._brief = folder / "warehouse.brief"
        self._wanted = folder / "warehouse.wanted"
        self._is_brief = False

    @contextmanager
    def writing_briefly(self) -> Iterator[None]:
        """This process will let go of the writer within seconds."""
        with _held(self._brief, fcntl.LOCK_EX):
            self._is_brief = True
            try:
                yield
            finally:
                self._is_brief = False

    @property
    def is_wanted(self) -> bool:
        """Whether another waits for the writer, so that it is not to be taken again now."""
        return _is_locked(self._wanted)

    def take(self, acquire: Callable[[], None], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """``acquire``, and where a brief writer is met, wait until it has let go.

        Raises
        ------
        RetryableError
            What ``acquire`` raised, if someone else is met, or patience ends.
        """
        started = time.monotonic()
        try:
            acquire()
            return
        except RetryableError:
            if self._is_brief:
                raise
        with _held(self._wanted, fcntl.LOCK_SH):
            while True:
                waited = time.monotonic() - started
                brief = _is_locked(self._brief)
                try:
                    acquire()
                    return
                except RetryableError:
                    if waited > (patience_seconds if brief else _LOOKS_AGAIN_SECONDS):
                        raise
                time.sleep(_STEP_SECONDS)


@contextmanager
def _held(path: Path, kind: int) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
