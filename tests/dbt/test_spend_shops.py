"""Whose spend it is, and which orders bear what no order is known to come from, by hand on each engine.

Every merchant has the same day, 10 March, in two shops. The web shop tells visits: ten orders over 10 that Google brought, W0 to W9,
and one over 100 that Meta did, M. The till tells none: T over 50. Search and UK Search are campaigns in the Google account, Spring
in Meta's; none of them brought an order. They differ in what the cost sheet says of the accounts.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.test_marketing import Marts

from fondaco.metrics.order_marketing import FEWEST_ORDERS, MarketingSteps, marketing_steps
from fondaco.warehouse.dbt import project_folder

D = Decimal
pytestmark = pytest.mark.slow
DAY = "2026-03-10"
RANDOM_MERCHANTS = 12


def write_day(shop: Any, spent: dict[str, str]) -> None:
    """The day, and what campaigns cost on it."""
    web, till = shop.connection, shop.till
    shop.connect(till, "EUR")
    shop.ad_account("google", "EUR")
    shop.ad_account("meta", "EUR")
    campaigns = {
        "Search": shop.campaign("google", "1", "Search"),
        "UK Search": shop.campaign("google", "2", "UK  Search_100%"),
        "Spring": shop.campaign("meta", "3", "Spring", source="meta_ads"),
    }
    for name, amount in spent.items():
        shop.spent(campaigns[name], DAY, amount, source="meta_ads" if name == "Spring" else "google_ads")
    for number in range(10):
        order = shop.sale(
            f"W{number}", f"{DAY} 10:00:00", "10", email=f"w{number}@x.example", connection_id=web
        )
        shop.visit(order, utm_campaign="unheard of", click_type="gclid")
    meta = shop.sale("M", f"{DAY} 10:00:00", "100", email="m@x.example", connection_id=web)
    shop.visit(meta, utm_source="facebook", utm_medium="paid_social")
    shop.sale("T", f"{DAY} 10:00:00", "50", email="t@x.example", connection_id=till)


class Book:
    """All merchants in one build."""

    def __init__(self, books: Any, shop_type: Any) -> None:
        self.books, self._shop_type = books, shop_type
        self.shops: dict[str, Any] = {}

    def merchant(self, tenant: str) -> Any:
        shop = self._shop_type(self.books, tenant)
        shop.till = f"{tenant}-till"
        self.shops[tenant] = shop
        return shop

    def borne(self, tenant: str) -> dict[str, Decimal]:
        """What each order bears; those of Google alike as one."""
        found = dict(
            self.shops[tenant].select(
                "order_number, marketing_costs", "marts.order_profit", "1", where="marketing_costs <> 0"
            )
        )
        each = {amount for name, amount in found.items() if name.startswith("W")}
        return {name: amount for name, amount in found.items() if not name.startswith("W")} | (
            {"each W": each.pop()} if len(each) == 1 else {}
        )

    def spend(self, tenant: str, columns: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.shops[tenant].select(columns, "marts.marketing_spend", "1")
        return found


def of_shop(shop: Any, account: str, *of: str, **days: str) -> None:
    for connection in of:
        shop.cost("account_of_shop", item=account, connection_id=connection, **days)


def write_random(shop: Any, rng: random.Random) -> None:
    """Days of orders from anywhere and spend for any shops, in two currencies."""
    closed = f"{shop.tenant}-closed"
    shop.connect(shop.till, "EUR")
    shop.connect(closed, "EUR")
    accounts = {"google": "google_ads", "meta": "meta_ads"}
    campaigns = []
    for account, source in accounts.items():
        shop.ad_account(account, "USD")
        campaigns += [
            (shop.campaign(account, f"{account}{number}", name, source=source), source, f"{account}{number}")
            for number, name in enumerate(("UK one", "UK two", "rest"))
        ]
    days = [f"2026-03-{day:02}" for day in range(10, 14)]
    for day in days:
        shop.rate(day, "USD", "1.2345")
        for campaign, source, _ in campaigns:
            if rng.random() < 0.8:
                shop.spent(campaign, day, f"{rng.uniform(0, 100):.2f}", "USD", source=source)
        for number in range(rng.choice((0, 3, 50))):
            order = shop.sale(
                f"{day}-{number}", f"{day} 10:00:00", f"{rng.uniform(0, 90):.2f}", email=f"{day}{number}@x.example",
                connection_id=rng.choice((shop.connection, shop.connection, shop.till)),
            )  # fmt: skip
            _, source, name = rng.choice(campaigns)
            if rng.random() < 0.7:
                shop.visit(
                    order, utm_source="google" if source == "google_ads" else "facebook", utm_medium="cpc",
                    utm_campaign=rng.choice((name, "unheard of")),
                )  # fmt: skip
    shops = (shop.connection, shop.till, closed)
    for account in accounts:
        of_shop(shop, account, *rng.sample(shops, rng.randint(0, 2)), valid_from=rng.choice(days))
    for pattern in ("UK *", "*two"):
        for connection in rng.sample(shops, rng.randint(0, 2)):
            shop.cost("campaigns_of_shop", item=pattern, connection_id=connection)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("spend_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("spend_postgres")]),
    ],
)
def book(open_books: Any, shop_type: Any, request: pytest.FixtureRequest) -> Book:
    book = Book(open_books(request.param), shop_type)
    said: dict[str, Callable[[Any], None]] = {
        "nobody-says": lambda shop: None,
        "web-alone": lambda shop: of_shop(shop, "google", shop.connection),
        "each-its-own": lambda shop: (
            of_shop(shop, "google", shop.connection),
            of_shop(shop, "meta", shop.till),
        ),  # type: ignore[func-returns-value]
        "both": lambda shop: of_shop(shop, "google", shop.connection, shop.till),
        "few": lambda shop: of_shop(shop, "meta", shop.connection),
        "by-name": lambda shop: (
            of_shop(shop, "google", shop.connection),  # type: ignore[func-returns-value]
            shop.cost("campaigns_of_shop", item="uk search!100%", connection_id="nowhere"),
            shop.cost("campaigns_of_shop", item="*Search*", connection_id=shop.connection),
            shop.cost("campaigns_of_shop", item="UK S*_100%", connection_id=shop.till),
        ),
        "moved": lambda shop: (
            of_shop(shop, "google", shop.connection, valid_to="2026-03-09"),  # type: ignore[func-returns-value]
            of_shop(shop, "google", shop.till, valid_from=DAY),  # type: ignore[func-returns-value]
        ),
        "closed": lambda shop: (shop.connect("shut", "EUR"), of_shop(shop, "google", "shut")),  # type: ignore[func-returns-value]
    }
    for tenant, say in said.items():
        shop = book.merchant(tenant)
        write_day(shop, {"Search": "30", "UK Search": "5", "Spring": "20"})
        say(shop)
        shop.write()
    for seed in range(RANDOM_MERCHANTS):
        shop = book.merchant(f"random-{seed}")
        write_random(shop, random.Random(seed))
        shop.write()
    book.books.build()
    return book


def test_where_nobody_says_whose_it_is_and_a_shop_tells_no_visits_all_orders_bear_it(book: Book) -> None:
    """55 by 250: the one order of Meta does not bear all of Spring."""
    assert book.borne("nobody-says") == {"each W": D("2.2"), "M": D(22), "T": D(11)}
    assert book.spend("nobody-says", "name, shops, borne_by") == [
        ("Search", None, "shops"), ("Spring", None, "shops"), ("UK  Search_100%", None, "shops"),
    ]  # fmt: skip


def test_the_platforms_orders_bear_it_where_the_shops_whose_it_is_tell_visits(book: Book) -> None:
    """Google's 35 are borne by its ten orders, 3.5 each; Meta's 20 by all of 250."""
    assert book.borne("web-alone") == {"each W": D("3.5") + D("0.8"), "M": D(8), "T": D(4)}
    assert [row for row in book.spend("web-alone", "name, shops, borne_by") if row[0] == "Search"] == [
        ("Search", "web-alone-shop", "platform")
    ]


def test_a_shop_that_tells_no_visits_bears_its_own_spend_and_passes_none_on(book: Book) -> None:
    assert book.borne("each-its-own") == {"each W": D("3.5"), "T": D(20)}


def test_spend_of_several_shops_of_which_one_tells_no_visits_is_borne_by_all_their_orders(book: Book) -> None:
    assert book.borne("both") == {"each W": D("2.2"), "M": D(22), "T": D(11)}


def test_too_few_orders_of_a_platform_do_not_bear_all_that_it_spent(book: Book) -> None:
    """Meta's 20 by the web shop's 200; Google's 35 by all of 250."""
    assert book.borne("few") == {"each W": D(1) + D("1.4"), "M": D(10) + D(14), "T": D(7)}


