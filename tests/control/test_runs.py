from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fondaco.control import ControlPlane
from fondaco.control.runs import RunResult, StreamResult
from fondaco.errors import ConfigError


def test_run_ids_sort_by_start_even_within_a_second(plane: ControlPlane, clock: Any) -> None:
    first = plane.runs.start("default", kind="run", steps=["sync"])
    second = plane.runs.start("default", kind="run", steps=["sync"])
    clock.turn(timedelta(seconds=1))
    third = plane.runs.start("default", kind="run", steps=["sync"])

    assert [first.run_id, second.run_id, third.run_id] == [
        "20260301T120000-01",
        "20260301T120000-02",
        "20260301T120001-01",
    ]
    assert [run.run_id for run in plane.runs.recent("default", 2)] == [third.run_id, second.run_id]


def test_a_finished_run_tells_how_it_ended(plane: ControlPlane, clock: Any) -> None:
    run = plane.runs.start("default", kind="schedule", steps=["sync", "build"])
    plane.runs.add_stream(
        run.run_id,
        StreamResult("berlin", "orders", "success", 10, 34, 1, ("giftNote",), 1.23456),
    )
    clock.turn(timedelta(minutes=2))

    plane.runs.finish(run.run_id, RunResult("success", "warn", ("one day off",), None, {"sync": 1.5}, "v1"))

    kept = plane.runs.get("default", run.run_id)
    assert (kept.outcome, kept.health, kept.health_reasons) == ("success", "warn", ["one day off"])
    assert kept.ended_at - kept.started_at == timedelta(minutes=2)
    stream = plane.runs.streams(run.run_id)[0]
    assert (stream.extracted, stream.loaded, stream.quarantined, stream.drifted, stream.seconds) == (
        10, 34, 1, 1, 1.235,
    )  # fmt: skip
    assert plane.runs.last_published("default").run_id == run.run_id


def test_runs_whose_process_died_are_marked_aborted(plane: ControlPlane) -> None:
    dead = plane.runs.start("default", kind="run", steps=["sync"])
    done = plane.runs.start("default", kind="run", steps=["sync"])
    plane.runs.finish(done.run_id, RunResult("success", "ok"))

    assert plane.runs.abort_stale("default") == [dead.run_id]
    assert plane.runs.abort_stale("default") == []

    assert plane.runs.get("default", dead.run_id).outcome == "aborted"
    assert plane.runs.get("default", done.run_id).outcome == "success"


def test_a_run_of_another_tenant_is_unknown(plane: ControlPlane) -> None:
    plane.tenants.put("other", name="Other", currency="USD", time_zone="UTC")
    theirs = plane.runs.start("other", kind="run", steps=["sync"])

    with pytest.raises(ConfigError, match="no run"):
        plane.runs.get("default", theirs.run_id)
    assert plane.runs.recent("default") == []
