"""From the endpoint through landing and dbt: each day's sales equal the world's hidden report to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.parsed import give_models

from fondaco.config import Settings
from fondaco.landing import Landing
from fondaco.simulator.shopify.app import demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.simulator.world.truth import GRAMS_SQL
from fondaco.sources.shopify import Shopify, ShopifySettings
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build

from .conftest import hand_made

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shopify_to_the_cent")]
END = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST, LAST = date(2025, 1, 1), END.date()
FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes", "duties")
Report = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("world")
    generate_world(folder, seed=11, orders=2500, end=END, days=200)
    with Store.build(folder) as store:
        yield store


@pytest.fixture(scope="module")
def landed(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The shop Aurora, landed and modelled as far as the conformed layer."""
    folder = tmp_path_factory.mktemp("project")
    warehouse = open_warehouse(Settings(folder=folder))
    landing = Landing(warehouse, folder / "spool", "default", clock=lambda: END)
    landing.create_tables()
    with hand_made.served(store) as url:
        _land(landing, Shopify(ShopifySettings(**demo_settings(url, "aurora"))))
    give_models(warehouse)
    result = build(warehouse, select=["path:models/staging/shopify", "path:models/conformed/shopify"])
    assert not result.failures
    yield warehouse
    warehouse.close()


