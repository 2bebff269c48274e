"""Slices against a vendor that is a set of instants: whatever is changed when, everything is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.orchestration.slices import Coverage, Horizon, after, doublings_after, next_slice
from fondaco.sources.stream import Slice, Stream, SyncMode

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = date(2026, 1, 1)
HORIZON = Horizon.of(NOW, START)


def stream(**options: object) -> Stream:
    return Stream("orders", (), **({"mode": SyncMode.INCREMENTAL} | options))  # type: ignore[arg-type]


def read_up(
    of: Stream, coverage: Coverage, horizon: Horizon, empty: bool = False
) -> tuple[list[Slice], Coverage]:
    """All slices until the stream is up to date."""
    slices: list[Slice] = []
    while (part := next_slice(of, coverage, horizon, doublings=len(slices) if empty else 0)) is not None:
        slices.append(part)
        coverage = after(of, coverage, part, horizon)
        assert len(slices) < 1000
    return slices, coverage


def test_history_is_read_newest_first_down_to_the_start_without_holes() -> None:
    slices, coverage = read_up(stream(), Coverage(), HORIZON)

    assert [part.kind for part in slices] == ["backfill"] * 3
    assert slices[0].until == NOW - timedelta(minutes=5)
    assert [part.since for part in slices[:-1]] == [part.until for part in slices[1:]]
    assert slices[-1].since == datetime(2025, 12, 31, tzinfo=UTC)
    assert coverage.history_complete


def test_years_before_the_shop_opened_cost_few_slices() -> None:
    slices, coverage = read_up(stream(), Coverage(), Horizon.of(NOW, date(2005, 1, 1)), empty=True)

    assert len(slices) <= 10
    assert coverage.history_complete


@pytest.mark.parametrize("a_day", [0, 0.1, 3, 300, 4000])
def test_slices_of_a_slow_vendor_hold_about_what_they_should_however_much_is_sold(a_day: float) -> None:
    slow = stream(backfill_window=timedelta(days=2), slice_records=1000)
    horizon, coverage, doublings = Horizon.of(NOW, date(2024, 3, 1)), Coverage(), 0
    sizes: list[int] = []
    while (part := next_slice(slow, coverage, horizon, doublings=doublings)) is not None:
        assert part.since is not None
        assert part.until is not None
        sizes.append(int((part.until - part.since) / timedelta(days=1) * a_day))
        doublings = doublings_after(slow, part, sizes[-1], doublings)
        coverage = after(slow, coverage, part, horizon)

    assert coverage.history_complete
    assert max(sizes[3:]) <= 1000
    assert len(sizes) <= sum(sizes) / 500 + 12


def test_after_a_long_pause_a_slow_vendor_is_asked_in_pieces_that_grow_too() -> None:
    slow = stream(backfill_window=timedelta(days=2), slice_records=1000)
    coverage, doublings, count = Coverage(NOW, HORIZON.start, history_complete=True), 0, 0
    later = Horizon.of(NOW + timedelta(days=300), START)
    while (part := next_slice(slow, coverage, later, doublings=doublings)) is not None:
        count, doublings = count + 1, doublings_after(slow, part, 7, doublings)
        coverage = after(slow, coverage, part, later)

    assert count == 8


def test_the_next_run_reads_from_the_cursor_less_the_overlap_to_now_less_the_lag() -> None:
    _, coverage = read_up(stream(), Coverage(), HORIZON)
    later = Horizon.of(NOW + timedelta(hours=1), START)

    slices, coverage = read_up(stream(), coverage, later)

    assert [(part.kind, part.since, part.until) for part in slices] == [
        (
            "incremental",
            NOW - timedelta(minutes=5) - timedelta(minutes=10),
            NOW + timedelta(hours=1) - timedelta(minutes=5),
        )
    ]
    assert read_up(stream(), coverage, later)[0] == []


def test_new_records_come_before_the_rest_of_an_unfinished_history() -> None:
    first = next_slice(stream(), Coverage(), HORIZON)
    coverage = after(stream(), Coverage(), first, HORIZON)

    slices, _ = read_up(stream(), coverage, Horizon.of(NOW + timedelta(days=1), START))

    assert [part.kind for part in slices] == ["incremental", "backfill", "backfill"]


def test_the_lookback_is_read_once_a_day_and_not_on_the_day_history_was_read() -> None:
    looking = stream(lookback=timedelta(days=7))
    _, coverage = read_up(looking, Coverage(), HORIZON)
    kinds = []
    for hours in (1, 13, 14, 37):
        slices, coverage = read_up(looking, coverage, Horizon.of(NOW + timedelta(hours=hours), START))
        kinds.append([part.kind for part in slices])

    assert kinds == [["incremental"], ["lookback"], ["incremental"], ["lookback"]]


def test_after_a_long_pause_the_increment_is_cut_and_read_oldest_first() -> None:
    _, coverage = read_up(stream(), Coverage(), HORIZON)

    slices, coverage = read_up(stream(), coverage, Horizon.of(NOW + timedelta(days=100), START))

    assert len(slices) == 4
    assert slices == sorted(slices, key=lambda part: part.until)
    assert coverage.cursor == NOW + timedelta(days=100) - timedelta(minutes=5)


def test_an_earlier_start_date_opens_the_history_again() -> None:
    _, coverage = read_up(stream(), Coverage(), HORIZON)

    slices, _ = read_up(stream(), coverage, Horizon.of(NOW, date(2025, 12, 11)))

    assert [part.kind for part in slices] == ["backfill"]
    assert slices[0].since == datetime(2025, 12, 10, tzinfo=UTC)


def test_a_stream_without_filter_is_read_whole_once_a_run() -> None:
    full = stream(mode=SyncMode.FULL)
    slices, coverage = read_up(full, Coverage(), HORIZON)

    assert slices == [Slice("orders", "full")]
    assert read_up(full, coverage, Horizon.of(NOW + timedelta(seconds=1), START))[0] == [
        Slice("orders", "full")
    ]


def test_a_stream_without_window_reads_history_at_once() -> None:
    slices, _ = read_up(stream(backfill_window=None), Coverage(), HORIZON)

    assert [(part.since, part.until) for part in slices] == [
        (datetime(2025, 12, 31, tzinfo=UTC), NOW - timedelta(minutes=5))
    ]


@pytest.mark.parametrize("kind", ["backfill", "incremental", "lookback"])
def test_a_slice_loaded_twice_moves_nothing(kind: str) -> None:
    _, coverage = read_up(stream(), Coverage(), HORIZON)
    again = Slice("orders", kind, NOW - timedelta(days=20), NOW - timedelta(days=10))

    moved = after(stream(), coverage, again, HORIZON)

    assert (moved.cursor, moved.covered_since) == (coverage.cursor, coverage.covered_since)


@given(
    changes=st.lists(st.integers(-60 * 24 * 60, 200 * 60), min_size=1, max_size=30),
    pauses=st.lists(st.integers(1, 60 * 24 * 3), min_size=1, max_size=8),
    killed=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_every_change_is_read_however_often_a_run_is_killed(
    changes: list[int], pauses: list[int], killed: list[bool]
) -> None:
    """A kill after the read and before the cursor moves repeats a slice; it never leaves one out."""
    records = {NOW + timedelta(minutes=minutes) for minutes in changes}
    kills = iter(killed)
    coverage, seen, now = Coverage(), set(), NOW
    for pause in [*pauses, 60 * 24 * 4]:
        horizon = Horizon.of(now, START)
        while (part := next_slice(stream(), coverage, horizon)) is not None:
            visible = {record for record in records if record < now}
            seen |= {record for record in visible if part.since <= record < part.until}
            if next(kills, False):
                break
            coverage = after(stream(), coverage, part, horizon)
        now += timedelta(minutes=pause)
    horizon = Horizon.of(now, START)
    while (part := next_slice(stream(), coverage, horizon)) is not None:
        seen |= {record for record in records if part.since <= record < part.until}
        coverage = after(stream(), coverage, part, horizon)

    assert seen == {record for record in records if record < now - timedelta(minutes=5)}


def days(**options: object) -> Stream:
    return stream(**({"mode": SyncMode.DAYS, "day_column": "day", "overlap": timedelta(days=3)} | options))


def test_days_are_read_whole_and_up_to_the_last_day_that_has_begun_anywhere() -> None:
    slices, coverage = read_up(days(), Coverage(), HORIZON)

    assert slices[0].until == datetime(2026, 3, 3, tzinfo=UTC)
    assert [part.since for part in slices[:-1]] == [part.until for part in slices[1:]]
    assert {part.since.time() for part in slices if part.since} == {NOW.time().replace(hour=0)}
    assert coverage.history_complete
    assert coverage.cursor == NOW


def test_each_run_reads_the_newest_days_again_and_once_a_day_all_that_may_be_restated() -> None:
    restated = days(lookback=timedelta(days=28))
    _, coverage = read_up(restated, Coverage(), HORIZON)
    read = []
    for hours in (1, 13, 14):
        slices, coverage = read_up(restated, coverage, Horizon.of(NOW + timedelta(hours=hours), START))
        read += [(part.kind, part.since, part.until) for part in slices]

    assert read == [
        ("incremental", datetime(2026, 2, 26, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)),
        ("lookback", datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
        ("incremental", datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
    ]


def test_no_slice_asks_for_days_that_the_vendor_keeps_no_more() -> None:
    """What was read of them in time would be taken for restated to nothing."""
    kept = days(history=timedelta(days=40))
    slices, coverage = read_up(kept, Coverage(), HORIZON)

    assert min(part.since for part in slices if part.since) == datetime(2026, 1, 20, tzinfo=UTC)
    assert coverage.history_complete
    later, _ = read_up(kept, coverage, Horizon.of(NOW + timedelta(days=400), START))
    assert min(part.since for part in later if part.since) == datetime(2027, 2, 24, tzinfo=UTC)


@given(
    pauses=st.lists(st.floats(0.01, 100), min_size=1, max_size=8),
    restated=st.sampled_from(
        [
            days(lookback=timedelta(days=28)),
            stream(lookback=timedelta(days=29)),
            stream(mode=SyncMode.CREATED, lookback=timedelta(days=29)),
        ]
    ),
)
def test_whatever_the_pauses_every_day_is_read_once_more_after_it_is_settled(
    pauses: list[float], restated: Stream
) -> None:
    """A day changes for 28 days, and the stream looks back so far, to the second: a day more for the whole of it."""
    now, coverage = NOW, Coverage()
    read_on: dict[date, datetime] = {}
    for pause in pauses:
        slices, coverage = read_up(restated, coverage, Horizon.of(now, START))
        for part in slices:
            assert part.since and part.until
            first = part.since if part.since.time() == time() else part.since + timedelta(days=1)
            for number in range((part.until.date() - first.date()).days):
                read_on[first.date() + timedelta(days=number)] = now
        last, now = now, now + timedelta(days=pause)
    for day, read in read_on.items():
        settled = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=28)
        assert read >= settled or last - read < timedelta(days=1)
