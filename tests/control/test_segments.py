"""Segments keep every version, and of two who change one at once the second is told."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.control.conftest import TurnedClock

from fondaco.control import ControlPlane, Role, Segment
from fondaco.control.segments import ConflictError, NoSuchSegmentError
from fondaco.errors import ConfigError

ALL: dict[str, Any] = {"version": 1, "root": {"kind": "group", "match": "all", "rules": []}}
ANY: dict[str, Any] = {"version": 1, "root": {"kind": "group", "match": "any", "rules": []}}


def keep(plane: ControlPlane, name: str = "Big spenders", **rest: Any) -> Segment:
    return plane.segments.create("default", name=name, definition=ALL, **rest)


def test_a_segment_is_found_as_it_was_saved(plane: ControlPlane, clock: TurnedClock) -> None:
    user = plane.users.create("default", "a@example.com", role=Role.ANALYST)
    kept = keep(plane, "  Big   spenders ", description=" Write to them. ", author=user.user_id)
    found = plane.segments.get("default", kept.segment_id)
    assert (found.name, found.description, found.definition, found.version) == (
        "Big spenders",
        "Write to them.",
        ALL,
        1,
    )
    assert (found.created_at, found.updated_at, found.archived_at) == (clock.now, clock.now, None)
    assert [s.segment_id for s in plane.segments.all("default")] == [kept.segment_id]


def test_every_save_is_a_version_that_can_be_read_and_brought_back(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    user = plane.users.create("default", "a@example.com", role=Role.ANALYST)
    kept = keep(plane)
    clock.turn(timedelta(hours=1))
    plane.segments.save(
        "default", kept.segment_id, seen=1, name="Spenders", definition=ANY, author=user.user_id
    )
    restored = plane.segments.restore("default", kept.segment_id, 1, seen=2)
    assert (restored.version, restored.definition, restored.name) == (3, ALL, "Spenders")
    versions = plane.segments.versions("default", kept.segment_id)
    assert [(v.version, v.name, v.definition, v.user_id) for v in versions] == [
        (3, "Spenders", ALL, None),
        (2, "Spenders", ANY, user.user_id),
        (1, "Big spenders", ALL, None),
    ]
    assert plane.segments.version("default", kept.segment_id, 2).created_at == clock.now


def test_the_second_of_two_editors_is_told_and_changes_nothing(plane: ControlPlane) -> None:
    kept = keep(plane)
    plane.segments.save("default", kept.segment_id, seen=1, name="First", definition=ANY)
    with pytest.raises(ConflictError, match="is at version 2 by now, and you changed version 1"):
        plane.segments.save("default", kept.segment_id, seen=1, name="Second", definition=ALL)
    assert plane.segments.get("default", kept.segment_id).name == "First"


def test_of_editors_at_the_same_time_exactly_one_wins(plane: ControlPlane) -> None:
    kept = keep(plane)
    outcomes: list[str] = []

    def save(name: str) -> None:
        try:
            plane.segments.save("default", kept.segment_id, seen=1, name=name, definition=ANY)
            outcomes.append("saved")
        except ConflictError:
            outcomes.append("refused")

    threads = [threading.Thread(target=save, args=(f"Editor {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "saved"]
    assert [v.version for v in plane.segments.versions("default", kept.segment_id)] == [2, 1]


def test_a_segment_that_is_put_away_is_out_of_the_list_and_can_come_back(plane: ControlPlane) -> None:
    kept = keep(plane)
    plane.segments.archive("default", kept.segment_id)
    assert plane.segments.all("default") == []
    assert [s.name for s in plane.segments.all("default", archived=True)] == ["Big spenders"]
    with pytest.raises(ConflictError, match="was put away"):
        plane.segments.save("default", kept.segment_id, seen=1, name="x", definition=ALL)
    plane.segments.bring_back("default", kept.segment_id)
    assert [s.name for s in plane.segments.all("default")] == ["Big spenders"]


def test_a_name_is_given_once_unless_its_segment_is_put_away(plane: ControlPlane) -> None:
    first, other = keep(plane), keep(plane, "Others")
    with pytest.raises(ConfigError, match="already"):
        keep(plane)
    with pytest.raises(ConfigError, match="already"):
        plane.segments.save("default", other.segment_id, seen=1, name="Big spenders", definition=ALL)
    plane.segments.archive("default", first.segment_id)
    keep(plane)
    with pytest.raises(ConfigError, match="already"):
        plane.segments.bring_back("default", first.segment_id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_has_sane_length(sqlite_plane: ControlPlane, name: str) -> None:
    with pytest.raises(ConfigError, match="name has"):
        keep(sqlite_plane, name)


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_a_letter_that_no_database_holds_is_refused(sqlite_plane: ControlPlane, letter: str) -> None:
    for texts in ({"name": f"a{letter}"}, {"name": "a", "description": letter}):
        with pytest.raises(ConfigError, match="cannot be kept"):
            sqlite_plane.segments.create("default", definition=ALL, **texts)


def test_nobody_sees_or_changes_a_segment_of_another_tenant(sqlite_plane: ControlPlane) -> None:
    plane = sqlite_plane
    plane.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    kept = keep(plane)
    assert plane.segments.all("other") == []
    for call in (
        plane.segments.get,
        plane.segments.versions,
        plane.segments.archive,
        plane.segments.bring_back,
    ):
        with pytest.raises(NoSuchSegmentError):
            call("other", kept.segment_id)
    with pytest.raises(NoSuchSegmentError):
        plane.segments.save("other", kept.segment_id, seen=1, name="x", definition=ALL)
    with pytest.raises(NoSuchSegmentError):
        plane.segments.version("default", kept.segment_id, 2)
