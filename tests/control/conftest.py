"""A control plane on SQLite whose clock the test turns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fondaco.control import ControlPlane
from fondaco.governance import Sealer


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
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A control database of the newest migration with nothing in it, made once: the migrations take half a second."""
    path = tmp_path_factory.mktemp("control") / "control.sqlite"
    ControlPlane.open(f"sqlite:///{path}", Sealer.open(path.parent, {})).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def plane(request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock) -> Iterator[ControlPlane]:
    """An empty control plane on each engine, with one tenant."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('empty_file'), tmp_path)}"
    opened = ControlPlane.open(url, Sealer.open(tmp_path, {}), clock=clock)
    opened.tenants.put("default", name="Shop", currency="EUR", time_zone="Europe/Berlin")
    yield opened
    opened.close()


@pytest.fixture
def sqlite_plane(empty_file: Path, tmp_path: Path, clock: TurnedClock) -> Iterator[ControlPlane]:
    """The same where a test looks into the file."""
    url = f"sqlite:///{shutil.copy(empty_file, tmp_path)}"
    opened = ControlPlane.open(url, Sealer.open(tmp_path, {}), clock=clock)
    opened.tenants.put("default", name="Shop", currency="EUR", time_zone="Europe/Berlin")
    yield opened
    opened.close()
