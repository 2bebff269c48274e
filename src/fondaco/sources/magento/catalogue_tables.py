"""The raw tables of customers, products, categories, stock and discounts."""

from __future__ import annotations

from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP = ColumnType.BOOL, ColumnType.TIMESTAMP

_TIMES = (
    Column("created_at", TIMESTAMP, "$.created_at"),
    Column("updated_at", TIMESTAMP, "$.updated_at"),
)

CUSTOMERS = Table(
    "customers",
    columns=(
        Column("customer_id", BIGINT, "$.id"),
        Column("group_id", BIGINT, "$.group_id"),
        Column("website_id", BIGINT, "$.website_id"),
        Column("store_id", BIGINT, "$.store_id"),
        *_TIMES,
        Column("email", TEXT, "$.email"),
        Column("first_name", TEXT, "$.firstname"),
        Column("last_name", TEXT, "$.lastname"),
        Column("phone", TEXT, "$.fondaco.phone"),
        Column("city", TEXT, "$.fondaco.city"),
        Column("country", TEXT, "$.fondaco.country"),
        Column("is_subscribed", BOOL, "$.fondaco.is_subscribed", "To the shop's own newsletter; null where untold."),
    ),
    primary_key=("customer_id",),
    ignored=(
        "default_billing", "default_shipping", "confirmation", "created_in", "dob", "middlename", "prefix",
        "suffix", "gender", "taxvat", "addresses", "disable_auto_group_change", "extension_attributes",
        "custom_attributes", "fondaco",
    ),
    description="One row per customer account. Guests have none; they are known by their orders.",
)  # fmt: skip

PRODUCTS = Table(
    "products",
    columns=(
        Column("product_id", BIGINT, "$.id"),
        Column("sku", TEXT, "$.sku"),
        Column("name", TEXT, "$.name"),
        Column("type", TEXT, "$.type_id", "simple, configurable, bundle, grouped, virtual, downloadable, giftcard, …"),
        Column("status", BIGINT, "$.status", "1 on, 2 off."),
        Column("visibility", BIGINT, "$.visibility", "1: shown only as a variant of another."),
        Column("price", DECIMAL, "$.price", "Null where the parts make the price."),
        Column("special_price", DECIMAL, "$.fondaco.special_price"),
        Column("special_from", TIMESTAMP, "$.fondaco.special_from"),
        Column("special_until", TIMESTAMP, "$.fondaco.special_until"),
        Column("unit_cost", DECIMAL, "$.fondaco.unit_cost"),
        Column("vendor", TEXT, "$.fondaco.vendor"),
        Column("barcode", TEXT, "$.fondaco.barcode"),
        Column("url_key", TEXT, "$.fondaco.url_key"),
        *_TIMES,
    ),
    primary_key=("product_id",),
    ignored=(
        "attribute_set_id", "weight", "extension_attributes", "product_links", "options",
        "media_gallery_entries", "tier_prices", "custom_attributes", "fondaco",
    ),
    description="One row per product; a variant is a simple product of its own.",
)  # fmt: skip

PRODUCT_CHILDREN = Table(
    "product_children",
    each=("$.fondaco.children",),
    columns=(
        Column("product_id", BIGINT, "^.id"),
        Column("child_id", BIGINT, "$.id"),
        Column("child_index", BIGINT, "#"),
    ),
    primary_key=("product_id", "child_id"),
    parent_key=("product_id",),
    description="One row per variant of a configurable product.",
)

PRODUCT_CATEGORIES = Table(
    "product_categories",
    each=("$.fondaco.categories",),
    columns=(
        Column("product_id", BIGINT, "^.id"),
        Column("category_id", BIGINT, "$.id"),
        Column("category_index", BIGINT, "#"),
    ),
    primary_key=("product_id", "category_id"),
    parent_key=("product_id",),
    description="One row per category that a product is put in.",
)

