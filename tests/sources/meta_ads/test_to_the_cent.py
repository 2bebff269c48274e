"""From the endpoint through landing and dbt: spend by campaign and day is the account's, also after it was restated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_models

from fondaco.config import Settings
from fondaco.landing import Landing
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.meta_ads.streams import STREAMS
from fondaco.sources.stream import Slice, Stream, SyncMode
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build

from .conftest import END, LAST, Account, days_of, served_account

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("meta_ads_to_the_cent")]
FIRST = date(2026, 9, 2)
MODELS = ["path:models/staging/meta_ads", "path:models/conformed/meta_ads"]


class Merchant:
    """An account in a world that goes on, and the warehouse that it is read into."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.warehouse: Warehouse = open_warehouse(Settings(folder=folder))
        self.landing = Landing(self.warehouse, folder / "spool", "default", clock=lambda: account.store.now)
        self.landing.create_tables()

    def land(self, stream: Stream, part: Slice) -> None:
        source = self.account.source()
        spooled = self.landing.spool("ads", "meta_ads", stream, part, source.read(stream, part))
        result = self.landing.load(spooled)
        assert (result.quarantined, result.drifted) == (0, ()), stream.name
        source.close()

    def land_all(self, first: date, last: date, kind: str) -> None:
        for stream in STREAMS:
            self.land(
                stream,
                Slice(stream.name, "full") if stream.mode is SyncMode.FULL else days_of(first, last, kind),
            )

    def build(self) -> None:
        give_models(self.warehouse)
        result = build(self.warehouse, select=MODELS)
        assert not result.failures

    def spend(self) -> dict[tuple[str, str], Decimal]:
        with self.warehouse.writer() as writer:
            rows = writer.fetch(
                "select campaign_id, spend_date, spend from conformed.meta_ads__ad_spend"
            ).to_pylist()
        return {(row["campaign_id"], row["spend_date"].isoformat()): row["spend"] for row in rows}

    def truth(self, last: date) -> dict[tuple[str, str], Decimal]:
        found: dict[tuple[str, str], Decimal] = {}
        for row in self.account.store.ad_days("meta", FIRST, last):
            key = (f"ads:{row['campaign_id']}", row["day"])
            found[key] = found.get(key, Decimal(0)) + Decimal(row["spend"]) / 100
        return found

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        with self.warehouse.writer() as writer:
            rows: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
        return rows


@pytest.fixture(scope="module")
def merchant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchant]:
    """Everything read and modelled, as on the first of November."""
    folder = tmp_path_factory.mktemp("merchant")
    generate_world(folder / "world", seed=8, orders=900, end=END, days=60)
    with Store.build(folder / "world") as store, served_account(store) as account:
        merchant = Merchant(account, folder / "project")
        merchant.land_all(FIRST, LAST + timedelta(days=1), "backfill")
        merchant.build()
        yield merchant
        merchant.warehouse.close()


def test_spend_by_campaign_and_day_is_the_accounts(merchant: Merchant) -> None:
    assert merchant.spend() == merchant.truth(LAST) != {}


def test_each_campaign_has_a_name_and_a_state(merchant: Merchant) -> None:
    found = merchant.fetch(
        "select name, status, campaign_type from conformed.meta_ads__campaigns where name like 'Cedar%'"
    )
    assert {(row["name"], row["status"], row["campaign_type"]) for row in found} == {
        ("Cedar Home Prospecting", "active", "outcome_sales"),
        ("Cedar Home Retargeting", "active", "outcome_sales"),
        ("Cedar Home Summer launch", "ended", "outcome_sales"),
        ("Cedar Home Cart reminders", "paused", "outcome_sales"),
        ("Cedar Home First steps", "removed", "outcome_sales"),
        ("Cedar Home Creative tests", "paused", "outcome_sales"),
    }


def test_claims_are_those_of_the_accounts_setting(merchant: Merchant) -> None:
    claimed = merchant.fetch(
        "select sum(claimed_conversions) as number, sum(claimed_revenue) as value from conformed.meta_ads__ad_spend"
    )[0]
    claims = [
        claim
        for claim in merchant.account.store.ad_claims("meta", FIRST, LAST)
        if claim["kind"] == "view" or (claim["kind"] == "click" and claim["lag_seconds"] <= 7 * 86_400)
    ]
    assert claimed == {
        "number": len(claims), "value": Decimal(sum(claim["value"] for claim in claims)) / 100,
    }  # fmt: skip


def test_what_is_restated_replaces_what_was_read(merchant: Merchant) -> None:
    before = merchant.spend()
    merchant.account.store.advance(seed=4, share=0.05, minutes=10 * 24 * 60)
    today = LAST + timedelta(days=10)
    merchant.land_all(LAST - timedelta(days=28), today + timedelta(days=1), "lookback")
    assert merchant.spend() == merchant.truth(today)
    assert before.keys() - merchant.spend().keys(), "rows that Meta took back are gone"
