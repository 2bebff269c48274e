"""The streams of WooCommerce: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import Stream, SyncMode
from fondaco.sources.woocommerce import catalogue_tables, order_tables

ORDERS = Stream(
    "orders",
    tables=(
        order_tables.ORDERS,
        order_tables.ORDER_LINES,
        order_tables.ORDER_SHIPPING_LINES,
        order_tables.ORDER_FEE_LINES,
        order_tables.ORDER_COUPON_LINES,
        order_tables.ORDER_TAX_LINES,
        order_tables.ORDER_REFUND_REFS,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=timedelta(days=30),
    lookback=timedelta(days=3),
    scopes=("read",),
    description="Orders with lines, shipping, fees, coupons and taxes, by the time they were modified.",
)

REFUNDS = Stream(
    "refunds",
    tables=(
        order_tables.REFUNDS,
        order_tables.REFUND_LINES,
        order_tables.REFUND_SHIPPING_LINES,
        order_tables.REFUND_FEE_LINES,
    ),
    mode=SyncMode.CREATED,
    backfill_window=timedelta(days=30),
    overlap=timedelta(hours=1),
    lookback=timedelta(days=7),
    scopes=("read",),
    description="Refunds by the time they were made, and those of orders that changed: a refund may move neither.",
)

CUSTOMERS = Stream(
    "customers",
    tables=(catalogue_tables.CUSTOMERS,),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read",),
    description="Customer accounts. Read whole: WooCommerce has no filter for changed ones.",
    in_report=False,
)

PRODUCTS = Stream(
    "products",
    tables=(
        catalogue_tables.PRODUCTS,
        catalogue_tables.PRODUCT_VARIATIONS,
        catalogue_tables.PRODUCT_CATEGORIES,
    ),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read",),
    description="Products with variations, prices, stock and cost. Read whole: stock does not move the modified time.",
    in_report=False,
)

CATEGORIES = Stream(
    "categories",
    tables=(catalogue_tables.CATEGORIES,),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read",),
    description="Categories of products, with the one above each. Read whole: WooCommerce has no filter for changed ones.",
    in_report=False,
    may_be_refused=True,
)

COUPONS = Stream(
    "coupons",
    tables=(catalogue_tables.COUPONS,),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read",),
    description="Coupons. Read whole: a use does not move the modified time.",
    in_report=False,
)

STREAMS = (ORDERS, REFUNDS, CUSTOMERS, PRODUCTS, CATEGORIES, COUPONS)
