"""Google Ads accounts behind a local gRPC server, asked through Google's official client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.connectors.suite import packaged
from tests.serving import served

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect, plain
from fondaco.simulator.faults import Fault, Faults
from fondaco.simulator.google_ads.access import CLIENT_ID, CLIENT_SECRET
from fondaco.simulator.google_ads.app import create_app
from fondaco.simulator.google_ads.book import Book, Directory, Login, Manager, Row
from fondaco.simulator.google_ads.service import GoogleAdsServer
from fondaco.simulator.google_ads.world import REFRESH_TOKEN, directory_of
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.google_ads import GoogleAds, GoogleAdsSettings
from fondaco.sources.google_ads.streams import STREAMS
from fondaco.sources.source import source_types
from fondaco.sources.stream import Slice, Stream

ACCOUNT, SISTER, CLOSED, MANAGER = 1234567890, 2345678901, 3456789012, 9876543210
OWNER, AGENCY, STRANGER, TESTING = "1//owner", "1//agency", "1//stranger", "1//testing"
WORLD = {"customer_id": "4815162342", "refresh_token": REFRESH_TOKEN}
"""Settings that reach the account of the simulated world instead of the one written by hand."""
ROBOT = "robot@project.iam.gserviceaccount.com"
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
TODAY = date(2026, 3, 9)
"""In Los Angeles, where it is still evening."""


@dataclass(frozen=True)
class KeyPair:
    """An RSA key of a service account, as texts (PEM)."""

    private: str
    public_bytes: bytes

    @classmethod
    def made(cls) -> KeyPair:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = serialization.Encoding.PEM
        return cls(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
            key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
        )


ROBOT_KEY = KeyPair.made()


@dataclass
class HandBook:
    """An account written by hand: things by resource, figures by resource and day."""

    number: int
    about: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    figures: dict[str, list[Row]] = field(default_factory=dict)

    def customer(self) -> Row:
        own = {
            "customer.id": self.number, "customer.resource_name": f"customers/{self.number}",
            "customer.descriptive_name": f"Account {self.number}", "customer.currency_code": "USD",
            "customer.time_zone": "America/Los_Angeles", "customer.manager": False, "customer.test_account": False,
            "customer.status": "ENABLED", "customer.auto_tagging_enabled": True,
            "customer.conversion_tracking_setting.conversion_tracking_status": "CONVERSION_TRACKING_MANAGED_BY_SELF",
        }  # fmt: skip
        return own | self.about

    def today(self) -> date:
        return TODAY

    def things(self, resource: str) -> list[Row]:
        return self.rows.get(resource, [])

    def days(self, resource: str, first: date, last: date) -> list[Row]:
        found = self.figures.get(resource, [])
        return [row for row in found if first.isoformat() <= row["segments.date"] <= last.isoformat()]


def campaign(number: int, **values: object) -> Row:
    """A campaign of the account, by its own fields."""
    own = {"id": number, "resource_name": f"customers/{ACCOUNT}/campaigns/{number}", "status": "ENABLED"}
    return {f"campaign.{name}": value for name, value in {**own, **values}.items()}


def figures(number: int, day: str, **metrics: float) -> Row:
    """What a campaign has on a day."""
    return (
        campaign(number)
        | {"segments.date": day}
        | {f"metrics.{name}": value for name, value in metrics.items()}
    )


@dataclass
class Account:
    """A served account and everything that a test wants of it."""

    base_url: str
    server: GoogleAdsServer
    faults: Faults
    book: Any = None
    clock: datetime = NOW
    waits: list[float] = field(default_factory=list)

    def settings(self, **changes: object) -> GoogleAdsSettings:
        values = {
            "customer_id": str(ACCOUNT), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": OWNER,
            "endpoint": self.server.endpoint, "root_certificate": self.server.certificate.chain.decode(),
            "token_url": f"{self.base_url}/google_ads/token",
        }  # fmt: skip
        return GoogleAdsSettings.model_validate(values | changes)

    def source(self, **changes: object) -> GoogleAds:
        return GoogleAds(self.settings(**changes), clock=lambda: self.clock, sleep=self.waits.append)

    def read(
        self, name: str, first: date | None = None, after: date | None = None, **changes: object
    ) -> list[Row]:
        """All records of a stream, or of the days from ``first`` up to the one before ``after``."""
        source = self.source(**changes)
        try:
            return records(source, name, first, after)
        finally:
            source.close()

    def fail(self, name: str, **values: Any) -> None:
        self.faults.switch([Fault(name=name, path="GoogleAdsService", **values)])


class Synced:
    """A project that reads an account, at a time that the test sets."""

    def __init__(self, folder: Path, settings: GoogleAdsSettings, now: datetime) -> None:
        self.now = now
        self.project = Project.create(folder, clock=lambda: self.now)
        connect(self.project, "google_ads", "ads", plain(settings))

    def sync(self) -> None:
        outcome = run_pipeline(self.project, steps=("sync",))
        assert [(one.stream, one.error) for one in outcome.streams if one.error] == []

    def select(self, sql: str) -> list[tuple[Any, ...]]:
        with self.project.warehouse.writer() as writer:
            return [tuple(row.values()) for row in writer.fetch(sql).to_pylist()]

    def rows(self) -> list[tuple[Any, ...]]:
        """Bring it up to date; then day, campaign, cost and conversions of each row."""
        self.sync()
        columns = "cast(report_date as varchar), campaign_id, cost, conversions"
        return self.select(f"select {columns} from raw.google_ads__campaign_days order by all")


def records(source: GoogleAds, name: str, first: date | None = None, after: date | None = None) -> list[Row]:
    found: list[Row] = []
    for page in source.read(stream_of(name), part_of(name, first, after)):
        lines = page.lines.decode().splitlines()
        assert len(lines) == page.records
        found.extend(map(json.loads, lines))
    return found


def stream_of(name: str) -> Stream:
    return next(one for one in STREAMS if one.name == name)


def part_of(name: str, first: date | None, after: date | None) -> Slice:
    if first is None or after is None:
        return Slice(name, "full")
    since, until = (datetime.combine(day, datetime.min.time(), UTC) for day in (first, after))
    return Slice(name, "backfill", since, until)


@pytest.fixture(scope="session")
def market_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A world of 600 orders in 200 days, with the account that advertises in it."""
    folder = tmp_path_factory.mktemp("market_hall")
    generate_world(folder, seed=5, orders=600, end=NOW - timedelta(hours=2), days=200)
    with Store.build(folder) as store:
        yield store


