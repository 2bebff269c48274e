"""The raw tables of customers, products, stock and discounts."""

from __future__ import annotations

from fondaco.sources.commercetools.order_tables import RESOURCE_FIELDS
from fondaco.sources.stream import Column, ColumnType, Table

TEXT, BIGINT, DECIMAL = ColumnType.TEXT, ColumnType.BIGINT, ColumnType.DECIMAL
BOOL, TIMESTAMP, JSON = ColumnType.BOOL, ColumnType.TIMESTAMP, ColumnType.JSON

_TIMES = (
    Column("created_at", TIMESTAMP, "$.createdAt"),
    Column("modified_at", TIMESTAMP, "$.lastModifiedAt"),
)

CUSTOMERS = Table(
    "customers",
    columns=(
        Column("customer_id", TEXT, "$.id"),
        Column("key", TEXT, "$.key"),
        Column("customer_number", TEXT, "$.customerNumber"),
        *_TIMES,
        Column("email", TEXT, "$.email"),
        Column("first_name", TEXT, "$.firstName"),
        Column("last_name", TEXT, "$.lastName"),
        Column("is_email_verified", BOOL, "$.isEmailVerified"),
        Column("phone", TEXT, "$.fondaco.address.phone"),
        Column("mobile", TEXT, "$.fondaco.address.mobile"),
        Column("city", TEXT, "$.fondaco.address.city", "Of the default billing, else shipping, else first address."),
        Column("country", TEXT, "$.fondaco.address.country"),
    ),
    primary_key=("customer_id",),
    ignored=(
        *RESOURCE_FIELDS, "externalId", "password", "middleName", "title", "dateOfBirth", "companyName", "vatId",
        "addresses", "defaultShippingAddressId", "shippingAddressIds", "defaultBillingAddressId",
        "billingAddressIds", "customerGroup", "customerGroupAssignments", "locale", "salutation", "stores",
        "authenticationMode", "lastMessageSequenceNumber",
    ),
    description="One row per customer.",
)  # fmt: skip

PRODUCTS = Table(
    "products",
    columns=(
        Column("product_id", TEXT, "$.id"),
        Column("key", TEXT, "$.key"),
        *_TIMES,
        Column("product_type_id", TEXT, "$.productType.id"),
        Column("product_type_name", TEXT, "$.productType.obj.name"),
        Column("name", TEXT, "$.fondaco.name"),
        Column("is_published", BOOL, "$.fondaco.published"),
        Column("has_staged_changes", BOOL, "$.fondaco.has_staged_changes"),
        Column("price_mode", TEXT, "$.priceMode", "Embedded or Standalone; standalone prices are not read."),
    ),
    primary_key=("product_id",),
    ignored=(
        *RESOURCE_FIELDS, "masterData", "taxCategory", "state", "reviewRatingStatistics", "warnings",
        "lastVariantId", "attributes",
    ),
    description="One row per product: its published version, or the staged one before it is published.",
)  # fmt: skip

VARIANTS = Table(
    "variants",
    each=("$.fondaco.variants",),
    columns=(
        Column("product_id", TEXT, "^.id"),
        Column(
            "variant_number", BIGINT, "$.id", "1 is mostly the master variant; unique within the product."
        ),
        Column("sku", TEXT, "$.sku"),
        Column("key", TEXT, "$.key"),
        Column("unit_cost", DECIMAL, "$.unitCost", "From the attribute that the connection names."),
    ),
    primary_key=("product_id", "variant_number"),
    parent_key=("product_id",),
    ignored=("prices",),
    description="One row per variant, the master variant among them.",
)

VARIANT_PRICES = Table(
    "variant_prices",
    each=("$.fondaco.variants", "$.prices"),
    columns=(
        Column("product_id", TEXT, "^^.id"),
        Column("variant_number", BIGINT, "^.id"),
        Column("price_id", TEXT, "$.id"),
        Column("price_index", BIGINT, "#"),
        Column("price_type", TEXT, "$.value.type"),
        Column("price_cents", BIGINT, "$.value.centAmount"),
        Column("price_precise", BIGINT, "$.value.preciseAmount"),
        Column("price_fraction_digits", BIGINT, "$.value.fractionDigits"),
        Column("currency", TEXT, "$.value.currencyCode"),
        Column("country", TEXT, "$.country"),
        Column("channel_id", TEXT, "$.channel.id"),
        Column("customer_group_id", TEXT, "$.customerGroup.id"),
        Column("valid_from", TIMESTAMP, "$.validFrom"),
        Column("valid_until", TIMESTAMP, "$.validUntil"),
    ),
    primary_key=("product_id", "variant_number", "price_id"),
    parent_key=("product_id",),
    ignored=("key", "discounted", "tiers", "custom", "recurrencePolicy"),
    description="One row per embedded price of a variant.",
)

