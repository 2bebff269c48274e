"""The raw tables of orders, invoices, shipments, credit memos and transactions.

Magento says every amount twice: in the currency of the website's books (``base_…``) and in the one that the customer saw. The
first is read, for all of a website's orders have it in common; of the second an order's total.
"""

from __future__ import annotations

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP = ColumnType.BOOL, ColumnType.TIMESTAMP

_TIMES = (
    Column("created_at", TIMESTAMP, "$.created_at"),
    Column("updated_at", TIMESTAMP, "$.updated_at"),
)
_PIECES = "Pieces, or parts of one."


def _base(*names: str) -> tuple[Column, ...]:
    """Amounts in the currency of the books, called as Magento calls them without ``base_``."""
    return tuple(Column(name, DECIMAL, f"$.base_{name}") for name in names)


def _extra(*names: str) -> tuple[Column, ...]:
    """Amounts that Adobe Commerce or an extension adds, as records.py hands them on."""
    return tuple(Column(name, DECIMAL, f"$.fondaco.{name}") for name in names)


def _pieces(name: str, description: str = "") -> Column:
    return Column(name, DECIMAL, f"$.{name}", description or _PIECES, largest=MOST_PIECES)


ORDERS = Table(
    "orders",
    columns=(
        Column("order_id", BIGINT, "$.entity_id"),
        Column("increment_id", TEXT, "$.increment_id", "The number that merchant and customer see."),
        Column("store_id", BIGINT, "$.store_id", "The store view that it was placed in."),
        Column("state", TEXT, "$.state", "new, pending_payment, processing, complete, closed, canceled, holded, …"),
        Column("status", TEXT, "$.status", "The merchant's own word; each belongs to a state."),
        *_TIMES,
        Column("base_currency", TEXT, "$.base_currency_code", "Of all amounts but order_grand_total."),
        Column("order_currency", TEXT, "$.order_currency_code", "What the customer saw."),
        Column("global_currency", TEXT, "$.global_currency_code"),
        Column("base_to_order_rate", DECIMAL, "$.base_to_order_rate"),
        Column("base_to_global_rate", DECIMAL, "$.base_to_global_rate"),
        *_base(
            "subtotal", "discount_amount", "tax_amount", "discount_tax_compensation_amount", "shipping_amount",
            "shipping_tax_amount", "shipping_discount_amount", "grand_total", "total_paid", "total_due",
            "total_canceled", "total_refunded", "total_online_refunded", "total_offline_refunded",
            "shipping_canceled",
        ),
        Column(
            "shipping_discount_tax_compensation", DECIMAL, "$.base_shipping_discount_tax_compensation_amnt"
        ),
        Column("order_grand_total", DECIMAL, "$.grand_total", "In the currency that the customer saw."),
        *_extra(
            "customer_balance_amount", "gift_cards_amount", "reward_currency_amount", "wrapping_amount",
            "wrapping_tax_amount",
        ),
        Column("customer_id", BIGINT, "$.customer_id", "Null for a guest."),
        Column("is_guest", BOOL, "$.customer_is_guest"),
        Column("email", TEXT, "$.customer_email"),
        Column("phone", TEXT, "$.billing_address.telephone"),
        Column("billing_city", TEXT, "$.billing_address.city"),
        Column("billing_country", TEXT, "$.billing_address.country_id"),
        Column("shipping_city", TEXT, "$.fondaco.shipping_city"),
        Column("shipping_country", TEXT, "$.fondaco.shipping_country"),
        Column("placed_by_visitor", BOOL, "$.fondaco.placed_by_visitor", "False: by staff, or by another system."),
        Column("coupon_code", TEXT, "$.coupon_code"),
        Column("discount_description", TEXT, "$.discount_description"),
        Column("shipping_method", TEXT, "$.shipping_description"),
        Column("payment_method", TEXT, "$.payment.method"),
        Column("amount_authorized", DECIMAL, "$.payment.base_amount_authorized"),
        Column("weight", DECIMAL, "$.weight"),
        Column("weight_unit", TEXT, "$.fondaco.weight_unit", "lbs or kgs, as the store view is set now."),
    ),
    primary_key=("order_id",),
    ignored=(
        "adjustment_negative", "adjustment_positive", "applied_rule_ids", "base_adjustment_negative",
        "base_adjustment_positive", "base_discount_canceled", "base_discount_invoiced",
        "base_discount_refunded", "base_discount_tax_compensation_invoiced",
        "base_discount_tax_compensation_refunded", "base_shipping_incl_tax", "base_shipping_invoiced",
        "base_shipping_refunded", "base_shipping_tax_refunded", "base_subtotal_canceled",
        "base_subtotal_incl_tax", "base_subtotal_invoiced", "base_subtotal_refunded", "base_tax_canceled",
        "base_tax_invoiced", "base_tax_refunded", "base_total_invoiced", "base_total_invoiced_cost",
        "base_total_qty_ordered", "billing_address_id", "can_ship_partially", "can_ship_partially_item",
        "customer_dob", "customer_firstname", "customer_gender", "customer_group_id", "customer_lastname",
        "customer_middlename", "customer_note", "customer_note_notify", "customer_prefix",
        "customer_suffix", "customer_taxvat", "discount_amount", "discount_canceled", "discount_invoiced",
        "discount_refunded", "edit_increment", "email_sent", "ext_customer_id", "ext_order_id",
        "forced_shipment_with_invoice", "discount_tax_compensation_amount",
        "discount_tax_compensation_invoiced", "discount_tax_compensation_refunded", "hold_before_state",
        "hold_before_status", "is_virtual", "original_increment_id", "payment_authorization_amount",
        "payment_auth_expiration", "protect_code", "quote_address_id", "quote_id", "relation_child_id",
        "relation_child_real_id", "relation_parent_id", "relation_parent_real_id", "remote_ip",
        "shipping_amount", "shipping_canceled", "shipping_discount_amount",
        "shipping_discount_tax_compensation_amount", "shipping_incl_tax", "shipping_invoiced",
        "shipping_refunded", "shipping_tax_amount", "shipping_tax_refunded", "store_currency_code",
        "store_name", "store_to_base_rate", "store_to_order_rate", "subtotal", "subtotal_canceled",
        "subtotal_incl_tax", "subtotal_invoiced", "subtotal_refunded", "tax_amount", "tax_canceled",
        "tax_invoiced", "tax_refunded", "total_canceled", "total_due", "total_invoiced", "total_item_count",
        "total_offline_refunded", "total_online_refunded", "total_paid", "total_qty_ordered",
        "total_refunded", "x_forwarded_for", "items", "status_histories", "extension_attributes", "fondaco",
        "billing_address", "payment",
    ),
    description="One row per order, as it is now.",
)  # fmt: skip

