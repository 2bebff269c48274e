"""Shopify Payments from the endpoint to the marts: payouts are what their movements sum to, and what is told twice counts once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from fondaco.config import Settings
from fondaco.errors import AccessError
from fondaco.landing import Landing
from fondaco.simulator.shopify.app import Behaviour, demo_settings
from fondaco.simulator.shopify.payments_kinds import DISPUTE_FEE, LABEL_PRICE, PaymentsBook
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.shopify import Shopify, ShopifySettings
from fondaco.sources.shopify.streams import PAYMENTS_SCOPE
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build, project_folder

from .conftest import Connections, hand_made, read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shopify_payments")]
END = datetime(2026, 11, 20, 12, tzinfo=UTC)
DISPUTES_EVERY, LABELS_EVERY = 9, 5
Rows = list[dict[str, Any]]
MODELS = [
    f"path:models/{part}"
    for part in ("staging/shopify", "conformed/shopify", "core", "stock", "profit", "marketing", "marts")
]
"""All but what other sources would bring."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("world")
    generate_world(folder, seed=11, orders=600, end=END, days=120)
    with Store.build(folder) as store:
        yield store


@pytest.fixture(scope="module")
def landed(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The shop Aurora with disputes and labels, landed and modelled as far as payouts and payments."""
    folder = tmp_path_factory.mktemp("project")
    warehouse = open_warehouse(Settings(folder=folder))
    landing = Landing(warehouse, folder / "spool", "default", clock=lambda: END)
    landing.create_tables()
    behaviour = Behaviour(payments=PaymentsBook(DISPUTES_EVERY, LABELS_EVERY))
    with hand_made.served(store, behaviour) as url:
        source = Shopify(ShopifySettings(**demo_settings(url, "aurora")))
        shop = {"source": "shopify", "name": "Aurora", "currency": "EUR", "time_zone": "Europe/Berlin"}
        noted = {"tenant_id": "default", "connection_id": "aurora", "_synced_at": END.replace(tzinfo=None)}
        landing.land_rows("fondaco__connections", [{**noted, **shop}])
        for stream in source.streams:
            part = (
                Slice(stream.name, "full")
                if stream.mode is SyncMode.FULL
                else Slice(stream.name, "backfill", END - timedelta(days=400), END + timedelta(seconds=1))
            )
            result = landing.load(landing.spool("aurora", "shopify", stream, part, source.read(stream, part)))
            assert (result.quarantined, result.drifted) == (0, ()), stream.name
        source.close()
    told = yaml.safe_load(Path(project_folder() / "dbt_project.yml").read_text())["vars"]["conformed_sources"]
    result = build(
        warehouse,
        select=MODELS,
        vars={"conformed_sources": {entity: [*({"shopify"} & {*names})] for entity, names in told.items()}},
    )
    assert not result.failures
    yield warehouse
    warehouse.close()


def _fetch(warehouse: Warehouse, sql: str) -> Rows:
    with warehouse.writer() as writer:
        rows: Rows = writer.fetch(sql).to_pylist()
    return rows


def _taken(store: Store, what: str, where: str = "true") -> Any:
    """A figure of the world's own payments through Shopify Payments, tests left out; those of deleted orders stay in the balance."""
    sql = (
        f"select {what} as found from transactions t join orders o on o.shop_id = t.shop_id and o.order_id = t.order_id "
        "where t.shop_id = 'aurora' and t.gateway = 'shopify_payments' and t.status = 'success' "
        f"and t.amount <> 0 and not t.is_test and {where}"
    )
    return store.rows(sql)[0]["found"]


def _cents(value: Any) -> Decimal:
    return Decimal(value or 0).scaleb(-2)


def test_every_payout_is_the_sum_of_its_movements(landed: Warehouse) -> None:
    payouts = _fetch(landed, "select * from marts.payouts")
    assert len(payouts) > 60
    assert {row["unexplained"] for row in payouts} == {0}
    assert sum(row["is_settled"] for row in payouts) > 30
    for row in payouts:
        parts = row["payments"] + row["refunds"] + row["chargebacks"] + row["others"] - row["fees"]
        assert parts == row["amount"], row["payout_id"]


def test_the_balance_moves_by_what_customers_paid_and_shopify_kept(store: Store, landed: Warehouse) -> None:
    paid = "t.kind in ('sale', 'capture')"
    ours = {
        row["kind"]: row
        for row in _fetch(
            landed,
            "select kind, count(*) as n, sum(amount) as amount, sum(fee) as fee from marts.payout_entries group by kind",
        )
    }
    assert set(ours) == {"payment", "refund", "chargeback", "shipping"}
    assert ours["payment"]["amount"] == _cents(_taken(store, "sum(t.amount)::bigint", paid))
    assert ours["payment"]["fee"] == _cents(_taken(store, "sum(t.fee)::bigint", paid))
    assert -ours["refund"]["amount"] == _cents(_taken(store, "sum(t.amount)::bigint", "t.kind = 'refund'"))
    labels = _taken(store, "count(*)", f"{paid} and t.transaction_id % {LABELS_EVERY} = 0")
    assert 0 < labels - ours["shipping"]["n"] <= 3 or labels == ours["shipping"]["n"]
    assert ours["shipping"]["amount"] == -LABEL_PRICE * ours["shipping"]["n"]


def test_labels_are_shipping_costs_of_their_orders(landed: Warehouse) -> None:
    (told,) = _fetch(
        landed, "select count(*) as n, sum(amount) as amount from marts.fees where kind = 'shipping'"
    )
    assert told["n"] > 20
    assert told["amount"] == LABEL_PRICE * told["n"]
    assert _fetch(landed, "select distinct kind from marts.fees") == [{"kind": "shipping"}]
    (borne,) = _fetch(
        landed, "select sum(shipping_costs) as borne from marts.profit_daily where clock = 'finance'"
    )
    assert borne["borne"] == told["amount"]


def test_a_payment_costs_its_fee_once_though_it_is_told_twice(store: Store, landed: Warehouse) -> None:
    (ours,) = _fetch(
        landed,
        "select sum(fee) as fee from conformed.shopify__payments where kind <> 'chargeback' and not is_test"
        " and gateway = 'shopify_payments' and status = 'success'",
    )
    assert ours["fee"] == _cents(_taken(store, "sum(t.fee)::bigint", "o.deleted_at is null"))


def test_a_chargeback_that_was_won_costs_nothing_in_the_end(landed: Warehouse) -> None:
    found = _fetch(
        landed,
        """
        select disputes.status, sum(payments.amount) as lost, sum(payments.fee) as fee, max(disputes.amount) as disputed
        from core.disputes
        inner join conformed.shopify__payments as payments
            on payments.kind = 'chargeback' and payments.order_id = disputes.order_id
        group by disputes.dispute_id, disputes.status
        """,
    )
    assert {row["status"] for row in found} == {"won", "lost", "under_review"}
    for row in found:
        if row["status"] == "won":
            assert (row["lost"], row["fee"]) == (0, 0)
        else:
            assert (row["lost"], row["fee"]) == (row["disputed"], DISPUTE_FEE)


def test_all_that_disputes_moved_costs_once(landed: Warehouse) -> None:
    """By day: as payments of orders that can be read, and as fees of the account of the others."""
    by_day = "select cast(day as varchar) as day, sum(cost) as cost from ({}) as costs group by day having sum(cost) <> 0 order by day"
    moved = by_day.format(
        "select cast(happened_at as date) as day, fee - amount as cost from marts.payout_entries where kind = 'chargeback'"
    )
    told = by_day.format(
        "select cast(processed_at as date) as day, amount + fee as cost from conformed.shopify__payments where kind = 'chargeback'"
        " union all select cast(charged_at as date) as day, amount as cost from marts.fees where kind = 'payment'"
    )
    assert len(_fetch(landed, moved)) > 10
    assert _fetch(landed, told) == _fetch(landed, moved)


def test_without_the_scope_the_check_says_so_and_only_these_streams_are_refused(shop: Connections) -> None:
    shop.revoke(PAYMENTS_SCOPE)
    source = shop.to()
    assert source.check().missing == (
        f"{PAYMENTS_SCOPE}: without it no payouts, disputes and fees of Shopify Payments can be read.",
    )
    for name in ("balance_transactions", "payouts", "disputes"):
        with pytest.raises(AccessError, match=PAYMENTS_SCOPE):
            read(source, name)
    assert read(source, "orders") == []
    refused = {stream.name for stream in source.streams if stream.may_be_refused}
    assert refused == {"balance_transactions", "payouts", "disputes"}


def test_a_shop_without_shopify_payments_has_none(shop: Connections) -> None:
    source = shop.to()
    for name in ("balance_transactions", "payouts", "disputes"):
        assert read(source, name) == []
