"""Prices out of a warehouse and back into it: recommendations, promotions and markdowns, on DuckDB and PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.jobs.rows import insert
from tests.jobs.stocked import TENANT, TODAY, YESTERDAY, put, read
from tests.metrics.conftest import columns

from fondaco.jobs.marking_down import Season
from fondaco.jobs.price_reading import FIRST_MONDAY, week_of
from fondaco.jobs.pricing import PriceAsked, Priced, Rules, price_articles
from fondaco.warehouse import Warehouse

pytestmark = pytest.mark.slow
WEEKS = 104
TAX = 0.19
ELASTICITY = {"TEA": -1.3, "MUG": -2.6, "POT": -2.0, "CAP": -1.7}
MARTS = ("orders", "connections", "sales_ledger", "profit_ledger", "stock_items", "stockout_days")
CORE = {
    "variants": "tenant_id varchar, variant_id varchar, product_id varchar, sku varchar, title varchar, price decimal(38, 6),"
    " unit_cost decimal(38, 6), currency varchar, is_deleted boolean",
    "products": "tenant_id varchar, product_id varchar, title varchar, product_type varchar",
    "orders": "tenant_id varchar, connection_id varchar, prices_include_tax boolean",
    "exchange_rates_daily": "tenant_id varchar, rate_date date, currency varchar, exchange_rate decimal(24, 12)",
}  # fmt: skip
LAST = week_of(YESTERDAY + timedelta(days=1)) - 1


def monday(number: int) -> date:
    """Of a week, counted so that the last whole one is ``WEEKS`` − 1."""
    return FIRST_MONDAY + timedelta(weeks=LAST - WEEKS + 1 + number)


class Shop:
    """Articles that sold by the week at prices with 19 % of tax in them, in the order of their names."""

    def __init__(self, tenant: str = TENANT) -> None:
        self.tenant = tenant
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (*MARTS, *CORE)}
        self.add("core.orders", connection_id="shop", prices_include_tax=True)
        for day in range(WEEKS * 7):
            self.add("orders", order_id=f"o{day}", order_sequence=1, is_cancelled=False, connection_id="shop", person_id="p",
                     order_date=YESTERDAY - timedelta(days=day), net_sales=10)  # fmt: skip

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append({"tenant_id": self.tenant} | row)

    def sells(
        self, sku: str, prices: np.ndarray, pieces: np.ndarray, *, cost: float, kind: str = "Kitchen", stock: int | None = None,
        is_dead: bool = False, assumed: bool = False,
    ) -> None:  # fmt: skip
        """A row a week; the last price is the one that the shop lists."""
        variant, product = f"v:{sku}", f"p:{sku}"
        self.add("variants", variant_id=variant, product_id=product, sku=sku, title=None, price=float(prices[-1]), unit_cost=None,
                 currency="EUR", is_deleted=False)  # fmt: skip
        self.add("products", product_id=product, title=sku.title(), product_type=kind)
        for week, (price, count) in enumerate(zip(prices, pieces, strict=True)):
            if not count:
                continue
            net = float(round(price / (1 + TAX) * int(count), 6))
            self.add("sales_ledger", variant_id=variant, product_id=product, connection_id="shop", shop_currency="EUR", currency="EUR",
                     event_date=monday(week), units_sold=int(count), gross_sales=net, discounts=0, taxes=round(net * TAX, 6), exchange_rate=1)  # fmt: skip
            self.add("profit_ledger", variant_id=variant, event_date=monday(week), units_sold=int(count), gross_sales=net, discounts=0,
                     cost_of_goods=cost * int(count), assumed_cost_of_goods=cost * int(count) if assumed else 0)  # fmt: skip
        if stock is not None:
            self.add(
                "stock_items",
                variant_id=variant,
                location_id="main",
                units=stock,
                is_dead=is_dead,
                sales_velocity=0,
            )

    def write(self, warehouse: Warehouse) -> None:
        with warehouse.writer() as writer, writer.transaction():
            for schema in ("marts", "core"):
                writer.execute(f"create schema if not exists {schema}")
            for mart in MARTS:
                declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
                writer.execute(f"create table if not exists marts.{mart} ({declared})")
                by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
                for row in self.rows[mart]:
                    by_columns.setdefault(tuple(row), []).append(row)
                for rows in by_columns.values():
                    insert(writer, mart, rows)
            for table, declared in CORE.items():
                writer.execute(f"create table if not exists core.{table} ({declared})")
                for row in self.rows["core.orders" if table == "orders" else table]:
                    put(writer, f"core.{table}", row)


def shop() -> Shop:
    """Four articles whose prices move by chance; a lamp whose price never did; a vase that lies dead; a bowl whose cost is a guess."""
    made, chance = Shop(), np.random.default_rng(7)
    for sku, elasticity in ELASTICITY.items():
        steps = np.repeat(chance.choice([-0.12, -0.06, 0.0, 0.05], WEEKS // 4), 4)
        prices = np.round(20 * np.exp(steps), 2)
        prices[-1] = 20.0
        pieces = chance.poisson(40 * (prices / 20) ** elasticity)
        made.sells(sku, prices, pieces, cost=9.0)
    flat = np.full(WEEKS, 30.0)
    made.sells("LAMP", flat, chance.poisson(6, WEEKS), cost=15)
    made.sells("BOWL", np.round(20 * np.exp(np.repeat(chance.choice([-0.1, 0.0], WEEKS // 4), 4)), 2), chance.poisson(20, WEEKS), cost=8, assumed=True)  # fmt: skip
    gone = np.where(np.arange(WEEKS) < 80, chance.poisson(5, WEEKS), 0)
    made.sells("VASE", np.full(WEEKS, 50.0), gone, cost=20, stock=60, is_dead=True)
    return made


@pytest.fixture
def priced(empty_warehouse: Warehouse) -> Warehouse:
    shop().write(empty_warehouse)
    return empty_warehouse


def price(warehouse: Warehouse, **more: Any) -> Priced:
    rules = more.pop("rules", Rules())
    return price_articles(
        warehouse, PriceAsked(TENANT, TODAY, datetime(2026, 3, 31, 8), "EUR", rules, season=Season(6), **more)
    )


def recommendations(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    return {row["sku"]: row for row in read(warehouse, "marts.price_recommendations")}


def test_a_run_tells_how_units_answer_which_price_to_ask_and_where_it_cannot_say(priced: Warehouse) -> None:
    done = price(priced)
    assert (done.articles, done.plans, done.why_not) == (7, 1, "")
    found = recommendations(priced)
    for sku, truth in ELASTICITY.items():
        row = found[sku]
        assert row["elasticity_low"] < row["elasticity"] < row["elasticity_high"]
        assert row["elasticity"] == pytest.approx(truth, abs=0.5), sku
        assert row["tax_rate"] == pytest.approx(TAX, abs=1e-6)
        assert float(row["unit_cost"]) == pytest.approx(9)
        assert row["margin"] == pytest.approx(1 - 9 / (20 / (1 + TAX)), abs=1e-6)
        assert abs(float(row["recommended_price"]) / 20 - 1) <= 0.1 + 1e-9
        assert row["profit_change_low"] <= row["profit_change"] <= row["profit_change_high"]
    assert found["TEA"]["action"] == "raise", "at −1.3 buyers hardly mind"
    assert found["TEA"]["chance"] >= 0.8
    assert (found["LAMP"]["action"], found["LAMP"]["why_not"]) == ("unknown", "its price never changed")
    assert (found["BOWL"]["action"], found["BOWL"]["why_not"]) == (
        "unknown",
        "what a piece costs is not known",
    )
    (run,) = read(priced, "marts.price_runs")
    assert (run["articles"], run["products"], run["why_not"]) == (7, 7, None)
    assert run["known_products"] >= 4


def test_equal_marts_give_equal_prices(priced: Warehouse) -> None:
    price(priced)
    first = [
        read(priced, f"marts.{name}", "2, 3")
        for name in ("price_recommendations", "price_promotions", "markdown_plans")
    ]
    price(priced)
    assert [
        read(priced, f"marts.{name}", "2, 3")
        for name in ("price_recommendations", "price_promotions", "markdown_plans")
    ] == first


def test_prices_keep_to_endings_and_go_one_step_towards_a_margin(priced: Warehouse) -> None:
    price(priced, rules=Rules(endings=(0.49, 0.99), max_step=0.05, margin_goal=0.6))
    for sku in ELASTICITY:
        row = recommendations(priced)[sku]
        assert float(row["recommended_price"]) == 20.99, (
            "46 % are left of 20.00; 5 % more leads to 21.00, and the goal is far"
        )
        assert row["reaches_goal"] is False
        assert "farther away than one step" in row["sentence"]


def test_a_competitor_bounds_the_price(priced: Warehouse) -> None:
    price(priced, rules=Rules(competitors={"tea": 18.5}, competitor_band=(0.9, 1.05)))
    row = recommendations(priced)["TEA"]
    assert float(row["competitor_price"]) == 18.5
    assert float(row["recommended_price"]) <= 18.5 * 1.05
    assert "today's price is outside the guard rails" in row["sentence"]


def test_what_lies_dead_gets_a_plan_that_only_falls_and_brings_more_than_waiting(priced: Warehouse) -> None:
    price(priced)
    plan = read(priced, "marts.markdown_plans", "week")
    assert [row["week"] for row in plan] == [1, 2, 3, 4, 5, 6]
    assert {(row["sku"], row["reason"], row["on_hand"], row["elasticity_basis"]) for row in plan} == {
        ("VASE", "dead", 60, "group")
    }
    prices = [float(row["price"]) for row in plan]
    assert prices == sorted(prices, reverse=True) and prices[0] <= 50
    assert plan[0]["value"] > plan[0]["value_as_it_is"]
    assert plan[0]["week_start"] == TODAY + timedelta(days=1)


def test_price_cuts_that_ended_are_told_with_what_they_brought(empty_warehouse: Warehouse) -> None:
    made, chance = Shop(), np.random.default_rng(3)
    for sku in ("TEA", "MUG"):
        prices = np.full(WEEKS, 20.0)
        prices[8::13] = 16.0
        made.sells(sku, prices, chance.poisson(np.where(prices < 20, 80, 40)), cost=9)
    made.write(empty_warehouse)
    price(empty_warehouse)
    for row in read(empty_warehouse, "marts.price_promotions"):
        assert (row["events"], row["weeks"], row["why_not"]) == (8, 1, None)
        assert row["lift_low"] < 1.0 < row["lift_high"], "twice as many"
        assert row["extra_units"] == pytest.approx(40, rel=0.25)


def test_without_time_the_products_that_bring_most_come_first(priced: Warehouse) -> None:
    done = price(priced, seconds=0.0)
    assert done.articles == 7 and done.changes == 0
    assert {row["why_not"] for row in recommendations(priced).values()} == {
        "0 seconds were not enough for it: products that bring more come first"
    }


def test_it_is_said_why_there_are_no_prices(empty_warehouse: Warehouse) -> None:
    made = Shop()
    made.sells("TEA", np.full(WEEKS, 20.0), np.where(np.arange(WEEKS) >= WEEKS - 5, 4, 0), cost=9)
    made.write(empty_warehouse)
    done = price(empty_warehouse)
    assert done.why_not == "5 whole weeks of sales are known, and it needs 20"
    assert read(empty_warehouse, "marts.price_runs")[0]["why_not"] == done.why_not
    assert read(empty_warehouse, "marts.price_recommendations") == []
