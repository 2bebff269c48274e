"""Merchants in rupiah, whose sums have fourteen digits, and orders that nobody meant: both build, on each engine.

What one row of a shop tells has at most twelve digits before the point, for landing sets aside what has more. All that is worked out of
rows is wider.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from fondaco.jobs.analysing import Analysis, analyse
from fondaco.jobs.forecasting import ForecastAsked, forecast_profit
from fondaco.jobs.valuing import Horizon
from fondaco.metrics import MetricQuery, SemanticLayer

D = Decimal
DAY = "2026-03-02 10:00:00"
LARGEST = "999999999999.99"
"""The largest amount that lands."""
RATE = D("17345.75")

pytestmark = pytest.mark.slow


def write_rupiah(shop: Any) -> None:
    """Forty orders of 900 thousand million rupiah each, paid, discounted, advertised for and in part given back."""
    account = "rupiah-ads"
    shop.ad_account(account, "IDR")
    campaign = shop.campaign(account, "77", "Lebaran")
    shop.spent(campaign, "2026-03-02", "900000000000", currency="IDR", claimed_revenue=LARGEST)
    shop.cost("shipping_cost", amount="900000000000", currency="IDR")
    shop.cost("product_cost", item="SKU", amount="400000000000", currency="IDR")
    shop.cost("payment_fee", rate="0.02", currency="IDR")
    for number in range(40):
        buyer = f"buyer{number % 8}@example.com"
        order = shop.sale(
            f"n{number}", DAY, "900000000000", discounts="90000000000", taxes="99000000000", email=buyer
        )
        shop.payment(order, "sale", DAY, "909000000000")
        shop.discount(order, "LEBARAN", "90000000000")
        shop.visit(order, utm_source="google", utm_medium="cpc", utm_campaign="77", click_type="gclid")
    shop.event(
        order, "return", "product", "2026-03-20 10:00:00", returns="810000000000", quantity=-1, units_restocked=1,
        order_line_id=f"{order}/1",
    )  # fmt: skip
    shop.refund(order, "2026-03-20 10:00:00", "909000000000")


def write_absurd(shop: Any) -> None:
    """A shop in euros that reports in rupiah, with a usual order and one at the limit of everything."""
    shop.rate("2026-03-01", "IDR", str(RATE))
    shop.cost("fulfilment_unit", amount=LARGEST, currency="EUR")
    shop.cost("product_cost", item="SKU", amount=LARGEST, currency="EUR")
    shop.cost("marketplace_fee", rate="0.15", item="web", currency="EUR")
    shop.sale("usual", DAY, "10")
    order = shop.sale("absurd", DAY, LARGEST, discounts="0.01", taxes=LARGEST, quantity=1_000_000_000)
    shop.payment(order, "sale", DAY, LARGEST, fee=LARGEST)
    shop.discount(order, "ALL", LARGEST)
    shop.event(order, "order", "shipping", DAY, shipping=LARGEST)
    shop.refund(order, DAY, LARGEST)
    shop.fee(order, "other", DAY, LARGEST, "Sundries")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("large_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("large_postgres")]),
    ],
)
def shops(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    """Both merchants, built; the figures of customers worked out and everything published."""
    books = open_books(request.param)
    rupiah = shop_type(books, "rupiah", currency="IDR", reporting="IDR")
    write_rupiah(rupiah)
    absurd = shop_type(books, "absurd", currency="EUR", reporting="IDR")
    write_absurd(absurd)
    for shop in (rupiah, absurd):
        shop.write()
    books.build(full_refresh=True)
    return {"rupiah": rupiah, "absurd": absurd}


def test_sums_of_a_merchant_in_rupiah_are_exact(shops: Any) -> None:
    shop = shops["rupiah"]
    assert shop.daily("gross_sales, discounts, returns, net_sales, taxes, refunded_amount, payments_received") == [
        ("2026-03-02", D("36000000000000"), D("3600000000000"), D(0), D("32400000000000"), D("3960000000000"), D(0), D("36360000000000")),
        ("2026-03-20", D(0), D(0), D("810000000000"), D("-810000000000"), D(0), D("909000000000"), D(0)),
    ]  # fmt: skip


def test_profit_of_a_merchant_in_rupiah_is_exact(shops: Any) -> None:
    """Forty parcels and pieces, two hundredths of what was paid, and a day of advertising; one piece came back."""
    shop = shops["rupiah"]
    [found] = shop.select(
        "sum(net_sales) as net, sum(cost_of_goods) as goods, sum(shipping_costs) as shipping,"
        " sum(payment_costs) as payment, sum(marketing_costs) as marketing",
        "marts.profit_daily",
        "1",
        where="clock = 'finance'",
    )
    assert found == (
        D("31590000000000"), D("15600000000000"), D("36000000000000"), D("727200000000"), D("900000000000")
    )  # fmt: skip


def test_campaigns_codes_and_customers_add_up_to_it(shops: Any) -> None:
    shop = shops["rupiah"]
    assert shop.select(
        "sum(attributed_revenue) as revenue, sum(claimed_revenue) as claimed", "marts.campaigns_daily", "1"
    ) == [(D("31590000000000"), D(LARGEST))]
    assert shop.select("sum(discounts) as given", "marts.discount_codes_daily", "1") == [
        (D("3600000000000"),)
    ]
    assert shop.select("sum(net_sales) as net", "marts.customers", "1") == [(D("31590000000000"),)]


def test_an_absurd_order_is_in_the_figures_and_stops_no_build(shops: Any) -> None:
    """Nearly 10^12 euros at the rate of the day; the usual order stands beside it to the last digit."""
    shop = shops["absurd"]
    largest = (D(LARGEST) * RATE).quantize(D("0.000001"))
    assert shop.select("gross_sales, taxes", "marts.orders", "order_id") == [
        (largest, largest),
        (10 * RATE, D(0)),
    ]
    [(gross,)] = shop.select("sum(gross_sales) as gross", "marts.sales_daily", "1", where="clock = 'finance'")
    assert gross == largest + 10 * RATE
    [(goods, packing)] = shop.select(
        "cost_of_goods, fulfilment_costs", "marts.order_profit", "1", where="order_id like '%absurd'"
    )
    assert goods == pytest.approx(10**9 * largest)
    assert packing == pytest.approx(10**9 * largest)


@pytest.mark.parametrize("tenant", ["rupiah", "absurd"])
def test_customers_are_analysed_and_every_metric_answers(shops: Any, tenant: str) -> None:
    shop = shops[tenant]
    warehouse, layer = shop.books.warehouse, SemanticLayer.load()
    today, now = date(2026, 3, 31), datetime(2026, 3, 31, 12)
    analyse(warehouse, Analysis(tenant, "r1", today, now, Horizon(365, 0.1)))
    forecast_profit(warehouse, ForecastAsked(tenant, today, now))
    warehouse.publish()
    reader = warehouse.reader()
    try:
        for metric in layer.metrics:
            of_now = "day" not in metric.dimensions  # stock, which says how things are now
            for by in ((),) if of_now else ((), ("day",)):
                query = MetricQuery((metric.name,), by, first=date(2026, 3, 1), last=date(2026, 3, 31))
                assert layer.query(reader, query, tenant).num_rows >= 1, metric.name
        query = MetricQuery(("net_sales",), first=date(2026, 3, 1), last=date(2026, 3, 31))
        [row] = layer.query(reader, query, tenant).to_pylist()
        assert row["net_sales"] > 10**13
    finally:
        reader.close()
