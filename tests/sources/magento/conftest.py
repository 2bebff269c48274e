"""A simulated Magento shop over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.magento.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.magento import Magento, MagentoSettings
from fondaco.sources.magento.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=400)


@dataclass
class Shop:
    """The shop ``delta`` and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults
    behaviour: Behaviour
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> Magento:
        """A connection that waits for nothing, and notes how long it should have."""
        chosen = MagentoSettings.model_validate({**demo_settings(self.base_url, "delta"), **settings})
        return Magento(chosen, sleep=self.slept.append)

    def read(
        self,
        stream: str,
        since: datetime = START,
        until: datetime = END,
        kind: str = "incremental",
        **more: Any,
    ) -> list[dict[str, Any]]:
        """All records of a slice, or of a stream that is read whole, as they would be spooled."""
        chosen = next(each for each in STREAMS if each.name == stream)
        part = Slice(stream, kind, since, until)
        if chosen.mode is SyncMode.FULL:
            part = Slice(stream, "full")
        found: list[dict[str, Any]] = []
        for page in self.source(**more).read(chosen, part):
            found.extend(map(json.loads, page.lines.decode().splitlines()))
        return found

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.rows(sql)

    @property
    def requests(self) -> list[str]:
        return self.behaviour.requests


@pytest.fixture(scope="session")
def delta_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One Magento shop with 1,500 orders in 400 days, among them every story that the platform knows."""
    folder = tmp_path_factory.mktemp("delta")
    generate_world(folder, seed=4, orders=1_500, end=END, days=400, shops=("delta",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def shop(delta_store: Store) -> Iterator[Shop]:
    """The shop, served on a free port; faults and manners are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(delta_store, faults, behaviour), faults)) as base_url:
        yield Shop(delta_store, base_url, faults, behaviour)
