"""The raw tables of customers, products and coupons."""

from __future__ import annotations

from fondaco.sources.stream import Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON

CUSTOMERS = Table(
    "customers",
    columns=(
        Column("customer_id", BIGINT, "$.id"),
        Column("created_at", TIMESTAMP, "$.date_created_gmt"),
        Column("modified_at", TIMESTAMP, "$.date_modified_gmt"),
        Column("email", TEXT, "$.email"),
        Column("first_name", TEXT, "$.first_name"),
        Column("last_name", TEXT, "$.last_name"),
        Column("role", TEXT, "$.role"),
        Column("phone", TEXT, "$.billing.phone"),
        Column("city", TEXT, "$.billing.city"),
        Column("country", TEXT, "$.billing.country"),
        Column("shipping_city", TEXT, "$.shipping.city"),
        Column("shipping_country", TEXT, "$.shipping.country"),
        Column("is_paying_customer", BOOL, "$.is_paying_customer"),
    ),
    primary_key=("customer_id",),
    ignored=(
        "date_created", "date_modified", "username", "billing", "shipping", "avatar_url", "meta_data", "_links",
        "password", "orders_count", "total_spent",
    ),
    description="One row per customer account. Guests have none; they are known by their orders.",
)  # fmt: skip

_TEXTS_AND_LOOKS = (
    "_links", "date_created", "date_modified", "slug", "permalink", "description", "short_description", "price_html",
    "featured", "catalog_visibility", "purchasable", "virtual", "downloadable", "downloads", "download_limit",
    "download_expiry", "external_url", "button_text", "tax_class", "backorders", "backorders_allowed", "backordered",
    "sold_individually", "weight", "dimensions", "shipping_required", "shipping_taxable", "shipping_class",
    "shipping_class_id", "reviews_allowed", "average_rating", "rating_count", "related_ids", "upsell_ids",
    "cross_sell_ids", "parent_id", "purchase_note", "images", "image", "attributes", "default_attributes",
    "grouped_products", "menu_order", "meta_data", "date_on_sale_from", "date_on_sale_to", "low_stock_amount",
    "has_options", "post_password", "cost_of_goods_sold", "fondaco", "brands", "generated_slug",
    "permalink_template",
)  # fmt: skip

_SELLABLE = (
    Column("created_at", TIMESTAMP, "$.date_created_gmt"),
    Column("modified_at", TIMESTAMP, "$.date_modified_gmt", "Stock and sales do not move it."),
    Column("status", TEXT, "$.status", "publish, draft, pending, private, trash"),
    Column("sku", TEXT, "$.sku"),
    Column("barcode", TEXT, "$.global_unique_id", "GTIN, UPC, EAN or ISBN; newer versions only."),
    Column("price", DECIMAL, "$.price", "As displayed, now."),
    Column("regular_price", DECIMAL, "$.regular_price"),
    Column("sale_price", DECIMAL, "$.sale_price"),
    Column("is_on_sale", BOOL, "$.on_sale"),
    Column("sale_starts_at", TIMESTAMP, "$.date_on_sale_from_gmt"),
    Column("sale_ends_at", TIMESTAMP, "$.date_on_sale_to_gmt"),
    Column("tax_status", TEXT, "$.tax_status"),
    Column("manages_stock", TEXT, "$.manage_stock", "true, false, or parent on a variation."),
    Column("stock_quantity", DECIMAL, "$.stock_quantity", "Null where stock is not managed."),
    Column("stock_status", TEXT, "$.stock_status"),
    Column("unit_cost", DECIMAL, "$.fondaco.unit_cost", "Cost of goods, or the first of unit_cost_keys."),
)

PRODUCTS = Table(
    "products",
    columns=(
        Column("product_id", BIGINT, "$.id"),
        Column("name", TEXT, "$.name"),
        Column("type", TEXT, "$.type", "simple, variable, grouped, external, …"),
        *_SELLABLE,
        Column("units_sold", BIGINT, "$.total_sales"),
        Column("categories", JSON, "$.categories"),
        Column("tags", JSON, "$.tags"),
        Column("category", TEXT, "$.fondaco.category", "The first category."),
        Column("brand", TEXT, "$.fondaco.brand", "The first brand; newer versions only."),
        Column("variation_ids", JSON, "$.variations"),
    ),
    primary_key=("product_id",),
    ignored=_TEXTS_AND_LOOKS,
    description="One row per product. A product without variations is also what is sold and stocked.",
)

PRODUCT_VARIATIONS = Table(
    "product_variations",
    each=("$.fondaco.variations",),
    columns=(
        Column("product_id", BIGINT, "^.id"),
        Column("variation_id", BIGINT, "$.id"),
        Column("title", TEXT, "$.fondaco.title", "Its options, such as Green / M."),
        *_SELLABLE,
    ),
    primary_key=("product_id", "variation_id"),
    parent_key=("product_id",),
    ignored=(*_TEXTS_AND_LOOKS, "name", "type"),
    description="One row per variation, read product by product.",
)

PRODUCT_CATEGORIES = Table(
    "product_categories",
    each=("$.categories",),
    columns=(
        Column("product_id", BIGINT, "^.id"),
        Column("category_id", BIGINT, "$.id"),
        Column("name", TEXT, "$.name"),
        Column("slug", TEXT, "$.slug"),
    ),
    primary_key=("product_id", "category_id"),
    parent_key=("product_id",),
    description="One row per category that a product is put in.",
)

CATEGORIES = Table(
    "categories",
    columns=(
        Column("category_id", BIGINT, "$.id"),
        Column("parent_id", BIGINT, "$.parent", "The category above; 0 at the top."),
        Column("name", TEXT, "$.name"),
        Column("slug", TEXT, "$.slug"),
    ),
    primary_key=("category_id",),
    ignored=("_links", "description", "display", "image", "menu_order", "count"),
    description="One row per category of products.",
)

COUPONS = Table(
    "coupons",
    columns=(
        Column("coupon_id", BIGINT, "$.id"),
        Column("code", TEXT, "$.code"),
        Column("status", TEXT, "$.status", "publish, draft, …; newer versions only."),
        Column("discount_type", TEXT, "$.discount_type", "percent, fixed_cart, fixed_product"),
        Column("amount", DECIMAL, "$.amount"),
        Column("created_at", TIMESTAMP, "$.date_created_gmt"),
        Column("modified_at", TIMESTAMP, "$.date_modified_gmt"),
        Column("expires_at", TIMESTAMP, "$.date_expires_gmt"),
        Column("description", TEXT, "$.description"),
        Column("usage_count", BIGINT, "$.usage_count"),
        Column("usage_limit", BIGINT, "$.usage_limit"),
        Column("is_free_shipping", BOOL, "$.free_shipping"),
    ),
    primary_key=("coupon_id",),
    ignored=(
        "_links", "date_created", "date_modified", "date_expires", "individual_use", "product_ids",
        "excluded_product_ids", "usage_limit_per_user", "limit_usage_to_x_items", "product_categories",
        "excluded_product_categories", "exclude_sale_items", "minimum_amount", "maximum_amount",
        "email_restrictions", "used_by", "meta_data",
    ),
    description="One row per coupon.",
)  # fmt: skip
