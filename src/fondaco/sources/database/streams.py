"""What a shop's own database may tell: streams of our own shape, which a mapping fills from the merchant's tables."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Stream, SyncMode, Table

NOT_MONEY = frozenset({"tax_rate"})
"""Decimals that are no amounts."""


def _column(name: str, kind: ColumnType, description: str = "", largest: int | None = None) -> Column:
    return Column(name, kind, f"$.{name}", description, largest)


def _text(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.TEXT, description)


def _money(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.DECIMAL, description)


def _pieces(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.BIGINT, description, MOST_PIECES)


def _flag(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.BOOL, description)


def _instant(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.TIMESTAMP, description)


_CHANGED = (
    _instant("created_at"),
    _instant("updated_at"),
    _instant("deleted_at", "Set where the shop has only marked the row as deleted."),
)

ORDERS = Table(
    name="orders",
    description="One row per order, as it is now.",
    primary_key=("order_id",),
    columns=(
        _text("order_id"),
        _text("order_number", "What customers and the shop call it."),
        _text("customer_id", "Null for a guest."),
        _text("email"),
        _text("phone"),
        _instant("ordered_at", "When it was placed."),
        _instant("cancelled_at"),
        _text("order_status", "open, completed, cancelled, pending, failed; what is pending is no sale yet."),
        _text(
            "financial_status",
            "pending, authorized, partially_paid, paid, partially_refunded, refunded, voided; null: as payments tell.",
        ),
        _text("channel"),
        _text("country", "ISO 3166 alpha-2."),
        _text("city"),
        _text("currency", "ISO 4217; null: the connection's."),
        _flag("prices_include_tax", "Whether amounts of lines and shipping are with tax."),
        _flag("is_test"),
        _text("discount_code", "One code, or several with commas between."),
        _money(
            "discount", "All that was taken off goods, positive; what lines do not tell is spread over them."
        ),
        _money("shipping", "As charged, after its own discount; with tax where prices have it."),
        _money("shipping_tax"),
        _money("tax", "All tax; what lines and shipping do not tell is spread over them."),
        _money("fees", "Further charges without tax, such as for cash on delivery."),
        _money("total", "What the customer was to pay."),
        *_CHANGED,
    ),
)
ORDER_LINES = Table(
    name="order_lines",
    description="One row per line of an order, as placed.",
    primary_key=("line_id",),
    columns=(
        _text("line_id"),
        _text("order_id"),
        _text("product_id"),
        _text("variant_id"),
        _text("sku"),
        _text("title"),
        _pieces("quantity"),
        _money("unit_price", "Before discounts; with tax where prices have it."),
        _money("gross", "Quantity × unit price, unless told."),
        _money("discount", "Of the whole line, positive; with tax where prices have it."),
        _money("tax", "Of the whole line, after its discount."),
        _column("tax_rate", ColumnType.DECIMAL, "Per cent."),
        _flag("is_gift_card"),
        *_CHANGED,
    ),
)
REFUNDS = Table(
    name="refunds",
    description="One row per refund: money that went back.",
    primary_key=("refund_id",),
    columns=(
        _text("refund_id"),
        _text("order_id"),
        _instant("refunded_at"),
        _money("amount", "With tax."),
        _money("shipping", "Of it, for shipping; with tax."),
        _money("shipping_tax", "Of it, the tax of shipping."),
        _money("tax", "Of it, all tax; null where it is not told."),
        _text("status", "success, pending, failure; only success counts."),
        _text("reason"),
        *_CHANGED,
    ),
)
REFUND_LINES = Table(
    name="refund_lines",
    description="One row per line of a refund.",
    primary_key=("refund_line_id",),
    columns=(
        _text("refund_line_id"),
        _text("refund_id"),
        _text("line_id", "The line of the order that comes back."),
        _pieces("quantity", "Units that come back, positive."),
        _money("amount", "Given back for them, with tax, positive; null: their share of the line."),
        _money("tax", "Of it, the tax; null: its share of the line's."),
        _flag("is_restocked", "Whether they are in stock again; null where it is not told."),
        *_CHANGED,
    ),
)
PAYMENTS = Table(
    name="payments",
    description="One row per movement of a payment.",
    primary_key=("payment_id",),
    columns=(
        _text("payment_id"),
        _text("order_id"),
        _text("parent_id", "The payment that a capture, refund or void belongs to."),
        _text("kind", "authorization, capture, sale, refund, void, chargeback, other."),
        _text("status", "success, pending, failure."),
        _text("gateway"),
        _instant("processed_at"),
        _money("amount", "Positive."),
        _money("fee", "What the payment service kept."),
        _text("currency"),
        _flag("is_test"),
        *_CHANGED,
    ),
)
CUSTOMERS = Table(
    name="customers",
    description="One row per customer account.",
    primary_key=("customer_id",),
    columns=(
        _text("customer_id"),
        _text("email"),
        _text("phone"),
        _text("first_name"),
        _text("last_name"),
        _text("city"),
        _text("country", "ISO 3166 alpha-2."),
        _flag("accepts_marketing"),
        *_CHANGED,
    ),
)
PRODUCTS = Table(
    name="products",
    description="One row per product.",
    primary_key=("product_id",),
    columns=(
        _text("product_id"),
        _text("title"),
        _text("vendor"),
        _text("product_type"),
        _text("status", "active, draft, archived."),
        *_CHANGED,
    ),
)
VARIANTS = Table(
    name="variants",
    description="One row per variant: what is sold and kept in stock by itself.",
    primary_key=("variant_id",),
    columns=(
        _text("variant_id"),
        _text("product_id"),
        _text("sku"),
        _text("barcode"),
        _text("title"),
        _money("price"),
        _money("unit_cost", "What a piece costs to buy."),
        _text("currency"),
        *_CHANGED,
    ),
)
CATEGORIES = Table(
    name="categories",
    description="One row per category of products.",
    primary_key=("category_id",),
    columns=(
        _text("category_id"),
        _text("parent_id", "The one above; null at the top."),
        _text("title"),
        _text("handle", "Its name in addresses."),
        _instant("deleted_at"),
    ),
)
PRODUCT_CATEGORIES = Table(
    name="product_categories",
    description="One row per category that a product is put in.",
    primary_key=("product_id", "category_id"),
    columns=(_text("product_id"), _text("category_id")),
)
LOCATIONS = Table(
    name="locations",
    description="One row per place that stock is kept at.",
    primary_key=("location_id",),
    columns=(_text("location_id"), _text("name"), _text("country", "ISO 3166 alpha-2.")),
)
STOCK_LEVELS = Table(
    name="stock_levels",
    description="One row per variant and place.",
    primary_key=("location_id", "variant_id"),
    columns=(
        _text("location_id"),
        _text("variant_id"),
        _pieces("available", "What can be sold; null: on hand less committed."),
        _pieces("on_hand"),
        _pieces("committed", "Held by open orders."),
        _pieces("incoming"),
        _instant("updated_at"),
    ),
)
DISCOUNTS = Table(
    name="discounts",
    description="One row per discount or coupon code.",
    primary_key=("discount_id",),
    columns=(
        _text("discount_id"),
        _text("code", "Null for one that applies by itself."),
        _text("title"),
        _text("kind", "percentage, fixed, shipping, other."),
        _flag("is_active"),
        _pieces("usage_count"),
        _instant("starts_at"),
        _instant("ends_at"),
        _instant("deleted_at"),
    ),
)


def _changing(table: Table, *, makes_sales: bool = False) -> Stream:
    """Rows that change. Half an hour is read again each time for transactions that were open long, three days once a day."""
    return Stream(
        table.name,
        tables=(table,),
        mode=SyncMode.INCREMENTAL,
        backfill_window=None,
        overlap=timedelta(minutes=30),
        safety_lag=timedelta(0),
        lookback=timedelta(days=3),
        description=table.description,
        in_report=makes_sales,
        may_be_refused=not makes_sales,
    )


def _whole(table: Table) -> Stream:
    """Rows that tell how things stand."""
    return Stream(
        table.name,
        tables=(table,),
        mode=SyncMode.FULL,
        backfill_window=None,
        description=table.description,
        in_report=False,
        drops_missing=True,
        may_be_refused=True,
    )


STREAMS = (
    _changing(ORDERS, makes_sales=True),
    _changing(ORDER_LINES, makes_sales=True),
    _changing(REFUNDS, makes_sales=True),
    _changing(REFUND_LINES, makes_sales=True),
    _changing(PAYMENTS),
    _changing(CUSTOMERS),
    _changing(PRODUCTS),
    _changing(VARIANTS),
    _whole(CATEGORIES),
    _whole(PRODUCT_CATEGORIES),
    _whole(LOCATIONS),
    _whole(STOCK_LEVELS),
    _whole(DISCOUNTS),
)
