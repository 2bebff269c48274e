"""The raw tables: those of the sources, and Fondaco's own."""

from __future__ import annotations

from functools import lru_cache

from fondaco.sources.stream import Table
from fondaco.warehouse.engine import TableSpec

QUARANTINE = TableSpec(
    "raw",
    "fondaco__quarantine",
    (
        ("tenant_id", "text"),
        ("connection_id", "text"),
        ("source", "text"),
        ("stream", "text"),
        ("table_name", "text"),
        ("slice_id", "text"),
        ("record", "json"),
        ("reason", "text"),
        ("quarantined_at", "timestamp"),
    ),
)
TOMBSTONES = TableSpec(
    "raw",
    "fondaco__tombstones",
    (
        ("tenant_id", "text"),
        ("connection_id", "text"),
        ("stream", "text"),
        ("record_id", "text"),
        ("deleted_at", "timestamp"),
        ("found_by", "text"),
        ("_synced_at", "timestamp"),
    ),
    ("tenant_id", "connection_id", "stream", "record_id"),
)
IDENTITY_LINKS = TableSpec(
    "raw",
    "fondaco__identity_links",
    (
        ("tenant_id", "text"),
        ("record_id", "text"),
        ("person_id", "text"),
        ("linked_to", "text"),
        ("rule", "text"),
        ("probability", "double"),
        ("explanation", "json"),
    ),
    ("tenant_id", "record_id"),
)
IDENTITY_DECISIONS = TableSpec(
    "raw",
    "fondaco__identity_decisions",
    (
        ("tenant_id", "text"),
        ("number", "bigint"),
        ("record_id", "text"),
        ("other_record_id", "text"),
        ("decision", "text"),
        ("decided_by", "text"),
        ("decided_at", "timestamp"),
    ),
)
IDENTITY_RUNS = TableSpec(
    "raw",
    "fondaco__identity_runs",
    (
        ("tenant_id", "text"),
        ("fingerprint", "text"),
        ("records", "bigint"),
        ("persons", "bigint"),
        ("links", "bigint"),
        ("set_aside", "json"),
        ("linked_at", "timestamp"),
    ),
    ("tenant_id",),
)
UNIT_COSTS = TableSpec(
    "raw",
    "fondaco__unit_costs",
    (
        ("tenant_id", "text"),
        ("connection_id", "text"),
        ("variant_id", "text"),
        ("number", "bigint"),
        ("product_id", "text"),
        ("sku", "text"),
        ("unit_cost", "decimal"),
        ("currency", "text"),
        ("valid_from", "date"),
        ("seen_at", "timestamp"),
    ),
)
INVENTORY_LEVELS_DAILY = TableSpec(
    "raw",
    "fondaco__inventory_levels_daily",
    (
        ("tenant_id", "text"),
        ("connection_id", "text"),
        ("location_id", "text"),
        ("variant_id", "text"),
        ("level_date", "date"),
        ("available", "bigint"),
        ("on_hand", "bigint"),
        ("committed", "bigint"),
        ("incoming", "bigint"),
        ("read_at", "timestamp"),
    ),
)
INVENTORY_READINGS = TableSpec(
    "raw",
    "fondaco__inventory_readings",
    (
        ("tenant_id", "text"),
        ("connection_id", "text"),
        ("read_date", "date"),
        ("read_at", "timestamp"),
    ),
)
COST_ENTRIES = TableSpec(
    "raw",
    "fondaco__cost_entries",
    (
        ("tenant_id", "text"),
        ("entry_id", "text"),
        ("version", "bigint"),
        ("kind", "text"),
        ("item", "text"),
        ("connection_id", "text"),
        ("country", "text"),
        ("weight_from", "bigint"),
        ("weight_to", "bigint"),
        ("tier_from", "bigint"),
        ("tier_to", "bigint"),
        ("messages", "bigint"),
        ("amount", "decimal"),
        ("rate", "rate"),
        ("currency", "text"),
        ("valid_from", "date"),
        ("valid_to", "date"),
        ("note", "text"),
        ("is_withdrawn", "bool"),
        ("entered_by", "text"),
        ("entered_at", "timestamp"),
    ),
    ("tenant_id", "entry_id", "version"),
)
PROFIT_SETTINGS = TableSpec(
    "raw",
    "fondaco__profit_settings",
    (
        ("tenant_id", "text"),
        ("default_product_cost_rate", "rate"),
        ("returns_restocked", "bool"),
        ("count_taxes_as_cost", "bool"),
        ("marketing_by", "text"),
    ),
    ("tenant_id",),
)
OWN = (
    TableSpec(
        "raw",
        "fondaco__tenants",
        (
            ("tenant_id", "text"),
            ("name", "text"),
            ("currency", "text"),
            ("time_zone", "text"),
            ("_synced_at", "timestamp"),
        ),
        ("tenant_id",),
    ),
    TableSpec(
        "raw",
        "fondaco__connections",
        (
            ("tenant_id", "text"),
            ("connection_id", "text"),
            ("source", "text"),
            ("name", "text"),
            ("currency", "text"),
            ("time_zone", "text"),
            ("role", "text"),
            ("_synced_at", "timestamp"),
        ),
        ("tenant_id", "connection_id"),
    ),
    TOMBSTONES,
    TableSpec(
        "raw",
        "fondaco__exchange_rates",
        (
            ("tenant_id", "text"),
            ("rate_date", "date"),
            ("base_currency", "text"),
            ("currency", "text"),
            ("rate", "rate"),
            ("provider", "text"),
            ("_synced_at", "timestamp"),
        ),
        ("tenant_id", "rate_date", "base_currency", "currency"),
    ),
    QUARANTINE,
    IDENTITY_LINKS,
    IDENTITY_DECISIONS,
    IDENTITY_RUNS,
    UNIT_COSTS,
    INVENTORY_LEVELS_DAILY,
    INVENTORY_READINGS,
    COST_ENTRIES,
    PROFIT_SETTINGS,
)
"""Fondaco's own raw tables; docs/architecture.md tells what they mean."""


QUARANTINE_SLICE = ("tenant_id", "connection_id", "source", "stream", "slice_id")
"""Rows that are set aside replace those of an earlier reading of the same slice."""


@lru_cache(maxsize=1024)
def raw_spec(source: str, table: Table) -> TableSpec:
    """``raw.<source>__<table>``."""
    return TableSpec(
        "raw",
        f"{source}__{table.name}",
        (
            ("tenant_id", "text"),
            ("connection_id", "text"),
            *((column.name, column.type.value) for column in table.columns),
            ("_synced_at", "timestamp"),
            ("_extra", "json"),
        ),
        ("tenant_id", "connection_id", *table.primary_key),
    )
