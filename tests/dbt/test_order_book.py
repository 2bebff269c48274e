"""The waterfall, against an order book by hand: every statement, and the same sums at every grain, on each engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.order_book import LINES, STATEMENTS, statement, write_book

from fondaco.warehouse.dbt import BuildError

D = Decimal

pytestmark = pytest.mark.slow
ZERO = dict.fromkeys(LINES, D(0))
SUMS = ", ".join(f"sum({name}) as {name}" for name in LINES)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("order_book_duckdb")),
        pytest.param(
            "postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("order_book_postgres")]
        ),
    ],
)
def book(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    shop = shop_type(open_books(request.param), "book")
    write_book(shop)
    shop.write().books.build()
    return shop


def lines(shop: Any, table: str, key: str, where: str = "true") -> dict[Any, dict[str, D]]:
    """The waterfall's lines of a mart, by a column of it."""
    columns = f"{key} as key, {SUMS}"
    found = shop.select(columns, f"marts.{table}", "1", where=where, group=key)
    return {row[0]: dict(zip(LINES, row[1:], strict=True)) for row in found}


def total(statements: Any) -> dict[str, D]:
    rows = list(statements)
    return {name: sum((row[name] for row in rows), D(0)) for name in LINES}


@pytest.mark.parametrize("number", STATEMENTS)
def test_the_statement_of_an_order_is_the_one_on_paper(book: Any, number: int) -> None:
    assert lines(book, "order_profit", "order_number", f"order_number = '{number}'") == {
        str(number): statement(number)
    }


def test_what_no_order_bears_stays_with_its_day(book: Any) -> None:
    found = book.select(
        "profit_event_type, cast(event_date as varchar) as day, sum(marketing_costs) as marketing, sum(fixed_costs) as fixed", "marts.profit_ledger", "1, 2",
        where="order_id is null", group="profit_event_type, event_date",
    )  # fmt: skip
    rent = [("fixed", f"2026-03-{day:02}", 0, 10) for day in range(1, 32)]
    assert found == [*rent, ("marketing", "2026-03-29", 10, 0)]


@pytest.mark.parametrize(
    ("table", "key", "where"),
    [
        ("profit_ledger", "tenant_id", "true"),
        ("profit_ledger", "product_id", "true"),
        ("profit_daily", "profit_date", "clock = 'finance'"),
        ("profit_daily", "profit_date", "clock = 'order'"),
        ("profit_daily", "country", "clock = 'finance'"),
        ("profit_daily", "channel", "clock = 'order'"),
    ],
)
def test_every_grain_has_the_same_sums(book: Any, table: str, key: str, where: str) -> None:
    everything = total(statement(number) for number in STATEMENTS)
    everything["marketing_costs"] += 10
    assert total(lines(book, table, key, where).values()) == everything


def test_products_have_all_that_orders_have(book: Any) -> None:
    everything = total(statement(number) for number in STATEMENTS)
    assert total(lines(book, "profit_ledger", "sku", "order_id is not null").values()) == everything


def test_marketing_and_rent_are_what_was_spent(book: Any) -> None:
    spent = book.select(
        "sum(marketing_costs) as marketing, sum(fixed_costs) as fixed", "marts.profit_ledger", "1"
    )
    anna = D("1.8")
    assert spent == [(300 + anna, 310)]


def test_lines_of_an_order_share_its_costs_by_their_value(book: Any) -> None:
    found = lines(book, "profit_ledger", "sku", "order_id = 'book-shop:30'")
    assert found == {
        "MUG": {**ZERO, "net_sales": D(10), "cost_of_goods": D(5), "shipping_costs": D(1), "fulfilment_costs": D("0.575"),
                "marketing_costs": D("2.5")},
        "NEW": {**ZERO, "net_sales": D(20), "cost_of_goods": D(8), "shipping_costs": D(2), "fulfilment_costs": D("1.15"),
                "marketing_costs": D(5)},
        "TEA": {**ZERO, "net_sales": D(10), "cost_of_goods": D(5), "shipping_costs": D(1), "fulfilment_costs": D("0.575"),
                "marketing_costs": D("2.5")},
    }  # fmt: skip


def test_each_clock_has_things_on_its_own_day(book: Any) -> None:
    """A chargeback of the 28th is of an order of the 19th; a capture of the 27th of one of the 25th."""

    def days(clock: str) -> list[tuple[Any, ...]]:
        rows = book.select(
            "cast(profit_date as varchar) as day, sum(payment_costs) as payments, sum(chargebacks) as chargebacks", "marts.profit_daily", "1",
            where=f"clock = '{clock}' and profit_date in (date '2026-03-19', date '2026-03-25', date '2026-03-27', date '2026-03-28')",
            group="profit_date",
        )  # fmt: skip
        return [row for row in rows if any(row[1:])]

    assert days("finance") == [
        ("2026-03-19", D("0.6"), 0),
        ("2026-03-27", D("0.5"), 0),
        ("2026-03-28", 15, 20),
    ]
    assert days("order") == [("2026-03-19", D("15.6"), 20), ("2026-03-25", D("0.5"), 0)]


