"""From the first request to the published marts: what goods cost, and what is left, is the hidden truth to the cent."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Shops, connected_project, standing_clock

from fondaco.costs import CostEntry, Kind, write_csv
from fondaco.metrics import MetricQuery
from fondaco.money import minor_digits
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.costs import CostSheet
from fondaco.simulator.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]

MONTHLY_RENT = Decimal(3100)
PARCEL, BOX = Decimal("4.35"), Decimal("0.62")


@dataclass(frozen=True)
class Books:
    """A project that was run once with a dated cost for every variant of Shopify's, and that shop's movements of goods."""

    project: Project
    connection: str
    goods: list[dict[str, Any]]
    scale: int


@pytest.fixture(scope="module")
def books(shops: Shops, world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    folder = tmp_path_factory.mktemp("profit")
    shutil.copytree(world_folder, folder / "world", ignore=shutil.ignore_patterns("store.duckdb*"))
    project = connected_project(folder / "shop", shops, standing_clock, is_built=True)
    (shop,) = (each for each in project.connections() if each.source == "shopify")
    (world,) = (row for row in shops.ask("GET", "shops") if row["name"] == shop.name)
    with Store.build(folder / "world") as store:
        goods = store.moved_goods(world["shop_id"])
    scale = -minor_digits(shop.currency)
    entries = [*dated_costs(goods, shop.connection_id, shop.currency, scale), *beside()]
    costs = CostSheet(project.control, project.reader, project.tenant, "cli")
    costs.take(costs.read(write_csv(entries).encode()))
    assert run_pipeline(project).error is None
    yield Books(project, shop.connection_id, goods, scale)
    project.close()


def dated_costs(goods: list[dict[str, Any]], connection: str, currency: str, scale: int) -> list[CostEntry]:
    """What each variant cost and from which day on, as far as anything of it was ordered."""
    first_days: dict[tuple[int, int], str] = {}
    for row in goods:
        if row["unit_cost"] is not None:
            key = (row["variant_id"], row["unit_cost"])
            first_days[key] = min(row["day"], first_days.get(key, row["day"]))
    return [
        CostEntry(Kind.PRODUCT_COST, f"{connection}:{variant}", amount=Decimal(cost).scaleb(scale), currency=currency,
                  valid_from=date.fromisoformat(day))
        for (variant, cost), day in first_days.items()
    ]  # fmt: skip


def beside() -> list[CostEntry]:
    return [
        CostEntry(Kind.SHIPPING_COST, "World", amount=PARCEL, currency="EUR"),
        CostEntry(Kind.PACKAGING, amount=BOX, currency="EUR"),
        CostEntry(Kind.FIXED, "Rent", amount=MONTHLY_RENT, currency="EUR"),
        CostEntry(Kind.MARKETING, "Agency", amount=Decimal("1234.56"), currency="EUR",
                  valid_from=date(2026, 9, 3), valid_to=date(2026, 9, 20)),
    ]  # fmt: skip


def fetch(books: Books, sql: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = books.project.reader.query(sql, params).to_pylist()
    return found


def test_goods_cost_what_they_cost_on_the_day_of_each_order(books: Books) -> None:
    """Of all that has a cost: what has none is a share of its price, and is counted as such."""
    truth: dict[str, int] = defaultdict(int)
    for row in books.goods:
        if row["unit_cost"] is None:
            continue
        left = row["units"] if row["units"] > 0 else -row["restocked"]
        truth[row["order_id"]] += left * row["unit_cost"]
    ours = fetch(
        books,
        "select order_id, sum(cost_of_goods) as cost from marts.profit_ledger where connection_id = $connection and"
        " cost_basis = 'sheet' group by order_id",
        connection=books.connection,
    )
    assert len(ours) > 100
    assert {row["order_id"]: row["cost"] for row in ours} == {
        f"{books.connection}:{order}": Decimal(cost).scaleb(books.scale) for order, cost in truth.items()
    }


def test_rent_and_marketing_are_spent_to_the_cent_and_by_every_breakdown(books: Books) -> None:
    layer, reader, tenant = books.project.metrics, books.project.reader, books.project.tenant
    [ads] = fetch(
        books,
        "select sum(ad_spend) as spent from marts.campaigns_daily where campaign_date between '2026-09-01' and '2026-09-30'",
    )
    marketing = Decimal("1234.56") + ads["spent"]
    assert ads["spent"] > 0
    asked = ("marketing_costs", "fixed_costs", "contribution_margin_2", "net_profit")
    for clock in ("finance", "order"):
        query = MetricQuery(metrics=asked, first=date(2026, 9, 1), last=date(2026, 9, 30), clock=clock)
        (total,) = layer.query(reader, query, tenant).to_pylist()
        assert (total["marketing_costs"], total["fixed_costs"]) == (marketing, MONTHLY_RENT)
        assert total["net_profit"] == total["contribution_margin_2"] - marketing - MONTHLY_RENT
        for dimension in ("shop", "country", "channel", "customer_type", "product", "day"):
            parts = layer.query(reader, replace(query, by=(dimension,)), tenant).to_pylist()
            assert {name: sum(row[name] for row in parts) for name in asked} == total, (clock, dimension)


def test_every_order_that_is_sent_has_its_parcel_and_box(books: Books) -> None:
    (found,) = fetch(
        books,
        "select sum(shipping_costs) as parcels, sum(fulfilment_costs) as boxes, count(*) filter (where is_sent) as sent"
        " from marts.order_profit",
    )
    assert found["sent"] > 200
    assert (found["parcels"], found["boxes"]) == (found["sent"] * PARCEL, found["sent"] * BOX)
