"""How old what we know of a shop is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fondaco.control import StreamState

LATE_AFTER = timedelta(hours=48)
"""Two nightly runs: one may fail without anybody being woken."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when a stream is read. ``history_complete`` tells whether it is read back to the start date."""

    stream: str
    read_until: datetime
    history_complete: bool
    is_late: bool


def freshness(states: Iterable[StreamState], now: datetime) -> list[Freshness]:
    """Every stream that has been read at all, the oldest first."""
    found = [
        Freshness(state.stream, state.cursor, state.history_complete, now - state.cursor > LATE_AFTER)
        for state in states
        if state.cursor is not None
    ]
    return sorted(found, key=lambda each: (each.read_until, each.stream))


def lateness(connection_id: str, found: Iterable[Freshness]) -> str | None:
    """What is late, in a sentence; None when nothing is."""
    late = [each for each in found if each.is_late]
    if not late:
        return None
    names = ", ".join(each.stream for each in late)
    return f"{connection_id} was read last until {late[0].read_until:%Y-%m-%d %H:%M} UTC: {names}."
