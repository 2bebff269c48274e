"""The raw tables of orders and payments. Amounts are cents (``…_cents``) with their places (``fraction_digits``)."""

from __future__ import annotations

from fondaco.sources.stream import MOST_CENTS, MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON, DOUBLE = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON, ColumnType.DOUBLE

_ORDER_ID = Column("order_id", TEXT, "^.id")
RESOURCE_FIELDS = ("version", "createdBy", "lastModifiedBy", "custom", "versionModifiedAt")


def _taxed(path: str) -> tuple[Column, ...]:
    return (
        Column(
            "net_cents",
            BIGINT,
            f"{path}.totalNet.centAmount",
            "Null where no tax was set.",
            largest=MOST_CENTS,
        ),
        Column("gross_cents", BIGINT, f"{path}.totalGross.centAmount", largest=MOST_CENTS),
    )


def _price(path: str) -> tuple[Column, ...]:
    """An amount that may have more places than the currency."""
    return (
        Column("price_type", TEXT, f"{path}.type", "centPrecision or highPrecision"),
        Column("price_cents", BIGINT, f"{path}.centAmount", largest=MOST_CENTS),
        Column(
            "price_precise",
            BIGINT,
            f"{path}.preciseAmount",
            "Instead of the cents where highPrecision.",
            largest=1000 * MOST_CENTS,
        ),
        Column("price_fraction_digits", BIGINT, f"{path}.fractionDigits"),
    )


ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", TEXT, "$.id"),
        Column("order_number", TEXT, "$.orderNumber"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("modified_at", TIMESTAMP, "$.lastModifiedAt"),
        Column("completed_at", TIMESTAMP, "$.completedAt", "Business time of an imported order; else absent."),
        Column("customer_id", TEXT, "$.customerId"),
        Column("anonymous_id", TEXT, "$.anonymousId"),
        Column("email", TEXT, "$.customerEmail"),
        Column("phone", TEXT, "$.billingAddress.phone"),
        Column("store_key", TEXT, "$.store.key"),
        Column("country", TEXT, "$.country"),
        Column("billing_country", TEXT, "$.billingAddress.country"),
        Column("billing_city", TEXT, "$.billingAddress.city"),
        Column("shipping_country", TEXT, "$.shippingAddress.country"),
        Column("shipping_city", TEXT, "$.shippingAddress.city"),
        Column("origin", TEXT, "$.origin", "Customer, Merchant, Quote"),
        Column("order_state", TEXT, "$.orderState", "Open, Confirmed, Complete, Cancelled"),
        Column("payment_state", TEXT, "$.paymentState"),
        Column("shipment_state", TEXT, "$.shipmentState"),
        Column("tax_mode", TEXT, "$.taxMode"),
        Column("currency", TEXT, "$.totalPrice.currencyCode"),
        Column("fraction_digits", BIGINT, "$.totalPrice.fractionDigits"),
        Column("total_cents", BIGINT, "$.totalPrice.centAmount", "Tax included only where prices include it.", largest=MOST_CENTS),
        *_taxed("$.taxedPrice"),
        Column("shipping_mode", TEXT, "$.shippingMode", "Single or Multiple"),
        Column("shipping_method", TEXT, "$.shippingInfo.shippingMethodName"),
        Column("shipping_cents", BIGINT, "$.shippingInfo.price.centAmount", largest=MOST_CENTS),
        Column("shipping_discounted_cents", BIGINT, "$.shippingInfo.discountedPrice.value.centAmount", largest=MOST_CENTS),
        Column("shipping_net_cents", BIGINT, "$.shippingInfo.taxedPrice.totalNet.centAmount", largest=MOST_CENTS),
        Column("shipping_gross_cents", BIGINT, "$.shippingInfo.taxedPrice.totalGross.centAmount", largest=MOST_CENTS),
        Column("discount_cents", BIGINT, "$.discountOnTotalPrice.discountedAmount.centAmount", largest=MOST_CENTS),
        Column("discount_net_cents", BIGINT, "$.discountOnTotalPrice.discountedNetAmount.centAmount", largest=MOST_CENTS),
        Column("discount_gross_cents", BIGINT, "$.discountOnTotalPrice.discountedGrossAmount.centAmount", largest=MOST_CENTS),
        Column("deliveries", JSON, "$.shippingInfo.deliveries"),
    ),
    primary_key=("order_id",),
    ignored=(
        *RESOURCE_FIELDS, "purchaseOrderNumber", "customerGroup", "businessUnit", "lineItems", "customLineItems",
        "taxedShippingPrice", "priceRoundingMode", "taxRoundingMode", "taxCalculationMode", "inventoryMode",
        "shippingKey", "shippingRateInput", "shippingCustomFields", "shipping", "itemShippingAddresses",
        "discountCodes", "directDiscounts", "refusedGifts", "paymentInfo", "locale", "cart", "quote",
        "recurringOrder", "state", "syncInfo", "returnInfo", "discountTypeCombination",
        "lastMessageSequenceNumber",
    ),
    description="One row per order, as it is now.",
)  # fmt: skip

