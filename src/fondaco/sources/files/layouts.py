"""Exports that are recognised by their headers, and how their columns feed our fields.

A column is found by any of its names, upper and lower case alike: shops renamed some of them over the years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fondaco.sources.files.stock_sheets import SHEETS, Sheet


class Content(StrEnum):
    """What a file holds; of the sheets of stock each is named as in ``stock_sheets``."""

    ORDERS = "orders"
    CUSTOMERS = "customers"
    PRODUCTS = "products"
    SUPPLIERS = "suppliers"
    SUPPLIER_ITEMS = "supplier_items"
    PURCHASE_ORDERS = "purchase_orders"
    RECEIPTS = "receipts"
    STOCK_COUNTS = "stock_counts"
    STOCK_MOVEMENTS = "stock_movements"
    BUNDLES = "bundles"
    LOCATIONS = "locations"


@dataclass(frozen=True, slots=True)
class Layout:
    """One export of one shop system.

    Attributes
    ----------
    signature
        Columns that a file of this layout always has and no other has together.
    columns
        For each of our fields the column's names, best first; the first that is there and not empty counts.
    fill_down
        The order id stands on an order's first row only.
    whole_orders
        The export always has whole orders: a newer one replaces an order's lines.
    cancelled_counts
        The shop's own report counts a cancelled order and takes it back on the day of its cancellation.
    """

    name: str
    title: str
    content: Content
    signature: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    fill_down: bool = False
    whole_orders: bool = False
    cancelled_counts: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)


SHOPIFY_ORDERS = Layout(
    name="shopify_orders",
    title="Shopify's orders export",
    content=Content.ORDERS,
    signature=("Name", "Financial Status", "Lineitem quantity", "Lineitem price", "Created at"),
    columns={
        "order_id": ("Name",),
        "ordered_at": ("Created at",),
        "email": ("Email",),
        "phone": ("Phone", "Billing Phone"),
        "sku": ("Lineitem sku",),
        "title": ("Lineitem name",),
        "quantity": ("Lineitem quantity",),
        "unit_price": ("Lineitem price",),
        "discount": ("Lineitem discount",),
        "currency": ("Currency",),
        "country": ("Shipping Country", "Billing Country"),
        "city": ("Shipping City", "Billing City"),
        "subtotal": ("Subtotal",),
        "shipping": ("Shipping",),
        "order_tax": ("Taxes",),
        "order_total": ("Total",),
        "discount_code": ("Discount Code",),
        "status": ("Fulfillment Status",),
        "financial_status": ("Financial Status",),
        "cancelled_at": ("Cancelled at",),
        "channel": ("Source",),
        "refunded": ("Refunded Amount",),
    },
    fill_down=True,
    whole_orders=True,
    cancelled_counts=True,
)

SHOPIFY_CUSTOMERS = Layout(
    name="shopify_customers",
    title="Shopify's customers export",
    content=Content.CUSTOMERS,
    signature=("First Name", "Last Name", "Email", "Total Spent", "Total Orders", "Tax Exempt"),
    columns={
        "customer_id": ("Customer ID", "Email"),
        "email": ("Email",),
        "phone": ("Phone", "Default Address Phone"),
        "first_name": ("First Name",),
        "last_name": ("Last Name",),
        "city": ("Default Address City", "City"),
        "country": ("Default Address Country Code", "Country Code", "Country"),
        "accepts_marketing": ("Accepts Email Marketing", "Accepts Marketing"),
    },
)

SHOPIFY_PRODUCTS = Layout(
    name="shopify_products",
    title="Shopify's products export",
    content=Content.PRODUCTS,
    signature=("Handle", "Title", "Vendor", "Variant SKU", "Variant Price"),
    columns={
        "product_id": ("Handle",),
        "title": ("Title",),
        "vendor": ("Vendor",),
        "product_type": ("Type", "Custom Product Type", "Product Category"),
        "collection": ("Collection",),
        "collections": ("Collections", "Custom Collections"),
        "status": ("Status",),
        "published": ("Published",),
        "option_1": ("Option1 Value",),
        "option_2": ("Option2 Value",),
        "option_3": ("Option3 Value",),
        "sku": ("Variant SKU",),
        "barcode": ("Variant Barcode",),
        "price": ("Variant Price",),
        "unit_cost": ("Cost per item",),
    },
    fill_down=True,
)

SHOPIFY_PRODUCTS_NEW = Layout(
    name="shopify_products_2025",
    title="Shopify's products export",
    content=Content.PRODUCTS,
    signature=("Title", "URL handle", "Vendor", "SKU", "Price"),
    columns={
        "product_id": ("URL handle",),
        "title": ("Title",),
        "vendor": ("Vendor",),
        "product_type": ("Type", "Product category"),
        "collection": ("Collection",),
        "collections": ("Collections", "Custom collections"),
        "status": ("Status",),
        "published": ("Published on online store",),
        "option_1": ("Option1 value",),
        "option_2": ("Option2 value",),
        "option_3": ("Option3 value",),
        "sku": ("SKU",),
        "barcode": ("Barcode",),
        "price": ("Price",),
        "unit_cost": ("Cost per item",),
    },
    fill_down=True,
)

WOOCOMMERCE_ORDERS = Layout(
    name="woocommerce_orders",
    title="WooCommerce's orders report export",
    content=Content.ORDERS,
    signature=("Date", "Order #", "Status", "Customer type", "Product(s)", "Items sold"),
    columns={
        "order_id": ("Order #",),
        "ordered_at": ("Date",),
        "title": ("Product(s)",),
        "quantity": ("Items sold",),
        "line_total": ("Net Sales", "N. Revenue", "N. Revenue (formatted)"),
        "status": ("Status",),
        "discount_code": ("Coupon(s)",),
        "channel": ("Attribution",),
    },
    whole_orders=True,
)

WOOCOMMERCE_CUSTOMERS = Layout(
    name="woocommerce_customers",
    title="WooCommerce's customers report export",
    content=Content.CUSTOMERS,
    signature=("Name", "Username", "Last Active", "Email", "Orders", "Total Spend", "AOV"),
    columns={
        "customer_id": ("Email", "Username"),
        "email": ("Email",),
        "full_name": ("Name",),
        "city": ("City",),
        "country": ("Country / Region", "Country"),
        "created_at": ("Sign Up",),
    },
)

WOOCOMMERCE_PRODUCTS = Layout(
    name="woocommerce_products",
    title="WooCommerce's products export",
    content=Content.PRODUCTS,
    signature=("ID", "Type", "SKU", "Name", "Published", "Regular price"),
    columns={
        "product_id": ("ID",),
        "kind": ("Type",),
        "parent": ("Parent",),
        "title": ("Name",),
        "vendor": ("Brands", "Brand"),
        "product_type": ("Categories",),
        "collections": ("Categories",),
        "published": ("Published",),
        "sku": ("SKU",),
        "barcode": ("GTIN, UPC, EAN, or ISBN",),
        "sale_price": ("Sale price",),
        "price": ("Regular price",),
        "unit_cost": ("Cost of goods",),
    },
)


def _of_sheet(sheet: Sheet) -> Layout:
    return Layout(
        name=sheet.name,
        title=sheet.title,
        content=Content(sheet.name),
        signature=sheet.signature,
        columns={column.name: (column.name, column.name.replace("_", " ")) for column in sheet.columns},
    )


LAYOUTS = (
    SHOPIFY_ORDERS,
    SHOPIFY_CUSTOMERS,
    SHOPIFY_PRODUCTS,
    SHOPIFY_PRODUCTS_NEW,
    WOOCOMMERCE_ORDERS,
    WOOCOMMERCE_CUSTOMERS,
    WOOCOMMERCE_PRODUCTS,
    *(_of_sheet(sheet) for sheet in SHEETS),
)


def recognise(columns: Iterable[str]) -> Layout | None:
    """The layout whose signature is among ``columns``, if any."""
    there = {name.lower() for name in columns}
    return next((one for one in LAYOUTS if all(name.lower() in there for name in one.signature)), None)


def expressions(layout: Layout, columns: Iterable[str]) -> dict[str, str]:
    """For each field that the file has, the SQL text that reads it."""
    by_key = {name.lower(): name for name in columns}
    found: dict[str, str] = {}
    for target, names in layout.columns.items():
        there = [column_text(by_key[name.lower()]) for name in names if name.lower() in by_key]
        if there:
            found[target] = there[0] if len(there) == 1 else f"coalesce({', '.join(there)})"
    return found


def column_text(name: str) -> str:
    """SQL for the trimmed text of a column, null when it is empty."""
    quoted = name.replace('"', '""')
    return f"nullif(trim(\"{quoted}\"), '')"
