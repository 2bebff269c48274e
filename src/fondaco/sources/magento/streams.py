"""The streams of Magento: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.magento import catalogue_tables, order_tables
from fondaco.sources.stream import Stream, SyncMode, Table

_MONTH, _DAYS = timedelta(days=30), timedelta(days=3)


def _changing(name: str, *tables: Table, scope: str, description: str, makes_sales: bool = True) -> Stream:
    """A list of what happened, by the time it was changed; figures of sales wait only for what makes them."""
    return Stream(
        name,
        tables=tables,
        mode=SyncMode.INCREMENTAL,
        backfill_window=_MONTH,
        lookback=_DAYS,
        scopes=(scope,),
        description=description,
        in_report=makes_sales,
        may_be_refused=not makes_sales,
    )


def _whole(name: str, table: Table, *, scope: str, description: str, drops_missing: bool = False) -> Stream:
    """A list of how things stand, which tells neither changes nor deletions."""
    return Stream(
        name,
        tables=(table,),
        mode=SyncMode.FULL,
        backfill_window=None,
        scopes=(scope,),
        description=description,
        in_report=False,
        drops_missing=drops_missing,
        may_be_refused=True,
    )


ORDERS = _changing(
    "orders",
    order_tables.ORDERS,
    order_tables.ORDER_ITEMS,
    order_tables.ORDER_COUPONS,
    scope="Sales, Operations, Orders",
    description="Orders with items and coupon codes.",
)
INVOICES = _changing(
    "invoices",
    order_tables.INVOICES,
    scope="Sales, Operations, Invoices",
    description="Invoices: the money that came in.",
    makes_sales=False,
)
SHIPMENTS = _changing(
    "shipments",
    order_tables.SHIPMENTS,
    order_tables.SHIPMENT_ITEMS,
    scope="Sales, Operations, Shipments",
    description="Shipments with items, and the source that they left from. They do not move their order.",
    makes_sales=False,
)
CREDIT_MEMOS = _changing(
    "credit_memos",
    order_tables.CREDIT_MEMOS,
    order_tables.CREDIT_MEMO_ITEMS,
    scope="Sales, Operations, Credit Memos",
    description="Credit memos with items: the money that went back.",
)
TRANSACTIONS = Stream(
    "transactions",
    tables=(order_tables.TRANSACTIONS,),
    mode=SyncMode.CREATED,
    backfill_window=_MONTH,
    overlap=timedelta(hours=1),
    lookback=_DAYS,
    scopes=("Sales, Operations, Transactions",),
    description="Transactions with gateways. They have no amounts; those are told by invoices and credit memos.",
    in_report=False,
    may_be_refused=True,
)
CUSTOMERS = Stream(
    "customers",
    tables=(catalogue_tables.CUSTOMERS,),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    lookback=_DAYS,
    scopes=("Customers, All Customers",),
    description="Customer accounts.",
    in_report=False,
)
PRODUCTS = Stream(
    "products",
    tables=(
        catalogue_tables.PRODUCTS,
        catalogue_tables.PRODUCT_CHILDREN,
        catalogue_tables.PRODUCT_CATEGORIES,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("Catalog, Inventory, Products",),
    description="Products with prices, costs, variants and categories.",
    in_report=False,
)
CATEGORIES = _whole(
    "categories",
    catalogue_tables.CATEGORIES,
    scope="Catalog, Inventory, Categories",
    description="Categories of products, with the one above each. Read whole: nothing tells of those that are deleted.",
    drops_missing=True,
)
SOURCES = _whole(
    "sources",
    catalogue_tables.SOURCES,
    scope="Stores, Inventory, Sources",
    description="Places that stock is kept at.",
)
SOURCE_ITEMS = _whole(
    "source_items",
    catalogue_tables.SOURCE_ITEMS,
    scope="Catalog, Inventory, Products",
    description="Stock by SKU and place. Read whole: it has no time of its own.",
    drops_missing=True,
)
SALES_RULES = _whole(
    "sales_rules",
    catalogue_tables.SALES_RULES,
    scope="Marketing, Promotions, Cart Price Rules",
    description="Rules that take something off a cart.",
)
COUPONS = _whole(
    "coupons",
    catalogue_tables.COUPONS,
    scope="Marketing, Promotions, Cart Price Rules",
    description="Coupon codes of the rules.",
)

STREAMS = (
    ORDERS, INVOICES, SHIPMENTS, CREDIT_MEMOS, TRANSACTIONS, CUSTOMERS, PRODUCTS, CATEGORIES, SOURCES, SOURCE_ITEMS,
    SALES_RULES, COUPONS,
)  # fmt: skip