ORDER_ITEMS = Table(
    "order_items",
    each=("$.items",),
    columns=(
        Column("order_id", BIGINT, "^.entity_id"),
        Column("item_id", BIGINT, "$.item_id"),
        Column("item_index", BIGINT, "#"),
        Column("parent_item_id", BIGINT, "$.parent_item_id", "Of a chosen variant, or a part of a bundle: the row it belongs to."),
        Column("product_id", BIGINT, "$.product_id"),
        Column("product_type", TEXT, "$.product_type", "simple, configurable, bundle, grouped, virtual, downloadable, giftcard, …"),
        Column("sku", TEXT, "$.sku"),
        Column("name", TEXT, "$.name"),
        Column("is_virtual", BOOL, "$.is_virtual"),
        _pieces("qty_ordered"),
        _pieces("qty_canceled"),
        _pieces("qty_invoiced"),
        _pieces("qty_shipped"),
        _pieces("qty_refunded"),
        Column("price", DECIMAL, "$.base_price", "Of one piece, before tax."),
        Column("price_incl_tax", DECIMAL, "$.base_price_incl_tax"),
        Column("original_price", DECIMAL, "$.base_original_price", "As it stands in the catalogue."),
        *_base("row_total", "discount_amount", "tax_amount", "discount_tax_compensation_amount"),
        Column("tax_percent", DECIMAL, "$.tax_percent"),
        Column("fixed_tax_amount", DECIMAL, "$.base_weee_tax_applied_row_amnt", "Fixed product taxes, such as for recycling."),
        Column("unit_cost", DECIMAL, "$.base_cost", "What a piece cost when it was ordered."),
        Column("row_weight", DECIMAL, "$.row_weight"),
    ),
    primary_key=("order_id", "item_id"),
    parent_key=("order_id",),
    ignored=(
        "additional_data", "amount_refunded", "applied_rule_ids", "base_amount_refunded",
        "base_discount_invoiced", "base_discount_refunded", "base_discount_tax_compensation_invoiced",
        "base_discount_tax_compensation_refunded", "base_row_invoiced", "base_row_total_incl_tax",
        "base_tax_before_discount", "base_tax_invoiced", "base_tax_refunded",
        "base_weee_tax_applied_amount", "base_weee_tax_disposition", "base_weee_tax_row_disposition",
        "created_at", "description", "discount_amount", "discount_invoiced", "discount_percent",
        "discount_refunded", "event_id", "ext_order_item_id", "free_shipping", "gw_base_price",
        "gw_base_price_invoiced", "gw_base_price_refunded", "gw_base_tax_amount",
        "gw_base_tax_amount_invoiced", "gw_base_tax_amount_refunded", "gw_id", "gw_price",
        "gw_price_invoiced", "gw_price_refunded", "gw_tax_amount", "gw_tax_amount_invoiced",
        "gw_tax_amount_refunded", "discount_tax_compensation_amount", "discount_tax_compensation_canceled",
        "discount_tax_compensation_invoiced", "discount_tax_compensation_refunded", "is_qty_decimal",
        "locked_do_invoice", "locked_do_ship", "no_discount", "order_id", "original_price", "price",
        "price_incl_tax", "qty_backordered", "qty_returned", "quote_item_id", "row_invoiced", "row_total",
        "row_total_incl_tax", "store_id", "tax_amount", "tax_before_discount", "tax_canceled",
        "tax_invoiced", "tax_refunded", "updated_at", "weee_tax_applied", "weee_tax_applied_amount",
        "weee_tax_applied_row_amount", "weee_tax_disposition", "weee_tax_row_disposition", "weight",
        "parent_item", "product_option", "extension_attributes",
    ),
    description="One row per item of an order: chosen variants stand below their product, parts below their bundle.",
)  # fmt: skip

