"""dbt in process, on each warehouse."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from fondaco.config import Settings, WarehouseSettings
from fondaco.errors import FatalError, RetryableError
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import (
    BuildError,
    BuildResult,
    Failure,
    build,
    dbt_folder,
    project_folder,
    read_ahead,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def warehouse_with_orders(empty_warehouse: Warehouse) -> Warehouse:
    with empty_warehouse.writer() as writer:
        writer.execute("create schema raw")
        writer.execute("create table raw.orders (order_id bigint)")
        writer.execute("insert into raw.orders values (1), (2)")
    return empty_warehouse


def test_a_build_makes_the_models_and_runs_their_tests(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    seen: list[tuple[str, int, int]] = []
    result = build(warehouse_with_orders, project=dbt_project, progress=lambda *event: seen.append(event))
    assert (result.models, result.tests, result.failures) == (2, 2, ())
    assert sorted(done for _, done, _ in seen) == [1, 2, 3, 4]
    assert {total for _, _, total in seen} == {4}
    warehouse_with_orders.publish()
    found = warehouse_with_orders.reader().query("select order_id, scale from marts.big_orders")
    assert found.to_pylist() == [{"order_id": 2, "scale": 1}]


def test_a_build_runs_within_the_writers_lock_and_gives_the_connection_back(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    with warehouse_with_orders.writer() as writer:
        build(warehouse_with_orders, project=dbt_project)
        assert writer.fetch("select count(*) as n from marts.orders").to_pylist() == [{"n": 2}]
        with pytest.raises(RetryableError):
            build(open_warehouse(warehouse_with_orders.settings), project=dbt_project)


def test_a_project_is_read_ahead_while_others_write(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    with warehouse_with_orders.writer() as writer:
        reading = read_ahead(warehouse_with_orders, project=dbt_project)
        writer.execute("insert into raw.orders values (3)")
        reading.join()
        assert (dbt_folder(warehouse_with_orders.settings) / "partial_parse.msgpack").is_file()
        result = build(warehouse_with_orders, project=dbt_project)
    assert (result.models, result.tests, result.failures) == (2, 2, ())


def test_a_project_that_was_read_ahead_is_not_read_again(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    read = read_ahead(warehouse_with_orders, project=dbt_project)
    read.join()
    (dbt_project / "models" / "wrong.sql").write_text("select * from {{ ref('no_such_model') }}")
    result = build(warehouse_with_orders, project=dbt_project, read=read)
    assert (result.models, result.tests, result.failures) == (2, 2, ())
    with pytest.raises(FatalError, match="no_such_model"):  # what a build has written into serves one build
        build(warehouse_with_orders, project=dbt_project, read=read)


def test_what_goes_wrong_when_reading_ahead_is_left_to_the_build(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    (dbt_project / "models" / "wrong.sql").write_text("select * from {{ ref('no_such_model') }}")
    read_ahead(warehouse_with_orders, project=dbt_project).join()
    with pytest.raises(FatalError, match="no_such_model"):
        build(warehouse_with_orders, project=dbt_project)


def test_select_and_variables_reach_dbt(warehouse_with_orders: Warehouse, dbt_project: Path) -> None:
    result = build(warehouse_with_orders, project=dbt_project, select="orders", vars={"scale": 9})
    assert result.models == 1
    with warehouse_with_orders.writer() as writer:
        assert writer.fetch("select distinct scale from marts.orders").to_pylist() == [{"scale": 9}]


def test_a_failed_test_stops_the_build_by_name_without_showing_rows(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    with warehouse_with_orders.writer() as writer:
        writer.execute("insert into raw.orders values (2)")
    with pytest.raises(BuildError, match="test unique_orders_order_id") as failed:
        build(warehouse_with_orders, project=dbt_project)
    assert len(str(failed.value).splitlines()) == 2
    assert [(f.kind, f.severity) for f in failed.value.result.failures] == [("test", "error")]


def test_a_test_that_only_warns_is_told_and_lets_the_build_pass(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    with warehouse_with_orders.writer() as writer:
        writer.execute("insert into raw.orders values (2)")
    properties = dbt_project / "models" / "orders.yml"
    properties.write_text(properties.read_text().replace("unique]", "{unique: {config: {severity: warn}}}]"))
    result = build(warehouse_with_orders, project=dbt_project)
    assert [(f.node, f.severity) for f in result.failures] == [("unique_orders_order_id", "warn")]


def test_a_model_that_fails_is_named_with_the_reason(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    (dbt_project / "models" / "wrong.sql").write_text("select no_such_column from {{ ref('orders') }}")
    with pytest.raises(BuildError, match=r"model wrong: .*no_such_column"):
        build(warehouse_with_orders, project=dbt_project)


def test_a_failed_build_of_another_process_says_the_same_here() -> None:
    failure = Failure("orders", "model", "error", "no_such_column")
    error = BuildError(BuildResult(2, 1, (failure,), 0.5))
    told = pickle.loads(pickle.dumps(error))
    assert str(told) == str(error)
    assert told.result == error.result


def test_a_project_that_dbt_cannot_read_is_a_fault_that_names_the_file(
    warehouse_with_orders: Warehouse, dbt_project: Path
) -> None:
    (dbt_project / "models" / "wrong.sql").write_text("select * from {{ ref('no_such_model') }}")
    with pytest.raises(FatalError, match=r"wrong\.sql.*no_such_model"):
        build(warehouse_with_orders, project=dbt_project)
    with warehouse_with_orders.writer() as writer:
        writer.fetch("select 1 as one")


def test_dbt_writes_into_the_data_folder_only(warehouse_with_orders: Warehouse, dbt_project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in dbt_project.rglob("*")}
    build(warehouse_with_orders, project=dbt_project)
    assert {path: path.stat().st_mtime_ns for path in dbt_project.rglob("*")} == before
    assert (dbt_folder(warehouse_with_orders.settings) / "partial_parse.msgpack").is_file()


@pytest.mark.postgres
def test_a_password_is_in_no_file_and_in_the_environment_only_while_dbt_runs(
    postgres_url: str, tmp_path: Path, dbt_project: Path
) -> None:
    secret = "not-asked-for"
    assert secret in postgres_url
    settings = Settings(folder=tmp_path, warehouse=WarehouseSettings(kind="postgres", url=postgres_url))
    warehouse = open_warehouse(settings)
    with warehouse.writer() as writer:
        writer.execute("create schema raw")
        writer.execute("create table raw.orders (order_id bigint)")
    result: BuildResult = build(warehouse, project=dbt_project)
    assert result.models == 2
    for path in settings.data.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
    assert secret not in os.environ.values()


def test_the_packaged_project_is_found() -> None:
    assert (project_folder() / "dbt_project.yml").is_file()
