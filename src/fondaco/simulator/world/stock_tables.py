"""The truth of stock: tables that only worlds with stock fill, and that no vendor serves."""

from __future__ import annotations

STOCK_TABLES: dict[str, dict[str, str]] = {
    # What orders would have taken, had it been there; they took something else.
    "lost_demand": {
        "shop_id": "text",
        "variant_id": "bigint",
        "wanted_at": "timestamp",
        "quantity": "bigint",
    },
    # Shop-local days, both ends included, on which nobody could choose the variant.
    "stockouts": {
        "shop_id": "text",
        "variant_id": "bigint",
        "first_day": "text",
        "last_day": "text",
    },
    # The shop's own book of stock, of days on which it moved: what its vendor says at the end of each day.
    "stock_days": {
        "shop_id": "text",
        "variant_id": "bigint",
        "location_id": "bigint",
        "day": "text",  # ISO date, shop-local
        "opening": "bigint",
        "received": "bigint",
        "sold": "bigint",
        "returned": "bigint",
        "transferred": "bigint",
        "counted": "bigint",  # what a count put right
        "unexplained": "bigint",  # changed in the shop's system by hand, and written down nowhere
        "closing": "bigint",
    },
    "suppliers": {
        "shop_id": "text",
        "supplier": "text",
        "name": "text",
        "currency": "text",
        "lead_time_days": "bigint",  # promised
        "true_lead_time": "double",  # mean of what it takes
        "true_lead_spread": "double",  # and its standard deviation
        "minimum_order_value": "bigint",
    },
    "supplier_items": {
        "shop_id": "text",
        "supplier": "text",
        "variant_id": "bigint",
        "unit_cost": "bigint",
        "order_multiple": "bigint",
    },
    "purchase_orders": {
        "shop_id": "text",
        "purchase_order": "text",
        "supplier": "text",
        "variant_id": "bigint",
        "ordered_on": "text",
        "expected_on": "text",
        "received_on": "text",  # null: still open
        "quantity": "bigint",
        "received_quantity": "bigint",
        "unit_cost": "bigint",
    },
    "stock_counts": {
        "shop_id": "text",
        "variant_id": "bigint",
        "location_id": "bigint",
        "counted_on": "text",
        "quantity": "bigint",
    },
    "stock_transfers": {
        "shop_id": "text",
        "variant_id": "bigint",
        "from_location_id": "bigint",
        "to_location_id": "bigint",
        "moved_on": "text",
        "quantity": "bigint",
    },
}
"""As ``schema.TABLES``; costs are minor units of the shop's currency."""
