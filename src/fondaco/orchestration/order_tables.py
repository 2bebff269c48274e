"""Which raw tables of a source are of orders, as its streams declare them."""

from __future__ import annotations

from fondaco.sources.source import Source
from fondaco.warehouse.live_changes import OrderTables

_ORDER = "order_id"


def order_tables(source: Source) -> OrderTables | None:
    """Its order tables; None where it has no orders, or names them otherwise."""
    main = next((stream for stream in source.streams if stream.name == "orders"), None)
    if main is None or main.tables[0].primary_key != (_ORDER,):
        return None
    tables = [table for stream in source.streams for table in stream.tables]
    columns = {table.name: {column.name for column in table.columns} for table in tables}
    by_order = [table for table in tables if _ORDER in columns[table.name]]
    owners = {
        table.primary_key[0]: table.name
        for table in by_order
        if len(table.primary_key) == 1 and table.primary_key != (_ORDER,)
    }

    def raw(name: str) -> str:
        return f"{source.name}__{name}"

    return OrderTables(
        source.name,
        raw(main.tables[0].name),
        frozenset(raw(table.name) for table in by_order),
        tuple(
            (raw(table.name), column, raw(owners[column]))
            for table in main.tables
            if _ORDER not in columns[table.name]
            for column in sorted(columns[table.name] & owners.keys())[:1]
        ),
        frozenset(raw(table.name) for table in main.tables),
    )
