"""What is sold, changed, taken back and taxed. The golden cases are told in ``golden``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.golden import case

pytestmark = pytest.mark.slow
D = Decimal


@case("refunds")
def _refunds(shop: Any) -> None:
    order = shop.sale("1", "2026-03-01 10:00:00", "100", quantity=4)
    shop.event(order, "return", "product", "2026-03-05 10:00:00", returns="25", quantity=-1)
    shop.refund(order, "2026-03-05 10:00:00", "25")
    shop.event(order, "return", "product", "2026-03-09 10:00:00", returns="75", quantity=-3)
    shop.refund(order, "2026-03-09 10:00:00", "75")


def test_01_a_partial_refund_and_then_a_full_one_give_back_the_order_once(golden: Any) -> None:
    """Order of 100. 25 back on the 5th, the remaining 75 on the 9th: together 100, never 125."""
    shop = golden["refunds"]
    assert shop.daily("gross_sales, returns, net_sales, refunds, refunded_amount") == [
        ("2026-03-01", D(100), D(0), D(100), D(0), D(0)),
        ("2026-03-05", D(0), D(25), D(-25), D(1), D(25)),
        ("2026-03-09", D(0), D(75), D(-75), D(1), D(75)),
    ]
    assert shop.daily("gross_sales, returns, net_sales, units_sold, net_units", "order") == [
        ("2026-03-01", D(100), D(100), D(0), D(4), D(0))
    ]


@case("edited")
def _edited(shop: Any) -> None:
    order = shop.sale("1", "2026-03-01 23:00:00", "30", quantity=3)
    shop.event(order, "edit", "product", "2026-03-02 09:00:00", gross_sales="-10", quantity=-1)
    shop.event(order, "edit", "product", "2026-03-02 09:00:00", gross_sales="40", quantity=1)


def test_04_an_order_edited_the_next_day_counts_the_change_on_that_day(golden: Any) -> None:
    """30 on the 1st; one piece of 10 out and one of 40 in on the 2nd. By the order clock all 60 stand on the 1st."""
    shop = golden["edited"]
    assert shop.daily("gross_sales, net_sales, units_sold, orders") == [
        ("2026-03-01", D(30), D(30), D(3), D(1)),
        ("2026-03-02", D(30), D(30), D(0), D(0)),
    ]
    assert shop.daily("gross_sales, net_sales, units_sold, orders", "order") == [
        ("2026-03-01", D(60), D(60), D(3), D(1))
    ]


@case("exchange")
def _exchange(shop: Any) -> None:
    order = shop.sale("1", "2026-03-01 10:00:00", "60", sku="RED", email="e@x.example")
    shop.event(order, "return", "product", "2026-03-08 10:00:00", returns="60", quantity=-1)
    shop.sale(
        "2", "2026-03-08 10:05:00", "60", discounts="60", sku="BLUE", email="e@x.example", channel="draft"
    )


def test_05_an_exchange_through_a_returns_app_keeps_the_sale(golden: Any) -> None:
    """60 sold, 60 returned, and a new order of 60 at 100 % discount: the shop kept nothing, and says so.

    The returns app refunds on paper and never pays out; the replacement is a second order of a returning customer.
    """
    shop = golden["exchange"]
    assert shop.daily("gross_sales, discounts, returns, net_sales, orders") == [
        ("2026-03-01", D(60), D(0), D(0), D(60), D(1)),
        ("2026-03-08", D(60), D(60), D(60), D(-60), D(1)),
    ]
    assert shop.select("order_number, customer_type, net_sales", "marts.orders", "1") == [
        ("1", "new", D(0)),
        ("2", "returning", D(0)),
    ]


@case("odd-refunds")
def _odd_refunds(shop: Any) -> None:
    at = "2026-03-01 10:00:00"
    first = shop.sale("1", at, "100", taxes="19")
    shop.event(first, "order", "shipping", at, shipping="10", taxes="1.90")
    later = "2026-03-03 10:00:00"
    shop.event(first, "return", "product", later, returns="50", taxes="-9.50", quantity=-1)
    shop.event(first, "return", "adjustment", later, returns="-5")
    shop.refund(first, later, "54.50")
    shop.event(first, "return", "shipping", "2026-03-04 10:00:00", shipping="-10", taxes="-1.90")
    shop.refund(first, "2026-03-04 10:00:00", "11.90")
    shop.event(first, "return", "adjustment", "2026-03-05 10:00:00", taxes="-9.50")
    shop.refund(first, "2026-03-05 10:00:00", "9.50")


def test_06_refund_adjustments_shipping_only_and_tax_only_refunds_fall_where_they_belong(golden: Any) -> None:
    """50 of goods back less 5 kept: returns 45. Shipping alone lowers shipping, tax alone lowers tax.

    Total: 130.90 − 54.50 − 11.90 − 9.50 = 55.00, which is what the refunds leave.
    """
    shop = golden["odd-refunds"]
    assert shop.daily("net_sales, shipping, taxes, total_sales, refunded_amount") == [
        ("2026-03-01", D(100), D(10), D("20.9"), D("130.9"), D(0)),
        ("2026-03-03", D(-45), D(0), D("-9.5"), D("-54.5"), D("54.5")),
        ("2026-03-04", D(0), D(-10), D("-1.9"), D("-11.9"), D("11.9")),
        ("2026-03-05", D(0), D(0), D("-9.5"), D("-9.5"), D("9.5")),
    ]


@case("shelf")
def _shelf(shop: Any) -> None:
    order = shop.sale("1", "2026-03-01 10:00:00", "60", quantity=6)
    shop.event(
        order, "edit", "product", "2026-03-01 11:00:00", gross_sales="-10", quantity=-1, units_restocked=1
    )
    for day, units, restocked in (("03", 2, 1), ("04", 1, 0), ("05", 1, None)):
        shop.event(
            order, "return", "product", f"2026-03-{day} 10:00:00", returns=str(10 * units), quantity=-units,
            units_restocked=restocked,
        )  # fmt: skip
    shop.event(order, "return", "shipping", "2026-03-06 10:00:00", shipping="-5")
    card = "2026-03-07 10:00:00"
    shop.event(order, "return", "gift_card", card, gift_card_sales="-25", quantity=-1, units_restocked=1)
    cancelled = shop.sale("2", "2026-03-08 10:00:00", "10", is_cancelled=True)
    shop.event(
        cancelled, "return", "product", "2026-03-08 12:00:00", returns="10", quantity=-1, units_restocked=1
    )


def test_the_ledger_says_of_pieces_that_come_back_whether_they_are_in_stock(golden: Any) -> None:
    """Six sold: one taken out before it was shipped, one of two back on the shelf, one broken, one of which nobody tells.

    What sells, and money alone, puts nothing back; a gift card is no piece. A cancelled order's piece never left.
    """
    assert golden["shelf"].select(
        "cast(event_date as varchar), event_type, line_type, units_sold, units_returned, units_restocked",
        "marts.sales_ledger", "event_at",
    ) == [
        ("2026-03-01", "order", "product", 6, 0, 0),
        ("2026-03-01", "edit", "product", -1, 0, 1),
        ("2026-03-03", "return", "product", 0, 2, 1),
        ("2026-03-04", "return", "product", 0, 1, 0),
        ("2026-03-05", "return", "product", 0, 1, None),
        ("2026-03-06", "return", "shipping", 0, 0, 0),
        ("2026-03-07", "return", "gift_card", 0, 0, 0),
        ("2026-03-08", "order", "product", 1, 0, 0),
        ("2026-03-08", "return", "product", 0, 1, 1),
    ]  # fmt: skip


@case("vat")
def _vat(shop: Any) -> None:
    shop.sale("gross", "2026-03-01 10:00:00", "100", taxes="19", prices_include_tax=True, vendor_total="119")
    shop.sale("reverse", "2026-03-02 10:00:00", "100", country="AT", vendor_total="100")


def test_10_gross_is_before_tax_where_prices_include_it_and_reverse_charge_has_none(golden: Any) -> None:
    """Displayed 119 with 19 % inside: gross 100, tax 19. Reverse charge: 100 and no tax."""
    shop = golden["vat"]
    assert shop.daily("gross_sales, taxes, total_sales") == [
        ("2026-03-01", D(100), D(19), D(119)),
        ("2026-03-02", D(100), D(0), D(100)),
    ]


@case("not-sales")
def _not_sales(shop: Any) -> None:
    shop.sale("deleted", "2026-03-01 10:00:00", "1", is_deleted=True, counts_in_sales=False)
    shop.sale("test", "2026-03-01 10:00:00", "2", is_test=True, counts_in_sales=False)
    unpaid = shop.sale("unpaid", "2026-03-02 10:00:00", "4", is_cancelled=True, financial_status="voided")
    shop.event(unpaid, "return", "product", "2026-03-03 10:00:00", returns="4", quantity=-1)
    shop.sale("failed", "2026-03-02 10:00:00", "8", order_status="failed", counts_in_sales=False)
    shop.refund(shop.id("deleted"), "2026-03-02 10:00:00", "1")
    shop.payment(shop.id("test"), "sale", "2026-03-02 10:00:00", "2")


def test_16_deleted_and_test_orders_are_nowhere_and_cancelled_ones_as_the_vendor_counts_them(
    golden: Any,
) -> None:
    """Only the cancelled unpaid order counts, as Shopify has it: 4 sold on the 2nd, 4 taken back on the 3rd."""
    shop = golden["not-sales"]
    assert shop.daily("gross_sales, returns, orders, refunds, payments_received") == [
        ("2026-03-02", D(4), D(0), D(1), D(0), D(0)),
        ("2026-03-03", D(0), D(4), D(0), D(0), D(0)),
    ]
    assert shop.select("order_number, is_cancelled", "marts.orders", "1") == [("unpaid", True)]
    assert shop.select("count(*)", "marts.sales_ledger", "1") == [(2,)]
