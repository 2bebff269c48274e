"""The raw tables of orders and refunds. Every amount on a line is before tax, whatever ``prices_include_tax`` says."""

from __future__ import annotations

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON

_LOCAL_TIMES = ("date_created", "date_modified", "date_paid", "date_completed")
_ORDER_ID = Column("order_id", BIGINT, "^.id")
_LINK_FIELDS = ("_links",)

ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", BIGINT, "$.id"),
        Column("parent_id", BIGINT, "$.parent_id"),
        Column("number", TEXT, "$.number", "What merchant and customer see; plugins may change it."),
        Column("order_key", TEXT, "$.order_key"),
        Column("created_via", TEXT, "$.created_via", "checkout, admin, rest-api, store-api, …"),
        Column("version", TEXT, "$.version", "WooCommerce's version when the order was last saved."),
        Column("status", TEXT, "$.status"),
        Column("currency", TEXT, "$.currency"),
        Column("created_at", TIMESTAMP, "$.date_created_gmt"),
        Column("modified_at", TIMESTAMP, "$.date_modified_gmt"),
        Column("paid_at", TIMESTAMP, "$.date_paid_gmt"),
        Column("completed_at", TIMESTAMP, "$.date_completed_gmt"),
        Column("discount_total", DECIMAL, "$.discount_total"),
        Column("discount_tax", DECIMAL, "$.discount_tax"),
        Column("shipping_total", DECIMAL, "$.shipping_total"),
        Column("shipping_tax", DECIMAL, "$.shipping_tax"),
        Column("cart_tax", DECIMAL, "$.cart_tax"),
        Column("total", DECIMAL, "$.total", "What the customer was to pay, tax included."),
        Column("total_tax", DECIMAL, "$.total_tax"),
        Column("prices_include_tax", BOOL, "$.prices_include_tax"),
        Column("customer_id", BIGINT, "$.customer_id", "0 for a guest."),
        Column("email", TEXT, "$.billing.email"),
        Column("phone", TEXT, "$.billing.phone"),
        Column("billing_first_name", TEXT, "$.billing.first_name"),
        Column("billing_last_name", TEXT, "$.billing.last_name"),
        Column("billing_city", TEXT, "$.billing.city"),
        Column("billing_country", TEXT, "$.billing.country"),
        Column("shipping_city", TEXT, "$.shipping.city"),
        Column("shipping_country", TEXT, "$.shipping.country"),
        Column("payment_method", TEXT, "$.payment_method"),
        Column("payment_method_title", TEXT, "$.payment_method_title"),
        Column("transaction_id", TEXT, "$.transaction_id"),
        Column(
            "payment_fee", DECIMAL, "$.fondaco.payment_fee", "What the gateway kept, by its own meta data."
        ),
        Column(
            "attribution_type", TEXT, "$.fondaco.attribution.source_type", "utm, organic, referral, typein, …"
        ),
        Column("utm_source", TEXT, "$.fondaco.attribution.utm_source"),
        Column("utm_medium", TEXT, "$.fondaco.attribution.utm_medium"),
        Column("utm_campaign", TEXT, "$.fondaco.attribution.utm_campaign"),
        Column("utm_term", TEXT, "$.fondaco.attribution.utm_term"),
        Column("utm_content", TEXT, "$.fondaco.attribution.utm_content"),
        Column("referrer", TEXT, "$.fondaco.attribution.referrer"),
        Column("session_entry", TEXT, "$.fondaco.attribution.session_entry"),
    ),
    primary_key=("order_id",),
    ignored=(
        *_LOCAL_TIMES,
        *_LINK_FIELDS,
        "billing",
        "shipping",
        "line_items",
        "shipping_lines",
        "fee_lines",
        "coupon_lines",
        "tax_lines",
        "refunds",
        "meta_data",
        "customer_ip_address",
        "customer_user_agent",
        "customer_note",
        "cart_hash",
        "payment_url",
        "is_editable",
        "needs_payment",
        "needs_processing",
        "currency_symbol",
        "cost_of_goods_sold",
    ),
    description="One row per order, as it is now.",
)

