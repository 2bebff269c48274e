"""Read what is new from every connection, slice by slice: spool, load, and only then move the cursor.

A stream that fails does not stop the others, unless the shop cannot be reached at all. What a crash has left in the
spool is loaded before anything new is read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from fondaco.clock import format_instant
from fondaco.control import Connection
from fondaco.control.runs import StreamResult
from fondaco.errors import AccessError, ConfigError, FatalError, FondacoError, RetryableError, unknown_error
from fondaco.landing.spool import Spooled
from fondaco.orchestration.connecting import read_settings
from fondaco.orchestration.deletions import compare_ids, land_tombstones, note_first_reading
from fondaco.orchestration.progress import Event, Progress
from fondaco.orchestration.slices import Coverage, Horizon, after, doublings_after, next_slice
from fondaco.orchestration.stopping import Stop, StoppedError, stop_here, wait_or_stop
from fondaco.sources.http import UnreachableError
from fondaco.sources.source import Source, role_of, source_type
from fondaco.sources.stream import Page, Slice, Stream
from fondaco.sources.waiting import pausing_by

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)
_LONG_AGO = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class StreamOutcome:
    """What was done to a stream: the part that is kept, the error if any, and notes on the run's health."""

    kept: StreamResult
    error: FondacoError | None = None
    notes: tuple[tuple[str, str], ...] = ()


def sync(
    project: Project,
    connections: Sequence[Connection],
    *,
    full_refresh: bool,
    progress: Progress,
    stop: Stop,
) -> Iterator[StreamOutcome]:
    """Read all streams of ``connections``; one outcome a stream, as they end."""
    project.landing.create_tables()
    stuck = load_what_can_be(project)
    for connection in connections:
        if full_refresh:
            _forget(project, connection)
        own = {stream: error for (name, stream), error in stuck.items() if name == connection.connection_id}
        yield from _ConnectionSync(project, connection, progress, stop, own).all()
    chosen = {connection.connection_id for connection in connections}
    for (name, stream), error in stuck.items():
        if name not in chosen:
            yield StreamOutcome(StreamResult(name, stream, _outcome_of(error), error=str(error)), error)
    write_directory(project)


def load_spooled(project: Project) -> None:
    """Finish what an earlier run has read whole but not loaded, and move the cursors accordingly."""
    for spooled in project.landing.pending():
        _load(project, spooled)


def load_what_can_be(project: Project) -> dict[tuple[str, str], FondacoError]:
    """As ``load_spooled``, but a slice that cannot be loaded holds up only the later ones of its own stream: the error of each
    such stream, by connection and name."""
    stuck: dict[tuple[str, str], FondacoError] = {}
    for spooled in project.landing.pending():
        of = (spooled.connection_id, spooled.stream)
        if of in stuck:
            continue
        try:
            _load(project, spooled)
        except FondacoError as error:
            stuck[of] = ConfigError(error.what, error.remedy) if isinstance(error, FatalError) else error
        except Exception as unknown:
            _log.exception("a spooled slice met an unknown error", extra={"stream": spooled.stream})
            stuck[of] = unknown_error(f"{spooled.connection_id} · {spooled.stream}", unknown)
    return stuck


def _load(project: Project, spooled: Spooled) -> None:
    project.landing.load(spooled)
    connection = next((c for c in project.connections() if c.connection_id == spooled.connection_id), None)
    if connection is None:
        return
    for stream in source_type(connection.source).streams:
        if stream.name == spooled.stream:
            opened = spooled.synced_at.replace(tzinfo=UTC)
            horizon = Horizon.of(opened, _start_date(project, connection))
            _move(project, connection, stream, spooled.slice, horizon)


def write_directory(project: Project) -> None:
    """Tell the models who the tenant and its connections are."""
    now = project.clock().astimezone(UTC).replace(tzinfo=None)
    own = project.settings.project
    project.landing.land_rows(
        "fondaco__tenants",
        [
            {
                "tenant_id": own.tenant,
                "name": own.name,
                "currency": own.currency,
                "time_zone": own.timezone,
                "_synced_at": now,
            }
        ],
    )
    project.landing.land_rows(
        "fondaco__connections",
        [
            {
                "tenant_id": own.tenant,
                "connection_id": connection.connection_id,
                "source": connection.source,
                "name": connection.name,
                "currency": connection.currency,
                "time_zone": connection.time_zone,
                "role": role_of(connection.source).value,
                "_synced_at": now,
            }
            for connection in project.connections()
        ],
    )


