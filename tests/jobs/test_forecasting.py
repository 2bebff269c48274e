"""The forecast of profit out of a warehouse and back into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.jobs.rows import insert
from tests.metrics.conftest import columns

from fondaco.jobs.forecasting import LINES, ForecastAsked, forecast_profit
from fondaco.metrics import PROFIT_STATEMENT, completed
from fondaco.metrics.statement import PROFIT_PARTS
from fondaco.warehouse import Warehouse

TENANT = "maison"
START = date(2025, 1, 1)
MARTS = ("orders", "connections", "profit_daily")


def write_days(warehouse: Warehouse, days: int, *, tenant: str = TENANT, seed: int = 1) -> None:
    """A shop that sells 100 a day, give or take, of which goods take 40 and rent 20; profit by both clocks, in two countries."""
    chance = np.random.default_rng(seed)
    orders, daily = [], []
    for number in range(days):
        day, sold = START + timedelta(number), Decimal(int(chance.integers(8000, 12000))) / 100
        orders.append(
            {"tenant_id": tenant, "order_id": f"{tenant}-{number:04}", "order_sequence": 1, "is_cancelled": False,
             "connection_id": "a", "person_id": f"p{number % 50}", "order_date": day, "net_sales": sold}
        )  # fmt: skip
        for clock in ("finance", "order"):
            for country, share in (("DE", Decimal("0.75")), ("FR", Decimal("0.25"))):
                amounts = {"gross_sales": sold * share, "cost_of_goods": sold * share * Decimal("0.4"),
                           "marketing_costs": Decimal(3), "fixed_costs": Decimal(10)}  # fmt: skip
                if clock == "order":
                    amounts["gross_sales"] *= 9
                daily.append(
                    {"tenant_id": tenant, "clock": clock, "profit_date": day, "connection_id": "a", "country": country,
                     **dict.fromkeys(PROFIT_PARTS, 0), **amounts}
                )  # fmt: skip
    write(warehouse, tenant, orders=orders, profit_daily=daily)


def write(warehouse: Warehouse, tenant: str, **rows: Sequence[dict[str, Any]]) -> None:
    with warehouse.writer() as writer, writer.transaction():
        writer.execute("create schema if not exists marts")
        for mart in MARTS:
            declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
            writer.execute(f"create table if not exists marts.{mart} ({declared})")
            writer.execute(f"delete from marts.{mart} where tenant_id = $tenant", {"tenant": tenant})
            insert(writer, mart, rows.get(mart, []))


def asked(today: date, tenant: str = TENANT) -> ForecastAsked:
    return ForecastAsked(tenant, today, datetime(2026, 1, 1, 8))


def read(warehouse: Warehouse, table: str, order: str = "1") -> list[dict[str, Any]]:
    with warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(
            f"select * from marts.{table} where tenant_id = $tenant order by {order}", {"tenant": TENANT}
        ).to_pylist()
    return found


@pytest.fixture
def two_hundred_days(empty_warehouse: Warehouse) -> Warehouse:
    write_days(empty_warehouse, 200)
    return empty_warehouse


def test_every_line_of_every_day_to_come_is_written_and_adds_up_to_the_cent(
    two_hundred_days: Warehouse,
) -> None:
    today = START + timedelta(200)
    assert forecast_profit(two_hundred_days, asked(today)) == 92
    rows = read(two_hundred_days, "profit_forecasts", "forecast_date")
    days = sorted({row["forecast_date"] for row in rows})
    assert days == [today + timedelta(number) for number in range(92)]
    assert len(rows) == len(PROFIT_STATEMENT) * len(days)
    for column in ("expected", "total"):
        for day in (days[0], days[40], days[-1]):
            told = {row["metric"]: row[column] for row in rows if row["forecast_date"] == day}
            assert told == completed({name: told[name] for name in PROFIT_PARTS}, PROFIT_STATEMENT)
    last = {row["metric"]: row for row in rows if row["forecast_date"] == days[-1]}
    assert last["fixed_costs"]["total"] == 92 * 20
    assert last["marketing_costs"]["total"] == 92 * 6
    assert last["cost_of_goods"]["total"] == pytest.approx(last["net_sales"]["total"] * Decimal("0.4"), abs=1)
    assert last["net_sales"]["total"] == pytest.approx(92 * 100, rel=Decimal("0.05"))
    for name, row in last.items():
        if name in LINES:
            assert row["total_low"] < row["total"] < row["total_high"]
            assert row["low"] < row["expected"] < row["high"]
        else:
            assert row["low"] is row["high"] is row["total_low"] is row["total_high"] is None


def test_its_errors_stand_beside_those_of_the_baselines(two_hundred_days: Warehouse) -> None:
    forecast_profit(two_hundred_days, asked(START + timedelta(200)))
    tests = read(two_hundred_days, "profit_forecast_tests", "metric, way, horizon_days")
    assert [(row["metric"], row["way"], row["horizon_days"]) for row in tests] == [
        (line, way, days)
        for line in sorted(LINES)
        for way in ("forecast", "same_weekday")
        for days in (30, 90)
    ]
    for row in tests:
        assert (row["coverage"] is None) == (row["way"] != "forecast" or row["covered"] == 0)
        assert row["wape"] > 0 and row["windows"] > 4


def test_it_is_made_once_a_day_and_when_the_books_change(two_hundred_days: Warehouse) -> None:
    today = START + timedelta(200)
    assert forecast_profit(two_hundred_days, asked(today)) == 92
    assert forecast_profit(two_hundred_days, asked(today)) == 0
    with two_hundred_days.writer() as writer, writer.transaction():
        writer.execute(
            "update marts.profit_daily set returns = returns + 5 where clock = 'finance' and profit_date = $day",
            {"day": START + timedelta(150)},
        )
    assert forecast_profit(two_hundred_days, asked(today)) == 92
    (run,) = read(two_hundred_days, "profit_forecast_runs")
    assert (run["as_of_date"], run["first_date"], run["known_days"]) == (today - timedelta(1), START, 200)


def test_a_short_history_is_told_and_has_no_rows(empty_warehouse: Warehouse) -> None:
    write_days(empty_warehouse, 23)
    assert forecast_profit(empty_warehouse, asked(START + timedelta(23))) == 0
    assert read(empty_warehouse, "profit_forecasts") == []
    (run,) = read(empty_warehouse, "profit_forecast_runs")
    assert (run["why_not"], run["known_days"]) == ("23 days are known, and a forecast needs 116", 23)


def test_today_is_not_over_and_is_forecast(two_hundred_days: Warehouse) -> None:
    forecast_profit(two_hundred_days, asked(START + timedelta(199)))
    (run,) = read(two_hundred_days, "profit_forecast_runs")
    assert run["as_of_date"] == START + timedelta(198)
    assert read(two_hundred_days, "profit_forecasts", "forecast_date")[0][
        "forecast_date"
    ] == START + timedelta(199)


def test_merchants_keep_apart_and_one_without_orders_has_nothing(two_hundred_days: Warehouse) -> None:
    today = START + timedelta(200)
    forecast_profit(two_hundred_days, asked(today))
    before = read(two_hundred_days, "profit_forecasts", "metric, forecast_date")
    write_days(two_hundred_days, 150, tenant="other", seed=5)
    forecast_profit(two_hundred_days, asked(today, "other"))
    forecast_profit(two_hundred_days, asked(today, "nobody"))
    assert read(two_hundred_days, "profit_forecasts", "metric, forecast_date") == before
    write(two_hundred_days, TENANT)
    forecast_profit(two_hundred_days, asked(today))
    assert read(two_hundred_days, "profit_forecasts") == []
    assert read(two_hundred_days, "profit_forecast_runs") == []
