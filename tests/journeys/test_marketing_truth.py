"""Advertising from the vendors' interfaces to the published marts: spend is the accounts' to the cent, and an order came from where it did."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Shops, Undisturbed

from fondaco.money import minor_digits
from fondaco.simulator.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]
SOURCES = {"meta": "meta_ads", "google": "google_ads"}
TELL_VISITS = ("shopify", "woocommerce")


@pytest.fixture(scope="module")
def truth(shops: Shops, world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("truth")
    shutil.copytree(world_folder, folder / "world", ignore=shutil.ignore_patterns("store.duckdb*"))
    with Store.build(folder / "world") as store:
        yield store


def fetch(undisturbed: Undisturbed, sql: str, **params: Any) -> list[dict[str, Any]]:
    with undisturbed.project.warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(sql, params or None).to_pylist()
    return found


@pytest.mark.parametrize("platform", SOURCES)
def test_spend_of_every_campaign_and_day_is_the_accounts_to_the_cent(
    truth: Store, shops: Shops, undisturbed: Undisturbed, platform: str
) -> None:
    first, last = shops.world.start.date() - timedelta(2), shops.world.end.date() + timedelta(2)
    [account] = truth.rows("select currency from ad_accounts where platform = ?", [platform])
    spent: dict[tuple[str, str], int] = defaultdict(int)
    for row in truth.ad_days(platform, first, last):
        spent[str(row["campaign_id"]), row["day"]] += row["spend"]
    ours = fetch(
        undisturbed,
        "select split_part(campaign_id, ':', 2) as campaign, cast(spend_date as varchar) as day, spend, currency"
        " from core.ad_spend where source = $source and spend <> 0",
        source=SOURCES[platform],
    )
    assert {row["currency"] for row in ours} == {account["currency"]}
    expected = {
        key: Decimal(amount).scaleb(-minor_digits(account["currency"]))
        for key, amount in spent.items()
        if amount
    }
    assert {(row["campaign"], row["day"]): row["spend"] for row in ours} == expected
    assert len(expected) > 100


def test_all_that_was_spent_reaches_profit_and_exchange_rates_gain_none_of_it(
    undisturbed: Undisturbed,
) -> None:
    [found] = fetch(
        undisturbed,
        "select (select sum(ad_spend) from marts.campaigns_daily) as campaigns,"
        " (select sum(marketing_costs) from marts.profit_ledger) as ledger,"
        " (select sum(marketing_costs) from marts.profit_daily where clock = 'finance') as finance,"
        " (select sum(marketing_costs) from marts.profit_daily where clock = 'order') as placed,"
        " (select sum(amount) from (select cast(cast(s.spend as decimal(38, 6)) * r.exchange_rate as decimal(18, 6)) as amount"
        "  from core.ad_spend as s join core.exchange_rates_daily as r"
        "  on s.currency = r.currency and s.spend_date = r.rate_date and s.tenant_id = r.tenant_id)) as converted",
    )
    assert found["converted"] > 0
    assert len(set(found.values())) == 1


def test_an_order_came_from_the_campaign_whose_click_led_to_it(
    truth: Store, undisturbed: Undisturbed
) -> None:
    brought = truth.rows(
        "select s.name, t.order_id, t.platform, t.campaign_id from ad_touches as t inner join shops as s using (shop_id)"
        " where t.brought and t.kind = 'click' and s.platform in ('shopify', 'woocommerce')"
    )
    shops = {each.name: each.connection_id for each in undisturbed.project.connections()}
    expected = {
        f"{shops[row['name']]}:{row['order_id']}": (SOURCES[row["platform"]], str(row["campaign_id"]))
        for row in brought
    }
    ours = fetch(
        undisturbed,
        "select order_id, platform, split_part(campaign_id, ':', 2) as campaign_id from marts.order_campaigns",
    )
    found = {row["order_id"]: (row["platform"], row["campaign_id"]) for row in ours}
    assert len(expected) > 50
    assert {order: found.get(order) for order in expected} == expected
    assert {order: found[order] for order in found.keys() - expected.keys()} == {}