def _land(landing: Landing, source: Shopify) -> None:
    check = source.check()
    noted = {"tenant_id": "default", "connection_id": "aurora", "_synced_at": END.replace(tzinfo=None)}
    shop = {"source": "shopify", "name": "Aurora", "currency": check.currency, "time_zone": check.time_zone}
    landing.land_rows("fondaco__connections", [{**noted, **shop}])
    until = END + timedelta(seconds=1)
    for stream in source.streams:
        full = stream.mode is SyncMode.FULL
        part = (
            Slice(stream.name, "full")
            if full
            else Slice(stream.name, "backfill", END - timedelta(days=900), until)
        )
        result = landing.load(landing.spool("aurora", "shopify", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ()), stream.name
    landing.land_tombstones("aurora", source.tombstones(END - timedelta(days=360), until))
    source.close()


def _fetch(warehouse: Warehouse, sql: str) -> list[dict[str, Any]]:
    with warehouse.writer() as writer:
        rows: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
    return rows


def _truth(store: Store) -> Report:
    return {
        row["day"]: {
            "orders": row["orders"],
            **{name: Decimal(row[name]).scaleb(-2) for name in FIGURES},
        }
        for row in store.daily_report("aurora", FIRST, LAST)
    }


def _ours(warehouse: Warehouse) -> Report:
    sums = ", ".join(f"sum({name}) as {name}" for name in FIGURES)
    day = "cast(cast({0} at time zone 'UTC' at time zone 'Europe/Berlin' as date) as varchar)"
    events = _fetch(
        warehouse,
        f"select {day.format('event_at')} as day, {sums} from conformed.shopify__sales_events "
        "inner join conformed.shopify__orders using (tenant_id, order_id) where counts_in_sales group by 1",
    )
    orders = _fetch(
        warehouse,
        f"select {day.format('ordered_at')} as day, count(*) as n from conformed.shopify__orders "
        "where counts_in_sales group by 1",
    )
    ours: Report = {
        row["day"]: {"orders": 0, **dict.fromkeys(FIGURES, Decimal(0))} for row in (*events, *orders)
    }
    for row in events:
        ours[row["day"]].update({name: row[name] for name in FIGURES})
    for row in orders:
        ours[row["day"]]["orders"] = row["n"]
    return ours


def test_every_days_figures_equal_the_hidden_report(store: Store, landed: Warehouse) -> None:
    truth = _truth(store)
    assert len(truth) > 150
    assert sum(day["returns"] for day in truth.values()) > 0
    assert _ours(landed) == truth


def test_lines_add_up_to_what_the_ledger_placed(landed: Warehouse) -> None:
    wrong = _fetch(
        landed,
        """
        with ledger as (
            select order_line_id, sum(gross_sales + gift_card_sales) as gross, sum(discounts) as discounts
            from conformed.shopify__sales_events
            where event_type = 'order' and order_line_id is not null group by order_line_id
        )
        select order_line_id from conformed.shopify__order_lines inner join ledger using (order_line_id)
        where gross_sales <> ledger.gross or order_lines.discounts <> ledger.discounts
        """.replace("order_lines.discounts", "shopify__order_lines.discounts"),
    )
    assert wrong == []


def test_discounts_of_an_order_are_shared_out_without_a_rest(store: Store, landed: Warehouse) -> None:
    truth = store.rows(
        "select sum(amount) as amount, count(*) as n from order_discounts d inner join orders o "
        "on o.shop_id = d.shop_id and o.order_id = d.order_id where d.shop_id = 'aurora' and o.deleted_at is null"
    )[0]
    ours = _fetch(
        landed, "select sum(amount) as amount, count(*) as n from conformed.shopify__order_discounts"
    )[0]
    assert ours == {"amount": Decimal(truth["amount"]).scaleb(-2), "n": truth["n"]}
    assert ours["n"] > 0


def test_refunds_payments_and_fees_are_those_of_the_world(store: Store, landed: Warehouse) -> None:
    kept = "inner join orders o on o.shop_id = t.shop_id and o.order_id = t.order_id where t.shop_id = 'aurora' and o.deleted_at is null"
    refunds = store.rows(f"select sum(t.amount)::bigint as cents from refunds t {kept}")[0]["cents"]
    paid = store.rows(
        f"select sum(t.amount)::bigint as cents, sum(t.fee)::bigint as fees from transactions t {kept}"
    )[0]
    assert _fetch(landed, "select sum(amount) as n from conformed.shopify__refunds") == [
        {"n": Decimal(refunds).scaleb(-2)}
    ]
    assert _fetch(landed, "select sum(amount) as n, sum(fee) as fees from conformed.shopify__payments") == [
        {"n": Decimal(paid["cents"]).scaleb(-2), "fees": Decimal(paid["fees"]).scaleb(-2)}
    ]


def test_pieces_that_came_back_are_on_the_shelf_as_in_the_world(store: Store, landed: Warehouse) -> None:
    """An exchange goes by a return, which is not read: its piece is untold, and so is a damaged one of the same order."""
    truth = store.rows(
        """
        with exchanged as (select distinct order_id from refunds where shop_id = 'aurora' and reason = 'exchange'),
        pieces as (
            select l.ledger_id, l.action, -l.quantity as units, f.restocked, r.reason = 'exchange' as by_return,
                e.order_id is not null as has_return
            from ledger l
            inner join orders o on o.shop_id = l.shop_id and o.order_id = l.order_id
            left join refund_lines f
                on f.shop_id = l.shop_id and f.refund_id = l.refund_id and f.line_id = l.line_id
            left join refunds r on r.shop_id = l.shop_id and r.refund_id = l.refund_id
            left join exchanged e on e.order_id = l.order_id
            where l.shop_id = 'aurora' and o.deleted_at is null and l.quantity < 0
        )
        select action, sum(units)::bigint as back,
            count(*) filter (where by_return or (has_return and not restocked)) as untold,
            sum(case
                when action = 'edit' then units
                when by_return or (has_return and not restocked) then null
                when restocked then units
                else 0
            end)::bigint as restocked
        from pieces group by action order by action
        """
    )
    ours = _fetch(
        landed,
        """
        select event_type as action, cast(-sum(quantity) as bigint) as back, count(*) - count(units_restocked) as untold,
            cast(sum(units_restocked) as bigint) as restocked
        from conformed.shopify__sales_events where quantity < 0 group by 1 order by 1
        """,
    )
    assert ours == truth
    edits, returns = ours
    assert edits["restocked"] == edits["back"] > 0
    assert 0 < returns["restocked"] < returns["back"]
    assert returns["untold"] > 0
    assert _fetch(
        landed,
        "select distinct units_restocked as n from conformed.shopify__sales_events where quantity >= 0",
    ) == [{"n": 0}]


def test_an_order_weighs_what_its_goods_weigh(store: Store, landed: Warehouse) -> None:
    """Gift cards weigh nothing, and an order of nothing else has no weight."""
    truth = store.rows(
        f"select 'aurora:' || o.order_id as order_id, cast(sum(case when l.is_gift_card then null else "
        f"l.quantity * ({GRAMS_SQL}) end) as bigint) as weight_grams from orders o inner join order_lines l "
        "on l.shop_id = o.shop_id and l.order_id = o.order_id where o.shop_id = 'aurora' and o.deleted_at is null "
        "and l.removed_at is null group by 1 order by 1"
    )
    assert _fetch(landed, "select order_id, weight_grams from conformed.shopify__orders order by 1") == truth
    assert any(row["weight_grams"] is None for row in truth)


def test_no_order_is_lost_and_deleted_ones_are_gone(store: Store, landed: Warehouse) -> None:
    kept = store.rows("select count(*) as n from orders where shop_id = 'aurora' and deleted_at is null")
    assert _fetch(landed, "select count(*) as n from conformed.shopify__orders") == kept
