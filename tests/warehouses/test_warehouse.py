"""The suite that every warehouse passes: writing, locking, publishing, reading."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from pydantic import SecretStr
from tests.warehouses.conftest import publish_orders, write_orders

from fondaco.config import Settings, WarehouseSettings
from fondaco.errors import ConfigError, FatalError, RetryableError
from fondaco.warehouse import TableSpec, Warehouse, open_warehouse

EVERY_TYPE = TableSpec(
    "raw",
    "every_type",
    (
        ("a_text", "text"),
        ("a_bigint", "bigint"),
        ("a_decimal", "decimal"),
        ("a_rate", "rate"),
        ("a_double", "double"),
        ("a_bool", "bool"),
        ("a_timestamp", "timestamp"),
        ("a_date", "date"),
        ("a_json", "json"),
    ),
    ("a_text",),
)


def another(warehouse: Warehouse) -> Warehouse:
    """The same warehouse as another process would open it."""
    return open_warehouse(warehouse.settings)


def test_every_type_is_written_and_read_back_exactly(empty_warehouse: Warehouse) -> None:
    empty_warehouse.create_schemas_and_raw_tables([EVERY_TYPE])
    row = {
        "a_text": 'it\'s 100 % "ok", ünïcode \\N',
        "a_bigint": -(2**63),
        "a_decimal": Decimal("-999999999999.999999"),
        "a_rate": Decimal("1.123456789"),
        "a_double": 0.1,
        "a_bool": True,
        "a_timestamp": datetime(2026, 3, 1, 23, 59, 59, 123456),
        "a_date": date(2026, 2, 28),
        "a_json": '{"a":[1,null]}',
    }
    with empty_warehouse.writer() as writer:
        names = ", ".join(row)
        writer.execute(
            f"insert into raw.every_type ({names}) values ({', '.join('$' + n for n in row)})", row
        )
        found = writer.fetch("select * from raw.every_type where a_text like '%100 \\%%' escape '\\'")
        nothing = writer.fetch("select * from raw.every_type where a_text = $a and false", {"a": "x"})
    assert found.to_pylist() == [row]
    assert found.schema == nothing.schema
    assert found.schema.field("a_decimal").type == pa.decimal128(18, 6)
    assert found.schema.field("a_timestamp").type == pa.timestamp("us")


def test_sums_keep_their_decimals(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1, 2)
    found = empty_warehouse.reader().query(
        "select sum(total) as total, sum(order_id) as ids, count(*) as n from marts.orders"
    )
    assert found.to_pylist() == [{"total": Decimal("3"), "ids": Decimal("1"), "n": 2}]
    assert found.schema.types == [pa.decimal128(38, 6), pa.decimal128(38, 0), pa.int64()]


def test_tables_are_created_once_and_gain_new_columns(empty_warehouse: Warehouse) -> None:
    before = TableSpec("raw", "t", (("id", "text"), ("price", "decimal")), ("id",))
    after = TableSpec("raw", "t", (*before.columns, ("colour", "text")), ("id",))
    empty_warehouse.create_schemas_and_raw_tables([before])
    with empty_warehouse.writer() as writer:
        writer.execute("insert into raw.t values ('1', 2.5)")
    empty_warehouse.create_schemas_and_raw_tables([after])
    empty_warehouse.create_schemas_and_raw_tables([after])
    with empty_warehouse.writer() as writer:
        assert writer.fetch("select * from raw.t").to_pylist() == [
            {"id": "1", "price": Decimal("2.5"), "colour": None}
        ]


def test_a_column_of_a_former_release_is_widened_where_it_now_holds_sums(empty_warehouse: Warehouse) -> None:
    before = TableSpec("raw", "t", (("id", "text"), ("total", "decimal")), ("id",))
    after = TableSpec("raw", "t", (("id", "text"), ("total", "sum")), ("id",))
    empty_warehouse.create_schemas_and_raw_tables([before])
    with empty_warehouse.writer() as writer:
        writer.execute("insert into raw.t values ('1', 2.5)")
    empty_warehouse.create_schemas_and_raw_tables([after])
    empty_warehouse.create_schemas_and_raw_tables([after])
    with empty_warehouse.writer() as writer:
        writer.execute("insert into raw.t values ('2', 12345678901234567890)")
        found = writer.fetch("select * from raw.t order by id").to_pylist()
    assert found == [
        {"id": "1", "total": Decimal("2.5")},
        {"id": "2", "total": Decimal("12345678901234567890")},
    ]


def test_a_column_that_changes_its_type_is_refused_by_name(empty_warehouse: Warehouse) -> None:
    empty_warehouse.create_schemas_and_raw_tables([TableSpec("raw", "t", (("id", "text"),), ("id",))])
    with pytest.raises(ConfigError, match=r"Column id of raw\.t"):
        empty_warehouse.create_schemas_and_raw_tables([TableSpec("raw", "t", (("id", "bigint"),), ("id",))])


def test_a_transaction_is_all_or_nothing(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, 5)
    with empty_warehouse.writer() as writer:
        with pytest.raises(ZeroDivisionError), writer.transaction():
            writer.execute("delete from marts.orders")
            raise ZeroDivisionError
        assert writer.fetch("select count(*) as n from marts.orders").to_pylist() == [{"n": 1}]


def test_a_second_writer_is_told_to_wait(empty_warehouse: Warehouse) -> None:
    second = another(empty_warehouse)
    with empty_warehouse.writer():
        with pytest.raises(RetryableError) as refused, second.writer():
            pass
        assert len(str(refused.value).splitlines()) == 2
    with second.writer() as writer:
        writer.fetch("select 1 as one")


def test_another_thread_is_told_to_wait_and_the_same_thread_nests(empty_warehouse: Warehouse) -> None:
    with empty_warehouse.writer(), empty_warehouse.writer() as writer, ThreadPoolExecutor(1) as pool:
        writer.fetch("select 1 as one")

        def write() -> None:
            with empty_warehouse.writer():
                pass

        with pytest.raises(RetryableError):
            pool.submit(write).result()
    with empty_warehouse.writer() as writer:
        writer.fetch("select 1 as one")


def test_the_lock_is_free_again_after_an_error(empty_warehouse: Warehouse) -> None:
    with pytest.raises(ZeroDivisionError), empty_warehouse.writer():
        raise ZeroDivisionError
    with another(empty_warehouse).writer() as writer:
        writer.fetch("select 1 as one")


def test_nothing_is_published_at_first(empty_warehouse: Warehouse) -> None:
    reader = empty_warehouse.reader()
    assert reader.version is None
    with pytest.raises(ConfigError, match="Nothing is published"):
        reader.query("select * from marts.orders")
    with pytest.raises(ConfigError, match="no marts"):
        empty_warehouse.publish()


def test_readers_see_what_is_published_and_nothing_of_the_next_build(empty_warehouse: Warehouse) -> None:
    first = publish_orders(empty_warehouse, 1, 2)
    reader = empty_warehouse.reader()
    write_orders(empty_warehouse, 7)
    assert reader.query("select count(*) as n from marts.orders").to_pylist() == [{"n": 2}]
    second = empty_warehouse.publish()
    assert reader.query("select count(*) as n from marts.orders").to_pylist() == [{"n": 1}]
    assert (reader.version, first.tables) == (second.version, ("customers", "orders"))
    assert first.version < second.version
    reader.close()


@pytest.mark.parametrize("sql", ["select 1 as one from marts.not_yet", "select not_yet from marts.orders"])
def test_what_an_older_version_published_says_how_it_is_renewed(empty_warehouse: Warehouse, sql: str) -> None:
    publish_orders(empty_warehouse, 1)
    with pytest.raises(ConfigError, match="another version of Fondaco"):
        empty_warehouse.reader().query(sql)


def test_parameters_go_by_name(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1, 2, 3)
    found = empty_warehouse.reader().query(
        "select order_id from marts.orders where total >= $least and note like '%' and $day < current_date order by 1",
        {"least": Decimal("2"), "day": date(2020, 1, 1)},
    )
    assert found.to_pylist() == [{"order_id": 1}, {"order_id": 2}]


def test_a_reader_may_quote_the_schema_and_name_it_in_a_text(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1)
    found = empty_warehouse.reader().query(
        'select \'marts.orders\' as label, "marts"."orders".total from "marts"."orders" -- of marts.orders'
    )
    assert found.to_pylist() == [{"label": "marts.orders", "total": Decimal(1)}]


@pytest.mark.slow
def test_publishing_under_readers_is_atomic_and_fails_no_query(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 0)
    reader = empty_warehouse.reader()
    ended = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not ended.is_set():
            [row] = reader.query(
                "select (select count(*) from marts.orders) as counted, (select orders from marts.customers) as told"
            ).to_pylist()
            assert row["counted"] == row["told"]
            seen.add(row["counted"])

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for n in range(1, 6):
                publish_orders(empty_warehouse, *range(n))
                time.sleep(0.05)
        finally:
            ended.set()
        for future in readers:
            future.result()
    assert len(seen) > 1
    assert reader.query("select count(*) as n from marts.orders").to_pylist() == [{"n": 5}]
    reader.close()


def test_only_the_newest_versions_are_kept(empty_warehouse: Warehouse) -> None:
    versions = [publish_orders(empty_warehouse, n).version for n in range(5)]
    assert versions == sorted(versions)
    assert stored_versions(empty_warehouse) == versions[-3:]


def test_what_an_interrupted_publish_left_is_cleaned_by_the_next_writer(empty_warehouse: Warehouse) -> None:
    good = publish_orders(empty_warehouse, 1).version
    half = "29991231t235959000000_abcdef"
    if empty_warehouse.dialect == "duckdb":
        folder = empty_warehouse.settings.data / "published"
        for name in (f"{half}.duckdb", f"{half}.duckdb.part", f"{half}.duckdb.part.wal", ".current.new"):
            (folder / name).write_bytes(b"half")
    else:
        with empty_warehouse.writer() as writer:
            writer.execute(f"create schema published_{half}")
    assert empty_warehouse.reader().version == good
    with another(empty_warehouse).writer():
        pass
    assert stored_versions(empty_warehouse) == [good]
    assert empty_warehouse.reader().query("select total from marts.orders").num_rows == 1


def test_a_stranger_may_select_and_gets_at_most_the_limit(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 3, 4, 5)
    reader = empty_warehouse.reader()
    sql = (
        "with big as (select * from marts.orders where total > 3) select total from big order by total desc;"
    )
    assert reader.select(sql).column("total").to_pylist() == [5, 4]
    assert reader.select(sql, limit=1).column("total").to_pylist() == [5]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from marts.orders",
        "insert into marts.orders values (9, 9, '')",
        "update marts.orders set total = 0",
        "drop table marts.orders",
        "create table marts.mine as select 1",
        "create temporary table mine as select 1 as one",
        "truncate marts.orders",
        "select 1; select 2",
        "select 1; drop table marts.orders",
        "copy marts.orders to '/tmp/stolen.csv'",
        "copy (select 1) to program 'touch /tmp/stolen'",
        "attach '/tmp/other.duckdb'",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "set default_transaction_read_only = off",
        "select set_config('transaction_read_only', 'off', true)",
        "with gone as (delete from marts.orders returning *) select * from gone",
        "select * into mine from marts.orders",
        "select * from raw.secrets",
        "select * from secrets",
        "select * from pg_catalog.pg_authid",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "call pragma_version()",
        "explain analyze delete from marts.orders",
        "begin",
        "",
        "select from where",
        "select nothing from marts.orders",
        "with secrets as (select * from secrets) select * from secrets",
        "select * from secrets, (with secrets as (select 1) select * from secrets) as q",
        "with pg_user as (select * from pg_user) select * from pg_user",
        "select ts_stat('select to_tsvector(id) from raw.secrets')",
    ],
)
def test_a_stranger_can_do_nothing_but_read_marts(empty_warehouse: Warehouse, sql: str) -> None:
    empty_warehouse.create_schemas_and_raw_tables([TableSpec("raw", "secrets", (("id", "text"),), ("id",))])
    publish_orders(empty_warehouse, 3)
    reader = empty_warehouse.reader()
    with pytest.raises(ConfigError) as refused:
        reader.select(sql)
    assert len(str(refused.value).splitlines()) == 2
    assert reader.query("select total from marts.orders").column("total").to_pylist() == [3]
    reader.close()


def test_a_query_that_takes_too_long_is_stopped(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1)
    slow = (
        "select sum(a.n * b.n) from (with recursive c(n) as (select 1 union all select n + 1 from c where n < 20000)"
        " select n from c) as a cross join (with recursive d(n) as (select 1 union all select n + 1 from d where n < 20000)"
        " select n from d) as b"
    )
    reader = empty_warehouse.reader(statement_seconds=0.3)
    started = time.monotonic()
    with pytest.raises(RetryableError, match=r"longer than 0\.3 seconds"):
        reader.select(slow)
    assert time.monotonic() - started < 10
    assert reader.query("select 1 as one").num_rows == 1
    reader.close()


def test_using_the_warehouse_without_its_lock_is_a_fault_of_ours(empty_warehouse: Warehouse) -> None:
    with empty_warehouse.writer() as writer:
        pass
    with pytest.raises(FatalError, match="without its writer lock"):
        writer.execute("select 1")


def test_postgres_without_a_url_says_which_setting_is_missing() -> None:
    with pytest.raises(ConfigError, match="FONDACO_WAREHOUSE__URL"):
        open_warehouse(Settings(warehouse=WarehouseSettings(kind="postgres")))


def stored_versions(warehouse: Warehouse) -> list[str]:
    if warehouse.dialect == "duckdb":
        folder = warehouse.settings.data / "published"
        assert {path.suffix for path in folder.iterdir()} <= {".duckdb", ""}
        return sorted(path.stem for path in folder.glob("*.duckdb"))
    with warehouse.writer() as writer:
        found = writer.fetch(
            "select nspname as n from pg_namespace where nspname like 'published\\_%' order by 1"
        )
    return [name.removeprefix("published_") for name in found.column("n").to_pylist()]


def test_an_instant_keeps_its_microseconds_in_utc(empty_warehouse: Warehouse) -> None:
    with empty_warehouse.writer() as writer:
        [row] = writer.fetch("select cast('2026-03-01 10:00:00.000001+02' as timestamptz) as t").to_pylist()
    assert row["t"] == datetime(2026, 3, 1, 8, 0, 0, 1, tzinfo=UTC)


def test_running_out_of_the_allowed_memory_names_the_setting(tmp_path: Path) -> None:
    small = WarehouseSettings(memory_limit="30MB", threads=1)
    with (
        pytest.raises(ConfigError, match="memory_limit"),
        open_warehouse(Settings(folder=tmp_path, warehouse=small)).writer() as writer,
    ):
        writer.bench.execute("set temp_directory = ''")
        writer.bench.execute(
            "create temporary table big as select range as n, repeat('x', 99) from range(2000000)"
        )


@pytest.mark.postgres
def test_another_tools_grants_and_views_on_what_is_published_outlive_the_next_publish(
    postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        folder=tmp_path, warehouse=WarehouseSettings(kind="postgres", url=SecretStr(postgres_url))
    )
    warehouse = open_warehouse(settings)
    publish_orders(warehouse, 1)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create role analyst_of_views")
        try:
            connection.execute("grant select on published.orders to analyst_of_views")
            connection.execute("create view mine as select sum(total) as total from published.orders")
            publish_orders(warehouse, 1, 2)
            assert connection.execute("select total from mine").fetchall() == [(3,)]
            granted = "select has_table_privilege('analyst_of_views', 'published.orders', 'select')"
            assert connection.execute(granted).fetchall() == [(True,)]
        finally:
            connection.execute("drop owned by analyst_of_views")
            connection.execute("drop role analyst_of_views")
    warehouse.close()
