"""Whether something runs by itself: who follows the schedule holds a lock, which the operating system takes back when it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from fondaco.warehouse.files import unwritable

FILE = "schedule.lock"


class ScheduleMark:
    """Held while this process runs the pipeline on its schedule; several may hold it."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._handle: int | None = None

    def set(self) -> None:
        """Raises ConfigError when the data folder cannot be written to."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self._path.parent, error) from error
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def clear(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_scheduled(data: Path) -> bool:
    """Whether a process follows the schedule of the project with that data folder now."""
    try:
        handle = os.open(data / FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
