"""On which day an amount falls, and at which rate. The golden cases are told in ``golden``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.golden import case

from fondaco.metrics import MetricQuery, SemanticLayer, bridge

pytestmark = pytest.mark.slow
D = Decimal


@case("midnight", time_zone="America/New_York")
def _midnight(shop: Any) -> None:
    shop.sale("late", "2026-03-02 04:59:59", "1")
    shop.sale("early", "2026-03-02 05:00:00", "2")
    shop.sale("before-change", "2026-03-08 04:59:59", "4")
    shop.sale("after-change", "2026-03-09 03:59:59", "8")
    shop.sale("next", "2026-03-09 04:00:00", "16")


def test_09_days_are_cut_in_the_shops_zone_across_midnight_and_daylight_saving(golden: Any) -> None:
    """New York is UTC−5 until 8 March 2026 and UTC−4 after: 04:59:59Z is the day before, then 03:59:59Z is."""
    shop = golden["midnight"]
    assert shop.daily("net_sales", "order") == [
        ("2026-03-01", D(1)),
        ("2026-03-02", D(2)),
        ("2026-03-07", D(4)),
        ("2026-03-08", D(8)),
        ("2026-03-09", D(16)),
    ]


def test_09_hours_are_those_of_the_shops_clock_also_after_it_was_set_forward(golden: Any) -> None:
    """The last second of a day is 04:59:59Z until 8 March 2026, and 03:59:59Z after."""
    shop = golden["midnight"]
    assert shop.select("order_date, order_hour", "marts.orders", "ordered_at") == [
        (date(2026, 3, 1), 23),
        (date(2026, 3, 2), 0),
        (date(2026, 3, 7), 23),
        (date(2026, 3, 8), 23),
        (date(2026, 3, 9), 0),
    ]


@case("currencies", currency="USD", reporting="EUR")
def _currencies(shop: Any) -> None:
    shop.rate("2026-02-27", "USD", "1.25")
    shop.rate("2026-03-03", "USD", "1.60")
    shop.rate("2026-02-27", "GBP", "0.80")
    order = shop.sale("1", "2026-03-01 10:00:00", "100", taxes="10", discounts="20")
    shop.payment(order, "sale", "2026-03-01 10:00:00", "90", fee="5")
    shop.event(order, "return", "product", "2026-03-04 10:00:00", returns="80", taxes="-10", quantity=-1)
    shop.refund(order, "2026-03-04 10:00:00", "90")
    shop.connect("currencies-uk", "GBP")
    shop.sale("2", "2026-03-02 10:00:00", "40", currency="GBP", connection_id="currencies-uk")


def test_13_every_amount_of_an_event_is_converted_at_its_own_days_rate(golden: Any) -> None:
    """1 March is a Sunday: Friday's 1.25 holds, so 100 USD are 80 EUR, its tax 8, its discount 16, its fee 4.

    The return of the 4th counts at 1.60: 80 USD are 50 EUR. 40 GBP at 0.80 are 50 EUR. The other half of the case,
    ad cost, belongs to ad spend and must take the same table of rates.
    """
    shop = golden["currencies"]
    assert shop.daily(
        "gross_sales, discounts, returns, taxes, net_sales, payments_received, payment_fees"
    ) == [
        ("2026-03-01", D(80), D(16), D(0), D(8), D(64), D(72), D(4)),
        ("2026-03-02", D(50), D(0), D(0), D(0), D(50), D(0), D(0)),
        ("2026-03-04", D(0), D(0), D(50), D("-6.25"), D(-50), D(0), D(0)),
    ]
    assert shop.daily("net_sales, refunded_amount", "order") == [
        ("2026-03-01", D(14), D("56.25")),
        ("2026-03-02", D(50), D(0)),
    ]


@case("large", currency="JPY", reporting="EUR")
def _large(shop: Any) -> None:
    shop.rate("2026-03-01", "JPY", "160")
    shop.sale("1", "2026-03-01 10:00:00", "320000000", taxes="32000000")


def test_13_a_large_sum_is_converted_without_loss(golden: Any) -> None:
    """A large sum: 320,000,000 JPY at 160 are 2,000,000 EUR, the tax 200,000."""
    assert golden["large"].daily("net_sales, taxes, total_sales") == [
        ("2026-03-01", D(2_000_000), D(200_000), D(2_200_000))
    ]


@case("quiet", time_zone="Asia/Tokyo")
def _quiet(shop: Any) -> None:
    shop.sale("1", "2026-03-29 10:00:00", "10")


def test_today_is_in_the_daily_table_even_without_a_sale(golden: Any) -> None:
    """Built at 2026-03-31 12:00 UTC, which is still the 31st in Tokyo: 29th, 30th and 31st, by both clocks."""
    found = golden["quiet"].select(
        "clock, cast(sales_date as varchar), sum(net_sales)", "marts.sales_daily", "1, 2", group="1, 2"
    )
    assert found == [
        (clock, day, D(amount))
        for clock in ("finance", "order")
        for day, amount in (("2026-03-29", 10), ("2026-03-30", 0), ("2026-03-31", 0))
    ]


def test_the_semantic_layer_says_the_same_of_the_marts(golden: Any) -> None:
    """Case 13 again, through the published marts: 130 EUR sold, 50 returned; every metric answers by every dimension."""
    shop = golden["currencies"]
    shop.books.warehouse.publish()
    reader, layer = shop.books.warehouse.reader(), SemanticLayer.load()
    march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    try:
        asked = MetricQuery(
            ("gross_sales", "net_sales", "average_order_value", "return_rate", "customers"),
            ("shop",),
            **march,
        )
        assert layer.query(reader, asked, shop.tenant).to_pylist() == [
            {
                "shop": "Currencies-Shop",
                "gross_sales": D(80),
                "net_sales": D(14),
                "average_order_value": D(14),
                "return_rate": D("0.78125"),
                "customers": 1,
            },
            {
                "shop": "Currencies-Uk",
                "gross_sales": D(50),
                "net_sales": D(50),
                "average_order_value": D(50),
                "return_rate": D(0),
                "customers": 1,
            },
        ]
        for dimension in layer.dimensions:
            able = tuple(metric.name for metric in layer.metrics if dimension in metric.dimensions)
            for clock in ("finance", "order"):
                by = MetricQuery(able, (dimension,), clock=clock, **march)  # type: ignore[arg-type]
                assert layer.query(reader, by, shop.tenant).column_names == [dimension, *able]
        joined = bridge(reader, date(2026, 3, 1), date(2026, 3, 3), shop.tenant)
        (net,) = [row for row in joined.to_pylist() if row["figure"] == "net_sales"]
        assert (net["order_clock"], net["outside"], net["earlier"], net["finance_clock"]) == (
            D(64), D(-50), D(0), D(114),
        )  # fmt: skip
    finally:
        reader.close()
