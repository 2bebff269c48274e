"""The rules of the ledger, on orders made by hand: what each becomes, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_models

from fondaco.landing import Landing
from fondaco.sources.stream import Page, Slice, Tombstone
from fondaco.sources.woocommerce import WooCommerce, records
from fondaco.sources.woocommerce.streams import ORDERS, REFUNDS
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("woocommerce_ledger_rules")]

DAY = datetime(2026, 3, 1, tzinfo=UTC)
EVENTS = (
    "path:models/staging/woocommerce +woocommerce__sales_events +woocommerce__orders +woocommerce__refunds"
)


def order(number: int, total: str, tax: str, shipping: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "status": "completed", "currency": "GBP", "total": total, "total_tax": tax,
        "shipping_total": shipping, "shipping_tax": "0", "prices_include_tax": False, "customer_id": 0,
        "date_created_gmt": "2026-03-01T10:00:00", "date_modified_gmt": "2026-03-01T10:00:00",
        "date_paid_gmt": "2026-03-01T10:00:00", "number": str(number), "line_items": [], "shipping_lines": [],
        "fee_lines": [], "coupon_lines": [], "tax_lines": [], "refunds": [], "meta_data": [], **more,
    }  # fmt: skip


def line(number: int, subtotal: str, total: str, tax: str = "0", quantity: int = 1) -> dict[str, Any]:
    return {
        "id": number, "name": "Thing", "product_id": 7, "variation_id": 0, "quantity": quantity, "sku": "T",
        "subtotal": subtotal, "subtotal_tax": tax, "total": total, "total_tax": tax, "meta_data": [],
    }  # fmt: skip


def shipping(number: int, total: str, tax: str = "0") -> dict[str, Any]:
    return {"id": number, "method_title": "Post", "method_id": "flat", "total": total, "total_tax": tax}


def refund(
    number: int, parent: int, amount: str, day: int, kind: str = "partial", **more: Any
) -> dict[str, Any]:
    return {
        "id": number, "parent_id": parent, "date_created_gmt": f"2026-03-{day:02d}T10:00:00", "amount": amount,
        "reason": "", "refunded_by": 1, "refunded_payment": True, "line_items": [], "shipping_lines": [],
        "fee_lines": [], "meta_data": [{"id": number, "key": "_refund_type", "value": kind}], **more,
    }  # fmt: skip


SHOP_ORDERS = [
    # 40 of goods, 5 tax, 10 shipping: the order of WooCommerce's own test for #66320.
    order(1, "55", "5", "10", line_items=[line(11, "40", "40", "5", 4)], shipping_lines=[shipping(12, "10")]),
    order(2, "55", "5", "10", line_items=[line(21, "40", "40", "5", 4)], shipping_lines=[shipping(22, "10")]),
    order(3, "55", "5", "10", line_items=[line(31, "40", "40", "5", 4)], shipping_lines=[shipping(32, "10")]),
    # Prices with tax: lines keep six places, the order's total two.
    order(4, "20.00", "3.19", "0", line_items=[line(41, "16.806723", "16.806723", "3.19")]),
    # A fee, and one that is a discount.
    order(
        5, "22", "0", "0", line_items=[line(51, "20", "20")],
        fee_lines=[
            {"id": 52, "name": "Gift wrap", "total": "5", "total_tax": "0"},
            {"id": 53, "name": "Loyal customer", "total": "-3", "total_tax": "0"},
        ],
    ),
    order(6, "10", "0", "0", status="cancelled", line_items=[line(61, "10", "10")]),
    order(7, "30", "0", "0", line_items=[line(71, "30", "30")]),
]  # fmt: skip
SHOP_REFUNDS = [
    # A part by its line, then the rest as one sum.
    refund(101, 1, "22.50", 2, line_items=[line(111, "-20", "-20", "-2.5", -2)]),
    refund(102, 1, "32.50", 3, "full"),
    # One sum that is not the whole.
    refund(201, 2, "7", 2),
    # Tax alone.
    refund(301, 3, "5", 2, line_items=[line(311, "0", "0", "-5", 0)]),
    # Entered by mistake, and deleted by staff.
    refund(701, 7, "20", 2, line_items=[line(711, "-20", "-20", "0", -1)]),
    refund(702, 7, "10", 3),
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The orders above as sales events, by order."""
    from fondaco.config import Settings
    from fondaco.warehouse import open_warehouse

    folder: Path = tmp_path_factory.mktemp("ledger")
    warehouse: Warehouse = open_warehouse(Settings(folder=folder))
    landing = Landing(warehouse, folder / "spool", "default")
    landing.create_tables({"woocommerce": WooCommerce})
    part = Slice("orders", "backfill", DAY, DAY + timedelta(days=30))
    for stream, found, shape in (
        (ORDERS, SHOP_ORDERS, records.order),
        (REFUNDS, SHOP_REFUNDS, records.refund),
    ):
        page = Page.of([shape(dict(each)) for each in found])
        result = landing.load(landing.spool("shop", "woocommerce", stream, part, [page]))
        assert result.quarantined == 0
    landing.land_tombstones("shop", [Tombstone("refunds", "701", DAY, "id comparison")])
    give_models(warehouse)
    build(warehouse, select=EVENTS.split())
    with warehouse.writer() as writer:
        rows = writer.fetch(
            "select * from conformed.woocommerce__sales_events order by event_at, event_type, line_type, gross_sales"
        ).to_pylist()
        counted = writer.fetch(
            "select source_order_id from conformed.woocommerce__orders where counts_in_sales"
        ).to_pylist()
    warehouse.close()
    found: dict[str, list[dict[str, Any]]] = {"counted": counted}
    for row in rows:
        found.setdefault(row["order_id"].removeprefix("shop:"), []).append(row)
    return found


