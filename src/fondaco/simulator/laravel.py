"""A shop of the world as a merchant on Laravel keeps it: tables in a PostgreSQL or MySQL database of its own.

Instants are naive UTC, deletions are marked in ``deleted_at``, amounts are decimals or cents as asked. What the merchant's database cannot
know, such as the ledger, is not written.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from fondaco.simulator.store import Store

_ID, _TEXT, _INSTANT, _PIECES, _MONEY, _FLAG, _RATE = (
    "id",
    "text",
    "instant",
    "pieces",
    "money",
    "flag",
    "rate",
)
_TYPES = {
    "postgresql": {
        _ID: "bigint", _TEXT: "text", _INSTANT: "timestamp(6)", _PIECES: "integer", _FLAG: "boolean",
        _RATE: "numeric(5, 2)",
    },
    "mysql": {
        _ID: "bigint unsigned", _TEXT: "text", _INSTANT: "datetime(6)", _PIECES: "int", _FLAG: "tinyint(1)",
        _RATE: "decimal(5, 2)",
    },
}  # fmt: skip
_MONEY_TYPES = {"minor": "bigint", "decimal": "decimal(14, 2)"}
_STAMPS = {"created_at": _INSTANT, "updated_at": _INSTANT, "deleted_at": _INSTANT}

TABLES: dict[str, dict[str, str]] = {
    "customers": {
        "id": _ID, "email": _TEXT, "phone": _TEXT, "first_name": _TEXT, "last_name": _TEXT, "city": _TEXT,
        "country": _TEXT, "accepts_marketing": _FLAG, **_STAMPS,
    },
    "categories": {"id": _ID, "parent_id": _ID, "name": _TEXT, "slug": _TEXT},
    "products": {"id": _ID, "name": _TEXT, "brand": _TEXT, "type": _TEXT, "status": _TEXT, **_STAMPS},
    "category_product": {"product_id": _ID, "category_id": _ID},
    "product_variants": {
        "id": _ID, "product_id": _ID, "sku": _TEXT, "barcode": _TEXT, "name": _TEXT, "price": _MONEY, "cost": _MONEY,
        "updated_at": _INSTANT,
    },
    "warehouses": {"id": _ID, "name": _TEXT},
    "inventory_levels": {
        "warehouse_id": _ID, "product_variant_id": _ID, "quantity": _PIECES, "reserved": _PIECES, "available": _PIECES,
        "incoming": _PIECES,
    },
    "orders": {
        "id": _ID, "number": _TEXT, "customer_id": _ID, "email": _TEXT, "phone": _TEXT, "status": _TEXT,
        "payment_status": _TEXT, "channel": _TEXT, "country": _TEXT, "city": _TEXT, "currency": _TEXT,
        "prices_include_tax": _FLAG, "is_test": _FLAG, "coupon_code": _TEXT, "discount_total": _MONEY,
        "shipping_total": _MONEY, "shipping_tax": _MONEY, "tax_total": _MONEY, "total": _MONEY, "placed_at": _INSTANT,
        "cancelled_at": _INSTANT, **_STAMPS,
    },
    "order_items": {
        "id": _ID, "order_id": _ID, "product_id": _ID, "product_variant_id": _ID, "sku": _TEXT, "name": _TEXT,
        "quantity": _PIECES, "unit_price": _MONEY, "discount_amount": _MONEY, "tax_amount": _MONEY, "tax_rate": _RATE,
        "created_at": _INSTANT, "updated_at": _INSTANT,
    },
    "refunds": {
        "id": _ID, "order_id": _ID, "amount": _MONEY, "shipping_amount": _MONEY, "shipping_tax": _MONEY,
        "tax_amount": _MONEY, "reason": _TEXT, "created_at": _INSTANT, "updated_at": _INSTANT,
    },
    "refund_items": {
        "id": _ID, "refund_id": _ID, "order_item_id": _ID, "quantity": _PIECES, "amount": _MONEY, "tax_amount": _MONEY,
        "restocked": _FLAG, "created_at": _INSTANT, "updated_at": _INSTANT,
    },
    "transactions": {
        "id": _ID, "order_id": _ID, "parent_id": _ID, "type": _TEXT, "status": _TEXT, "gateway": _TEXT,
        "amount": _MONEY, "fee": _MONEY, "currency": _TEXT, "processed_at": _INSTANT, "created_at": _INSTANT,
        "updated_at": _INSTANT,
    },
}  # fmt: skip
"""Table → column → type word. The first columns that end in ``id`` are the key."""

_PAIRS = frozenset({"category_product", "inventory_levels"})

_READ = {
    "customers": """
        select customer_id, email, phone, first_name, last_name, city, country, accepts_marketing, created_at, updated_at,
            deleted_at from customers where shop_id = $shop""",
    "categories": "select collection_id, parent_id, title, handle from collections where shop_id = $shop",
    "products": """
        select product_id, title, vendor, product_type, status, created_at, updated_at, deleted_at
        from products where shop_id = $shop""",
    "category_product": "select product_id, collection_id from product_collections where shop_id = $shop",
    "product_variants": """
        select variant_id, product_id, sku, barcode, title, price, cost, updated_at from variants where shop_id = $shop""",
    "warehouses": "select distinct location_id, location_name from inventory where shop_id = $shop",
    "inventory_levels": """
        select location_id, variant_id, on_hand, committed, available, incoming from inventory where shop_id = $shop""",
    "orders": """
        select o.order_id, o.order_number::varchar, o.customer_id, o.email, o.phone, o.status, o.financial_status, o.channel, o.country,
            o.city, o.currency, s.taxes_included and not o.tax_exempt, o.is_test,
            (select string_agg(distinct d.code, ',') from order_discounts as d where d.order_id = o.order_id),
            (select sum(l.discount) from order_lines as l where l.order_id = o.order_id)::bigint,
            o.placed_shipping, coalesce((select sum(p.tax) from shipping_lines as p where p.order_id = o.order_id), 0)::bigint,
            o.placed_tax, o.placed_total, o.processed_at, o.cancelled_at, o.created_at, o.updated_at, o.deleted_at
        from orders as o inner join shops as s using (shop_id) where o.shop_id = $shop""",
    "order_items": """
        select l.line_id, l.order_id, l.product_id, l.variant_id, l.sku, l.title, l.quantity, l.unit_price, l.discount, l.tax,
            case when o.tax_exempt then 0 else s.tax_rate * 100 end, o.created_at, o.created_at
        from order_lines as l inner join orders as o using (order_id) inner join shops as s on s.shop_id = o.shop_id
        where o.shop_id = $shop""",
    "refunds": """
        select r.refund_id, r.order_id, r.amount, coalesce(sum(p.amount + p.tax) filter (where p.line_type = 'shipping'), 0)::bigint,
            coalesce(sum(p.tax) filter (where p.line_type = 'shipping'), 0)::bigint, coalesce(sum(p.tax), 0)::bigint, r.reason,
            r.created_at, r.created_at
        from refunds as r left join refund_lines as p using (refund_id) where r.shop_id = $shop group by all""",
    "refund_items": """
        select p.refund_line_id, p.refund_id, p.line_id, p.quantity, p.amount + p.tax, p.tax, p.restocked, r.created_at, r.created_at
        from refund_lines as p inner join refunds as r using (refund_id)
        where p.shop_id = $shop and p.line_type = 'product'""",
    "transactions": """
        select t.transaction_id, t.order_id, t.parent_id, t.kind, t.status, t.gateway, t.amount, t.fee, o.currency, t.processed_at,
            t.processed_at, t.processed_at
        from transactions as t inner join orders as o using (order_id) where t.shop_id = $shop""",
}


class Cursor(Protocol):
    """Of any driver that takes ``%s``."""

    def execute(self, query: Any, /) -> Any: ...
    def executemany(self, query: Any, args: Any, /) -> Any: ...


def write_shop(cursor: Cursor, store: Store, shop_id: str, *, engine: str, money: str = "decimal") -> None:
    """Make the tables of a shop in an empty database and fill them.

    Parameters
    ----------
    engine
        ``postgresql`` or ``mysql``.
    money
        ``decimal``, or ``minor`` for cents.
    """
    types = _TYPES[engine] | {_MONEY: _MONEY_TYPES[money]}
    for table, columns in TABLES.items():
        own = ", ".join(f"{name} {types[kind]}{_nullable(engine, kind)}" for name, kind in columns.items())
        key = ", ".join(list(columns)[: 2 if table in _PAIRS else 1])
        cursor.execute(f"create table {table} ({own}, primary key ({key}))")
        if "updated_at" in columns:
            cursor.execute(f"create index {table}_updated_at on {table} (updated_at)")
        rows = store.cursor().execute(_READ[table], {"shop": shop_id}).fetchall()
        kinds = list(columns.values())
        if rows:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"insert into {table} ({', '.join(columns)}) values ({marks})",
                [
                    tuple(_told(kind, value, money) for kind, value in zip(kinds, row, strict=True))
                    for row in rows
                ],
            )


def _nullable(engine: str, kind: str) -> str:
    return " null" if engine == "mysql" and kind == _INSTANT else ""


def _told(kind: str, value: Any, money: str) -> Any:
    if kind == _MONEY and value is not None and money == "decimal":
        return Decimal(value) / 100
    if kind == _RATE:
        return round(Decimal(str(value)), 2)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value
