"""The raw tables of customers, products, stock and discounts."""

from __future__ import annotations

from fondaco.sources.shopify.order_tables import KIND, LINE_MARKS
from fondaco.sources.stream import Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON, DOUBLE = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON, ColumnType.DOUBLE

CUSTOMERS = Table(
    "customers",
    columns=(
        Column("customer_id", TEXT, "$.id"),
        Column("email", TEXT, "$.defaultEmailAddress.emailAddress"),
        Column("marketing_state", TEXT, "$.defaultEmailAddress.marketingState"),
        Column("phone", TEXT, "$.defaultPhoneNumber.phoneNumber"),
        Column("first_name", TEXT, "$.firstName"),
        Column("last_name", TEXT, "$.lastName"),
        Column("city", TEXT, "$.defaultAddress.city"),
        Column("country", TEXT, "$.defaultAddress.countryCodeV2"),
        Column("state", TEXT, "$.state"),
        Column("tags", JSON, "$.tags"),
        Column("is_verified_email", BOOL, "$.verifiedEmail"),
        Column("is_tax_exempt", BOOL, "$.taxExempt"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("customer_id",),
    where=(KIND, "Customer"),
    ignored=LINE_MARKS,
    description="One row per customer.",
)

PRODUCTS = Table(
    "products",
    columns=(
        Column("product_id", TEXT, "$.id"),
        Column("title", TEXT, "$.title"),
        Column("handle", TEXT, "$.handle"),
        Column("vendor", TEXT, "$.vendor"),
        Column("product_type", TEXT, "$.productType"),
        Column("status", TEXT, "$.status"),
        Column("tags", JSON, "$.tags"),
        Column("is_gift_card", BOOL, "$.isGiftCard"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
        Column("published_at", TIMESTAMP, "$.publishedAt"),
    ),
    primary_key=("product_id",),
    where=(KIND, "Product"),
    ignored=LINE_MARKS,
    description="One row per product.",
)

VARIANTS = Table(
    "variants",
    columns=(
        Column("variant_id", TEXT, "$.id"),
        Column("product_id", TEXT, "$.__parentId"),
        Column("inventory_item_id", TEXT, "$.inventoryItem.id"),
        Column("title", TEXT, "$.title"),
        Column("sku", TEXT, "$.sku"),
        Column("barcode", TEXT, "$.barcode"),
        Column("price", DECIMAL, "$.price", "In the shop's currency."),
        Column("compare_at_price", DECIMAL, "$.compareAtPrice"),
        Column("position", BIGINT, "$.position"),
        Column("is_taxable", BOOL, "$.taxable"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("variant_id",),
    where=(KIND, "ProductVariant"),
    parent_key=("product_id",),
    ignored=LINE_MARKS,
    description="One row per variant of a product.",
)

COLLECTIONS = Table(
    "collections",
    columns=(
        Column("collection_id", TEXT, "$.id"),
        Column("title", TEXT, "$.title"),
        Column("handle", TEXT, "$.handle"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("collection_id",),
    where=(KIND, "Collection"),
    ignored=LINE_MARKS,
    description="One row per collection, made by hand or by rules.",
)

COLLECTION_PRODUCTS = Table(
    "collection_products",
    columns=(
        Column("collection_id", TEXT, "$.__parentId"),
        Column("product_id", TEXT, "$.id"),
    ),
    primary_key=("collection_id", "product_id"),
    where=(KIND, "Product"),
    parent_key=("collection_id",),
    ignored=LINE_MARKS,
    description="One row per product of a collection.",
)

INVENTORY_ITEMS = Table(
    "inventory_items",
    columns=(
        Column("inventory_item_id", TEXT, "$.id"),
        Column("sku", TEXT, "$.sku"),
        Column("is_tracked", BOOL, "$.tracked"),
        Column("requires_shipping", BOOL, "$.requiresShipping"),
        Column("country_of_origin", TEXT, "$.countryCodeOfOrigin"),
        Column("unit_cost", DECIMAL, "$.unitCost.amount", "The cost now; Shopify keeps no history."),
        Column("unit_cost_currency", TEXT, "$.unitCost.currencyCode"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("inventory_item_id",),
    where=(KIND, "InventoryItem"),
    ignored=LINE_MARKS,
    description="One row per inventory item, with its unit cost.",
)

INVENTORY_LEVELS = Table(
    "inventory_levels",
    columns=(
        Column("inventory_level_id", TEXT, "$.id"),
        Column("inventory_item_id", TEXT, "$.__parentId"),
        Column("location_id", TEXT, "$.location.id"),
        Column("location_name", TEXT, "$.location.name"),
        Column("is_active", BOOL, "$.isActive"),
        Column("created_at", TIMESTAMP, "$.createdAt"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("inventory_level_id",),
    where=(KIND, "InventoryLevel"),
    parent_key=("inventory_item_id",),
    ignored=(*LINE_MARKS, "quantities"),
    description="One row per inventory item and location.",
)

INVENTORY_QUANTITIES = Table(
    "inventory_quantities",
    columns=(
        Column("inventory_level_id", TEXT, "^.id"),
        Column("name", TEXT, "$.name", "available, on_hand, committed, incoming, reserved, …"),
        Column("inventory_item_id", TEXT, "^.__parentId"),
        Column("quantity", BIGINT, "$.quantity"),
        Column("updated_at", TIMESTAMP, "$.updatedAt"),
    ),
    primary_key=("inventory_level_id", "name"),
    each=("$.quantities",),
    where=(KIND, "InventoryLevel"),
    parent_key=("inventory_item_id",),
    description="One row per quantity of an inventory level, by name.",
)

DISCOUNTS = Table(
    "discounts",
    columns=(
        Column("discount_id", TEXT, "$.id"),
        Column("discount_type", TEXT, "$.discount.__typename"),
        Column("title", TEXT, "$.discount.title"),
        Column("status", TEXT, "$.discount.status"),
        Column("classes", JSON, "$.discount.discountClasses"),
        Column("value_type", TEXT, "$.discount.customerGets.value.__typename"),
        Column("value_percentage", DOUBLE, "$.discount.customerGets.value.percentage"),
        Column("value_amount", DECIMAL, "$.discount.customerGets.value.amount.amount"),
        Column("codes_count", BIGINT, "$.discount.codesCount.count"),
        Column("usage_count", BIGINT, "$.discount.asyncUsageCount"),
        Column("usage_limit", BIGINT, "$.discount.usageLimit"),
        Column("starts_at", TIMESTAMP, "$.discount.startsAt"),
        Column("ends_at", TIMESTAMP, "$.discount.endsAt"),
        Column("created_at", TIMESTAMP, "$.discount.createdAt"),
        Column("updated_at", TIMESTAMP, "$.discount.updatedAt"),
    ),
    primary_key=("discount_id",),
    where=(KIND, "DiscountNode"),
    ignored=(*LINE_MARKS, "discount"),
    description="One row per discount, automatic or by code.",
)

DISCOUNT_CODES = Table(
    "discount_codes",
    columns=(
        Column("discount_code_id", TEXT, "$.id"),
        Column("discount_id", TEXT, "$.__parentId"),
        Column("code", TEXT, "$.code"),
        Column("usage_count", BIGINT, "$.asyncUsageCount"),
    ),
    primary_key=("discount_code_id",),
    where=(KIND, "DiscountRedeemCode"),
    parent_key=("discount_id",),
    ignored=LINE_MARKS,
    description="One row per code of a discount.",
)
