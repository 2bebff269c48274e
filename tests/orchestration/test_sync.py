from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from tests.orchestration.conftest import ORDERS, Stall

from fondaco.control import Connection, ConnectionRecord
from fondaco.errors import AccessError
from fondaco.landing.spool import Spooled
from fondaco.orchestration import Project
from fondaco.orchestration.progress import silent
from fondaco.orchestration.stopping import Stop
from fondaco.orchestration.sync import sync
from fondaco.sources.http import UnreachableError, VendorFaultError
from fondaco.sources.stream import Page, Slice, Stream, SyncMode, Tombstone
from fondaco.sources.waiting import pause


class FarStall(Stall):
    """A stall with two streams whose every request meets the same fault."""

    streams: ClassVar[tuple[Stream, ...]] = (
        ORDERS,
        Stream("carts", ORDERS.tables, ORDERS.mode, may_be_refused=True),
    )
    fault: ClassVar[Exception]
    asked: ClassVar[list[str]]

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        self.asked.append(stream.name)
        raise self.fault
        yield  # an iterator, as every source's

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        self.asked.append("deletions")
        return iter(())


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[None]:
    """The stall as a package that offers it under its name."""
    metadata = tmp_path / "stall-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stall\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[fondaco.sources]\nstall = {__name__}:FarStall\n")
    sys.path.insert(0, str(tmp_path))
    yield
    sys.path.remove(str(tmp_path))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (UnreachableError("Stall could not be reached.", "Wait.", status=None), ["orders"]),
        (VendorFaultError("Stall answered 502.", "Wait.", status=502), ["orders", "carts", "deletions"]),
    ],
    ids=["unreachable", "a fault of one answer"],
)
def test_a_shop_that_cannot_be_reached_is_asked_once_a_run(
    project: Project, connection: Connection, fault: Exception, asked: list[str]
) -> None:
    FarStall.fault, FarStall.asked = fault, []
    outcomes = list(sync(project, [connection], full_refresh=False, progress=silent, stop=Stop()))
    assert FarStall.asked == asked
    partial = [each.kept.stream for each in outcomes if each.kept.outcome == "partial"]
    assert partial == (["orders", "carts", "deletions"] if len(asked) == 1 else ["orders", "carts"])


@pytest.mark.usefixtures("installed")
def test_a_slice_that_cannot_be_loaded_holds_up_its_own_stream_and_no_other(
    project: Project, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = project.landing.spool("stall", "stall", ORDERS, Slice("orders", "full"), iter(()))
    FarStall.fault, FarStall.asked = VendorFaultError("Stall answered 502.", "Wait.", status=502), []

    def load(spooled: Spooled) -> None:
        raise RuntimeError(spooled.stream)

    monkeypatch.setattr(project.landing, "load", load)
    outcomes = {each.kept.stream: each for each in sync(
        project, [connection], full_refresh=False, progress=silent, stop=Stop()
    )}  # fmt: skip
    assert outcomes["orders"].kept.outcome == "failed"
    assert "RuntimeError" in str(outcomes["orders"].error)
    assert FarStall.asked == ["carts", "deletions"], (
        "orders are not read while some of them wait to be loaded"
    )
    assert project.landing.pending() == [waiting]


@pytest.mark.usefixtures("installed")
def test_what_a_source_warns_of_goes_into_the_runs_health(
    project: Project, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    FarStall.asked = []
    monkeypatch.setattr(
        FarStall, "read", lambda self, stream, part: iter([Page(b"", 0, "The shop hides a record.")])
    )
    outcomes = list(sync(project, [connection], full_refresh=False, progress=silent, stop=Stop()))
    notes = {note for outcome in outcomes for note in outcome.notes}
    assert ("warn", "stall · orders: The shop hides a record.") in notes
    assert {outcome.kept.outcome for outcome in outcomes} == {"success"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("missing", "outcome"), [(("read_orders",), "partial"), ((), "failed")])
def test_a_permission_that_was_declined_on_purpose_is_a_warning_and_no_error(
    project: Project, missing: tuple[str, ...], outcome: str
) -> None:
    record = ConnectionRecord("stall", "stall", "Stall", "EUR", "UTC", {"start_date": "2026-02-01"}, missing)
    connection = project.control.connections.add("default", record)
    FarStall.fault, FarStall.asked = AccessError("Stall refused read_orders.", "Grant it."), []
    first = next(sync(project, [connection], full_refresh=False, progress=silent, stop=Stop()))
    assert first.kept.outcome == outcome
    assert (first.error is None) == bool(missing)
    assert first.notes == ((("warn", "stall · orders: Stall refused read_orders."),) if missing else ())


@pytest.mark.usefixtures("installed")
def test_a_stream_that_not_every_credential_may_read_fails_no_run(
    project: Project, connection: Connection
) -> None:
    """A shop that was connected before there was the stream never granted what it needs."""
    FarStall.fault, FarStall.asked = AccessError("Stall refused it.", "Grant it."), []
    outcomes = {each.kept.stream: each for each in sync(
        project, [connection], full_refresh=False, progress=silent, stop=Stop()
    )}  # fmt: skip
    assert (outcomes["orders"].kept.outcome, outcomes["carts"].kept.outcome) == ("failed", "partial")
    assert outcomes["carts"].error is None
    assert outcomes["carts"].notes == (("warn", "stall · carts: Stall refused it."),)


@pytest.mark.usefixtures("installed")
def test_a_stop_is_heard_while_a_source_waits_for_its_vendor(
    project: Project, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()

    def waiting(self: FarStall, stream: Stream, part: Slice) -> Iterator[Page]:
        threading.Timer(0.2, stop.set).start()
        pause(60)
        yield Page(b"", 0)

    monkeypatch.setattr(FarStall, "read", waiting)
    started = time.monotonic()
    first = next(iter(sync(project, [connection], full_refresh=False, progress=silent, stop=stop)))
    assert first.kept.outcome == "aborted"
    assert time.monotonic() - started < 20
    assert project.landing.pending() == []


@pytest.mark.usefixtures("installed")
def test_a_slow_vendors_past_is_read_for_a_while_by_each_run_until_it_is_whole(
    project: Project, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Slice] = []

    def noted(self: FarStall, stream: Stream, part: Slice) -> Iterator[Page]:
        asked.append(part)
        return iter(())

    slow = replace(
        ORDERS,
        mode=SyncMode.INCREMENTAL,
        backfill_window=timedelta(days=2),
        slice_records=1000,
        turn=timedelta(0),
        history=timedelta(days=9),
    )
    monkeypatch.setattr(FarStall, "streams", (slow,))
    monkeypatch.setattr(FarStall, "read", noted)

    def history_is_whole() -> bool:
        return project.control.states.get(project.tenant, connection.connection_id, "orders").history_complete

    told: list[list[str]] = []
    while not history_is_whole():
        outcome, _ = sync(project, [connection], full_refresh=False, progress=silent, stop=Stop())
        assert outcome.kept.outcome == "success"
        told.append([reason for health, reason in outcome.notes if health == "ok"])
        assert len(asked) == len(told), "one slice a run, as its turn is over at once"
    assert len(told) >= 4
    assert all("stall · orders are read back to 2026-" in reason for [reason] in told[:-1])
    assert told[-1] == []
    assert [part.since for part in asked[:-1]] == [part.until for part in asked[1:]]
