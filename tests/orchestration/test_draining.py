"""The drain: what deliveries name is read again, and only what the vendor gave or denied when asked is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.orchestration.conftest import ORDERS, Stall, TurnedClock

from fondaco.control import Connection
from fondaco.errors import AccessError
from fondaco.orchestration import Project
from fondaco.orchestration.draining import Drain, Drained
from fondaco.orchestration.rereading import MOST_QUESTIONS, Halving, Wanted
from fondaco.queue import Queue, QueuedEvent, QueueWriter
from fondaco.sources.http import VendorFaultError
from fondaco.sources.stream import Page, Stream


class AskedStall(Stall):
    """A stall that is asked for single orders, and may fail at some of them."""

    def __init__(self) -> None:
        super().__init__()
        self.there: set[str] = set()
        self.faults: dict[str, Exception] = {}
        self.asked: list[list[str]] = []
        self.webhooks: Any = None

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        self.asked.append(list(ids))
        for one in ids:
            if one in self.faults:
                raise self.faults[one]
            if one in self.there:
                order = {"id": int(one), "updated_at": "2026-03-01T10:00:00Z", "total": "1.10"}
                yield Page(json.dumps(order).encode() + b"\n", 1)


class Told:
    """A project whose stall delivers, and its drain."""

    def __init__(self, project: Project, stall: AskedStall) -> None:
        self.project, self.stall = project, stall
        self.drain = Drain(project)
        self._number = 0

    def tell(self, *changed: int, gone: Sequence[int] = ()) -> None:
        """One delivery for each order."""
        events = []
        for order, what in [*((n, "changed") for n in changed), *((n, "deleted") for n in gone)]:
            self._number += 1
            pairs: Any = {what: (("orders", str(order)),)}
            event = QueuedEvent("stall", "stall", f"e{self._number}", what, self.project.clock(), **pairs)
            events.append(event.to_bytes())
        writer = QueueWriter(self.project.data / "queue")
        writer.put(events)
        writer.close()

    def drained(self) -> Drained:
        with self.project.warehouse.writer():
            found = self.drain.drain()
        self.drain.commit()
        return found

    def rows(self, sql: str) -> list[Any]:
        with self.project.warehouse.writer() as writer:
            return [tuple(row.values()) for row in writer.fetch(sql).to_pylist()]

    @property
    def orders(self) -> list[int]:
        """Orders that were landed and are not buried."""
        return [
            row[0]
            for row in self.rows(
                "select id from raw.stall__orders as o where not exists (select 1 from raw.fondaco__tombstones as t "
                "where t.record_id = cast(o.id as varchar) and o._synced_at <= t._synced_at) order by id"
            )
        ]

    @property
    def buried(self) -> list[str]:
        return [row[0] for row in self.rows("select record_id from raw.fondaco__tombstones order by 1")]

    @property
    def waiting(self) -> list[str]:
        events = Queue(self.project.data / "queue" / "later").read(10_000).events
        return sorted(i for event in events for _, i in (*event.changed, *event.deleted))


@pytest.fixture
def told(project: Project, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    stall = AskedStall()
    monkeypatch.setattr(Project, "source", lambda *_: stall)
    opened = Told(project, stall)
    yield opened
    opened.drain.close()


def test_a_record_that_is_gone_when_it_is_asked_for_is_buried(told: Told) -> None:
    told.stall.there = {"7", "8"}
    told.tell(7, 8)
    told.drained()
    told.stall.there = {"8"}
    told.tell(gone=[7])
    drained = told.drained()
    assert (told.orders, told.buried) == ([8], ["7"])
    assert (drained.deleted, drained.deleted_orders) == (1, [("stall", "7")])


def test_a_late_word_of_a_deletion_buries_no_record_that_the_shop_still_has(
    told: Told, clock: TurnedClock
) -> None:
    told.stall.there = {"7"}
    told.tell(7)
    told.drained()
    clock.turn(timedelta(minutes=1))
    told.tell(gone=[7])
    drained = told.drained()
    assert (told.orders, told.buried, drained.deleted_orders) == ([7], [], [])


def test_a_record_that_was_deleted_restored_and_changed_in_one_batch_stays(told: Told) -> None:
    told.stall.there = {"7"}
    told.tell(gone=[7])
    told.tell(7, 7)
    told.drained()
    assert (told.orders, told.buried) == ([7], [])


def test_a_record_that_comes_back_is_there_again(told: Told, clock: TurnedClock) -> None:
    told.stall.there = {"7"}
    told.tell(7)
    told.drained()
    told.stall.there = set()
    told.tell(gone=[7])
    told.drained()
    assert told.orders == []
    clock.turn(timedelta(seconds=1))
    told.stall.there = {"7"}
    told.tell(7)
    told.drained()
    assert told.orders == [7]


def test_a_question_that_failed_buries_nothing_and_is_asked_again(told: Told, clock: TurnedClock) -> None:
    told.stall.there = {"7"}
    told.tell(7)
    told.drained()
    told.stall.faults = {"7": VendorFaultError("It answered 500.", "Wait.", status=500)}
    told.tell(gone=[7])
    drained = told.drained()
    assert (told.orders, told.buried, told.waiting, drained.postponed) == ([7], [], ["7"], 1)
    told.stall.faults, told.stall.there = {}, set()
    clock.turn(timedelta(seconds=6))
    told.drained()
    assert (told.orders, told.buried, told.waiting) == ([], ["7"], [])


def test_a_record_at_which_the_shop_fails_holds_up_no_other(told: Told, clock: TurnedClock) -> None:
    told.stall.there = {str(n) for n in range(300)}
    told.stall.faults = {
        "123": VendorFaultError("It answered 500.", "Wait.", status=500),
        "40": KeyError("id"),
    }
    told.tell(*range(300))
    drained = told.drained()
    assert told.orders == [n for n in range(300) if n not in {40, 123}]
    assert (told.waiting, drained.postponed, len(drained.received)) == (["123", "40"], 2, 298)
    assert "KeyError" in drained.faults["stall"]
    assert len(told.stall.asked) <= 1 + MOST_QUESTIONS
    # What failed before is asked for by itself, so that what is new needs one question.
    clock.turn(timedelta(seconds=6))
    told.stall.asked.clear()
    told.tell(1, 2)
    told.drained()
    assert told.stall.asked[0] == ["1", "2"]
    assert all({"40", "123"} >= set(ids) for ids in told.stall.asked[1:])


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        (VendorFaultError("It answered 503.", "Wait.", status=503), 1),
        (AccessError("It refused.", "Connect."), 1),
        (VendorFaultError("It answered 500.", "Wait.", status=500), 7),
    ],
)
def test_a_shop_that_answers_nothing_is_not_asked_for_each_record(
    told: Told, fault: Exception, most: int
) -> None:
    told.stall.faults = {str(n): fault for n in range(200)}
    told.tell(*range(200))
    told.drained()
    assert (len(told.stall.asked), len(told.waiting), told.orders) == (most, 200, [])


def test_many_bad_records_are_looked_for_with_a_bounded_number_of_questions(told: Told) -> None:
    told.stall.there = {str(n) for n in range(800)}
    told.stall.faults = {
        str(n): VendorFaultError("It answered 500.", "Wait.", status=500) for n in range(0, 400, 3)
    }
    told.tell(*range(800))
    told.drained()
    assert len(told.stall.asked) <= 1 + MOST_QUESTIONS
    assert set(told.orders) >= set(range(400, 800))
    assert sorted([*told.orders, *map(int, told.waiting)]) == list(range(800))


def test_halves_are_the_whole() -> None:
    wanted = Wanted(ORDERS, [str(n) for n in range(7)])
    halves = Halving().halves(wanted, KeyError())
    assert [i for half in halves for i in half.ids] == list(wanted.ids)
    assert Halving().halves(Wanted(ORDERS, ["7"]), KeyError()) == []


def test_what_is_in_quarantine_is_there(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that cannot be landed is no record that is gone."""
    broken = {"id": 7, "updated_at": "2026-03-01T10:00:00Z", "total": "no number"}
    monkeypatch.setattr(
        AskedStall, "read_again", lambda *_: iter([Page(json.dumps(broken).encode() + b"\n", 1)])
    )
    told.tell(gone=[7])
    told.drained()
    assert told.buried == []


def test_lag_is_of_deliveries_whose_records_were_read(told: Told) -> None:
    told.stall.there = {"1"}
    told.stall.faults = {"2": VendorFaultError("It answered 500.", "Wait.", status=500)}
    told.tell(1, 2)
    drained = told.drained()
    assert [isinstance(each, datetime) for each in drained.received] == [True]
