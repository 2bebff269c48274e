"""Published figures on DuckDB are files: what is told when one is damaged, or the disk is full."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.warehouses.conftest import publish_orders, write_orders

from fondaco.config import Settings, WarehouseSettings
from fondaco.errors import FatalError, RetryableError
from fondaco.warehouse import Warehouse, open_warehouse


@pytest.mark.parametrize("damage", ["cut", "gone", "overwritten"])
def test_published_figures_that_are_damaged_are_told_and_can_be_published_anew(
    tmp_path: Path, damage: str
) -> None:
    settings = Settings(folder=tmp_path)
    settings.data.mkdir(parents=True)
    warehouse = open_warehouse(settings)
    file = settings.data / "published" / f"{publish_orders(warehouse, 3).version}.duckdb"
    content = file.read_bytes()
    file.write_bytes(content[:9000] if damage == "cut" else b"\x5a" * len(content))
    if damage == "gone":
        file.unlink()
    reader = warehouse.reader()
    for ask in (reader.query, reader.select):
        with pytest.raises(FatalError, match="damaged or gone"):
            ask("select total from marts.orders")
    warehouse.publish()
    assert reader.query("select total from marts.orders").column("total").to_pylist() == [3]
    warehouse.close()


@pytest.fixture
def orders_ready(tmp_path: Path) -> Iterator[Warehouse]:
    """Marts that nobody has published yet."""
    settings = Settings(folder=tmp_path)
    settings.data.mkdir(parents=True)
    warehouse = open_warehouse(settings)
    write_orders(warehouse, 3, 4)
    yield warehouse
    warehouse.close()


def test_tables_that_are_still_to_come_are_published_as_they_stand_then(orders_ready: Warehouse) -> None:
    with orders_ready.writer() as writer:
        writer.execute("create view marts.totals as select sum(total) as total from marts.orders")
        with orders_ready.copied_ahead({"customers"}):
            writer.execute("update marts.customers set orders = 9")
            writer.execute("create table marts.models as select 'BG/NBD' as name")
            published = orders_ready.publish()
    assert published.tables == ("customers", "models", "orders", "totals")
    reader = orders_ready.reader()
    rows = "select (select orders from marts.customers), (select name from marts.models), (select total from marts.totals)"
    [found] = reader.query(rows).to_pylist()
    assert list(found.values()) == [9, "BG/NBD", 7]


def test_what_was_copied_ahead_and_never_published_leaves_nothing(orders_ready: Warehouse) -> None:
    folder = orders_ready.settings.data / "published"
    with orders_ready.writer():
        with orders_ready.copied_ahead(()):
            pass
        assert [*folder.iterdir()] == []
        orders_ready.publish()
    assert orders_ready.reader().query("select count(*) as n from marts.orders")["n"].to_pylist() == [2]


def test_what_could_not_be_copied_ahead_is_copied_to_be_published(orders_ready: Warehouse) -> None:
    with orders_ready.writer() as writer:
        writer.execute("create table marts.base as select 1 as one")
        writer.execute("create view marts.late as select one from marts.base")
        writer.execute("drop table marts.base")
        with orders_ready.copied_ahead(()):
            time.sleep(0.5)
            writer.execute("create table marts.base as select 2 as one")
            published = orders_ready.publish()
    assert published.tables == ("base", "customers", "late", "orders")
    assert orders_ready.reader().query("select one from marts.late")["one"].to_pylist() == [2]


def test_a_query_that_fills_the_disk_is_not_taken_for_damage(tmp_path: Path) -> None:
    """Sorting spills beside the published file; that is sound."""
    settings = Settings(folder=tmp_path, warehouse=WarehouseSettings(memory_limit="60MB", threads=1))
    settings.data.mkdir(parents=True)
    warehouse = open_warehouse(settings)
    publish_orders(warehouse, 3)
    reader = warehouse.reader()
    spilling = "select i from (select hash(range) as i, range as j from range(20000000)) order by i, j limit 1 offset 9999999"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, before[1]))
    try:
        for ask in (reader.query, reader.select):
            with pytest.raises(RetryableError, match="more room than is left"):
                ask(spilling)
            assert ask("select total from marts.orders").num_rows == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    warehouse.close()
