"""Amazon's token buckets: each operation may be called so often a second, and a number of times in a burst."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RATE_HEADER = "x-amzn-RateLimit-Limit"


@dataclass(slots=True)
class Bucket:
    """Calls that an operation may make now; it fills by ``rate`` a second up to ``burst``.

    The rates are those of the specifications. Amazon grants some accounts more and says so in each answer.
    """

    rate: float
    burst: float
    _tokens: float = field(init=False)
    _filled_at: float | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tokens = self.burst

    def take(self, now: float) -> float:
        """Use up one call; the seconds to wait before it may be made."""
        with self._lock:
            if self._filled_at is not None:
                self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.rate)
            self._filled_at = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self.rate)

    def told(self, rate: str | None) -> None:
        """Take over the rate that an answer names."""
        try:
            found = float(rate or "")
        except ValueError:
            return
        if found > 0:
            with self._lock:
                self.rate = found


class Pace:
    """A bucket for each operation of one account.

    Parameters
    ----------
    now
        Seconds on a clock that only goes forward.
    """

    def __init__(self, sleep: Callable[[float], None], now: Callable[[], float] = time.monotonic) -> None:
        self._sleep = sleep
        self._now = now
        self._buckets = {
            "searchOrders": Bucket(0.0056, 20),
            "getOrder": Bucket(0.5, 30),
            "listTransactions": Bucket(0.5, 10),
            "getInventorySummaries": Bucket(2, 2),
            "getMarketplaceParticipations": Bucket(0.016, 15),
        }

    def wait(self, operation: str) -> None:
        """Return when the operation may be called."""
        seconds = self._buckets[operation].take(self._now())
        if seconds > 0:
            self._sleep(seconds)

    def told(self, operation: str, rate: str | None) -> None:
        """Hand on the rate that an answer to ``operation`` names."""
        self._buckets[operation].told(rate)

    def seconds_a_call(self, operation: str) -> float:
        """How long Amazon takes to allow one more call."""
        return 1 / self._buckets[operation].rate
