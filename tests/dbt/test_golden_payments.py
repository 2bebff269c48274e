"""What is paid, and what is paid with or beside a sale: gift cards, tips, duties, fees. The golden cases are told in ``golden``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.golden import case

pytestmark = pytest.mark.slow
D = Decimal


@case("capture")
def _capture(shop: Any) -> None:
    order = shop.sale("1", "2026-03-01 10:00:00", "100", discounts="10", taxes="17.10")
    shop.event(order, "order", "shipping", "2026-03-01 10:00:00", shipping="5", taxes="0.95")
    held = shop.payment(order, "authorization", "2026-03-01 10:00:00", "113.05")
    shop.payment(order, "capture", "2026-03-02 10:00:00", "113.05", parent_payment_id=held, fee="2.50")
    paid = shop.payment(order, "refund", "2026-03-04 10:00:00", "20", parent_payment_id=held)
    assert paid
    two = shop.sale("2", "2026-03-01 11:00:00", "80")
    shop.payment(two, "sale", "2026-03-01 11:00:00", "50", gateway="gift_card")
    shop.payment(two, "sale", "2026-03-01 11:00:00", "30", gateway="paypal")
    both = shop.sale("3", "2026-03-01 12:00:00", "40")
    sale = shop.payment(both, "sale", "2026-03-01 12:00:00", "40")
    shop.payment(both, "capture", "2026-03-01 12:00:01", "40", parent_payment_id=sale)
    wait = shop.sale("4", "2026-03-01 13:00:00", "60")
    shop.payment(wait, "sale", "2026-03-01 13:00:00", "60", status="pending")
    shop.payment(wait, "sale", "2026-03-01 13:05:00", "60", status="failure")
    shop.payment(wait, "authorization", "2026-03-01 13:10:00", "60")
    shop.payment(wait, "void", "2026-03-01 13:20:00", "60")
    shop.payment(wait, "sale", "2026-03-01 13:30:00", "1", is_test=True)


def test_02_an_order_paid_by_authorisation_and_capture_counts_once(golden: Any) -> None:
    """Order 1: 100 − 10 + 5 + tax 18.05 = 113.05, held on the 1st, captured on the 2nd; 20 went back on the 4th."""
    shop = golden["capture"]
    orders = shop.select(
        "order_number, gross_sales, discounts, shipping, taxes, total_sales", "marts.orders", "1"
    )
    assert orders[0] == ("1", D(100), D(10), D(5), D("18.05"), D("113.05"))
    received = shop.select("processed_date, kind, received, fee", "marts.payments", "order_id, payment_id")
    assert [(kind, amount) for _, kind, amount, _ in received[:3]] == [
        ("authorization", D(0)),
        ("capture", D("113.05")),
        ("refund", D(-20)),
    ]


def test_02_an_order_paid_in_two_payments_keeps_its_totals_and_both_payments(golden: Any) -> None:
    """Order 2: 80, paid 50 by gift card and 30 by PayPal. A join over payments would make 160 of it."""
    shop = golden["capture"]
    assert shop.select("net_sales", "marts.orders", "1", where="order_number = '2'") == [(D(80),)]
    assert shop.select("sum(received)", "marts.payments", "1", where="order_id like '%:2'") == [(D(80),)]


def test_02_payments_of_kind_sale_are_money_and_their_capture_is_not_more_of_it(golden: Any) -> None:
    """Order 3: a sale of 40 that the gateway also reports as captured: 40, not 0 and not 80."""
    shop = golden["capture"]
    assert shop.select("sum(received)", "marts.payments", "1", where="order_id like '%:3'") == [(D(40),)]


def test_02_pending_failed_held_voided_and_test_payments_are_no_money(golden: Any) -> None:
    """Order 4: nothing came in. All of the shop: 113.05 + 80 + 40 − 20 on two days."""
    shop = golden["capture"]
    assert shop.select("sum(received)", "marts.payments", "1", where="order_id like '%:4'") == [(D(0),)]
    assert shop.daily("payments_received, payment_fees") == [
        ("2026-03-01", D(120), D(0)),
        ("2026-03-02", D("113.05"), D("2.5")),
        ("2026-03-04", D(-20), D(0)),
    ]


@case("gift")
def _gift(shop: Any) -> None:
    card = shop.order("1", "2026-03-01 10:00:00")
    line = shop.line(card, is_gift_card=True)
    shop.event(
        card,
        "order",
        "gift_card",
        "2026-03-01 10:00:00",
        order_line_id=line,
        quantity=1,
        gift_card_sales="50",
    )
    spent = shop.sale("2", "2026-03-10 10:00:00", "70")
    shop.payment(spent, "sale", "2026-03-10 10:00:00", "50", gateway="gift_card")
    shop.payment(spent, "sale", "2026-03-10 10:00:00", "20")


def test_07_a_gift_card_is_no_sale_when_sold_and_what_it_buys_is(golden: Any) -> None:
    """Card of 50 sold on the 1st: beside sales. The order of 70 it pays in part counts in full: sales 70, not 120."""
    shop = golden["gift"]
    assert shop.daily("net_sales, total_sales, gift_card_sales, units_sold, orders") == [
        ("2026-03-01", D(0), D(0), D(50), D(0), D(1)),
        ("2026-03-10", D(70), D(70), D(0), D(1), D(1)),
    ]


@case("tips")
def _tips(shop: Any) -> None:
    at = "2026-03-01 10:00:00"
    order = shop.sale("1", at, "40")
    shop.event(order, "order", "tip", at, tips="4")
    shop.event(order, "order", "duty", at, duties="6")
    shop.event(order, "order", "fee", at, additional_fees="1")


def test_08_tips_stand_beside_sales_and_duties_and_fees_within_the_total(golden: Any) -> None:
    """40 + duty 6 + fee 1 = 47; the tip of 4 is in no sales figure."""
    shop = golden["tips"]
    assert shop.daily("net_sales, duties, additional_fees, total_sales, tips") == [
        ("2026-03-01", D(40), D(6), D(1), D(47), D(4))
    ]
