"""Rows are read by key: none is lost, none is doubled, whatever their instants, and whatever breaks meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.sources.database import Database, DatabaseSettings
from fondaco.sources.database.client import LostLineError
from fondaco.sources.database.streams import STREAMS
from fondaco.sources.stream import Slice

from .conftest import records

if TYPE_CHECKING:
    from .conftest import ShopDatabase

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("databases")]

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=30)
ORDERS = (
    "create table orders (id {id} primary key, status varchar(20), total decimal(12, 2), created_at {instant}, "
    "updated_at {instant}, deleted_at {instant})"
)
TYPES = {
    "postgresql": {"id": "bigint", "instant": "timestamp(6) null"},
    "mysql": {"id": "bigint", "instant": "datetime(6) null"},
}


def make_orders(database: ShopDatabase) -> None:
    database.run(ORDERS.format(**TYPES[database.engine]))


def insert(database: ShopDatabase, rows: Sequence[tuple[int, datetime | None]]) -> None:
    """Orders with these ids, changed at these instants."""
    with database.owner.cursor() as cursor:
        cursor.executemany(
            "insert into orders (id, status, total, created_at, updated_at) values (%s, 'paid', 10, '2026-10-01', %s)",
            [(number, at.replace(tzinfo=None) if at else None) for number, at in rows],
        )
    database.owner.commit()


@pytest.fixture
def orders(shop_database: ShopDatabase) -> ShopDatabase:
    """A database with an empty table of orders."""
    make_orders(shop_database)
    return shop_database


def ids(found: Sequence[dict[str, Any]]) -> list[int]:
    return [record["order_id"] for record in found]


_OFFSETS = st.one_of(
    st.none(),
    st.sampled_from([0, 1, -1]),  # microseconds about the edge
    st.integers(-4_000_000_000, 4_000_000_000),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offsets=st.lists(_OFFSETS, max_size=40),
    page_size=st.integers(1, 7),
    scale=st.sampled_from([1, 10_000_000]),  # many equal instants, or none
)
def test_no_row_is_lost_or_doubled_whatever_the_instants(
    orders: ShopDatabase, offsets: list[int | None], page_size: int, scale: int
) -> None:
    """The first reading has every row once; later ones each that changed since, also at the very instant, and from ahead of time."""
    orders.run("delete from orders")
    rows = [
        (number, None if offset is None else SINCE + timedelta(microseconds=offset // scale * scale))
        for number, offset in enumerate(reversed(offsets), start=1)
    ]
    insert(orders, rows)
    everything = [number for number, _ in rows]
    changed = [number for number, at in rows if at is not None and at >= SINCE]
    unmarked = [number for number, at in rows if at is None]
    source = orders.source(page_size=page_size)
    first, later, daily = (
        [record["order_id"] for _, record in records(source, "orders", kind, SINCE)]
        for kind in ("backfill", "incremental", "lookback")
    )
    source.close()
    assert first == everything
    assert (sorted(later), len(set(later))) == (changed, len(later))
    assert sorted(daily) == sorted(changed + unmarked)


def test_rows_that_change_while_they_are_read_are_read(shop_database: ShopDatabase) -> None:
    """Between two pages the first row changes, one behind the present page is added, and one ahead of it."""
    make_orders(shop_database)
    insert(shop_database, [(number * 10, SINCE) for number in range(1, 7)])
    source = shop_database.source(page_size=2)
    stream = next(each for each in STREAMS if each.name == "orders")
    pages = source.read(stream, Slice("orders", "incremental", SINCE, NOW))
    next(pages)
    shop_database.run("update orders set updated_at = '2026-11-01 11:59:00' where id = 10")
    insert(shop_database, [(15, NOW), (65, NOW)])
    found = b"".join(page.lines for page in pages).decode()
    source.close()
    for number in (10, 15, 30, 40, 50, 60, 65):
        assert f'"order_id":{number},' in found


def test_a_change_that_was_committed_late_is_read_by_the_next_run(shop_database: ShopDatabase) -> None:
    """A transaction writes its instant when it begins; the overlap of the slices is longer than it was open."""
    make_orders(shop_database)
    stream = next(each for each in STREAMS if each.name == "orders")
    assert stream.overlap - stream.safety_lag == timedelta(minutes=30)
    insert(shop_database, [(1, NOW - timedelta(minutes=29))])
    assert ids(shop_database.read("orders", "incremental", NOW - stream.overlap)) == [1]
    assert stream.lookback == timedelta(days=3)


def test_keys_of_text_are_read_whole(on_postgres: ShopDatabase) -> None:
    on_postgres.run(ORDERS.format(id="uuid", instant="timestamptz null"))
    on_postgres.run(
        "insert into orders select md5(n::text)::uuid, 'paid', n, now(), '2026-11-01 12:00+01', null from generate_series(1, 50) as n"
    )
    found = on_postgres.read("orders", page_size=7)
    assert len({record["order_id"] for record in found}) == len(found) == 50
    assert {record["updated_at"] for record in found} == {"2026-11-01 11:00:00+00"}
    assert (
        len(on_postgres.read("orders", "incremental", datetime(2026, 11, 1, 11, tzinfo=UTC), page_size=7))
        == 50
    )
    assert on_postgres.read("orders", "incremental", datetime(2026, 11, 1, 11, 1, tzinfo=UTC)) == []


def test_local_instants_become_utc_and_the_hour_that_comes_twice_is_not_lost(
    shop_database: ShopDatabase, write_mapping: Any
) -> None:
    """On 25 October 2026 Berlin's clocks go back from three to two; a row of the second two o'clock seems an hour older."""
    make_orders(shop_database)
    mapping = write_mapping("extends: laravel\ndatabase: {time_zone: Europe/Berlin}\n")
    insert(shop_database, [(1, datetime(2026, 10, 25, 2, 10)), (2, datetime(2026, 7, 1, 12))])
    since = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    assert ids(shop_database.read("orders", "incremental", since, mapping=mapping)) == [1]
    told = {
        record["order_id"]: record["updated_at"] for record in shop_database.read("orders", mapping=mapping)
    }
    assert told == {1: "2026-10-25T00:10:00+00:00", 2: "2026-07-01T10:00:00+00:00"}


def test_a_line_that_breaks_is_taken_up_again_behind_the_last_row(on_postgres: ShopDatabase) -> None:
    make_orders(on_postgres)
    insert(on_postgres, [(number, SINCE) for number in range(1, 10)])
    source = on_postgres.source(page_size=2)
    stream = next(each for each in STREAMS if each.name == "orders")
    pages = source.read(stream, Slice("orders", "backfill", SINCE, NOW))
    first = next(pages).lines
    on_postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'")
    rest = b"".join(page.lines for page in pages)
    source.close()
    assert (first + rest).count(b"\n") == 9
    assert on_postgres.slept == [1.0]


def test_a_session_cannot_write(shop_database: ShopDatabase) -> None:
    """Not even with a user who may, and with a function that would."""
    make_orders(shop_database)
    login = (
        {"user": "postgres", "password": "x"}
        if shop_database.engine == "postgresql"
        else {"user": "root", "password": ""}
    )
    source = shop_database.source(**login)
    assert any("may change tables" in warning for warning in source.check().warnings)
    with pytest.raises((ConfigError, LostLineError)):
        source._client.ask("insert into orders (id) values (1)")
    source.close()
    assert shop_database.read("orders") == []


def test_a_question_that_takes_too_long_is_given_up(on_postgres: ShopDatabase, write_mapping: Any) -> None:
    make_orders(on_postgres)
    insert(on_postgres, [(1, NOW)])
    mapping = write_mapping("extends: laravel\nstreams: {orders: {where: pg_sleep(5)::text = ''}}\n")
    with pytest.raises(RetryableError, match="within 1 seconds"):
        on_postgres.read("orders", mapping=mapping, timeout_seconds=1)


@pytest.mark.parametrize("wrong", [{"password": "guess-31337"}, {"user": "nobody"}])
def test_a_wrong_user_is_refused_in_two_lines(shop_database: ShopDatabase, wrong: dict[str, str]) -> None:
    if wrong.get("password") and shop_database.engine == "postgresql":
        pytest.skip("the tests' PostgreSQL trusts everyone on this machine")
    source = shop_database.source(**wrong)
    with pytest.raises((AccessError, RetryableError)) as caught:
        source.check()
    assert len(str(caught.value).splitlines()) == 2
    assert "31337" not in str(caught.value) + repr(source)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    chosen = DatabaseSettings.model_validate(
        {"engine": "postgresql", "port": 1, "database": "shop", "user": "reader", "password": "s3cret-31337"}
    )
    source = Database(chosen, sleep=lambda _: None)
    with pytest.raises(RetryableError, match=r"does not answer at 127\.0\.0\.1:1") as caught:
        source.check()
    assert "31337" not in str(caught.value) + repr(chosen) + repr(source)


def test_a_line_that_must_be_secure_is_not_used_in_the_clear(shop_database: ShopDatabase) -> None:
    """Neither of the tests' servers has a certificate."""
    for tls in ("require", "verify"):
        source = shop_database.source(tls=tls)
        with pytest.raises(ConfigError, match="cannot be secured as `tls` asks"):
            source.check()
        source.close()


