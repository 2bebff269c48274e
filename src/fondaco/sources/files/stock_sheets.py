"""Sheets of stock that any merchant can fill by hand: what each column means, and what no row of it may say.

A sheet is recognised by its header. From its declaration follow the layout by which it is read, the table in which it lands
and the template that a merchant begins with.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from fondaco.sources.files.fields import Kind

LONGEST_DAYS = 1_095
"""Three years. A longer lead time or shelf life is taken for a slip of the pen."""
MOST_UNITS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet.

    ``wrong`` is SQL of the column that is true for a value which cannot be meant, ``why`` the end of a sentence on it.
    """

    name: str
    kind: Kind
    description: str
    example: str = ""
    required: bool = False
    wrong: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``key`` names what tells its rows apart; ``signature`` the columns by which it is known."""

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...]
    signature: tuple[str, ...]

    @property
    def has_currency(self) -> bool:
        return any(column.name == "currency" for column in self.columns)

    def template(self) -> str:
        """The sheet as CSV: its header, and one row that shows what is meant."""
        return (
            ",".join(column.name for column in self.columns)
            + "\n"
            + ",".join(column.example for column in self.columns)
            + "\n"
        )


def _text(name: str, description: str, example: str = "", *, required: bool = False) -> SheetColumn:
    return SheetColumn(name, Kind.TEXT, description, example, required)


def _day(name: str, description: str, example: str, *, required: bool = False) -> SheetColumn:
    return SheetColumn(name, Kind.INSTANT, description, example, required)


def _units(name: str, description: str, example: str, *, required: bool = False) -> SheetColumn:
    return SheetColumn(
        name, Kind.WHOLE, description, example, required,
        f"{name} <= 0 or {name} > {MOST_UNITS}", "must be at least one piece, and a billion at most",
    )  # fmt: skip


def _span(name: str, description: str, example: str) -> SheetColumn:
    return SheetColumn(
        name, Kind.WHOLE, description, example, False,
        f"{name} < 0 or {name} > {LONGEST_DAYS}", f"must be 0 to {LONGEST_DAYS:,} days",
    )  # fmt: skip


def _cost(description: str, example: str) -> SheetColumn:
    return SheetColumn(
        "unit_cost", Kind.MONEY, description, example, False, "unit_cost <= 0",
        "must be more than 0: leave it empty where the cost is not known",
    )  # fmt: skip


_SKU = _text(
    "sku", "The article number, as shops have it: all variants with this number.", "MUG-B", required=True
)
_CURRENCY = SheetColumn("currency", Kind.CURRENCY, "ISO 4217; else --currency holds for all rows.", "EUR")
_LINE = _text("line", "The line's number, where an article stands on several lines.")

SUPPLIERS = Sheet(
    "suppliers",
    "a sheet of suppliers",
    (
        _text("supplier", "The supplier's number or short name, by which the other sheets name it.", "ACME", required=True),
        _text("name", "The supplier's name.", "Acme Potters Ltd"),
        _CURRENCY,
        _span("lead_time_days", "Days from order to receipt that the supplier promises.", "14"),
        SheetColumn(
            "minimum_order_value", Kind.MONEY, "The least that an order must come to, in the supplier's currency.", "250.00",
            wrong="minimum_order_value < 0", why="must not be below 0",
        ),
    ),
    key=("supplier",),
    signature=("supplier", "lead_time_days"),
)  # fmt: skip

SUPPLIER_ITEMS = Sheet(
    "supplier_items",
    "a sheet of suppliers' articles",
    (
        _text("supplier", "The supplier, as the sheet of suppliers names it.", "ACME", required=True),
        _SKU,
        _text("supplier_sku", "The supplier's own number of the article.", "P-1177"),
        _cost("What one piece costs, not what a pack costs.", "4.20"),
        _CURRENCY,
        _units("order_multiple", "Pieces in a pack: orders are whole packs.", "12"),
        _units("minimum_quantity", "The fewest pieces of it in an order.", "24"),
        _span("shelf_life_days", "Days for which it can be sold; empty where it keeps.", ""),
    ),
    key=("supplier", "sku"),
    signature=("supplier", "sku", "order_multiple"),
)

PURCHASE_ORDERS = Sheet(
    "purchase_orders",
    "a sheet of purchase orders",
    (
        _text("purchase_order", "The number of the order.", "PO-1001", required=True),
        _LINE,
        _text("supplier", "The supplier, as the sheet of suppliers names it.", "ACME", required=True),
        _text("location", "Where the goods are to come; empty where there is one location only.", "Main warehouse"),
        _SKU,
        _day("ordered_on", "The day of the order.", "2026-03-02", required=True),
        _day("expected_on", "The day on which the goods are promised.", "2026-03-16"),
        _units("quantity", "Pieces ordered.", "48", required=True),
        _cost("What one piece is to cost.", "4.20"),
        _CURRENCY,
        _text("status", "open, received, cancelled; empty: open until all of it is received.", "open"),
    ),
    key=("purchase_order", "line"),
    signature=("purchase_order", "supplier", "sku", "ordered_on", "quantity"),
)  # fmt: skip

RECEIPTS = Sheet(
    "receipts",
    "a sheet of receipts",
    (
        _text("receipt", "The number of the delivery note.", "LS-88", required=True),
        _LINE,
        _text("purchase_order", "The purchase order that it belongs to, where there is one.", "PO-1001"),
        _text("supplier", "The supplier, where there is no purchase order.", "ACME"),
        _text("location", "Where the goods came; empty where there is one location only.", "Main warehouse"),
        _SKU,
        _day("received_on", "The day on which they came.", "2026-03-18", required=True),
        _units("quantity", "Pieces that came.", "48", required=True),
        _cost("What one piece cost.", "4.20"),
        _CURRENCY,
    ),
    key=("receipt", "line"),
    signature=("receipt", "sku", "received_on", "quantity"),
)

STOCK_COUNTS = Sheet(
    "stock_counts",
    "a sheet of counts",
    (
        _text("location", "Where it was counted; empty where there is one location only.", "Main warehouse"),
        _SKU,
        _day("counted_on", "The day of the count; what is sold later that day is not taken off again.", "2026-06-30", required=True),
        SheetColumn(
            "quantity", Kind.WHOLE, "Pieces that can be sold, as counted.", "37", True, f"quantity < 0 or quantity > {MOST_UNITS}",
            "must not be below 0, and a billion at most",
        ),
    ),
    key=("location", "sku", "counted_on"),
    signature=("sku", "counted_on", "quantity"),
)  # fmt: skip

STOCK_MOVEMENTS = Sheet(
    "stock_movements",
    "a sheet of stock movements",
    (
        _text("movement", "A number that tells it from all others.", "U-12", required=True),
        SheetColumn(
            "kind", Kind.TEXT, "transfer, correction or return.", "transfer", True,
            "lower(kind) not in ('transfer', 'correction', 'return')", "must be transfer, correction or return",
        ),
        _text("location", "Where it happened; of a transfer, where the pieces left.", "Main warehouse"),
        _text("to_location", "Of a transfer, where they came.", "Store"),
        _SKU,
        _day("moved_on", "The day of it.", "2026-03-20", required=True),
        SheetColumn(
            "quantity", Kind.WHOLE, "Pieces; of a correction, negative where they are gone.", "6", True,
            f"quantity = 0 or abs(quantity) > {MOST_UNITS} or (quantity < 0 and lower(kind) <> 'correction')",
            "must be at least one piece, and below 0 for a correction only",
        ),
        _text("note", "Why: broken, stolen, sample, …", ""),
    ),
    key=("movement",),
    signature=("movement", "kind", "sku", "moved_on", "quantity"),
)  # fmt: skip

BUNDLES = Sheet(
    "bundles",
    "a sheet of bundles",
    (
        _text("bundle_sku", "The article number under which the bundle is sold.", "GIFT-SET", required=True),
        _text("part_sku", "The article number of one of its parts.", "MUG-B", required=True),
        _units("quantity", "Pieces of the part in one bundle.", "2", required=True),
    ),
    key=("bundle_sku", "part_sku"),
    signature=("bundle_sku", "part_sku", "quantity"),
)

LOCATIONS = Sheet(
    "locations",
    "a sheet of locations",
    (
        _text("location", "The name of the location, as the shop has it where it has it too.", "Store", required=True),
        _text("shop", "The shop whose sales leave from here: a connection's name or id; empty for all.", "Aurora Outdoor"),
        _text("channel", "The channel whose sales leave from here, such as pos; empty for all.", "pos"),
        _text("country", "ISO 3166 alpha-2.", "DE"),
    ),
    key=("location", "shop", "channel"),
    signature=("location", "shop", "channel"),
)  # fmt: skip

SHEETS = (
    SUPPLIERS, SUPPLIER_ITEMS, PURCHASE_ORDERS, RECEIPTS, STOCK_COUNTS, STOCK_MOVEMENTS, BUNDLES, LOCATIONS,
)  # fmt: skip
BY_NAME = {sheet.name: sheet for sheet in SHEETS}


def sheet_kinds(sheet: Sheet) -> dict[str, Kind]:
    """The kind of each column."""
    return {column.name: column.kind for column in sheet.columns}


def build_sheet(engine: duckdb.DuckDBPyConnection, sheet: Sheet, *, currency: str) -> None:
    """Make the table of the sheet's name out of ``typed``. Rows that say what cannot be get a ``problem`` that names it."""
    there = {name for name, *_ in engine.execute("describe texts").fetchall()}
    filled = {
        **({"currency": f"coalesce(currency, '{currency}')"} if sheet.has_currency else {}),
        **({"line": "coalesce(line, sku)"} if "line" in sheet.key else {}),
        **{name: f"coalesce({name}, '')" for name in sheet.key if _may_be_empty(sheet, name)},
    }
    engine.execute(
        "create or replace temp table typed as select * "
        + (f"replace ({', '.join(f'{sql} as {name}' for name, sql in filled.items())}) " if filled else "")
        + "from typed"
    )
    faults = [_fault(column, column.name in there) for column in sheet.columns]
    earlier = (
        f"case when row_number() over (partition by {', '.join(sheet.key)} order by _row) > 1 "
        f"then 'an earlier row has the same {' and '.join(sheet.key)}' end"
    )
    engine.execute(
        "create or replace temp table typed as select * replace "
        f"(nullif(concat_ws('; ', problem, {', '.join([*filter(None, faults), earlier])}), '') as problem) from typed"
    )
    engine.execute(
        f"create or replace temp table {sheet.name} as select {', '.join(sheet_kinds(sheet))}, _row as row_number "
        "from typed where problem is null"
    )


def _may_be_empty(sheet: Sheet, name: str) -> bool:
    column = next(one for one in sheet.columns if one.name == name)
    return name != "line" and not column.required


def _fault(column: SheetColumn, is_there: bool) -> str:
    """SQL of what is wrong with a row's value. What the reading has named already is not named again."""
    name = column.name
    parts = []
    if column.required:
        unnamed = f"not coalesce(contains(problem, '{name}'), false)"
        parts.append(f"case when {name} is null and {unnamed} then '{name} is missing' end")
    if column.wrong and is_there:
        said = f"'{name} ' || {name} || ' {column.why}'"
        parts.append(f"case when {column.wrong} then {said} end")
    return ", ".join(parts)