ORDER_LINES = Table(
    "order_lines",
    each=("$.line_items",),
    columns=(
        _ORDER_ID,
        Column("line_id", BIGINT, "$.id"),
        Column("line_index", BIGINT, "#"),
        Column("name", TEXT, "$.name"),
        Column("product_id", BIGINT, "$.product_id", "0 once the product is deleted."),
        Column("variation_id", BIGINT, "$.variation_id", "0 for a product without variations."),
        Column("quantity", BIGINT, "$.quantity", largest=MOST_PIECES),
        Column("tax_class", TEXT, "$.tax_class"),
        Column("subtotal", DECIMAL, "$.subtotal", "Of the whole line, before coupons, before tax."),
        Column("subtotal_tax", DECIMAL, "$.subtotal_tax"),
        Column("total", DECIMAL, "$.total", "Of the whole line, after coupons, before tax."),
        Column("total_tax", DECIMAL, "$.total_tax"),
        Column("sku", TEXT, "$.sku"),
        Column("price", DECIMAL, "$.price", "One unit after coupons, before tax."),
        Column(
            "cost", DECIMAL, "$.cost_of_goods_sold.value", "Of the whole line, where cost of goods is on."
        ),
        Column(
            "reduced_stock",
            BIGINT,
            "$.fondaco.reduced_stock",
            "Pieces that the line holds out of stock; null where the shop keeps no stock of the product.",
        ),
        Column(
            "restocked",
            BIGINT,
            "$.fondaco.restocked",
            "Pieces that refunds have put back into stock, all together.",
        ),
    ),
    primary_key=("order_id", "line_id"),
    parent_key=("order_id",),
    ignored=(
        "taxes",
        "meta_data",
        "image",
        "parent_name",
        "global_unique_id",
        "cost_of_goods_sold",
        "fondaco",
    ),
    description="One row per product line of an order.",
)

ORDER_SHIPPING_LINES = Table(
    "order_shipping_lines",
    each=("$.shipping_lines",),
    columns=(
        _ORDER_ID,
        Column("shipping_line_id", BIGINT, "$.id"),
        Column("method_id", TEXT, "$.method_id"),
        Column("method_title", TEXT, "$.method_title"),
        Column("total", DECIMAL, "$.total"),
        Column("total_tax", DECIMAL, "$.total_tax"),
    ),
    primary_key=("order_id", "shipping_line_id"),
    parent_key=("order_id",),
    ignored=("taxes", "meta_data", "instance_id", "tax_status"),
    description="One row per shipping charge of an order.",
)

ORDER_FEE_LINES = Table(
    "order_fee_lines",
    each=("$.fee_lines",),
    columns=(
        _ORDER_ID,
        Column("fee_line_id", BIGINT, "$.id"),
        Column("name", TEXT, "$.name"),
        Column("tax_class", TEXT, "$.tax_class"),
        Column("tax_status", TEXT, "$.tax_status"),
        Column("total", DECIMAL, "$.total", "Negative where a fee is used as a discount."),
        Column("total_tax", DECIMAL, "$.total_tax"),
    ),
    primary_key=("order_id", "fee_line_id"),
    parent_key=("order_id",),
    ignored=("taxes", "meta_data", "amount"),
    description="One row per fee that the customer was charged.",
)

ORDER_COUPON_LINES = Table(
    "order_coupon_lines",
    each=("$.coupon_lines",),
    columns=(
        _ORDER_ID,
        Column("coupon_line_id", BIGINT, "$.id"),
        Column("code", TEXT, "$.code"),
        Column("discount", DECIMAL, "$.discount", "Before tax, positive."),
        Column("discount_tax", DECIMAL, "$.discount_tax"),
        Column(
            "discount_type",
            TEXT,
            "$.discount_type",
            "percent, fixed_cart, fixed_product; newer versions only.",
        ),
    ),
    primary_key=("order_id", "coupon_line_id"),
    parent_key=("order_id",),
    ignored=("meta_data", "nominal_amount", "free_shipping"),
    description="One row per coupon that an order used.",
)

ORDER_TAX_LINES = Table(
    "order_tax_lines",
    each=("$.tax_lines",),
    columns=(
        _ORDER_ID,
        Column("tax_line_id", BIGINT, "$.id"),
        Column("rate_id", BIGINT, "$.rate_id"),
        Column("rate_code", TEXT, "$.rate_code"),
        Column("label", TEXT, "$.label"),
        Column("is_compound", BOOL, "$.compound"),
        Column("rate_percent", DECIMAL, "$.rate_percent"),
        Column("tax_total", DECIMAL, "$.tax_total"),
        Column("shipping_tax_total", DECIMAL, "$.shipping_tax_total"),
    ),
    primary_key=("order_id", "tax_line_id"),
    parent_key=("order_id",),
    ignored=("meta_data",),
    description="One row per tax rate of an order.",
)

