"""Files in the layouts that shops export, small enough to be worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fondaco.sources.files.importing import Options, Prepared, prepare

SHOPIFY_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Shipping City,Shipping Country,Cancelled at,Payment Method,"
    "Refunded Amount,Vendor,Id,Tags,Source,Lineitem discount,Tax 1 Name,Tax 1 Value"
)


class Row:
    """One row of a Shopify orders export; what is not given stays empty, as on an order's further rows."""

    def __init__(self, **cells: str) -> None:
        self._cells = {name.replace("_", " "): value for name, value in cells.items()}

    def __str__(self) -> str:
        return ",".join(self._cells.get(name, "") for name in SHOPIFY_HEADER.split(","))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file and gives its path."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def read() -> Iterator[Callable[..., Prepared]]:
    """Prepares a file; what was opened is closed after the test."""
    opened: list[Prepared] = []

    def prepared(path: Path, **options: Any) -> Prepared:
        opened.append(prepare(path, Options(**options)))
        return opened[-1]

    yield prepared
    for one in opened:
        one.close()


@pytest.fixture
def shopify_orders(write: Callable[..., Path]) -> Path:
    """Three orders: two lines with a code and tax on top; tax inside, half refunded; cancelled."""
    rows = [
        SHOPIFY_HEADER,
        Row(
            Name="#1001",
            Email="ada@example.com",
            Financial_Status="paid",
            Fulfillment_Status="fulfilled",
            Currency="USD",
            Subtotal="90.00",
            Shipping="5.00",
            Taxes="9.50",
            Total="104.50",
            Discount_Code="TEN",
            Discount_Amount="10.00",
            Created_at="2026-03-01 10:00:00 -0500",
            Lineitem_quantity="1",
            Lineitem_name="Mug - blue",
            Lineitem_price="40.00",
            Lineitem_sku="MUG-B",
            Shipping_City="Boston",
            Shipping_Country="US",
            Source="web",
            Lineitem_discount="0.00",
        ),
        Row(
            Name="#1001",
            Email="ada@example.com",
            Created_at="2026-03-01 10:00:00 -0500",
            Lineitem_quantity="2",
            Lineitem_name="Bowl",
            Lineitem_price="30.00",
            Lineitem_sku="BOWL",
            Lineitem_discount="0.00",
        ),
        Row(
            Name="#1002",
            Email="bo@example.com",
            Financial_Status="partially_refunded",
            Currency="USD",
            Subtotal="119.00",
            Shipping="0.00",
            Taxes="19.00",
            Total="119.00",
            Discount_Amount="0.00",
            Created_at="2026-03-02 23:30:00 -0500",
            Lineitem_quantity="1",
            Lineitem_name="Vase",
            Lineitem_price="119.00",
            Lineitem_sku="VASE",
            Shipping_Country="DE",
            Refunded_Amount="59.50",
        ),
        Row(
            Name="#1003",
            Email="cy@example.com",
            Financial_Status="voided",
            Currency="USD",
            Subtotal="40.00",
            Shipping="0.00",
            Taxes="0.00",
            Total="40.00",
            Created_at="2026-03-03 09:00:00 -0500",
            Cancelled_at="2026-03-05 09:00:00 -0500",
            Lineitem_quantity="1",
            Lineitem_name="Mug - blue",
            Lineitem_price="40.00",
            Lineitem_sku="MUG-B",
            Refunded_Amount="0.00",
        ),
    ]
    return write("orders_export.csv", "\n".join(map(str, rows)) + "\n")
