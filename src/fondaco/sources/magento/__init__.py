"""Magento 2 and Adobe Commerce, through their REST API. ``docs/connectors/magento.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.magento.connector import Magento
from fondaco.sources.magento.settings import MagentoSettings

__all__ = ["Magento", "MagentoSettings"]
