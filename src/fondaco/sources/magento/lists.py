"""Where each stream's list is, and by which key it is read."""

from __future__ import annotations

from fondaco.sources.magento.client import Listing

LISTS = {
    "orders": Listing("orders"),
    "invoices": Listing("invoices"),
    "shipments": Listing("shipments"),
    "credit_memos": Listing("creditmemos"),
    "transactions": Listing("transactions", "transaction_id", "transaction_id"),
    "customers": Listing("customers/search", "entity_id", "id"),
    "products": Listing("products", "entity_id", "id"),
    "categories": Listing("categories/list", "entity_id", "id"),
    "sources": Listing("inventory/sources", "source_code", "source_code", is_number=False),
    # Of one source at a time: within it a SKU is there once.
    "source_items": Listing("inventory/source-items", "sku", "sku", is_number=False),
    "sales_rules": Listing("salesRules/search", "rule_id", "rule_id"),
    "coupons": Listing("coupons/search", "coupon_id", "coupon_id"),
}
"""By stream."""
