"""Decisions about who is who: they wait, are taken up, and are shown until something newer is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.control.conftest import TurnedClock

from fondaco.control import ControlPlane
from fondaco.errors import ConfigError


def decide(plane: ControlPlane, record: str, *, tenant: str = "default") -> int:
    return plane.person_decisions.add(
        tenant, is_same=False, person_id="p", record_ids=[record], other_record_ids=["a:1"], actor="user:7"
    ).decision_id


def ids(found: list[object]) -> list[int]:
    return [each.decision_id for each in found]  # type: ignore[attr-defined]


def test_a_decision_is_unseen_until_a_state_newer_than_the_one_of_its_build_is_published(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    first, second = decide(plane, "b:1"), decide(plane, "b:2")
    decisions = plane.person_decisions
    decisions.take("default", [first])
    decisions.build("default", "version 1", until=clock())
    assert ids([*decisions.waiting("default")]) == [second]
    assert ids([*decisions.unseen("default", "version 1")]) == [first, second]
    assert ids([*decisions.unseen("default", "version 2")]) == [second]


def test_one_that_was_taken_up_is_unseen_whatever_is_published_until_all_models_are_built_by_it(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    """The command line links at once and builds nothing; a batch of live figures publishes without building persons."""
    before = clock()
    clock.turn(timedelta(seconds=1))
    number = decide(plane, "b:1")
    plane.person_decisions.take("default", [number])
    plane.person_decisions.build("default", "version 1", until=before)
    assert ids([*plane.person_decisions.unseen("default", "version 2")]) == [number]
    plane.person_decisions.build("default", "version 2", until=clock())
    assert ids([*plane.person_decisions.unseen("default", "version 2")]) == [number]
    assert plane.person_decisions.unseen("default", "version 3") == []


def test_one_built_before_anything_is_published_is_unseen_until_then(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    number = decide(plane, "b:1")
    plane.person_decisions.take("default", [number])
    plane.person_decisions.build("default", None, until=clock())
    assert ids([*plane.person_decisions.unseen("default", None)]) == [number]
    assert plane.person_decisions.unseen("default", "version 1") == []


def test_one_that_waits_is_undone_once_and_one_that_was_taken_up_never(plane: ControlPlane) -> None:
    first, second = decide(plane, "b:1"), decide(plane, "b:2")
    plane.person_decisions.take("default", [second])
    plane.person_decisions.undo("default", first)
    with pytest.raises(ConfigError, match=f"no decision {first} that waits"):
        plane.person_decisions.undo("default", first)
    with pytest.raises(ConfigError, match=f"taken decision {second} up already"):
        plane.person_decisions.undo("default", second)


def test_a_merchant_neither_sees_nor_undoes_what_another_decided(plane: ControlPlane) -> None:
    plane.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    number = decide(plane, "b:1", tenant="other")
    assert plane.person_decisions.unseen("default", None) == []
    with pytest.raises(ConfigError, match="no decision"):
        plane.person_decisions.undo("default", number)
