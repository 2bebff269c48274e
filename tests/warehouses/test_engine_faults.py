"""Faults of the engines that Fondaco works around, and that it is told of when they are mended."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from fondaco.duckdb_session import prepare
from fondaco.warehouse import Warehouse

PACKAGE = Path(str(files("fondaco")))

SHOP = """
    create table orders (order_id integer);
    insert into orders values (1), (2);
    create table payments (payment_id integer, order_id integer, amount decimal(18, 6));
    insert into payments values (11, 1, 55), (12, 2, 7);
    create table deletions (payment_id integer, stream varchar(20));
"""
PAID = """
    with known as (
        select payments.*, deleted.payment_id is not null as is_deleted
        from payments
        left join (select * from deletions where stream = 'payments') as deleted
            on payments.payment_id = deleted.payment_id
    ),

    received as (
        select order_id, sum(case when is_deleted then 0 else amount end) as amount
        from known
        group by order_id
    )

    select orders.order_id, coalesce(received.amount, 0) > 0 as is_paid
    from orders
    left join received on orders.order_id = received.order_id
    order by orders.order_id
"""


def test_duckdb_by_itself_still_compares_such_a_sum_wrongly() -> None:
    """When this fails, DuckDB is right: take ``UNSOUND_OPTIMIZERS`` out of fondaco/duckdb_session.py."""
    with duckdb.connect() as connection:
        connection.execute(SHOP)
        assert connection.execute(PAID).fetchall() == [(1, False), (2, False)]


def test_a_sum_over_a_join_with_an_empty_table_is_compared_as_it_is(empty_warehouse: Warehouse) -> None:
    with empty_warehouse.writer() as writer:
        for statement in SHOP.split(";")[:-1]:
            writer.execute(statement)
        assert writer.fetch(PAID).to_pylist() == [
            {"order_id": 1, "is_paid": True},
            {"order_id": 2, "is_paid": True},
        ]


def test_it_is_compared_as_it_is_wherever_fondaco_opens_duckdb() -> None:
    with duckdb.connect() as connection:
        prepare(connection)
        connection.execute(SHOP)
        assert connection.execute(PAID).fetchall() == [(1, True), (2, True)]
    texts = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    opening = {name for name, text in texts.items() if "duckdb.connect(" in text}
    assert opening, "the package opens DuckDB somewhere"
    assert {name for name in opening if "prepare" not in texts[name]} == set()
