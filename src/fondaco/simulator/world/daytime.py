"""Shop-local days and hours of many instants at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from fondaco.clock import zone
from fondaco.simulator.world.frames import DAY, Array

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970; a datetime without zone is UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=int(micros))


class LocalClock:
    """UTC offsets of one time zone between two instants.

    Parameters
    ----------
    first, last
        Microseconds; instants outside take the offset of the nearer end.
    """

    def __init__(self, time_zone: str, first: int, last: int) -> None:
        self._zone = zone(time_zone)
        changes, offsets = [np.iinfo(np.int64).min], [self._offset_at(first)]
        for start in range(first, last, DAY):
            if self._offset_at(start + DAY) != offsets[-1]:
                changes.append(self._change_between(start, start + DAY))
                offsets.append(self._offset_at(start + DAY))
        self.changes = np.array(changes, np.int64)
        """Instants at which the clocks change; the first is the beginning of time."""
        self._offsets = np.array(offsets, np.int64)

    def offset(self, instants: Array) -> Array:
        """Microseconds that local time is ahead of UTC."""
        return np.asarray(self._offsets[np.searchsorted(self.changes, instants, side="right") - 1])

    def local(self, instants: Array) -> Array:
        """Wall-clock microseconds since 1970-01-01 00:00 local."""
        return np.asarray(instants + self.offset(instants))

    def day(self, instants: Array) -> Array:
        """Shop-local day as days since 1970."""
        return np.asarray(self.local(instants) // DAY)

    def to_utc(self, local: Array) -> Array:
        """Instants of wall-clock times; in the hour that happens twice or never, either reading."""
        guess = local - self.offset(local)
        return np.asarray(local - self.offset(guess))

    def _offset_at(self, instant: int) -> int:
        shift = self._zone.utcoffset(from_micros(instant).astimezone(self._zone))
        return (shift or timedelta(0)) // timedelta(microseconds=1)

    def _change_between(self, low: int, high: int) -> int:
        before = self._offset_at(low)
        while high - low > 1_000_000:
            middle = (low + high) // 2
            low, high = (middle, high) if self._offset_at(middle) == before else (low, middle)
        return high // 60_000_000 * 60_000_000  # clocks change on a full minute