def test_campaigns_belong_to_the_shop_of_the_longest_name_that_fits_whatever_their_account(
    book: Book,
) -> None:
    """UK Search's 5 fall on T alone; of 30 and 20 as before. `_` and `%` mean themselves, blanks and case nothing."""
    assert book.borne("by-name") == {"each W": D(3) + D("0.8"), "M": D(8), "T": D(5) + D(4)}


def test_an_account_that_moved_belongs_to_the_shop_of_the_day(book: Book) -> None:
    assert book.borne("moved") == {"each W": D("0.8"), "M": D(8), "T": D(35) + D(4)}


def test_spend_for_a_shop_without_orders_on_the_day_stands_by_itself_in_that_shop(book: Book) -> None:
    assert book.borne("closed") == {"each W": D("0.8"), "M": D(8), "T": D(4)}
    alone = book.shops["closed"].select(
        "line_title, connection_id, marketing_costs", "marts.profit_ledger", "1", where="order_id is null"
    )
    assert alone == [("Search", "shut", D(30)), ("UK  Search_100%", "shut", D(5))]
    assert ("Search", "shut", None) in book.spend("closed", "name, shops, borne_by")


def test_an_order_tells_its_part_of_what_its_platform_spent_for_its_shop(book: Book) -> None:
    shop = book.shops["web-alone"]
    found = marketing_steps(Marts(shop), "web-alone", shop.id("W3"), date.fromisoformat(DAY), D("4.3"))
    assert found == MarketingSteps(D(0), D("3.5"), D("0.8"))


