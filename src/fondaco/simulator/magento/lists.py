"""The lists of the API: their rows, and what searches may ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SECOND_STORE_EVERY = 4
"""Every fourth order is placed in the second store view."""

CHILDREN = 50_000_000_000_000
"""What is added to a line's number for the item below it."""

ROOT, DEFAULT_CATEGORY = 1, 2

_LIVE = "select order_id from orders where shop_id = $shop and deleted_at is null"
_STORE = f"case when order_id % {SECOND_STORE_EVERY} = 0 then 2 else 1 end"
_TIMES = {
    "created_at": ("date_trunc('second', created_at)", "instant"),
    "updated_at": ("date_trunc('second', updated_at)", "instant"),
}
_DATED = {**_TIMES, "store_id": ("store_id", "number")}

ORDERS_SQL = f"""
select order_id as number, processed_at as created_at, updated_at, {_STORE} as store_id
from orders where shop_id = $shop and deleted_at is null
"""
INVOICES_SQL = f"""
select transaction_id as number, processed_at as created_at, processed_at as updated_at, {_STORE} as store_id
from transactions
where shop_id = $shop and status = 'success' and kind in ('sale', 'capture') and order_id in ({_LIVE})
"""
SHIPMENTS_SQL = f"""
select order_id as number, created_at + interval 1 day as created_at, updated_at, {_STORE} as store_id
from orders where shop_id = $shop and deleted_at is null and status = 'completed'
"""
CREDIT_MEMOS_SQL = f"""
select refund_id as number, created_at, created_at as updated_at, {_STORE} as store_id
from refunds where shop_id = $shop and order_id in ({_LIVE})
"""
TRANSACTIONS_SQL = f"""
select transaction_id as number, processed_at as created_at, processed_at as updated_at
from transactions
where shop_id = $shop and status = 'success' and gateway <> 'banktransfer' and order_id in ({_LIVE})
"""
CUSTOMERS_SQL = """
select customer_id as number, created_at, updated_at, 1 as website_id from customers
where shop_id = $shop and deleted_at is null
"""
PRODUCTS_SQL = """
select product_id as number, created_at, updated_at from products where shop_id = $shop and deleted_at is null
union all
select v.variant_id as number, p.created_at, v.updated_at
from variants as v inner join products as p using (shop_id, product_id)
where shop_id = $shop and p.deleted_at is null and 1 < (
    select count(*) from variants as s where s.shop_id = v.shop_id and s.product_id = v.product_id
)
"""
CATEGORIES_SQL = f"""
select collection_id as number, created_at, updated_at from collections where shop_id = $shop
union all
select unnest([{ROOT}, {DEFAULT_CATEGORY}]) as number, timestamp '2020-01-01', timestamp '2020-01-01'
"""
SOURCES_SQL = """
select lower(replace(location_name, ' ', '-')) as number, any_value(location_name) as name from inventory
where shop_id = $shop group by 1
"""
SOURCE_ITEMS_SQL = """
select v.sku || '@' || lower(replace(i.location_name, ' ', '-')) as number, v.sku,
    lower(replace(i.location_name, ' ', '-')) as source_code
from inventory as i inner join variants as v using (shop_id, variant_id) where shop_id = $shop
"""
RULES_SQL = "select discount_id as number from discounts where shop_id = $shop"
COUPONS_SQL = "select discount_id as number from discounts where shop_id = $shop and code is not null"


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: SQL of its rows, whose column ``number`` names them, and the fields of a search.

    Attributes
    ----------
    builder
        Which book builds the records, and by which of its methods.
    """

    rows: str
    fields: Mapping[str, tuple[str, str]]
    key: str
    builder: tuple[str, str]


def _listing(
    rows: str,
    builder: tuple[str, str],
    more: Mapping[str, tuple[str, str]] | None = None,
    *,
    key: str = "entity_id",
) -> Listing:
    return Listing(rows, {key: ("number", "number"), **(more or {})}, key, builder)


LISTS = {
    "orders": _listing(ORDERS_SQL, ("sales", "orders"), _DATED),
    "invoices": _listing(INVOICES_SQL, ("documents", "invoices"), _DATED),
    "shipments": _listing(SHIPMENTS_SQL, ("documents", "shipments"), _DATED),
    "creditmemos": _listing(CREDIT_MEMOS_SQL, ("documents", "credit_memos"), _DATED),
    "transactions": _listing(
        TRANSACTIONS_SQL,
        ("documents", "transactions"),
        {"created_at": _TIMES["created_at"]},
        key="transaction_id",
    ),
    "customers/search": _listing(
        CUSTOMERS_SQL, ("catalogue", "customers"), {**_TIMES, "website_id": ("website_id", "number")}
    ),
    "products": _listing(PRODUCTS_SQL, ("catalogue", "products"), _TIMES),
    "categories/list": _listing(CATEGORIES_SQL, ("catalogue", "categories"), _TIMES),
    "inventory/sources": Listing(
        SOURCES_SQL, {"source_code": ("number", "text")}, "source_code", ("catalogue", "sources")
    ),
    "inventory/source-items": Listing(
        SOURCE_ITEMS_SQL,
        {"source_code": ("source_code", "text"), "sku": ("sku", "text")},
        "sku",
        ("catalogue", "source_items"),
    ),
    "salesRules/search": _listing(RULES_SQL, ("catalogue", "sales_rules"), key="rule_id"),
    "coupons/search": _listing(COUPONS_SQL, ("catalogue", "coupons"), key="coupon_id"),
}
"""By path below V1."""
