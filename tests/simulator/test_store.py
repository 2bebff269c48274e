"""The serving store: pages, threads, the report, and time that goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.simulator.store import Store
from fondaco.simulator.world import World, generate_world

END = datetime(2026, 11, 1, tzinfo=UTC)
ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))


def test_keyset_pages_by_updated_at_give_every_order_once(small_store: Store) -> None:
    seen: list[int] = []
    at, last = datetime(1970, 1, 1), 0
    while page := small_store.rows(
        """
        select order_id, updated_at from orders where shop_id = $shop and updated_at >= $at
            and (updated_at > $at or order_id > $last) order by updated_at, order_id limit 250
        """,
        {"shop": "brick", "at": at, "last": last},
    ):
        seen += [row["order_id"] for row in page]
        at, last = page[-1]["updated_at"], page[-1]["order_id"]
    count = small_store.rows("select count(*) as n from orders where shop_id = ?", ["brick"])[0]["n"]
    assert len(seen) == len(set(seen)) == count


def test_now_is_the_end_of_the_world_in_utc(small_store: Store) -> None:
    assert small_store.now == END


def test_many_threads_read_at_once(small_store: Store) -> None:
    answers: list[int] = []

    def read() -> None:
        for _ in range(5):
            answers.append(small_store.rows("select count(*) as n from order_lines")[0]["n"])

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 40
    assert len(set(answers)) == 1


def test_an_unknown_shop_is_named_with_those_there_are(small_store: Store) -> None:
    with pytest.raises(ConfigError, match=r"(?s)'dune'.*aurora, brick, cedar"):
        small_store.shop("dune")


def test_the_report_of_some_days_is_the_part_of_the_report_of_all(small_store: Store) -> None:
    whole = small_store.daily_report("aurora", *ALWAYS)
    some = small_store.daily_report("aurora", date(2026, 3, 1), date(2026, 3, 31))
    assert some
    assert some == [row for row in whole if "2026-03-01" <= row["day"] <= "2026-03-31"]


def test_each_vendor_counts_orders_its_own_way(small_store: Store) -> None:
    counted = {
        "aurora": "not is_test and deleted_at is null",
        "brick": "deleted_at is null and status not in ('pending', 'failed', 'cancelled')",
        "cedar": "deleted_at is null and status <> 'cancelled'",
    }
    for shop, condition in counted.items():
        orders = sum(row["orders"] for row in small_store.daily_report(shop, *ALWAYS))
        expected = small_store.rows(
            f"select count(*) as n from orders where shop_id = ? and {condition}", [shop]
        )
        everything = small_store.rows("select count(*) as n from orders where shop_id = ?", [shop])
        assert orders == expected[0]["n"] < everything[0]["n"]


@pytest.mark.slow
def test_time_goes_on_lawfully(moving_store: Store, broken_laws: Callable[[Store], dict[str, int]]) -> None:
    befell: set[str] = set()
    for seed in range(6):
        before = moving_store.now
        done = moving_store.advance(seed=seed, share=0.08, minutes=45)
        assert moving_store.now == done.now == before + timedelta(minutes=45)
        assert broken_laws(moving_store) == {}
        befell |= set(done.events)
        assert done.orders_created > 0
    assert befell == {
        "partial", "whole", "adjustment", "capture", "edit", "cancel_paid", "cancel_unpaid", "delete", "touch",
    }  # fmt: skip


@pytest.mark.slow
def test_a_step_changes_the_share_it_was_asked_for_and_says_so(moving_store: Store) -> None:
    before = moving_store.now.replace(tzinfo=None)
    quiet = "not moves_order_updated_at and created_at > $t"
    done = moving_store.advance(seed=1, share=0.05, minutes=60)
    changed = moving_store.rows(
        f"""
        select order_id from orders where updated_at > $t union select order_id from refunds where {quiet}
        """,
        {"t": before},
    )
    assert len(changed) == done.orders_changed
    assert 90 <= done.orders_changed <= 100  # 5 % of 2,000, fewer where an event found too few orders
    for table in ("customers", "products", "variants", "inventory"):
        assert (
            moving_store.rows(f"select count(*) as n from {table} where updated_at > ?", [before])[0]["n"] > 0
        )


@pytest.mark.slow
def test_the_report_follows_a_step(moving_store: Store) -> None:
    shops = ("aurora", "brick", "cedar")
    day = moving_store.now.date()
    before = {shop: moving_store.daily_report(shop, *ALWAYS) for shop in shops}
    moving_store.advance(seed=2, share=0.1, minutes=120)
    for shop in shops:
        after = moving_store.daily_report(shop, *ALWAYS)
        assert after != before[shop]
        assert max(row["day"] for row in after) <= day.isoformat()
        assert sum(row["net_sales"] for row in after) == _net_sales(moving_store, shop)


@pytest.mark.slow
def test_pieces_keep_the_cost_of_their_orders_day_when_costs_change(moving_store: Store) -> None:
    """Costs rise with each step, and hold from the shop's day on which they rose."""
    before = {row["ledger_id"]: row for row in moving_store.moved_goods("aurora")}
    assert {row["restocked"] <= max(-row["units"], 0) for row in before.values()} == {True}
    assert {row["restocked"] for row in before.values() if row["action"] == "order"} == {0}
    assert any(row["restocked"] for row in before.values() if row["action"] == "edit")
    changed_on = (moving_store.now + timedelta(days=2)).date().isoformat()
    moving_store.advance(seed=2, share=1, minutes=2 * 24 * 60)
    after = {row["ledger_id"]: row for row in moving_store.moved_goods("aurora")}
    assert {number: after[number] for number in before if before[number]["day"] < changed_on} == {
        number: row for number, row in before.items() if row["day"] < changed_on
    }
    now = {
        row["variant_id"]: row["cost"]
        for row in moving_store.rows("select variant_id, cost from variants where shop_id = 'aurora'")
    }
    moving_store.advance(seed=2, share=0.02, minutes=24 * 60)
    later = [row for row in moving_store.moved_goods("aurora") if row["day"] == changed_on]
    assert later and all(row["unit_cost"] == now.get(row["variant_id"]) for row in later)


