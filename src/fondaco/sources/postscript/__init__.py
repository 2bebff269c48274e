"""Postscript (text messages), through its API v2. ``docs/connectors/postscript.md`` says what is read and how."""

from __future__ import annotations

from fondaco.sources.postscript.connector import Postscript
from fondaco.sources.postscript.settings import PostscriptSettings

__all__ = ["Postscript", "PostscriptSettings"]
