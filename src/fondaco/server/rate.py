"""How often somebody may ask: so many requests a minute, with all their tokens together; more at once after a quiet while."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from threading import Lock

from fondaco.clock import Clock
from fondaco.errors import ConfigError

_KEPT = 10_000


class TooManyRequestsError(ConfigError):
    """Somebody has asked too often.

    Attributes
    ----------
    wait_seconds
        After which the next request is answered.
    """

    def __init__(self, per_minute: int, wait_seconds: int) -> None:
        super().__init__(
            f"This token, or all tokens of its user together, asked more than {per_minute} times a minute.",
            f"Wait {wait_seconds} seconds, or raise [server] api_requests_a_minute in fondaco.toml.",
        )
        self.wait_seconds = wait_seconds


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class RateLimit:
    """A bucket for everybody that holds a minute's requests and fills evenly. In memory, for one server process."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._lock = Lock()
        self._buckets: dict[Hashable, _Bucket] = {}

    def take(self, who: Hashable) -> None:
        """Count a request.

        Raises
        ------
        TooManyRequestsError
            If they have none left.
        """
        now = self._clock()
        a_second = self._per_minute / 60
        with self._lock:
            if len(self._buckets) > _KEPT:
                self._buckets = {
                    key: b for key, b in self._buckets.items() if (now - b.at).total_seconds() < 60
                }
            bucket = self._buckets.setdefault(who, _Bucket(self._per_minute, now))
            since = max(0.0, (now - bucket.at).total_seconds())
            bucket.left = min(self._per_minute, bucket.left + since * a_second)
            bucket.at = now
            if bucket.left < 1:
                raise TooManyRequestsError(self._per_minute, max(1, ceil((1 - bucket.left) / a_second)))
            bucket.left -= 1
