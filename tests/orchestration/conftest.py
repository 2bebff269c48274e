"""A project, and a vendor small enough to be held in a list."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest

from fondaco.control import Connection, ConnectionRecord
from fondaco.orchestration import Project
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Column, ColumnType, Page, Slice, Stream, SyncMode, Table, Tombstone

ORDERS = Stream(
    "orders",
    (
        Table(
            "orders",
            (
                Column("id", ColumnType.BIGINT, "$.id"),
                Column("updated_at", ColumnType.TIMESTAMP, "$.updated_at"),
                Column("total", ColumnType.DECIMAL, "$.total"),
            ),
            ("id",),
        ),
    ),
    SyncMode.INCREMENTAL,
)


class Stall:
    """A vendor whose records are a list that the test writes."""

    name: ClassVar[str] = "stall"
    title: ClassVar[str] = "Stall"
    settings_type: ClassVar[type[SourceSettings]] = SourceSettings
    streams: ClassVar[tuple[Stream, ...]] = (ORDERS,)
    report_name: ClassVar[str | None] = None

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.listed: list[str] | None = None
        self.deleted: list[Tombstone] = []

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        return cls()

    def check(self) -> Check:
        return Check("Stall", "EUR", "UTC")

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        for record in self.records:
            at = datetime.fromisoformat(record["updated_at"])
            if part.since is None or part.until is None or part.since <= at < part.until:
                yield Page(json.dumps(record).encode() + b"\n", 1)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        return (t for t in self.deleted if since <= t.deleted_at < until)

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None if self.listed is None else iter(self.listed)

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def close(self) -> None:
        return None


class TurnedClock:
    """Shows what the test set it to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fresh project whose landing knows the stall's tables."""
    folder = tmp_path_factory.mktemp("new") / "shop"
    with Project.create(folder, clock=TurnedClock()) as made:
        made.landing.create_tables({"stall": Stall})
    return folder


@pytest.fixture
def project(new_folder: Path, tmp_path: Path, clock: TurnedClock) -> Iterator[Project]:
    """A fresh project whose landing knows the stall's tables."""
    with Project.open(shutil.copytree(new_folder, tmp_path / "shop"), clock=clock) as opened:
        yield opened


@pytest.fixture
def connection(project: Project) -> Connection:
    return project.control.connections.add(
        "default", ConnectionRecord("stall", "stall", "Stall", "EUR", "UTC", {"start_date": "2026-02-01"})
    )


@pytest.fixture
def stall() -> Stall:
    """A stall with 300 orders of the last month."""
    stall = Stall()
    first = datetime(2026, 2, 1, 12, tzinfo=UTC)
    stall.records = [
        {"id": n, "updated_at": (first + timedelta(hours=2 * n)).isoformat(), "total": "1.10"}
        for n in range(300)
    ]
    return stall
