"""The raw tables of orders. Ids stay as Shopify writes them (``gid://shopify/Order/1``); staging shortens them."""

from __future__ import annotations

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON, DOUBLE = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON, ColumnType.DOUBLE
KIND = "$.__typename"
LINE_MARKS = ("__typename", "__parentId", "__rootId", "__subtype")


def _shop_money(name: str, path: str, description: str = "") -> Column:
    return Column(name, DECIMAL, f"{path}.shopMoney.amount", description)


def _visit(name: str, path: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}_at", TIMESTAMP, f"{path}.occurredAt"),
        Column(f"{name}_source", TEXT, f"{path}.source"),
        Column(f"{name}_source_type", TEXT, f"{path}.sourceType"),
        Column(f"{name}_referrer_url", TEXT, f"{path}.referrerUrl"),
        Column(f"{name}_landing_page", TEXT, f"{path}.landingPage"),
        Column(f"{name}_utm_source", TEXT, f"{path}.utmParameters.source"),
        Column(f"{name}_utm_medium", TEXT, f"{path}.utmParameters.medium"),
        Column(f"{name}_utm_campaign", TEXT, f"{path}.utmParameters.campaign"),
        Column(f"{name}_utm_term", TEXT, f"{path}.utmParameters.term"),
        Column(f"{name}_utm_content", TEXT, f"{path}.utmParameters.content"),
    )


ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", TEXT, "$.id"),
        Column("name", TEXT, "$.name", "The number that the merchant and the customer see, such as #1001."),
        Column("number", BIGINT, "$.number"),
        Column("email", TEXT, "$.email"),
        Column("phone", TEXT, "$.phone"),
        Column("customer_id", TEXT, "$.customer.id"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column(
            "processed_at", TIMESTAMP, "$.processedAt", "Business time; earlier than created_at for imports."
        ),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
        Column("cancelled_at", TIMESTAMP, "$.cancelledAt"),
        Column("cancel_reason", TEXT, "$.cancelReason"),
        Column("closed_at", TIMESTAMP, "$.closedAt"),
        Column("is_test", BOOL, "$.test"),
        Column("is_confirmed", BOOL, "$.confirmed"),
        Column("is_edited", BOOL, "$.edited"),
        Column("prices_include_tax", BOOL, "$.taxesIncluded"),
        Column("is_tax_exempt", BOOL, "$.taxExempt"),
        Column("currency", TEXT, "$.currencyCode", "The shop's currency: all amounts below are in it."),
        Column("presentment_currency", TEXT, "$.presentmentCurrencyCode"),
        Column("source_name", TEXT, "$.sourceName"),
        Column("financial_status", TEXT, "$.displayFinancialStatus"),
        Column("fulfillment_status", TEXT, "$.displayFulfillmentStatus"),
        Column("return_status", TEXT, "$.returnStatus"),
        Column("tags", JSON, "$.tags"),
        Column("discount_codes", JSON, "$.discountCodes"),
        Column("payment_gateways", JSON, "$.paymentGatewayNames"),
        Column("shipping_city", TEXT, "$.shippingAddress.city"),
        Column("shipping_country", TEXT, "$.shippingAddress.countryCodeV2"),
        Column("billing_city", TEXT, "$.billingAddress.city"),
        Column("billing_country", TEXT, "$.billingAddress.countryCodeV2"),
        _shop_money("original_total", "$.originalTotalPriceSet", "As placed."),
        Column("original_total_presentment", DECIMAL, "$.originalTotalPriceSet.presentmentMoney.amount"),
        _shop_money("current_total", "$.currentTotalPriceSet", "After edits and returns."),
        _shop_money("subtotal", "$.subtotalPriceSet", "Already after discounts."),
        _shop_money("total_discounts", "$.totalDiscountsSet"),
        _shop_money("total_tax", "$.totalTaxSet"),
        _shop_money("total_shipping", "$.totalShippingPriceSet"),
        _shop_money("total_tip", "$.totalTipReceivedSet"),
        _shop_money("total_refunded", "$.totalRefundedSet"),
        _shop_money("net_payment", "$.netPaymentSet"),
        Column(
            "total_weight", BIGINT, "$.totalWeight", "Grams, before returns; 0 where no variant has a weight."
        ),
        Column("is_journey_ready", BOOL, "$.customerJourneySummary.ready"),
        Column("customer_order_index", BIGINT, "$.customerJourneySummary.customerOrderIndex"),
        Column("days_to_conversion", BIGINT, "$.customerJourneySummary.daysToConversion"),
        *_visit("first_visit", "$.customerJourneySummary.firstVisit"),
        *_visit("last_visit", "$.customerJourneySummary.lastVisit"),
    ),
    primary_key=("order_id",),
    where=(KIND, "Order"),
    ignored=(*LINE_MARKS, "refunds", "transactions"),
    description="One row per order.",
)

