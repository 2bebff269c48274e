"""A shop's own database passes the suite of all connectors, on MariaDB."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pymysql
import pytest
from suite import ConnectorSuite, Vendor

from fondaco.simulator.laravel import write_shop
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.database import Database

PASSWORD = "suite-reads-31337"
GRANTS = (
    "orders",
    "order_items",
    "refunds",
    "refund_items",
    "transactions",
    "customers",
    "products",
    "categories",
)


class OwnDatabase(Vendor):
    """A small shop of the world in a database of its own, and two users: one reads all, one only what brings sales."""

    source = Database
    secrets: ClassVar[tuple[str, ...]] = (PASSWORD,)

    def __init__(self, port: int, store: Store) -> None:
        self.name = f"suite_{secrets.token_hex(6)}"
        self.owner = pymysql.connect(host="127.0.0.1", port=port, user="root", ssl_disabled=True)
        self.settings = {
            "engine": "mariadb", "port": port, "database": self.name, "user": f"all_{self.name}", "password": PASSWORD,
            "page_size": 7,
        }  # fmt: skip
        self._now = datetime.now(UTC)
        self.run(f"create database {self.name} character set utf8mb4", f"use {self.name}")
        with self.owner.cursor() as cursor:
            write_shop(cursor, store, "delta", engine="mysql")
        for user in ("all", "few"):
            self.run(f"create user {user}_{self.name}@'%' identified by '{PASSWORD}'")
        self.run(f"grant select on {self.name}.* to all_{self.name}@'%'")
        for table in GRANTS[1:]:
            self.run(f"grant select on {self.name}.{table} to few_{self.name}@'%'")

    def run(self, *statements: str) -> None:
        with self.owner.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self.owner.commit()

    def limited(self) -> dict[str, Any]:
        return {**self.settings, "user": f"few_{self.name}"}

    def refused(self) -> dict[str, Any]:
        return {**self.settings, "password": PASSWORD[::-1]}

    def change(self) -> bool:
        self._now += timedelta(minutes=5)
        at = f"'{self._now - timedelta(minutes=1):%Y-%m-%d %H:%M:%S}'"
        self.run(
            f"update orders set status = 'cancelled', cancelled_at = {at}, updated_at = {at} order by id limit 3",
            f"update customers set city = 'Delft', updated_at = {at} order by id limit 2",
            "update inventory_levels set quantity = quantity + 1 limit 1",
        )
        return True

    def now(self) -> datetime:
        return self._now

    def close(self) -> None:
        self.run(
            f"drop database {self.name}", f"drop user all_{self.name}@'%'", f"drop user few_{self.name}@'%'"
        )
        self.owner.close()


@pytest.fixture(scope="session")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One shop with 60 orders."""
    folder = tmp_path_factory.mktemp("own_garden")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    generate_world(folder, seed=7, orders=60, end=end, days=60, shops=("delta",))
    with Store.build(folder) as store:
        yield store


@pytest.mark.slow
@pytest.mark.xdist_group("connectors_database")
class TestDatabase(ConnectorSuite):
    @pytest.fixture
    def vendor(self, mariadb_server: int, garden: Store) -> Iterator[OwnDatabase]:
        vendor = OwnDatabase(mariadb_server, garden)
        yield vendor
        vendor.close()
