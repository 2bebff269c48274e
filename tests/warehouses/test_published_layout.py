"""Single things are looked up by an index; rows of a day lie together. What is published stays the same rows."""

from __future__ import annotations

import duckdb
import psycopg
import pytest

from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import project_folder
from fondaco.warehouse.published_layout import (
    EACH_RUN,
    LOOKED_UP_BY,
    LOOKED_UP_BY_WITHOUT_BLOCKS,
    looked_up_by,
    ordered_by,
)

ROWS = 300_000


@pytest.fixture
def marts(empty_warehouse: Warehouse) -> Warehouse:
    """Orders and daily sales of products in no order of their days, as a build leaves them; a table without its usual columns."""
    with empty_warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        writer.execute(
            "create table marts.orders as select 't' as tenant_id, 'shop:' || n as order_id, 'p' || (n % 1000) as person_id,"
            " cast(timestamp '2024-01-01' + interval '1 day' * cast((n % 1000) * 919 % 1000 as integer) as date) as order_date"
            f" from generate_series(1, {ROWS}) as series(n)"
        )
        writer.execute("create table marts.customers as select 1 as orders")
    return empty_warehouse


def test_the_same_rows_are_published(marts: Warehouse) -> None:
    with marts.writer() as writer:
        [built] = writer.fetch(
            "select count(*) as n, count(distinct order_id) as ids, min(order_date) as first from marts.orders"
        ).to_pylist()
    marts.publish()
    reader = marts.reader()
    [found] = reader.query(
        "select count(*) as n, count(distinct order_id) as ids, min(order_date) as first from marts.orders"
    ).to_pylist()
    reader.close()
    assert found == built


def test_single_things_are_found_by_an_index(marts: Warehouse) -> None:
    marts.publish()
    wanted = {
        name
        for table, columns in (("orders", ("order_id", "person_id")), ("customers", ("orders",)))
        for name, _ in looked_up_by(table, columns, leaves_out_blocks=marts.dialect == "duckdb")
    }
    assert wanted == {"orders_by_order_id", "orders_by_person_id"}
    assert _indexes(marts) == wanted


def _indexes(warehouse: Warehouse) -> set[str]:
    if warehouse.dialect == "duckdb":
        [path] = warehouse.settings.data.glob("published/*.duckdb")
        with duckdb.connect(str(path), read_only=True) as file:
            return {name for (name,) in file.execute("select index_name from duckdb_indexes()").fetchall()}
    with psycopg.connect(warehouse.settings.warehouse.url.get_secret_value()) as connection:
        rows = connection.execute("select indexname from pg_indexes where schemaname like 'published\\_%'")
        return {name for (name,) in rows}


def test_rows_of_a_day_lie_together_in_a_file(marts: Warehouse) -> None:
    if marts.dialect != "duckdb":
        pytest.skip("PostgreSQL looks rows up by their indexes")
    marts.publish()
    [path] = marts.settings.data.glob("published/*.duckdb")
    with duckdb.connect(str(path), read_only=True) as file:
        blocks = file.execute(
            "select max(order_date) - min(order_date) from (select order_date, rowid // 122880 as block from marts.orders) group by block"
        ).fetchall()
    days = [span for (span,) in blocks]
    assert len(days) > 1
    assert sum(days) < 1200, "each block spans nearly all thousand days"


def test_columns_that_a_table_lacks_are_left_out() -> None:
    assert ordered_by("orders", ["order_id"]) is None
    assert ordered_by("orders", ["order_id", "order_date"]) == "order_date"
    assert not list(looked_up_by("orders", ["city"], leaves_out_blocks=False))


def test_what_blocks_spare_is_indexed_where_there_are_none() -> None:
    assert not set(LOOKED_UP_BY) & set(LOOKED_UP_BY_WITHOUT_BLOCKS)
    columns = ["order_id", "product_id"]
    assert not list(looked_up_by("sales_ledger", columns, leaves_out_blocks=True))
    assert len(list(looked_up_by("sales_ledger", columns, leaves_out_blocks=False))) == 2


def test_what_stands_between_the_runs_is_what_only_runs_make() -> None:
    marts = project_folder() / "models" / "marts"
    tagged = {path.stem for path in marts.glob("*.sql") if "'each_run'" in path.read_text(encoding="utf-8")}
    assert tagged == EACH_RUN
