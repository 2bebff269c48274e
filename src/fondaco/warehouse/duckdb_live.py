"""Build what follows from a few changed orders, in one transaction of DuckDB and without reading the history of all others.

The models' own SQL runs (``fondaco.warehouse.live_models``), over temporary relations that hold only what can have changed: the
changed orders' raw rows below the views, and for models that are made whole, the rows of the orders, customers and people
concerned. What comes of it takes the place of the former rows by their keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import duckdb

from fondaco.duckdb_session import SLOW_OPTIMIZERS, UNSOUND_OPTIMIZERS
from fondaco.warehouse.live_changes import Changes
from fondaco.warehouse.live_models import Model, Models, at, forget_of
from fondaco.warehouse.live_world import LiveWorld

WAITING = frozenset(
    {
        "core_persons",
        "customers",
        "customer_accounts",
        "customer_search",
        "core_customers",
        "gateway_costs_daily",
    }
)
"""What only a run makes anew beside models that say so: it reads all history, and no page of sales or profit needs it."""

_BURIED = frozenset({"orders", "products", "customers"})
"""What may be gone and bears on no order, or on one that is named."""

_ORDER = ("tenant_id", "order_id")
_CUSTOMER = ("tenant_id", "customer_id")
_CHANGES = ("core_order_changes", "core_event_changes", "core_mart_changes")
"""Each with the orders of the one before, and others."""

_RELATION = re.compile(r'"\w+"\."\w+"\."\w+"')


def can_build(models: Models, changes: Changes) -> bool:
    """Whether all that bears on orders in the batch belongs to orders of which it is told which they are."""
    known = {table for source in changes.sources for table in source.all}
    if _BURIED.issuperset(changes.deleted_streams):
        known |= {f"{source.source}__tombstones" for source in changes.sources}
    others = [f"stg_{table}" for table in changes.raw_tables if table not in known]
    return "core_order_changes" not in {model.name for model in models.following(others)}


def build(connection: duckdb.DuckDBPyConnection, models: Models, changes: Changes, now: datetime) -> int:
    """Build all models that follow from these changes; how many. All or nothing: a build that breaks off leaves no trace."""
    connection.execute(f"set disabled_optimizers = '{UNSOUND_OPTIMIZERS},{SLOW_OPTIMIZERS}'")
    connection.begin()
    try:
        count = _Build(connection, models, changes, now).run()
        connection.commit()
    except BaseException:
        # A failed commit has already rolled back.
        with suppress(duckdb.Error):
            connection.rollback()
        raise
    finally:
        connection.execute(f"set disabled_optimizers = '{UNSOUND_OPTIMIZERS}'")
    return count


def _chosen(models: Models, changes: Changes) -> list[Model]:
    """The models that follow from these changes and are built live."""
    staged = [f"stg_{table}" for table in changes.raw_tables]
    names = [model.name for model in models.following(staged, without=WAITING)]
    if "core_mart_changes" in names:
        # Where something else bears on orders, such as the currency of a new product's cost, none has changed by itself.
        names.append("core_order_changes")
    return [
        model
        for model in models.following(names, without=WAITING)
        if model.kind in {"table", "incremental"}
        and model.schema in {"core", "marts"}
        and "each_run" not in model.tags
    ]


class _Build:
    """One build. Temporary relations end with the connection, which is closed after each turn, or are made anew."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, models: Models, changes: Changes, now: datetime
    ) -> None:
        self._connection, self._models, self._changes, self._now = connection, models, changes, now
        self._instead: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._of_customers = ""
        self._own: dict[str, Callable[[Model], None]] = {
            "core_order_changes": self._order_changes,
            "core_fees": self._fees,
            "core_sales_events": self._sales_events,
            "core_customer_identities": self._customer_identities,
            "core_order_persons": self._order_persons,
            "core_order_rules": self._order_rules,
            "core_payment_costs": self._payment_costs,
            "core_marketing_shares": self._marketing_shares,
            "core_order_costs": self._order_costs,
            "core_event_changes": self._event_changes,
            "core_mart_changes": self._mart_changes,
            "core_build_state": self._build_state,
        }

    def run(self) -> int:
        wanted = _chosen(self._models, self._changes)
        is_of_orders = any(model.name == "core_order_changes" for model in wanted)
        if is_of_orders:
            self._instead = LiveWorld(self._connection, self._models, self._changes).make()
            self._remember()
        for model in wanted:
            (self._own.get(model.name, self._as_dbt) if is_of_orders else self._as_dbt)(model)
        return len(wanted)

    # What most models do.

    def _as_dbt(self, model: Model) -> None:
        if any(self._named(name) in text for name in _CHANGES for text in model.forgets):
            self._of_orders(model)
            return
        if model.kind == "table":
            self._do(f"delete from {model.relation}")
        for statement in model.forgets:
            self._do(statement)
        self._add(model)

    def _of_orders(self, model: Model) -> None:
        """A model whose rows are each made of one order's: of what the changed orders have, and kept for the next to read."""
        rows = self._table(f"new {model.name}", self._sql(model, self._new))
        for statement in model.forgets:
            self._do(statement)
        self._do(f"insert into {model.relation} by name from {rows}")
        self._new[model.relation] = rows

    def _add(self, model: Model, instead: dict[str, str] | None = None, where: str = "") -> None:
        self._do(
            f"insert into {model.relation} by name select * from ({self._sql(model, instead)}) as rows {where}"
        )

    def _sql(self, model: Model, instead: dict[str, str] | None = None) -> str:
        """The model's rows, of other relations than its own where there are such."""
        others = {**self._instead, **(instead or {})}
        text = _RELATION.sub(lambda found: others.get(found[0], found[0]), model.select)
        return at(text, self._now)

    def _table(self, name: str, select: str) -> str:
        """A temporary table; its name in SQL."""
        relation = f'temp.main."{name}"'
        self._do(f'create or replace temp table "{name}" as {select}')
        return relation

    def _do(self, sql: str) -> None:
        self._connection.execute(sql)

    def _named(self, name: str) -> str:
        return self._models[name].relation

    def _part(self, of: str, keys: Sequence[str], among: str) -> dict[str, str]:
        """A model's rows with these keys, to be read instead of all its rows."""
        part = self._table(f"part of {of}", f"select * from {self._rows(of, keys, among)}")
        return {self._named(of): part}

    def _rows(self, of: str, keys: Sequence[str], among: str) -> str:
        """A model's rows with these keys; found by the keys alone, for other columns are wide."""
        names, relation = ", ".join(keys), self._named(of)
        found = f"select rowid from {relation} where ({names}) in (select {names} from {among})"
        return f"{relation} where rowid in ({found})"

    # Orders, their events, and whose they are.

    def _remember(self) -> None:
        """Who had bought the orders before they changed."""
        changed = '(select tenant_id, order_id from temp.main."live orders")'
        self._table(
            "live customers",
            f"select distinct tenant_id, customer_id from {self._named('core_orders')}"
            f" where customer_id is not null and (tenant_id, order_id) in {changed}",
        )
        self._table(
            "live people",
            f"select distinct tenant_id, person_id from {self._named('core_order_persons')}"
            f" where (tenant_id, order_id) in {changed}",
        )

    def _order_changes(self, model: Model) -> None:
        self._do(f"delete from {model.relation}")
        self._do(f'insert into {model.relation} by name select * from temp.main."live orders"')

    def _fees(self, model: Model) -> None:
        """Of the changed orders alone; a fee that was the account's while its order was unknown is the order's now."""
        self._do(model.forgets[0])
        fees = self._table(
            "live fees", f"select * from ({self._sql(model)}) as rows where order_id is not null"
        )
        self._do(forget_of(model.relation, ("tenant_id", "fee_id"), fees))
        self._do(f"insert into {model.relation} by name from {fees}")
        self._new[model.relation] = fees

    def _sales_events(self, model: Model) -> None:
        """Of orders that did not change themselves the events stand already: only whose they are is told anew."""
        changes = self._named("core_event_changes")
        self._do(
            f'insert into temp.main."live moved events" by name select * from {model.relation}'
            f" where (tenant_id, order_id) in (select tenant_id, order_id from {changes}"
            ' except select tenant_id, order_id from temp.main."live orders")'
        )
        self._as_dbt(model)

    def _customer_identities(self, model: Model) -> None:
        """Of the customers who have, or had, a changed order."""
        orders, customers = self._named("core_orders"), 'temp.main."live customers"'
        self._do(
            f"insert into {customers} select distinct tenant_id, customer_id from {self._new[orders]}"
            f" where customer_id is not null except from {customers}"
        )
        parts = self._part("core_orders", _CUSTOMER, customers) | self._part(
            "core_customers", _CUSTOMER, customers
        )
        self._do(
            f'insert into temp.main."live people" select distinct tenant_id, person_id from {model.relation}'
            f" where (tenant_id, customer_id) in (from {customers})"
        )
        self._do(forget_of(model.relation, _CUSTOMER, customers))
        self._add(model, parts)
        self._of_customers = parts[orders]

    def _order_persons(self, model: Model) -> None:
        """Of all orders of the people who have, or had, a changed order: each moves the place of the others."""
        orders, people = self._named("core_orders"), 'temp.main."live people"'
        concerned = self._table(
            "concerned orders",
            f"from {self._of_customers} union all by name from {self._new[orders]}"
            f" where (tenant_id, order_id) not in (select tenant_id, order_id from {self._of_customers})",
        )
        who = self._sql(model, {orders: concerned})
        self._do(f"insert into {people} select distinct tenant_id, person_id from ({who}) as rows")
        others = self._table(
            "live others",
            f"select tenant_id, order_id from {model.relation} where (tenant_id, person_id) in (from {people})"
            f" except select tenant_id, order_id from {concerned}",
        )
        if self._has_rows(others):
            self._do(
                f"insert into {concerned} by name select * from {orders} where (tenant_id, order_id) in (from {others})"
            )
        persons = self._table("new core_order_persons", self._sql(model, {orders: concerned}))
        self._do(forget_of(model.relation, _ORDER, concerned))
        self._do(f"insert into {model.relation} by name from {persons}")
        self._new[model.relation] = persons

    def _has_rows(self, relation: str) -> bool:
        return bool(self._connection.execute(f"from {relation} limit 1").fetchall())

    def _event_changes(self, model: Model) -> None:
        """Where no order changed that anybody has, nobody's place has moved."""
        persons = self._new.get(self._named("core_order_persons"))
        if persons is None:
            self._as_dbt(model)
            return
        self._whole(model, {self._named("core_order_persons"): persons})
        self._keep_up("core_order_changes", "core_event_changes")

    def _mart_changes(self, model: Model) -> None:
        self._as_dbt(model)
        self._keep_up("core_event_changes", "core_mart_changes")

    def _keep_up(self, before: str, now: str) -> None:
        """Let the rows kept of changed orders be those of more orders."""
        more = self._table(
            "live more",
            f"select tenant_id, order_id from {self._named(now)} except select tenant_id, order_id from {self._named(before)}",
        )
        if not self._has_rows(more):
            return
        for relation, rows in self._new.items():
            self._do(
                f"insert into {rows} by name select * from {relation} where (tenant_id, order_id) in"
                f" (select * from {more} except select tenant_id, order_id from {rows})"
            )

    def _whole(self, model: Model, instead: dict[str, str]) -> None:
        self._do(f"delete from {model.relation}")
        self._add(model, instead)

    # What orders cost.

    def _order_rules(self, model: Model) -> None:
        """Of the shops, channels, countries and days of changed orders: entries of the cost sheet change with a run."""
        rules = self._table("live rules", self._sql(model, self._new))
        self._do(forget_of(model.relation, ("tenant_id", "place_key", "order_date"), rules))
        self._do(f"insert into {model.relation} by name from {rules}")

    def _payment_costs(self, model: Model) -> None:
        self._do(forget_of(model.relation, _ORDER, self._named("core_mart_changes")))
        self._add(model, self._new)

    def _marketing_shares(self, model: Model) -> None:
        """Whole: an order more is a smaller share for every other of its day. Whose share is another has another profit."""
        shares = self._table("live shares", self._sql(model))
        self._table(
            "live shared",
            f"select tenant_id, order_id from (from {shares} except select * from {model.relation})"
            f" union select tenant_id, order_id from (from {model.relation} except select * from {shares})",
        )
        self._do(f"delete from {model.relation}")
        self._do(f"insert into {model.relation} by name from {shares}")

    def _order_costs(self, model: Model) -> None:
        """Of changed orders, and of those that share a cost with one. What of it differs is looked for among these too."""
        concerned = self._table(
            "live costs",
            f"select tenant_id, order_id from {self._named('core_mart_changes')}"
            ' union select tenant_id, order_id from temp.main."live shared"',
        )
        values = (
            self._new
            if not self._has_rows('temp.main."live shared"')
            else self._part("core_order_values", _ORDER, concerned)
        )
        costs = self._table("new core_order_costs", self._sql(model, values))
        self._do(forget_of(model.relation, _ORDER, concerned))
        self._do(f"insert into {model.relation} by name from {costs}")
        parts = {model.relation: costs} | self._part("core_order_cost_states", _ORDER, concerned)
        changes = self._models["core_profit_changes"]
        self._own["core_profit_changes"] = lambda _: self._whole(changes, parts)

    def _build_state(self, model: Model) -> None:
        """The definition is the same, else dbt would build all; what was to be summed anew has been."""
        self._do(f"delete from {self._named('core_day_changes')}")
