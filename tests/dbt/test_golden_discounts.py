"""Discounts and codes. The golden cases are told in ``golden``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.golden import case

pytestmark = pytest.mark.slow
D = Decimal


@case("subtotal")
def _subtotal(shop: Any) -> None:
    shop.sale("1", "2026-03-01 10:00:00", "50", discounts="5", taxes="8.55", vendor_total="53.55")


def test_03_discounts_are_taken_off_once(golden: Any) -> None:
    """Price 50, discount 5: net 45. Taking 5 off the subtotal of 45 again would give 40."""
    shop = golden["subtotal"]
    assert shop.daily("gross_sales, discounts, net_sales, total_sales") == [
        ("2026-03-01", D(50), D(5), D(45), D("53.55"))
    ]


@case("long")
def _long(shop: Any) -> None:
    at = "2026-03-01 10:00:00"
    order = shop.order("1", at)
    for number in range(130):
        line = shop.line(order, str(number), sku=f"S{number}", gross_sales="1")
        shop.event(order, "order", "product", at, order_line_id=line, quantity=1, gross_sales="1")
        shop.discount(order, f"CODE{number}", "0.10")


def test_12_an_order_with_more_than_a_hundred_lines_and_codes_is_whole(golden: Any) -> None:
    """130 lines of 1 with 130 codes of 0.10."""
    shop = golden["long"]
    assert shop.daily("gross_sales, units_sold, orders") == [("2026-03-01", D(130), D(130), D(1))]
    assert shop.select("count(*), sum(amount)", "marts.order_discounts", "1") == [(130, D(13))]


@case("codes")
def _codes(shop: Any) -> None:
    first = shop.sale("1", "2026-03-01 10:00:00", "100", discounts="15")
    shop.discount(first, "SPRING", "10")
    shop.discount(first, "spring ", "5")
    second = shop.sale("2", "2026-03-01 11:00:00", "100", discounts="10")
    shop.discount(second, "SPRING", "7")
    shop.discount(second, None, "3", title="3 for 2")


def test_a_code_used_at_two_values_on_an_order_does_not_repeat_its_totals(golden: Any) -> None:
    """SPRING: 10 + 5 on order 1 (net 85), 7 on order 2 (net 90): two orders, 22 off, net 175 and not 260."""
    shop = golden["codes"]
    assert shop.select("code, orders, discounts, net_sales", "marts.discount_codes_daily", "1") == [
        ("SPRING", 2, D(22), D(175))
    ]