ORDER_COUPONS = Table(
    "order_coupons",
    each=("$.fondaco.coupons",),
    columns=(
        Column("order_id", BIGINT, "^.entity_id"),
        Column("code", TEXT, "$.code"),
    ),
    primary_key=("order_id", "code"),
    parent_key=("order_id",),
    description="One row per coupon code of an order.",
)

INVOICES = Table(
    "invoices",
    columns=(
        Column("invoice_id", BIGINT, "$.entity_id"),
        Column("order_id", BIGINT, "$.order_id"),
        Column("increment_id", TEXT, "$.increment_id"),
        Column("state", BIGINT, "$.state", "1 open, 2 paid, 3 cancelled."),
        *_TIMES,
        Column("base_currency", TEXT, "$.base_currency_code"),
        *_base("subtotal", "discount_amount", "tax_amount", "shipping_amount", "grand_total"),
        *_extra("customer_balance_amount", "gift_cards_amount"),
        Column("transaction_id", TEXT, "$.transaction_id"),
    ),
    primary_key=("invoice_id",),
    ignored=(
        "base_discount_tax_compensation_amount", "base_shipping_discount_tax_compensation_amnt",
        "base_shipping_incl_tax", "base_shipping_tax_amount", "base_subtotal_incl_tax",
        "base_total_refunded", "base_to_global_rate", "base_to_order_rate", "billing_address_id",
        "can_void_flag", "discount_amount", "discount_description", "email_sent", "global_currency_code",
        "grand_total", "discount_tax_compensation_amount", "is_used_for_refund", "order_currency_code",
        "shipping_address_id", "shipping_amount", "shipping_discount_tax_compensation_amount",
        "shipping_incl_tax", "shipping_tax_amount", "store_currency_code", "store_id", "store_to_base_rate",
        "store_to_order_rate", "subtotal", "subtotal_incl_tax", "tax_amount", "total_qty", "items",
        "comments", "extension_attributes", "fondaco",
    ),
    description="One row per invoice: in Magento, money comes in by invoices.",
)  # fmt: skip

SHIPMENTS = Table(
    "shipments",
    columns=(
        Column("shipment_id", BIGINT, "$.entity_id"),
        Column("order_id", BIGINT, "$.order_id"),
        Column("increment_id", TEXT, "$.increment_id"),
        *_TIMES,
        Column("source_code", TEXT, "$.extension_attributes.source_code", "The stock source that it left from."),
        _pieces("total_qty"),
    ),
    primary_key=("shipment_id",),
    ignored=(
        "billing_address_id", "customer_id", "email_sent", "packages", "shipment_status",
        "shipping_address_id", "shipping_label", "store_id", "total_weight", "items", "tracks", "comments",
        "extension_attributes",
    ),
    description="One row per shipment.",
)  # fmt: skip

SHIPMENT_ITEMS = Table(
    "shipment_items",
    each=("$.items",),
    columns=(
        Column("shipment_id", BIGINT, "^.entity_id"),
        Column("shipment_item_id", BIGINT, "$.entity_id"),
        Column("order_item_id", BIGINT, "$.order_item_id"),
        Column("product_id", BIGINT, "$.product_id"),
        Column("sku", TEXT, "$.sku"),
        _pieces("qty"),
    ),
    primary_key=("shipment_id", "shipment_item_id"),
    parent_key=("shipment_id",),
    ignored=(
        "additional_data", "description", "name", "parent_id", "price", "row_total", "weight",
        "extension_attributes",
    ),
    description="One row per item of a shipment.",
)  # fmt: skip