def figures(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    names = ("event_type", "line_type", "quantity", "gross_sales", "returns", "shipping", "taxes")
    return [tuple(float(v) if isinstance(v := row[name], Decimal) else v for name in names) for row in rows]


def test_a_part_and_then_the_rest_come_back_once(ledger: dict[str, list[dict[str, Any]]]) -> None:
    """woocommerce#66217: the report counted the first refund twice. Together they are the order, no more."""
    assert figures(ledger["1"]) == [
        ("order", "product", 4, 40.0, 0.0, 0.0, 5.0),
        ("order", "shipping", 0, 0.0, 0.0, 10.0, 0.0),
        ("return", "product", -2, 0.0, 20.0, 0.0, -2.5),
        ("return", "adjustment", 0, 0.0, 20.0, -10.0, -2.5),
    ]


def test_a_sum_without_lines_is_a_return_without_tax(ledger: dict[str, list[dict[str, Any]]]) -> None:
    assert figures(ledger["2"])[2:] == [("return", "adjustment", 0, 0.0, 7.0, 0.0, 0.0)]


def test_tax_given_back_alone_is_no_return(ledger: dict[str, list[dict[str, Any]]]) -> None:
    assert figures(ledger["3"])[2:] == [("return", "product", 0, 0.0, 0.0, 0.0, -5.0)]


def test_a_rounded_total_leaves_its_cent_in_the_ledger(ledger: dict[str, list[dict[str, Any]]]) -> None:
    """The report counts 20.00 − 3.19 = 16.81; the line alone says 16.806723."""
    assert figures(ledger["4"]) == [
        ("order", "adjustment", 0, 0.003277, 0.0, 0.0, 0.0),
        ("order", "product", 1, 16.806723, 0.0, 0.0, 3.19),
    ]


def test_fees_are_gross_sales_as_in_the_vendors_report(ledger: dict[str, list[dict[str, Any]]]) -> None:
    assert figures(ledger["5"]) == [
        ("order", "fee", 0, -3.0, 0.0, 0.0, 0.0),
        ("order", "fee", 0, 5.0, 0.0, 0.0, 0.0),
        ("order", "product", 1, 20.0, 0.0, 0.0, 0.0),
    ]


def test_a_cancelled_order_stands_in_the_ledger_and_does_not_count(
    ledger: dict[str, list[dict[str, Any]]],
) -> None:
    assert figures(ledger["6"]) == [("order", "product", 1, 10.0, 0.0, 0.0, 0.0)]
    assert sorted(row["source_order_id"] for row in ledger["counted"]) == ["1", "2", "3", "4", "5", "7"]


def test_a_refund_that_staff_deleted_lowers_nothing(ledger: dict[str, list[dict[str, Any]]]) -> None:
    assert figures(ledger["7"]) == [
        ("order", "product", 1, 30.0, 0.0, 0.0, 0.0),
        ("return", "adjustment", 0, 0.0, 10.0, 0.0, 0.0),
    ]
