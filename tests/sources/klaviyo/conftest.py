"""A simulated Klaviyo account over real HTTP, with its faults in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.klaviyo.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.klaviyo import Klaviyo, KlaviyoSettings
from fondaco.sources.klaviyo.streams import STREAMS
from fondaco.sources.stream import Slice, Stream, SyncMode

END = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
FIRST, LAST = date(2026, 7, 4), date(2026, 11, 1)
Row = dict[str, Any]


@dataclass
class Account:
    """The account and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults = field(default_factory=Faults)
    behaviour: Behaviour = field(default_factory=Behaviour)
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> Klaviyo:
        """A connection that waits for nothing, and notes how long it should have."""
        given = {**demo_settings(self.base_url, 0), **settings}
        return Klaviyo(
            KlaviyoSettings.model_validate(given), clock=lambda: self.store.now, sleep=self.slept.append
        )

    def read(self, name: str, first: date = FIRST, last: date = LAST, **settings: Any) -> list[Row]:
        """All records of a stream, or of the days from first to last."""
        source = self.source(**settings)
        found: list[Row] = []
        for page in source.read(stream_of(name), part_of(name, first, last)):
            found.extend(map(json.loads, page.lines.decode().splitlines()))
        source.close()
        return found


def stream_of(name: str) -> Stream:
    return next(one for one in STREAMS if one.name == name)


def part_of(name: str, first: date, last: date, kind: str = "incremental") -> Slice:
    """A slice of the days from first to last; of streams that are read whole, all."""
    if stream_of(name).mode is SyncMode.FULL:
        return Slice(name, "full")
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    until = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return Slice(name, kind, since, until)


@contextmanager
def served_account(store: Store) -> Iterator[Account]:
    """The account of a world, served."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(store, faults, behaviour), faults)) as base_url:
        yield Account(store, base_url, faults, behaviour)


@pytest.fixture(scope="session")
def letter_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three shops with 800 orders in 120 days whose buyers are written to; tests only read it."""
    folder = tmp_path_factory.mktemp("letters")
    generate_world(folder, seed=3, orders=800, end=END, days=120, messaging=("klaviyo",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(letter_store: Store) -> Iterator[Account]:
    """The account, served on a free port; its faults are this test's own."""
    with served_account(letter_store) as one:
        yield one
