"""Demand and proposals out of a warehouse and back into it, on DuckDB and PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from tests.jobs.stocked import TENANT, TODAY, YESTERDAY, Shop, asked, plan, read

from fondaco.jobs.demanding import DAYS_TOLD, TESTED_AGAIN_DAYS
from fondaco.jobs.stock_planning import plan_stock
from fondaco.jobs.stock_reading import Coming
from fondaco.jobs.stock_tables import QUANTILES
from fondaco.warehouse import Warehouse

pytestmark = pytest.mark.slow
DAYS = 140


def shop(*, days: int = DAYS, tenant: str = TENANT) -> Shop:
    """Mugs and vases sell by chance, bowls at two places; a lamp has lain there for long. The supplier takes ten days."""
    made, chance = Shop(tenant), np.random.default_rng(4)
    made.ordered_daily(days)
    for name in ("main", "store"):
        made.location(name)
    for sku in ("MUG", "BOWL", "VASE", "LAMP"):
        made.article(sku)
        made.delivers("acme", sku, pack=6 if sku == "MUG" else None)
    made.supplier("acme", promised=10, lead_times=(9, 10, 10, 11))
    made.sells("MUG", "main", chance.poisson(4, days).tolist(), on_hand=20)
    made.sells("VASE", "main", chance.poisson(0.3, days).tolist(), on_hand=40)
    made.sells("BOWL", "main", chance.poisson(2, days).tolist(), on_hand=150)
    made.sells("BOWL", "store", chance.poisson(2, days).tolist(), on_hand=5)
    made.moved("LAMP", "main", TODAY - timedelta(days=300), closing=5)
    return made


@pytest.fixture
def stocked(empty_warehouse: Warehouse) -> Warehouse:
    shop().write(empty_warehouse)
    return empty_warehouse


def proposals(warehouse: Warehouse) -> list[tuple[str, str, str]]:
    rows = read(warehouse, "marts.proposals", "proposal_date, rank")
    return sorted(
        (row["kind"], row["location_id"], row["sku"]) for row in rows if row["proposal_date"] == TODAY
    )


def test_a_run_writes_forecasts_quality_positions_and_proposals(stocked: Warehouse) -> None:
    done = plan(stocked)
    assert (done.series, done.why_not) == (4, "")
    forecasts = read(stocked, "marts.demand_forecasts", "location_id, variant_id, period, forecast_date")
    days = [
        row
        for row in forecasts
        if (row["location_id"], row["variant_id"], row["period"]) == ("main", "v:MUG", "day")
    ]
    weeks = [
        row
        for row in forecasts
        if (row["location_id"], row["variant_id"], row["period"]) == ("main", "v:MUG", "week")
    ]
    assert [row["forecast_date"] for row in days] == [
        TODAY + timedelta(days=number) for number in range(DAYS_TOLD)
    ]
    assert [row["forecast_date"] for row in weeks] == [
        TODAY + timedelta(days=7 * number) for number in range(4)
    ]
    assert weeks[0]["mean"] == pytest.approx(sum(row["mean"] for row in days[:7]), abs=1e-4)
    for row in forecasts:
        told = [row[name] for name in QUANTILES]
        assert told == sorted(told) and told[0] >= 0
    assert days[0]["mean"] == pytest.approx(4, rel=0.3)
    (quality,) = [row for row in read(stocked, "marts.forecast_quality") if row["series_class"] == "smooth"]
    assert (
        quality["series"] >= 1
        and quality["tested_on"] == YESTERDAY
        and quality["error"] < quality["naive_error"]
    )
    assert 0.6 < quality["coverage"] < 0.95
    positions = read(stocked, "marts.stock_positions", "location_id, sku")
    assert [(row["location_id"], row["sku"]) for row in positions] == [
        ("main", "BOWL"), ("main", "LAMP"), ("main", "MUG"), ("main", "VASE"), ("store", "BOWL")
    ]  # fmt: skip
    mug = positions[2]
    assert (mug["unit_cost"], mug["unit_margin"], mug["order_multiple"], mug["lead_times"]) == (4, 6, 6, 4)
    assert mug["on_hand"] == 20 and mug["stock_value"] == 80 and mug["lead_time_basis"] == "orders"
    assert mug["days_of_supply"] == pytest.approx(20 / mug["daily_demand"])
    assert proposals(stocked) == [
        ("mark_down", "main", "LAMP"), ("reorder", "main", "MUG"), ("transfer", "store", "BOWL"), ("warn", "main", "MUG"), ("warn", "store", "BOWL")
    ]  # fmt: skip


def test_equal_marts_give_equal_proposals_and_the_past_is_tried_once_a_week(stocked: Warehouse) -> None:
    def everything() -> list[object]:
        return [read(stocked, f"marts.{name}", "2, 3, 4, 5") for name in ("demand_forecasts", "forecast_quality", "stock_positions", "proposals")]  # fmt: skip

    plan(stocked)
    first = everything()
    plan(stocked)
    assert everything() == first, "remembered winners forecast as on the day on which they won"
    with stocked.writer() as writer:
        writer.execute("delete from raw.fondaco__demand_tournament")
    plan(stocked)
    assert everything() == first, "a tournament that is held again ends alike"
    with stocked.writer() as writer:
        old = YESTERDAY - timedelta(days=TESTED_AGAIN_DAYS - 1)
        writer.execute("update raw.fondaco__demand_tournament set tested_on = $old", {"old": old})
    plan(stocked)
    assert read(stocked, "marts.demand_forecast_runs")[0]["tested_on"] == old
    with stocked.writer() as writer:
        writer.execute("update raw.fondaco__demand_tournament set tested_on = $old", {"old": old - timedelta(days=1)})  # fmt: skip
    plan(stocked)
    assert read(stocked, "marts.demand_forecast_runs")[0]["tested_on"] == YESTERDAY


def test_own_open_orders_count_as_on_order_unless_a_sheet_tells_of_them(stocked: Warehouse) -> None:
    coming = Coming("FO-1", "main", "v:MUG", 200, TODAY + timedelta(days=3))
    plan(stocked, coming=[coming])
    assert ("reorder", "main", "MUG") not in proposals(stocked)
    (mug,) = [row for row in read(stocked, "marts.stock_positions") if row["sku"] == "MUG"]
    assert (mug["on_order"], mug["next_receipt_date"]) == (200, TODAY + timedelta(days=3))
    made = shop()
    made.add("purchase_lines", purchase_order_id="x", purchase_order_number="fo-1", supplier_id="acme", sku="MUG", status="open", ordered_date=TODAY, lead_time_days=None)  # fmt: skip
    made.write(stocked)
    plan(stocked, coming=[coming])
    assert ("reorder", "main", "MUG") in proposals(stocked)


def test_a_transfer_on_its_way_is_no_longer_where_it_came_from(stocked: Warehouse) -> None:
    plan(stocked, coming=[Coming("FT-1", "store", "v:BOWL", 130, None, "main")])
    assert ("transfer", "store", "BOWL") not in proposals(stocked)
    assert ("reorder", "main", "BOWL") in proposals(stocked), "20 are left of 150"


def test_an_open_purchase_of_a_sheet_counts(empty_warehouse: Warehouse) -> None:
    made = shop()
    made.add(
        "open_purchases",
        location_id="main",
        variant_id="v:MUG",
        expected_date=TODAY + timedelta(days=2),
        quantity=200,
    )
    made.write(empty_warehouse)
    plan(empty_warehouse)
    assert ("reorder", "main", "MUG") not in proposals(empty_warehouse)


def test_proposals_of_former_days_are_kept_and_those_of_today_replaced(stocked: Warehouse) -> None:
    plan(stocked)
    plan(stocked)
    once = len(read(stocked, "marts.proposals"))
    plan(stocked, today=TODAY + timedelta(days=1))
    rows = read(stocked, "marts.proposals")
    assert {row["proposal_date"] for row in rows} == {TODAY, TODAY + timedelta(days=1)}
    assert sum(row["proposal_date"] == TODAY for row in rows) == once
    assert len({row["proposal_id"] for row in rows}) == len(rows)


def test_costs_in_another_currency_count_at_its_newest_rate(empty_warehouse: Warehouse) -> None:
    made = shop()
    made.rows["supplier_items"] = []
    made.delivers("acme", "MUG", cost=5, currency="USD")
    for day, rate in ((YESTERDAY, Decimal("0.8")), (TODAY - timedelta(days=9), Decimal("0.5"))):
        made.add("exchange_rates_daily", rate_date=day, currency="USD", exchange_rate=rate)
    made.write(empty_warehouse)
    plan(empty_warehouse)
    (mug,) = [row for row in read(empty_warehouse, "marts.stock_positions") if row["sku"] == "MUG"]
    assert (mug["unit_cost"], mug["supplier_unit_cost"], mug["supplier_currency"]) == (4, 5, "USD")


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "nothing has been sold yet"), (40, "40 days of sales are known, and a forecast needs 70")],
)
def test_where_there_is_nothing_to_forecast_it_says_why(
    empty_warehouse: Warehouse, days: int, said: str
) -> None:
    shop(days=days).write(empty_warehouse)
    assert plan(empty_warehouse).why_not == said
    assert read(empty_warehouse, "marts.demand_forecast_runs")[0]["why_not"] == said
    assert proposals(empty_warehouse) == []


def test_a_shop_without_stock_of_variants_is_told_so(empty_warehouse: Warehouse) -> None:
    made = Shop()
    made.ordered_daily(100)
    made.write(empty_warehouse)
    assert plan(empty_warehouse).why_not == "no sale is known by variant and location; see docs/stock.md"


def test_another_merchants_stock_is_neither_read_nor_written(stocked: Warehouse) -> None:
    shop(tenant="other").write(stocked)
    plan_stock(stocked, asked("other"))
    before = read(stocked, "marts.proposals", "rank", "other")
    plan(stocked)
    assert read(stocked, "marts.proposals", "rank", "other") == before
    assert {row["proposal_id"] for row in before} == {
        row["proposal_id"] for row in read(stocked, "marts.proposals")
    }


def test_days_without_stock_are_no_days_without_demand(empty_warehouse: Warehouse) -> None:
    made = shop()
    gone = [YESTERDAY - timedelta(days=number) for number in range(20)]
    for row in made.rows["stock_ledger"]:
        if row["sku"] == "MUG" and row["stock_date"] in gone:
            row["sold"] = 0
    for day in gone:
        made.add("stockout_days", location_id="main", variant_id="v:MUG", connection_id="shop", stockout_date=day, evidence="level", expected_units=4)  # fmt: skip
    made.write(empty_warehouse)
    plan(empty_warehouse)
    (mug,) = [row for row in read(empty_warehouse, "marts.stock_positions") if row["sku"] == "MUG"]
    assert mug["daily_demand"] == pytest.approx(4, rel=0.35)


def test_nothing_is_kept_longer_than_it_can_be_compared(stocked: Warehouse) -> None:
    plan(stocked)
    with stocked.writer() as writer:
        writer.execute("update marts.proposals set proposal_date = $old", {"old": date(2025, 1, 1)})
    plan(stocked)
    assert {row["proposal_date"] for row in read(stocked, "marts.proposals")} == {TODAY}
