"""How the spend of ad accounts reaches orders, and what a campaign brought, by hand on each engine.

The account is in dollars, at 0.80 euros. Orders of 10 March, by value: A 30, brought by Spring, whose name its visit tells; B 10, by
Spring's number; C 60, by a click on Google of no known campaign; D 100, nobody's. 11 March: E 50, from a newsletter that is called as the campaign Brand, and so nobody's. 12 March: none.

Spring spends 25 dollars on the 10th, so 20 euros, of which A bears 15 and B 5. Brand spends 20 dollars and brought nobody, but its
platform brought A, B and C: 16 euros by 30, 10 and 60. The agency has 40 euros for 10 and 11 March: 20 a day, by all orders of the day. Spring
spends 10 dollars on the 11th: nobody came, so E bears its 8 euros; and 5 dollars on the 12th, which stay with their day.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fondaco.metrics.order_marketing import MarketingSteps, marketing_steps
from fondaco.metrics.payback import Payback, paybacks
from fondaco.metrics.suggestions import Scope, suggestion_rows

D = Decimal
pytestmark = pytest.mark.slow
MARKETING = {
    "A": D(15) + D("4.8") + D(3),
    "B": D(5) + D("1.6") + D(1),
    "C": D("9.6") + D(6),
    "D": D(10),
    "E": D(8) + D(20),
}


def write_ads(shop: Any) -> None:
    shop.ad_account("ads", "USD")
    for day in range(1, 32):
        shop.rate(f"2026-03-{day:02}", "USD", "1.25")
    spring = shop.campaign("ads", "11", "Spring  Sale & More")
    brand = shop.campaign("ads", "22", "Brand", status="removed")
    for twin in ("33", "44"):
        shop.campaign("ads", twin, "Twin")
    shop.spent(
        spring,
        "2026-03-10",
        "25",
        "USD",
        clicks=40,
        impressions=900,
        claimed_conversions="2.5",
        claimed_revenue="125",
    )
    shop.spent(brand, "2026-03-10", "20", "USD", clicks=4, impressions=90)
    shop.spent(spring, "2026-03-11", "10", "USD")
    shop.spent(spring, "2026-03-12", "5", "USD")
    shop.cost(
        "marketing",
        item="Agency",
        amount="40",
        currency="EUR",
        valid_from="2026-03-10",
        valid_to="2026-03-11",
    )
    orders = {
        name: shop.sale(name, f"2026-03-{day} 10:00:00", value, email=f"{name}@x.example".lower())
        for name, day, value in (
            ("A", 10, "30"),
            ("B", 10, "10"),
            ("C", 10, "60"),
            ("D", 10, "100"),
            ("E", 11, "50"),
        )
    }
    shop.visit(orders["A"], utm_source="google", utm_medium="CPC", utm_campaign="spring++sale+&+more")
    shop.visit(orders["B"], utm_source="newsletter", utm_campaign="11")
    shop.visit(orders["C"], utm_campaign="Twin", click_type="gclid")
    shop.visit(orders["D"], utm_source="facebook", utm_medium="social", click_type="fbclid")
    shop.visit(orders["E"], utm_source="newsletter", utm_medium="email", utm_campaign="Brand")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("marketing_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("marketing_postgres")]),
    ],
)
def ads(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Any:
    shop = shop_type(open_books(request.param), "ads-shop")
    write_ads(shop)
    shop.write().books.build()
    return shop


def test_an_order_bears_the_spend_of_its_campaign_then_of_its_platform_then_of_its_day(ads: Any) -> None:
    found = ads.select("order_number, marketing_costs", "marts.order_profit", "1")
    assert dict(found) == MARKETING


def test_the_steps_by_which_marketing_reached_an_order_are_told_apart(ads: Any) -> None:
    """A and B bear Spring's 20, and of Brand's 16, which sold nothing, what their platform does; the agency's 20 all share."""
    ids = dict(ads.select("order_number, order_id", "marts.orders", "1"))
    told = {
        name: marketing_steps(Marts(ads), ads.tenant, ids[name], date(2026, 3, 10), MARKETING[name])
        for name in ("A", "B", "C", "D")
    }
    assert told == {
        "A": MarketingSteps(D(15), D("4.8"), D(3)),
        "B": MarketingSteps(D(5), D("1.6"), D(1)),
        "C": MarketingSteps(D(0), D("9.6"), D(6)),
        "D": None,
    }


