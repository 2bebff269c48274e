"""Shopify, through the GraphQL Admin API. ``docs/connectors/shopify.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.shopify.auth import Grant, authorize_url, exchange_code, verify_callback
from fondaco.sources.shopify.connector import Shopify
from fondaco.sources.shopify.settings import ShopifySettings

__all__ = ["Grant", "Shopify", "ShopifySettings", "authorize_url", "exchange_code", "verify_callback"]