@pytest.fixture(scope="session")
def _serving(market_hall: Store) -> Iterator[tuple[str, GoogleAdsServer, Faults, dict[int, Book]]]:
    """One server for all tests: the world's account, and accounts written by hand that each test fills."""
    faults, world = Faults(), directory_of(market_hall)
    books: dict[int, Book] = {**world.books}
    directory = Directory(
        books=books,
        logins={
            **world.logins,
            OWNER: Login(frozenset({ACCOUNT, CLOSED})),
            AGENCY: Login(frozenset(), frozenset({MANAGER})),
            STRANGER: Login(frozenset()),
            TESTING: Login(frozenset({ACCOUNT}), in_testing=True),
        },
        managers={**world.managers, MANAGER: Manager("Agency", "EUR", "Europe/Berlin", (ACCOUNT, SISTER))},
        closed=frozenset({CLOSED}),
        service_accounts={ROBOT: (ROBOT_KEY.public_bytes, Login(frozenset({ACCOUNT})))},
    )
    app = create_app(market_hall, faults, directory=directory, batch_rows=50)
    with served(app, lifespan="on") as base_url:
        yield base_url, app.state.server, faults, books


@pytest.fixture
def account(_serving: tuple[str, GoogleAdsServer, Faults, dict[int, Book]]) -> Account:
    """An account without anything, for the test to fill: ``account.book``."""
    base_url, server, faults, books = _serving
    books |= {number: HandBook(number) for number in (ACCOUNT, SISTER, CLOSED)}
    faults.switch([])
    server.queries.clear()
    return Account(base_url, server, faults, books[ACCOUNT])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector is found by its entry point, also where the package was installed before it had one."""
    if GoogleAds.name not in source_types():
        monkeypatch.syspath_prepend(str(packaged(GoogleAds, tmp_path / "packages")))


@pytest.fixture
def synced(account: Account, installed: None, tmp_path: Path) -> Iterator[Synced]:
    """The account written by hand, from 15 January on."""
    made = Synced(tmp_path / "shop", account.settings(start_date="2026-01-15"), NOW)
    with made.project:
        yield made


@pytest.fixture
def world_account(account: Account, market_hall: Store) -> Account:
    """The account of the simulated world."""
    account.clock = market_hall.now
    account.book = None
    return account
