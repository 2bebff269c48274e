"""From Google's account to core: what was read early and restated since ends at the truth, to the micro."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.parsed import give_models
from tests.serving import served
from tests.sources.google_ads.conftest import NOW, WORLD, Account, Synced

from fondaco.simulator.faults import Faults
from fondaco.simulator.google_ads.app import create_app
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.warehouse.dbt import invoke

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("google_ads")]

TRUTH = """
    select campaign_id::text as campaign_id, day, sum(spend)::bigint as spend from ad_days
    where platform = 'google' and ends_at < (select now from moments) - interval 29 day
    group by all having sum(spend) > 0 order by all
"""
SPEND = """
    select campaigns.source_campaign_id, cast(spend.spend_date as varchar), spend.spend
    from core.ad_spend as spend
    inner join core.campaigns as campaigns
        on spend.tenant_id = campaigns.tenant_id and spend.campaign_id = campaigns.campaign_id
    where spend.spend > 0 order by all
"""


@pytest.fixture
def young_store(tmp_path: Path) -> Iterator[Store]:
    generate_world(tmp_path / "world", seed=11, orders=200, end=NOW, days=50)
    with Store.build(tmp_path / "world") as store:
        yield store


def test_spend_that_was_restated_for_a_month_ends_at_the_truth(
    young_store: Store, installed: None, tmp_path: Path
) -> None:
    app = create_app(young_store, Faults())
    with served(app, lifespan="on") as base_url:
        account = Account(base_url, app.state.server, Faults())
        ads = Synced(tmp_path / "shop", account.settings(**WORLD, start_date="2026-01-15"), young_store.now)
        with ads.project:
            ads.sync()
            early = dict(_spend_by_row(ads))
            for _ in range(2):
                young_store.advance(seed=1, share=0.01, minutes=18 * 24 * 60)
                ads.now = young_store.now
                ads.sync()
            late = dict(_spend_by_row(ads))
            assert any(late[row] < early[row] for row in early.keys() & late.keys()), "nothing was credited"
            assert early.keys() - late.keys(), "nothing vanished"

            give_models(ads.project.warehouse)
            invoke(ads.project.warehouse, ["run", "--select", "+core_ad_spend", "+core_campaigns"])
            truth = [(number, day, Decimal(cents) / 100) for number, day, cents in _values(young_store)]
            settled = {day for _, day, _ in truth}
            assert [row for row in ads.select(SPEND) if row[1] in settled] == truth
            assert len(settled) > 50


def _values(store: Store) -> list[tuple[str, str, int]]:
    return [(row["campaign_id"], row["day"], row["spend"]) for row in store.rows(TRUTH)]


def _spend_by_row(ads: Synced) -> list[tuple[tuple[int, str], Decimal]]:
    rows = ads.select("select ad_id, cast(report_date as varchar), cost from raw.google_ads__ad_days")
    return [((ad_id, day), cost) for ad_id, day, cost in rows]


def test_what_is_unsettled_is_what_google_reports_now(
    world_account: Account, market_hall: Store, installed: None, tmp_path: Path
) -> None:
    """Also the day that runs, of which a part has passed."""
    first = market_hall.now.date() - timedelta(days=20)
    ads = Synced(
        tmp_path / "shop", world_account.settings(**WORLD, start_date=first.isoformat()), market_hall.now
    )
    with ads.project:
        ads.sync()
        found = ads.select(
            "select cast(report_date as varchar), sum(cost)::decimal(18, 6) from raw.google_ads__campaign_days"
            f" where report_date >= date '{first}' group by all order by all"
        )
    reported = market_hall.ad_days("google", first, market_hall.now.date())
    days = sorted({row["day"] for row in reported})
    assert found == [
        (day, Decimal(sum(row["spend"] for row in reported if row["day"] == day)) / 100) for day in days
    ]
