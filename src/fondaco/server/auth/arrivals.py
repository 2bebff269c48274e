"""Sessions that have just begun by a one-time link: who holds one may choose a password without knowing the present one."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from threading import Lock

from fondaco.clock import Clock

FRESH = timedelta(minutes=15)


class Arrivals:
    """Kept in memory, as hashes; after a restart a link is as old as any log-in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._since: dict[str, datetime] = {}

    def note(self, secret: str) -> None:
        """A session, by the secret of its cookie, has begun by a link."""
        now = self._clock()
        with self._lock:
            self._since = {key: since for key, since in self._since.items() if now - since < FRESH}
            self._since[_hashed(secret)] = now

    def is_fresh(self, secret: str) -> bool:
        """Whether the session began by a link within the last quarter of an hour."""
        with self._lock:
            since = self._since.get(_hashed(secret))
        return since is not None and self._clock() - since < FRESH


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
