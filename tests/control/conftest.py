"""A control plane on SQLite whose clock the test turns."""

from __future__ import annotations

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


@pytest.fixture
def plane(tmp_path: Path, clock: TurnedClock) -> Iterator[ControlPlane]:
    opened = ControlPlane.open(
        f"sqlite:///{tmp_path / 'control.sqlite'}", Sealer.open(tmp_path, {}), clock=clock
    )
    opened.tenants.put("default", name="Shop", currency="EUR", time_zone="Europe/Berlin")
    yield opened
    opened.close()
