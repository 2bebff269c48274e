"""A simulated Postscript account over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.postscript.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.postscript import Postscript, PostscriptSettings
from fondaco.sources.postscript.streams import STREAMS
from fondaco.sources.stream import Slice, Stream, SyncMode

END = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
FIRST = END - timedelta(days=60)
Row = dict[str, Any]


@dataclass
class Account:
    """The account and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults = field(default_factory=Faults)
    behaviour: Behaviour = field(default_factory=Behaviour)
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> Postscript:
        """A connection that waits for nothing, and notes how long it should have."""
        given = {**demo_settings(self.base_url, 0), **settings}
        return Postscript(PostscriptSettings.model_validate(given), sleep=self.slept.append)

    def read(self, name: str, since: datetime = FIRST, until: datetime = END, kind: str = "backfill") -> list[Row]:  # fmt: skip
        """All records of a stream, or those between two instants."""
        source, stream = self.source(), stream_of(name)
        part = Slice(name, "full") if stream.mode is SyncMode.FULL else Slice(name, kind, since, until)
        found = [json.loads(line) for page in source.read(stream, part) for line in page.lines.splitlines()]
        source.close()
        return found


def stream_of(name: str) -> Stream:
    return next(one for one in STREAMS if one.name == name)


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One shop with 600 orders in 60 days, whose buyers get texts; tests only read it."""
    folder = tmp_path_factory.mktemp("postscript")
    generate_world(folder, seed=3, orders=600, end=END, days=60, shops=("aurora",), messaging=("postscript",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(texts: Store) -> Iterator[Account]:
    """The account, served on a free port; faults and manners are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(texts, faults, behaviour), faults)) as base_url:
        yield Account(texts, base_url, faults, behaviour)
