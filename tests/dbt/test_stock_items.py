"""What each item of stock does, worked by hand: speed, days of supply, lost sales, ageing, classes, and the odd ones.

The merchant's day is 31 March 2026, so that the last whole day is the 30th and the last 90 days begin on 31 December. Its shop has one location.

The mug costs 4.00 and sells for 10.00. Of 100 that came on 31 December, 60 went on 10 January and 40 on the 20th; 50 came on
9 February, 10 went on 1 March, and 5 came back on the 5th: 45 are left.

- It could not be bought from 21 January to 8 February, 19 days; so it could on 90 − 19 = 71. Velocity 110 / 71 = 1.549296 a day.
- 45 / 1.549296 = 29.045455 days of supply; 29 whole days after the 30th it is the 28th of April.
- Sell-through (110 − 5) / (110 − 5 + 45) = 0.7.
- Lost: before the 21st 100 pieces in the 21 days from 31 December, 4.761905 a day; times 19 days 90.476190 pieces, at 10 − 4 = 6 each
  28.571429, together 542.857151.
- Stock day by day: 10 days of 100, 10 of 40, 20 of nothing, 20 of 50, 4 of 40, 26 of 45: 3,730 piece-days, at 4 each 14,920. On average of
  90 days 165.777778. Turnover (105 × 4) × 365 / 14,920 = 10.274799; GMROI (105 × 6) × 365 / 14,920 = 15.412198.
- First in, first out: all 45 came on 9 February, 49 days before the 30th.
- Net sales 105 × 10 = 1,050. The others: the gone 5 × 10 = 50, the odd 2 × 10 = 20, the new 3 × 5 = 15; together 1,135. Before the mug there is
  nothing, so it is A; before the gone 1,050 of 1,135, 92.5 %, so it is B; before the odd and the new more than 95 %: C.
- Twelve whole weeks are known. In week 4 before the 30th 10 went, in 7 6 × 4.761905 were lost, in 8 7 × 4.761905, in 9 40 went and 6 × 4.761905
  were lost, in 11 60 went: 200.476190, 16.706349 a week. Squares 100 + 816.326531 + 1,111.111111 + 4,702.040816 + 3,600 = 10,329.478458, less
  12 × 16.706349² = 3,349.225246, over 11: 634.568474; its root 25.190643 is 1.507849 of the mean: Z.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.dbt.stocked import Stocked

pytestmark = pytest.mark.slow
ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
NOW = "2026-03-31 12:00:00"


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, open_books: Any) -> Any:
    return open_books(request.param)


@pytest.fixture(scope="module")
def stock(books: Any, shop_type: Any) -> Iterator[Stocked]:
    one = Stocked(shop_type(books, "worked"))
    main = one.location("Main")
    for day in ("2025-06-01", "2025-11-30", "2025-12-02", "2025-12-31"):
        one.read(f"{day} 23:00:00")
    _mug(one, main)
    _others(one, main)
    one.shop.write()
    books.build(now=NOW)
    yield one


def _mug(one: Stocked, main: str) -> None:
    mug = one.shop.variant("MUG", "4")
    one.entry("receipts", "r1", "MUG", "2025-12-31 00:00:00", 100, location="Main")
    one.was(main, mug, 100, "2025-12-31 23:00:00")
    one.sold("m1", mug, "2026-01-10 10:00:00", 60, gross="600")
    one.sold("m2", mug, "2026-01-20 10:00:00", 40, gross="400")
    one.entry("receipts", "r2", "MUG", "2026-02-09 00:00:00", 50, location="Main")
    order = one.sold("m3", mug, "2026-03-01 10:00:00", 10, gross="100")
    one.came_back(order, mug, "2026-03-05 10:00:00", 5, 5)
    one.level(main, mug, 45, "2026-03-31 11:00:00")
    one.supplier("ACME")
    one.ordered("P1", "ACME", ("2026-03-20", "2026-04-02"), 30)


def _others(one: Stocked, main: str) -> None:
    """Dead and with a cost; dead and without one; new; below nothing; gone on all days; a part of a bundle; with a price and no cost; deleted."""
    for sku, cost, pieces in (("DISH", "3", 20), ("CUP", None, 7)):
        one.was(main, one.shop.variant(sku, cost), pieces, "2025-06-01 23:00:00")
        one.level(main, one.shop.id(sku), pieces, "2026-03-31 11:00:00")
    new = one.shop.variant("NEW", "2")
    one.entry("receipts", "n1", "NEW", "2026-03-25 00:00:00", 10, location="Main")
    one.sold("n1", new, "2026-03-28 10:00:00", 3, gross="15")
    one.level(main, new, 7, "2026-03-31 11:00:00")
    odd = one.shop.variant("ODD", "4")
    one.was(main, odd, 0, "2025-12-31 23:00:00")
    one.sold("o1", odd, "2026-03-20 10:00:00", 2, gross="20")
    one.level(main, odd, -2, "2026-03-31 11:00:00")
    gone = one.shop.variant("GONE", "4")
    one.was(main, gone, 5, "2025-11-30 23:00:00")
    one.sold("g1", gone, "2025-12-02 10:00:00", 5, gross="50")
    one.was(main, gone, 0, "2025-12-02 23:00:00")
    one.level(main, gone, 0, "2026-03-31 11:00:00")
    gift = one.shop.variant("GIFT", None)
    one.shop.variant("PART", "1", price="5")
    one.shop._add("bundle_parts", {"bundle_sku": "GIFT", "part_sku": "PART", "quantity": 2}, {})
    one.was(main, one.shop.id("PART"), 10, "2025-12-31 23:00:00")
    one.sold("b1", gift, "2026-03-10 10:00:00", 1, gross="0")
    one.level(main, one.shop.id("PART"), 8, "2026-03-31 11:00:00")
    one.shop.variant("ASK", None, price="20")
    one.level(main, one.shop.id("ASK"), 4, "2026-03-31 11:00:00")
    one.shop.variant("OLD", "9", is_deleted=True)
    one.was(main, one.shop.id("OLD"), 6, "2025-12-31 23:00:00")


def _item(stock: Stocked, sku: str, columns: str, table: str = "stock_items") -> tuple[Any, ...]:
    found: list[tuple[Any, ...]] = stock.shop.select(columns, f"marts.{table}", "sku", where=f"sku = '{sku}'")
    (row,) = found
    return tuple(float(value) if hasattr(value, "as_integer_ratio") else value for value in row)


def _about(*values: Any) -> list[Any]:
    return [pytest.approx(value, abs=2e-6) if isinstance(value, float) else value for value in values]


def test_how_fast_it_sells_and_how_long_it_lasts(stock: Stocked) -> None:
    found = _item(
        stock, "MUG", "units, units_sold_90, available_days_90, sales_velocity, days_of_supply, cast(runs_out_date as varchar) as day,"
        " sell_through_90, on_order_units, cast(expected_date as varchar) as expected",
    )  # fmt: skip
    assert list(found) == _about(
        45.0, 110.0, 71.0, 1.549296, 29.045455, "2026-04-28", 0.7, 30.0, "2026-04-02"
    )


def test_what_was_lost_while_it_could_not_be_bought(stock: Stocked) -> None:
    found = _item(stock, "MUG", "stockout_days_90, lost_units_90, lost_margin_90, stockout_rate_365")
    assert list(found) == _about(19.0, 90.47619, 542.857151, 19 / 90)


def test_what_it_costs_to_have_and_what_it_brings(stock: Stocked) -> None:
    found = _item(
        stock, "MUG", "stock_value, known_days_365, value_days_365, mean_stock_value_365, cost_of_sales_365, net_sales_365,"
        " sales_margin_365, turnover, gmroi",
    )  # fmt: skip
    assert list(found) == _about(180.0, 90.0, 14920.0, 165.777778, 420.0, 1050.0, 630.0, 10.274799, 15.412198)


def test_how_old_the_pieces_are(stock: Stocked) -> None:
    assert list(_item(stock, "MUG", "mean_age_days, oldest_days")) == [49.0, 49.0]
    assert list(_item(stock, "MUG", "age_band, units, stock_value", "stock_ages")) == ["31-60", 45.0, 180.0]
    # What was there from the first day on is as old as that day: 1 June to 30 March.
    assert list(_item(stock, "DISH", "age_band, units, oldest_days", "stock_ages")) == [
        "181-365",
        20.0,
        302.0,
    ]


def test_classes_by_sales_and_by_how_they_vary(stock: Stocked) -> None:
    rows = stock.shop.select(
        "sku, abc_class", "marts.stock_items", "sku", where="sku in ('MUG', 'GONE', 'ODD', 'NEW')"
    )
    assert rows == [("GONE", "B"), ("MUG", "A"), ("NEW", "C"), ("ODD", "C")]
    found = _item(stock, "MUG", "weekly_demand, weekly_demand_spread, demand_variation, xyz_class")
    assert list(found) == _about(16.706349, 25.190643, 1.507849, "Z")


def test_what_nobody_bought_for_half_a_year_lies_dead(stock: Stocked) -> None:
    assert _item(stock, "DISH", "is_dead, dead_stock_value, xyz_class, days_of_supply") == (
        1.0,
        60.0,
        None,
        None,
    )
    assert _item(stock, "MUG", "is_dead, dead_stock_value") == (0.0, 0.0)


def test_pieces_without_a_cost_are_counted_and_worth_nothing(stock: Stocked) -> None:
    assert _item(stock, "CUP", "units, unit_cost, unpriced_units, stock_value, lost_margin_90, gmroi") == (
        7.0, None, 7.0, 0.0, None, None,
    )  # fmt: skip


def test_an_assumed_cost_is_a_share_of_the_price_and_said_to_be_assumed(stock: Stocked) -> None:
    found = _item(stock, "ASK", "cost_basis, unit_cost, stock_value, assumed_stock_value, unpriced_units")
    assert found == ("assumed", 8.0, 32.0, 32.0, 0.0)


def test_a_new_item_sells_by_the_days_that_it_has_had(stock: Stocked) -> None:
    """Three in the six days from 25 to 30 March: half a piece a day, and seven last for fourteen days."""
    found = _item(stock, "NEW", "known_days_365, sales_velocity, days_of_supply, xyz_class, is_dead")
    assert found == (6.0, 0.5, 14.0, None, 0.0)


def test_what_is_below_nothing_is_no_stock(stock: Stocked) -> None:
    assert _item(stock, "ODD", "available, units, stock_value, unpriced_units") == (-2.0, 0.0, 0.0, 0.0)


def test_an_item_that_could_never_be_bought_has_no_speed(stock: Stocked) -> None:
    """Out on all 90 days; before, five went in the three days from 30 November on: 5 / 3 a day were lost."""
    found = _item(
        stock,
        "GONE",
        "available_days_90, sales_velocity, days_of_supply, stockout_days_90, lost_units_90, units",
    )
    assert list(found) == _about(0.0, None, None, 90.0, 150.0, 0.0)


def test_parts_of_bundles_sell_and_their_revenue_is_the_bundles(stock: Stocked) -> None:
    found = _item(stock, "PART", "units_sold_90, net_sales_365, cost_of_sales_365, units")
    assert found == (2.0, 0.0, 2.0, 8.0)
    assert stock.shop.select("sku", "marts.stock_items", "sku", where="sku in ('GIFT', 'OLD')") == []


def test_each_day_of_each_location_is_the_sum_of_its_items(stock: Stocked) -> None:
    """On 15 January 40 mugs, 20 dishes, 7 cups, 10 parts and 6 of what was deleted on the 31st of March; one item is below nothing at the end."""
    rows = stock.shop.select(
        "units, items_in_stock, items_below_nothing, stock_value, unpriced_units", "marts.stock_daily", "stock_date",
        where="stock_date in (date '2026-01-15', date '2026-03-30')",
    )  # fmt: skip
    (middle, last) = [tuple(float(value) for value in row) for row in rows]
    assert middle == (40 + 20 + 7 + 10 + 6, 5, 0, 160 + 60 + 10 + 54, 7)
    assert last == (45 + 20 + 7 + 7 + 8 + 6, 6, 1, 180 + 60 + 14 + 8 + 54, 7)


def test_spans_follow_each_other_without_a_gap(stock: Stocked) -> None:
    rows = stock.shop.books.rows(
        "select * from (select last_date, lead(first_date) over (partition by tenant_id, location_id, variant_id order by first_date)"
        " as next_date from marts.stock_spans) as followed where next_date <> last_date + interval '1 day'"
    )
    assert rows == []
    totals = stock.shop.books.rows(
        "select sum(value) as difference from (select stock_value as value from marts.stock_daily where stock_date = date '2026-03-01'"
        " union all select -stock_value from marts.stock_spans where date '2026-03-01' between first_date and last_date) as sides"
    )
    assert float(totals[0]["difference"]) == 0
