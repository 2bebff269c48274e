"""A simulated shop as eBay has it, served, and connections to it over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.ebay.app import Behaviour, create_app, demo_settings
from fondaco.simulator.ebay.book import Book
from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.ebay import Ebay, EbaySettings
from fondaco.sources.stream import Slice, Stream

END = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = END - timedelta(days=150)
Rows = list[dict[str, Any]]


class Account:
    """One seller's account, served; ``to`` opens a connection."""

    def __init__(self, store: Store, shop_id: str, stack: ExitStack) -> None:
        self.store, self.shop_id = store, shop_id
        self.faults, self.behaviour = Faults(), Behaviour()
        self._stack = stack
        app = FaultMiddleware(create_app(store, self.faults, self.behaviour), self.faults)
        self.url = stack.enter_context(served(app))
        self.settings = demo_settings(self.url, shop_id)

    @property
    def book(self) -> Book:
        return Book(self.store, self.shop_id)

    def to(self, clock: Callable[[], datetime] = lambda: END, **settings: Any) -> Ebay:
        made = EbaySettings.model_validate({**self.settings, **settings})
        opened = Ebay(made, clock=clock, sleep=lambda _: None)
        self._stack.callback(opened.close)
        return opened


def stream_of(name: str) -> Stream:
    return next(stream for stream in Ebay.streams if stream.name == name)


def read(
    source: Ebay, name: str, since: datetime = FIRST, until: datetime = END + timedelta(seconds=1)
) -> Rows:
    """All records of a stream, read in one slice."""
    rows: Rows = []
    for page in source.read(stream_of(name), Slice(name, "incremental", since, until)):
        rows += [json.loads(line) for line in page.lines.splitlines()]
    return rows


@pytest.fixture(scope="session")
def ebay_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three shops with 350 orders in 140 days; tests only read it."""
    folder = tmp_path_factory.mktemp("ebay")
    generate_world(folder, seed=5, orders=350, end=END, days=140)
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(ebay_store: Store) -> Iterator[Account]:
    """Aurora as a German seller; faults and manners are this test's own."""
    with ExitStack() as stack:
        yield Account(ebay_store, "aurora", stack)
