"""Advertising in the simulated world: money, orders and claims, and how platforms restate them."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest

from fondaco.simulator.store import Store
from fondaco.simulator.world import World
from fondaco.simulator.world.frames import parquet_of

ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))
BEFORE = {
    "shops": "20ce0977ede5d788", "people": "3b2aee4916b54360", "customers": "52adb3ce49909589",
    "products": "25f5d95e0248fc2f", "variants": "9169a3b13b84dbb7", "discounts": "555d6227d5b76bee",
    "order_lines": "b6d275f9fb924e85", "refunds": "52bf539f813f60f4", "refund_lines": "194c167c83e1fd34",
    "transactions": "6d0d064fa73f04f5", "ledger": "69d3d987d78ecc6d", "daily_sales": "0f7bdebda4c4a990",
}  # fmt: skip
"""Digests of the world's tables as they were before it had advertising."""


@pytest.mark.parametrize("table", list(BEFORE))
def test_advertising_left_the_rest_of_the_world_as_it_was(small_world: World, table: str) -> None:
    rows = pq.read_table(parquet_of(small_world.folder, table)).to_pydict()
    assert hashlib.sha256(repr(rows).encode()).hexdigest()[:16] == BEFORE[table]


def test_the_truth_on_file_is_what_the_accounts_settle_at(small_store: Store, small_world: World) -> None:
    kept = pq.read_table(parquet_of(small_world.folder, "ad_spend")).to_pylist()
    settled = small_store.rows(
        """
        select platform, campaign_id, day, sum(spend)::bigint as spend from ad_days
        group by all having sum(spend) > 0 order by all
        """
    )
    assert sorted(kept, key=lambda row: tuple(row.values())) == settled


def test_orders_of_a_platform_came_by_its_ads_or_by_its_free_results(small_store: Store) -> None:
    shares = small_store.rows(
        """
        select o.acquisition_channel as platform, avg((t.order_id is not null)::int) as share from orders as o
        left join ad_touches as t on t.order_id = o.order_id and t.brought
        where o.channel = 'web' and o.acquisition_channel in ('meta', 'google') group by all
        """
    )
    assert {row["platform"]: row["share"] for row in shares} == {
        "meta": pytest.approx(0.92, abs=0.04), "google": pytest.approx(0.72, abs=0.06),
    }  # fmt: skip


def test_platforms_claim_orders_that_they_did_not_bring_and_some_orders_twice(small_store: Store) -> None:
    meta, google = (small_store.ad_claims(platform, *ALWAYS) for platform in ("meta", "google"))
    brought = Counter(
        row["platform"] for row in small_store.rows("select platform from ad_touches where brought")
    )
    assert len(meta) > 1.3 * brought["meta"]
    assert len(google) > 1.1 * brought["google"]
    assert {row["order_id"] for row in meta} & {row["order_id"] for row in google}
    assert max(row["lag_seconds"] for row in meta if row["kind"] != "click") <= 86_400
    assert 20 * 86_400 < max(row["lag_seconds"] for row in meta) <= 25 * 86_400


def test_an_archived_and_a_removed_campaign_keep_their_figures(small_store: Store) -> None:
    spent = small_store.rows(
        """
        select c.status, sum(d.spend) > 0 as spent from ad_campaigns as c inner join ad_days as d using (campaign_id)
        where c.status in ('archived', 'removed') group by all order by all
        """
    )
    assert spent == [{"status": "archived", "spent": True}, {"status": "removed", "spent": True}]


def test_performance_max_has_no_ads(small_store: Store) -> None:
    days = small_store.rows(
        """
        select distinct d.ad_id, d.ad_group_id from ad_days as d inner join ad_campaigns as c using (campaign_id)
        where c.kind = 'performance_max'
        """
    )
    assert days == [{"ad_id": None, "ad_group_id": None}]


@pytest.mark.slow
def test_figures_are_restated_for_four_weeks_and_then_stand_still(moving_store: Store) -> None:
    last = moving_store.now.date()
    before = _by_unit(moving_store.ad_days("meta", *ALWAYS))
    moving_store.advance(seed=3, share=0.01, minutes=20 * 24 * 60)
    after = _by_unit(moving_store.ad_days("meta", *ALWAYS))
    gone = before.keys() - after.keys()
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    assert gone, "the platform took rows back"
    assert all(before[key]["spend"] > after[key]["spend"] for key in changed if _age(key, last) > 1)
    assert 0 < max(_age(key, last) for key in gone | changed) <= 28
    assert max(day for day, _ in after) > max(day for day, _ in before)


@pytest.mark.slow
def test_claims_of_a_day_grow_as_people_order(moving_store: Store) -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    before = moving_store.ad_claims("meta", first, last)
    for step in range(3):
        moving_store.advance(seed=step, share=0.1, minutes=24 * 60)
    assert len(moving_store.ad_claims("meta", first, last)) > len(before)


def _by_unit(rows: list[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["day"], row["unit_id"]): row for row in rows}


def _age(key: tuple[str, int], last: date) -> int:
    return (last - date.fromisoformat(key[0])).days