@dataclass
class _Tally:
    """What has been counted of a stream so far."""

    slices: int = 0
    extracted: int = 0
    loaded: int = 0
    quarantined: int = 0
    drifted: set[str] = field(default_factory=set)
    notes: list[tuple[str, str]] = field(default_factory=list)


class _ConnectionSync:
    """One connection's turn."""

    def __init__(
        self,
        project: Project,
        connection: Connection,
        progress: Progress,
        stop: Stop,
        stuck: Mapping[str, FondacoError],
    ) -> None:
        self._project = project
        self._stuck = stuck
        self._connection = connection
        self._progress = progress
        self._stop = stop
        self._unreachable: UnreachableError | None = None

    def all(self) -> Iterator[StreamOutcome]:
        try:
            source = self._project.source(self._connection)
        except FondacoError as error:
            yield self._failed("all streams", error, _Tally(), 0.0)
            return
        try:
            yield from self._streams(source)
        finally:
            source.close()

    def _streams(self, source: Source) -> Iterator[StreamOutcome]:
        note_first_reading(self._project, self._connection)
        for stream in source.streams:
            yield self._timed(stream.name, partial(self._stream, source, stream))
        yield self._timed("deletions", partial(self._deletions, source))

    def _timed(self, name: str, work: Callable[[_Tally], None]) -> StreamOutcome:
        tally, started = _Tally(), time.monotonic()
        subject = f"{self._connection.connection_id} · {name}"
        error: FondacoError | None = None
        try:
            stop_here(self._stop)
            if self._unreachable is not None:
                raise self._unreachable
            with pausing_by(partial(wait_or_stop, self._stop)):
                work(tally)
        except FondacoError as told:
            error = told
            if isinstance(told, UnreachableError):
                self._unreachable = told
        except Exception as unknown:  # a fault in one connector must not keep the other shops from being read
            _log.exception("stream met an unknown error", extra={"stream": name})
            error = unknown_error(f"{self._connection.connection_id} · {name}", unknown)
        if error is not None:
            self._progress(Event("sync", subject, detail=error.what, ended=True))
            return self._failed(name, error, tally, time.monotonic() - started)
        self._progress(Event("sync", subject, detail=f"{tally.extracted:,} records", ended=True))
        return StreamOutcome(
            self._result(name, "success", tally, time.monotonic() - started), notes=tuple(tally.notes)
        )

    def _stream(self, source: Source, stream: Stream, tally: _Tally) -> None:
        if stream.name in self._stuck:
            raise self._stuck[stream.name]
        horizon = Horizon.of(self._project.clock(), _start_date(self._project, self._connection))
        doublings, started = 0, time.monotonic()
        while True:
            coverage = _coverage(self._project, self._connection, stream)
            part = next_slice(stream, coverage, horizon, doublings=doublings)
            if part is None:
                break
            if tally.slices and _is_over(stream.turn, started):
                tally.notes.append(("ok", self._what_is_left(stream, part)))
                return
            records = self._slice(source, stream, part, tally)
            doublings = doublings_after(stream, part, records, doublings)
            _move(self._project, self._connection, stream, part, horizon)
        tally.notes += compare_ids(self._project, self._connection, source, stream)

    def _what_is_left(self, stream: Stream, part: Slice) -> str:
        subject = f"{self._connection.connection_id} · {stream.name}"
        reached = part.until if part.kind == "backfill" else part.since
        assert reached is not None
        direction = "back" if part.kind == "backfill" else "up"
        return f"{subject} are read {direction} to {reached:%Y-%m-%d}; the next run goes on from there, as the vendor answers slowly."

    def _slice(self, source: Source, stream: Stream, part: Slice, tally: _Tally) -> int:
        stop_here(self._stop)
        spooled = self._project.landing.spool(
            self._connection.connection_id,
            source.name,
            stream,
            part,
            self._watched(source.read(stream, part), stream, tally),
        )
        loaded = self._project.landing.load(spooled)
        tally.slices += 1
        tally.extracted += loaded.extracted
        tally.loaded += sum(loaded.loaded.values())
        tally.quarantined += loaded.quarantined
        tally.drifted |= set(loaded.drifted)
        return loaded.extracted

    def _watched(self, pages: Iterator[Page], stream: Stream, tally: _Tally) -> Iterator[Page]:
        subject = f"{self._connection.connection_id} · {stream.name}"
        count = tally.extracted
        for page in pages:
            stop_here(self._stop)
            count += page.records
            if page.warning:
                tally.notes.append(("warn", f"{subject}: {page.warning}"))
            self._progress(Event("sync", subject, done=count, detail=f"{count:,} records"))
            yield page
        stop_here(self._stop)

    def _deletions(self, source: Source, tally: _Tally) -> None:
        count = land_tombstones(self._project, self._connection, source)
        tally.extracted += count
        tally.loaded += count

    def _failed(self, name: str, error: FondacoError, tally: _Tally, seconds: float) -> StreamOutcome:
        known = self._is_known(name, error)
        outcome = "partial" if known else _outcome_of(error)
        if known:
            tally.notes.append(("warn", f"{self._connection.connection_id} · {name}: {error.what}"))
        _log.warning(
            "stream ended early",
            extra={
                "connection": self._connection.connection_id,
                "stream": name,
                "outcome": outcome,
                "what": error.what,
            },
        )
        return StreamOutcome(
            self._result(name, outcome, tally, seconds, str(error)),
            None if known else error,
            tuple(tally.notes),
        )

    def _is_known(self, name: str, error: FondacoError) -> bool:
        """A scope that the merchant chose not to grant is known since `connect`; the rest of the shop is good."""
        if not isinstance(error, AccessError):
            return False
        streams = source_type(self._connection.source).streams
        optional = any(stream.name == name and stream.may_be_refused for stream in streams)
        return optional or self._connection.status == "limited"

    def _result(
        self, name: str, outcome: str, tally: _Tally, seconds: float, error: str | None = None
    ) -> StreamResult:
        return StreamResult(
            connection_id=self._connection.connection_id,
            stream=name,
            outcome=outcome,
            extracted=tally.extracted,
            loaded=tally.loaded,
            quarantined=tally.quarantined,
            drifted_fields=tuple(sorted(tally.drifted)),
            seconds=seconds,
            error=error,
        )


