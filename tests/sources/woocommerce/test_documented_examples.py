"""The records of WooCommerce's own documentation, shredded through the stream tables."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fondaco.config import Settings
from fondaco.landing import Landing
from fondaco.sources.stream import Page, Slice, Stream, Table
from fondaco.sources.woocommerce import WooCommerce, records
from fondaco.sources.woocommerce.streams import (
    CATEGORIES,
    COUPONS,
    CUSTOMERS,
    ORDERS,
    PRODUCTS,
    REFUNDS,
    STREAMS,
)
from fondaco.warehouse import Warehouse, open_warehouse

NOT_DOCUMENTED = {
    # What Fondaco adds itself; records.py.
    "fondaco": "Fondaco's own object",
    # Fields that are newer than the documented examples of 2024.
    "global_unique_id": "newer versions",
    "cost_of_goods_sold": "newer versions, where the feature is on",
    "discount_type": "of an order's coupon, newer versions",
    "status": "of a coupon, newer versions",
    "sku": "of a refund's line in examples with lines",
    "rate_percent": "of a tax line, newer versions",
    "reason": "the example of an order calls it refund",
}


CATEGORY = {
    "id": 15, "name": "Albums", "slug": "albums", "parent": 11, "description": "", "display": "default", "image": [],
    "menu_order": 0, "count": 4,
    "_links": {"self": [{"href": "https://example.com/wp-json/wc/v3/products/categories/15"}]},
}  # fmt: skip
"""The first of "List all product categories" in the documentation of the API."""


def examples(shared_folder: Path, name: str) -> list[dict[str, Any]]:
    text = (shared_folder / "specs" / "woocommerce" / "doc-examples" / f"{name}.json").read_text()
    found: list[dict[str, Any]] = json.loads(text)
    return found


@pytest.fixture
def documented(shared_folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Examples by stream, as the connector would hand them on."""
    variations = examples(shared_folder, "product-variations")
    refunds = [{**refund, "parent_id": 723} for refund in examples(shared_folder, "order-refunds")]
    products = examples(shared_folder, "products")
    return {
        "orders": [records.order(each) for each in examples(shared_folder, "orders")],
        "refunds": [records.refund(each) for each in refunds],
        "customers": [records.customer(each) for each in examples(shared_folder, "customers")],
        "products": [
            records.product(each, copy.deepcopy(variations), ("_wc_cog_cost",)) for each in products
        ],
        "categories": [records.category(copy.deepcopy(CATEGORY))],
        "coupons": [records.coupon(each) for each in examples(shared_folder, "coupons")],
    }


def objects(found: list[dict[str, Any]], table: Table) -> list[dict[str, Any]]:
    """The objects that the table's rows are cut from."""
    for path in table.each:
        parts = path.removeprefix("$.").split(".")
        for part in parts:
            found = [inner for each in found if isinstance(inner := each.get(part), (dict, list))]
            found = [inner for each in found for inner in (each if isinstance(each, list) else [each])]
    return found


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_declared_path_is_documented_or_says_why_not(
    stream: Stream, documented: dict[str, list[dict[str, Any]]]
) -> None:
    unknown = set()
    for table in stream.tables:
        shown = objects(documented[stream.name], table)
        for column in table.columns:
            first = column.path.removeprefix("$.").split(".")[0]
            if column.path.startswith("$.") and shown and not any(first in each for each in shown):
                unknown.add(first)
    assert unknown <= set(NOT_DOCUMENTED), "neither in the documentation nor explained"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return open_warehouse(Settings(folder=tmp_path))


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (ORDERS, {"orders": 2, "order_lines": 4, "order_refund_refs": 2}),
        (REFUNDS, {"refunds": 2}),
        (CUSTOMERS, {"customers": 2}),
        (PRODUCTS, {"products": 2, "product_variations": 4, "product_categories": 4}),
        (CATEGORIES, {"categories": 1}),
        (COUPONS, {"coupons": 2}),
    ],
    ids=lambda value: value.name if isinstance(value, Stream) else "",
)
def test_documented_records_land_whole_and_without_drift(
    stream: Stream,
    expected: dict[str, int],
    documented: dict[str, list[dict[str, Any]]],
    warehouse: Warehouse,
    tmp_path: Path,
) -> None:
    landing = Landing(warehouse, tmp_path / "spool", "default")
    landing.create_tables({"woocommerce": WooCommerce})
    since = datetime(2017, 1, 1, tzinfo=UTC)
    part = Slice(stream.name, "backfill", since, since + timedelta(days=1))
    result = landing.load(
        landing.spool("shop", "woocommerce", stream, part, [Page.of(documented[stream.name])])
    )
    assert result.quarantined == 0
    assert result.drifted == ()
    assert {name: result.loaded[name] for name in expected} == expected