ORDER_LINES = Table(
    "order_lines",
    each=("$.lineItems",),
    columns=(
        _ORDER_ID,
        Column("line_id", TEXT, "$.id"),
        Column("line_index", BIGINT, "#"),
        Column("product_id", TEXT, "$.productId"),
        Column("product_key", TEXT, "$.productKey"),
        Column("variant_number", BIGINT, "$.variant.id", "1 is the master variant; unique within the product."),
        Column("sku", TEXT, "$.variant.sku"),
        Column("name", TEXT, "$.fondaco.name"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        *_price("$.price.value"),
        Column("discounted_price_cents", BIGINT, "$.price.discounted.value.centAmount", "Sale price of one.", largest=MOST_CENTS),
        Column("total_cents", BIGINT, "$.totalPrice.centAmount", "Of the whole line, after all its discounts.", largest=MOST_CENTS),
        Column("currency", TEXT, "$.totalPrice.currencyCode"),
        Column("fraction_digits", BIGINT, "$.totalPrice.fractionDigits"),
        *_taxed("$.taxedPrice"),
        Column("tax_rate", DOUBLE, "$.taxRate.amount"),
        Column("tax_included", BOOL, "$.taxRate.includedInPrice"),
        Column("line_mode", TEXT, "$.lineItemMode", "Standard or GiftLineItem"),
    ),
    primary_key=("order_id", "line_id"),
    parent_key=("order_id",),
    ignored=(
        "key", "name", "productSlug", "productType", "discountedPricePerQuantity", "taxedPricePortions", "state",
        "perMethodTaxRate", "supplyChannel", "distributionChannel", "priceMode", "inventoryMode",
        "shippingDetails", "reservation", "custom", "addedAt", "lastModifiedAt", "recurrenceInfo",
    ),
    description="One row per product line of an order.",
)  # fmt: skip

CUSTOM_LINES = Table(
    "custom_lines",
    each=("$.customLineItems",),
    columns=(
        _ORDER_ID,
        Column("line_id", TEXT, "$.id"),
        Column("slug", TEXT, "$.slug"),
        Column("name", TEXT, "$.fondaco.name"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        *_price("$.money"),
        Column("total_cents", BIGINT, "$.totalPrice.centAmount", largest=MOST_CENTS),
        Column("currency", TEXT, "$.totalPrice.currencyCode"),
        Column("fraction_digits", BIGINT, "$.totalPrice.fractionDigits"),
        *_taxed("$.taxedPrice"),
        Column("tax_included", BOOL, "$.taxRate.includedInPrice"),
    ),
    primary_key=("order_id", "line_id"),
    parent_key=("order_id",),
    ignored=(
        "key", "name", "taxedPricePortions", "state", "taxCategory", "perMethodTaxRate", "discountedPricePerQuantity",
        "custom", "shippingDetails", "priceMode", "recurrenceInfo",
    ),
    description="One row per line without a product: a fee, a service, a surcharge.",
)  # fmt: skip

LINE_DISCOUNTS = Table(
    "line_discounts",
    each=("$.lineItems", "$.discountedPricePerQuantity", "$.discountedPrice.includedDiscounts"),
    columns=(
        Column("order_id", TEXT, "^^^.id"),
        Column("line_id", TEXT, "^^.id"),
        Column(
            "quantity",
            BIGINT,
            "^.quantity",
            "Units of the line that have this discount.",
            largest=MOST_PIECES,
        ),
        Column("cart_discount_id", TEXT, "$.discount.id"),
        Column(
            "price_cents",
            BIGINT,
            "^.discountedPrice.value.centAmount",
            "Of one unit after all discounts.",
            largest=MOST_CENTS,
        ),
        Column("unit_type", TEXT, "$.discountedAmount.type"),
        Column(
            "unit_cents",
            BIGINT,
            "$.discountedAmount.centAmount",
            "Off one unit, positive.",
            largest=MOST_CENTS,
        ),
        Column("unit_precise", BIGINT, "$.discountedAmount.preciseAmount", largest=1000 * MOST_CENTS),
        Column("fraction_digits", BIGINT, "$.discountedAmount.fractionDigits"),
        Column("discount_index", BIGINT, "#"),
    ),
    primary_key=("order_id", "line_id", "quantity", "price_cents", "cart_discount_id", "discount_index"),
    parent_key=("order_id",),
    description="One row per cart discount of a part of a line.",
)

ORDER_DISCOUNT_CODES = Table(
    "order_discount_codes",
    each=("$.discountCodes",),
    columns=(
        _ORDER_ID,
        Column("discount_code_id", TEXT, "$.discountCode.id"),
        Column("state", TEXT, "$.state", "MatchesCart where the code was worth something."),
    ),
    primary_key=("order_id", "discount_code_id"),
    parent_key=("order_id",),
    description="One row per discount code that was entered.",
)

RETURN_ITEMS = Table(
    "return_items",
    each=("$.returnInfo", "$.items"),
    columns=(
        Column("order_id", TEXT, "^^.id"),
        Column("return_item_id", TEXT, "$.id"),
        Column("return_tracking_id", TEXT, "^.returnTrackingId"),
        Column("returned_at", TIMESTAMP, "^.returnDate"),
        Column("item_type", TEXT, "$.type", "LineItemReturnItem or CustomLineItemReturnItem"),
        Column("line_id", TEXT, "$.lineItemId"),
        Column("custom_line_id", TEXT, "$.customLineItemId"),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column("shipment_state", TEXT, "$.shipmentState"),
        Column("payment_state", TEXT, "$.paymentState", "NonRefundable, Initial, Refunded, NotRefunded"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("modified_at", TIMESTAMP, "$.lastModifiedAt"),
    ),
    primary_key=("order_id", "return_item_id"),
    parent_key=("order_id",),
    ignored=("key", "comment", "custom"),
    description="One row per line that came back. It has no amount: money stands in the payments.",
)

ORDER_SHIPPINGS = Table(
    "order_shippings",
    each=("$.shipping",),
    columns=(
        _ORDER_ID,
        Column("shipping_key", TEXT, "$.shippingKey"),
        Column("shipping_method", TEXT, "$.shippingInfo.shippingMethodName"),
        Column("price_cents", BIGINT, "$.shippingInfo.price.centAmount", largest=MOST_CENTS),
        Column(
            "discounted_cents", BIGINT, "$.shippingInfo.discountedPrice.value.centAmount", largest=MOST_CENTS
        ),
        Column("currency", TEXT, "$.shippingInfo.price.currencyCode"),
        Column("fraction_digits", BIGINT, "$.shippingInfo.price.fractionDigits"),
        *_taxed("$.shippingInfo.taxedPrice"),
    ),
    primary_key=("order_id", "shipping_key"),
    parent_key=("order_id",),
    ignored=("shippingAddress", "shippingRateInput", "shippingCustomFields"),
    description="One row per shipment of an order with several (shippingMode Multiple).",
)

ORDER_PAYMENTS = Table(
    "order_payments",
    each=("$.paymentInfo.payments",),
    columns=(_ORDER_ID, Column("payment_id", TEXT, "$.id")),
    primary_key=("order_id", "payment_id"),
    parent_key=("order_id",),
    ignored=("typeId", "obj"),
    description="Which payments an order has.",
)

PAYMENTS = Table(
    "payments",
    columns=(
        Column("payment_id", TEXT, "$.id"),
        Column("key", TEXT, "$.key"),
        Column("interface_id", TEXT, "$.interfaceId", "The payment at the gateway."),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("modified_at", TIMESTAMP, "$.lastModifiedAt"),
        Column("gateway", TEXT, "$.paymentMethodInfo.paymentInterface"),
        Column("method", TEXT, "$.paymentMethodInfo.method"),
        Column("planned_cents", BIGINT, "$.amountPlanned.centAmount", largest=MOST_CENTS),
        Column("currency", TEXT, "$.amountPlanned.currencyCode"),
        Column("fraction_digits", BIGINT, "$.amountPlanned.fractionDigits"),
        Column("refunds_without_return", TEXT, "$.fondaco.refunds_without_return", "The connection's setting."),
    ),
    primary_key=("payment_id",),
    ignored=(
        *RESOURCE_FIELDS, "customer", "anonymousId", "externalId", "amountAuthorized", "authorizedUntil",
        "amountPaid", "amountRefunded", "paymentStatus", "transactions", "interfaceInteractions",
    ),
    description="One row per payment.",
)  # fmt: skip

TRANSACTIONS = Table(
    "transactions",
    each=("$.transactions",),
    columns=(
        Column("payment_id", TEXT, "^.id"),
        Column("transaction_id", TEXT, "$.id"),
        Column("happened_at", TIMESTAMP, "$.timestamp", "Absent where the gateway told none."),
        Column("type", TEXT, "$.type", "Authorization, CancelAuthorization, Charge, Refund, Chargeback"),
        Column("state", TEXT, "$.state", "Initial, Pending, Success, Failure"),
        Column("amount_cents", BIGINT, "$.amount.centAmount", largest=MOST_CENTS),
        Column("currency", TEXT, "$.amount.currencyCode"),
        Column("fraction_digits", BIGINT, "$.amount.fractionDigits"),
        Column("interaction_id", TEXT, "$.interactionId"),
    ),
    primary_key=("payment_id", "transaction_id"),
    parent_key=("payment_id",),
    ignored=("custom", "interfaceId"),
    description="One row per movement of a payment.",
)