def test_orders_bear_all_that_was_spent_but_for_days_without_orders(ads: Any) -> None:
    assert ads.select("sum(marketing_costs) as spent", "marts.profit_ledger", "1") == [
        (D(20) + D(16) + D(8) + D(4) + D(40),)
    ]
    alone = ads.select(
        "cast(event_date as varchar) as day, line_title, marketing_costs", "marts.profit_ledger", "1",
        where="order_id is null",
    )  # fmt: skip
    assert alone == [("2026-03-12", "Spring  Sale & More", D(4))]


def test_the_campaign_of_an_order_is_told_by_its_number_or_name_else_the_platform_by_a_paid_click(
    ads: Any,
) -> None:
    found = ads.select(
        "right(order_id, 1) as number, platform, campaign_id, matched_by", "marts.order_campaigns", "1"
    )
    assert found == [
        ("A", "google_ads", "ads:11", "name"),
        ("B", "google_ads", "ads:11", "id"),
        ("C", "google_ads", None, "click"),
    ]


def test_a_campaign_stands_beside_what_it_cost_what_it_brought_and_what_its_platform_claims(ads: Any) -> None:
    figures = (
        "ad_spend", "clicks", "claimed_conversions", "claimed_revenue", "attributed_orders",
        "attributed_new_customers", "attributed_revenue", "attributed_contribution_margin_2",
    )  # fmt: skip
    found = ads.select(
        f"campaign_name, cast(campaign_date as varchar) as day, {', '.join(figures)}", "marts.campaigns_daily",
        "2, campaign_id",
    )  # fmt: skip
    # 40 % of the price is assumed to be the cost of goods.
    assert found == [
        ("Spring  Sale & More", "2026-03-10", 20, 40, D("2.5"), 100, 2, 2, 40, 24),
        ("Brand", "2026-03-10", 16, 4, 0, 0, 0, 0, 0, 0),
        (None, "2026-03-10", 0, 0, 0, 0, 1, 1, 60, 36),
        ("Spring  Sale & More", "2026-03-11", 8, 0, 0, 0, 0, 0, 0, 0),
        ("Spring  Sale & More", "2026-03-12", 4, 0, 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip


def test_what_new_customers_bring_within_days_is_held_against_what_was_spent_once_the_days_have_passed(
    open_books: Any, shop_type: Any
) -> None:
    """Ann comes by Spring on 1 January and orders again on day 89, by nothing, and on day 90. Bob comes by Spring on 5 March."""
    shop = shop_type(open_books(), "later")
    shop.ad_account("ads", "EUR")
    spring = shop.campaign("ads", "11", "Spring")
    for name, day, value in (
        ("1", "2025-01-01", "100"),
        ("2", "2025-03-31", "30"),
        ("3", "2025-04-01", "50"),
    ):
        order = shop.sale(name, f"{day} 10:00:00", value, email="ann@x.example")
        if name == "1":
            shop.visit(order, utm_source="google", utm_medium="cpc", utm_campaign="11")
    shop.visit(
        shop.sale("4", "2026-03-05 10:00:00", "70", email="bob@x.example"),
        utm_source="google", utm_medium="cpc", utm_campaign="11",
    )  # fmt: skip
    shop.spent(spring, "2025-01-01", "39")
    shop.spent(spring, "2026-03-05", "20")
    shop.write().books.build(now="2026-03-31 12:00:00")
    figures = "spend_90, acquired_margin_90, spend_365, acquired_margin_365"
    found = shop.select(f"cast(campaign_date as varchar) as day, {figures}", "marts.campaigns_daily", "1")
    assert found == [("2025-01-01", 39, 60 + 18, 39, 60 + 18 + 30), ("2026-03-05", 0, 0, 0, 0)]


def test_of_each_shop_and_day_it_is_counted_how_many_orders_have_a_known_origin(ads: Any) -> None:
    found = ads.select("cast(order_date as varchar) as day, marked_orders", "marts.visits_daily", "1")
    assert found == [("2026-03-10", 4), ("2026-03-11", 1)]


class Marts:
    """The marts of a shop, as who reads what is published sees them."""

    version = "1"

    def __init__(self, shop: Any) -> None:
        self._books = shop.books
        self.dialect = shop.books.warehouse.dialect

    def query(self, sql: str, params: Any = None) -> Any:
        return self._books.table(sql, **(params or {}))


def suggested(ads: Any, day: str = "2026-03-31") -> list[tuple[str, Decimal]]:
    """Campaigns that are suggested to be mended, of the days of March up to one, with what that would save."""
    scope = Scope(ads.tenant, date(2026, 3, 1), date.fromisoformat(day))
    return [(row["campaign_name"], row["saves"]) for row in suggestion_rows(Marts(ads), scope, "campaigns")]


def test_what_new_customers_have_brought_is_held_against_what_was_spent_to_win_them(ads: Any) -> None:
    """Spring won A and B, whose orders left 24 of the 20 that it cost on the 10th, and of the 32 that it cost in March."""
    reader, tenant = Marts(ads), ads.tenant
    assert paybacks(reader, tenant, date(2026, 3, 10), date(2026, 3, 10)) == {
        "ads:11": Payback(D(20), 2, D(24), 0),
        "ads:22": Payback(D(16), 0, D(0), None),
    }
    march = paybacks(reader, tenant, date(2026, 3, 1), date(2026, 3, 31), "ads:11")
    assert march == {"ads:11": Payback(D(32), 2, D(24), None)}
    assert march["ads:11"].share == D("0.75")


def test_payback_is_the_day_on_which_orders_that_follow_make_up_for_the_spend(
    open_books: Any, shop_type: Any
) -> None:
    """Each of three brings 60 with the first order, 18 ten days after it, and 30 on day 90, by nothing that is known."""
    shop = shop_type(open_books(), "slow")
    shop.ad_account("ads", "EUR")
    for number, spend in (("1", "60"), ("2", "70"), ("3", "109")):
        campaign = shop.campaign("ads", number, f"Campaign {number}")
        shop.spent(campaign, "2025-01-01", spend)
        for day, value in (("2025-01-01", "100"), ("2025-01-11", "30"), ("2025-04-01", "50")):
            order = shop.sale(f"{number} on {day}", f"{day} 10:00:00", value, email=f"p{number}@x.example")
            if day == "2025-01-01":
                shop.visit(order, utm_source="google", utm_medium="cpc", utm_campaign=number)
    shop.write().books.build(now="2026-03-31 12:00:00")
    found = paybacks(Marts(shop), "slow", date(2025, 1, 1), date(2025, 1, 31))
    assert {campaign: each.days for campaign, each in found.items()} == {
        "ads:1": 0,
        "ads:2": 10,
        "ads:3": None,
    }
    assert {each.margin for each in found.values()} == {D(108)}


def test_a_campaign_that_brought_less_than_it_cost_is_suggested_to_be_mended(ads: Any) -> None:
    """On the 10th Spring costs 20 and its orders leave 24; of all days it costs 32."""
    assert suggested(ads, "2026-03-10") == [("Brand", 16)]
    assert suggested(ads) == [("Brand", 16), ("Spring  Sale & More", 8)]


def test_where_a_shop_tells_no_visits_a_campaign_is_not_said_to_have_brought_nothing(
    open_books: Any, shop_type: Any
) -> None:
    shop = shop_type(open_books(), "seen")
    write_ads(shop)
    shop.connect("till", "EUR")
    shop.sale("T", "2026-03-10 10:00:00", "20", connection_id="till")
    shop.write().books.build()
    assert [name for name, _ in suggested(shop)] == ["Spring  Sale & More"]


def test_an_ad_account_is_no_shop(ads: Any) -> None:
    assert ads.select("distinct connection_id", "marts.sales_daily", "1") == [("ads-shop-shop",)]


def test_by_day_all_orders_share_alike_whatever_brought_them(open_books: Any, shop_type: Any) -> None:
    shop = shop_type(open_books(), "alike")
    write_ads(shop)
    shop._put("fondaco__profit_settings", tenant_id="alike", marketing_by="day")
    shop.write().books.build()
    found = dict(shop.select("order_number, marketing_costs", "marts.order_profit", "1"))
    assert found == {
        name: D(value) / 200 * (36 + 20) for name, value in (("A", 30), ("B", 10), ("C", 60), ("D", 100))
    } | {"E": D(28)}


def test_spend_in_a_currency_without_a_rate_stops_the_build(open_books: Any, shop_type: Any) -> None:
    from fondaco.warehouse.dbt import BuildError

    shop = shop_type(open_books(), "no-rate")
    shop.ad_account("ads", "JPY")
    shop.sale("A", "2026-03-10 10:00:00", "30", email="a@x.example")
    shop.spent(shop.campaign("ads", "11", "Spring"), "2026-03-10", "2500", "JPY")
    shop.write()
    with pytest.raises(BuildError, match="core_cost_days"):
        shop.books.build()