ORDER_LINES = Table(
    "order_lines",
    columns=(
        Column("line_id", TEXT, "$.id"),
        Column("order_id", TEXT, "$.__parentId"),
        Column("product_id", TEXT, "$.product.id", "Null once the product is deleted."),
        Column("variant_id", TEXT, "$.variant.id", "Null once the variant is deleted."),
        Column("sku", TEXT, "$.sku"),
        Column("title", TEXT, "$.title"),
        Column("variant_title", TEXT, "$.variantTitle"),
        Column("vendor", TEXT, "$.vendor"),
        Column("quantity", BIGINT, "$.quantity", "As placed.", largest=MOST_PIECES),
        Column(
            "current_quantity", BIGINT, "$.currentQuantity", "After edits and returns.", largest=MOST_PIECES
        ),
        Column("is_gift_card", BOOL, "$.isGiftCard"),
        Column("is_taxable", BOOL, "$.taxable"),
        _shop_money("original_unit_price", "$.originalUnitPriceSet", "As displayed, before discounts."),
        _shop_money("original_total", "$.originalTotalSet", "As displayed, before discounts."),
    ),
    primary_key=("line_id",),
    where=(KIND, "LineItem"),
    parent_key=("order_id",),
    ignored=(*LINE_MARKS, "taxLines", "discountAllocations"),
    description="One row per line of an order.",
)

ORDER_LINE_TAXES = Table(
    "order_line_taxes",
    columns=(
        Column("line_id", TEXT, "^.id"),
        Column("tax_index", BIGINT, "#"),
        Column("order_id", TEXT, "^.__parentId"),
        Column("title", TEXT, "$.title"),
        Column("rate", DOUBLE, "$.rate"),
        _shop_money("amount", "$.priceSet"),
    ),
    primary_key=("line_id", "tax_index"),
    each=("$.taxLines",),
    where=(KIND, "LineItem"),
    parent_key=("order_id",),
    description="One row per tax of an order line.",
)

ORDER_LINE_DISCOUNTS = Table(
    "order_line_discounts",
    columns=(
        Column("line_id", TEXT, "^.id"),
        Column("allocation_index", BIGINT, "#"),
        Column("order_id", TEXT, "^.__parentId"),
        Column("discount_index", BIGINT, "$.discountApplication.index", "Which of the order's discounts."),
        _shop_money("amount", "$.allocatedAmountSet", "As displayed, positive."),
    ),
    primary_key=("line_id", "allocation_index"),
    each=("$.discountAllocations",),
    where=(KIND, "LineItem"),
    parent_key=("order_id",),
    description="One row per part of a discount that falls on an order line.",
)

ORDER_DISCOUNTS = Table(
    "order_discounts",
    columns=(
        Column("order_id", TEXT, "$.__parentId"),
        Column("discount_index", BIGINT, "$.index"),
        Column("application_type", TEXT, "$.__subtype"),
        Column("code", TEXT, "$.code"),
        Column("title", TEXT, "$.title"),
        Column("description", TEXT, "$.description"),
        Column("allocation_method", TEXT, "$.allocationMethod"),
        Column("target_selection", TEXT, "$.targetSelection"),
        Column("target_type", TEXT, "$.targetType"),
        Column("value_percentage", DOUBLE, "$.value.percentage"),
        Column("value_amount", DECIMAL, "$.value.amount"),
    ),
    primary_key=("order_id", "discount_index"),
    where=(KIND, "DiscountApplication"),
    parent_key=("order_id",),
    ignored=LINE_MARKS,
    description="One row per discount applied to an order.",
)

