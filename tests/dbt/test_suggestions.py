"""Suggestions against what is on paper: every row of them, and that what they would save is the sum of their rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.leaks import write_leaks
from tests.dbt.order_book import STATEMENTS, statement, write_book

from fondaco.metrics.suggestions import Scope, suggestion_rows, suggestions

D = Decimal
pytestmark = pytest.mark.slow


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("suggestions_duckdb")),
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("suggestions_postgres")]
        ),
    ],
)
def reader(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    books = open_books(request.param)
    book, leaks = shop_type(books, "book"), shop_type(books, "leaks")
    write_book(book)
    for shop in (book, write_leaks(leaks)):
        shop.write()
    books.build()

    class Marts:
        dialect = books.warehouse.dialect
        version = "1"

        def query(self, sql: str, params: Any = None) -> Any:
            return books.table(sql, **(params or {}))

    return Marts()


def scope(tenant: str, **given: Any) -> Scope:
    return Scope(tenant, date(2026, 3, 1), date(2026, 3, 31), least_payments=1, **given)


def rows(reader: Any, tenant: str, kind: str, *columns: str, **given: Any) -> list[tuple[Any, ...]]:
    found = suggestion_rows(reader, scope(tenant, **given), kind)
    return [tuple(row[name] for name in columns) for row in found]


def second_margin(number: int) -> Decimal:
    told = statement(number)
    return (
        told["net_sales"]
        + told["other_income"]
        - sum(
            amount
            for name, amount in told.items()
            if name not in ("net_sales", "other_income", "marketing_costs")
        )
    )


def test_orders_that_their_delivery_made_lose_are_those_on_paper(reader: Any) -> None:
    found = rows(reader, "book", "delivery", "order_number", "saves")
    assert found == [("26", D("1.2")), ("14", D("0.9")), ("10", D("0.7")), ("28", D("0.7"))]
    assert dict(found) == {str(n): -second_margin(n) for n in (10, 14, 26, 28)}
    assert rows(reader, "leaks", "delivery", "order_number", "saves") == [("3", 3)]


def test_a_loss_that_delivery_did_not_make_is_not_said_to_be(reader: Any) -> None:
    """Number 12 was free, 19 and 5 came back, 20 was taken back by a bank: no charge for a parcel mends them."""
    losing = {number for number in STATEMENTS if second_margin(number) < 0}
    assert losing >= {5, 8, 12, 19, 20}
    told = {int(number) for (number,) in rows(reader, "book", "delivery", "order_number")}
    assert told.isdisjoint({5, 6, 8, 12, 19, 20})
    assert rows(reader, "book", "discounts", "order_number") == []


def test_a_discount_that_made_an_order_lose_is_told_with_its_largest_code(reader: Any) -> None:
    assert rows(reader, "leaks", "discounts", "order_number", "code", "discounts", "saves") == [
        ("3", "DEEP", 14, 3)
    ]


def test_products_that_lose_on_every_sale(reader: Any) -> None:
    assert rows(reader, "leaks", "products", "title", "units", "net_sales", "saves") == [("Pan", 2, 20, 12)]


def test_what_the_dearer_gateway_would_have_cost_at_the_share_of_the_cheapest(reader: Any) -> None:
    found = rows(reader, "leaks", "gateways", "gateway", "cheapest", "payment_costs", "saves")
    assert found == [("paypal", "stripe", D("0.6"), D("0.4"))]
    many = Scope("leaks", date(2026, 3, 1), date(2026, 3, 31))
    assert suggestion_rows(reader, many, "gateways") == []  # one payment is no price


def test_products_that_come_back_too_often(reader: Any) -> None:
    (row,) = suggestion_rows(reader, scope("leaks"), "returns")
    assert (row["title"], row["sold"], row["returned"], row["cost"]) == ("Cup", 10, 5, 17)
    assert row["saves"] == pytest.approx(D(7))
    assert row["usual_rate"] == pytest.approx(5 / 17)


@pytest.mark.parametrize("tenant", ["book", "leaks"])
def test_a_suggestion_saves_what_its_rows_do_and_the_most_comes_first(reader: Any, tenant: str) -> None:
    found = suggestions(reader, scope(tenant))
    assert [each.saves for each in found] == sorted((each.saves for each in found), reverse=True)
    for each in found:
        behind = suggestion_rows(reader, scope(tenant), each.kind.name)
        assert (each.rows, each.saves) == (len(behind), sum(row["saves"] for row in behind))
        assert {row["matches"] for row in behind} == {each.rows}
        assert all(row["saves"] > 0 for row in behind)
        assert all(column.name in row for column in each.kind.columns for row in behind)
    if tenant == "leaks":
        assert [each.kind.name for each in found] == [
            "products",
            "returns",
            "delivery",
            "discounts",
            "gateways",
        ]


def test_days_and_shops_outside_are_not_looked_at(reader: Any) -> None:
    assert suggestions(reader, Scope("leaks", date(2026, 3, 6), date(2026, 3, 31))) == []
    assert suggestions(reader, scope("leaks", shop="leaks-other")) == []
    assert len(suggestions(reader, scope("leaks", shop="leaks-shop"))) == 5
    assert suggestions(reader, Scope("nobody", date(2026, 3, 1), date(2026, 3, 31))) == []


def test_rows_are_found_by_name_and_turned_page_by_page(reader: Any) -> None:
    every = suggestion_rows(reader, scope("book"), "delivery")
    one, two = (suggestion_rows(reader, scope("book"), "delivery", limit=2, offset=at) for at in (0, 2))
    assert [row["order_id"] for row in (*one, *two)] == [row["order_id"] for row in every]
    assert [row["title"] for row in suggestion_rows(reader, scope("leaks"), "products", find="PA")] == ["Pan"]
    assert suggestion_rows(reader, scope("leaks"), "products", find="mug") == []


def test_payments_without_a_told_fee_and_without_an_entry_are_counted(reader: Any) -> None:
    found = reader.query(
        "select gateway, payments, received, payment_costs, assumed_payment_costs, unpriced_payments, unpriced_received"
        " from marts.gateway_costs_daily where tenant_id = 'leaks' order by gateway"
    ).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("cash", 1, 20, 0, 0, 0, 0),
        ("klarna", 1, 20, 0, 0, 1, 20),
        ("paypal", 1, 20, D("0.6"), D("0.6"), 0, 0),
        ("stripe", 1, 20, D("0.2"), D("0.2"), 0, 0),
    ]
