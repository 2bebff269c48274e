"""Messages from the vendors' interfaces to the published marts: figures are the accounts', and an order came from the message that it did."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_built

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect, slug
from fondaco.simulator.connections import demo_connections, demo_message_connections
from fondaco.simulator.mailchimp.things import LISTS, members
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.message_accounts import hexadecimal_id
from fondaco.sources.exchange_rates import static_rates

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mailchimp_truth")]
END = datetime(2026, 10, 1, 9, tzinfo=UTC)
ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))
COUNTED = ("sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "marked_spam")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose buyers get letters by one platform and texts by another."""
    folder = tmp_path_factory.mktemp("messages") / "world"
    generate_world(
        folder, seed=11, orders=600, days=60, end=END, shops=("aurora", "brick"), messaging=("mailchimp", "postscript")
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def truth(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("truth") / "world"
    shutil.copytree(world, folder, ignore=shutil.ignore_patterns("store.duckdb*"))
    with Store.build(folder) as store:
        yield store


@pytest.fixture(scope="module")
def project(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Everything read and built once."""
    folder = tmp_path_factory.mktemp("project") / "shop"
    with (
        SimulatorServer(world) as server,
        Project.create(
            folder, name="Letters", currency="EUR", timezone="Europe/Berlin", clock=lambda: END
        ) as opened,
    ):
        give_built(opened.warehouse)
        rates = [
            {"tenant_id": opened.tenant, **row, "_synced_at": END.replace(tzinfo=None)}
            for row in static_rates().to_pylist()
        ]
        opened.landing.land_rows("fondaco__exchange_rates", rates)
        for each in (*demo_connections(server.base_url), *demo_message_connections(server.base_url)):
            connect(opened, each.source, slug(each.name), each.settings | {"start_date": "2026-07-01"})
        outcome = run_pipeline(opened, steps=("sync", "build"))
        assert [(one.stream, str(one.error)) for one in outcome.streams if one.error] == []
        assert outcome.error is None
        yield opened


def fetch(project: Project, sql: str) -> list[dict[str, Any]]:
    with project.warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
    return found


def test_figures_of_every_campaign_stand_under_the_day_of_its_send(truth: Store, project: Project) -> None:
    expected = {
        (hexadecimal_id(row["campaign_id"]), row["day"]): {
            **{name: row[name] for name in COUNTED},
            "claimed_conversions": row["claimed_orders"],
            "claimed_revenue": Decimal(row["claimed_value"]) / 100,
        }
        for row in truth.message_figures("mailchimp", *ALWAYS)
        if row["kind"] == "campaign"
    }
    ours = fetch(
        project,
        f"select source_campaign_id as campaign, cast(send_date as varchar) as day, {', '.join(COUNTED)}, claimed_conversions,"
        " claimed_revenue from core.message_figures inner join core.campaigns using (tenant_id, campaign_id)"
        " where campaign_type = 'email' and sent > 0",
    )
    assert {(row.pop("campaign"), row.pop("day")): row for row in ours} == expected
    assert len(expected) > 6


def test_totals_of_an_automation_are_those_of_its_flow(truth: Store, project: Project) -> None:
    """Mailchimp does not say on which day an automation's e-mails were sent; all that was before stands under one."""
    expected: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for row in truth.message_figures("mailchimp", *ALWAYS):
        if row["kind"] == "flow":
            for name in COUNTED:
                expected[hexadecimal_id(row["campaign_id"])][name] += row[name]
    ours = fetch(
        project,
        "select source_campaign_id as campaign, count(*) as days, "
        + ", ".join(f"cast(sum({name}) as bigint) as {name}" for name in COUNTED)
        + " from core.message_figures inner join core.campaigns using (tenant_id, campaign_id)"
        " where campaign_type = 'flow' group by source_campaign_id",
    )
    assert {row.pop("days") for row in ours} == {1}
    assert {row.pop("campaign"): row for row in ours if row["sent"]} == dict(expected)


def test_an_order_came_from_the_message_whose_click_led_to_it(truth: Store, project: Project) -> None:
    shops = {each.name: each.connection_id for each in project.connections()}
    brought = truth.rows(
        "select s.name, t.order_id, c.platform, t.campaign_id from message_touches as t inner join shops as s using (shop_id)"
        " inner join message_campaigns as c using (campaign_id) where s.platform in ('shopify', 'woocommerce')"
    )
    expected = {
        f"{shops[row['name']]}:{row['order_id']}": (
            row["platform"],
            hexadecimal_id(row["campaign_id"]) if row["platform"] == "mailchimp" else None,
        )
        for row in brought
    }
    ours = fetch(
        project,
        "select order_id, platform, split_part(campaign_id, ':', 2) as campaign from marts.order_campaigns"
        " where role = 'messages'",
    )
    found = {row["order_id"]: (row["platform"], row["campaign"]) for row in ours}
    assert found == expected
    assert {platform for platform, _ in expected.values()} == {"mailchimp", "postscript"}


@pytest.mark.parametrize("kind", ["opened", "clicked", "bounced", "unsubscribed"])
def test_every_event_of_an_email_is_there_once(truth: Store, project: Project, kind: str) -> None:
    """Two of a kind within one second are one, for Mailchimp gives them no id."""
    expected = truth.rows(
        "select count(*) as n from (select distinct contact_id, campaign_id, date_trunc('second', happened_at) as at"
        " from message_events inner join message_campaigns using (campaign_id)"
        " where platform = 'mailchimp' and message_events.kind = $kind and happened_at <= $now::timestamp)",
        {"kind": kind, "now": truth.now.replace(tzinfo=None)},
    )
    ours = fetch(
        project,
        f"select count(*) as n from core.message_events where source = 'mailchimp' and kind = '{kind}'",
    )
    assert ours == expected
    assert ours[0]["n"] > 0


def test_contacts_are_who_may_be_written_to_and_the_person_that_they_are(
    truth: Store, project: Project
) -> None:
    gone = "left_at <= $now::timestamp"
    told = truth.rows(
        f"select platform, lower(email) as email, case when platform = 'postscript' then 'subscribed'"
        f" when email_since is null then 'never_subscribed' else 'subscribed' end as word, {gone} as is_gone"
        " from message_contacts where created_at <= $now::timestamp and (platform = 'mailchimp' or text_since is not null)",
        {"now": truth.now.replace(tzinfo=None)},
    )
    expected = {
        (row["platform"], row["email"]): "unsubscribed"
        if row["is_gone"] and row["word"] == "subscribed"
        else row["word"]
        for row in told
    }
    ours = fetch(
        project,
        "select source, lower(email) as email, coalesce(email_consent, sms_consent) as word, person_id from core.contacts",
    )
    assert {(row["source"], row["email"]): row["word"] for row in ours} == expected
    assert sum(row["person_id"] is not None for row in ours) > 0.5 * len(ours)


def test_the_plan_counts_an_address_for_each_audience_that_it_is_not_archived_in(
    truth: Store, project: Project
) -> None:
    expected = sum(row["status"] != "archived" for list_id in LISTS for row in members(truth, list_id, {}))
    found = fetch(
        project,
        "select cast(max(email_contacts) as bigint) as billed, count(distinct contact_id) as addresses"
        " from core.contact_months inner join core.contacts using (tenant_id, connection_id)"
        " where core.contacts.source = 'mailchimp'",
    )
    assert found[0]["billed"] == expected > found[0]["addresses"]