SHIPPING_LINES = Table(
    "shipping_lines",
    columns=(
        Column("shipping_line_id", TEXT, "$.id"),
        Column("order_id", TEXT, "$.__parentId"),
        Column("code", TEXT, "$.code"),
        Column("title", TEXT, "$.title"),
        Column("source", TEXT, "$.source"),
        Column("carrier_identifier", TEXT, "$.carrierIdentifier"),
        Column("is_removed", BOOL, "$.isRemoved"),
        _shop_money("original_price", "$.originalPriceSet"),
        _shop_money("discounted_price", "$.discountedPriceSet"),
        Column("taxes", JSON, "$.taxLines"),
    ),
    primary_key=("shipping_line_id",),
    where=(KIND, "ShippingLine"),
    parent_key=("order_id",),
    ignored=(*LINE_MARKS, "discountAllocations"),
    description="One row per shipping charge of an order, removed ones included.",
)

SHIPPING_LINE_DISCOUNTS = Table(
    "shipping_line_discounts",
    columns=(
        Column("shipping_line_id", TEXT, "^.id"),
        Column("allocation_index", BIGINT, "#"),
        Column("order_id", TEXT, "^.__parentId"),
        Column("discount_index", BIGINT, "$.discountApplication.index"),
        _shop_money("amount", "$.allocatedAmountSet"),
    ),
    primary_key=("shipping_line_id", "allocation_index"),
    each=("$.discountAllocations",),
    where=(KIND, "ShippingLine"),
    parent_key=("order_id",),
    description="One row per part of a discount that falls on a shipping charge.",
)

