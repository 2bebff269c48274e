"""The generated world: its laws, its cast, its truth."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.errors import ConfigError
from fondaco.simulator.schema import TABLES
from fondaco.simulator.store import Store
from fondaco.simulator.world import World, generate_world
from fondaco.simulator.world.frames import TRUTH, parquet_of

END = datetime(2026, 11, 1, tzinfo=UTC)


def _content(folder: Path) -> dict[str, str]:
    return {
        table: hashlib.sha256(repr(pq.read_table(parquet_of(folder, table)).to_pydict()).encode()).hexdigest()
        for table in {**TABLES, **TRUTH}
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**31),
    orders=st.integers(1, 2_500),
    days=st.integers(2, 900),
    shops=st.permutations(["aurora", "brick", "cedar", "delta"]).flatmap(
        lambda names: st.integers(1, 4).map(lambda count: tuple(names[:count]))
    ),
)
@pytest.mark.slow
def test_every_world_keeps_every_law(
    broken_laws: Callable[[Store], dict[str, int]], seed: int, orders: int, days: int, shops: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        generate_world(Path(folder), seed=seed, orders=orders, end=END, days=days, shops=shops)
        with Store.build(Path(folder)) as store:
            assert broken_laws(store) == {}
            assert store.rows("select count(*) as n from orders") == [{"n": orders}]


def test_a_small_world_keeps_every_law(
    small_store: Store, broken_laws: Callable[[Store], dict[str, int]]
) -> None:
    assert broken_laws(small_store) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "damage"),
    [
        ("refunds never exceed what was paid", "update refunds set amount = amount + 10000000"),
        ("discounts fall on lines without a rest", "update line_discounts set amount = amount + 1"),
        ("current quantities agree with edits and returns", "update order_lines set current_quantity = 0"),
        (
            "the ledger of an order as placed adds up to what the customer was to pay",
            "update ledger set tax = tax + 1",
        ),
        (
            "a line's tax is its displayed worth times the rate, half a cent rounded up",
            "update order_lines set tax = tax + 1",
        ),
        ("nothing is later than now", "update moments set now = now - interval 300 day"),
    ],
)
def test_a_broken_law_is_seen(
    moving_store: Store, broken_laws: Callable[[Store], dict[str, int]], law: str, damage: str
) -> None:
    moving_store.cursor().execute(damage)
    assert law in broken_laws(moving_store)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_world_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate_world(tmp_path / name, seed=seed, orders=1_000, end=END)
    assert _content(tmp_path / "a") == _content(tmp_path / "b")
    assert _content(tmp_path / "a")["orders"] != _content(tmp_path / "c")["orders"]


@pytest.mark.slow
def test_blocks_of_any_number_make_one_world(
    tmp_path: Path, broken_laws: Callable[[Store], dict[str, int]]
) -> None:
    generate_world(tmp_path, seed=3, orders=120_000, end=END)  # three blocks
    with Store.build(tmp_path) as store:
        assert broken_laws(store) == {}
        ids = store.rows("select min(order_id) as low, max(order_id) as high from orders")[0]
        assert ids["high"] - ids["low"] == 119_999


def test_truth_on_file_equals_the_report_computed_from_the_ledger(
    small_store: Store, small_world: World
) -> None:
    kept = pq.read_table(parquet_of(small_world.folder, "daily_sales")).to_pylist()
    for shop in small_world.shops:
        for clock in ("finance", "order"):
            report = small_store.daily_report(shop, date(2000, 1, 1), date(2100, 1, 1), clock=clock)
            mine = [row for row in kept if row["shop_id"] == shop and row["clock"] == clock]
            assert report == [
                {name: row[name] for name in report[0]} for row in sorted(mine, key=lambda row: row["day"])
            ]


def test_both_clocks_have_the_same_sum(small_store: Store) -> None:
    for shop in ("aurora", "brick", "cedar"):
        sums = [
            [sum(row[name] for row in small_store.daily_report(shop, date(2000, 1, 1), date(2100, 1, 1), clock=clock))
             for name in ("orders", "gross_sales", "discounts", "returns", "total_sales")]
            for clock in ("finance", "order")
        ]  # fmt: skip
        assert sums[0] == sums[1]


CAST = {
    "a whole refund": "select 1 from refunds where kind = 'whole'",
    "a partial refund and then the rest": """select order_id from refunds where kind = 'partial'
        group by order_id having count(*) = 2""",
    "money back without goods": "select 1 from refunds where kind = 'adjustment'",
    "shipping back": "select 1 from refunds where kind = 'shipping'",
    "goods back and a different sum of money": """select 1 from refunds inner join refund_lines using (refund_id)
        where kind = 'discrepancy' and line_type = 'adjustment'""",
    "only tax back": "select 1 from refund_lines where quantity = 0 and amount = 0 and tax > 0",
    "a refund after 60 days": """select 1 from refunds as r inner join orders as o using (order_id)
        where r.created_at > o.created_at + interval 60 day""",
    "a cancelled paid order": "select 1 from refunds where kind = 'cancellation'",
    "a cancelled unpaid order": "select 1 from orders where cancelled_at is not null and financial_status = 'voided'",
    "a WooCommerce refund that leaves the order's updated_at alone": """select 1 from refunds as r
        inner join orders as o using (order_id) where not moves_order_updated_at and o.updated_at < r.created_at""",
    "a line added the next day": "select 1 from ledger where action = 'edit' and quantity > 0",
    "a line removed the next day": "select 1 from order_lines where removed_at is not null",
    "an exchange": """select 1 from refunds as r inner join order_lines as l using (order_id)
        where r.reason = 'exchange' and l.added_at = r.created_at""",
    "a test order": "select 1 from orders where is_test",
    "a deleted order": "select 1 from orders where deleted_at is not null",
    "a pending order": "select 1 from orders where status = 'pending'",
    "a failed order": "select 1 from orders where status = 'failed'",
    "an imported order": "select 1 from orders where processed_at < created_at",
    "a gift card sold": "select 1 from ledger where line_type = 'gift_card'",
    "a gift card redeemed": "select 1 from transactions where gateway = 'gift_card' and kind = 'sale'",
    "authorization and capture": """select 1 from transactions as c inner join transactions as a
        on a.transaction_id = c.parent_id where c.kind = 'capture' and a.kind = 'authorization'""",
    "two payments": """select order_id from transactions where kind = 'sale' and status = 'success'
        and gateway <> 'gift_card' group by order_id having count(*) = 2""",
    "a failed payment and then a good one": """select order_id from transactions group by order_id
        having bool_or(status = 'failure') and bool_or(status = 'success')""",
    "a payment that is pending": "select 1 from transactions where status = 'pending'",
    "an authorization that was voided": "select 1 from transactions where kind = 'void'",
    "a fee": "select 1 from transactions where fee > 0",
    "a tip": "select 1 from ledger where line_type = 'tip'",
    "a duty": "select 1 from ledger where line_type = 'duty'",
    "reverse charge at home": """select 1 from orders inner join shops using (shop_id)
        where tax_exempt and orders.country = shops.country""",
    "a price shown in another currency": "select 1 from orders where presentment_currency <> currency",
    "a guest with an address": "select 1 from orders where customer_id is null and email is not null",
    "an order of nobody": "select 1 from orders where customer_id is null and email is null",
    "one mailbox with three ids": """select email from orders where customer_id is not null
        group by shop_id, email having count(distinct customer_id) = 3""",
    "one code at two values on one order": """select order_id from order_discounts where code is not null
        group by order_id, code having count(distinct value) = 2""",
    "more than a hundred codes": "select order_id from order_discounts group by order_id having count(*) > 100",
    "an automatic discount": "select 1 from order_discounts where code is null",
    "free shipping": "select 1 from shipping_lines where discount = price",
    "a fixed discount": "select 1 from order_discounts where kind = 'fixed' and code = 'FIVER'",
    "a deleted product": "select 1 from products where deleted_at is not null",
    "a line whose variant is gone": "select 1 from order_lines anti join variants using (variant_id)",
    "a deleted customer": "select 1 from customers where deleted_at is not null",
    "an order within a minute and a half of midnight in Berlin": """select 1 from orders where shop_id = 'aurora'
        and abs(((extract(epoch from timezone('Europe/Berlin', timezone('UTC', processed_at)))::bigint + 43200)
            % 86400) - 43200) <= 90""",
    "an order within an hour of a change of clocks": """select 1 from orders where shop_id = 'aurora'
        and abs(epoch(processed_at - timestamp '2026-03-29 01:00:00')) < 7200""",
}  # fmt: skip


@pytest.mark.parametrize("role", list(CAST))
def test_the_cast_is_complete(small_store: Store, role: str) -> None:
    assert small_store.rows(f"select count(*) as n from ({CAST[role]})")[0]["n"] > 0


def test_at_least_three_orders_of_a_shop_have_more_than_a_hundred_lines(small_store: Store) -> None:
    long_orders = small_store.rows(
        "select shop_id, order_id from order_lines group by all having count(*) > 100 order by all"
    )
    assert {shop: sum(row["shop_id"] == shop for row in long_orders) >= 3 for shop in ("aurora", "brick")} == {
        "aurora": True, "brick": True,
    }  # fmt: skip


def test_two_shops_know_some_people_by_different_spellings_of_one_mailbox(small_store: Store) -> None:
    spellings = small_store.rows(
        """
        select person_id, list(distinct email) as emails from customers group by person_id
        having count(distinct shop_id) = 2 and count(distinct email) > 1
        """
    )
    assert len(spellings) >= 3
    for person in spellings:
        assert len({_mailbox(email) for email in person["emails"]}) == 1


def _mailbox(email: str) -> str:
    name, _, domain = email.lower().partition("@")
    name = name.split("+")[0]
    return f"{name.replace('.', '') if domain == 'gmail.com' else name}@{domain}"


def test_orders_split_60_25_15_over_the_shops(small_store: Store) -> None:
    shares = {
        row["shop_id"]: row["share"]
        for row in small_store.rows("select shop_id, count(*) / 3000 as share from orders group by shop_id")
    }
    # The standard error is about 0.015: buyers, not orders, are drawn, and they buy about twice.
    assert shares == {
        "aurora": pytest.approx(0.60, abs=0.05), "brick": pytest.approx(0.25, abs=0.05),
        "cedar": pytest.approx(0.15, abs=0.05),
    }  # fmt: skip


@pytest.mark.slow
def test_latent_rates_are_those_the_people_bought_at(tmp_path: Path) -> None:
    generate_world(tmp_path, seed=9, orders=60_000, end=END)
    with Store.build(tmp_path) as store:
        people = store.rows(
            """
            select person_id, purchase_rate, dropout_rate, dropped_at is not null as dropped, count(*) as orders,
                epoch(coalesce(dropped_at, timestamp '2026-11-01') - born_at) / 86400 as days_alive
            from people inner join orders using (person_id) group by all
            """
        )
    orders = np.array([row["orders"] for row in people], float)
    expected = np.array([row["purchase_rate"] * row["days_alive"] for row in people])
    kept = np.array([not row["dropped"] for row in people])
    dropouts = np.array([row["dropout_rate"] for row in people])
    # Leaving is a stopping time, so orders after the first are, on average, rate times days alive; and leaving is
    # tried once an order. About 33,000 repeat orders and 12,000 departures: standard errors below 0.01.
    assert (orders - 1).sum() / expected.sum() == pytest.approx(1.0, abs=0.03)
    assert (~kept).sum() / orders.sum() == pytest.approx((dropouts * orders).sum() / orders.sum(), rel=0.03)


def test_promotions_sell_more_units_a_line(small_store: Store) -> None:
    cheap, usual = (
        small_store.rows(
            f"""
            select avg(l.quantity) as units from order_lines as l inner join variants as v using (variant_id)
            where not l.is_gift_card and l.unit_price {sign} v.price
            """
        )[0]["units"]
        for sign in ("<", "=")
    )
    assert cheap > usual * 1.05


def test_a_world_may_only_have_known_shops(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="aurora, brick, cedar"):
        generate_world(tmp_path, seed=1, orders=10, end=END, shops=("dune",))


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match=r"thesis\.txt"):
        generate_world(tmp_path, seed=1, orders=10, end=END)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_half_a_world_cannot_be_opened(tmp_path: Path) -> None:
    world = generate_world(tmp_path, seed=1, orders=10, end=END)
    assert World.open(tmp_path) == world
    assert world.end - world.start == timedelta(days=730)
    (tmp_path / "world.json").unlink()
    with pytest.raises(ConfigError, match="no simulated world"):
        Store.build(tmp_path)
