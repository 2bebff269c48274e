"""Published figures on DuckDB are files: what is told when one is damaged, or the disk is full."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from tests.warehouses.conftest import publish_orders

from fondaco.config import Settings, WarehouseSettings
from fondaco.errors import FatalError, RetryableError
from fondaco.warehouse import open_warehouse


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