REFUNDS = Table(
    "refunds",
    columns=(
        Column("refund_id", TEXT, "$.id"),
        Column("order_id", TEXT, "^.id"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("processed_at", TIMESTAMP, "$.processedAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
        Column("note", TEXT, "$.note"),
        _shop_money("amount", "$.totalRefundedSet", "Money given back, tax included."),
    ),
    primary_key=("refund_id",),
    each=("$.refunds",),
    where=(KIND, "Order"),
    parent_key=("order_id",),
    description="One row per refund.",
)

REFUND_LINES = Table(
    "refund_lines",
    columns=(
        Column("refund_line_id", TEXT, "$.id"),
        Column("refund_id", TEXT, "$.__parentId"),
        Column("order_id", TEXT, "$.__rootId"),
        Column("line_id", TEXT, "$.lineItem.id"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column("restock_type", TEXT, "$.restockType"),
        Column("is_restocked", BOOL, "$.restocked"),
        _shop_money("subtotal", "$.subtotalSet"),
        _shop_money("tax", "$.totalTaxSet"),
    ),
    primary_key=("refund_line_id",),
    where=(KIND, "RefundLineItem"),
    parent_key=("order_id",),
    ignored=LINE_MARKS,
    description="One row per order line given back in a refund.",
)

REFUND_SHIPPING_LINES = Table(
    "refund_shipping_lines",
    columns=(
        Column("refund_shipping_line_id", TEXT, "$.id"),
        Column("refund_id", TEXT, "$.__parentId"),
        Column("order_id", TEXT, "$.__rootId"),
        Column("shipping_line_id", TEXT, "$.shippingLine.id"),
        _shop_money("subtotal", "$.subtotalAmountSet"),
        _shop_money("tax", "$.taxAmountSet"),
    ),
    primary_key=("refund_shipping_line_id",),
    where=(KIND, "RefundShippingLine"),
    parent_key=("order_id",),
    ignored=LINE_MARKS,
    description="One row per shipping charge given back in a refund.",
)

ORDER_ADJUSTMENTS = Table(
    "order_adjustments",
    columns=(
        Column("order_adjustment_id", TEXT, "$.id"),
        Column("refund_id", TEXT, "$.__parentId"),
        Column("order_id", TEXT, "$.__rootId"),
        Column("reason", TEXT, "$.reason"),
        _shop_money("amount", "$.amountSet"),
        _shop_money("tax", "$.taxAmountSet"),
    ),
    primary_key=("order_adjustment_id",),
    where=(KIND, "OrderAdjustment"),
    parent_key=("order_id",),
    ignored=LINE_MARKS,
    description="One row per difference between a refund and the lines it gives back.",
)

TRANSACTIONS = Table(
    "transactions",
    columns=(
        Column("transaction_id", TEXT, "$.id"),
        Column("order_id", TEXT, "^.id"),
        Column("parent_id", TEXT, "$.parentTransaction.id"),
        Column("kind", TEXT, "$.kind"),
        Column("status", TEXT, "$.status"),
        Column("gateway", TEXT, "$.gateway"),
        Column("processed_at", TIMESTAMP, "$.processedAt"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("is_test", BOOL, "$.test"),
        _shop_money("amount", "$.amountSet"),
        Column("currency", TEXT, "$.amountSet.shopMoney.currencyCode"),
        Column("amount_presentment", DECIMAL, "$.amountSet.presentmentMoney.amount"),
        Column("presentment_currency", TEXT, "$.amountSet.presentmentMoney.currencyCode"),
    ),
    primary_key=("transaction_id",),
    each=("$.transactions",),
    where=(KIND, "Order"),
    parent_key=("order_id",),
    ignored=("fees",),
    description="One row per payment transaction of an order.",
)

TRANSACTION_FEES = Table(
    "transaction_fees",
    columns=(
        Column("fee_id", TEXT, "$.id"),
        Column("transaction_id", TEXT, "^.id"),
        Column("order_id", TEXT, "^^.id"),
        Column("type", TEXT, "$.type"),
        Column("rate", DOUBLE, "$.rate"),
        Column("amount", DECIMAL, "$.amount.amount"),
        Column("tax", DECIMAL, "$.taxAmount.amount"),
        Column("currency", TEXT, "$.amount.currencyCode"),
    ),
    primary_key=("fee_id",),
    each=("$.transactions", "$.fees"),
    where=(KIND, "Order"),
    parent_key=("order_id",),
    description="One row per fee of a transaction; Shopify tells them for Shopify Payments only.",
)

AGREEMENTS = Table(
    "agreements",
    columns=(
        Column("agreement_id", TEXT, "$.id"),
        Column("order_id", TEXT, "$.__parentId"),
        Column("agreement_type", TEXT, "$.__subtype"),
        Column("happened_at", TIMESTAMP, "$.happenedAt"),
        Column("reason", TEXT, "$.reason"),
        Column("refund_id", TEXT, "$.refund.id"),
    ),
    primary_key=("agreement_id",),
    where=(KIND, "SalesAgreement"),
    parent_key=("order_id",),
    ignored=LINE_MARKS,
    description="One row per sales agreement: an order, an edit, a return or a refund.",
)

SALES = Table(
    "sales",
    columns=(
        Column("sale_id", TEXT, "$.id"),
        Column("agreement_id", TEXT, "$.__parentId"),
        Column("sale_type", TEXT, "$.__subtype"),
        Column("action_type", TEXT, "$.actionType"),
        Column("line_type", TEXT, "$.lineType"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column("line_id", TEXT, "$.lineItem.id"),
        Column("product_id", TEXT, "$.lineItem.product.id"),
        Column("variant_id", TEXT, "$.lineItem.variant.id"),
        _shop_money(
            "total_amount", "$.totalAmount", "After discounts, tax included; negative when given back."
        ),
        Column("currency", TEXT, "$.totalAmount.shopMoney.currencyCode"),
        Column("total_amount_presentment", DECIMAL, "$.totalAmount.presentmentMoney.amount"),
        Column("presentment_currency", TEXT, "$.totalAmount.presentmentMoney.currencyCode"),
        _shop_money("discount_before_taxes", "$.totalDiscountAmountBeforeTaxes"),
        _shop_money("tax", "$.totalTaxAmount"),
    ),
    primary_key=("sale_id",),
    where=(KIND, "Sale"),
    ignored=LINE_MARKS,
    description="One row per sale of an agreement: the append-only ledger of an order. Never removed.",
)
