"""A simulated ad account over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.meta_ads.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.ad_accounts import AD_ACCOUNTS, META
from fondaco.sources.meta_ads import MetaAds, MetaAdsSettings
from fondaco.sources.meta_ads.streams import STREAMS
from fondaco.sources.stream import Slice

END = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
FIRST, LAST = date(2026, 7, 4), date(2026, 11, 1)
ACCOUNT = AD_ACCOUNTS[META]
Row = dict[str, Any]


@dataclass
class Account:
    """The ad account and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults = field(default_factory=Faults)
    behaviour: Behaviour = field(default_factory=Behaviour)
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> MetaAds:
        """A connection that waits for nothing, and notes how long it should have."""
        given = {**demo_settings(self.base_url, ACCOUNT.account_id), **settings}
        return MetaAds(
            MetaAdsSettings.model_validate(given), clock=lambda: self.store.now, sleep=self.slept.append
        )

    def insights(self, first: date, last: date, **settings: Any) -> list[Row]:
        """Records of the days from first to last, as they would be spooled, each once."""
        return distinct(self.read("insights", first, last, **settings))

    def read(self, name: str, first: date = FIRST, last: date = LAST, **settings: Any) -> list[Row]:
        """All records of a stream, or of the days from first to last."""
        stream = next(one for one in STREAMS if one.name == name)
        part = days_of(first, last) if name == "insights" else Slice(name, "full")
        source = self.source(**settings)
        found: list[Row] = []
        for page in source.read(stream, part):
            lines = page.lines.decode().splitlines()
            assert len(lines) == page.records
            found.extend(map(json.loads, lines))
        source.close()
        return found

    def warnings(self, first: date, last: date, kind: str) -> list[str]:
        """What a reading of these days has to say to a person."""
        source = self.source()
        pages = list(
            source.read(next(one for one in STREAMS if one.name == "insights"), days_of(first, last, kind))
        )
        source.close()
        return [page.warning for page in pages if page.warning]

    def truth(self, first: date, last: date) -> dict[str, Decimal]:
        """What the account spent on each day, as the world has it now."""
        found: dict[str, Decimal] = {}
        for row in self.store.ad_days("meta", first, last):
            found[row["day"]] = found.get(row["day"], Decimal(0)) + Decimal(row["spend"]) / 100
        return found

    def asked(self, start: str) -> list[str]:
        """Requests that begin so: method and path."""
        return [one for one in self.behaviour.requests if one.startswith(start)]


def days_of(first: date, last: date, kind: str = "incremental") -> Slice:
    """A slice of the days from first to last."""
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    until = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return Slice("insights", kind, since, until)


def distinct(rows: list[Row]) -> list[Row]:
    """A row may come twice where a question was put in parts; landing keeps one."""
    return list({(row["date_start"], row["ad_id"]): row for row in rows}.values())


def spend_by_day(rows: list[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["date_start"]] = found.get(row["date_start"], Decimal(0)) + Decimal(row["spend"])
    return found


@contextmanager
def served_account(store: Store) -> Iterator[Account]:
    """The account of a world, served."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(store, faults, behaviour), faults)) as base_url:
        yield Account(store, base_url, faults, behaviour)


@pytest.fixture(scope="session")
def ad_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three shops with 1,500 orders in 120 days; tests only read it."""
    folder = tmp_path_factory.mktemp("ads")
    generate_world(folder, seed=3, orders=1_500, end=END, days=120)
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def account(ad_store: Store) -> Iterator[Account]:
    """The account, served on a free port; faults and manners are this test's own."""
    with served_account(ad_store) as one:
        yield one
