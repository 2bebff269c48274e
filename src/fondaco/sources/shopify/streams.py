"""The streams of Shopify: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.shopify import catalogue_tables, order_tables, payments_tables
from fondaco.sources.stream import Stream, SyncMode

ORDERS = Stream(
    "orders",
    tables=(
        order_tables.ORDERS,
        order_tables.ORDER_LINES,
        order_tables.ORDER_LINE_TAXES,
        order_tables.ORDER_LINE_DISCOUNTS,
        order_tables.ORDER_DISCOUNTS,
        order_tables.SHIPPING_LINES,
        order_tables.SHIPPING_LINE_DISCOUNTS,
        order_tables.REFUNDS,
        order_tables.REFUND_LINES,
        order_tables.REFUND_SHIPPING_LINES,
        order_tables.ORDER_ADJUSTMENTS,
        order_tables.TRANSACTIONS,
        order_tables.TRANSACTION_FEES,
        order_tables.AGREEMENTS,
        order_tables.SALES,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=timedelta(days=30),
    lookback=timedelta(days=3),
    scopes=("read_orders", "read_all_orders"),
    description="Orders with lines, discounts, shipping, refunds, payments and the sales ledger.",
)

CUSTOMERS = Stream(
    "customers",
    tables=(catalogue_tables.CUSTOMERS,),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("read_customers",),
    description="Customers, with the address and marketing state they have now.",
    in_report=False,
)

PRODUCTS = Stream(
    "products",
    tables=(catalogue_tables.PRODUCTS, catalogue_tables.VARIANTS),
    mode=SyncMode.INCREMENTAL,
    backfill_window=None,
    scopes=("read_products",),
    description="Products and their variants.",
    in_report=False,
)

COLLECTIONS = Stream(
    "collections",
    tables=(catalogue_tables.COLLECTIONS, catalogue_tables.COLLECTION_PRODUCTS),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read_products",),
    description="Collections and their products. Read whole: a product that a rule moves has no new updated time, nor has its collection.",
    in_report=False,
)

INVENTORY_ITEMS = Stream(
    "inventory_items",
    tables=(
        catalogue_tables.INVENTORY_ITEMS,
        catalogue_tables.INVENTORY_LEVELS,
        catalogue_tables.INVENTORY_QUANTITIES,
    ),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read_inventory", "read_locations"),
    description="Unit cost and stock by location. Read whole: a change of stock does not move the item's updated time.",
    in_report=False,
)

DISCOUNTS = Stream(
    "discounts",
    tables=(catalogue_tables.DISCOUNTS, catalogue_tables.DISCOUNT_CODES),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=("read_discounts",),
    description="Discounts and their codes. Read whole: a use does not move the discount's updated time.",
    in_report=False,
)

PAYMENTS_SCOPE = "read_shopify_payments_payouts"

BALANCE_TRANSACTIONS = Stream(
    "balance_transactions",
    tables=(payments_tables.BALANCE_TRANSACTIONS,),
    mode=SyncMode.CREATED,
    backfill_window=timedelta(days=90),
    lookback=timedelta(days=45),
    scopes=(PAYMENTS_SCOPE,),
    description=(
        "What Shopify Payments charged and paid back. The last 45 days are read again once a day: which payout a movement "
        "is part of is told later, and payouts may be monthly."
    ),
    in_report=False,
    may_be_refused=True,
)

PAYOUTS = Stream(
    "payouts",
    tables=(payments_tables.PAYOUTS,),
    mode=SyncMode.CREATED,
    backfill_window=timedelta(days=365),
    lookback=timedelta(days=45),
    scopes=(PAYMENTS_SCOPE,),
    description="What Shopify Payments paid into the bank. The last 45 days are read again once a day: the status moves on.",
    in_report=False,
    may_be_refused=True,
)

DISPUTES = Stream(
    "disputes",
    tables=(payments_tables.DISPUTES,),
    mode=SyncMode.FULL,
    backfill_window=None,
    scopes=(PAYMENTS_SCOPE,),
    description="Payments that customers dispute. Read whole: they are few, and no filter tells which have moved on.",
    in_report=False,
    may_be_refused=True,
)

STREAMS = (
    ORDERS,
    CUSTOMERS,
    PRODUCTS,
    COLLECTIONS,
    INVENTORY_ITEMS,
    DISCOUNTS,
    BALANCE_TRANSACTIONS,
    PAYOUTS,
    DISPUTES,
)
