"""The streams of ProHandel and their tables. Columns are Fondaco's own: which field of the vendor's each comes from says the mapping."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Stream, SyncMode, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP = ColumnType.BOOL, ColumnType.TIMESTAMP


def _text(name: str, description: str = "") -> Column:
    return Column(name, TEXT, f"$.{name}", description)


def _money(name: str, description: str = "") -> Column:
    return Column(name, DECIMAL, f"$.{name}", description)


def _pieces(name: str, description: str = "") -> Column:
    return Column(name, BIGINT, f"$.{name}", description, largest=MOST_PIECES)


def _flag(name: str, description: str = "") -> Column:
    return Column(name, BOOL, f"$.{name}", description)


def _instant(name: str, description: str = "") -> Column:
    return Column(name, TIMESTAMP, f"$.{name}", description)


_CHANGED = _instant("changed_at")
_ARTICLE = (_text("article_number"), _text("article_size_number", "One size and colour of the article."))

BRANCHES = Table(
    "branches",
    columns=(
        _text("branch_number"),
        _text("name"),
        _text("country"),
        _flag("is_active"),
        _CHANGED,
    ),
    primary_key=("branch_number",),
    description="One row per branch: a shop, a warehouse, the web store.",
)

ARTICLES = Table(
    "articles",
    columns=(
        _text("article_number"),
        _text("name"),
        _text("category"),
        _text("brand"),
        _text("supplier_number"),
        _money("price", "In the shop, tax included."),
        _money("unit_cost"),
        _money("vat_percent"),
        _flag("is_active"),
        _flag("is_deleted"),
        _CHANGED,
    ),
    primary_key=("article_number",),
    description="One row per article, which has sizes and colours.",
)

ARTICLE_SIZES = Table(
    "article_sizes",
    columns=(
        *_ARTICLE,
        _text("size"),
        _text("colour"),
        _text("sku", "The merchant's own number; null: article and size."),
        _text("barcode"),
        _text("supplier_sku", "The supplier's own number."),
        _money("price", "Null where it is the article's."),
        _money("unit_cost", "Null where it is the article's."),
        _flag("is_deleted"),
        _CHANGED,
    ),
    primary_key=("article_number", "article_size_number"),
    description="One row per size and colour of an article: what is sold, kept and ordered.",
)

INVENTORY = Table(
    "inventory",
    columns=(
        _text("branch_number"),
        *_ARTICLE,
        _pieces("quantity", "On the shelf."),
        _pieces("reserved", "Of these, held for customers."),
        _CHANGED,
    ),
    primary_key=("branch_number", "article_number", "article_size_number"),
    description="One row per branch and size: what is there now.",
)

SALES = Table(
    "sales",
    columns=(
        _text("sale_id"),
        _text("branch_number"),
        *_ARTICLE,
        _text("customer_number"),
        _text("receipt_number"),
        _instant("sold_at"),
        _pieces("quantity", "Negative where goods came back."),
        _money("paid", "What the line came to, tax included; negative where goods came back."),
        _money("discount", "What was taken off the line, tax included; signed as what was paid."),
        _money("label_price", "Of one piece, as its label says."),
        _money("cost", "Of the line."),
        _text("type"),
        _flag("counts", "Whether sales of this type are sales, as the mapping says."),
        _money("vat_percent", "As the mapping says for articles that tell none."),
        _flag("is_deleted"),
        _CHANGED,
    ),
    primary_key=("sale_id",),
    description="One row per line of a till receipt.",
)

CUSTOMERS = Table(
    "customers",
    columns=(
        _text("customer_number"),
        _text("first_name"),
        _text("last_name"),
        _text("email"),
        _text("phone"),
        _text("city"),
        _text("country"),
        _flag("is_active"),
        _CHANGED,
    ),
    primary_key=("customer_number",),
    description="One row per customer who is known by name.",
)

SUPPLIERS = Table(
    "suppliers",
    columns=(
        _text("supplier_number"),
        _text("name"),
        _text("currency"),
        _pieces("lead_time_days", "As promised, from order to receipt."),
        _money("minimum_order_value"),
        _CHANGED,
    ),
    primary_key=("supplier_number",),
    description="One row per supplier.",
)

ORDERS = Table(
    "orders",
    columns=(
        _text("order_number"),
        _text("position"),
        _text("supplier_number", "Of a purchase; null where a customer ordered."),
        _text("customer_number"),
        _text("branch_number", "Where the goods are to come."),
        *_ARTICLE,
        _instant("ordered_at"),
        _instant("expected_at"),
        _pieces("quantity", "Pieces ordered."),
        _pieces("received_quantity", "Pieces that came of them."),
        _instant("received_at", "When the last of them came."),
        _money("unit_cost"),
        _text("state"),
        _text("status", "open, received or cancelled, by the words of the mapping."),
        _flag("is_deleted"),
        _CHANGED,
    ),
    primary_key=("order_number", "position"),
    description="One row per line of an order, at suppliers or by customers.",
)


def _whole(table: Table, description: str, *, drops_missing: bool = False) -> Stream:
    """Read whole each time: no parameter that asks for changes was ever seen to work for it."""
    return Stream(
        table.name,
        tables=(table,),
        mode=SyncMode.FULL,
        backfill_window=None,
        scopes=(table.name,),
        description=description,
        in_report=False,
        drops_missing=drops_missing,
        may_be_refused=table is not ARTICLES,
    )


STREAMS = (
    _whole(BRANCHES, "Branches."),
    _whole(ARTICLES, "Articles with prices and costs."),
    _whole(ARTICLE_SIZES, "Sizes and colours of articles."),
    _whole(INVENTORY, "Stock by branch and size, as it is now.", drops_missing=True),
    Stream(
        "sales",
        tables=(SALES,),
        mode=SyncMode.INCREMENTAL,
        backfill_window=None,  # the API knows a first day and no last one
        overlap=timedelta(days=1),
        lookback=timedelta(days=35),
        scopes=("sales",),
        description="Lines of till receipts by their day. What is voided later is seen for 35 days.",
    ),
    _whole(CUSTOMERS, "Customers."),
    _whole(SUPPLIERS, "Suppliers with what they promise."),
    _whole(ORDERS, "Orders at suppliers, and by customers, with what came of them.", drops_missing=True),
)
