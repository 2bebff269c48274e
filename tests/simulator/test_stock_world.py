"""A world with stock: its book adds up, things run out, and what was wanted of them is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.simulator.conftest import END

from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.frames import TRUTH, parquet_of
from fondaco.simulator.world.stock_tables import STOCK_TABLES
from fondaco.simulator.world.truth import moved_pieces_sql

pytestmark = pytest.mark.slow
LAWS = {
    "a day's parts make up its closing": """
        select 1 from stock_days
        where opening + received - sold + returned + transferred + counted + unexplained <> closing""",
    "a day begins with what the one before left": """
        select 1 from (select *, lag(closing, 1, 0) over (partition by variant_id, location_id order by day) as left_over
            from stock_days) where opening <> left_over""",
    "nothing is ever below nothing": "select 1 from stock_days where closing < 0",
    "what is transferred leaves one place and comes to another": """
        select variant_id, day from stock_days group by all having sum(transferred) <> 0""",
    "nobody bought what was not there": """
        select 1 from stock_days as d inner join stockouts as s using (shop_id, variant_id)
        where d.day between s.first_day and s.last_day and sold > 0""",
    "nothing was there as a spell began": """
        select 1 from stockouts as s inner join (
            select variant_id, day, closing, lead(day, 1, '9') over (partition by variant_id order by day) as next_day
            from stock_days where location_id = 400000000001 or location_id % 2 = 1
        ) as d on d.variant_id = s.variant_id and d.day < s.first_day and d.next_day >= s.first_day
        where closing > 0""",
    "what came was ordered before": "select 1 from purchase_orders where received_on <= ordered_on",
    "no more came than was ordered": "select 1 from purchase_orders where received_quantity > quantity",
    "the shop says what its book says": """
        select 1 from inventory as i left join (
            select variant_id, location_id, arg_max(closing, day) as closing from stock_days group by all
        ) as d using (variant_id, location_id) where i.available <> coalesce(d.closing, 0)""",
    "demand is lost only of what is not there": """
        select 1 from lost_demand anti join stockouts using (shop_id, variant_id)""",
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same world with and without stock."""
    folder = tmp_path_factory.mktemp("stock")
    for name, stock in (("with", True), ("without", False)):
        generate_world(folder / name, seed=3, orders=2_000, end=END, days=240, stock=stock)
    return folder / "with", folder / "without"


def ask(world: Path, sql: str) -> list[Any]:
    with duckdb.connect() as connection:
        for table in (*STOCK_TABLES, "inventory"):
            file = str(parquet_of(world, table)).replace("'", "''")
            connection.execute(f"create view {table} as select * from read_parquet('{file}')")
        return connection.execute(sql).fetchall()


def test_the_book_of_stock_is_lawful(worlds: tuple[Path, Path]) -> None:
    broken = {law: len(ask(worlds[0], sql)) for law, sql in LAWS.items()}
    assert {law: rows for law, rows in broken.items() if rows} == {}


def test_things_run_out_and_what_was_wanted_of_them_is_kept(worlds: tuple[Path, Path]) -> None:
    ((spells,),) = ask(worlds[0], "select count(*) from stockouts")
    ((lost,),) = ask(worlds[0], "select sum(quantity) from lost_demand")
    assert spells > 50
    assert lost > 50


def test_a_world_without_stock_has_none(worlds: tuple[Path, Path]) -> None:
    assert set(STOCK_TABLES) <= set(TRUTH)
    counts = {table: ask(worlds[1], f"select count(*) from {table}")[0][0] for table in STOCK_TABLES}
    assert counts == dict.fromkeys(STOCK_TABLES, 0)


def test_as_time_goes_on_levels_follow_what_is_sold_and_comes_back(worlds: tuple[Path, Path]) -> None:
    of_shop = {"shop": "aurora", "zone": "Europe/Berlin"}
    levels = "select variant_id, location_id, available from inventory where shop_id = 'aurora'"
    moved = f"select variant_id, location_id, sum(out - back) from ({moved_pieces_sql()}) as m(variant_id, location_id, day, out, back) group by all"

    def state(store: Store) -> tuple[dict[Any, int], dict[Any, int]]:
        rows = store.cursor().execute(levels).fetchall(), store.cursor().execute(moved, of_shop).fetchall()
        left, gone = ({row[:2]: int(row[2]) for row in found} for found in rows)
        return left, gone

    with Store.build(worlds[0]) as store:
        before, gone_before = state(store)
        done = store.advance(seed=1, share=0.1, minutes=24 * 60)
        after, gone_after = state(store)
    assert done.inventory_changed > 50
    assert after != before
    for place, level in before.items():
        assert after[place] == level - (gone_after.get(place, 0) - gone_before.get(place, 0))
