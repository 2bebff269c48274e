"""A simulated WooCommerce shop over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.woocommerce.access import Key
from fondaco.simulator.woocommerce.app import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    Behaviour,
    create_app,
    demo_settings,
)
from fondaco.simulator.world import generate_world
from fondaco.sources.stream import Slice, Stream
from fondaco.sources.woocommerce import WooCommerce, WooCommerceSettings
from fondaco.sources.woocommerce.streams import STREAMS

END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=400)


@dataclass
class Shop:
    """The shop ``brick`` and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults
    behaviour: Behaviour
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> WooCommerce:
        """A connection that waits for nothing, and notes how long it should have."""
        chosen = WooCommerceSettings.model_validate({**demo_settings(self.base_url, "brick"), **settings})
        return WooCommerce(chosen, sleep=self.slept.append)

    def read(
        self, stream: str, since: datetime = START, until: datetime = END, **more: Any
    ) -> list[dict[str, Any]]:
        """All records of a slice, as they would be spooled."""
        chosen = next(each for each in STREAMS if each.name == stream)
        return records(self.source(), chosen, Slice(stream, more.get("kind", "backfill"), since, until))

    def read_all(self, stream: str) -> list[dict[str, Any]]:
        """All records of a stream that is read whole."""
        chosen = next(each for each in STREAMS if each.name == stream)
        return records(self.source(), chosen, Slice(stream, "full"))

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.rows(sql)

    @property
    def requests(self) -> list[str]:
        return self.behaviour.requests


def records(source: WooCommerce, stream: Stream, part: Slice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in source.read(stream, part):
        lines = page.lines.decode().splitlines()
        assert len(lines) == page.records and page.lines.endswith(b"\n")
        found.extend(map(json.loads, lines))
    return found


@pytest.fixture(scope="session")
def brick_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One WooCommerce shop with 1,500 orders in 400 days, among them every story that the platform knows."""
    folder = tmp_path_factory.mktemp("brick")
    generate_world(folder, seed=3, orders=1_500, end=END, days=400, shops=("brick",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def shop(brick_store: Store) -> Iterator[Shop]:
    """The shop, served on a free port; faults and manners are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(brick_store, faults, behaviour), faults)) as base_url:
        yield Shop(brick_store, base_url, faults, behaviour)


@pytest.fixture
def shop_without_customers(brick_store: Store) -> Iterator[Shop]:
    """The shop to a key that may read neither customers nor Analytics."""
    key = Key(CONSUMER_KEY, CONSUMER_SECRET, frozenset({"customers", "wc-analytics"}))
    faults, behaviour = Faults(), Behaviour(keys=(key,))
    with served(create_app(brick_store, faults, behaviour)) as base_url:
        yield Shop(brick_store, base_url, faults, behaviour)
