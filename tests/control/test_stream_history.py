"""What all runs together did to each stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from fondaco.control import ControlPlane
from fondaco.control.runs import StreamResult


@pytest.fixture
def ran(plane: ControlPlane, clock: Any) -> list[datetime]:
    """Four runs, an hour apart, and one of another merchant; when they started."""
    plane.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    runs = (
        [StreamResult("berlin", "orders", "success", 5, 10), StreamResult("berlin", "stock", "success", 1, 1)],
        [StreamResult("berlin", "orders", "success", 2, 4, 1, ("orders.gift",)), StreamResult("berlin", "stock", "partial")],
        [StreamResult("berlin", "orders", "failed", drifted_fields=("orders.note", "orders.gift"))],
        [StreamResult("paris", "orders", "success", 7, 7)],
    )  # fmt: skip
    started = []
    for results in runs:
        run = plane.runs.start("default", kind="run", steps=["sync"])
        started.append(run.started_at)
        for result in results:
            plane.runs.add_stream(run.run_id, result)
        clock.turn(timedelta(hours=1))
    foreign = plane.runs.start("other", kind="run", steps=["sync"])
    plane.runs.add_stream(foreign.run_id, StreamResult("berlin", "orders", "success", 1000, 1000))
    return started


def test_rows_are_added_up_over_all_runs_of_a_merchant(plane: ControlPlane, ran: list[datetime]) -> None:
    totals = plane.stream_history.totals("default")
    assert {name: list(streams) for name, streams in totals.items()} == {
        "berlin": ["orders", "stock"],
        "paris": ["orders"],
    }
    orders, stock = totals["berlin"]["orders"], totals["berlin"]["stock"]
    assert (orders.loaded, orders.quarantined, stock.loaded) == (14, 1, 1)
    assert (orders.newest.outcome, orders.newest_at, orders.succeeded_at) == ("failed", ran[2], ran[1])
    assert (stock.newest.outcome, stock.newest_at, stock.succeeded_at) == ("partial", ran[1], ran[0])
    assert plane.stream_history.totals("default", "paris").keys() == {"paris"}


def test_the_last_run_that_read_all_is_told_apart_from_one_that_read_some(
    plane: ControlPlane, ran: list[datetime]
) -> None:
    found = plane.stream_history.last_whole("default")
    assert {name: [run and run.started_at for run in pair] for name, pair in found.items()} == {
        "berlin": [ran[0], ran[1]],
        "paris": [ran[3], ran[3]],
    }
    assert plane.stream_history.last_whole("nobody") == {}


def test_fields_that_nobody_declared_are_collected_by_stream(
    plane: ControlPlane, ran: list[datetime]
) -> None:
    assert plane.stream_history.drifted("default", "berlin") == {"orders": ["orders.gift", "orders.note"]}
    assert plane.stream_history.drifted("default", "paris") == {}
