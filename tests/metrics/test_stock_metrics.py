"""Metrics of stock by hand: those of a period from spans of days, and those of now, which no period narrows.

A mug at Main: 10 pieces from 1 to 10 March, 4 from the 11th to the 20th, none from the 21st to the 25th, 6 from the 26th to the 31st, at 5.00 each. Piece-days
10 × 10 + 10 × 4 + 6 × 6 = 176, at 5.00 each 880; 31 days, so that the mean of a day is 28.387097 and 5.677419 pieces. Twenty-six days ended in stock; on five
it could not be bought, with 2 pieces lost a day at 3.00 of margin. 6 went on the 11th and 4 on the 21st; 1 came back on the 21st and 6 came on the 26th.

- Stockout rate 5 / (5 + 26) = 0.161290; in-stock rate 0.838710; fill rate 10 / (10 + 10) = 0.5; lost margin 30.
- Cost of pieces sold (10 − 1) × 5 = 45. Turnover 45 × 365 / 880 = 18.664773.
- With 36.00 of contribution margin 1, GMROI 36 × 365 / 880 = 14.931818.
- Up to 12 March: 10 × 10 + 2 × 4 = 108 piece-days on 12 days, 9 a day.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, SemanticLayer

LAYER = SemanticLayer.load()
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
MUG = {"connection_id": "a", "location_id": "a:Main", "location_name": "Main", "variant_id": "a:v", "product_id": "a:p",
       "product_title": "Mug", "sku": "MUG"}  # fmt: skip
PLACE = {"connection_id": "a", "location_id": "a:Main", "location_name": "Main"}
SPANS = ((1, 10, 10), (11, 20, 4), (21, 25, 0), (26, 31, 6))


@pytest.fixture
def stock(marts: Any) -> Any:
    for first, last, units in SPANS:
        value = units * 5
        marts.add(
            "stock_spans",
            first_date=date(2026, 3, first),
            last_date=date(2026, 3, last),
            units=units,
            stock_value=value,
            **MUG,
        )
        for day in range(first, last + 1):
            marts.add("stock_daily", stock_date=date(2026, 3, day), units=units, stock_value=value,
                      items_in_stock=1 if units else 0, **PLACE)  # fmt: skip
    for day, moved in (
        (11, {"sold": 6}),
        (21, {"sold": 3, "bundled": 1, "returned": 1}),
        (26, {"received": 6}),
    ):
        marts.add("stock_ledger", stock_date=date(2026, 3, day), unit_cost=5, **moved, **MUG)
    for day in range(21, 26):
        marts.add("stockout_days", stockout_date=date(2026, 3, day), expected_units=2, lost_margin=6, **MUG)
    marts.add("profit_ledger", event_date=date(2026, 3, 11), order_date=date(2026, 3, 11), product_id="a:p", connection_id="a",
              line_type="product", gross_sales=81, net_sales=81, cost_of_goods=45)  # fmt: skip
    marts.add("product_sales_daily", event_date=date(2026, 3, 11), order_date=date(2026, 3, 11), product_id="a:p", connection_id="a",
              gross_sales=81, net_sales=81)  # fmt: skip
    return marts


def ask(marts: Any, *metrics: str, by: tuple[str, ...] = (), **asked: Any) -> list[tuple[Any, ...]]:
    query = MetricQuery(metrics, by, **(MARCH | asked))
    return [tuple(row.values()) for row in LAYER.query(marts, query, "default").to_pylist()]


@pytest.mark.parametrize("where", [{}, {"product_id": "a:p"}], ids=["by day", "by spans"])
def test_averages_rates_and_turnover_are_those_worked_by_hand(stock: Any, where: dict[str, str]) -> None:
    """A product is told from spans, everything from sums by day: they say the same."""
    [row] = ask(
        stock, "average_stock_value", "average_stock_units", "stock_turnover", "stockout_rate", "in_stock_rate", "fill_rate", "lost_units",
        "lost_margin", where=where,
    )  # fmt: skip
    wanted = ("28.387097", "5.677419", "18.664773", "0.161290", "0.838710", "0.5", "10", "30")
    assert [round(value, 6) for value in row] == [Decimal(value) for value in wanted]


def test_the_margin_that_a_year_of_stock_brings(stock: Any) -> None:
    [row] = ask(stock, "gross_margin_return_on_inventory", where={"product_id": "a:p"})
    assert round(row[0], 6) == Decimal("14.931818")


def test_a_span_counts_only_with_its_days_of_the_period(stock: Any) -> None:
    for where in ({}, {"sku": "MUG"}):
        assert ask(stock, "average_stock_units", where=where, last=date(2026, 3, 12)) == [(Decimal(9),)]
        assert ask(
            stock, "stock_unit_sum", "stock_days", where=where, first=date(2026, 3, 26), last=date(2026, 4, 9)
        ) == [(36, 6)]
        assert ask(
            stock, "average_stock_units", where=where, first=date(2026, 4, 1), last=date(2026, 4, 9)
        ) == [(None,)]


@pytest.mark.parametrize("where", [{}, {"variant_id": "a:v"}], ids=["by day", "by spans"])
def test_weeks_and_weekdays_of_stock(stock: Any, where: dict[str, str]) -> None:
    """Of the weeks of 9 and 23 March: two days of 10 and five of 4; three of nothing and, to the 29th, four of 6."""
    weeks = dict(ask(stock, "stock_unit_sum", by=("week",), where=where))
    assert (weeks[date(2026, 3, 9)], weeks[date(2026, 3, 23)]) == (40, 24)
    assert ask(stock, "stock_unit_sum", where=where | {"weekday": "1"}) == [(10 + 10 + 4 + 0 + 6,)]
    by_day = dict(ask(stock, "average_stock_value", by=("day",), where=where))
    assert (by_day[date(2026, 3, 10)], by_day[date(2026, 3, 11)], by_day[date(2026, 3, 22)]) == (50, 20, 0)


def test_every_location_has_its_own(stock: Any) -> None:
    stock.add("stock_daily", stock_date=date(2026, 3, 1), units=3, stock_value=30, items_in_stock=1, connection_id="a",
              location_id="a:Store", location_name="Store")  # fmt: skip
    assert ask(stock, "average_stock_units", by=("location",)) == [
        ("Main", Decimal("5.677419")), ("Store", Decimal(3)),
    ]  # fmt: skip
    assert ask(stock, "stockout_days", by=("location",), where={"location": "Store"}) == []


@pytest.fixture
def now(marts: Any) -> Any:
    """40 mugs at 5.00 that sell 2 a day; 10 dead dishes at 8.00, assumed; a cup without a cost; a bowl of which one too many was sold."""
    today = {
        "as_of_date": date(2026, 3, 30),
        "is_dead": False,
        "connection_id": "a",
        "location_id": "a:Main",
        "location_name": "Main",
    }
    marts.add("stock_items", **today, sku="MUG", units=40, available=40, stock_value=200, sales_velocity=2, net_units_90=160, abc_class="A",
              unit_days=400, cost_basis="sheet")  # fmt: skip
    marts.add("stock_items", **today | {"is_dead": True}, sku="DISH", units=10, available=10, stock_value=80, assumed_stock_value=80,
              dead_stock_value=80, abc_class="C", unit_days=3000, cost_basis="assumed", sales_velocity=None)  # fmt: skip
    marts.add(
        "stock_items",
        **today,
        sku="CUP",
        units=1,
        available=1,
        unpriced_units=1,
        abc_class="C",
        sales_velocity=None,
    )
    marts.add("stock_items", **today, sku="BOWL", units=0, available=-1, abc_class="C", sales_velocity=None)
    for sku, band, units, value in (
        ("MUG", "0-30", 30, 150),
        ("MUG", "31-60", 10, 50),
        ("DISH", "181-365", 10, 80),
        ("CUP", "0-30", 1, 0),
    ):
        marts.add("stock_ages", **{name: today[name] for name in ("as_of_date", "connection_id", "location_id", "location_name")},
                  sku=sku, age_band=band, units=units, stock_value=value)  # fmt: skip
    return marts


def test_what_is_there_now_is_the_same_whatever_the_period(now: Any) -> None:
    for asked in ({}, {"first": date(2020, 1, 1), "last": date(2020, 1, 2)}):
        assert ask(now, "stock_value", "stock_units", "assumed_stock_value", "unpriced_stock_units", "stock_items", "items_below_nothing", **asked) == [
            (280, 51, 80, 1, 3, 1)
        ]  # fmt: skip


def test_speed_cover_sell_through_and_dead_stock(now: Any) -> None:
    """51 / 2; 160 / (160 + 51); 80 of 280; (400 + 3,000) / 51 days."""
    [row] = ask(now, "sales_velocity", "days_of_supply", "sell_through", "dead_stock_rate", "stock_age")
    wanted = ("2", "25.5", "0.758294", "0.285714", "66.666667")
    assert [round(value, 6) for value in row] == [Decimal(value) for value in wanted]
    assert ask(now, "days_of_supply", where={"sku": "DISH"}) == [(None,)]


def test_ages_and_classes_divide_the_same_value(now: Any) -> None:
    assert ask(now, "stock_value", by=("age_band",)) == [
        ("0-30", Decimal(150)),
        ("181-365", Decimal(80)),
        ("31-60", Decimal(50)),
    ]
    assert ask(now, "stock_value", "stock_items", by=("abc_class",)) == [("A", 200, 1), ("C", 80, 2)]


def test_what_is_of_now_is_not_asked_by_day(now: Any) -> None:
    with pytest.raises(
        ConfigError, match="stock_value says how things are now, and has no dimension 'month'"
    ):
        ask(now, "stock_value", by=("month",))
    assert not LAYER.answers(MetricQuery(("stock_value",), where={"weekday": "1"}, **MARCH))


def test_figures_of_now_and_of_a_period_stand_side_by_side(stock: Any, now: Any) -> None:
    assert ask(now, "stock_units", "lost_units", by=("location",)) == [("Main", 51, Decimal(10))]
