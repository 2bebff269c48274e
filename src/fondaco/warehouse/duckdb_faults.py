"""What DuckDB does wrongly, and how it is kept from it."""

from __future__ import annotations

UNSOUND_OPTIMIZERS = "statistics_propagation"
"""DuckDB 2.0.0 takes a sum over a left join with an empty table for nought when it compares it: ``sum(a) > 0`` is false for
every row. tests/warehouses/test_engine_faults.py shows it, and fails as soon as DuckDB is right again."""
