"""Runs over a shop's database: killed and started again, with a column that vanishes, with rubbish in it, with rows that are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect

if TYPE_CHECKING:
    from .conftest import ShopDatabase

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("databases")]

ORDERS = (
    "create table orders (id bigint primary key, status varchar(30), total varchar(40), created_at varchar(40), "
    "updated_at timestamp(6) null, deleted_at timestamp(6) null)"
)
LINES = (
    "create table order_items (id bigint primary key, order_id bigint, quantity bigint, unit_price decimal(12, 2), "
    "updated_at timestamp(6) null)"
)


class Clock:
    """A run's present, which a test moves on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(shop_database: ShopDatabase) -> ShopDatabase:
    """Thirty orders of one line each, changed a day ago."""
    shop_database.run(ORDERS)
    shop_database.run(LINES)
    day = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
    with shop_database.owner.cursor() as cursor:
        cursor.executemany(
            "insert into orders values (%s, 'paid', '12.34', '2026-10-01 10:00:00', %s, null)",
            [(number, day) for number in range(1, 31)],
        )
        cursor.executemany(
            "insert into order_items values (%s, %s, 2, 6.17, %s)",
            [(number * 100, number, day) for number in range(1, 31)],
        )
    shop_database.owner.commit()
    return shop_database


@pytest.fixture
def project(shop: ShopDatabase, clock: Clock, tmp_path: Path) -> Iterator[Project]:
    """A project that is connected to the shop, and has not run yet."""
    with Project.create(tmp_path / "project", clock=clock) as opened:
        connect(opened, "database", "shop", shop.settings(page_size=4))
        yield opened


def rows(project: Project, sql: str) -> list[dict[str, Any]]:
    with project.warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
    return found


def synced(project: Project) -> dict[str, str | None]:
    """Run, and what each stream that failed said."""
    outcome = run_pipeline(project, steps=("sync",))
    return {one.stream: one.error for one in outcome.streams if one.error}


def test_a_run_that_is_killed_loses_nothing_and_doubles_nothing(shop: ShopDatabase, project: Project) -> None:
    """Killed at three moments, each time in the middle of a stream, the next run ends where an undisturbed one does."""
    with shop.owner.cursor() as cursor:
        cursor.executemany(
            "insert into orders values (%s, 'paid', '1.00', '2026-10-01 10:00:00', '2026-10-02 10:00:00', null)",
            [(number,) for number in range(1_000, 4_000)],
        )
    shop.owner.commit()
    project.close()
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-m", "fondaco", "run", "--step", "sync"],
            cwd=project.settings.folder, env={**os.environ, "NO_COLOR": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        begun = wait_for_a_slice(project.data / "spool", process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert begun
    with Project.open(project.settings.folder) as again:
        assert synced(again) == {}
        found = rows(again, "select count(*) as n, count(distinct order_id) as ids from raw.database__orders")
    assert found == [{"n": 3_030, "ids": 3_030}]


def wait_for_a_slice(spool: Path, process: subprocess.Popen[bytes]) -> bool:
    """Until a slice is being written, which stands under a name with a point."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if any(path.name.startswith(".2") for path in spool.glob("*/.*")):
            return True
        time.sleep(0.002)
    return False


def test_a_column_that_vanishes_stops_its_stream_alone_and_is_named(
    shop: ShopDatabase, project: Project, clock: Clock
) -> None:
    assert synced(project) == {}
    shop.run("alter table orders rename column total to sum_total")
    shop.run("update order_items set quantity = 3, updated_at = current_timestamp where id = 100")
    clock.now += timedelta(minutes=10)
    failed = synced(project)
    assert failed.keys() == {"orders"}
    assert "laravel.yml, line" in str(failed["orders"])
    assert "orders needs a column total" in str(failed["orders"])
    assert rows(project, "select count(*) as n, sum(total) as total from raw.database__orders")[0]["n"] == 30
    assert rows(project, "select quantity from raw.database__order_lines where line_id = '100'") == [
        {"quantity": 3}
    ]
    shop.run("alter table orders rename column sum_total to total")
    assert synced(project) == {}


def test_rows_of_the_wrong_type_are_set_aside_and_say_why(shop: ShopDatabase, project: Project) -> None:
    shop.run("update orders set total = 'twelve' where id = 3")
    shop.run("update orders set created_at = 'long ago' where id = 4")
    shop.run("update orders set total = '9999999999999999' where id = 5")
    shop.run("update order_items set quantity = 4006381333931 where id = 600")
    assert synced(project) == {}
    reasons = rows(project, "select stream, reason from raw.fondaco__quarantine order by stream, reason")
    assert [(row["stream"], row["reason"]) for row in reasons] == [
        ("order_lines", "column quantity: larger than 1,000,000,000"),
        ("orders", "column ordered_at: expected an ISO 8601 instant"),
        ("orders", "column total: expected a number of at most 12 digits before the point"),
        ("orders", "column total: expected a number of at most 12 digits before the point"),
    ]
    assert rows(project, "select count(*) as n from raw.database__orders") == [{"n": 27}]


def test_a_word_that_the_mapping_does_not_know_is_told_once(shop: ShopDatabase, project: Project) -> None:
    shop.run("update orders set status = 'layaway' where id < 4")
    outcome = run_pipeline(project, steps=("sync",))
    told = [text for text in outcome.run.health_reasons if "layaway" in text]
    assert len(told) == 1
    assert "order_status is layaway in 3 rows, which the mapping does not know" in told[0]


def test_what_is_deleted_is_found(shop: ShopDatabase, project: Project, clock: Clock) -> None:
    """A mark tells at once, also where it moved no other instant; what is gone is found when ids are compared a month later."""
    assert synced(project) == {}
    marked = (clock.now + timedelta(minutes=5)).replace(tzinfo=None)
    with shop.owner.cursor() as cursor:
        cursor.execute("update orders set deleted_at = %s where id = 7", (marked,))
    shop.owner.commit()
    shop.run("delete from orders where id = 8")
    clock.now += timedelta(minutes=10)
    assert synced(project) == {}
    assert buried(project) == [("orders", "7", "soft delete")]
    clock.now += timedelta(days=31)
    assert synced(project) == {}
    assert buried(project) == [("orders", "7", "soft delete"), ("orders", "8", "id comparison")]


def buried(project: Project) -> list[tuple[str, str, str]]:
    found = rows(
        project, "select stream, record_id, found_by from raw.fondaco__tombstones order by record_id"
    )
    return [(row["stream"], row["record_id"], row["found_by"]) for row in found]


def test_check_names_what_is_missing_and_what_looks_wrong(shop: ShopDatabase) -> None:
    """No index, cents that are read as units, orders from ahead of time, totals below nought, tables that are not there."""
    shop.run("update orders set total = '199900'")
    shop.run("update orders set total = '-5' where id = 1")
    shop.run("update orders set created_at = '2099-01-01 00:00:00' where id = 2")
    shop.run("alter table order_items rename column quantity to how_many")
    source = shop.source(now=datetime.now(UTC))
    found = source.check()
    source.close()
    assert len(found.missing) == 1
    assert "order_lines needs a column quantity or qty" in found.missing[0]
    assert "no goods can be read" in found.missing[0]
    told = "\n".join(found.warnings)
    assert "orders.updated_at has no index" in told
    assert "`create index on orders (updated_at)`" in told
    assert "All totals of orders are whole numbers: if they are cents" in told
    assert "1 of the newest 30 orders lie in the future" in told
    assert "1 of the newest 30 orders have a total below nought" in told
    assert "The database has no tables for refunds, refund lines, payments" in told
    assert "may change tables" not in told
    assert "clock" not in told