def test_marks_of_deletion_are_told_and_gone_rows_are_not_listed(shop_database: ShopDatabase) -> None:
    make_orders(shop_database)
    insert(shop_database, [(number, SINCE) for number in (1, 2, 3)])
    shop_database.run("update orders set deleted_at = '2026-11-01 11:45:00' where id = 2")
    shop_database.run("delete from orders where id = 3")
    source = shop_database.source()
    stream = next(each for each in STREAMS if each.name == "orders")
    told = list(source.tombstones(NOW - timedelta(hours=1), NOW))
    listed = source.ids(stream)
    assert [(one.stream, one.record_id, one.found_by) for one in told] == [("orders", "2", "soft delete")]
    assert told[0].deleted_at == datetime(2026, 11, 1, 11, 45, tzinfo=UTC)
    assert list(source.tombstones(NOW - timedelta(minutes=5), NOW)) == []
    assert listed is not None
    assert list(listed) == ["1", "2"]
    source.close()


def test_a_reader_without_a_right_is_told_which_stream_suffers(on_postgres: ShopDatabase) -> None:
    make_orders(on_postgres)
    on_postgres.run("revoke select on orders from reader")
    on_postgres.run("grant select (id, status, created_at, updated_at) on orders to reader")
    missing = on_postgres.source().check().missing
    assert any("orders needs a column total" in one and "no sales can be read" in one for one in missing)
    with pytest.raises(ConfigError, match="orders needs a column total"):
        on_postgres.read("orders")


def test_a_name_that_looks_like_sql_is_a_name(on_postgres: ShopDatabase, write_mapping: Any) -> None:
    """And a per cent sign in a condition is a per cent sign."""
    make_orders(on_postgres)
    on_postgres.run('alter table orders rename column total to "select"')
    on_postgres.run(
        "insert into orders values (1, '50%', 7, now(), now(), null), (2, '49', 7, now(), now(), null)"
    )
    mapping = write_mapping(
        "extends: laravel\nstreams:\n  orders:\n    where: status like '50%'\n    columns: {total: select}\n"
    )
    found = on_postgres.read("orders", mapping=mapping)
    assert [(record["order_id"], record["total"]) for record in found] == [(1, "7.00")]
