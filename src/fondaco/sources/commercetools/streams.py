"""The streams of commercetools: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.commercetools import catalogue_tables, order_tables
from fondaco.sources.stream import Stream, SyncMode

ORDERS = Stream(
    "orders",
    tables=(
        order_tables.ORDERS,
        order_tables.ORDER_LINES,
        order_tables.CUSTOM_LINES,
        order_tables.LINE_DISCOUNTS,
        order_tables.ORDER_DISCOUNT_CODES,
        order_tables.RETURN_ITEMS,
        order_tables.ORDER_SHIPPINGS,
        order_tables.ORDER_PAYMENTS,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=timedelta(days=30),
    lookback=timedelta(days=3),
    scopes=("view_orders",),
    description="Orders with lines, discounts, returns and shipping.",
)

PAYMENTS = Stream(
    "payments",
    tables=(order_tables.PAYMENTS, order_tables.TRANSACTIONS),
    mode=SyncMode.INCREMENTAL,
    backfill_window=timedelta(days=30),
    lookback=timedelta(days=3),
    scopes=("view_payments",),
    description="Payments with their transactions. A refund changes the payment, not the order.",
)

CUSTOMERS = Stream(
    "customers",
    tables=(catalogue_tables.CUSTOMERS,),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("view_customers",),
    description="Customers.",
    in_report=False,
)

PRODUCTS = Stream(
    "products",
    tables=(
        catalogue_tables.PRODUCTS,
        catalogue_tables.VARIANTS,
        catalogue_tables.VARIANT_PRICES,
        catalogue_tables.PRODUCT_CATEGORIES,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("view_products",),
    description="Products with variants and embedded prices.",
    in_report=False,
)

CATEGORIES = Stream(
    "categories",
    tables=(catalogue_tables.CATEGORIES,),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("view_products",),
    description="Categories of products, with the one above each. Read whole: nothing tells of those that are deleted.",
    in_report=False,
    may_be_refused=True,
)

INVENTORY = Stream(
    "inventory",
    tables=(catalogue_tables.INVENTORY,),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("view_products",),
    description="Stock by SKU and place.",
    in_report=False,
)

DISCOUNT_CODES = Stream(
    "discount_codes",
    tables=(catalogue_tables.DISCOUNT_CODES, catalogue_tables.DISCOUNT_CODE_DISCOUNTS),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("view_discount_codes",),
    description="Discount codes.",
    in_report=False,
)

CART_DISCOUNTS = Stream(
    "cart_discounts",
    tables=(catalogue_tables.CART_DISCOUNTS,),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("view_cart_discounts",),
    description="Cart discounts: what codes and automatic discounts do.",
    in_report=False,
)

STREAMS = (ORDERS, PAYMENTS, CUSTOMERS, PRODUCTS, CATEGORIES, INVENTORY, DISCOUNT_CODES, CART_DISCOUNTS)
