"""eBay, through the Sell APIs. ``docs/connectors/ebay.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.ebay.connector import Ebay
from fondaco.sources.ebay.settings import EbaySettings

__all__ = ["Ebay", "EbaySettings"]
