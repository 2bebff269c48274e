"""The raw tables of eBay. Of buyers only the user name, town and country are kept."""

from __future__ import annotations

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, DATE = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.DATE


def _amount(name: str, path: str, description: str = "") -> Column:
    return Column(name, DECIMAL, f"{path}.value", description)


ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", TEXT, "$.orderId"),
        Column("sales_record", TEXT, "$.salesRecordReference", "The number that the seller sees."),
        Column("created_at", TIMESTAMP, "$.creationDate"),
        Column("updated_at", TIMESTAMP, "$.lastModifiedDate"),
        Column("payment_status", TEXT, "$.orderPaymentStatus"),
        Column("fulfillment_status", TEXT, "$.orderFulfillmentStatus"),
        Column("cancel_state", TEXT, "$.cancelStatus.cancelState"),
        Column("cancelled_at", TIMESTAMP, "$.cancelStatus.cancelledDate"),
        Column("buyer_username", TEXT, "$.buyer.username"),
        Column("city", TEXT, "$._shipTo.city"),
        Column("country", TEXT, "$._shipTo.countryCode"),
        Column("marketplace", TEXT, "$._marketplace", "The site on which it was bought."),
        Column("vat_rate", DECIMAL, "$._vatRate", "The connection's setting when it was read."),
        Column("collects_tax", BOOL, "$.ebayCollectAndRemitTax", "Whether eBay collects tax and remits it."),
        Column("currency", TEXT, "$.pricingSummary.total.currency"),
        _amount("price_subtotal", "$.pricingSummary.priceSubtotal"),
        _amount("price_discount", "$.pricingSummary.priceDiscount", "Negative."),
        _amount("delivery_cost", "$.pricingSummary.deliveryCost"),
        _amount("delivery_discount", "$.pricingSummary.deliveryDiscount", "Negative."),
        _amount("tax", "$.pricingSummary.tax", "Collected by the seller."),
        _amount("adjustment", "$.pricingSummary.adjustment"),
        _amount("total", "$.pricingSummary.total", "Without what eBay collects and remits."),
        _amount("total_due_seller", "$.paymentSummary.totalDueSeller"),
        _amount("total_marketplace_fee", "$.totalMarketplaceFee"),
    ),
    primary_key=("order_id",),
    ignored=(
        "buyer", "cancelStatus", "fulfillmentHrefs", "lineItems", "paymentSummary", "pricingSummary", "program", "sellerId",
        "totalFeeBasisAmount", "totalMarketplaceFee",
    ),
    description="One row per order.",
)  # fmt: skip

