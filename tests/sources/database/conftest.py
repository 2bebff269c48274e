"""Databases of a shop on real servers: PostgreSQL and MariaDB, each with a user who may only read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest

from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.database import Database, DatabaseSettings
from fondaco.sources.database.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
READER = "reader"
PASSWORD = "only-reads-31337"


@dataclass
class ShopDatabase:
    """An empty database, the owner who fills it, and how Fondaco reaches it."""

    engine: str
    port: int
    name: str
    owner: Any
    slept: list[float] = field(default_factory=list)

    def run(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Change something, as the shop does."""
        with self.owner.cursor() as cursor:
            cursor.execute(sql, params) if params else cursor.execute(sql)
        self.owner.commit()

    def settings(self, **more: Any) -> dict[str, Any]:
        own = {
            "engine": self.engine, "host": "127.0.0.1", "port": self.port, "database": self.name, "user": READER,
            "password": PASSWORD,
        }  # fmt: skip
        return {**own, **more}

    def source(self, now: datetime = NOW, **more: Any) -> Database:
        chosen = DatabaseSettings.model_validate(self.settings(**more))
        return Database(chosen, clock=lambda: now, sleep=self.slept.append)

    def read(
        self, stream: str, kind: str = "backfill", since: datetime | None = None, **more: Any
    ) -> list[dict[str, Any]]:
        """All records of a slice, as they would be spooled."""
        source = self.source(**more)
        try:
            return [record for _, record in records(source, stream, kind, since)]
        finally:
            source.close()


def records(
    source: Database, stream: str, kind: str = "backfill", since: datetime | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(page, record) of each record of a slice."""
    chosen = next(each for each in STREAMS if each.name == stream)
    part = Slice(stream, kind, since or datetime(2015, 1, 1, tzinfo=UTC), NOW)
    if chosen.mode is SyncMode.FULL:
        part = Slice(stream, "full")
    for number, page in enumerate(source.read(chosen, part)):
        for line in page.lines.decode().splitlines():
            yield number, json.loads(line)


@pytest.fixture(params=["postgresql", "mysql"])
def shop_database(request: pytest.FixtureRequest) -> Iterator[ShopDatabase]:
    """An empty database on each server in turn."""
    if request.param == "mysql":
        yield from _on_mariadb(request.getfixturevalue("mariadb_server"))
    else:
        yield from _on_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[ShopDatabase]:
    yield from _on_postgres(postgres_url)


@pytest.fixture
def on_mariadb(mariadb_server: int) -> Iterator[ShopDatabase]:
    yield from _on_mariadb(mariadb_server)


def _on_postgres(url: str) -> Iterator[ShopDatabase]:
    with psycopg.connect(url) as owner:
        parsed = psycopg.conninfo.conninfo_to_dict(url)
        database = ShopDatabase("postgresql", int(str(parsed["port"])), str(parsed["dbname"]), owner)
        database.run(
            f"do $$ begin create role {READER} login password '{PASSWORD}'; exception when duplicate_object then null; end $$"
        )
        database.run(f"alter default privileges grant select on tables to {READER}")
        yield database
        owner.rollback()


def _on_mariadb(port: int) -> Iterator[ShopDatabase]:
    name = f"test_{secrets.token_hex(8)}"
    with pymysql.connect(host="127.0.0.1", port=port, user="root", ssl_disabled=True) as owner:
        database = ShopDatabase("mysql", port, name, owner)
        database.run(f"create database {name} character set utf8mb4")
        database.run(f"create user if not exists {READER}@'%' identified by '{PASSWORD}'")
        database.run(f"grant select on {name}.* to {READER}@'%'")
        database.run(f"use {name}")
        yield database
        owner.rollback()
        database.run(f"drop database {name}")


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two shops with 1,200 orders in 400 days, among them every story that their platforms know."""
    folder = tmp_path_factory.mktemp("world")
    generate_world(folder, seed=4, orders=1_200, end=END, days=400, shops=("brick", "delta"))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def write_mapping(tmp_path: Path) -> Any:
    """Writes a mapping file and gives its path."""

    def written(text: str, name: str = "shop.yml") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return written


MONTH = timedelta(days=30)
