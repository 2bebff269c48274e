"""The reading side of the queue.

::

    queue/000000000001.events       a segment; locked as long as it is written
    queue/consumed.json             how far each segment was drained
    queue/done/000000000000.events  drained segments, kept for some days to be replayed
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fondaco.queue.event import QueuedEvent
from fondaco.queue.frames import LARGEST, MAGIC, scan
from fondaco.queue.writer import SUFFIX, number_of
from fondaco.warehouse.files import sync_folder, write_atomically

KEPT = timedelta(days=7)
"""Drained segments are kept this long."""

COUNTED = 10_000
"""Of more events that wait, so many are counted, and the rest is told from the bytes that they take."""

_CONSUMED = "consumed.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order of their arrival, and what ``Queue.commit`` has to know when they are done with.

    Attributes
    ----------
    damaged
        Events in between whose bytes have changed on the disk; they are left out.
    """

    events: tuple[QueuedEvent, ...]
    ends: Mapping[str, int]
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits: how many events, and since when the oldest of them; by connection too.

    Attributes
    ----------
    is_estimate
        More than ``COUNTED`` wait: the numbers are those of the first ones, raised by the bytes that wait.
    """

    events: int = 0
    oldest: datetime | None = None
    by_connection: Mapping[str, int] = field(default_factory=dict)
    is_estimate: bool = False


class Queue:
    """One project's queue, as whoever drains it sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, limit: int) -> Batch:
        """The oldest events that are not done with, at most ``limit``; the same ones again until they are committed."""
        consumed = self._consumed()
        events: list[QueuedEvent] = []
        ends: dict[str, int] = {}
        damaged = 0
        for path in self._segments():
            if len(events) >= limit:
                break
            offset = consumed.get(path.name, 0)
            # In this order: a writer locks its segment before the first bytes, and whoever left it has written its last.
            is_open = path.stat().st_size < len(MAGIC) or _is_written(path)
            data = path.read_bytes()
            found = scan(data, offset, limit=limit - len(events))
            for each in found.frames:
                try:
                    events.append(QueuedEvent.from_bytes(each.content))
                except (ValueError, KeyError, TypeError):
                    damaged += 1
            damaged += found.damaged
            whole = len(events) < limit
            end = found.end
            if whole and not is_open and found.is_torn:
                # Nobody was answered for what a writer that is gone has left torn, most often the last bytes of a frame.
                end = len(data)
                if end - found.end > LARGEST:
                    damaged += 1
            if end > offset:
                ends[path.name] = end
        if damaged:
            _log.error("events of the queue are damaged", extra={"events": damaged})
        return Batch(tuple(events), ends, damaged)

    def commit(self, batch: Batch) -> None:
        """These events are done with. Segments that nobody writes any more and that are done are put aside."""
        consumed = {**self._consumed(), **batch.ends}
        self._keep(consumed)
        done = self.folder / "done"
        for path in self._segments():
            if _is_written(path):
                continue
            size = path.stat().st_size  # after the lock: whoever held it has written its last
            if size < len(MAGIC) or consumed.get(path.name, 0) < size:
                continue
            done.mkdir(exist_ok=True, mode=0o700)
            path.rename(done / path.name)
            sync_folder(done)
        left = {path.name for path in self._segments()}
        if not left.issuperset(consumed):
            self._keep({name: end for name, end in consumed.items() if name in left})

    def depth(self) -> Depth:
        """What waits now, in a time that does not grow with it: pages ask for it in the process that answers webhooks."""
        consumed = self._consumed()
        batch = self.read(COUNTED)
        counts = Counter(event.connection_id for event in batch.events)
        oldest = min((event.received_at for event in batch.events), default=None)
        if len(batch.events) < COUNTED:
            return Depth(len(batch.events), oldest, counts)
        counted = sum(end - consumed.get(name, 0) for name, end in batch.ends.items())
        waits = sum(max(0, path.stat().st_size - consumed.get(path.name, 0)) for path in self._segments())
        more = max(1.0, waits / counted)
        raised = {name: round(count * more) for name, count in counts.items()}
        return Depth(sum(raised.values()), oldest, raised, is_estimate=waits > counted)

    def is_empty(self) -> bool:
        """Whether nothing waits; asked often, and answered from the sizes of the files."""
        consumed = self._consumed()
        return not any(path.stat().st_size > max(consumed.get(path.name, 0), 8) for path in self._segments())

    def done(self, *, newest_first: bool = False) -> Iterator[QueuedEvent]:
        """Events that were done with and are still kept, also those of segments that are only partly done."""
        paths = sorted((self.folder / "done").glob(f"*{SUFFIX}"), key=number_of)
        parts: list[tuple[Path, int | None]] = [(path, None) for path in paths]
        consumed = self._consumed()
        parts += [(path, consumed.get(path.name, 0)) for path in self._segments() if path.name in consumed]
        for path, end in reversed(parts) if newest_first else parts:
            data = self._bytes_of(path)
            found = scan(data if end is None else data[:end]).frames
            for each in reversed(found) if newest_first else found:
                with contextlib.suppress(
                    ValueError, KeyError, TypeError
                ):  # counted as damaged when it was drained
                    yield QueuedEvent.from_bytes(each.content)

    def _bytes_of(self, path: Path) -> bytes:
        """A segment's content, also where it is put aside, or let go of, while it is looked for."""
        for place in (path, self.folder / "done" / path.name):
            with contextlib.suppress(FileNotFoundError):
                return place.read_bytes()
        return b""

    def prune(self, keep: timedelta = KEPT) -> int:
        """Let go of segments that were done with long ago; how many."""
        limit = time.time() - keep.total_seconds()
        old = [path for path in (self.folder / "done").glob(f"*{SUFFIX}") if path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _segments(self) -> list[Path]:
        return sorted((path for path in self.folder.glob(f"*{SUFFIX}") if path.stem.isdigit()), key=number_of)

    def _consumed(self) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads((self.folder / _CONSUMED).read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def _keep(self, consumed: Mapping[str, int]) -> None:
        write_atomically(self.folder / _CONSUMED, json.dumps(dict(consumed), sort_keys=True).encode())


def _is_written(path: Path) -> bool:
    """Whether a writer lives that has this segment."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