ORDER_REFUND_REFS = Table(
    "order_refund_refs",
    each=("$.refunds",),
    columns=(
        _ORDER_ID,
        Column("refund_id", BIGINT, "$.id"),
        Column("reason", TEXT, "$.reason"),
        Column(
            "total", DECIMAL, "$.total", "Negative; 0 in some versions with high-performance order storage."
        ),
    ),
    primary_key=("order_id", "refund_id"),
    parent_key=("order_id",),
    ignored=("refund",),
    description="What an order says of its refunds. Not to be relied on: the table refunds is.",
)

REFUNDS = Table(
    "refunds",
    columns=(
        Column("refund_id", BIGINT, "$.id"),
        Column("order_id", BIGINT, "$.parent_id"),
        Column("created_at", TIMESTAMP, "$.date_created_gmt"),
        Column("amount", DECIMAL, "$.amount", "Given back, tax included, positive."),
        Column("reason", TEXT, "$.reason"),
        Column("refunded_by", BIGINT, "$.refunded_by"),
        Column(
            "is_paid_back", BOOL, "$.refunded_payment", "False: the merchant gave the money back by hand."
        ),
        Column("refund_type", TEXT, "$.fondaco.refund_type", "full where WooCommerce marked the refund so."),
    ),
    primary_key=("refund_id",),
    ignored=(
        *_LINK_FIELDS,
        "date_created",
        "meta_data",
        "line_items",
        "shipping_lines",
        "fee_lines",
        "tax_lines",
        "coupon_lines",
        "fondaco",
        "api_refund",
        "api_restock",
    ),
    description="One row per refund, from the refunds feed and from the orders that changed.",
)

_REFUND_ID = Column("refund_id", BIGINT, "^.id")
_REFUNDED_ITEM = Column("refunded_item_id", BIGINT, "$.fondaco.refunded_item_id", "The order's line.")

REFUND_LINES = Table(
    "refund_lines",
    each=("$.line_items",),
    columns=(
        _REFUND_ID,
        Column("line_id", BIGINT, "$.id"),
        Column("order_id", BIGINT, "^.parent_id"),
        _REFUNDED_ITEM,
        Column("name", TEXT, "$.name"),
        Column("product_id", BIGINT, "$.product_id"),
        Column("variation_id", BIGINT, "$.variation_id"),
        Column("quantity", BIGINT, "$.quantity", "Negative, or 0 where only money came back.", largest=MOST_PIECES),
        Column("subtotal", DECIMAL, "$.subtotal"),
        Column("total", DECIMAL, "$.total", "Negative, before tax."),
        Column("total_tax", DECIMAL, "$.total_tax", "Negative."),
        Column("sku", TEXT, "$.sku"),
    ),
    primary_key=("refund_id", "line_id"),
    parent_key=("refund_id",),
    ignored=(
        "taxes", "meta_data", "tax_class", "subtotal_tax", "price", "refund_total", "image", "parent_name",
        "global_unique_id", "cost_of_goods_sold", "fondaco",
    ),
    description="One row per product line of a refund.",
)  # fmt: skip

REFUND_SHIPPING_LINES = Table(
    "refund_shipping_lines",
    each=("$.shipping_lines",),
    columns=(
        _REFUND_ID,
        Column("line_id", BIGINT, "$.id"),
        Column("order_id", BIGINT, "^.parent_id"),
        _REFUNDED_ITEM,
        Column("method_title", TEXT, "$.method_title"),
        Column("total", DECIMAL, "$.total", "Negative, before tax."),
        Column("total_tax", DECIMAL, "$.total_tax", "Negative."),
    ),
    primary_key=("refund_id", "line_id"),
    parent_key=("refund_id",),
    ignored=("taxes", "meta_data", "method_id", "instance_id", "tax_status", "refund_total", "fondaco"),
    description="One row per shipping charge given back.",
)

REFUND_FEE_LINES = Table(
    "refund_fee_lines",
    each=("$.fee_lines",),
    columns=(
        _REFUND_ID,
        Column("line_id", BIGINT, "$.id"),
        Column("order_id", BIGINT, "^.parent_id"),
        _REFUNDED_ITEM,
        Column("name", TEXT, "$.name"),
        Column("total", DECIMAL, "$.total", "Negative, before tax."),
        Column("total_tax", DECIMAL, "$.total_tax", "Negative."),
    ),
    primary_key=("refund_id", "line_id"),
    parent_key=("refund_id",),
    ignored=("taxes", "meta_data", "amount", "tax_class", "tax_status", "refund_total", "fondaco"),
    description="One row per fee given back.",
)
