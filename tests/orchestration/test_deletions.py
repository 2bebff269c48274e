from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.orchestration.conftest import ORDERS, Stall

from fondaco.control import Connection
from fondaco.orchestration import Project
from fondaco.orchestration.deletions import compare_ids, land_tombstones, note_first_reading
from fondaco.sources.stream import Slice, Tombstone


def buried(project: Project) -> dict[str, str]:
    with project.warehouse.writer() as writer:
        found = writer.fetch("select record_id, found_by from raw.fondaco__tombstones").to_pylist()
    return {row["record_id"]: row["found_by"] for row in found}


def last_burial(project: Project, record: str) -> datetime:
    with project.warehouse.writer() as writer:
        found = writer.fetch(
            "select _synced_at from raw.fondaco__tombstones where record_id = $record", {"record": record}
        )
    instant: datetime = found.column("_synced_at").to_pylist()[0]
    return instant


def read_all(project: Project, stall: Stall) -> None:
    part = Slice("orders", "full")
    project.landing.load(project.landing.spool("stall", "stall", ORDERS, part, stall.read(ORDERS, part)))


@pytest.fixture
def read_shop(project: Project, connection: Connection, stall: Stall) -> Stall:
    """The stall, all read a month ago."""
    read_all(project, stall)
    project.control.states.save("default", "stall", "orders", cursor=project.clock(), history_complete=True)
    compare_ids(project, connection, stall, ORDERS)
    return stall


def test_deletions_are_asked_for_from_the_first_reading_on_however_many_runs_it_took(
    project: Project, connection: Connection, stall: Stall, clock: Any
) -> None:
    note_first_reading(project, connection)
    stall.deleted = [Tombstone("orders", "5", clock.now + timedelta(hours=2), "event")]
    clock.turn(timedelta(days=3))
    note_first_reading(project, connection)

    assert land_tombstones(project, connection, stall) == 1
    assert buried(project) == {"5": "event"}


def test_a_record_that_the_vendor_no_longer_lists_is_buried(
    project: Project, connection: Connection, read_shop: Stall, clock: Any
) -> None:
    read_shop.listed = [str(n) for n in range(300) if n not in (7, 8)]
    clock.turn(timedelta(days=30))

    notes = compare_ids(project, connection, read_shop, ORDERS)

    assert notes == []
    assert buried(project) == {"7": "id comparison", "8": "id comparison"}


def test_ids_are_compared_once_a_month(
    project: Project, connection: Connection, read_shop: Stall, clock: Any
) -> None:
    read_shop.listed = [str(n) for n in range(1, 300)]
    clock.turn(timedelta(days=29))
    compare_ids(project, connection, read_shop, ORDERS)
    assert buried(project) == {}

    clock.turn(timedelta(days=1))
    compare_ids(project, connection, read_shop, ORDERS)
    assert buried(project) == {"0": "id comparison"}


@pytest.mark.parametrize("listed", [[], [str(n) for n in range(200)]], ids=["empty", "a third missing"])
def test_a_list_that_would_bury_too_much_is_not_believed(
    project: Project, connection: Connection, read_shop: Stall, clock: Any, listed: list[str]
) -> None:
    read_shop.listed = listed
    clock.turn(timedelta(days=30))

    notes = compare_ids(project, connection, read_shop, ORDERS)

    assert buried(project) == {}
    assert [health for health, _ in notes] == ["warn"]
    assert "nothing was deleted" in notes[0][1]
    assert "`fondaco connections check stall`" in notes[0][1]
    assert project.control.states.get("default", "stall", "orders").ids_compared_on < clock.now.date()


def test_an_empty_list_is_not_believed_however_few_records_there_are(
    project: Project, connection: Connection, stall: Stall, clock: Any
) -> None:
    stall.records = stall.records[:3]
    read_all(project, stall)
    project.control.states.save("default", "stall", "orders", cursor=project.clock(), history_complete=True)
    compare_ids(project, connection, stall, ORDERS)
    stall.listed = []
    clock.turn(timedelta(days=30))

    notes = compare_ids(project, connection, stall, ORDERS)

    assert buried(project) == {}
    assert notes == [
        (
            "warn",
            "stall lists 0 orders where 3 were read before; 3 are missing, which is too many to be believed, so nothing "
            "was deleted. Run `fondaco connections check stall` to see whether its credentials may still read them; "
            "every run compares again until the list is whole.",
        )
    ]


def test_a_record_that_came_back_can_be_buried_again(
    project: Project, connection: Connection, read_shop: Stall, clock: Any
) -> None:
    read_shop.listed = [str(n) for n in range(300) if n != 7]
    clock.turn(timedelta(days=30))
    compare_ids(project, connection, read_shop, ORDERS)
    first = last_burial(project, "7")
    clock.turn(timedelta(days=1))
    read_all(project, read_shop)
    clock.turn(timedelta(days=30))

    compare_ids(project, connection, read_shop, ORDERS)

    assert last_burial(project, "7") == first + timedelta(days=31)


def test_records_that_were_never_read_are_told(
    project: Project, connection: Connection, read_shop: Stall, clock: Any
) -> None:
    read_shop.listed = [str(n) for n in range(305)]
    clock.turn(timedelta(days=30))

    notes = compare_ids(project, connection, read_shop, ORDERS)

    assert "5 orders that were never read" in notes[0][1]


def test_the_vendors_own_word_is_read_from_where_it_ended(
    project: Project, connection: Connection, stall: Stall, clock: Any
) -> None:
    note_first_reading(project, connection)
    stall.deleted = [Tombstone("orders", "1", clock.now + timedelta(minutes=1), "event")]
    clock.turn(timedelta(hours=2))
    assert land_tombstones(project, connection, stall) == 1

    stall.deleted.append(Tombstone("orders", "2", clock.now + timedelta(days=2), "event"))
    clock.turn(timedelta(days=3))
    assert land_tombstones(project, connection, stall) == 1

    assert buried(project) == {"1": "event", "2": "event"}