def test_what_is_assumed_is_counted(book: Any) -> None:
    found = book.select("order_number, assumed_cost_of_goods, assumed_payment_costs", "marts.order_profit", "1",
                        where="assumed_cost_of_goods <> 0 or assumed_payment_costs <> 0")  # fmt: skip
    assert found == [
        ("15", 20, 0), ("16", 20, 0), ("25", 0, D("0.86417")), ("30", 8, 0), ("8", 0, D("1.8")),
    ]  # fmt: skip


def test_the_semantic_layer_says_what_the_paper_says(book: Any) -> None:
    from fondaco.metrics import MetricQuery, SemanticLayer

    class Marts:
        dialect = book.books.warehouse.dialect
        version = "1"

        def query(self, sql: str, params: Any = None) -> Any:
            with book.books.warehouse.writer() as writer:
                return writer.fetch(sql, params)

    asked = (
        "net_sales",
        "contribution_margin_1",
        "contribution_margin_2",
        "contribution_margin_3",
        "net_profit",
    )
    query = MetricQuery(metrics=asked, first=date(2026, 3, 1), last=date(2026, 3, 31))
    (found,) = SemanticLayer.load().query(Marts(), query, "book").to_pylist()
    sums = total(statement(number) for number in STATEMENTS)
    first = sums["net_sales"] - sums["cost_of_goods"]
    second = first + sums["other_income"] - sum(sums[name] for name in LINES[3:10])
    third = second - sums["marketing_costs"] - 10
    assert [found[name] for name in asked] == [sums["net_sales"], first, second, third, third - 310]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_amounts_in_the_millions_are_reckoned_to_the_cent(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    shop = shop_type(open_books(engine), "large")
    for kind, rate in (("marketplace_fee", "0.123456789"), ("duty", "0.08"), ("payment_fee", "0.029")):
        shop.cost(kind, rate=rate)
    shop.cost("default_product_cost", rate="0.333333333")
    shop.cost("fixed", item="Rent", amount="31000000.31", currency="EUR")
    order = shop.sale("1", "2026-03-01 10:00:00", "98765432.10")
    shop.payment(order, "sale", "2026-03-01 10:00:00", "98765432.10")
    shop.write().books.build()
    found = shop.select(
        "sum(marketplace_fees) as fees, sum(duty_costs) as duties, sum(payment_costs) as payments, sum(cost_of_goods) as goods,"
        " sum(fixed_costs) as rent", "marts.profit_ledger", "1",
    )  # fmt: skip
    assert found == [
        (D("12193263.111264"), D("7901234.568"), D("2864197.5309"), D("32921810.667078"), D("31000000.31"))
    ]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_parcel_costs_what_its_weight_and_country_say(open_books: Any, shop_type: Any, engine: str) -> None:
    """A country's own table stands instead of the one for all; what no shop weighs is taken to be light."""
    shop = shop_type(open_books(engine), "parcels")
    for country, weight_from, weight_to, amount in (
        ("DE", None, 1000, "4"), ("DE", 1000, 5000, "6"), (None, None, None, "12"),
    ):  # fmt: skip
        shop.cost(
            "shipping_cost",
            country=country,
            weight_from=weight_from,
            weight_to=weight_to,
            amount=amount,
            currency="EUR",
        )
    for number, country, grams in (
        ("1", "DE", 999), ("2", "DE", 1000), ("3", "DE", None), ("4", "DE", 5000), ("5", "FR", 1000), ("6", "FR", None),
    ):  # fmt: skip
        shop.sale(number, "2026-03-01 10:00:00", "10", country=country, weight_grams=grams)
    shop.write().books.build()
    found = shop.select(
        "order_number, shipping_costs, shipping_entry_id is null as unpriced", "marts.order_profit", "1"
    )
    assert found == [
        ("1", 4, False), ("2", 6, False), ("3", 4, False), ("4", 0, True), ("5", 12, False), ("6", 12, False),
    ]  # fmt: skip


def test_what_has_no_first_day_begins_with_the_merchants_own_first_order(
    open_books: Any, shop_type: Any
) -> None:
    """Neither another merchant's history nor an older entry makes anybody pay rent before they had a shop."""
    books = open_books()
    old, young = shop_type(books, "old"), shop_type(books, "young")
    old.sale("1", "2025-01-01 10:00:00", "10")
    young.sale("1", "2026-03-29 10:00:00", "10")
    young.cost("fixed", item="Rent", amount="31", currency="EUR")
    young.cost("fixed", item="Loan", amount="62", currency="EUR", valid_from="2026-03-28")
    for shop in (old, young):
        shop.write()
    books.build()
    found = young.select(
        "line_title, count(*) as days, sum(fixed_costs) as fixed", "marts.profit_ledger", "1",
        where="order_id is null", group="line_title",
    )  # fmt: skip
    assert found == [("Loan", 4, 8), ("Rent", 3, 3)]
    assert old.select("sum(fixed_costs) as fixed", "marts.profit_ledger", "1") == [(0,)]


def test_goods_come_back_at_their_cost_also_where_the_return_names_no_line(
    open_books: Any, shop_type: Any
) -> None:
    shop = shop_type(open_books(), "loose")
    shop.variant("MUG", None)
    shop.cost("product_cost", item="MUG", amount="4", currency="EUR")
    for number, variant in (("1", shop.id("MUG")), ("2", None)):
        order = shop.order(number, "2026-03-01 10:00:00")
        sku = {"sku": "MUG"} if variant else {"sku": None}
        line = shop.line(order, quantity=1, gross_sales="10", **sku)
        goods = {"product_id": shop.id("P"), "variant_id": variant}
        shop.event(
            order,
            "order",
            "product",
            "2026-03-01 10:00:00",
            order_line_id=line,
            quantity=1,
            gross_sales="10",
            **goods,
        )
        shop.event(
            order,
            "return",
            "product",
            "2026-03-02 10:00:00",
            quantity=-1,
            returns="10",
            units_restocked=1,
            **goods,
        )
    shop.write().books.build()
    assert shop.select("order_number, cost_of_goods", "marts.order_profit", "1") == [("1", 0), ("2", 0)]


@pytest.mark.parametrize(
    ("kind", "model"),
    [("product_cost", "profit_ledger"), ("shipping_cost", "order_rules"), ("fixed", "cost_days")],
)
def test_a_cost_in_a_currency_that_nobody_quotes_stops_the_build(
    open_books: Any, shop_type: Any, kind: str, model: str
) -> None:
    shop = shop_type(open_books(), "unquoted")
    shop.sale("1", "2026-03-01 10:00:00", "10", sku="CAP")
    shop.cost(kind, item="CAP", amount="6", currency="USD")
    shop.write()
    with pytest.raises(BuildError, match=model):
        shop.books.build()


def test_only_orders_bear_marketing_and_can_lose_money(open_books: Any, shop_type: Any) -> None:
    """A document of returned goods is no order, and neither is one whose sales have not arrived."""
    shop = shop_type(open_books(), "documents")
    shop.cost(
        "marketing",
        item="Agency",
        amount="30",
        currency="EUR",
        valid_from="2026-03-01",
        valid_to="2026-03-03",
    )
    shop.sale("1", "2026-03-01 10:00:00", "10")
    returned = shop.order("2", "2026-03-02 10:00:00", order_status="returned")
    shop.event(
        returned, "return", "product", "2026-03-02 10:00:00", quantity=-1, returns="10", units_restocked=1
    )
    empty = shop.order("3", "2026-03-03 10:00:00")
    shop.payment(empty, "sale", "2026-03-03 10:00:00", "10", fee="0.5")
    shop.write().books.build()
    found = shop.select("order_id, sum(marketing_costs) as marketing", "marts.profit_ledger", "1 nulls last",
                        where="marketing_costs <> 0", group="order_id")  # fmt: skip
    assert found == [(shop.id("1"), 10), (None, 20)]


def test_an_entry_for_every_gateway_is_not_for_gift_cards_and_cash(open_books: Any, shop_type: Any) -> None:
    shop = shop_type(open_books(), "gateways")
    shop.cost("payment_fee", amount="0.25", currency="EUR")
    shop.cost("payment_fee", item="COD", amount="3", currency="EUR")
    for number, gateway in enumerate(("paypal", "gift_card", "cash", "cod", None)):
        order = shop.sale(str(number), "2026-03-01 10:00:00", "10")
        shop.payment(order, "sale", "2026-03-01 10:00:00", "10", gateway=gateway)
    shop.write().books.build()
    found = shop.select("order_number, payment_costs", "marts.order_profit", "1")
    assert found == [("0", D("0.25")), ("1", 0), ("2", 0), ("3", 3), ("4", D("0.25"))]
