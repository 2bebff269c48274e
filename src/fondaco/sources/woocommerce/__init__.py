"""WooCommerce, through its REST API v3. ``docs/connectors/woocommerce.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.woocommerce.connector import WooCommerce
from fondaco.sources.woocommerce.settings import WooCommerceSettings

__all__ = ["WooCommerce", "WooCommerceSettings"]