CREDIT_MEMOS = Table(
    "credit_memos",
    columns=(
        Column("credit_memo_id", BIGINT, "$.entity_id"),
        Column("order_id", BIGINT, "$.order_id"),
        Column("invoice_id", BIGINT, "$.invoice_id"),
        Column("increment_id", TEXT, "$.increment_id"),
        Column("state", BIGINT, "$.state", "1 open, 2 refunded, 3 cancelled."),
        *_TIMES,
        Column("base_currency", TEXT, "$.base_currency_code"),
        *_base(
            "subtotal", "discount_amount", "tax_amount", "discount_tax_compensation_amount", "shipping_amount",
            "shipping_tax_amount", "adjustment_positive", "adjustment_negative", "grand_total",
        ),
        Column(
            "shipping_discount_tax_compensation", DECIMAL, "$.base_shipping_discount_tax_compensation_amnt"
        ),
        *_extra("customer_balance_amount", "gift_cards_amount", "wrapping_amount", "wrapping_tax_amount"),
        Column("transaction_id", TEXT, "$.transaction_id"),
    ),
    primary_key=("credit_memo_id",),
    ignored=(
        "adjustment", "adjustment_negative", "adjustment_positive", "base_adjustment",
        "base_shipping_incl_tax", "base_subtotal_incl_tax", "base_to_global_rate", "base_to_order_rate",
        "billing_address_id", "creditmemo_status", "discount_amount", "discount_description", "email_sent",
        "global_currency_code", "grand_total", "discount_tax_compensation_amount", "order_currency_code",
        "shipping_address_id", "shipping_amount", "shipping_discount_tax_compensation_amount",
        "shipping_incl_tax", "shipping_tax_amount", "store_currency_code", "store_id", "store_to_base_rate",
        "store_to_order_rate", "subtotal", "subtotal_incl_tax", "tax_amount", "items", "comments",
        "extension_attributes", "fondaco",
    ),
    description="One row per credit memo: in Magento, money goes back by credit memos.",
)  # fmt: skip

CREDIT_MEMO_ITEMS = Table(
    "credit_memo_items",
    each=("$.items",),
    columns=(
        Column("credit_memo_id", BIGINT, "^.entity_id"),
        Column("credit_memo_item_id", BIGINT, "$.entity_id"),
        Column("order_item_id", BIGINT, "$.order_item_id"),
        Column("product_id", BIGINT, "$.product_id"),
        Column("sku", TEXT, "$.sku"),
        _pieces("qty"),
        *_base("row_total", "discount_amount", "tax_amount", "discount_tax_compensation_amount"),
        Column("fixed_tax_amount", DECIMAL, "$.base_weee_tax_applied_row_amnt"),
    ),
    primary_key=("credit_memo_id", "credit_memo_item_id"),
    parent_key=("credit_memo_id",),
    ignored=(
        "additional_data", "base_cost", "base_price", "base_price_incl_tax", "base_row_total_incl_tax",
        "base_weee_tax_applied_amount", "base_weee_tax_disposition", "base_weee_tax_row_disposition",
        "description", "discount_amount", "discount_tax_compensation_amount", "name", "parent_id", "price",
        "price_incl_tax", "row_total", "row_total_incl_tax", "tax_amount", "weee_tax_applied",
        "weee_tax_applied_amount", "weee_tax_applied_row_amount", "weee_tax_disposition",
        "weee_tax_row_disposition", "extension_attributes",
    ),
    description="One row per item of a credit memo.",
)  # fmt: skip

TRANSACTIONS = Table(
    "transactions",
    columns=(
        Column("transaction_id", BIGINT, "$.transaction_id"),
        Column("parent_id", BIGINT, "$.parent_id"),
        Column("order_id", BIGINT, "$.order_id"),
        Column("txn_id", TEXT, "$.txn_id", "The gateway's own id."),
        Column("parent_txn_id", TEXT, "$.parent_txn_id"),
        Column("type", TEXT, "$.txn_type", "order, authorization, capture, void, refund; amounts it has none."),
        Column("is_closed", BOOL, "$.is_closed"),
        Column("created_at", TIMESTAMP, "$.created_at"),
    ),
    primary_key=("transaction_id",),
    ignored=(
        "payment_id", "additional_information", "child_transactions", "extension_attributes",
    ),
    description="One row per transaction with a gateway.",
)  # fmt: skip
