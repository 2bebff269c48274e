"""Messages from the vendor's interface to the published marts: every figure is the account's, and an order came from the click that led to it."""

from __future__ import annotations

import shutil
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from tests.journeys.conftest import END, Shops, connected_project

from fondaco.costs import CostEntry, Kind
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect
from fondaco.orchestration.costs import CostSheet
from fondaco.simulator.connections import demo_message_connections
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.message_accounts import shown_id

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journey_messages")]
FIGURES = {
    "sent": "sent", "delivered": "delivered", "clicked": "clicked", "bounced": "bounced", "unsubscribed": "unsubscribed",
    "marked_spam": "marked_spam", "claimed_conversions": "claimed_orders",
}  # fmt: skip


def plan(amount: int, low: int | None, high: int | None) -> CostEntry:
    return CostEntry(
        Kind.MESSAGE_PLAN_SENDS,
        "klaviyo email",
        tier_from=low,
        tier_to=high,
        amount=Decimal(amount),
        currency="EUR",
    )


PLANS = (plan(40, None, 1000), plan(90, 1000, 5000), plan(170, 5000, None))
"""What the account pays for e-mails in a month, by how many it sent in it; from its first message on."""


class Written:
    """A merchant who writes to people, read and modelled, beside the truth."""

    def __init__(self, project: Project, truth: Store) -> None:
        self.project = project
        self.truth = truth

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        with self.project.warehouse.writer() as writer:
            found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
        return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    folder = tmp_path_factory.mktemp("written")
    world = generate_world(
        folder / "world",
        seed=13,
        orders=300,
        days=60,
        end=END,
        shops=("aurora",),
        messaging=("klaviyo",),
    )
    shutil.copytree(folder / "world", folder / "truth")
    Store.build(folder / "world").close()
    with Store.build(folder / "truth") as truth, SimulatorServer(folder / "world") as server:
        shops = Shops(server, world)
        with connected_project(folder / "project", shops, lambda: END, is_built=True) as project:
            [account] = demo_message_connections(server.base_url)
            start = world.start.date().isoformat()
            connect(project, account.source, "letters", account.settings | {"start_date": start})
            costs = CostSheet(project.control, project.reader, project.tenant, "cli")
            for entry in PLANS:
                costs.add(entry)
            outcome = run_pipeline(project, steps=("sync", "build"))
            assert outcome.error is None
            yield Written(project, truth)


def test_every_figure_of_every_campaign_and_day_is_the_accounts(written: Written) -> None:
    first, last = END.date() - timedelta(days=63), END.date() + timedelta(days=2)
    theirs = {
        (f"letters:{shown_id(row['campaign_id'])}", row["day"]): row
        for row in written.truth.message_figures("klaviyo", first, last)
    }
    ours = {
        (row["campaign_id"], row["message_date"].isoformat()): row
        for row in written.fetch(
            "select * from marts.messages_daily where campaign_id is not null and sent > 0"
        )
    }
    assert ours.keys() == theirs.keys()
    assert len(theirs) > 60
    for key, truth in theirs.items():
        found = ours[key]
        assert {name: found[name] for name in FIGURES} == {
            name: truth[theirs_name] for name, theirs_name in FIGURES.items()
        }
        assert found["opened"] == (truth["opened"] if truth["channel"] == "email" else 0)
        assert found["claimed_revenue"] == Decimal(truth["claimed_value"]) / 100
        if truth["channel"] != "email":
            assert found["message_cost"] == Decimal(truth["cost"] or 0) / 100
        assert found["unpriced"] == 0


def test_an_order_came_from_the_message_whose_click_led_to_it(written: Written) -> None:
    brought = written.truth.rows(
        "select s.name, t.order_id, t.campaign_id from message_touches as t inner join shops as s using (shop_id)"
    )
    shops = {each.name: each.connection_id for each in written.project.connections()}
    expected = {
        f"{shops[row['name']]}:{row['order_id']}": f"letters:{shown_id(row['campaign_id'])}"
        for row in brought
    }
    ours = written.fetch(
        "select order_id, campaign_id from marts.order_campaigns where role = 'messages' and platform = 'klaviyo'"
    )
    assert {row["order_id"]: row["campaign_id"] for row in ours} == expected
    assert len(expected) >= 15


