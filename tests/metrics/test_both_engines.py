"""Questions that the pages ask beside plain metrics: the same answers on both engines, from what is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.metrics.conftest import columns

from fondaco.jobs.products import TABLES, write_product_facts
from fondaco.metrics import (
    MetricQuery,
    SemanticLayer,
    list_losses,
    list_orders,
    one_order,
    order_profit,
    read_beginnings,
)
from fondaco.metrics import payouts as paid_out
from fondaco.metrics.lookup import find_campaigns
from fondaco.metrics.marketing import (
    ATTRIBUTED_ORDERINGS,
    attributed_statement,
    has_figures,
    has_marketing,
    list_attributed,
    origin_of,
    read_campaigns,
)
from fondaco.metrics.products import bought_together, buyers_of, one_product, product_lines
from fondaco.warehouse import Warehouse
from fondaco.warehouse.engine import Reader

LAYER = SemanticLayer.load()
MARCH = MetricQuery(("net_sales",), first=date(2026, 3, 1), last=date(2026, 3, 31))
DAY = date(2026, 3, 2)
ORDER = {"order_id": "a:1", "order_number": "#1", "order_date": DAY, "order_hour": 9, "ordered_at": "2026-03-02 08:00:00",
         "person_id": "p", "order_sequence": 1, "connection_id": "a", "customer_type": "new", "is_cancelled": False}  # fmt: skip
EVENT = {"sales_event_id": "e", "order_id": "a:1", "order_line_id": "l", "product_id": "a:Mug", "event_date": DAY,
         "order_date": DAY, "event_at": "2026-03-02 08:00:00", "ordered_at": "2026-03-02 08:00:00", "units_sold": 2, "net_units": 2,
         "net_sales": 31, "total_sales": 31, "line_type": "product", "event_type": "order", "connection_id": "a"}  # fmt: skip
SOLD = {"event_date": DAY, "order_date": DAY, "product_id": "a:Mug", "product_title": "Mug", "variant_id": "v",
        "connection_id": "a", "units_sold": 31, "net_sales": 31}  # fmt: skip
ITEM = {"connection_id": "a", "location_id": "a:Main", "location_name": "Main", "variant_id": "v", "product_id": "a:Mug",
        "product_title": "Mug", "sku": "MUG"}  # fmt: skip
MARTS: dict[str, dict[str, Any]] = {
    "stock_items": {**ITEM, "as_of_date": date(2026, 3, 31), "units": 5, "available": 5, "stock_value": 20, "sales_velocity": "0.5",
                    "net_units_90": 45, "unit_days": 50, "abc_class": "A", "xyz_class": "Z", "is_dead": False},
    "stock_ages": {**ITEM, "age_band": "0-30", "units": 5, "unit_days": 50, "stock_value": 20},
    "stock_daily": {"connection_id": "a", "location_id": "a:Main", "location_name": "Main", "stock_date": DAY, "units": 5,
                    "stock_value": 20, "items_in_stock": 1},
    "stock_spans": {**ITEM, "first_date": DAY, "last_date": DAY, "units": 5, "stock_value": 20},
    "stock_ledger": {**ITEM, "stock_date": DAY, "sold": 31, "unit_cost": 4},
    "stockout_days": {**ITEM, "stockout_date": date(2026, 3, 3), "expected_units": "1.5", "lost_margin": 9},
    "orders": ORDER,
    "sales_ledger": EVENT,
    "product_sales_daily": SOLD,
    "products": {"product_id": "a:Mug", "title": "Mug", "connection_id": "a", "is_deleted": False},
    "product_collections": {"product_id": "a:Mug", "collection_id": "a:1", "connection_id": "a", "collection_title": "Home > Mugs"},
    "inventory": {"variant_id": "v", "product_id": "a:Mug", "variant_title": "Blue", "on_hand": 5},
    "customers": {"person_id": "p", "orders": 1},
    "sales_daily": {
        "clock": "finance",
        "sales_date": DAY,
        "connection_id": "a",
        "is_filler": False,
        "net_sales": 31,
    },
    "order_discounts": {},
    "refunds": {},
    "payments": {},
    "fees": {
        "fee_id": "a:f", "connection_id": "a", "charged_date": DAY, "kind": "marketplace", "profit_line": "marketplace_fees",
        "amount": "2.5",
    },
    "profit_daily": {"clock": "finance", "profit_date": DAY, "connection_id": "a", "cost_of_goods": 12},
    "profit_ledger": {
        "order_id": "a:1", "order_date": DAY, "event_date": DAY, "profit_event_id": "e", "profit_event_type": "sale",
        "event_type": "order", "line_type": "product", "gross_sales": 31, "cost_of_goods": 12, "marketing_costs": 40,
    },
    "order_profit": {
        "order_id": "a:1", "order_number": "#1", "order_date": DAY, "connection_id": "a", "contribution_margin_3": -21, "net_sales": 31,
        "gross_sales": 31, "cost_of_goods": 12,
    },
    "campaigns_daily": {"campaign_date": DAY, "platform": "meta_ads", "campaign_id": "ads:1", "ad_spend": 7, "claimed_conversions": 1.5},
    "order_campaigns": {"order_id": "a:1", "platform": "meta_ads", "campaign_id": "ads:1", "matched_by": "name", "role": "ads"},
    "campaigns": {"campaign_id": "ads:1", "platform": "meta_ads", "connection_id": "ads", "account_name": "Ads", "name": "Spring",
                  "source_campaign_id": "1", "status": "active", "role": "ads"},
    "messages_daily": {"message_date": DAY, "platform": "klaviyo", "campaign_id": "post:1", "connection_id": "post", "sent": 5},
    "visits_daily": {"order_date": DAY, "connection_id": "a", "marked_orders": 1},
    "gateway_costs_daily": {"processed_date": DAY, "connection_id": "a", "unpriced_payments": 2},
    "payouts": {"payout_id": "a:77", "source_payout_id": "77", "connection_id": "a", "status": "paid", "issued_at": "2026-03-02 06:00:00",
                "issued_date": DAY, "currency": "USD", "amount": 29, "payments": 31, "fees": 2, "entries": 1, "orders": 1, "is_settled": True},
    "payout_entries": {"payout_entry_id": "a:1", "payout_id": "a:77", "connection_id": "a", "order_id": "a:1", "kind": "payment",
                       "happened_at": "2026-03-01 08:00:00", "currency": "USD", "amount": 31, "fee": 2, "net": 29},
    "disputes": {"dispute_id": "a:9", "connection_id": "a", "order_id": "a:1", "status": "open", "kind": "chargeback",
                 "initiated_at": "2026-03-02 08:00:00", "due_at": "2026-03-09 08:00:00", "currency": "USD", "amount": 31},
}  # fmt: skip


@pytest.fixture
def published(empty_warehouse: Warehouse) -> Iterator[Reader]:
    with empty_warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        for mart, row in MARTS.items():
            types = columns(mart)
            declared = ", ".join(f"{name} {kind}" for name, kind in types.items())
            writer.execute(f"create table marts.{mart} ({declared})")
            nought = {name: 0 for name, kind in types.items() if kind.startswith(("decimal", "bigint"))}
            whole = {**nought, "tenant_id": "default", **row}
            if row:
                names, values = ", ".join(whole), ", ".join(f"${name}" for name in whole)
                writer.execute(f"insert into marts.{mart} ({names}) values ({values})", whole)
        empty_warehouse.create_schemas_and_raw_tables(TABLES)
        with writer.transaction():
            write_product_facts(writer, "default", date(2026, 3, 31))
        empty_warehouse.publish()
    reader = empty_warehouse.reader()
    yield reader
    reader.close()


@pytest.mark.parametrize("step", ["day", "month"])
def test_the_total_beside_steps_is_that_of_the_whole_period(published: Reader, step: str) -> None:
    def ask(with_total: bool, *by: str, first: date = MARCH.first) -> list[Any]:
        query = MetricQuery(
            tuple(metric.name for metric in LAYER.metrics if step in metric.dimensions),
            by, first=first, last=MARCH.last, with_total=with_total,
        )  # fmt: skip
        found: list[Any] = LAYER.query(published, query, "default").to_pylist()
        return found

    for first in (MARCH.first, date(2026, 3, 20)):  # with sales, and without
        *steps, total = ask(True, step, first=first)
        assert steps == ask(False, step, first=first)
        [whole] = ask(False, first=first)
        assert total == {step: None, **whole}


def test_hours_weekdays_and_missing_values(published: Reader) -> None:
    def ask(*by: str, **where: str) -> list[tuple[Any, ...]]:
        query = MetricQuery(
            ("net_sales",), by, first=MARCH.first, last=MARCH.last, where={"product_id": "a:Mug", **where}
        )
        return [tuple(row.values()) for row in LAYER.query(published, query, "default").to_pylist()]

    assert ask("hour") == [("09", Decimal(31))]
    assert ask("weekday", hour="09") == [("1", Decimal(31))]
    assert ask(weekday="1", country="") == [(Decimal(31),)]
    assert ask(weekday="2") == [(Decimal(0),)]


def test_collections_of_what_was_sold(published: Reader) -> None:
    def ask(metric: str, *by: str, **where: str | tuple[str, ...]) -> list[tuple[Any, ...]]:
        query = MetricQuery((metric,), by, first=MARCH.first, last=MARCH.last, where=where)
        return [tuple(row.values()) for row in LAYER.query(published, query, "default").to_pylist()]

    for metric, amount in (("net_sales", 31), ("orders", 1)):
        assert ask(metric, "collection") == [("Home > Mugs", amount)]
        assert ask(metric, collection=("Home > Mugs", "")) == [(amount,)]
        assert ask(metric, collection="") == [(0,)]
    assert ask("cost_of_goods", "collection") == [(None, Decimal(12))]
    assert ask("cost_of_goods", collection="Home > Mugs") == [(Decimal(0),)]


@pytest.mark.parametrize("order_by", ["-ordered_at", "order_number", "-net_sales"])
def test_lists_of_orders_and_one_order(published: Reader, order_by: str) -> None:
    (row,) = (
        list_orders(LAYER, published, MARCH, "default", find="#", order_by=order_by, limit=5).to_pylist()
        + list_orders(LAYER, published, MARCH, "default", order_by=order_by, limit=5, offset=5).to_pylist()
    )
    assert (row["order_id"], row["units"], row["net_sales"], row["matches"]) == ("a:1", 2, 31, 1)
    (same,) = list_orders(LAYER, published, MARCH, "default", order_by=order_by, limit=5).to_pylist()
    assert same == row
    found = one_order(published, "default", "a:1")
    assert found is not None
    assert (found.order["customer_orders"], found.lines[0]["units_sold"], len(found.events)) == (1, 2, 1)


def test_when_the_data_begins(published: Reader) -> None:
    assert read_beginnings(published, "default").days == {"a": DAY}


@pytest.mark.parametrize("by_variant", [False, True])
def test_products_and_what_their_buyers_did(published: Reader, by_variant: bool) -> None:
    (line,) = product_lines(
        LAYER, published, MARCH, "default", before=MARCH, today=date(2026, 3, 31), by_variant=by_variant
    )
    assert (line.title, line.units_per_day, line.units_per_day_before, line.days_of_cover) == ("Mug", 1, 1, 5)
    assert line.first_buyers == (None if by_variant else 1)
    assert buyers_of(published, "default")["a:Mug"].buyers == 1
    assert bought_together(published, "default", "a:Mug") == []
    product = one_product(published, "default", "a:Mug")
    assert product is not None
    assert product["title"] == "Mug"


def test_profit_is_told_down_to_the_order_that_lost_it(published: Reader) -> None:
    [row] = list_losses(LAYER, published, MARCH, "default", find="#1", limit=10).to_pylist()
    assert (row["order_id"], row["contribution_margin_3"], row["matches"]) == ("a:1", Decimal(-21), 1)
    found = order_profit(published, "default", row)
    assert found is not None
    assert found.statement["contribution_margin_3"] == Decimal(31 - 12 - 40)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"platform": "meta_ads"},
        {"account": "Ads", "campaign_id": "ads:1"},
        {"campaign_id": ""},
        {"account": "Others"},
    ],
)
def test_advertising_is_told_down_to_the_order_that_it_brought(
    published: Reader, where: dict[str, str]
) -> None:
    is_there = where not in ({"campaign_id": ""}, {"account": "Others"})
    for order_by in ATTRIBUTED_ORDERINGS:
        rows = list_attributed(
            published, "default", MARCH.first, MARCH.last, where, find="#1", order_by=order_by, limit=5
        ).to_pylist()
        assert [
            (row["order_id"], row["campaign_name"], row["matched_by"], row["matches"]) for row in rows
        ] == ([("a:1", "Spring", "name", 1)] if is_there else [])
    statement = attributed_statement(
        published, "default", MARCH.first, MARCH.last, where, ad_spend=Decimal(7)
    )
    assert statement["campaign_profit"] == (31 - 12 - 7 if is_there else -7)


def test_campaigns_and_where_an_order_came_from(published: Reader) -> None:
    assert has_marketing(published)
    assert has_figures(published, "default")
    assert not has_figures(published, "nobody")
    assert read_campaigns(published, "default")["ads:1"]["name"] == "Spring"
    assert origin_of(published, "default", "a:1") == {
        "platform": "meta_ads", "campaign_id": "ads:1", "matched_by": "name", "campaign_name": "Spring", "role": "ads",
    }  # fmt: skip
    assert origin_of(published, "default", "a:2") is None
    for words in ("spr", "1"):
        assert find_campaigns(published, "default", words).column("campaign_id").to_pylist() == ["ads:1"]


def test_payouts_and_what_they_are_made_of(published: Reader) -> None:
    assert paid_out.has_payouts(published)
    (payout,) = paid_out.payouts(published, "default", DAY, DAY, limit=5)
    assert (payout["payout_id"], payout["amount"], payout["matches"]) == ("a:77", Decimal(29), 1)
    assert paid_out.payouts(published, "default", DAY, DAY, shop="b") == []
    (total,) = paid_out.totals(published, "default", DAY, DAY, shop="a")
    assert (total["currency"], total["payouts"], total["fees"]) == ("USD", 1, Decimal(2))
    assert (paid_out.one_payout(published, "default", "a:77") or {})["source_payout_id"] == "77"
    assert paid_out.one_payout(published, "other", "a:77") is None
    (entry,) = paid_out.entries(published, "default", "a:77", limit=5)
    assert (entry["order_id"], entry["order_number"], entry["net"]) == ("a:1", "#1", Decimal(29))
    (dispute,) = paid_out.open_disputes(published, "default")
    assert (dispute["dispute_id"], dispute["order_number"]) == ("a:9", "#1")
