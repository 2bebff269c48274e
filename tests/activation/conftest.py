"""Customers made by hand in empty marts, with the scores that the pipeline gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest
from tests.metrics.conftest import columns
from tests.published import make_searchable

from fondaco.duckdb_session import prepare
from fondaco.warehouse import Warehouse
from fondaco.warehouse.engine import Writer

TENANT = "default"
TODAY = date(2026, 3, 31)
MARTS = (
    "connections",
    "customers",
    "customer_accounts",
    "orders",
    "sales_ledger",
    "order_discounts",
    "product_collections",
)
SCORES = {
    "tenant_id": "varchar", "person_id": "varchar", "as_of_date": "date", "purchase_days": "bigint",
    "days_since_last": "bigint", "recency_score": "bigint", "frequency_score": "bigint", "monetary_score": "bigint",
    "segment": "varchar", "previous_segment": "varchar", "alive_probability": "double precision",
    "expected_orders": "double precision", "expected_order_value": "decimal(18, 6)", "expected_value": "decimal(18, 6)",
    "expected_value_low": "decimal(18, 6)", "expected_value_high": "decimal(18, 6)", "simple_value": "decimal(18, 6)",
    "retention_value": "decimal(18, 6)", "churn_probability": "double precision", "churn_reasons": "varchar", "value_if_active": "decimal(18, 6)",
}  # fmt: skip

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def types(mart: str) -> dict[str, str]:
    return SCORES if mart == "customer_scores" else columns(mart)


def create(writer: Writer | duckdb.DuckDBPyConnection, *marts: str) -> None:
    """The marts, empty."""
    for mart in marts:
        declared = ", ".join(f"{name} {kind}" for name, kind in types(mart).items())
        writer.execute(f"drop table if exists marts.{mart}")
        writer.execute(f"create table marts.{mart} ({declared})")


def insert(writer: Writer | duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Rows into marts; what is not given is null."""
    for mart, given in rows.items():
        for row in given:
            whole = {"tenant_id": TENANT, **row}
            names = ", ".join(whole)
            values = ", ".join(f"cast(${name} as {types(mart)[name]})" for name in whole)
            writer.execute(f"insert into marts.{mart} ({names}) values ({values})", whole)


def publish(warehouse: Warehouse, rows: Rows, *, scores: bool = True) -> None:
    """Publish the marts that segments ask, with these rows."""
    with warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        create(writer, *MARTS, "customer_scores", "customer_search")
        if not scores:
            writer.execute("drop table marts.customer_scores")
        insert(writer, rows)
        make_searchable(writer)
        warehouse.publish()


@pytest.fixture(scope="session")
def segment_marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        connection.execute("create schema marts")
        create(connection, *MARTS, "customer_scores")
        yield connection


def person(person_id: str, **known: Any) -> dict[str, Any]:
    """A customer who ordered nothing, unless it is said otherwise."""
    nothing = {"orders": 0, "shops": 0, "net_units": 0, "net_sales": 0, "total_sales": 0, "currency": "EUR"}
    return {"person_id": person_id, **nothing, **known}


def order(order_id: str, person_id: str, day: str, **known: Any) -> dict[str, Any]:
    usual = {
        "connection_id": "aurora",
        "channel": "web",
        "country": "DE",
        "order_sequence": 1,
        "net_sales": 0,
    }
    return {"order_id": order_id, "person_id": person_id, "order_date": day, **usual, **known}


def line(order_id: str, person_id: str, day: str, **known: Any) -> dict[str, Any]:
    """A piece sold, unless it is said otherwise."""
    usual = {
        "connection_id": "aurora",
        "channel": "web",
        "country": "DE",
        "line_type": "product",
        "units_sold": 1,
    }
    rest = {"units_returned": 0, "net_sales": 0, "returns": 0, "order_date": day}
    return {"order_id": order_id, "person_id": person_id, "event_date": day, **usual, **rest, **known}