PRODUCT_CATEGORIES = Table(
    "product_categories",
    each=("$.fondaco.categories",),
    columns=(
        Column("product_id", TEXT, "^.id"),
        Column("category_id", TEXT, "$.id"),
    ),
    primary_key=("product_id", "category_id"),
    parent_key=("product_id",),
    description="One row per category that a product is put in.",
)

CATEGORIES = Table(
    "categories",
    columns=(
        Column("category_id", TEXT, "$.id"),
        Column("parent_id", TEXT, "$.parent.id", "The category above; null at the top."),
        Column("name", TEXT, "$.fondaco.name"),
        Column("slug", TEXT, "$.fondaco.slug"),
        *_TIMES,
    ),
    primary_key=("category_id",),
    ignored=(
        *RESOURCE_FIELDS, "key", "externalId", "name", "slug", "description", "ancestors", "orderHint", "metaTitle",
        "metaDescription", "metaKeywords", "assets", "fondaco",
    ),
    description="One row per category of products.",
)  # fmt: skip

INVENTORY = Table(
    "inventory",
    columns=(
        Column("inventory_id", TEXT, "$.id"),
        Column("key", TEXT, "$.key"),
        *_TIMES,
        Column("sku", TEXT, "$.sku"),
        Column("channel_id", TEXT, "$.supplyChannel.id", "Null for stock without a place."),
        Column("channel_key", TEXT, "$.fondaco.channel_key"),
        Column("on_stock", BIGINT, "$.quantityOnStock"),
        Column("available", BIGINT, "$.availableQuantity", "On stock without what is reserved."),
        Column("expected_delivery_at", TIMESTAMP, "$.expectedDelivery"),
    ),
    primary_key=("inventory_id",),
    ignored=(
        *RESOURCE_FIELDS, "minCartQuantity", "maxCartQuantity", "restockableInDays",
        "reservationExpirationInMinutes", "stockLevels",
    ),
    description="One row per SKU and place.",
)  # fmt: skip

DISCOUNT_CODES = Table(
    "discount_codes",
    columns=(
        Column("discount_code_id", TEXT, "$.id"),
        Column("code", TEXT, "$.code"),
        Column("name", TEXT, "$.fondaco.name"),
        *_TIMES,
        Column("is_active", BOOL, "$.isActive"),
        Column("starts_at", TIMESTAMP, "$.validFrom"),
        Column("ends_at", TIMESTAMP, "$.validUntil"),
        Column("max_applications", BIGINT, "$.maxApplications"),
    ),
    primary_key=("discount_code_id",),
    ignored=(
        *RESOURCE_FIELDS, "key", "name", "description", "cartDiscounts", "stores", "cartPredicate", "references",
        "maxApplicationsPerCustomer", "groups", "applicationVersion", "fondaco",
    ),
    description="One row per discount code.",
)  # fmt: skip

DISCOUNT_CODE_DISCOUNTS = Table(
    "discount_code_discounts",
    each=("$.cartDiscounts",),
    columns=(
        Column("discount_code_id", TEXT, "^.id"),
        Column("cart_discount_id", TEXT, "$.id"),
        Column("position", BIGINT, "#"),
    ),
    primary_key=("discount_code_id", "cart_discount_id"),
    parent_key=("discount_code_id",),
    ignored=("typeId", "obj"),
    description="Which cart discounts a code switches on.",
)

CART_DISCOUNTS = Table(
    "cart_discounts",
    columns=(
        Column("cart_discount_id", TEXT, "$.id"),
        Column("key", TEXT, "$.key"),
        Column("name", TEXT, "$.fondaco.name"),
        *_TIMES,
        Column("value_type", TEXT, "$.value.type", "relative, absolute, fixed, giftLineItem"),
        Column("permyriad", BIGINT, "$.value.permyriad", "Hundredths of a percent."),
        Column("target_type", TEXT, "$.target.type", "lineItems, customLineItems, shipping, totalPrice, …"),
        Column("requires_code", BOOL, "$.requiresDiscountCode"),
        Column("is_active", BOOL, "$.isActive"),
        Column("starts_at", TIMESTAMP, "$.validFrom"),
        Column("ends_at", TIMESTAMP, "$.validUntil"),
    ),
    primary_key=("cart_discount_id",),
    ignored=(
        *RESOURCE_FIELDS, "name", "description", "cartPredicate", "sortOrder", "stores", "references",
        "stackingMode", "discountGroup", "recurringOrderScope",
    ),
    description="One row per cart discount.",
)  # fmt: skip
