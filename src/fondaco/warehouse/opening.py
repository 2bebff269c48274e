"""Choose the engine that the settings name."""

from __future__ import annotations

from fondaco.config import Settings
from fondaco.warehouse.duckdb import DuckDBWarehouse
from fondaco.warehouse.engine import Warehouse
from fondaco.warehouse.postgres import PostgresWarehouse


def open_warehouse(settings: Settings) -> Warehouse:
    """The project's warehouse. Nothing is connected or created yet.

    Raises
    ------
    ConfigError
        If the engine lacks a setting that it needs.
    """
    if settings.warehouse.kind == "postgres":
        return PostgresWarehouse(settings)
    return DuckDBWarehouse(settings)
