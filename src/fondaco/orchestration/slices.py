"""Cut a stream into slices, and say how a loaded slice moves the stream's state. Pure: no clock, no database.

What is covered is one interval: everything whose cursor lies in [``covered_since``, ``cursor``) is loaded. History
grows it downwards, newest slice first; incremental slices grow it upwards. So a slice that was loaded twice, or
after a crash, moves nothing that it should not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from fondaco.sources.stream import Slice, Stream, SyncMode

_LONGEST_WINDOW = timedelta(days=3660)
_MOST_HALVINGS = 6


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a stream has been read; the part of ``StreamState`` that slices depend on."""

    cursor: datetime | None = None
    covered_since: datetime | None = None
    history_complete: bool = False
    looked_back_on: date | None = None


@dataclass(frozen=True, slots=True)
class Horizon:
    """The bounds of a run for one stream.

    Attributes
    ----------
    now
        When the run looks at the stream.
    start
        History is read back to this instant.
    """

    now: datetime
    start: datetime

    @classmethod
    def of(cls, now: datetime, start_date: date) -> Horizon:
        """With a day of grace before ``start_date``, because the shop's day may begin earlier than UTC's."""
        return cls(now, datetime.combine(start_date, time(), UTC) - timedelta(days=1))

    def within(self, stream: Stream) -> Horizon:
        """These bounds, but no further back than the vendor keeps the stream."""
        if stream.history is None:
            return self
        return replace(self, start=max(self.start, _midnight(self.now - stream.history)))


def next_slice(stream: Stream, coverage: Coverage, horizon: Horizon, *, doublings: int = 0) -> Slice | None:
    """The slice to read next, or None when the stream is up to date. Newest data comes first.

    Parameters
    ----------
    doublings
        How many times the next window is doubled, or halved where it is less than nought, by ``doublings_after`` the slices before.
    """
    horizon = horizon.within(stream)
    coverage = _caught_up(stream, coverage, horizon)
    if stream.mode is SyncMode.FULL:
        done = coverage.cursor is not None and coverage.cursor >= horizon.now
        return None if done else Slice(stream.name, "full")
    if stream.mode is SyncMode.DAYS:
        return _next_days(stream, coverage, horizon, doublings)
    end = _whole_seconds(horizon.now - stream.safety_lag)
    if coverage.cursor is None or coverage.covered_since is None:
        return _history(stream, end, horizon, doublings) if end > horizon.start else None
    if coverage.cursor < end:
        part = _increment(stream, coverage, coverage.cursor, end, doublings)
        return _kept(stream, part, horizon)
    if coverage.covered_since > horizon.start:
        return _history(stream, coverage.covered_since, horizon, doublings)
    return None


def doublings_after(stream: Stream, part: Slice, records: int, before: int) -> int:
    """How many times the window after ``part`` is doubled. Empty history doubles it, so that the years before a shop opened
    cost a handful of requests; a stream with ``slice_records`` comes near to them."""
    if not stream.slice_records:
        return before + 1 if part.kind == "backfill" and records == 0 else 0
    if records > stream.slice_records:
        return max(before - 1, -_MOST_HALVINGS)
    return before + 1 if 2 * records < stream.slice_records else before


def after(stream: Stream, coverage: Coverage, part: Slice, horizon: Horizon) -> Coverage:
    """The coverage once ``part`` is loaded."""
    horizon = horizon.within(stream)
    coverage = _caught_up(stream, coverage, horizon)
    if part.since is None or part.until is None:
        return replace(coverage, cursor=horizon.now, covered_since=horizon.start, history_complete=True)
    # Days that run, or are to come, are read again by the next run.
    read_up_to = min(part.until, horizon.now) if stream.mode is SyncMode.DAYS else part.until
    if part.kind == "backfill":
        return _after_history(coverage, part.since, part.until, horizon, read_up_to)
    moved = coverage
    if coverage.cursor is not None and part.since <= coverage.cursor < part.until:
        moved = replace(moved, cursor=read_up_to)
    if part.kind == "lookback":
        moved = replace(moved, looked_back_on=part.until.date())
    return moved


def _next_days(stream: Stream, coverage: Coverage, horizon: Horizon, doublings: int) -> Slice | None:
    """As ``next_slice``, in whole days. The newest days are read again by each run, further ones once a day."""
    end = _midnight(horizon.now) + timedelta(days=2)
    begin = Horizon(horizon.now, _midnight(horizon.start))
    if coverage.cursor is None or coverage.covered_since is None:
        return _history(stream, end, begin, doublings) if horizon.now > begin.start else None
    if coverage.cursor < horizon.now:
        part = _increment(stream, coverage, _midnight(coverage.cursor), end)
        # What was not settled when it was last looked at, however long ago that is.
        behind = max(stream.overlap, stream.lookback) if part.kind == "lookback" else stream.overlap
        return _kept(stream, replace(part, since=_midnight(coverage.cursor - behind)), begin)
    if coverage.covered_since > begin.start:
        return _history(stream, coverage.covered_since, begin, doublings)
    return None


def _history(stream: Stream, until: datetime, horizon: Horizon, doublings: int) -> Slice:
    if stream.backfill_window is None:
        return Slice(stream.name, "backfill", min(horizon.start, until), until)
    since = _whole_seconds(until - _window(stream.backfill_window, doublings))
    return Slice(stream.name, "backfill", max(horizon.start, since), until)


def _window(length: timedelta, doublings: int) -> timedelta:
    return min(length * 2.0 ** max(-_MOST_HALVINGS, min(doublings, 12)), _LONGEST_WINDOW)


def _increment(
    stream: Stream, coverage: Coverage, cursor: datetime, end: datetime, doublings: int = 0
) -> Slice:
    since = _whole_seconds(cursor - stream.overlap)
    kind = "incremental"
    if stream.lookback and (coverage.looked_back_on is None or coverage.looked_back_on < end.date()):
        # What was not settled when it was last looked at, however long ago that is.
        since = min(since, end - stream.lookback, _whole_seconds(cursor - stream.lookback))
        kind = "lookback"
    elif stream.backfill_window is not None:  # after a long pause, oldest first, in pieces that end
        end = min(end, _whole_seconds(cursor + _window(stream.backfill_window, doublings)))
    return Slice(stream.name, kind, since, end)


def _caught_up(stream: Stream, coverage: Coverage, horizon: Horizon) -> Coverage:
    """The coverage after a pause longer than the vendor keeps the stream: nothing before that can be read any more."""
    if stream.history is None or coverage.cursor is None or coverage.cursor >= horizon.start:
        return coverage
    return replace(coverage, cursor=horizon.start)


def _kept(stream: Stream, part: Slice, horizon: Horizon) -> Slice:
    """The slice without what the vendor keeps no more: what was read of that in time would be taken for restated to nothing."""
    if stream.history is None or part.since is None or part.until is None:
        return part
    return replace(part, since=min(max(part.since, horizon.start), part.until))


def _after_history(
    coverage: Coverage, since: datetime, until: datetime, horizon: Horizon, read_up_to: datetime
) -> Coverage:
    if coverage.cursor is None or coverage.covered_since is None:
        coverage = replace(coverage, cursor=read_up_to, covered_since=since, looked_back_on=until.date())
    elif since <= coverage.covered_since <= until:
        coverage = replace(coverage, covered_since=since)
    complete = coverage.covered_since is not None and coverage.covered_since <= horizon.start
    return replace(coverage, history_complete=complete)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _whole_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
