"""A simulated Mailchimp account over real HTTP, with its faults in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.mailchimp.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.mailchimp import Mailchimp, MailchimpSettings
from fondaco.sources.mailchimp.streams import STREAMS
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

    def source(self, **settings: Any) -> Mailchimp:
        """A connection that waits for nothing, and notes how long it should have."""
        given = {**demo_settings(self.base_url, 0), **settings}
        return Mailchimp(MailchimpSettings.model_validate(given), clock=lambda: END, sleep=self.slept.append)

    def read(
        self, name: str, since: datetime = FIRST, until: datetime = END, kind: str = "backfill", **settings: Any
    ) -> list[Row]:  # fmt: skip
        """All records of a stream, or those between two instants."""
        source = self.source(**settings)
        found = rows(source, name, since, until, kind)
        source.close()
        return found


def rows(source: Mailchimp, name: str, since: datetime, until: datetime, kind: str) -> list[Row]:
    stream = stream_of(name)
    part = Slice(name, "full") if stream.mode is SyncMode.FULL else Slice(name, kind, since, until)
    return [json.loads(line) for page in source.read(stream, part) for line in page.lines.splitlines()]


def stream_of(name: str) -> Stream:
    return next(one for one in STREAMS if one.name == name)


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One shop with 400 orders in 60 days, whose buyers get letters; tests only read it."""
    folder = tmp_path_factory.mktemp("mailchimp")
    generate_world(folder, seed=3, orders=400, end=END, days=60, shops=("aurora",), messaging=("mailchimp",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(letters: Store) -> Iterator[Account]:
    """The account, served on a free port; faults are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(letters, faults, behaviour), faults)) as base_url:
        yield Account(letters, base_url, faults, behaviour)
