"""What an imported file becomes: streams of records of our own shape, and the raw tables cut out of them."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.files.fields import Kind
from fondaco.sources.files.stock_sheets import SHEETS, Sheet
from fondaco.sources.stream import Column, ColumnType, Stream, SyncMode, Table


def _column(name: str, kind: ColumnType, description: str = "") -> Column:
    return Column(name, kind, f"$.{name}", description)


def _text(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.TEXT, description)


def _money(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.DECIMAL, description)


def _flag(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.BOOL, description)


def _instant(name: str, description: str = "") -> Column:
    return _column(name, ColumnType.TIMESTAMP, description)


_PROVENANCE = (
    _text("import_id", "The import that brought the row: the first 16 digits of the file's SHA-256."),
    _column("row_number", ColumnType.BIGINT, "The row in the file, counted from 1 without the header."),
)

ORDER_LINES = Table(
    name="order_lines",
    description="One row per line of an imported orders file.",
    primary_key=("order_id", "line_id"),
    columns=(
        _text("order_id", "The order, as the file names it."),
        _text("line_id", "The file's own line id, or a number that the line's content determines."),
        _instant("ordered_at", "When the line was sold or, for a return, came back."),
        _text("customer_id"),
        _text("email"),
        _text("product_id"),
        _text("sku"),
        _text("title"),
        _column("quantity", ColumnType.BIGINT, "Units; negative on a return."),
        _column(
            "units_restocked",
            ColumnType.BIGINT,
            "Of a return's units, how many are in stock again; null where the file does not tell.",
        ),
        _money("unit_price", "As the file shows it, before discounts."),
        _money(
            "gross",
            "Quantity × unit price, before discounts; negative on a return. With tax where prices have it.",
        ),
        _money("discount", "Of the whole line, positive; negative on a return."),
        _money("tax", "Of the whole line, after its discount; negative on a return."),
        _text("currency", "ISO 4217."),
        _flag("is_return", "The line came back; it counts on its own day."),
        _flag("is_gift_card"),
        _flag("is_cancelled", "The line was cancelled; the rest of its order may still count."),
        *_PROVENANCE,
    ),
)

ORDER_TOTALS = Table(
    name="order_totals",
    description="One row per order of an imported orders file: what the file says of the order as a whole.",
    primary_key=("order_id",),
    columns=(
        _text("order_id"),
        _text("order_number"),
        _instant("ordered_at"),
        _text("customer_id"),
        _text("email"),
        _text("phone"),
        _text("country", "ISO 3166 alpha-2; null where the file's word is no country."),
        _text("city"),
        _text("currency"),
        _text(
            "order_status",
            "open, completed, cancelled, pending, failed; returned: a document of returned goods, not an order.",
        ),
        _text("financial_status"),
        _instant("cancelled_at"),
        _text("channel"),
        _text("discount_code"),
        _money("discount_total", "Of the whole order, positive, on lines and shipping."),
        _money("shipping", "As charged; with tax where prices have it."),
        _money("shipping_tax"),
        _money("tax_total"),
        _money("total", "What the customer was to pay, where the file tells it."),
        _money(
            "returned", "Given back, tax included, where the file tells it only for the order as a whole."
        ),
        _instant("returned_at"),
        _flag("prices_include_tax"),
        _flag("is_test"),
        _flag("counts_in_sales", "As the shop's own report decides: cancelled and failed orders may not."),
        _text("line_imports", "Ids of the imports whose lines of the order count, by spaces; empty: all do."),
        *_PROVENANCE,
    ),
)

CUSTOMERS = Table(
    name="customers",
    description="One row per customer of an imported customers file.",
    primary_key=("customer_id",),
    columns=(
        _text("customer_id", "The file's id; the e-mail where it has none."),
        _text("email"),
        _text("phone"),
        _text("first_name"),
        _text("last_name"),
        _text("city"),
        _text("country"),
        _flag("accepts_marketing"),
        _instant("created_at"),
        *_PROVENANCE,
    ),
)

PRODUCTS = Table(
    name="products",
    description="One row per product of an imported products file.",
    primary_key=("product_id",),
    columns=(
        _text("product_id", "Shopify: the handle. WooCommerce: the ID."),
        _text("title"),
        _text("vendor"),
        _text("product_type"),
        _text("status", "active, draft, archived."),
        *_PROVENANCE,
    ),
    ignored=("variants", "collections"),
)

PRODUCT_VARIANTS = Table(
    name="product_variants",
    description="One row per variant of an imported products file.",
    primary_key=("product_id", "variant_id"),
    parent_key=("product_id",),
    each=("$.variants",),
    columns=(
        Column("product_id", ColumnType.TEXT, "^.product_id"),
        _text("variant_id"),
        _text("sku"),
        _text("barcode"),
        _text("title"),
        _money("price"),
        _money("unit_cost"),
        _text("currency"),
    ),
)

PRODUCT_COLLECTIONS = Table(
    name="product_collections",
    description="One row per collection or category that the file puts a product in, and per level above it.",
    primary_key=("product_id", "path"),
    parent_key=("product_id",),
    each=("$.collections",),
    columns=(
        Column("product_id", ColumnType.TEXT, "^.product_id"),
        _text("path", "Its name after those above it, such as Home > Lamps."),
        _text("title"),
        _text("parent", "The path of the one above; null at the top."),
    ),
)


def _stream(name: str, description: str, *tables: Table) -> Stream:
    """The cursor is the instant of the import, which this machine sets: no overlap and no lag are needed."""
    return Stream(
        name=name,
        tables=tables,
        mode=SyncMode.INCREMENTAL,
        backfill_window=None,
        overlap=timedelta(0),
        safety_lag=timedelta(0),
        description=description,
    )


_SHEET_TYPES = {
    Kind.TEXT: ColumnType.TEXT,
    Kind.CURRENCY: ColumnType.TEXT,
    Kind.WHOLE: ColumnType.BIGINT,
    Kind.MONEY: ColumnType.DECIMAL,
    Kind.FLAG: ColumnType.BOOL,
    Kind.INSTANT: ColumnType.TIMESTAMP,
}


def _of_sheet(sheet: Sheet) -> Stream:
    own = tuple(_column(one.name, _SHEET_TYPES[one.kind], one.description) for one in sheet.columns)
    table = Table(
        name=sheet.name,
        description=f"One row per row of {sheet.title}.",
        primary_key=sheet.key,
        columns=(*own, *_PROVENANCE),
    )
    return _stream(sheet.name, f"Rows of {sheet.title}.", table)


STREAMS = (
    _stream("order_lines", "Lines of imported orders.", ORDER_LINES),
    _stream("order_totals", "Imported orders as a whole.", ORDER_TOTALS),
    _stream("customers", "Imported customers.", CUSTOMERS),
    _stream(
        "products", "Imported products and their variants.", PRODUCTS, PRODUCT_VARIANTS, PRODUCT_COLLECTIONS
    ),
    *(_of_sheet(sheet) for sheet in SHEETS),
)