def _outcome_of(error: FondacoError) -> str:
    if isinstance(error, StoppedError):
        return "aborted"
    return "partial" if isinstance(error, RetryableError) else "failed"


def _is_over(turn: timedelta | None, started: float) -> bool:
    return turn is not None and time.monotonic() - started >= turn.total_seconds()


def _coverage(project: Project, connection: Connection, stream: Stream) -> Coverage:
    state = project.control.states.get(project.tenant, connection.connection_id, stream.name)
    return Coverage(state.cursor, state.covered_since, state.history_complete, state.looked_back_on)


def _move(project: Project, connection: Connection, stream: Stream, part: Slice, horizon: Horizon) -> None:
    state = project.control.states.get(project.tenant, connection.connection_id, stream.name)
    moved = after(stream, _coverage(project, connection, stream), part, horizon)
    project.control.states.save(
        project.tenant,
        connection.connection_id,
        stream.name,
        cursor=moved.cursor,
        covered_since=moved.covered_since,
        history_complete=moved.history_complete,
        looked_back_on=moved.looked_back_on,
        slices_done=state.slices_done + 1,
    )
    if moved.cursor is not None:
        _log.info(
            "slice loaded",
            extra={
                "connection": connection.connection_id,
                "stream": stream.name,
                "slice": part.id,
                "cursor": format_instant(moved.cursor),
            },
        )


def _start_date(project: Project, connection: Connection) -> date:
    settings = project.control.connections.settings(project.tenant, connection.connection_id)
    return read_settings(source_type(connection.source), settings).start_date


def _forget(project: Project, connection: Connection) -> None:
    """Start the connection's streams over; the comparison of ids then finds what is gone meanwhile."""
    for state in project.control.states.all(project.tenant, connection.connection_id):
        project.control.states.forget(project.tenant, connection.connection_id, state.stream)
        project.control.states.save(
            project.tenant, connection.connection_id, state.stream, ids_compared_on=_LONG_AGO
        )
