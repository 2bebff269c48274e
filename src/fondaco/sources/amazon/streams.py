"""The streams of an Amazon account, and the raw tables that are cut out of them."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Stream, SyncMode, Table

TEXT, BIGINT, DECIMAL, BOOL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL, ColumnType.BOOL
TIMESTAMP, DATE, JSON = ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.JSON

KEPT = timedelta(days=729)
"""Amazon tells two years of orders and of transactions."""

_LISTS = ("orderItems", "amounts")

ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", TEXT, "$.orderId"),
        Column("created_at", TIMESTAMP, "$.createdTime"),
        Column("updated_at", TIMESTAMP, "$.lastUpdatedTime"),
        Column(
            "channel_name",
            TEXT,
            "$.salesChannel.channelName",
            "AMAZON, or NON_AMAZON for what Amazon sends for another shop.",
        ),
        Column("marketplace_id", TEXT, "$.salesChannel.marketplaceId"),
        Column("marketplace_name", TEXT, "$.salesChannel.marketplaceName"),
        Column("programs", JSON, "$.programs", "PRIME, AMAZON_BUSINESS, …"),
        Column(
            "associated_orders",
            JSON,
            "$.associatedOrders",
            "The order that this one replaces or is exchanged for.",
        ),
        Column("is_business", BOOL, "$.isBusiness"),
        Column(
            "email",
            TEXT,
            "$.buyerEmail",
            "Amazon's anonymous address of the buyer; of orders that the seller sends.",
        ),
        Column("city", TEXT, "$.city"),
        Column("country", TEXT, "$.country"),
        Column("total", DECIMAL, "$.grandTotal.amount"),
        Column("currency", TEXT, "$.grandTotal.currencyCode"),
        Column("fulfillment_status", TEXT, "$.fulfillmentStatus"),
        Column("fulfilled_by", TEXT, "$.fulfilledBy", "AMAZON or MERCHANT."),
    ),
    primary_key=("order_id",),
    ignored=("salesChannel", "grandTotal", *_LISTS),
    description="Orders of all marketplaces of the account.",
)
ORDER_ITEMS = Table(
    "order_items",
    columns=(
        Column("order_id", TEXT, "^.orderId"),
        Column("order_item_id", TEXT, "$.orderItemId"),
        Column("asin", TEXT, "$.asin"),
        Column("sku", TEXT, "$.sellerSku"),
        Column("title", TEXT, "$.title"),
        Column("quantity", BIGINT, "$.quantityOrdered", largest=MOST_PIECES),
        Column("quantity_fulfilled", BIGINT, "$.quantityFulfilled", largest=MOST_PIECES),
        Column("unit_price", DECIMAL, "$.unitPrice.amount"),
        Column("unit_price_currency", TEXT, "$.unitPrice.currencyCode"),
        Column("price_designation", TEXT, "$.priceDesignation", "BUSINESS_PRICE, or nothing."),
        Column("total", DECIMAL, "$.proceedsTotal.amount", "What all amounts of the item come to."),
        Column("currency", TEXT, "$.proceedsTotal.currencyCode"),
        Column("cancelled_by", TEXT, "$.cancelledBy"),
        Column("promotion_ids", JSON, "$.promotionIds"),
    ),
    primary_key=("order_id", "order_item_id"),
    each=("$.orderItems",),
    parent_key=("order_id",),
    ignored=("unitPrice", "proceedsTotal"),
)
ORDER_AMOUNTS = Table(
    "order_amounts",
    columns=(
        Column("order_id", TEXT, "^.orderId"),
        Column("position", BIGINT, "#"),
        Column("order_item_id", TEXT, "$.orderItemId", "Null for what belongs to the order as a whole."),
        Column(
            "type",
            TEXT,
            "$.type",
            "ITEM, SHIPPING, GIFT_WRAP, COD_FEE, OTHER, TAX, DISCOUNT or DELIVERY_TIP.",
        ),
        Column("subtype", TEXT, "$.subtype", "Which part of a tax or discount; null for its sum."),
        Column("amount", DECIMAL, "$.amount"),
        Column("currency", TEXT, "$.currency"),
    ),
    primary_key=("order_id", "position"),
    each=("$.amounts",),
    parent_key=("order_id",),
)
TRANSACTIONS = Table(
    "transactions",
    columns=(
        Column("transaction_id", TEXT, "$.transactionId"),
        Column("transaction_type", TEXT, "$.transactionType", "Shipment, Refund, ServiceFee, Transfer, …"),
        Column("transaction_status", TEXT, "$.transactionStatus", "DEFERRED, RELEASED or DEFERRED_RELEASED."),
        Column("description", TEXT, "$.description"),
        Column("posted_at", TIMESTAMP, "$.postedDate"),
        Column("posted_day", DATE, "$.postedDay", "In UTC."),
        Column("order_id", TEXT, "$.orderId"),
        Column(
            "deferred_transaction_id",
            TEXT,
            "$.deferredTransactionId",
            "The transaction that this one releases.",
        ),
        Column(
            "release_transaction_id",
            TEXT,
            "$.releaseTransactionId",
            "The transaction that released this one.",
        ),
        Column("settlement_id", TEXT, "$.settlementId"),
        Column("refund_id", TEXT, "$.refundId"),
        Column("marketplace_id", TEXT, "$.marketplaceId"),
        Column("account_type", TEXT, "$.accountType"),
        Column("total", DECIMAL, "$.totalAmount.currencyAmount"),
        Column("currency", TEXT, "$.totalAmount.currencyCode"),
    ),
    primary_key=("transaction_id",),
    ignored=("totalAmount", "amounts"),
    description="What Amazon booked to the account.",
)
TRANSACTION_AMOUNTS = Table(
    "transaction_amounts",
    columns=(
        Column("transaction_id", TEXT, "^.transactionId"),
        Column("position", BIGINT, "#"),
        Column("posted_day", DATE, "^.postedDay"),
        Column(
            "item", BIGINT, "$.item", "Which item of the transaction; null for the transaction as a whole."
        ),
        Column("item_id", TEXT, "$.itemId"),
        Column("sku", TEXT, "$.sku"),
        Column("asin", TEXT, "$.asin"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column(
            "path", TEXT, "$.path", "Where it stands in Amazon's tree, such as AmazonFees/Commission/Base."
        ),
        Column("amount", DECIMAL, "$.amount", "Negative is what Amazon keeps."),
        Column("currency", TEXT, "$.currency"),
    ),
    primary_key=("transaction_id", "position"),
    each=("$.amounts",),
    parent_key=("transaction_id",),
)
INVENTORY = Table(
    "inventory",
    columns=(
        Column("marketplace_id", TEXT, "$.marketplaceId"),
        Column("sku", TEXT, "$.sellerSku"),
        Column("asin", TEXT, "$.asin"),
        Column("fn_sku", TEXT, "$.fnSku"),
        Column("condition", TEXT, "$.condition"),
        Column("title", TEXT, "$.productName"),
        Column("total", BIGINT, "$.totalQuantity"),
        Column("fulfillable", BIGINT, "$.inventoryDetails.fulfillableQuantity"),
        Column("inbound_working", BIGINT, "$.inventoryDetails.inboundWorkingQuantity"),
        Column("inbound_shipped", BIGINT, "$.inventoryDetails.inboundShippedQuantity"),
        Column("inbound_receiving", BIGINT, "$.inventoryDetails.inboundReceivingQuantity"),
        Column("reserved", BIGINT, "$.inventoryDetails.reservedQuantity.totalReservedQuantity"),
        Column(
            "unfulfillable", BIGINT, "$.inventoryDetails.unfulfillableQuantity.totalUnfulfillableQuantity"
        ),
        Column("updated_at", TIMESTAMP, "$.lastUpdatedTime"),
    ),
    primary_key=("marketplace_id", "sku"),
    ignored=("inventoryDetails", "stores"),
    description="What lies in Amazon's warehouses.",
)

STREAMS = (
    Stream(
        "orders",
        (ORDERS, ORDER_ITEMS, ORDER_AMOUNTS),
        SyncMode.INCREMENTAL,
        # A call each three minutes: a slice is ten of them, half an hour, whatever is sold in how many days.
        backfill_window=timedelta(days=2),
        slice_records=1000,
        turn=timedelta(hours=2),
        history=KEPT,
        scopes=("Inventory and Order Tracking",),
        description="Orders with their items, by the time at which they changed.",
    ),
    Stream(
        "transactions",
        (TRANSACTIONS, TRANSACTION_AMOUNTS),
        SyncMode.DAYS,
        backfill_window=timedelta(days=30),
        overlap=timedelta(days=3),
        lookback=timedelta(days=45),
        day_column="posted_day",
        history=KEPT,
        scopes=("Finance and Accounting",),
        description="What Amazon booked: sales, refunds, fees. The newest days are read again, and once a day the last 45.",
    ),
    Stream(
        "inventory",
        (INVENTORY,),
        SyncMode.FULL,
        # What is no longer listed lies in no warehouse.
        drops_missing=True,
        scopes=("Amazon Fulfillment",),
        description="Stock in Amazon's warehouses, of the main marketplace.",
        in_report=False,
    ),
)