def _net_sales(store: Store, shop: str) -> int:
    """Counted by hand from orders, lines and refunds, without the ledger's report."""
    left_out = {
        "aurora": "is_test or deleted_at is not null",
        "brick": "deleted_at is not null or status in ('pending', 'failed', 'cancelled')",
        "cedar": "deleted_at is not null or status = 'cancelled'",
    }
    return int(
        store.rows(
            f"""
            with counted as (select * from orders where shop_id = $shop and not ({left_out[shop]}))
            select (select coalesce(sum(quantity * unit_price - discount - case when taxes_included then tax else 0 end), 0)
                from order_lines inner join counted using (order_id) inner join shops on shops.shop_id = $shop
                where not is_gift_card and removed_at is null)
                - (select coalesce(sum(amount), 0) from refund_lines inner join counted using (order_id)
                where line_type <> 'shipping') as net
            """,
            {"shop": shop},
        )[0]["net"]
    )


@pytest.mark.slow
def test_the_same_steps_lead_to_the_same_world(tmp_path: Path) -> None:
    ends = []
    for name in ("a", "b"):
        generate_world(tmp_path / name, seed=4, orders=1_200, end=END)
        with Store.build(tmp_path / name) as store:
            store.advance(seed=1, share=0.05, minutes=60)
        with Store(tmp_path / name / "store.duckdb") as store:  # also after a restart
            store.advance(seed=2, share=0.05, minutes=60)
            ends.append(
                [
                    store.rows(f"select * from {table} order by all")
                    for table in ("orders", "ledger", "customers")
                ]
            )
    assert ends[0] == ends[1]


@pytest.mark.slow
def test_readers_see_a_step_whole_or_not_at_all(moving_store: Store) -> None:
    law = """
        select count(*) as n from (select order_id, sum(gross - discount + tax) as total from ledger
            where action = 'order' group by order_id) full join orders using (order_id)
        where total is distinct from placed_total"""
    broken: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            broken.append(moving_store.rows(law)[0]["n"])

    watcher = threading.Thread(target=watch)
    watcher.start()
    for seed in range(3):
        moving_store.advance(seed=seed, share=0.2, minutes=10)
    over.set()
    watcher.join()
    assert broken
    assert set(broken) == {0}


def test_a_store_needs_its_file(tmp_path: Path, small_world: World) -> None:
    with pytest.raises(ConfigError, match=r"Store\.build"):
        Store(tmp_path / "store.duckdb")
