"""From the first request to the published marts: every figure of every day is the hidden truth."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import (
    MADE_OF_COSTS,
    Shops,
    Undisturbed,
    connected_project,
    differences,
    rows,
    standing_clock,
)

from fondaco.money import minor_digits
from fondaco.orchestration import Project, run_pipeline

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]

FIGURES = ("gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "duties", "total_sales")
_FINANCE = f"""
    select cast(sales_date as varchar) as day, orders, {", ".join(FIGURES)} from marts.shop_sales_daily
    where connection_id = $connection
"""
_ORDER = """
    select
        cast(order_date as varchar) as day, count(distinct order_id) as orders,
        sum(gross_sales) as gross_sales, sum(discounts) as discounts, sum(returns) as returns,
        sum(gross_sales - discounts - returns) as net_sales, sum(shipping) as shipping, sum(taxes) as taxes,
        sum(duties) as duties,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + additional_fees) as total_sales
    from core.sales_events
    where connection_id = $connection and is_counted
    group by order_date
"""


def our_days(project: Project, connection: str, clock: str) -> dict[str, dict[str, Any]]:
    with project.warehouse.writer() as writer:
        found = writer.fetch(
            _FINANCE if clock == "finance" else _ORDER, {"connection": connection}
        ).to_pylist()
    return {row.pop("day"): row for row in found}


def in_shop_currency(truth: dict[str, dict[str, int]], currency: str) -> dict[str, dict[str, Decimal]]:
    scale = -minor_digits(currency)
    return {
        day: {name: Decimal(row[name]).scaleb(scale) for name in FIGURES} | {"orders": Decimal(row["orders"])}
        for day, row in truth.items()
    }


def without_idle_days(days: dict[str, dict[str, Any]]) -> dict[str, dict[str, Decimal]]:
    exact = {day: {name: Decimal(value) for name, value in row.items()} for day, row in days.items()}
    return {day: row for day, row in exact.items() if any(row.values())}


def shop_of(project: Project, shops: Shops) -> list[tuple[str, str, str]]:
    """(connection, shop of the world, currency)"""
    by_name = {row["name"]: row["shop_id"] for row in shops.ask("GET", "shops")}
    return [
        (c.connection_id, by_name[c.name], c.currency) for c in project.connections() if c.name in by_name
    ]


def assert_true(project: Project, shops: Shops) -> None:
    for connection, shop_id, currency in shop_of(project, shops):
        for clock in ("finance", "order"):
            truth = without_idle_days(in_shop_currency(shops.truth(shop_id, clock), currency))
            assert truth
            ours = without_idle_days(our_days(project, connection, clock))
            if (
                clock == "order"
            ):  # the truth counts an order without any movement; the ledger has no row of it
                for row in (*ours.values(), *truth.values()):
                    row.pop("orders")
                ours, truth = without_idle_days(ours), without_idle_days(truth)
            assert ours == truth, (connection, clock)


def test_the_first_run_comes_to_the_truth_on_every_day_and_both_clocks(
    undisturbed: Undisturbed, shops: Shops
) -> None:
    assert undisturbed.outcome.error is None
    assert (undisturbed.outcome.run.outcome, undisturbed.outcome.run.health) == ("success", "ok")
    assert len(shop_of(undisturbed.project, shops)) == 3
    assert_true(undisturbed.project, shops)


def test_the_seal_says_matched_for_all_history(undisturbed: Undisturbed) -> None:
    seal = undisturbed.project.control.reconciliation.seal("default")

    assert seal.state == "matched"
    assert seal.days_compared > 3 * 30


def test_what_is_published_is_what_was_built(undisturbed: Undisturbed) -> None:
    published = undisturbed.project.reader.query(
        "select sum(net_sales) as net, count(*) as n from marts.shop_sales_daily"
    )
    with undisturbed.project.warehouse.writer() as writer:
        built = writer.fetch("select sum(net_sales) as net, count(*) as n from marts.shop_sales_daily")

    assert published.to_pylist() == built.to_pylist()


def test_changes_are_read_in_a_second_run_and_incremental_equals_full(
    moving_shops: Shops, tmp_path: Path
) -> None:
    """Time goes on, a share of the orders changes; then the same figures come from a project that starts anew.

    What pieces cost before their cost changed is the one thing that only the grown project can know.
    """

    def clock() -> Any:
        return moving_shops.now + timedelta(minutes=20)

    with connected_project(tmp_path / "grown", moving_shops, clock) as grown:
        assert run_pipeline(grown, steps=("sync", "build")).error is None
        moving_shops.advance(share=0.02, minutes=36 * 60)
        second = run_pipeline(grown)
        assert second.error is None
        assert sum(s.extracted for s in second.streams if s.stream == "orders") > 0
        assert_true(grown, moving_shops)
        with connected_project(tmp_path / "fresh", moving_shops, clock) as fresh:
            assert run_pipeline(fresh).error is None
            ours, theirs = rows(grown, "core", "marts"), rows(fresh, "core", "marts")
            assert len(costs(grown)) > len(costs(fresh)) > 0
            assert costs(grown, "valid_until is null") == costs(fresh, "valid_until is null") == costs(fresh)
            for name in MADE_OF_COSTS:
                del ours[name], theirs[name]
            assert differences(ours, theirs) == {}


def costs(project: Project, where: str = "true") -> list[tuple[Any, ...]]:
    """Costs of variants, by variant and in their order."""
    with project.warehouse.writer() as writer:
        found = writer.fetch(
            f"select variant_id, unit_cost, currency from core.unit_costs where {where} order by variant_id, valid_from"
        )
    return [tuple(row.values()) for row in found.to_pylist()]


@pytest.mark.postgres
def test_the_same_project_comes_to_the_truth_on_postgresql(
    shops: Shops, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_WAREHOUSE__KIND", "postgres")
    monkeypatch.setenv("FONDACO_WAREHOUSE__URL", postgres_url)
    monkeypatch.setenv("FONDACO_CONTROL__URL", postgres_url)
    with connected_project(tmp_path / "shop", shops, standing_clock) as project:
        outcome = run_pipeline(project)

        assert outcome.error is None
        assert outcome.run.health == "ok"
        assert_true(project, shops)
        published = project.reader.query("select count(*) as n from marts.orders").to_pylist()
        with project.warehouse.writer() as writer:
            assert published == writer.fetch("select count(*) as n from marts.orders").to_pylist()
