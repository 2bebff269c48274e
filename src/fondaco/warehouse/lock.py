"""One writer per project: a lock file that the operating system releases when its process dies."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fondaco.errors import RetryableError
from fondaco.warehouse.files import unwritable


def locked_error(holder: str) -> RetryableError:
    return RetryableError(
        f"Another {holder} is writing to the warehouse.",
        "Wait until it has ended and run the command again; `fondaco runs` shows what is running.",
    )


class LockFile:
    """An exclusive lock between processes. The file stays; only the lock on it counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises RetryableError at once when another process holds it, ConfigError when its folder cannot be written to."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self._path.parent, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise locked_error("process") from error
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Turnstile:
    """Lets one thread at a time into the writer, and the same thread as often as it likes.

    ``enter`` and ``leave`` run when the first comes in and the last goes out.
    """

    def __init__(self, enter: Callable[[], None], leave: Callable[[], None]) -> None:
        self._enter = enter
        self._leave = leave
        self._lock = threading.RLock()
        self._depth = 0

    @property
    def held(self) -> bool:
        return self._depth > 0

    @contextmanager
    def passage(self) -> Iterator[None]:
        if not self._lock.acquire(blocking=False):
            raise locked_error("thread of this process")
        try:
            if self._depth == 0:
                self._enter()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._leave()
        finally:
            self._lock.release()
