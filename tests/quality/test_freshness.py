from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fondaco.control import StreamState
from fondaco.quality.freshness import freshness, lateness

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def state(stream: str, age: timedelta | None) -> StreamState:
    return StreamState(stream=stream, cursor=None if age is None else NOW - age, history_complete=True)


def test_the_oldest_stream_comes_first_and_an_unread_one_not_at_all() -> None:
    found = freshness(
        [state("orders", timedelta(hours=1)), state("refunds", timedelta(hours=3)), state("products", None)],
        NOW,
    )

    assert [(each.stream, each.is_late) for each in found] == [("refunds", False), ("orders", False)]
    assert lateness("berlin", found) is None


def test_two_missed_nights_are_late() -> None:
    found = freshness([state("orders", timedelta(hours=1)), state("refunds", timedelta(hours=49))], NOW)

    assert lateness("berlin", found) == "berlin was read last until 2026-03-07 11:00 UTC: refunds."
