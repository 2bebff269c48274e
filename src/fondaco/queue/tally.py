"""What came to the door and was not queued, by connection: counted by whoever serves, read by whoever asks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fondaco.clock import Clock, format_instant, parse_instant
from fondaco.warehouse.files import write_atomically

NOBODY = ""
"""Stands for all connections that do not exist."""

_FILE = "door.json"
_WRITTEN_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Counts:
    """Deliveries of one connection since the counting began.

    Attributes
    ----------
    queued
        Genuine, understood, durable.
    ignored
        Genuine, of a topic that changes no figure.
    unreadable
        Genuine, but not what the vendor documents.
    refused
        Without a signature that fits.
    newest_at, refused_at
        When the newest genuine one came, and the newest that was refused.
    """

    queued: int = 0
    ignored: int = 0
    unreadable: int = 0
    refused: int = 0
    newest_at: str = ""
    refused_at: str = ""

    @property
    def newest(self) -> datetime | None:
        return parse_instant(self.newest_at) if self.newest_at else None


class Tally:
    """Counts of one project, kept in a file that is written every few seconds. Safe for threads."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._counts = {name: Counts(**values) for name, values in _read(folder).items()}
        self._is_changed = False
        self._written_at = 0.0

    def count(self, connection_id: str, what: str) -> None:
        """One more of ``what``, a field of ``Counts``."""
        now = format_instant(self._clock())
        with self._lock:
            counts = self._counts.setdefault(connection_id, Counts())
            setattr(counts, what, getattr(counts, what) + 1)
            if what == "refused":
                counts.refused_at = now
            else:
                counts.newest_at = now
            self._is_changed = True

    @property
    def is_due(self) -> bool:
        """Whether the file is behind for so long that it is to be written."""
        return self._is_changed and time.monotonic() - self._written_at > _WRITTEN_EVERY_SECONDS

    def write(self) -> None:
        """Bring the file up to date."""
        with self._lock:
            if not self._is_changed:
                return
            content = {name: asdict(counts) for name, counts in self._counts.items()}
            self._is_changed, self._written_at = False, time.monotonic()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self._folder / _FILE, json.dumps(content, indent=1).encode())


def counted(folder: Path) -> Mapping[str, Counts]:
    """What the file says."""
    return {name: Counts(**values) for name, values in _read(folder).items()}


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads((folder / _FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found
