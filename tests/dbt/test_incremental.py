"""Incremental builds give what a whole build gives, whatever happened in between."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fondaco.warehouse.dbt import BuildError

DAYS = range(1, 28)
CAMPAIGNS = ["Spring", "spring+sale", "Brand", "22"]
PEOPLE = [f"p{number}@x.example" for number in range(6)]
COSTS: list[tuple[str, dict[str, Any]]] = [
    *(("product_cost", {"item": f"S{number}"}) for number in range(3)),
    ("default_product_cost", {"amount": None, "currency": None, "rate": "0.25"}),
    ("shipping_cost", {"item": "World"}),
    ("shipping_cost", {"item": "Germany", "country": "DE"}),
    ("fulfilment_unit", {}),
    ("packaging", {"item": "box"}),
    ("payment_fee", {"rate": "0.02"}),
    ("marketplace_fee", {"item": "web", "rate": "0.1"}),
    ("return_handling", {}),
    ("duty", {"amount": None, "currency": None, "rate": "0.05"}),
    ("affiliate", {"item": "code", "rate": "0.1"}),
    ("marketing", {"item": "Agency", "valid_from": "2026-03-02", "valid_to": "2026-03-20"}),
    ("fixed", {"item": "Rent"}),
    ("message_plan", {"item": "klaviyo", "tier_to": 2, "connection_id": None}),
    ("message_plan", {"item": "klaviyo", "tier_from": 2, "connection_id": None}),
    ("message_plan_sends", {"item": "klaviyo sms", "connection_id": "life-letters"}),
    ("message_price", {"item": "klaviyo email", "connection_id": None}),
    (
        "message_price",
        {"item": "klaviyo", "messages": 7, "valid_from": "2026-03-03", "valid_to": "2026-03-11"},
    ),
]


class Life:
    """A merchant with two shops, to whom things happen. Every change bears the instant of its round."""

    def __init__(self, shop: Any, chance: random.Random) -> None:
        self.shop = shop
        self.books = shop.books
        self.chance = chance
        self.orders: list[str] = []
        self.number = 0
        self.happenings: list[Callable[[], None]] = [
            self.an_order, self.an_order, self.a_return, self.a_payment, self.an_order_vanishes,
            self.a_line_vanishes, self.an_order_stops_counting, self.a_customer_changes_address,
            self.a_rate_is_corrected, self.a_time_zone_is_corrected, self.a_cost_is_entered, self.a_cost_is_entered,
            self.a_cost_is_withdrawn, self.profit_is_worked_out_otherwise, self.a_shop_tells_another_cost,
            self.a_day_of_ads_is_restated, self.a_day_of_ads_is_restated, self.a_campaign_gets_another_name,
            self.a_fee, self.a_fee, self.a_fee_of_the_account, self.a_fee_is_restated, self.a_product_is_renamed,
            self.a_day_of_messages_is_restated, self.a_day_of_messages_is_restated, self.a_contact_comes,
        ]  # fmt: skip

    def day(self) -> str:
        return f"2026-03-{self.chance.choice(DAYS):02d} {self.chance.randrange(24):02d}:30:00"

    def an_order(self) -> None:
        self.number += 1
        connection = self.chance.choice([self.shop.connection, "life-us"])
        currency = "USD" if connection == "life-us" else "EUR"
        account = self.chance.random() < 0.5
        person = self.chance.randrange(len(PEOPLE))
        order = self.shop.sale(
            str(self.number), self.day(), str(self.chance.randrange(5, 90)), taxes="1.23", currency=currency,
            connection_id=connection, email=PEOPLE[person], sku=f"S{self.chance.randrange(3)}",
            customer_id=self.shop.id(f"c{person}") if account else None,
            product_id=self.chance.choice([*(self.shop.id(f"P{number}") for number in range(3)), None]),
        )  # fmt: skip
        self.orders.append(order)
        if self.chance.random() < 0.2:
            self.shop.visit(order, utm_source="klaviyo", utm_campaign=self.chance.choice(["L1", "L2", None]))
        elif self.chance.random() < 0.6:
            self.shop.visit(
                order,
                utm_source="google",
                utm_medium="cpc",
                utm_campaign=self.chance.choice([*CAMPAIGNS, None]),
            )
        if self.chance.random() < 0.5:
            self.shop.discount(order, "CODE", "1", currency=currency)

    def a_day_of_ads_is_restated(self) -> None:
        campaign, day = self.shop.id(self.chance.choice(["11", "22"]), "life-ads"), self.day()[:10]
        self.books.execute("delete from raw.stub__ad_spend where ad_spend_id = $id", id=f"{campaign}/{day}")
        if self.chance.random() < 0.8:
            spent = f"{self.chance.randrange(1, 3000) / 100}"
            self.shop.rows["stub__ad_spend"] = [
                row
                for row in self.shop.rows.get("stub__ad_spend", [])
                if row["ad_spend_id"] != f"{campaign}/{day}"
            ]
            self.shop.spent(campaign, day, spent, "USD", clicks=3, claimed_revenue="12.5")

    def a_day_of_messages_is_restated(self) -> None:
        """Of a text Klaviyo tells the cost at times, of an e-mail never."""
        campaign, day = self.shop.id(self.chance.choice(["L1", "L2"]), "life-letters"), self.day()[:10]
        channel = self.chance.choice(["email", "sms"])
        figure = f"{campaign}/{channel}/{day}"
        self.books.execute("delete from raw.stub__message_figures where message_figure_id = $id", id=figure)
        rows = self.shop.rows.get("stub__message_figures", [])
        self.shop.rows["stub__message_figures"] = [row for row in rows if row["message_figure_id"] != figure]
        cost = self.chance.choice([None, "1.25"]) if channel == "sms" else None
        self.shop.sent(campaign, day, "USD", channel, sent=self.chance.randrange(0, 900), cost=cost)

    def a_contact_comes(self) -> None:
        self.number += 1
        self.shop.contact("life-letters", str(self.number), created_at=self.day())

    def a_campaign_gets_another_name(self) -> None:
        self.books.execute(
            "update raw.stub__campaigns set name = $name where campaign_id = $campaign",
            name=self.chance.choice(CAMPAIGNS), campaign=self.shop.id(self.chance.choice(["11", "22"]), "life-ads"),
        )  # fmt: skip

    def a_product_is_renamed(self) -> None:
        """Of three, one of which the shop does not list any more."""
        product, title = (
            self.shop.id(f"P{self.chance.randrange(3)}"),
            self.chance.choice(["Lamp", "Mug", None]),
        )
        self.books.execute(
            "update raw.stub__products set title = $title where product_id = $product",
            title=title,
            product=product,
        )

    def some_order(self) -> str:
        return self.chance.choice(self.orders)

    def currency(self, order: str) -> str:
        return "USD" if order.startswith("life-us") else "EUR"

    def a_return(self) -> None:
        order, at = self.some_order(), self.day()
        self.shop.event(
            order, "return", "product", at, returns="2.5", quantity=-1, currency=self.currency(order),
            units_restocked=self.chance.choice([0, 1, None]),
        )  # fmt: skip
        self.shop.refund(order, at, "3", currency=self.currency(order))

    def a_payment(self) -> None:
        order = self.some_order()
        self.shop.payment(order, "sale", self.day(), "7", currency=self.currency(order), fee="0.30")

    def a_fee(self) -> None:
        """Sometimes of an order that has not arrived, or of a line that it does not have."""
        order = self.some_order() if self.chance.random() < 0.8 else "life-us:unknown"
        kind = self.chance.choice(
            ["marketplace", "fulfilment", "shipping", "return", "payment", "advertising", "other"]
        )
        line = self.chance.choice([None, f"{order}/1", f"{order}/none"])
        amount = str(self.chance.randrange(-300, 900) / 100)
        self.shop.fee(order, kind, self.day(), amount, order_line_id=line, currency=self.currency(order))

    def a_fee_of_the_account(self) -> None:
        kind = self.chance.choice(["subscription", "storage", "advertising", "shipping"])
        connection = self.chance.choice([self.shop.connection, "life-us"])
        self.shop.fee(None, kind, self.day(), "4.20", currency="USD", connection_id=connection)

    def a_fee_is_restated(self) -> None:
        self.books.execute(
            "update raw.stub__fees set amount = amount + 1, synced_at = $at where fee_id ="
            " (select max(fee_id) from raw.stub__fees)",
            at=self.shop.synced_at,
        )

    def an_order_vanishes(self) -> None:
        order = self.some_order()
        self.orders.remove(order)
        for entity in (
            "orders", "order_lines", "order_discounts", "order_visits", "sales_events", "refunds", "payments",
            "fees",
        ):  # fmt: skip
            self.books.execute(f"delete from raw.stub__{entity} where order_id = $order", order=order)

    def a_line_vanishes(self) -> None:
        order = self.some_order()
        for entity in ("order_lines", "sales_events"):
            self.books.execute(
                f"delete from raw.stub__{entity} where order_line_id like $order || '/%'", order=order
            )

    def an_order_stops_counting(self) -> None:
        self.books.execute(
            "update raw.stub__orders set counts_in_sales = not counts_in_sales, synced_at = $at where order_id = $order",
            order=self.some_order(), at=self.shop.synced_at,
        )  # fmt: skip

    def a_customer_changes_address(self) -> None:
        self.books.execute(
            "update raw.stub__customers set email = $email, synced_at = $at where customer_id = $customer",
            customer=self.shop.id(f"c{self.chance.randrange(len(PEOPLE))}"), email=self.chance.choice(PEOPLE),
            at=self.shop.synced_at,
        )  # fmt: skip

    def a_rate_is_corrected(self) -> None:
        self.books.execute(
            "update raw.fondaco__exchange_rates set rate = $rate where rate_date = $day",
            rate=self.chance.choice([1.1, 1.3, 1.7]), day=self.chance.choice(["2026-03-01", "2026-03-15"]),
        )  # fmt: skip

    def a_time_zone_is_corrected(self) -> None:
        self.books.execute(
            "update raw.fondaco__connections set time_zone = $zone where connection_id = 'life-us'",
            zone=self.chance.choice(["America/Los_Angeles", "Asia/Tokyo", "UTC"]),
        )

    def a_cost_is_entered(self) -> None:
        kind, given = self.chance.choice(COSTS)
        first = self.chance.choice([None, "2026-03-05", "2026-03-12"])
        self.shop.cost(
            kind, **{"valid_from": first, "connection_id": self.chance.choice([None, "life-us"]), "currency": "USD",
                     "amount": str(self.chance.randrange(1, 40)), **given},
        )  # fmt: skip

    def a_cost_is_withdrawn(self) -> None:
        self.books.execute(
            "update raw.fondaco__cost_entries set is_withdrawn = true where entry_id ="
            " (select max(entry_id) from raw.fondaco__cost_entries where not is_withdrawn)"
        )

    def profit_is_worked_out_otherwise(self) -> None:
        self.books.execute("delete from raw.fondaco__profit_settings")
        self.books.insert(
            "fondaco__profit_settings",
            [{"tenant_id": "life", "default_product_cost_rate": self.chance.choice(["0.3", "0.4"]),
              "returns_restocked": self.chance.choice([True, False]), "count_taxes_as_cost": self.chance.choice([True, False]),
              "marketing_by": self.chance.choice(["click", "click", "day"])}],
        )  # fmt: skip

    def a_shop_tells_another_cost(self) -> None:
        self.books.execute(
            "update raw.stub__variants set unit_cost = $cost", cost=self.chance.randrange(1, 9)
        )

    def round(self, number: int, happenings: int) -> None:
        self.shop.synced_at = f"2026-03-30 0{number}:00:00"
        for _ in range(happenings):
            self.chance.choice(self.happenings)()
        self.shop.write()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "seed"),
    [("duckdb", 1), ("duckdb", 2), pytest.param("postgres", 3, marks=pytest.mark.postgres)],
)
def test_incremental_equals_full_refresh_under_random_changes(
    open_books: Any, shop_type: Any, engine: str, seed: int
) -> None:
    books = open_books(engine)
    shop = shop_type(books, "life", time_zone="Europe/Berlin")
    shop.connect("life-us", "USD", "America/New_York")
    shop.ad_account("life-ads", "USD")
    for number, name in (("11", "Spring"), ("22", "Brand")):
        shop.campaign("life-ads", number, name)
    shop.message_account("life-letters", "USD")
    for number in ("L1", "L2"):
        shop.letter("life-letters", number, f"Letter {number}")
    for day, rate in (("2026-03-01", "1.2"), ("2026-03-15", "1.4")):
        shop.rate(day, "USD", rate)
    shop.variant("S9", "4")
    for number in range(2):
        shop.product(f"P{number}", "Lamp")
    for person, email in enumerate(PEOPLE):
        shop.customer(f"c{person}", email=email)
    life = Life(shop, random.Random(seed))
    for _ in range(25):
        life.an_order()
    for _ in range(8):
        life.a_day_of_messages_is_restated()
    shop.cost("message_plan", item="klaviyo", amount="31", currency="USD")
    shop.write()
    books.build(tested=False)
    for number in (1, 2):
        life.round(number, happenings=10)
        books.build(tested=False)
    life.round(3, happenings=10)
    books.build()
    incremental = {table: books.contents(table) for table in books.tables()}
    books.build(full_refresh=True, tested=False)
    assert {table: books.contents(table) for table in books.tables()} == incremental


@pytest.mark.slow
def test_only_the_orders_that_changed_are_built_again(open_books: Any, shop_type: Any) -> None:
    books = open_books()
    shop = shop_type(books, "calm")
    for number in range(5):
        shop.sale(str(number), f"2026-03-0{number + 1} 10:00:00", "10", email=f"{number}@x.example")
    shop.write()
    books.build(tested=False)
    books.build(tested=False)
    assert books.rows("select order_id from core.mart_changes") == []
    books.execute(
        "update raw.stub__orders set city = 'Köln', synced_at = $at where order_number = '3'",
        at="2026-03-30 09:00:00",
    )
    books.build()
    for changes in ("mart_changes", "profit_changes"):
        assert books.rows(f"select order_id from core.{changes}") == [{"order_id": "calm-shop:3"}]
    assert shop.select("order_number", "marts.orders", "1", where="city = 'Köln'") == [("3",)]


@pytest.mark.slow
def test_sums_by_day_follow_an_order_to_another_day_also_after_builds_that_broke_off(
    open_books: Any, shop_type: Any
) -> None:
    """A broken build may have counted the order on a day that nothing tells of any more: that day is remembered."""
    books = open_books()
    shop = shop_type(books, "moving")
    order = shop.sale("1", "2026-03-05 23:30:00", "10", email="a@x.example")
    shop.sale("2", "2026-03-05 12:00:00", "5", email="b@x.example")
    shop.write()
    books.build()

    def days() -> list[tuple[Any, ...]]:
        return list(
            shop.select(
                "cast(sales_date as varchar), net_sales, orders", "marts.sales_daily", "1",
                where="clock = 'order' and not is_filler",
            )
        )  # fmt: skip

    def moves_to(day: str, synced_at: str) -> None:
        for entity, column in (("orders", "ordered_at"), ("sales_events", "event_at")):
            books.execute(
                f"update raw.stub__{entity} set {column} = $day, synced_at = $at where order_id = $order",
                day=f"{day} 10:00:00", at=synced_at, order=order,
            )  # fmt: skip

    assert days() == [("2026-03-05", 15, 2)]
    moves_to("2026-03-07", "2026-03-30 09:00:00")
    books.build(select="+core_sales_days,resource_type:model")
    assert days() == [("2026-03-05", 15, 2)]
    moves_to("2026-03-08", "2026-03-30 10:00:00")
    books.build()
    assert days() == [("2026-03-05", 5, 1), ("2026-03-08", 10, 1)]
    assert books.rows("select * from core.day_changes") == []
    assert shop.select("cast(order_date as varchar), sum(net_sales)", "marts.product_sales_daily", "1", group="1") == [
        ("2026-03-05", 5), ("2026-03-08", 10),
    ]  # fmt: skip


@pytest.mark.slow
def test_sums_of_a_product_stand_under_its_new_title(open_books: Any, shop_type: Any) -> None:
    books = open_books()
    shop = shop_type(books, "titled")
    lamp = shop.product("P1", "Lamp")
    for number in (1, 2):
        shop.sale(str(number), f"2026-03-0{number} 10:00:00", "10", product_id=lamp)
    shop.write()
    books.build()
    books.execute("update raw.stub__products set title = 'Bright lamp'")
    books.build()
    assert shop.select("product_title, sum(net_sales)", "marts.product_sales_daily", "1", group="1") == [
        ("Bright lamp", 20)
    ]  # fmt: skip


@pytest.mark.slow
def test_a_new_and_a_changed_fee_are_noticed(open_books: Any, shop_type: Any) -> None:
    books = open_books()
    shop = shop_type(books, "fees")
    orders = [shop.sale(str(number), "2026-03-01 10:00:00", "10") for number in (1, 2)]
    shop.write()
    books.build(tested=False)

    def fees(*, tested: bool = False) -> list[tuple[Any, ...]]:
        books.build(tested=tested)
        return list(
            shop.select(
                "sum(marketplace_fees) as sold, sum(fixed_costs) as runs_on",
                "marts.profit_daily",
                "1",
                where="clock = 'order'",
            )
        )

    assert fees() == [(0, 0)]
    shop.synced_at = "2026-03-30 09:00:00"
    told = shop.fee(orders[0], "marketplace", "2026-03-02 10:00:00", "1.50")
    account = shop.fee(None, "subscription", "2026-03-02 10:00:00", "39")
    shop.write()
    assert fees() == [(Decimal("1.5"), 39)]
    assert books.rows("select order_id from core.profit_changes") == [{"order_id": orders[0]}]
    for fee_id, amount in ((told, "1.75"), (account, "40")):
        books.execute(
            "update raw.stub__fees set amount = cast($amount as decimal(18, 6)), synced_at = $at where fee_id = $fee",
            amount=amount, at="2026-03-30 10:00:00", fee=fee_id,
        )  # fmt: skip
    assert fees(tested=True) == [(Decimal("1.75"), 40)]
    books.execute("delete from raw.stub__fees")
    assert fees() == [(0, 0)]


@pytest.mark.slow
def test_a_payments_fee_that_moves_from_one_later_day_to_another_is_noticed(
    open_books: Any, shop_type: Any
) -> None:
    """Two payments of 50 after the order's day, at 2 % and 4 %: the sheet turns the rates round, and their sum stays."""
    books = open_books()
    shop = shop_type(books, "instalments")
    order = shop.sale("1", "2026-03-01 10:00:00", "100")
    for day in ("2026-03-03", "2026-03-04"):
        shop.payment(order, "sale", f"{day} 10:00:00", "50")
    shop.cost("payment_fee", rate="0.02", valid_from="2026-01-01")
    shop.cost("payment_fee", rate="0.04", valid_from="2026-03-04")
    shop.write()

    def fees() -> list[tuple[Any, ...]]:
        books.build()
        days = "sum(payment_costs) as fees, event_date"
        where = "profit_event_type = 'payment' group by event_date"
        return [row[0] for row in shop.select(days, "marts.profit_ledger", "event_date", where=where)]

    assert fees() == [1, 2]
    books.execute(
        "update raw.fondaco__cost_entries set rate = case when valid_from = '2026-01-01' then 0.04 else 0.02 end"
    )
    assert fees() == [2, 1]


