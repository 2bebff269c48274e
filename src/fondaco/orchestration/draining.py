"""Draining the queue: read again what has changed, and land it as a run does.

A batch is everything that waits. However many deliveries tell of a record, it is read once; one that is said to be gone is read
too, and is buried only if it is not there. What cannot be read now is put aside, durable, and tried again later, so that
neither a shop that is down nor a record that its shop cannot give holds up the others. Only when all of a batch is loaded or
put aside is it committed: a kill before that repeats it, which changes nothing.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Self

from fondaco.control import Connection
from fondaco.errors import ConfigError, FondacoError
from fondaco.orchestration.order_tables import order_tables
from fondaco.orchestration.rereading import Halving, Patience, UnreadError, Wanted, pages
from fondaco.queue import Batch, Queue, QueuedEvent, QueueWriter
from fondaco.sources.source import Source
from fondaco.sources.stream import Slice, Stream, Tombstone
from fondaco.sources.waiting import pausing_by
from fondaco.warehouse.live_changes import Changes, OrderTables

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

MOST_EVENTS = 50_000
"""Of a batch."""

FOUND_BY = "webhook"
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_REMEMBERED = 500_000
_REMEMBERED_FOR = timedelta(days=1)
_WAITS = (5, 30, 120, 600, 1800, 3600, 7200)
"""Seconds until an event is tried again, by how often it was tried; after the last it is left to the next run."""

Pair = tuple[str, str]
"""Stream and record id, or stream and a whole record."""

_log = logging.getLogger(__name__)


@dataclass
class Drained:
    """What was done with a batch.

    Attributes
    ----------
    events, duplicates
        Deliveries taken out of the queue, and how many of them had been there before.
    connections
        Whose deliveries were new.
    records, deleted
        Records read again, and records that are gone.
    tables
        Raw tables that got rows, as ``<source>__<table>``.
    received
        When the deliveries came whose changes are now in the raw tables.
    postponed, given_up
        Deliveries to be tried again, and those that were tried often enough.
    faults
        Why, by connection.
    since
        No record of the batch was synchronised before it.
    deleted_orders
        Connection and vendor's id of orders that are gone.
    deleted_streams
        Streams of which records are gone.
    order_tables
        Of the sources of the batch, by their names.
    """

    events: int = 0
    duplicates: int = 0
    connections: set[str] = field(default_factory=set)
    records: int = 0
    deleted: int = 0
    tables: set[str] = field(default_factory=set)
    received: list[datetime] = field(default_factory=list)
    postponed: int = 0
    given_up: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    since: datetime = _NEVER
    deleted_orders: list[tuple[str, str]] = field(default_factory=list)
    deleted_streams: set[str] = field(default_factory=set)
    order_tables: dict[str, OrderTables] = field(default_factory=dict)

    @property
    def changes(self) -> Changes:
        """What a build has to know of it."""
        return Changes(
            sorted(self.tables),
            self.since,
            self.deleted_orders,
            self.deleted_streams,
            tuple(self.order_tables.values()),
        )


class Seen:
    """Which events were there already: the newest half a million of the last day."""

    def __init__(self, events: Iterable[QueuedEvent] = (), *, most: int = _REMEMBERED) -> None:
        self._most = most
        self._keys: OrderedDict[bytes, None] = OrderedDict()
        for event in events:
            self.add(event)

    @classmethod
    def newest_of(cls, events: Iterable[QueuedEvent]) -> Self:
        """Of events whose newest come first. Only their keys are held."""
        seen = cls()
        seen._keys = OrderedDict.fromkeys(reversed([_key(event) for event in islice(events, _REMEMBERED)]))
        return seen

    def add(self, event: QueuedEvent) -> bool:
        """Whether it is new."""
        key = _key(event)
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)
        return True


def _key(event: QueuedEvent) -> bytes:
    return blake2b("\x00".join(event.key).encode("utf-8", "replace"), digest_size=16).digest()


class Drain:
    """Takes batches out of a project's queue. One at a time a project; ``run_live`` sees to that."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._queue = Queue(project.data / "queue")
        self._later = Queue(project.data / "queue" / "later")
        self._sources: dict[str, tuple[str, Source]] = {}
        self._seen = Seen.newest_of(self._recent())
        self._pending: list[tuple[Queue, Batch]] = []
        self._aside: list[QueuedEvent] = []
        self._next: datetime | None = None
        """When the first event that was put aside may be tried; None until it is asked for."""

    def close(self) -> None:
        for _, source in self._sources.values():
            source.close()
        self._sources.clear()

    @property
    def is_waited_for(self) -> bool:
        """Whether something is to be drained now."""
        return not self._queue.is_empty() or self._next_due() is not None

    def drain(self) -> Drained:
        """Land everything that waits; call ``commit`` when it may be forgotten. The writer lock is held by the caller."""
        drained = Drained()
        batch = self._queue.read(MOST_EVENTS)
        later = self._due()
        self._pending = [(self._queue, batch), *([(self._later, later[0])] if later else [])]
        waiting = [*batch.events, *(later[1] if later else ())]
        events = [event for event in waiting if self._seen.add(event)]
        drained.events, drained.duplicates = len(waiting), len(waiting) - len(events)
        drained.connections = {event.connection_id for event in events}
        postponed = list(later[2]) if later else []
        for connection_id in dict.fromkeys(event.connection_id for event in events):
            own = [event for event in events if event.connection_id == connection_id]
            failed = self._land(connection_id, own, drained)
            postponed += self._postponed(own, failed, drained)
        self._aside = postponed
        return drained

    @property
    def is_begun(self) -> bool:
        """Whether a batch was drained that is not committed."""
        return bool(self._pending)

    def commit(self) -> None:
        """The batch is done with: what could not be read is put aside, durable, and then all of it may be forgotten.

        Raises
        ------
        RetryableError
            If the disk refuses. The batch is not committed, so ``forget_seen`` must follow.
        """
        self._put_aside(self._aside)
        for queue, batch in self._pending:
            queue.commit(batch)
        self._next = None
        self._pending, self._aside = [], []
        self._queue.prune()
        self._later.prune(timedelta(0))

    def forget_seen(self) -> None:
        """Take the events of a batch that was not committed for new again; nothing if none is begun."""
        if not self._pending:
            return
        self._pending, self._aside, self._next = [], [], None
        self._seen = Seen.newest_of(self._recent())

    def _recent(self) -> Iterator[QueuedEvent]:
        since = self._project.clock() - _REMEMBERED_FOR
        for event in self._queue.done(newest_first=True):
            if event.received_at < since:
                return
            yield event

    def _land(self, connection_id: str, events: Sequence[QueuedEvent], drained: Drained) -> set[Pair]:
        """Land the changes of one connection; what could not be landed."""
        try:
            connection = self._project.control.connections.get(self._project.tenant, connection_id)
            source = self._source(connection)
        except ConfigError as error:  # removed meanwhile, or its settings cannot be opened
            drained.faults[connection_id] = error.what
            return {pair for event in events for pair in _named(event)}
        known = order_tables(source)
        if known is not None:
            drained.order_tables[source.name] = known
        failed: set[Pair] = set()
        gone: set[Pair] = set()
        for stream in source.streams:
            wanted = Wanted.of(stream, events)
            there, unread = self._read_again(connection_id, source, wanted, drained)
            failed |= unread
            gone |= {(stream.name, i) for i in wanted.doubted - there} - unread
        self._bury(connection_id, events, gone, drained)
        drained.received += [event.received_at for event in events if failed.isdisjoint(_named(event))]
        return failed

    def _read_again(
        self, connection_id: str, source: Source, wanted: Wanted, drained: Drained
    ) -> tuple[set[str], set[Pair]]:
        """Land records of one stream: which of those that are said to be gone are there, and which could not be read."""
        there: set[str] = set()
        failed: set[Pair] = set()
        halving = Halving()
        waiting = deque(wanted.parts())
        while waiting:
            part = waiting.popleft()
            if part.is_half and halving.is_over:
                failed |= part.pairs
                continue
            try:
                there |= self._land_part(connection_id, source, part, drained)
                halving.succeeded()
            except UnreadError as unread:
                error = unread.__cause__
                if not part.is_half:
                    drained.faults[connection_id] = _reason(error, wanted.stream)
                halves = halving.halves(part, error)
                waiting += halves
                failed |= set() if halves else part.pairs
            except Exception as error:  # one connector's fault must not hold up the others
                drained.faults[connection_id] = _reason(error, wanted.stream)
                failed |= part.pairs
        return there, failed

    def _land_part(self, connection_id: str, source: Source, part: Wanted, drained: Drained) -> set[str]:
        """Which of those that are said to be gone are there."""
        stream, now = part.stream, self._project.clock()
        there: set[str] = set()
        with pausing_by(Patience().wait) if part.is_half else nullcontext():
            spooled = self._project.landing.spool(
                connection_id,
                source.name,
                stream,
                Slice(stream.name, FOUND_BY, now, now),
                pages(source, part, there),
            )
        landed = self._project.landing.load(spooled)
        drained.since = min(drained.since, spooled.opened_at)
        drained.records += landed.loaded[stream.tables[0].name] + landed.quarantined
        drained.tables |= {f"{source.name}__{table.name}" for table in stream.tables}
        return there

    def _bury(
        self, connection_id: str, events: Sequence[QueuedEvent], gone: set[Pair], drained: Drained
    ) -> None:
        """Bury what is said to be gone and was not there when it was read again.

        No word of a deletion is believed by itself: it may be late, of a record that is back, or not the vendor's.
        """
        found = [
            Tombstone(*pair, event.happened_at or event.received_at, FOUND_BY)
            for event in events
            for pair in event.deleted
            if pair in gone
        ]
        if found:
            drained.since = min(drained.since, self._project.clock())
            drained.deleted_orders += [
                (connection_id, each.record_id) for each in found if each.stream == "orders"
            ]
            drained.deleted_streams |= {each.stream for each in found}
            drained.deleted += self._project.landing.land_tombstones(connection_id, found)
            source = events[0].source
            drained.tables |= {f"{source}__tombstones"}

    def _postponed(
        self, events: Sequence[QueuedEvent], failed: set[Pair], drained: Drained
    ) -> list[QueuedEvent]:
        """Events of records that failed, to be tried again; those that were tried often enough are let go."""
        found = []
        for event in events:
            if failed.isdisjoint(_named(event)):
                continue
            if event.attempt >= len(_WAITS):
                drained.given_up += 1
                continue
            found.append(event.later(self._project.clock() + timedelta(seconds=_WAITS[event.attempt])))
        drained.postponed += len(found)
        return found

    def _put_aside(self, events: Sequence[QueuedEvent]) -> None:
        if not events:
            return
        writer = QueueWriter(self._later.folder)
        try:
            writer.put([event.to_bytes() for event in events])
        finally:
            writer.close()

    def _next_due(self) -> datetime | None:
        """When the first event that was put aside may be tried, if that is now or before; else None."""
        if self._later.is_empty():
            return None
        if self._next is None:
            waiting = self._later.read(MOST_EVENTS).events
            self._next = min((e.not_before or _BEGINNING for e in waiting), default=None)
        return self._next if self._next is not None and self._next <= self._project.clock() else None

    def _due(self) -> tuple[Batch, list[QueuedEvent], list[QueuedEvent]] | None:
        """What was put aside: its batch, what is due of it, and what is not and is put aside again."""
        if self._next_due() is None:
            return None
        batch, now = self._later.read(MOST_EVENTS), self._project.clock()
        due = [event for event in batch.events if event.not_before is None or event.not_before <= now]
        return batch, due, [e for e in batch.events if e.not_before is not None and e.not_before > now]

    def _source(self, connection: Connection) -> Source:
        """The opened source; kept open, so that a log-in serves many batches, until the settings change."""
        known = self._sources.get(connection.connection_id)
        if known is not None and known[0] == connection.sealed_settings:
            return known[1]
        if known is not None:
            with suppress(FondacoError):
                known[1].close()
        source = self._project.source(connection)
        self._sources[connection.connection_id] = connection.sealed_settings, source
        return source


def _named(event: QueuedEvent) -> Iterator[Pair]:
    yield from (*event.changed, *event.deleted, *event.records)


def _reason(error: BaseException | None, stream: Stream) -> str:
    if isinstance(error, FondacoError):
        return error.what
    _log.error("a drained stream met an unknown error", extra={"stream": stream.name}, exc_info=error)
    return f"{stream.name} met an error that Fondaco does not know ({type(error).__name__})."
