"""The models as dbt compiles them for a build of few changes, so that they can be run again without it.

dbt takes longer to run seventy models than their statements do. What it would run is compiled once, as incremental models of
tables that stand; dbt stays the definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fondaco.errors import FatalError
from fondaco.warehouse.dbt import invoke
from fondaco.warehouse.engine import Warehouse

_INSTANT = datetime(1971, 1, 1, 1, 1, 1, tzinfo=UTC)
"""Stands in the compiled SQL where a build says its own instant."""

_FORGETS = re.compile(r"\{\{\s*(\w+)\((?:'(\w+)')?\)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    Attributes
    ----------
    relation
        Its table or view, quoted, as other models name it.
    kind
        dbt's materialization: view, table, incremental.
    select
        What its rows are, or are to be added.
    forgets
        Statements before rows are added: they take away what is told anew.
    depends_on
        Names of the models that it reads.
    """

    name: str
    schema: str
    relation: str
    kind: str
    select: str
    forgets: tuple[str, ...]
    depends_on: frozenset[str]
    tags: frozenset[str]


class Models:
    """All models, each after those that it reads."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._by_name = {model.name: model for model in models}

    def __getitem__(self, name: str) -> Model:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def following(self, names: Iterable[str], *, without: frozenset[str] = frozenset()) -> list[Model]:
        """These models and what follows from them; some, and what follows from those alone, left out."""
        found = set(names) & self._by_name.keys()
        for model in self._by_name.values():
            if model.depends_on & found and model.name not in without:
                found.add(model.name)
        return [model for model in self._by_name.values() if model.name in found]

    def leading_to(self, names: Iterable[str]) -> list[Model]:
        """These models and all that they read."""
        found = set(names)
        for model in reversed(self._by_name.values()):
            if model.name in found:
                found |= model.depends_on & self._by_name.keys()
        return [model for model in self._by_name.values() if model.name in found]


def compile_models(warehouse: Warehouse, manifest: Any, definition: str) -> Models:
    """What dbt would run over the tables that stand.

    Raises
    ------
    FatalError
        If dbt cannot compile a model, or a model has a hook that is not known here.
    """
    outcome = invoke(
        warehouse,
        ["compile", "--select", "resource_type:model", "--indirect-selection", "empty"],
        now=_INSTANT,
        definition=definition,
        manifest=manifest,
    )
    nodes = {result.node.unique_id: result.node for result in outcome.results}
    relations = {node.name: node.relation_name for node in nodes.values()}
    models = {key: _model(node, relations) for key, node in nodes.items()}
    return Models(models[key] for key in _in_order(nodes))


def at(select: str, now: datetime) -> str:
    """Compiled SQL at another instant."""
    return select.replace(_text(_INSTANT), _text(now.astimezone(UTC)))


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S")


def _model(node: Any, relations: dict[str, str]) -> Model:
    hooks = [hook.sql for hook in node.config.pre_hook]
    return Model(
        name=node.name,
        schema=node.schema,
        relation=node.relation_name,
        kind=node.config.materialized,
        select=node.compiled_code,
        forgets=tuple(_forget(hook, node.relation_name, relations) for hook in hooks),
        depends_on=frozenset(
            key.rsplit(".", 1)[-1] for key in node.depends_on.nodes if key.startswith("model.")
        ),
        tags=frozenset(node.tags),
    )


def _forget(hook: str, relation: str, relations: dict[str, str]) -> str:
    """What a pre-hook takes away; these are macros of ``incremental.sql`` and ``forget_days.sql``."""
    match = _FORGETS.fullmatch(hook.strip())
    macro, changes = match.groups() if match else (None, None)
    if macro == "forget_changed" and changes:
        return forget_of(relation, ("tenant_id", "order_id"), relations[changes])
    if macro == "forget_changed_days":
        return forget_of(
            relation, ("tenant_id", "connection_id", "order_date"), relations["core_day_changes"]
        )
    if macro == "forget_days":
        return f"delete from {relation} where order_id is null"
    raise FatalError(
        f"A model has a hook that live builds do not know: {hook}.",
        "Teach it to fondaco.warehouse.live_models.",
    )


def forget_of(relation: str, keys: Sequence[str], changes: str) -> str:
    """Take the rows away whose keys another relation names."""
    names = ", ".join(keys)
    return f"delete from {relation} where ({names}) in (select {names} from {changes})"


def _in_order(nodes: dict[str, Any]) -> list[str]:
    done: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in done:
            return
        for other in nodes[key].depends_on.nodes:
            if other in nodes:
                visit(other)
        done[key] = None

    for key in nodes:
        visit(key)
    return list(done)
