"""What the conformed models make of imported files, on each engine; and that the files' own report says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_models
from tests.sources.files.mapped import MAP

from fondaco.landing import Landing
from fondaco.sources.files import Files, FilesSettings
from fondaco.sources.files.importing import Prepared
from fondaco.sources.stream import Slice
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build

ZONE = "America/New_York"
RETURNS = (
    "Invoice,When,Customer,Article,Name,Qty,Price,Land\n"
    "A1,2026-03-01 10:00,C9,MUG,Mug,3,1200000.00,DE\n"
    "A1,2026-03-01 10:00,C9,MUG,Mug,3,1200000.00,DE\n"
    "C1,2026-03-04 10:00,C9,MUG,Mug,-1,1200000.00,DE\n"
    "C2,2026-03-04 11:00,,CUP,Cup,-5,0,DE\n"
)

pytestmark = pytest.mark.slow


class Imported:
    """A files connection, landed and modelled."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse = warehouse
        self.source = Files.connect(FilesSettings(folder=folder / "inbox", currency="USD", timezone=ZONE))
        self._inbox = folder / "inbox"
        self._landing = Landing(warehouse, folder / "spool", "default")
        self._landing.create_tables()

    def land(self, prepared: Prepared) -> None:
        prepared.keep(self._inbox)
        for stream in self.source.streams:
            part = Slice(
                stream.name, "backfill", datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
            )
            pages = self.source.read(stream, part)
            self._landing.load(self._landing.spool("shop", "files", stream, part, pages))

    def model(self) -> None:
        give_models(self.warehouse)
        build(self.warehouse, select=["path:models/staging/files", "path:models/conformed/files"])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.warehouse.writer() as writer:
            return [tuple(row.values()) for row in writer.fetch(sql).to_pylist()]

    def days(self) -> list[tuple[Any, ...]]:
        """Days of the ledger, by the finance clock."""
        return self.rows(
            f"""
            select cast(event_at at time zone 'UTC' at time zone '{ZONE}' as date) as day,
                sum(events.gross_sales) as gross_sales, sum(events.discounts) as discounts,
                sum(events.returns) as returns, sum(events.shipping) as shipping, sum(events.taxes) as taxes
            from conformed.files__sales_events as events
            inner join conformed.files__orders as orders on events.order_id = orders.order_id
            where orders.counts_in_sales
            group by 1 order by 1
            """
        )

    def report(self) -> list[tuple[Any, ...]]:
        days = self.source.report(date(2026, 1, 1), date(2026, 12, 31))
        assert days is not None
        return [(d.day, d.gross_sales, d.discounts, d.returns, d.shipping, d.taxes) for d in days]


@pytest.fixture
def imported(empty_warehouse: Warehouse, tmp_path: Path) -> Imported:
    return Imported(empty_warehouse, tmp_path)


def test_a_shopify_export_becomes_orders_lines_and_a_ledger_that_its_report_agrees_with(
    imported: Imported, read: Callable[..., Prepared], shopify_orders: Path
) -> None:
    imported.land(read(shopify_orders, currency="USD", timezone=ZONE))
    imported.model()
    assert imported.days() == imported.report()
    assert imported.rows(
        "select order_id, order_line_id, product_id, gross_sales, discounts, taxes from conformed.files__order_lines "
        "where sku <> 'MUG-B' order by 1"
    ) == [
        (
            "shop:#1001",
            "shop:#1001:" + _line(imported, "BOWL"),
            "shop:BOWL",
            Decimal(60),
            Decimal(6),
            Decimal("5.4"),
        ),
        (
            "shop:#1002",
            "shop:#1002:" + _line(imported, "VASE"),
            "shop:VASE",
            Decimal(100),
            Decimal(0),
            Decimal(19),
        ),
    ]
    assert imported.rows("select order_id, amount from conformed.files__refunds order by 1") == [
        ("shop:#1002", Decimal("59.5")),
        ("shop:#1003", Decimal(40)),
    ]
    assert imported.rows("select order_id, code, amount from conformed.files__order_discounts") == [
        ("shop:#1001", "TEN", Decimal(10))
    ]


def test_an_export_that_comes_again_with_a_line_less_replaces_the_order(
    imported: Imported, read: Callable[..., Prepared], shopify_orders: Path
) -> None:
    imported.land(read(shopify_orders, currency="USD", timezone=ZONE))
    edited = shopify_orders.with_name("later.csv")
    edited.write_text(
        "".join(line for line in shopify_orders.read_text().splitlines(True) if "Bowl" not in line)
    )
    imported.land(read(edited, currency="USD", timezone=ZONE))
    imported.model()
    assert imported.rows("select sku from conformed.files__order_lines where order_id = 'shop:#1001'") == [
        ("MUG-B",)
    ]
    assert imported.days() == imported.report()


def test_the_ledger_says_what_a_file_says_of_goods_that_are_in_stock_again(
    imported: Imported, read: Callable[..., Prepared], write: Callable[..., Path]
) -> None:
    text = (
        RETURNS.replace("Land\n", "Land,Back\n", 1)
        .replace(",DE\n", ",DE,\n")
        .replace("-5,0,DE,", "-5,0,DE,3")
    )
    imported.land(read(write("returns.csv", text), mapping={**MAP, "units_restocked": "Back"}))
    imported.model()
    assert imported.rows(
        "select order_id, event_type, quantity, units_restocked from conformed.files__sales_events order by 1, 2"
    ) == [
        ("shop:A1", "order", 3, 0),
        ("shop:A1", "order", 3, 0),
        ("shop:C1", "return", -1, None),
        ("shop:C2", "return", -5, 3),
    ]


def test_returned_goods_count_on_their_day_and_are_no_order(
    imported: Imported, read: Callable[..., Prepared], write: Callable[..., Path]
) -> None:
    """Amounts above a million, equal lines, and a second import of half of them: all counted once."""
    imported.land(read(write("sales.csv", RETURNS), mapping=MAP, currency="USD", timezone=ZONE))
    half = "".join(RETURNS.splitlines(True)[:2])
    imported.land(read(write("again.csv", half), mapping=MAP, currency="USD", timezone=ZONE))
    imported.model()
    nought = Decimal(0)
    assert (
        imported.days()
        == imported.report()
        == [
            (date(2026, 3, 1), Decimal(7_200_000), nought, nought, nought, nought),
            (date(2026, 3, 4), nought, nought, Decimal(1_200_000), nought, nought),
        ]
    )
    assert imported.rows(
        "select source_order_id, order_status, counts_in_sales, customer_id from conformed.files__orders order by 1"
    ) == [
        ("A1", "completed", True, "shop:C9"),
        ("C1", "returned", True, "shop:C9"),
        ("C2", "returned", True, None),
    ]
    assert imported.rows("select customer_id, country from conformed.files__customers") == [("shop:C9", "DE")]
    assert imported.rows("select product_id, title from conformed.files__products order by 1") == [
        ("shop:CUP", "Cup"),
        ("shop:MUG", "Mug"),
    ]
    assert imported.rows("select order_id, amount from conformed.files__refunds") == [
        ("shop:C1", Decimal(1_200_000))
    ]


def _line(imported: Imported, sku: str) -> str:
    return str(imported.rows(f"select line_id from raw.files__order_lines where sku = '{sku}'")[0][0])
