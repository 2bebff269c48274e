"""Customers, products, stock, discounts and the events of deletions."""

from __future__ import annotations

from fondaco.simulator.shopify.kinds import (
    Connection,
    Fields,
    Kind,
    Many,
    Money,
    Object,
    Shop,
    decimal_text,
    gid,
    instant,
    literal,
    single,
)
from fondaco.simulator.shopify.order_kinds import BULK_CUT


def catalogue_kinds(shop: Shop, now: str) -> list[Kind]:
    """All kinds of one shop but orders; ``now`` is the present instant as SQL."""
    return [
        _customers(shop),
        _products(shop),
        _variants(shop),
        _collections(shop),
        _collection_products(shop),
        _inventory_items(shop),
        _inventory_levels(shop),
        _discounts(shop, now),
        _redeem_codes(shop),
        _events(shop),
    ]


def _times(alias: str, key: str) -> dict[str, str]:
    return {"ID": key, "CREATED_AT": f"{alias}.created_at", "UPDATED_AT": f"{alias}.updated_at"}


def _searches(alias: str, key: str) -> dict[str, str]:
    return {"id": key, "created_at": f"{alias}.created_at", "updated_at": f"{alias}.updated_at"}


def _customers(shop: Shop) -> Kind:
    money = Money(shop)
    orders = (
        "from orders o where o.shop_id = c.shop_id and o.customer_id = c.customer_id and o.deleted_at is null "
        "and not o.is_test"
    )
    email: Fields = {
        "emailAddress": "c.email",
        "marketingState": "case when c.accepts_marketing then 'SUBSCRIBED' else 'NOT_SUBSCRIBED' end",
    }
    address: Fields = {
        "id": gid("MailingAddress", "c.customer_id"),
        "city": "c.city",
        "countryCodeV2": "c.country",
    }
    fields: Fields = {
        "id": gid("Customer", "c.customer_id"),
        "legacyResourceId": "cast(c.customer_id as varchar)",
        "displayName": "coalesce(c.first_name || ' ' || c.last_name, c.email, '')",
        "firstName": "c.first_name",
        "lastName": "c.last_name",
        "createdAt": instant("c.created_at"),
        "updatedAt": instant("c.updated_at"),
        "state": "'DISABLED'",
        "tags": "'[]'::json",
        "verifiedEmail": "c.email is not null",
        "taxExempt": "false",
        "numberOfOrders": f"cast((select count(*) {orders}) as varchar)",
        "amountSpent": money.plain(f"coalesce((select sum(o.placed_total) {orders}), 0)"),
        "defaultEmailAddress": single("CustomerEmailAddress", email, "c.email is not null"),
        "defaultPhoneNumber": single(
            "CustomerPhoneNumber", {"phoneNumber": "c.phone"}, "c.phone is not null"
        ),
        "defaultAddress": single("MailingAddress", address, "c.country is not null"),
    }
    return Kind(
        "Customer",
        single("Customer", fields),
        f"from customers c where c.shop_id = {literal(shop.shop_id)} and c.deleted_at is null",
        "c.customer_id",
        "c.customer_id",
        sorts=_times("c", "c.customer_id"),
        searches=_searches("c", "c.customer_id"),
    )


def _products(shop: Shop) -> Kind:
    variants = "from variants v where v.shop_id = p.shop_id and v.product_id = p.product_id"
    fields: Fields = {
        "id": gid("Product", "p.product_id"),
        "title": "p.title",
        "handle": "lower(regexp_replace(p.title, '[^A-Za-z0-9]+', '-', 'g')) || '-' || p.product_id",
        "vendor": "coalesce(p.vendor, '')",
        "productType": "coalesce(p.product_type, '')",
        "status": "upper(p.status)",
        "tags": "'[]'::json",
        "isGiftCard": f"coalesce((select bool_or(v.is_gift_card) {variants}), false)",
        "createdAt": instant("p.created_at"),
        "updatedAt": instant("p.updated_at"),
        "publishedAt": f"case when p.status = 'active' then {instant('p.created_at')} end",
        "variants": Connection("ProductVariant"),
    }
    return Kind(
        "Product",
        single("Product", fields),
        f"from products p where p.shop_id = {literal(shop.shop_id)} and p.deleted_at is null",
        "p.product_id",
        "p.product_id",
        sorts=_times("p", "p.product_id"),
        searches=_searches("p", "p.product_id"),
    )


def _of_product(shop: Shop) -> str:
    return (
        "from variants v join products p on p.shop_id = v.shop_id and p.product_id = v.product_id "
        f"where v.shop_id = {literal(shop.shop_id)} and p.deleted_at is null"
    )


