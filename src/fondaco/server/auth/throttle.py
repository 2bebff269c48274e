"""Slows down guessing: after some failures, no more attempts for a while.

The strict bound is of an account from one address, so that nobody shuts its owner out by failing in their name from elsewhere; that
of an account from everywhere is far higher, and is there for guesses that are spread over many addresses
(https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html, "Account Lockout").
"""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from fondaco.clock import Clock

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 8
PER_ADDRESS = 40
PER_ACCOUNT = 200
"""From all addresses together: five of them at their own bound. 19,200 guesses a day are nothing against a password that is accepted."""
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
        """Forget the account's failures from this address, and this attempt of the address and of the account; their others stand:
        an owner who logs in grants nobody else new guesses."""
        with self._lock:
            (own, _), *shared = _keys(account, address)
            self._failures.pop(own, None)
            for key, _ in shared:
                seen = self._failures.get(key)
                if seen:
                    seen.pop()
                    if not seen:
                        del self._failures[key]

    def _wait(self, key: str, limit: int, now: datetime) -> timedelta | None:
        failures = self._failures.get(key)
        if failures is None or len(failures) < limit:
            return None
        left = failures[0] + WINDOW - now
        return left if left > timedelta(0) else None

    def _forget_old(self, now: datetime) -> None:
        self._failures = {key: seen for key, seen in self._failures.items() if seen[-1] + WINDOW > now}


def _keys(account: str, address: str) -> tuple[tuple[str, int], ...]:
    address = _network(address)
    hashed = hashlib.sha256(account.strip().lower().encode()).hexdigest()
    return (
        (f"account:{hashed} address:{address}", PER_ACCOUNT_AND_ADDRESS),
        (f"address:{address}", PER_ADDRESS),
        (f"account:{hashed}", PER_ACCOUNT),
    )


def _network(address: str) -> str:
    """Of IPv6 the first 64 bits: whoever has one address there has them all."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # no address, where a server listens on a socket's file
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