def test_e_mails_share_each_months_price_of_their_tier_by_their_number(written: Written) -> None:
    """Reckoned from the truth alone, in fractions: the price of the month's tier, for its days since the first message and up to
    today, by the share that each campaign's day has in the month's e-mails."""
    first, last = END.date() - timedelta(days=63), END.date() + timedelta(days=2)
    rows = written.truth.message_figures("klaviyo", first, last)
    begins = date.fromisoformat(min(row["day"] for row in rows if row["sent"]))
    mails = [row for row in rows if row["channel"] == "email" and row["sent"]]
    assert len({row["day"][:7] for row in mails}) > 1
    whole: dict[str, int] = defaultdict(int)
    for row in mails:
        whole[row["day"][:7]] += row["sent"]
    [told] = written.fetch("select today_date from core.connections where connection_id = 'letters'")
    prices = {
        month: price_of(sent, date.fromisoformat(f"{month}-01"), begins, told["today_date"])
        for month, sent in whole.items()
    }
    ours = {
        (row["campaign_id"], row["cost_date"].isoformat()): row["amount"]
        for row in written.fetch("select * from core.message_costs where basis = 'plan'")
    }
    expected = {
        (f"letters:{shown_id(row['campaign_id'])}", row["day"]): prices[row["day"][:7]]
        * Fraction(row["sent"], whole[row["day"][:7]])
        for row in mails
    }
    assert ours.keys() == expected.keys()
    assert all(abs(Fraction(ours[key]) - share) < Fraction(2, 10**6) for key, share in expected.items())
    for month, price in prices.items():
        shared = sum(amount for (_, day), amount in ours.items() if day.startswith(month))
        assert round(shared, 2) == round(Decimal(price.numerator) / price.denominator, 2)


def price_of(sent: int, month: date, begins: date, today: date) -> Fraction:
    """What a month costs so far in which so many e-mails were sent."""
    [entry] = [each for each in PLANS if (each.tier_from or 0) <= sent < (each.tier_to or 10**9)]
    days = monthrange(month.year, month.month)[1]
    held = min(today, month.replace(day=days)) - max(begins, month)
    return Fraction(entry.amount or 0) * (held.days + 1) / days


def test_what_messages_cost_is_in_profit_to_the_cent(written: Written) -> None:
    [found] = written.fetch(
        "select (select sum(message_cost) from marts.messages_daily) as messages,"
        " (select sum(ad_spend) from marts.campaigns_daily) as ads,"
        " (select sum(marketing_costs) from marts.profit_ledger) as ledger"
    )
    assert found["messages"] > 0
    assert found["messages"] + found["ads"] == found["ledger"]


def test_a_contact_is_the_customer_who_bought_and_a_lead_is_nobody(written: Written) -> None:
    theirs = written.truth.rows(
        "select count(*) as all, count(person_id) as people from message_contacts where created_at <= ?",
        [END.replace(tzinfo=None)],
    )[0]
    [ours] = written.fetch(
        "select count(*) as contacts, count(person_id) as known,"
        " count(*) filter (where email like 'lead%' and person_id is not null) as leads from core.contacts"
    )
    assert ours["contacts"] == theirs["all"]
    assert ours["leads"] == 0
    # Who only ever bought at a till without a name is known to nobody.
    [named] = written.truth.rows(
        "select count(*) as people from message_contacts where created_at <= ? and person_id in"
        " (select person_id from orders where email is not null and deleted_at is null)",
        [END.replace(tzinfo=None)],
    )
    assert named["people"] <= ours["known"] <= theirs["people"]
    persons = written.fetch("select count(*) as persons from marts.customers where email like 'lead%'")
    assert persons == [{"persons": 0}]


def test_a_customers_messages_are_all_that_the_account_knows_of_them(written: Written) -> None:
    [ours] = written.fetch("select count(*) as events from marts.customer_messages")
    [theirs] = written.truth.rows(
        "select count(*) as events from message_events inner join message_contacts using (contact_id)"
        " where person_id in (select person_id from orders where email is not null and deleted_at is null)"
        " and happened_at <= ?",
        [END.replace(tzinfo=None)],
    )
    assert theirs["events"] <= ours["events"] <= 1.05 * theirs["events"]
