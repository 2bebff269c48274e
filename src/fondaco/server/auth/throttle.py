"""Slows down guessing: after some failures of an account or an address, no more attempts for a while."""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from fondaco.clock import Clock

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 40
_KEPT = 20_000


class Throttle:
    """Failures of the last fifteen minutes, in memory. Accounts are kept as hashes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures: dict[str, deque[datetime]] = {}

    def attempt(self, account: str, address: str) -> timedelta | None:
        """How long the next attempt has to wait; None if it may be made now.

        An attempt that may be made counts as failed until ``succeeded`` says otherwise, so that many at once are no way
        around the limit.
        """
        now = self._clock()
        with self._lock:
            waits = [self._wait(key, limit, now) for key, limit in _keys(account, address)]
            longest = max((wait for wait in waits if wait is not None), default=None)
            if longest is None:
                if len(self._failures) > _KEPT:
                    self._forget_old(now)
                for key, limit in _keys(account, address):
                    self._failures.setdefault(key, deque(maxlen=limit)).append(now)
        return longest

    def succeeded(self, account: str, address: str) -> None:
        """Forget the account's failures, and this attempt of the address; its others stand."""
        with self._lock:
            self._failures.pop(_account(account), None)
            seen = self._failures.get("address:" + address)
            if seen:
                seen.pop()
                if not seen:
                    del self._failures["address:" + address]

    def _wait(self, key: str, limit: int, now: datetime) -> timedelta | None:
        failures = self._failures.get(key)
        if failures is None or len(failures) < limit:
            return None
        left = failures[0] + WINDOW - now
        return left if left > timedelta(0) else None

    def _forget_old(self, now: datetime) -> None:
        self._failures = {key: seen for key, seen in self._failures.items() if seen[-1] + WINDOW > now}


def _account(account: str) -> str:
    return "account:" + hashlib.sha256(account.strip().lower().encode()).hexdigest()


def _keys(account: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (_account(account), PER_ACCOUNT), ("address:" + address, PER_ADDRESS)
