"""Meta Ads, through the Marketing API. ``docs/connectors/meta_ads.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.meta_ads.connector import MetaAds
from fondaco.sources.meta_ads.settings import MetaAdsSettings

__all__ = ["MetaAds", "MetaAdsSettings"]
