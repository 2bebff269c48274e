"""From the endpoint through landing and dbt: every figure of every campaign and day is the account's, also after it grew."""

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
from fondaco.simulator.klaviyo.things import profiles
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.message_accounts import shown_id
from fondaco.sources.klaviyo.streams import STREAMS
from fondaco.sources.stream import SyncMode
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build

from .conftest import END, LAST, Account, part_of, served_account

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("klaviyo_to_the_unit")]
FIRST = date(2026, 9, 2)
MODELS = ["path:models/staging/klaviyo", "path:models/conformed/klaviyo"]
FIGURES = {
    "sent": "sent", "delivered": "delivered", "opened": "opened", "clicked": "clicked", "bounced": "bounced",
    "unsubscribed": "unsubscribed", "marked_spam": "marked_spam", "claimed_conversions": "claimed_orders",
}  # fmt: skip


class Merchant:
    """An account in a world that goes on, and the warehouse that it is read into."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.warehouse: Warehouse = open_warehouse(Settings(folder=folder))
        self.landing = Landing(self.warehouse, folder / "spool", "default", clock=lambda: account.store.now)
        self.landing.create_tables()

    def land(self, first: date, last: date, kind: str) -> None:
        for stream in STREAMS:
            wide = date(2020, 1, 1) if stream.mode is not SyncMode.DAYS else first
            part = part_of(stream.name, wide, last, kind)
            source = self.account.source()
            spooled = self.landing.spool("letters", "klaviyo", stream, part, source.read(stream, part))
            result = self.landing.load(spooled)
            assert (result.quarantined, result.drifted) == (0, ()), stream.name
            source.close()

    def build(self) -> None:
        give_models(self.warehouse)
        assert not build(self.warehouse, select=MODELS).failures

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        with self.warehouse.writer() as writer:
            rows: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
        return rows

    def figures(self) -> dict[tuple[str, str], dict[str, Any]]:
        rows = self.fetch("select * from conformed.klaviyo__message_figures")
        return {(row["campaign_id"], row["send_date"].isoformat()): row for row in rows}

    def truth(self, last: date) -> dict[tuple[str, str], dict[str, Any]]:
        rows = self.account.store.message_figures("klaviyo", FIRST, last)
        return {(f"letters:{shown_id(row['campaign_id'])}", row["day"]): row for row in rows}


def agree(ours: dict[tuple[str, str], dict[str, Any]], theirs: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Every figure, and no row too many."""
    assert ours.keys() == theirs.keys() != set()
    for key, truth in theirs.items():
        found = ours[key]
        expected = {name: truth[theirs_name] for name, theirs_name in FIGURES.items()}
        if truth["channel"] == "sms":
            expected["opened"] = None
        assert {name: found[name] for name in FIGURES} == expected, key
        assert found["claimed_revenue"] == Decimal(truth["claimed_value"]) / 100
        assert found["cost"] == (None if truth["cost"] is None else Decimal(truth["cost"]) / 100)
        assert (found["channel"], found["currency"]) == (truth["channel"], "EUR")


@pytest.fixture(scope="module")
def merchant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchant]:
    """Everything read and modelled, as on the first of November."""
    folder = tmp_path_factory.mktemp("merchant")
    generate_world(folder / "world", seed=8, orders=500, end=END, days=60, messaging=("klaviyo",))
    with Store.build(folder / "world") as store, served_account(store) as account:
        merchant = Merchant(account, folder / "project")
        merchant.land(FIRST, LAST + timedelta(days=1), "backfill")
        merchant.build()
        yield merchant
        merchant.warehouse.close()


def test_every_figure_by_campaign_and_day_is_the_accounts(merchant: Merchant) -> None:
    agree(merchant.figures(), merchant.truth(LAST))


def test_campaigns_and_flows_have_a_name_a_kind_and_a_state(merchant: Merchant) -> None:
    rows = merchant.fetch("select name, campaign_type, status, role from conformed.klaviyo__campaigns")
    found = {row["name"]: (row["campaign_type"], row["status"], row["role"]) for row in rows}
    assert found["Welcome series"] == ("flow", "active", "messages")
    assert found["News 1"] == ("email", "ended", "messages")
    assert found["Summer ideas"] == ("email", "draft", "messages")
    assert found["Wrong price"] == ("email", "removed", "messages")


def test_the_plan_counts_active_profiles(merchant: Merchant) -> None:
    """Neither those who have left nor those who are suppressed."""
    told = [row["attributes"] for row in profiles(merchant.account.store, "")]
    active = [
        row for row in told if row["subscriptions"]["email"]["marketing"]["can_receive_email_marketing"]
    ]
    [found] = merchant.fetch(
        "select cast(sum(billed_contacts) as bigint) as billed, count(*) as profiles,"
        " count(*) filter (where email_consent <> 'unsubscribed') as kept from conformed.klaviyo__contacts"
    )
    assert found["billed"] == sum(row["email"] is not None for row in active)
    assert found["billed"] < found["kept"] < found["profiles"]


def test_every_event_names_its_contact_and_its_campaign(merchant: Merchant) -> None:
    rows = merchant.fetch(
        "select kind, count(*) as number, count(contacts.contact_id) as contacts, count(campaigns.campaign_id) as campaigns"
        " from conformed.klaviyo__message_events as events"
        " left join conformed.klaviyo__contacts as contacts using (tenant_id, contact_id)"
        " left join conformed.klaviyo__campaigns as campaigns using (tenant_id, campaign_id) group by kind"
    )
    theirs = merchant.account.store.rows(
        "select kind, count(*) as number from message_events where happened_at <= ? group by kind",
        [merchant.account.store.now.replace(tzinfo=None)],
    )
    assert {row["kind"]: row["number"] for row in rows} == {row["kind"]: row["number"] for row in theirs}
    assert all(row["number"] == row["contacts"] == row["campaigns"] for row in rows)


def test_links_may_name_a_flows_message(merchant: Merchant) -> None:
    rows = merchant.fetch("select mark, mark_type from conformed.klaviyo__campaign_marks")
    found = {(row["mark"], row["mark_type"]) for row in rows}
    assert {("Welcome aboard", "name"), (shown_id(5_690_000), "id")} <= found


def test_figures_that_grew_replace_what_was_read(merchant: Merchant) -> None:
    before = merchant.figures()
    merchant.account.store.advance(seed=4, share=0.05, minutes=10 * 24 * 60)
    today = LAST + timedelta(days=10)
    merchant.land(LAST - timedelta(days=30), today + timedelta(days=1), "lookback")
    agree(merchant.figures(), merchant.truth(today))
    assert any(merchant.figures()[key]["opened"] != row["opened"] for key, row in before.items())
