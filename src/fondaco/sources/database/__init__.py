"""The shop's own database: PostgreSQL, MySQL or MariaDB, read by a mapping file."""

from __future__ import annotations

from fondaco.sources.database.connector import Database
from fondaco.sources.database.settings import DatabaseSettings

__all__ = ["Database", "DatabaseSettings"]