CATEGORIES = Table(
    "categories",
    columns=(
        Column("category_id", BIGINT, "$.id"),
        Column("parent_id", BIGINT, "$.parent_id"),
        Column("level", BIGINT, "$.level", "0 the root of all, 1 the root of a store, from 2 on what a visitor sees."),
        Column("name", TEXT, "$.name"),
        Column("url_key", TEXT, "$.fondaco.url_key"),
        Column("is_active", BOOL, "$.is_active"),
        *_TIMES,
    ),
    primary_key=("category_id",),
    ignored=(
        "position", "children", "path", "available_sort_by", "include_in_menu", "extension_attributes",
        "custom_attributes", "fondaco",
    ),
    description="One row per category of products.",
)  # fmt: skip

SOURCES = Table(
    "sources",
    columns=(
        Column("source_code", TEXT, "$.source_code"),
        Column("name", TEXT, "$.name"),
        Column("is_enabled", BOOL, "$.enabled"),
        Column("country", TEXT, "$.country_id"),
        Column("city", TEXT, "$.city"),
    ),
    primary_key=("source_code",),
    ignored=(
        "email", "contact_name", "description", "latitude", "longitude", "region_id", "region", "street",
        "postcode", "phone", "fax", "use_default_carrier_config", "carrier_links", "extension_attributes",
    ),
    description="One row per place that stock is kept at.",
)  # fmt: skip

SOURCE_ITEMS = Table(
    "source_items",
    columns=(
        Column("source_code", TEXT, "$.source_code"),
        Column("sku", TEXT, "$.sku"),
        Column("quantity", DECIMAL, "$.quantity", "On the shelf, open orders' pieces among it.", largest=MOST_PIECES),
        Column("status", BIGINT, "$.status", "1 in stock, 0 out of stock."),
    ),
    primary_key=("source_code", "sku"),
    ignored=(
        "extension_attributes",
    ),
    description="One row per SKU and place.",
)  # fmt: skip

SALES_RULES = Table(
    "sales_rules",
    columns=(
        Column("rule_id", BIGINT, "$.rule_id"),
        Column("name", TEXT, "$.name"),
        Column("is_active", BOOL, "$.is_active"),
        Column("action", TEXT, "$.simple_action", "by_percent, by_fixed, cart_fixed, buy_x_get_y"),
        Column("discount_amount", DECIMAL, "$.discount_amount", "Percent, or an amount in the currency of the books."),
        Column("applies_to_shipping", BOOL, "$.apply_to_shipping"),
        Column("free_shipping", TEXT, "$.simple_free_shipping"),
        Column("coupon_type", TEXT, "$.coupon_type", "NO_COUPON, SPECIFIC_COUPON, AUTO"),
        Column("starts_at", TIMESTAMP, "$.from_date"),
        Column("ends_at", TIMESTAMP, "$.to_date"),
        Column("times_used", BIGINT, "$.times_used"),
    ),
    primary_key=("rule_id",),
    ignored=(
        "store_labels", "description", "website_ids", "customer_group_ids", "uses_per_customer",
        "condition", "action_condition", "stop_rules_processing", "is_advanced", "product_ids",
        "sort_order", "discount_qty", "discount_step", "is_rss", "use_auto_generation", "uses_per_coupon",
        "extension_attributes",
    ),
    description="One row per rule that takes something off a cart.",
)  # fmt: skip

COUPONS = Table(
    "coupons",
    columns=(
        Column("coupon_id", BIGINT, "$.coupon_id"),
        Column("rule_id", BIGINT, "$.rule_id"),
        Column("code", TEXT, "$.code"),
        Column("times_used", BIGINT, "$.times_used"),
        Column("expires_at", TIMESTAMP, "$.expiration_date"),
        Column("created_at", TIMESTAMP, "$.created_at"),
    ),
    primary_key=("coupon_id",),
    ignored=(
        "usage_limit", "usage_per_customer", "is_primary", "type", "extension_attributes",
    ),
    description="One row per coupon code of a rule.",
)  # fmt: skip
