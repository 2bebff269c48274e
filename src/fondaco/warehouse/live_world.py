"""The changed orders alone, as the views of the models tell of them."""

from __future__ import annotations

import re
from datetime import UTC

import duckdb

from fondaco.warehouse.live_changes import Changes, OrderTables
from fondaco.warehouse.live_models import Model, Models

ENTITIES = (
    "core_orders",
    "core_order_lines",
    "core_order_discounts",
    "core_sales_events",
    "core_refunds",
    "core_payments",
    "core_fees",
    "core_order_visits",
)
"""Models that read the views of orders, filtered by ``core_order_changes``."""

_RELATION = re.compile(r'"\w+"\."\w+"\."\w+"')


class LiveWorld:
    """Temporary tables with the changed orders' raw rows, and the views over them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, models: Models, changes: Changes) -> None:
        self._connection, self._models, self._changes = connection, models, changes
        self._catalog = models["core_orders"].relation.split(".")[0]
        self._instead: dict[str, str] = {}
        self._missed = 0

    def make(self) -> dict[str, str]:
        """Make them; which relation of the models each stands for. ``live orders`` names the changed orders by the models' ids."""
        self._deleted()
        for source in self._changes.sources:
            self._touched(source)
            self._rows(source)
        conformed = [
            model
            for model in self._models.leading_to(ENTITIES)
            if model.schema == "conformed"
            and any(model.name in self._models[entity].depends_on for entity in ENTITIES)
        ]
        sources = {source.source for source in self._changes.sources}
        touched = [model.name for model in conformed if model.name.split("__")[0] in sources]
        for model in self._models.leading_to(touched):
            self._view(model)
        for entity in ENTITIES:
            self._without_others(self._models[entity], touched)
        self._orders([self._models[name] for name in touched])
        self._moved_events(conformed)
        return self._instead

    def _touched(self, source: OrderTables) -> None:
        """The orders of the batch by the vendor's ids; which of them were not read again and are looked up among all."""
        raw_tables = set(self._changes.raw_tables)
        found = [
            f"select connection_id, cast(order_id as varchar) as order_id from {self._raw(table)}"
            f" where {self._is_new} and order_id is not null"
            for table in sorted((source.by_order & raw_tables) - (source.read_whole - {source.main}))
        ]
        if self._changes.deleted_orders:
            # A tombstone may have the number alone, without the type that the vendor puts before it.
            found.append(
                f"select connection_id, cast(order_id as varchar) from {self._raw(source.main)}"
                " where (connection_id, split_part(cast(order_id as varchar), '/', -1))"
                ' in (from temp.main."live deleted")'
            )
        again = f"select connection_id, cast(order_id as varchar) from {self._raw(source.main)} where {self._is_new}"
        self._table(f"{source.source} touched", " union ".join(found))
        self._table(f"{source.source} missed", f'from temp.main."{source.source} touched" except {again}')
        [(self._missed,)] = self._do(f'select count(*) from temp.main."{source.source} missed"').fetchall()

    def _deleted(self) -> None:
        """The orders that are gone."""
        if not self._changes.deleted_orders:
            return
        self._table("live deleted", "select '' as connection_id, '' as order_id limit 0")
        self._connection.executemany(
            'insert into temp.main."live deleted" values (?, ?)',
            [(connection, order.rsplit("/", 1)[-1]) for connection, order in self._changes.deleted_orders],
        )

    @property
    def _is_new(self) -> str:
        since = self._changes.since.astimezone(UTC).replace(tzinfo=None)
        return f"_synced_at >= timestamp '{since.isoformat(sep=' ')}'"

    def _rows(self, source: OrderTables) -> None:
        """Of orders that were read again the rows are those landed with them; of others, all are looked for."""
        for table in sorted(source.by_order):
            self._part(source, table, "(connection_id, cast(order_id as varchar)) in (from {orders})")
        for table, column, owner in source.by_owner:
            owners = self._instead[self._raw(owner)]
            self._part(
                source,
                table,
                f"(connection_id, {column}) in (select connection_id, {column} from {owners})",
            )

    def _part(self, source: OrderTables, table: str, condition: str) -> None:
        relation = self._raw(table)
        is_whole = table in source.read_whole and table in self._changes.raw_tables
        orders = f'temp.main."{source.source} {"missed" if is_whole else "touched"}"'
        looked_up = f"select * from {relation} where {condition.format(orders=orders)}"
        if not is_whole:
            self._table(f"{table} rows", looked_up)
        elif self._missed:
            self._table(
                f"{table} rows",
                f"select * from {relation} where {self._is_new} union all {looked_up} and not {self._is_new}",
            )
        else:
            self._table(f"{table} rows", f"select * from {relation} where {self._is_new}")
        self._instead[relation] = f'temp.main."{table} rows"'

    def _view(self, model: Model) -> None:
        self._do(f'create or replace temp view "{model.name} part" as {self._of(model.select)}')
        self._instead[model.relation] = f'temp.main."{model.name} part"'

    def _without_others(self, entity: Model, touched: list[str]) -> None:
        """Sources that nothing came of have no changed order."""
        self._table(f"no {entity.name}", f"from {entity.relation} limit 0")
        for name in entity.depends_on:
            if name not in touched and name in self._models and self._models[name].schema == "conformed":
                self._instead[self._models[name].relation] = f'temp.main."no {entity.name}"'

    def _orders(self, conformed: list[Model]) -> None:
        """Whatever belongs to an order of the batch: a refund may come before its order."""
        found = [f"select tenant_id, order_id from {self._instead[model.relation]}" for model in conformed]
        rows = (
            " union ".join(found)
            or f"select tenant_id, order_id from {self._models['core_orders'].relation} limit 0"
        )
        self._table("live orders", f"select * from ({rows}) as rows where order_id is not null")

    def _moved_events(self, conformed: list[Model]) -> None:
        """Events of orders that have not changed, to be read as one source's: whose they are is told anew."""
        events = self._models["core_sales_events"]
        self._table("live moved events", f"from {events.relation} limit 0")
        first = next(model for model in conformed if model.name in events.depends_on)
        own = self._instead[first.relation]
        self._do(
            f'create or replace temp view "{first.name} and moved" as'
            f' from {own} union all by name from temp.main."live moved events"'
        )
        self._instead[first.relation] = f'temp.main."{first.name} and moved"'

    def _of(self, select: str) -> str:
        return _RELATION.sub(lambda found: self._instead.get(found[0], found[0]), select)

    def _raw(self, table: str) -> str:
        return f'{self._catalog}."raw"."{table}"'

    def _table(self, name: str, select: str) -> None:
        self._do(f'create or replace temp table "{name}" as {select}')

    def _do(self, sql: str) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql)