def _variants(shop: Shop) -> Kind:
    before = "from variants w where w.shop_id = v.shop_id and w.product_id = v.product_id and w.variant_id <= v.variant_id"
    fields: Fields = {
        "id": gid("ProductVariant", "v.variant_id"),
        "title": "v.title",
        "sku": "v.sku",
        "barcode": "v.barcode",
        "price": decimal_text("v.price", shop.digits),
        "compareAtPrice": "null",
        "position": f"(select count(*) {before})",
        "taxable": "not v.is_gift_card",
        "createdAt": instant("p.created_at"),
        "updatedAt": instant("v.updated_at"),
        "inventoryQuantity": (
            "(select sum(i.available)::bigint from inventory i where i.shop_id = v.shop_id "
            "and i.variant_id = v.variant_id)"
        ),
        "inventoryItem": single("InventoryItem", {"id": gid("InventoryItem", "v.inventory_item_id")}),
    }
    return Kind(
        "ProductVariant",
        single("ProductVariant", fields),
        _of_product(shop),
        "v.variant_id",
        "v.product_id",
        parent=gid("Product", "v.product_id"),
        cut=BULK_CUT,
    )


def _collections(shop: Shop) -> Kind:
    fields: Fields = {
        "id": gid("Collection", "c.collection_id"),
        "title": "c.title",
        "handle": "c.handle",
        "updatedAt": instant("c.updated_at"),
        "products": Connection("CollectionProduct"),
    }
    return Kind(
        "Collection",
        single("Collection", fields),
        f"from collections c where c.shop_id = {literal(shop.shop_id)}",
        "c.collection_id",
        "c.collection_id",
        sorts={"ID": "c.collection_id", "UPDATED_AT": "c.updated_at"},
        searches={"id": "c.collection_id", "updated_at": "c.updated_at"},
    )


def _collection_products(shop: Shop) -> Kind:
    source = (
        "from product_collections m join products p on p.shop_id = m.shop_id and p.product_id = m.product_id "
        f"where m.shop_id = {literal(shop.shop_id)} and p.deleted_at is null"
    )
    return Kind(
        "CollectionProduct",
        single("Product", {"id": gid("Product", "m.product_id"), "title": "p.title"}),
        source,
        "m.product_id",
        "m.collection_id",
        parent=gid("Collection", "m.collection_id"),
        cut=BULK_CUT,
    )


def _inventory_items(shop: Shop) -> Kind:
    fields: Fields = {
        "id": gid("InventoryItem", "v.inventory_item_id"),
        "sku": "v.sku",
        "tracked": "not v.is_gift_card",
        "requiresShipping": "not v.is_gift_card",
        "countryCodeOfOrigin": "null",
        "createdAt": instant("p.created_at"),
        "updatedAt": instant("v.updated_at"),
        "unitCost": Money(shop).plain("v.cost", present="v.cost is not null"),
        "inventoryLevels": Connection("InventoryLevel"),
    }
    return Kind(
        "InventoryItem",
        single("InventoryItem", fields),
        _of_product(shop),
        "v.inventory_item_id",
        "v.inventory_item_id",
        sorts={"ID": "v.inventory_item_id"},
        searches={"id": "v.inventory_item_id", "updated_at": "v.updated_at", "created_at": "p.created_at"},
    )


def _inventory_levels(shop: Shop) -> Kind:
    key = "i.location_id || '?inventory_item_id=' || v.inventory_item_id"
    names = ("available", "on_hand", "committed", "incoming")
    rows = ", ".join(f"({n}, '{name}', i.{name})" for n, name in enumerate(names))
    quantities = Many(
        single(
            "InventoryQuantity",
            {
                "id": gid("InventoryQuantity", f"{key} || '&name=' || q.name"),
                "name": "q.name",
                "quantity": "q.quantity",
                "updatedAt": instant("i.updated_at"),
            },
        ),
        f"from (values {rows}) q(place, name, quantity) where q.quantity is not null",
        "q.place",
    )
    fields: Fields = {
        "id": gid("InventoryLevel", key),
        "isActive": "true",
        "createdAt": instant("p.created_at"),
        "updatedAt": instant("i.updated_at"),
        "location": single("Location", {"id": gid("Location", "i.location_id"), "name": "i.location_name"}),
        "quantities": quantities,
    }
    source = (
        "from inventory i join variants v on v.shop_id = i.shop_id and v.variant_id = i.variant_id "
        "join products p on p.shop_id = v.shop_id and p.product_id = v.product_id "
        f"where i.shop_id = {literal(shop.shop_id)} and p.deleted_at is null"
    )
    return Kind(
        "InventoryLevel",
        single("InventoryLevel", fields),
        source,
        "i.location_id",
        "v.inventory_item_id",
        parent=gid("InventoryItem", "v.inventory_item_id"),
    )


def _discount_gid(alias: str) -> str:
    return (
        f"case when {alias}.code is null then {gid('DiscountAutomaticNode', f'{alias}.discount_id')} "
        f"else {gid('DiscountCodeNode', f'{alias}.discount_id')} end"
    )


