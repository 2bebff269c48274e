"""A mapped file of orders, and how tests of it look at what was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.sources.files.fields import parse_map
from fondaco.sources.files.importing import Prepared

Write = Callable[..., Path]
Read = Callable[..., Prepared]

MAP = parse_map(
    [
        "order_id=Invoice",
        "ordered_at=When",
        "customer_id=Customer",
        "sku=Article",
        "title=Name",
        "quantity=Qty",
        "unit_price=Price",
        "country=Land",
    ]
)
HEADER = "Invoice,When,Customer,Article,Name,Qty,Price,Land\n"


def refusal(read: Read, path: Path, **options: object) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path, **options)
    assert len(str(caught.value).splitlines()) == 2
    return str(caught.value)


def lines(prepared: Prepared, columns: str) -> list[tuple[object, ...]]:
    return prepared.engine.execute(f"select {columns} from order_lines order by row_number").fetchall()
