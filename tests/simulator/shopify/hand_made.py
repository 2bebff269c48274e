"""A world of a few orders, each made for one question. Rows are dictionaries over the simulator's own tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import uvicorn

from fondaco.simulator.schema import TABLES
from fondaco.simulator.shopify.app import Behaviour, create_app

_WORDS = {
    "text": "varchar",
    "bigint": "bigint",
    "int": "integer",
    "double": "double",
    "bool": "boolean",
    "timestamp": "timestamp",
}
NOW = datetime(2026, 11, 20, 12, 0, 0)
Row = dict[str, Any]


class HandMadeWorld:
    """The simulator's tables in memory, filled row by row."""

    now = NOW

    def __init__(self) -> None:
        self._database = duckdb.connect()
        self._lock = threading.Lock()
        for table, columns in TABLES.items():
            listed = ", ".join(f'"{name}" {_WORDS[word]}' for name, word in columns.items())
            self._database.execute(f"create table {table} ({listed})")
        self.add("shops", shop_id="aurora", platform="shopify", name="Aurora", currency="EUR",
                 time_zone="Europe/Berlin", country="DE", taxes_included=True, tax_rate=0.19)  # fmt: skip

    def rows(self, sql: str, params: Any = ()) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, list(params)).fetchall()

    def add(self, table: str, **values: Any) -> None:
        values.setdefault("shop_id", "aurora")
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        self.rows(f"insert into {table} ({names}) values ({marks})", list(values.values()))

    def daily_report(self, shop_id: str, first: date, last: date) -> list[Row]:
        """Figures of each day in cents; enough for the endpoint's own translation to be seen."""
        sql = """
            select cast(g.happened_at at time zone 'UTC' at time zone 'Europe/Berlin' as date) as day,
                count(distinct g.order_id) filter (where g.action = 'order') as orders,
                coalesce(sum(g.gross) filter (where g.action <> 'return'), 0) as gross, coalesce(sum(g.discount) filter (where g.action <> 'return'), 0) as discount,
                coalesce(-sum(g.gross - g.discount) filter (where g.action = 'return'), 0) as returns, sum(g.tax) as tax
            from ledger g where g.shop_id = ? group by 1 having day between ? and ? order by 1
        """
        days = []
        for day, orders, gross, discount, returns, tax in self.rows(sql, [shop_id, first, last]):
            net = gross - discount - returns
            figures = {"gross_sales": gross, "discounts": discount, "returns": returns, "net_sales": net}
            figures |= {"shipping": 0, "taxes": tax, "duties": 0, "total_sales": net + tax}
            days.append(
                {"day": day, "orders": orders, **{name: int(cents) for name, cents in figures.items()}}
            )
        return days

    def add_product(self, product_id: int, variants: int = 1, **values: Any) -> None:
        when = {"created_at": NOW - timedelta(days=400), "updated_at": NOW - timedelta(days=300)}
        self.add("products", product_id=product_id, title=f"Product {product_id}", vendor="Aurora",
                 product_type="Lamp", status="active", **{**when, **values})  # fmt: skip
        for place in range(variants):
            self.add("variants", variant_id=product_id * 1000 + place, product_id=product_id,
                     sku=f"SKU-{product_id}-{place}", title=f"Size {place}", price=1190, cost=450,
                     inventory_item_id=product_id * 1000 + 500 + place, is_gift_card=False,
                     updated_at=when["updated_at"])  # fmt: skip
            self.add("inventory", variant_id=product_id * 1000 + place, location_id=7, location_name="Berlin",
                     available=5, on_hand=6, committed=1, incoming=0, updated_at=when["updated_at"])  # fmt: skip

    def add_order(self, order_id: int, at: datetime, *, lines: int = 1, **values: Any) -> None:
        """An order of lines at 11.90 each, tax of 19 % included, all of product 1."""
        total = 1190 * lines
        self.add("orders", **{
            "order_id": order_id, "order_number": order_id, "email": "ada@example.org",
            "created_at": at, "processed_at": at, "updated_at": at, "is_test": False, "status": "open",
            "financial_status": "paid", "channel": "web", "gateway": "shopify_payments",
            "acquisition_channel": "newsletter", "currency": "EUR", "presentment_currency": "EUR",
            "presentment_rate": 1.0, "country": "DE", "city": "Berlin", "tax_exempt": False,
            "placed_subtotal": total, "placed_discount": 0, "placed_shipping": 0, "placed_tax": 190 * lines,
            "placed_tip": 0, "placed_duty": 0, "placed_total": total, **values,
        })  # fmt: skip
        for place in range(lines):
            line_id = order_id * 1000 + place
            self.add("order_lines", line_id=line_id, order_id=order_id, product_id=1, variant_id=1000,
                     sku="SKU-1-0", title="Lamp", quantity=1, current_quantity=1, unit_price=1190, discount=0,
                     tax=190, is_gift_card=False, added_at=at)  # fmt: skip
            self.add("ledger", ledger_id=line_id, agreement_id=order_id * 10, order_id=order_id, line_id=line_id,
                     happened_at=at, action="order", line_type="product", quantity=1, gross=1000, discount=0,
                     tax=190)  # fmt: skip
        self.add("transactions", transaction_id=order_id * 10, order_id=order_id, kind="sale", status="success",
                 gateway="shopify_payments", processed_at=at, amount=total, fee=64, is_test=False)  # fmt: skip

    def add_refund(self, order_id: int, at: datetime) -> None:
        """The order's first line is given back, with one euro more than it cost."""
        refund = order_id * 10 + 1
        line_id = order_id * 1000
        self.add("refunds", refund_id=refund, order_id=order_id, created_at=at, reason="too bright",
                 kind="partial", amount=1290, moves_order_updated_at=True)  # fmt: skip
        self.add("refund_lines", refund_line_id=refund, refund_id=refund, order_id=order_id, line_id=line_id,
                 line_type="product", quantity=1, amount=1000, tax=190, restocked=True)  # fmt: skip
        self.add("refund_lines", refund_line_id=refund + 5, refund_id=refund, order_id=order_id,
                 line_type="adjustment", quantity=0, amount=100, tax=0, restocked=False)  # fmt: skip
        self.add("ledger", ledger_id=line_id + 500, agreement_id=refund, order_id=order_id, line_id=line_id,
                 refund_id=refund, happened_at=at, action="return", line_type="product", quantity=-1,
                 gross=-1000, discount=0, tax=-190)  # fmt: skip
        self.add("ledger", ledger_id=line_id + 501, agreement_id=refund, order_id=order_id, refund_id=refund,
                 happened_at=at, action="return", line_type="adjustment", quantity=0, gross=-100, discount=0,
                 tax=0)  # fmt: skip
        self.add("transactions", transaction_id=refund, order_id=order_id, parent_id=order_id * 10,
                 refund_id=refund, kind="refund", status="success", gateway="shopify_payments",
                 processed_at=at, amount=1290, is_test=False)  # fmt: skip
        self.rows("update orders set updated_at = ? where order_id = ?", [at, order_id])


@contextmanager
def served(world: Any, behaviour: Behaviour | None = None, app: Any = None) -> Iterator[str]:
    """The world's Shopify endpoint on a free port of this machine; gives the address."""
    config = uvicorn.Config(
        app or create_app(world, None, behaviour), host="127.0.0.1", port=0, log_level="error", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
