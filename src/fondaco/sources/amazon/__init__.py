"""Amazon, through the Selling Partner API. ``docs/connectors/amazon.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.amazon.connector import Amazon

__all__ = ["Amazon"]
