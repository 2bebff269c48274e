"""Fees that a platform tells stand in the place of what the cost sheet assumes, and none is lost: on each engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

D = Decimal
DAY = "2026-03-02 10:00:00"

pytestmark = pytest.mark.slow


def write_market(shop: Any) -> None:
    """A market place in the time zone of Berlin, reported in euros, and what the cost sheet assumes of it."""
    shop.cost("marketplace_fee", rate="0.15", item="web", amount="1", currency="EUR")
    shop.cost("shipping_cost", amount="4.90", currency="EUR")
    shop.cost("fulfilment", amount="1.20", currency="EUR")
    shop.cost("packaging", amount="0.60", currency="EUR")
    shop.cost("return_handling", amount="2.50", currency="EUR")
    shop.cost("payment_fee", rate="0.02", currency="EUR")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("fees_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("fees_postgres")]),
    ],
)
def market(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    books = open_books(request.param)
    shop = shop_type(books, "market", time_zone="Europe/Berlin")
    shop.rate("2026-03-01", "USD", "1.25")
    write_market(shop)

    shop.sale("assumed", DAY, "100")

    told = shop.sale("told", DAY, "100")
    shop.fee(told, "marketplace", "2026-03-03 10:00:00", "12.34", "Commission")
    shop.fee(told, "fulfilment", "2026-03-03 10:00:00", "3.10", "FBAPerUnitFulfillmentFee")
    shop.fee(told, "other", "2026-03-03 10:00:00", "0.07", "Sundries")

    carried = shop.sale("carried", DAY, "100")
    shop.fee(carried, "shipping", "2026-03-03 22:59:00", "3.33", "Label")
    shop.fee(carried, "advertising", "2026-03-03 23:00:00", "2.22", "Promoted")

    returned = shop.sale("returned", DAY, "100")
    shop.event(
        returned, "return", "product", "2026-03-20 10:00:00", returns="100", quantity=-1, units_restocked=1
    )
    shop.fee(returned, "marketplace", "2026-03-03 10:00:00", "15", "Commission")
    shop.fee(returned, "marketplace", "2026-03-20 10:00:00", "-12", "Commission")
    shop.fee(returned, "return", "2026-03-20 10:00:00", "1.99", "Returns processing")

    paid = shop.sale("paid", DAY, "100")
    shop.payment(paid, "sale", DAY, "50")
    shop.payment(paid, "sale", DAY, "50")
    shop.fee(paid, "payment", DAY, "1.11", "Payment processing")

    lines = shop.sale("lines", DAY, "30")
    second = shop.line(lines, "2", gross_sales="60")
    shop.event(lines, "order", "product", DAY, order_line_id=second, quantity=1, gross_sales="60")
    shop.fee(lines, "marketplace", DAY, "9.00", "Commission", order_line_id=second)
    shop.fee(lines, "marketplace", DAY, "0.10", "Per order")
    shop.fee(lines, "fulfilment", DAY, "4.00", "Pick", order_line_id=shop.id("nowhere/1"))

    dollars = shop.sale("dollars", DAY, "10")
    shop.fee(dollars, "marketplace", DAY, "2.00", "Commission", currency="USD")

    cancelled = shop.sale("cancelled", DAY, "100", counts_in_sales=False)
    shop.fee(cancelled, "marketplace", "2026-03-05 10:00:00", "0.50", "Cancellation")
    shop.fee(shop.id("unknown"), "marketplace", "2026-03-06 10:00:00", "-0.25", "Commission")
    shop.fee(None, "subscription", "2026-03-07 10:00:00", "39", "Subscription")
    shop.fee(None, "storage", "2026-03-07 10:00:00", "7.77", "Storage")
    shop.fee(None, "shipping", "2026-03-08 10:00:00", "5.55", "Inbound")
    shop.fee(None, "advertising", DAY, "7", "Sponsored")
    shop.fee(None, "advertising", "2026-03-09 10:00:00", "3", "Sponsored")
    shop.write().books.build()
    return shop


def statement(shop: Any, order: str) -> dict[str, D]:
    """Costs of an order that are not nought, without its goods and its part of the account's advertising."""
    names = ("shipping_costs", "fulfilment_costs", "payment_costs", "assumed_payment_costs", "marketplace_fees", "return_costs")  # fmt: skip
    [found] = shop.select(", ".join(names), "marts.order_profit", "1", where=f"order_number = '{order}'")
    return {name: amount for name, amount in zip(names, found, strict=True) if amount}


def test_an_order_of_which_nothing_is_told_costs_what_the_sheet_says(market: Any) -> None:
    assert statement(market, "assumed") == {
        "shipping_costs": D("4.90"), "fulfilment_costs": D("1.80"), "marketplace_fees": D("16"),
    }  # fmt: skip


