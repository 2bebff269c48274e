"""dbt's unit tests of the packaged models: given these rows, a model gives those. They need tables, not data."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.parsed import give_built, give_models

from fondaco.landing import Landing
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import invoke
from fondaco.warehouse.duckdb import DuckDBWarehouse

pytestmark = pytest.mark.slow


def test_every_unit_test_of_the_models_passes(empty_warehouse: Warehouse, tmp_path: Path) -> None:
    if isinstance(empty_warehouse, DuckDBWarehouse):
        empty_warehouse.settings.data.mkdir(parents=True)
        give_built(empty_warehouse)
    else:
        Landing(empty_warehouse, tmp_path / "spool", "default").create_tables()
        give_models(empty_warehouse)
        invoke(empty_warehouse, ["run"])
    results = invoke(empty_warehouse, ["test", "--select", "test_type:unit"]).results
    tested = [result for result in results if result.node.resource_type == "unit_test"]
    assert len(tested) >= 14
    failed = [f"{r.node.name}: {r.message}" for r in tested if str(r.status) != "pass"]
    assert not failed, "\n".join(failed)
