"""Messages in the simulated world: who gets them, which orders they led to, and what the platform claims."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from fondaco.errors import ConfigError
from fondaco.simulator.store import Store
from fondaco.simulator.world import World, generate_world
from fondaco.simulator.world.frames import parquet_of

ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))
END = datetime(2026, 11, 1, tzinfo=UTC)
VISIT = {"utm_source", "utm_medium", "utm_campaign", "landing_site"}
MADE: dict[str, Any] = {"seed": 11, "orders": 1_500, "end": END, "days": 120}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, World]:
    """The same world twice: silent, and with people who are written to."""
    folder = tmp_path_factory.mktemp("messages")
    return generate_world(folder / "silent", **MADE), generate_world(
        folder / "letters", **MADE, messaging=("klaviyo",)
    )


@pytest.fixture
def letters(worlds: tuple[World, World]) -> Iterator[Store]:
    with Store.build(worlds[1].folder) as store:
        yield store


@pytest.mark.parametrize("table", ["orders", "customers", "order_lines", "ledger", "ad_touches", "people"])
def test_messages_change_nothing_but_the_visits_that_led_to_orders(
    worlds: tuple[World, World], table: str
) -> None:
    silent, written = (pq.read_table(parquet_of(one.folder, table)) for one in worlds)
    kept = [name for name in silent.column_names if table != "orders" or name not in VISIT]
    assert written.select(kept).to_pylist() == silent.select(kept).to_pylist()
    messages = pq.read_table(parquet_of(worlds[0].folder, "message_events"))
    assert messages.num_rows == 0


def test_a_world_keeps_by_which_platforms_people_are_written_to(worlds: tuple[World, World]) -> None:
    assert [World.open(one.folder).messaging for one in worlds] == [(), ("klaviyo",)]


def test_a_platform_that_the_world_does_not_know_is_refused(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="pigeon"):
        generate_world(tmp_path / "world", **MADE, messaging=("pigeon",))


def test_an_order_came_from_a_message_that_its_buyer_had_got_before(letters: Store) -> None:
    brought = letters.rows("select count(*) as n from message_touches")[0]["n"]
    assert brought > 50
    assert (
        letters.rows(
            """
        select t.order_id from message_touches as t inner join orders as o using (order_id)
        inner join message_contacts as k using (contact_id)
        anti join message_events as e on e.contact_id = t.contact_id and e.campaign_id = t.campaign_id
            and e.kind = 'received' and e.happened_at < t.clicked_at and t.clicked_at < o.processed_at
            and k.person_id = o.person_id
        """
        )
        == []
    )


def test_the_visit_of_such_an_order_names_the_message(letters: Store) -> None:
    found = letters.rows(
        """
        select distinct o.utm_source, o.utm_medium = c.channel as same_channel,
            starts_with(o.utm_campaign, case c.kind when 'flow' then c.message else c.name end) as is_named
        from message_touches as t inner join orders as o using (order_id)
        inner join message_campaigns as c using (campaign_id)
        """
    )
    assert found == [{"utm_source": "Klaviyo", "same_channel": True, "is_named": True}]


def test_the_platform_claims_more_orders_than_its_messages_brought(letters: Store) -> None:
    figures = letters.message_figures("klaviyo", *ALWAYS)
    brought = letters.rows("select count(*) as n from message_touches")[0]["n"]
    assert sum(row["claimed_orders"] for row in figures) > 1.2 * brought


def test_nobody_is_written_to_who_has_left_or_may_not_be_written_to(letters: Store) -> None:
    assert (
        letters.rows(
            """
        select 1 from message_events as e inner join message_contacts as k using (contact_id)
        inner join message_campaigns as c using (campaign_id)
        where e.sent_at > k.left_at or (c.channel = 'email' and k.email_since is null)
            or (c.channel = 'sms' and (k.text_since is null or k.phone is null))
        """
        )
        == []
    )


def test_only_texts_have_a_cost_that_the_platform_tells(letters: Store) -> None:
    figures = letters.message_figures("klaviyo", *ALWAYS)
    assert {row["channel"] for row in figures if row["cost"]} == {"sms"}
    assert {row["cost"] for row in figures if row["channel"] == "email"} == {None}


def test_a_store_that_was_built_before_there_were_messages_has_none(
    worlds: tuple[World, World], tmp_path: Any
) -> None:
    shutil.copytree(worlds[0].folder, tmp_path / "old")
    with Store.build(tmp_path / "old") as store:
        store.cursor().execute("drop table message_accounts")
    with Store(tmp_path / "old" / "store.duckdb") as store:
        assert store.rows("select platform from message_accounts") == []


@pytest.mark.slow
def test_time_that_goes_on_writes_new_messages_and_only_adds_to_old_ones(letters: Store) -> None:
    then = {(row["campaign_id"], row["day"]): row for row in letters.message_figures("klaviyo", *ALWAYS)}
    people = letters.rows("select count(*) as n from message_contacts")[0]["n"]
    letters.advance(seed=3, share=0.1, minutes=8 * 24 * 60)
    now = {(row["campaign_id"], row["day"]): row for row in letters.message_figures("klaviyo", *ALWAYS)}
    assert then.keys() < now.keys()
    counted = ("sent", "delivered", "opened", "clicked", "unsubscribed", "claimed_orders")
    assert all(now[key][name] >= row[name] for key, row in then.items() for name in counted)
    assert any(now[key]["opened"] > row["opened"] for key, row in then.items())
    assert letters.rows("select count(*) as n from message_contacts")[0]["n"] > people
    assert letters.rows("select count(*) - count(distinct event_id) as twice from message_events") == [
        {"twice": 0}
    ]