@pytest.mark.slow
def test_a_build_that_broke_off_is_made_up_for_by_the_next(open_books: Any, shop_type: Any) -> None:
    """The states are written last: what a broken build had already taken in is still counted as changed."""
    books = open_books()
    shop = shop_type(books, "broken")
    first = shop.sale("1", "2026-03-01 10:00:00", "10", email="a@x.example")
    shop.write()
    books.build(tested=False)
    shop.synced_at = "2026-03-30 09:00:00"
    shop.event(first, "return", "product", "2026-03-02 10:00:00", returns="4", quantity=-1)
    shop.write()
    with pytest.raises(BuildError, match="marts_agree_with_core"):
        books.build(select="core_order_changes core_event_changes core_sales_events")
    assert shop.select("sum(net_sales)", "marts.orders", "1") == [(10,)]
    books.build()
    assert shop.select("sum(net_sales)", "marts.orders", "1") == [(6,)]
    assert shop.select("sum(net_sales)", "marts.sales_ledger", "1") == [(6,)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_views_are_made_again_only_after_a_model_has_changed(
    open_books: Any, shop_type: Any, stub_project: Path, tmp_path: Path, engine: str
) -> None:
    books = open_books(engine)
    shop = shop_type(books, "viewed")
    shop.sale("1", "2026-03-01 10:00:00", "10", email="a@x.example")
    shop.write()
    whole = books.build(tested=False).models
    views = books.rows("select table_name from information_schema.views where table_schema = 'conformed'")
    assert len(views) > 5
    shop.sale("2", "2026-03-02 10:00:00", "10", email="b@x.example")
    shop.write()
    assert books.build().models == whole - len(views)
    assert shop.select("sum(net_sales)", "marts.sales_ledger", "1") == [(20,)]
    assert books.build(full_refresh=True, tested=False).models == whole

    changed = shutil.copytree(stub_project, tmp_path / "changed")
    model = changed / "models" / "conformed" / "stub" / "stub__orders.sql"
    model.write_text(f"-- Another release.\n{model.read_text()}")
    assert type(books)(books.warehouse, changed).build(tested=False).models == whole
