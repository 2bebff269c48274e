"""The vendors that the simulator can stand for, and where the endpoint of each is."""

from __future__ import annotations

from importlib.metadata import distributions

VENDORS = {
    "shopify": "fondaco.simulator.shopify.app",
    "woocommerce": "fondaco.simulator.woocommerce.app",
    "commercetools": "fondaco.simulator.commercetools.app",
    "magento": "fondaco.simulator.magento.app",
}
"""Platform of shops → its endpoint."""
MARKETPLACES = {
    "amazon": ("Amazon", "fondaco.simulator.amazon.app"),
    "ebay": ("eBay", "fondaco.simulator.ebay.app"),
    "prohandel": ("ProHandel", "fondaco.simulator.prohandel.app"),
}
"""Marketplace or ERP, as the source that reads it is called → what people call it, and its endpoint."""
AD_VENDORS = {
    "meta": ("meta_ads", "fondaco.simulator.meta_ads.app"),
    "google": ("google_ads", "fondaco.simulator.google_ads.app"),
}
"""Advertising platform → the source that reads it, and its endpoint."""
if not any(
    distributions(name="google-ads")
):  # Google's own client is an extra, and its endpoint is made of it
    del AD_VENDORS["google"]

MESSAGE_VENDORS = {
    "klaviyo": ("klaviyo", "fondaco.simulator.klaviyo.app"),
    "mailchimp": ("mailchimp", "fondaco.simulator.mailchimp.app"),
    "postscript": ("postscript", "fondaco.simulator.postscript.app"),
}
"""Messaging platform → the source that reads it, and its endpoint."""