def test_told_fees_stand_in_the_place_of_the_sheet(market: Any) -> None:
    """Who is charged for fulfilment has others pack and carry; what is called otherwise comes on top."""
    assert statement(market, "told") == {"fulfilment_costs": D("3.10"), "marketplace_fees": D("12.41")}
    assert statement(market, "carried") == {
        "shipping_costs": D("3.33"), "fulfilment_costs": D("1.80"), "marketplace_fees": D("16"),
    }  # fmt: skip
    assert statement(market, "returned") == {
        "shipping_costs": D("4.90"), "fulfilment_costs": D("1.80"), "marketplace_fees": D("3"), "return_costs": D("1.99"),
    }  # fmt: skip


def test_a_told_payment_fee_is_known_and_not_reckoned(market: Any) -> None:
    assert statement(market, "paid")["payment_costs"] == D("1.11")
    assert "assumed_payment_costs" not in statement(market, "paid")
    assert market.select(
        "payments, received, payment_costs, unpriced_payments", "marts.gateway_costs_daily", "1"
    ) == [(2, D("100"), D("1.11"), 0)]


def test_a_parcel_that_others_carry_is_not_one_without_a_price(market: Any) -> None:
    told = market.select("order_number", "marts.order_profit", "1", where="shipping_entry_id = 'fees'")
    assert told == [("carried",), ("lines",), ("told",)]


def test_each_fee_falls_on_its_own_day_by_the_finance_clock(market: Any) -> None:
    """The day is that of Berlin: 22:59 and 23:00 of UTC are two of them."""
    found = market.select(
        "cast(event_date as varchar) as day, sum(marketplace_fees) as fees, sum(shipping_costs) as carried,"
        " sum(marketing_costs) as marketing",
        "marts.profit_ledger", "1", where="profit_event_type = 'fee' and order_id is not null", group="event_date",
    )  # fmt: skip
    assert found == [
        ("2026-03-02", D("10.70"), D(0), D(0)),
        ("2026-03-03", D("27.41"), D("3.33"), D(0)),
        ("2026-03-04", D(0), D(0), D("2.22")),
        ("2026-03-20", D("-12"), D(0), D(0)),
    ]


def test_a_line_bears_what_is_told_of_it_and_all_share_the_rest_by_their_value(market: Any) -> None:
    found = market.select(
        "order_line_id, sum(marketplace_fees) as fees, sum(fulfilment_costs) as packed", "marts.profit_ledger", "1",
        where=f"order_id = '{market.id('lines')}'", group="order_line_id",
    )  # fmt: skip
    assert found == [
        (market.id("lines/1"), D("0.033333"), D("1.333333")),
        (market.id("lines/2"), D("9.066667"), D("2.666667")),
    ]


def test_a_fee_in_another_currency_is_converted_at_the_rate_of_its_day(market: Any) -> None:
    assert statement(market, "dollars")["marketplace_fees"] == D("1.60")


def test_what_no_order_bears_stays_with_its_day_and_its_shop(market: Any) -> None:
    """Of orders that count in no sales or have not arrived, and of the account; advertising is borne by orders of its day, if any."""
    found = market.select(
        "profit_event_type, line_title, cast(event_date as varchar) as day, connection_id, marketplace_fees, shipping_costs,"
        " fixed_costs, marketing_costs",
        "marts.profit_ledger", "day, line_title", where="order_id is null",
    )  # fmt: skip
    shop = market.connection
    assert found == [
        ("fee", "Cancellation", "2026-03-05", shop, D("0.50"), D(0), D(0), D(0)),
        ("fee", "Commission", "2026-03-06", shop, D("-0.25"), D(0), D(0), D(0)),
        ("fee", "Storage", "2026-03-07", shop, D(0), D(0), D("7.77"), D(0)),
        ("fee", "Subscription", "2026-03-07", shop, D(0), D(0), D("39"), D(0)),
        ("fee", "Inbound", "2026-03-08", shop, D(0), D("5.55"), D(0), D(0)),
        ("marketing", "Sponsored", "2026-03-09", shop, D(0), D(0), D(0), D("3")),
    ]
    borne = market.select("sum(marketing_costs) as borne", "marts.order_profit", "1")
    assert borne == [(D("9.22"),)]


def test_profit_holds_every_fee_that_was_told_to_the_cent(market: Any) -> None:
    """What is not a fee in this book: assumed carriers, boxes, shares and handling, of which the statements above tell."""
    [(told,)] = market.select("sum(amount) as told", "marts.fees", "1")
    [(borne,)] = market.select(
        "sum(shipping_costs + fulfilment_costs + payment_costs + marketplace_fees + return_costs + marketing_costs"
        " + fixed_costs) as borne",
        "marts.profit_ledger", "1", where="profit_event_type <> 'sale' or marketing_costs <> 0",
    )  # fmt: skip
    assumed = market.select(
        "sum(shipping_costs + fulfilment_costs + payment_costs + marketplace_fees + return_costs) as assumed",
        "marts.profit_ledger", "1", where="profit_event_type = 'sale' and marketing_costs <> 0",
    )  # fmt: skip
    assert borne - assumed[0][0] == told
