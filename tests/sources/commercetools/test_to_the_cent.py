"""From the project over HTTP to the ledger: each day's sums are the truth, and the recount's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.parsed import give_models

from fondaco.landing import Landing
from fondaco.simulator.commercetools.resources import LINE, uuid
from fondaco.sources.commercetools import Commercetools, records
from fondaco.sources.commercetools.streams import ORDERS, PAYMENTS
from fondaco.sources.stream import Page, Slice
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

if TYPE_CHECKING:
    from .conftest import Project

END = datetime(2026, 11, 1, tzinfo=UTC)
FIGURES = ("gross_sales", "discounts", "returns", "shipping", "taxes")
MODELS = ("path:models/staging/commercetools", "path:models/conformed/commercetools")


def land_everything(landing: Landing, project: Project) -> None:
    """Every stream whole, and a connection for the currency."""
    source = project.source()
    landing.create_tables({"commercetools": Commercetools})
    connection = {
        "tenant_id": "default",
        "connection_id": "cedar",
        "source": "commercetools",
        "name": "Cedar",
    }
    landing.land_rows(
        "fondaco__connections",
        [
            {
                **connection,
                "currency": "USD",
                "time_zone": "America/New_York",
                "_synced_at": datetime(2026, 11, 1),
            }
        ],
    )
    for stream in source.streams:
        part = Slice(stream.name, "backfill", END - timedelta(days=500), END + timedelta(seconds=1))
        result = landing.load(
            landing.spool("cedar", "commercetools", stream, part, source.read(stream, part))
        )
        assert (result.quarantined, result.drifted) == (0, ())
    landing.land_tombstones("cedar", source.tombstones(END - timedelta(days=500), END + timedelta(seconds=1)))


@pytest.mark.slow
def test_each_day_of_the_ledger_is_the_truth_to_the_cent(
    project: Project, empty_warehouse: Warehouse, tmp_path: Path
) -> None:
    land_everything(Landing(empty_warehouse, tmp_path / "spool", "default"), project)
    give_models(empty_warehouse)
    assert build(empty_warehouse, select=MODELS).failures == ()
    with empty_warehouse.writer() as writer:
        sums = writer.fetch(
            "select cast(cast(events.event_at at time zone 'UTC' at time zone 'America/New_York' as date) as varchar) as day, "
            + ", ".join(f"sum(events.{name}) as {name}" for name in FIGURES)
            + " from conformed.commercetools__sales_events as events inner join conformed.commercetools__orders as orders "
            "on events.tenant_id = orders.tenant_id and events.order_id = orders.order_id "
            "where orders.counts_in_sales group by 1"
        ).to_pylist()
        placed = writer.fetch(
            "select orders.order_id, orders.vendor_total, sum(events.gross_sales - events.discounts + events.shipping "
            "+ events.taxes) as total from conformed.commercetools__orders as orders "
            "inner join conformed.commercetools__sales_events as events on orders.order_id = events.order_id "
            "where events.event_type = 'order' group by 1, 2"
        ).to_pylist()
        refunds = writer.fetch(
            "select sum(amount) as amount from conformed.commercetools__refunds"
        ).to_pylist()
        restocked = writer.fetch(
            "select order_line_id as line, cast(-sum(quantity) as bigint) as back, "
            "cast(sum(units_restocked) as bigint) as restocked from conformed.commercetools__sales_events "
            "where quantity < 0 group by 1 having count(*) = count(units_restocked)"
        ).to_pylist()
        units = writer.fetch(
            "select -sum(quantity) as units from conformed.commercetools__sales_events where event_type = 'return'"
        ).to_pylist()
    truth = project.store.daily_report("cedar", (END - timedelta(days=500)).date(), END.date())
    assert in_cents(sums) == {
        row["day"]: {name: row[name] for name in FIGURES}
        for row in truth
        if any(row[name] for name in FIGURES)
    }
    assert placed and all(row["vendor_total"] == row["total"] for row in placed)
    living = "order_id in (select order_id from orders where deleted_at is null)"
    served = project.rows(f"select sum(amount) as amount from refunds where {living}")[0]["amount"]
    assert refunds[0]["amount"] * 100 == served
    returned = project.rows(
        f"select sum(quantity) as units from refund_lines where line_type = 'product' and {living} and refund_id in "
        "(select refund_id from refunds where amount > 0)"
    )
    assert units[0]["units"] == returned[0]["units"]
    truth_of_lines = {
        f"cedar:{uuid(LINE, row['line_id'])}": (row["back"], row["restocked"], row["told"])
        for row in project.rows(
            "select line_id, sum(quantity)::bigint as back, "
            "coalesce(sum(quantity) filter (where restocked), 0)::bigint as restocked, "
            "bool_and(refund_line_id % 5 <> 0) as told from refund_lines "
            f"where line_type = 'product' and quantity > 0 and {living} group by 1"
        )
    }
    assert {row["line"]: (row["back"], row["restocked"], True) for row in restocked} == {
        line: figures for line, figures in truth_of_lines.items() if figures[2]
    }
    assert {figures[1] > 0 for figures in truth_of_lines.values() if figures[2]} == {True, False}


def in_cents(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found = {row["day"]: {name: row[name] * 100 for name in FIGURES} for row in rows}
    return {day: figures for day, figures in found.items() if any(figures.values())}


# ---- the rules, on orders made by hand -------------------------------------------------------------------------------


def money(cents: int) -> dict[str, Any]:
    return {"type": "centPrecision", "centAmount": cents, "fractionDigits": 2, "currencyCode": "EUR"}


def taxed(net: int, gross: int) -> dict[str, Any]:
    return {"totalNet": money(net), "totalGross": money(gross)}


def order(number: str, **more: Any) -> dict[str, Any]:
    """100.00 before tax in two units, 19.00 tax, and 10.00 + 1.90 of shipping."""
    line = {
        "id": f"{number}-line", "productId": "p", "name": {"en": "Thing"}, "variant": {"id": 1, "sku": "T"},
        "quantity": 2, "price": {"value": money(5950)}, "totalPrice": money(11900), "taxedPrice": taxed(10000, 11900),
        "taxRate": {"amount": 0.19, "includedInPrice": True}, "discountedPricePerQuantity": [],
    }  # fmt: skip
    return {
        "id": number, "createdAt": "2026-03-01T10:00:00.000Z", "lastModifiedAt": "2026-03-01T10:00:00.000Z",
        "orderState": "Open", "totalPrice": money(13090), "taxedPrice": taxed(11000, 13090), "lineItems": [line],
        "shippingInfo": {"price": money(1190), "taxedPrice": taxed(1000, 1190)}, "customLineItems": [],
        "paymentInfo": {"payments": [{"typeId": "payment", "id": f"{number}-pay"}]}, **more,
    }  # fmt: skip


def payment(number: str, *refunds: tuple[int, int]) -> dict[str, Any]:
    """Refunds by day of March and cents, and a failed one that must not count."""
    transactions = [
        {"id": f"{number}-{day}", "type": "Refund", "state": "Success", "amount": money(cents),
         "timestamp": f"2026-03-{day:02d}T10:00:00.000Z"}
        for day, cents in refunds
    ]  # fmt: skip
    failed = {**transactions[0], "id": f"{number}-failed", "state": "Failure"}
    return {
        "id": f"{number}-pay", "createdAt": "2026-03-01T10:00:00.000Z", "lastModifiedAt": "2026-03-20T10:00:00.000Z",
        "amountPlanned": money(13090), "transactions": [*transactions, failed],
    }  # fmt: skip


def returned(number: str, day: int, quantity: int) -> dict[str, Any]:
    at = f"2026-03-{day:02d}T09:00:00.000Z"
    item = {"id": f"{number}-{day}", "lineItemId": f"{number}-line", "quantity": quantity, "createdAt": at}
    return {"items": [item]}


MADE = [
    # One unit comes back, then the other with the shipping.
    (order("parts", returnInfo=[returned("parts", 2, 1), returned("parts", 5, 1)]), payment("parts", (3, 5950), (6, 7140))),
    # Part of the price without a return, then all the rest.
    (order("cut"), payment("cut", (3, 1309), (6, 11781))),
    # A discount on the total, and a service that is no product.
    (
        order(
            "total", totalPrice=money(12495), taxedPrice=taxed(10500, 12495),
            discountOnTotalPrice={"discountedAmount": money(1190)},
            customLineItems=[{"id": "wrap", "name": {"en": "Wrap"}, "quantity": 1, "money": money(595),
                              "totalPrice": money(595), "taxedPrice": taxed(500, 595)}],
        ),
        None,
    ),
]  # fmt: skip


@pytest.mark.slow
def test_refunds_and_discounts_fall_where_the_rules_say(empty_warehouse: Warehouse, tmp_path: Path) -> None:
    landing = Landing(empty_warehouse, tmp_path / "spool", "default")
    landing.create_tables({"commercetools": Commercetools})
    shaper = records.Shaper(["en"], None, "taxed")
    part = Slice("orders", "backfill", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    for stream, found in (
        (ORDERS, [each for each, _ in MADE]),
        (PAYMENTS, [each for _, each in MADE if each]),
    ):
        page = Page.of([shaper.shape(stream.name, each) for each in found])
        assert landing.load(landing.spool("shop", "commercetools", stream, part, [page])).quarantined == 0
    give_models(empty_warehouse)
    build(empty_warehouse, select=("path:models/staging/commercetools", "+commercetools__sales_events"))
    with empty_warehouse.writer() as writer:
        rows = writer.fetch(
            "select * from conformed.commercetools__sales_events order by order_id, event_at, event_type, line_type"
        ).to_pylist()
    names = (
        "event_type",
        "line_type",
        "quantity",
        "gross_sales",
        "discounts",
        "returns",
        "shipping",
        "taxes",
        "additional_fees",
    )
    found = {
        key: [
            tuple(float(v) if isinstance(v := row[name], Decimal) else v for name in names)
            for row in rows
            if row["order_id"] == f"shop:{key}"
        ]
        for key in ("parts", "cut", "total")
    }
    goods = ("order", "product", 2, 100.0, 0.0, 0.0, 0.0, 19.0, 0.0)
    post = ("order", "shipping", 0, 0.0, 0.0, 0.0, 10.0, 1.9, 0.0)
    assert found["parts"] == [
        goods,
        post,
        ("return", "product", -1, 0.0, 0.0, 50.0, 0.0, -9.5, 0.0),
        ("return", "product", -1, 0.0, 0.0, 50.0, 0.0, -9.5, 0.0),
        ("return", "shipping", 0, 0.0, 0.0, 0.0, -10.0, -1.9, 0.0),
    ]
    assert found["cut"] == [
        goods,
        post,
        ("return", "adjustment", 0, 0.0, 0.0, 11.0, 0.0, -2.09, 0.0),
        ("return", "adjustment", 0, 0.0, 0.0, 89.0, -10.0, -18.81, 0.0),
    ]
    assert found["total"] == [
        ("order", "adjustment", 0, 0.0, 10.0, 0.0, 0.0, -1.9, 0.0),
        ("order", "fee", 0, 0.0, 0.0, 0.0, 0.0, 0.95, 5.0),
        goods,
        post,
    ]
