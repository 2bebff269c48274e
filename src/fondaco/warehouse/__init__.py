"""The warehouse: engines, the dbt runner, publishing, reading. No business rule, no vendor name."""

from fondaco.warehouse.engine import Published, Reader, TableSpec, Warehouse, Writer, has_table
from fondaco.warehouse.opening import open_warehouse

__all__ = ["Published", "Reader", "TableSpec", "Warehouse", "Writer", "has_table", "open_warehouse"]
