"""A simulated shop on Amazon over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.amazon.app import Behaviour, create_app, demo_settings
from fondaco.simulator.amazon.books import Books
from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.amazon import Amazon
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.amazon.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=500)


@dataclass
class Account:
    """The shop ``brick`` as a selling account, and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults
    behaviour: Behaviour
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> Amazon:
        """A connection that waits for nothing, and notes how long it should have."""
        chosen = AmazonSettings.model_validate({**demo_settings(self.base_url, "brick"), **settings})
        return Amazon(chosen, sleep=self.slept.append)

    def read(
        self, name: str, since: datetime = START, until: datetime = END, **settings: Any
    ) -> list[dict[str, Any]]:
        """All records of a slice, as they would be spooled."""
        stream = next(each for each in STREAMS if each.name == name)
        part = Slice(name, "full") if stream.mode is SyncMode.FULL else Slice(name, "backfill", since, until)
        source, found = self.source(**settings), []
        for page in source.read(stream, part):
            lines = page.lines.decode().splitlines()
            assert len(lines) == page.records
            found += [json.loads(line) for line in lines]
        source.close()
        return found

    @property
    def books(self) -> Books:
        """The truth."""
        return Books(self.store, "brick")


@pytest.fixture(scope="session")
def brick_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One shop with 600 orders in 200 days."""
    folder = tmp_path_factory.mktemp("amazon")
    generate_world(folder, seed=5, orders=600, end=END, days=200, shops=("brick",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(brick_store: Store) -> Iterator[Account]:
    """The account, served on a free port; faults and manners are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(brick_store, faults, behaviour), faults)) as base_url:
        yield Account(brick_store, base_url, faults, behaviour)
