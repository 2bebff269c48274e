"""Klaviyo, through its JSON:API. ``docs/connectors/klaviyo.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.klaviyo.connector import Klaviyo
from fondaco.sources.klaviyo.settings import KlaviyoSettings

__all__ = ["Klaviyo", "KlaviyoSettings"]
