"""Single things among millions of rows, by the columns that published tables are indexed by."""

from __future__ import annotations


def rows_of_one(name: str, table: str, column: str, columns: str = "*") -> str:
    """A CTE called ``name``: the rows of ``marts.<table>`` whose ``column`` is the parameter of the same name.

    Materialized, because DuckDB uses an index only where nothing but its column is asked for; the tenant is asked for afterwards.
    ``fondaco.warehouse.published_layout`` names the columns that have an index.
    """
    return f"{name} as materialized (\n    select {columns} from marts.{table}\n    where {column} = ${column}\n)"