@pytest.mark.parametrize("seed", range(RANDOM_MERCHANTS))
def test_what_orders_bear_and_what_stands_by_itself_is_what_was_spent_each_day_to_the_last_digit(
    book: Book, seed: int
) -> None:
    tenant = f"random-{seed}"
    shop = book.shops[tenant]
    spent: dict[str, Decimal] = defaultdict(Decimal)
    told: dict[str, Decimal] = defaultdict(Decimal)
    borne: dict[str, Decimal] = defaultdict(Decimal)
    for day, amount in shop.select("cast(spend_date as varchar) as day, spend", "core.ad_spend", "1"):
        spent[day] += amount
    for day, dollars, euros in book.spend(tenant, "cast(cost_date as varchar) as day, entry_amount, amount"):
        told[day] += dollars
        borne[day] -= euros
    for day, amount in shop.select(
        "cast(order_date as varchar) as day, sum(marketing_costs) as borne",
        "marts.profit_ledger",
        "1",
        group="order_date",
    ):
        borne[day] += amount
    assert told == {day: amount for day, amount in spent.items() if amount}
    assert set(borne.values()) == {D(0)}


def test_the_random_merchants_meet_every_way_to_bear_spend(book: Book) -> None:
    ways = {
        way
        for tenant in book.shops
        if tenant.startswith("random")
        for (way,) in book.spend(tenant, "borne_by")
    }
    assert ways == {"campaign", "platform", "shops", None}


def test_pages_say_the_fewest_orders_that_the_models_go_by() -> None:
    macro = (project_folder() / "macros" / "order_origin.sql").read_text(encoding="utf-8")
    assert f"fewest_orders() -%}}\n{FEWEST_ORDERS}\n" in macro