ORDER_LINES = Table(
    "order_lines",
    columns=(
        Column("order_id", TEXT, "^.orderId"),
        Column("line_item_id", TEXT, "$.lineItemId"),
        Column("item_id", TEXT, "$.legacyItemId", "The listing."),
        Column("variation_id", TEXT, "$.legacyVariationId"),
        Column("sku", TEXT, "$.sku"),
        Column("title", TEXT, "$.title"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column("sold_by_ads", BOOL, "$.properties.soldViaAdCampaign"),
        Column("currency", TEXT, "$.lineItemCost.currency"),
        _amount("cost", "$.lineItemCost", "Price × quantity, before discounts."),
        _amount("discounted_cost", "$.discountedLineItemCost", "Null where nothing was taken off."),
        _amount("shipping_cost", "$.deliveryCost.shippingCost", "After discounts."),
        _amount("handling_cost", "$.deliveryCost.handlingCost"),
        _amount("total", "$.total"),
    ),
    primary_key=("line_item_id",),
    each=("$.lineItems",),
    parent_key=("order_id",),
    ignored=(
        "appliedPromotions", "deliveryCost", "ebayCollectAndRemitTaxes", "ebayCollectedCharges", "giftDetails", "itemLocation",
        "lineItemFulfillmentInstructions", "lineItemFulfillmentStatus", "linkedOrderLineItems", "listingMarketplaceId",
        "properties", "purchaseMarketplaceId", "refunds", "soldFormat", "taxes", "variationAspects", "compatibilityProperties",
    ),
    description="One row per line of an order.",
)  # fmt: skip


def _taxes(name: str, field: str, description: str) -> Table:
    return Table(
        name,
        columns=(
            Column("order_id", TEXT, "^^.orderId"),
            Column("line_item_id", TEXT, "^.lineItemId"),
            Column("tax_index", BIGINT, "#"),
            Column("tax_type", TEXT, "$.taxType"),
            _amount("amount", "$.amount"),
        ),
        primary_key=("line_item_id", "tax_index"),
        each=("$.lineItems", f"$.{field}"),
        parent_key=("order_id",),
        ignored=("amount", "ebayReference", "collectionMethod"),
        description=description,
    )


LINE_TAXES = _taxes("line_taxes", "taxes", "One row per tax of a line that the seller collects.")
COLLECTED_TAXES = _taxes(
    "collected_taxes", "ebayCollectAndRemitTaxes", "One row per tax of a line that eBay collects and remits."
)

LINE_REFUNDS = Table(
    "line_refunds",
    columns=(
        Column("order_id", TEXT, "^^.orderId"),
        Column("line_item_id", TEXT, "^.lineItemId"),
        Column("refund_index", BIGINT, "#"),
        Column("refund_id", TEXT, "$.refundId"),
        Column("refunded_at", TIMESTAMP, "$.refundDate"),
        _amount("amount", "$.amount"),
    ),
    primary_key=("line_item_id", "refund_index"),
    each=("$.lineItems", "$.refunds"),
    parent_key=("order_id",),
    ignored=("amount", "refundReferenceId"),
    description="One row per refund of a line.",
)

REFUNDS = Table(
    "refunds",
    columns=(
        Column("order_id", TEXT, "^.orderId"),
        Column("refund_index", BIGINT, "#"),
        Column("refund_id", TEXT, "$.refundId"),
        Column("status", TEXT, "$.refundStatus"),
        Column("refunded_at", TIMESTAMP, "$.refundDate"),
        Column("currency", TEXT, "$.amount.currency"),
        _amount("amount", "$.amount"),
    ),
    primary_key=("order_id", "refund_index"),
    each=("$.paymentSummary.refunds",),
    parent_key=("order_id",),
    ignored=("amount", "refundReferenceId"),
    description="One row per refund of an order.",
)

PAYMENTS = Table(
    "payments",
    columns=(
        Column("order_id", TEXT, "^.orderId"),
        Column("payment_index", BIGINT, "#"),
        Column("method", TEXT, "$.paymentMethod"),
        Column("status", TEXT, "$.paymentStatus"),
        Column("paid_at", TIMESTAMP, "$.paymentDate"),
        Column("currency", TEXT, "$.amount.currency"),
        _amount("amount", "$.amount"),
    ),
    primary_key=("order_id", "payment_index"),
    each=("$.paymentSummary.payments",),
    parent_key=("order_id",),
    ignored=("amount", "paymentHolds", "paymentReferenceId"),
    description="One row per payment of an order.",
)

TRANSACTIONS = Table(
    "transactions",
    columns=(
        Column("transaction_id", TEXT, "$.transactionId", "Not unique by itself."),
        Column("transaction_type", TEXT, "$.transactionType"),
        Column("transaction_day", DATE, "$._day", "Day of happened_at in UTC, by which rows are replaced."),
        Column("happened_at", TIMESTAMP, "$.transactionDate"),
        Column("status", TEXT, "$.transactionStatus"),
        Column("order_id", TEXT, "$._orderId", "Its own, or that of its references."),
        Column("payout_id", TEXT, "$.payoutId"),
        Column("booking_entry", TEXT, "$.bookingEntry", "CREDIT or DEBIT of the seller's balance."),
        Column("currency", TEXT, "$.amount.currency"),
        _amount("amount", "$.amount", "What the balance moves by, without a sign; fees are taken off already."),
        _amount("fee_basis", "$.totalFeeBasisAmount", "Before fees, in fee_currency."),
        _amount("fee", "$.totalFeeAmount", "Kept of a sale; given back with a refund; in fee_currency."),
        Column(
            "fee_currency",
            TEXT,
            "$.totalFeeAmount.currency",
            "The order's, which may be another than the balance's.",
        ),
        Column(
            "exchange_rate",
            DECIMAL,
            "$.amount.exchangeRate",
            "What one unit of the order's currency is worth in the balance's.",
        ),
        Column("fee_type", TEXT, "$.feeType", "What a charge is for that is no part of a sale."),
        Column("memo", TEXT, "$.transactionMemo"),
    ),
    primary_key=("transaction_id", "transaction_type"),
    ignored=(
        "orderId", "amount", "buyer", "orderLineItems", "paymentsEntity", "references", "salesRecordReference",
        "totalFeeAmount", "totalFeeBasisAmount",
    ),
    description="One row per movement of the seller's balance.",
)  # fmt: skip

TRANSACTION_FEES = Table(
    "transaction_fees",
    columns=(
        Column("transaction_id", TEXT, "^^.transactionId"),
        Column("transaction_type", TEXT, "^^.transactionType"),
        Column("line_item_id", TEXT, "^.lineItemId"),
        Column("fee_index", BIGINT, "#"),
        Column("transaction_day", DATE, "^^._day"),
        Column("fee_type", TEXT, "$.feeType"),
        Column("memo", TEXT, "$.feeMemo"),
        Column("currency", TEXT, "$.amount.currency"),
        _amount("amount", "$.amount"),
    ),
    primary_key=("transaction_id", "transaction_type", "line_item_id", "fee_index"),
    each=("$.orderLineItems", "$.marketplaceFees"),
    parent_key=("transaction_id", "transaction_type"),
    ignored=("amount",),
    description="One row per fee of a line in a sale, or of what was given back of it with a refund.",
)

PAYOUTS = Table(
    "payouts",
    columns=(
        Column("payout_id", TEXT, "$.payoutId"),
        Column("status", TEXT, "$.payoutStatus"),
        Column("paid_at", TIMESTAMP, "$.payoutDate"),
        Column("reference", TEXT, "$.bankReference"),
        Column("transaction_count", BIGINT, "$.transactionCount"),
        Column("currency", TEXT, "$.amount.currency"),
        _amount("amount", "$.amount"),
    ),
    primary_key=("payout_id",),
    ignored=(
        "amount", "lastAttemptedPayoutDate", "payoutInstrument", "payoutMemo", "payoutStatusDescription", "totalAmount",
    ),
    description="One row per payout to the bank.",
)  # fmt: skip
