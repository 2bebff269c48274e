"""Google Ads, through its official client and GAQL. ``docs/connectors/google_ads.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.google_ads.connector import GoogleAds
from fondaco.sources.google_ads.settings import GoogleAdsSettings

__all__ = ["GoogleAds", "GoogleAdsSettings"]