def _discounts(shop: Shop, now: str) -> Kind:
    shared: Fields = {
        "title": "coalesce(d.title, d.code)",
        "status": (
            f"case when d.ends_at <= {now} then 'EXPIRED' when d.starts_at > {now} then 'SCHEDULED' else 'ACTIVE' end"
        ),
        "startsAt": instant("d.starts_at"),
        "endsAt": instant("d.ends_at"),
        "createdAt": instant("d.starts_at"),
        "updatedAt": instant("d.updated_at"),
        "asyncUsageCount": "coalesce(d.usage_count, 0)",
        "discountClasses": "case when d.kind = 'shipping' then '[\"SHIPPING\"]' else '[\"ORDER\"]' end::json",
    }
    value = Object(
        {
            "DiscountPercentage": {"percentage": "d.value"},
            "DiscountAmount": {"amount": Money(shop).plain("d.value"), "appliesOnEachItem": "false"},
        },
        type_sql="case when d.kind = 'fixed' then 'DiscountAmount' else 'DiscountPercentage' end",
    )
    gets: Fields = {"customerGets": single("DiscountCustomerGets", {"value": value})}
    codes: Fields = {
        "codesCount": single("Count", {"count": "d.codes", "precision": "'EXACT'"}),
        "usageLimit": "null",
        "codes": Connection("DiscountRedeemCode"),
    }
    discount = Object(
        {
            "DiscountAutomaticBasic": {**shared, **gets},
            "DiscountAutomaticFreeShipping": shared,
            "DiscountCodeBasic": {**shared, **gets, **codes},
            "DiscountCodeFreeShipping": {**shared, **codes},
        },
        type_sql=(
            "'Discount' || case when d.code is null then 'Automatic' else 'Code' end || "
            "case when d.kind = 'shipping' then 'FreeShipping' else 'Basic' end"
        ),
    )
    source = (
        "from (select discount_id, min(code) as code, count(code) as codes, any_value(title) as title, "
        "any_value(kind) as kind, any_value(value) as value, min(starts_at) as starts_at, max(ends_at) as ends_at, "
        "sum(usage_count)::bigint as usage_count, max(updated_at) as updated_at from discounts "
        f"where shop_id = {literal(shop.shop_id)} group by discount_id) d where true"
    )
    return Kind(
        "DiscountNode",
        single("DiscountNode", {"id": _discount_gid("d"), "discount": discount}),
        source,
        "d.discount_id",
        "d.discount_id",
        sorts={"ID": "d.discount_id", "CREATED_AT": "d.starts_at", "UPDATED_AT": "d.updated_at"},
        searches={"id": "d.discount_id", "updated_at": "d.updated_at", "created_at": "d.starts_at"},
    )


def _redeem_codes(shop: Shop) -> Kind:
    key = "row_number() over (partition by d.shop_id, d.discount_id order by d.code)"
    fields: Fields = {
        "id": gid("DiscountRedeemCode", "(d.discount_id * 10000 + d.place)"),
        "code": "d.code",
        "asyncUsageCount": "coalesce(d.usage_count, 0)",
    }
    source = (
        f"from (select *, {key} as place from discounts d where d.shop_id = {literal(shop.shop_id)} "
        "and d.code is not null) d where true"
    )
    return Kind(
        "DiscountRedeemCode",
        single("DiscountRedeemCode", fields),
        source,
        "d.place",
        "d.discount_id",
        parent=gid("DiscountCodeNode", "d.discount_id"),
        cut=BULK_CUT,
    )


def _events(shop: Shop) -> Kind:
    where = f"where shop_id = {literal(shop.shop_id)} and deleted_at is not null"
    source = (
        "from (select row_number() over (order by happened_at, subject, subject_key) as event_id, * from ("
        f"select deleted_at as happened_at, 'Order' as subject, order_id as subject_key from orders {where} "
        f"union all select deleted_at, 'Customer', customer_id from customers {where} "
        f"union all select deleted_at, 'Product', product_id from products {where})) e where true"
    )
    fields: Fields = {
        "id": gid("BasicEvent", "e.event_id"),
        "action": "'destroy'",
        "createdAt": instant("e.happened_at"),
        "subjectId": "'gid://shopify/' || e.subject || '/' || e.subject_key",
        "subjectType": "upper(e.subject)",
    }
    return Kind(
        "Event",
        single("BasicEvent", fields),
        source,
        "e.event_id",
        "e.event_id",
        sorts={"ID": "e.event_id", "CREATED_AT": "e.happened_at"},
        searches={
            "id": "e.event_id",
            "created_at": "e.happened_at",
            "action": "'destroy'",
            "subject_type": "upper(e.subject)",
        },
    )
