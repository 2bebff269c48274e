"""Read metrics and tables from the YAML beside the marts: dbt's own semantic-model format, with ``config.meta``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import yaml

from fondaco.metrics.expressions import divides, expand, figures_of, qualified, sql_of
from fondaco.metrics.query import TIME_PARTS, TIME_STEPS, Clock

Unit = Literal["money", "count", "ratio", "rate"]
"""money: reporting currency; count: whole number; ratio: any quotient; rate: a part of a whole, 0..1."""

_MARTS = files("fondaco") / "dbt" / "models" / "marts"
_METRICS: Mapping[str, str] = {
    "_metrics.yml": "Sales",
    "_profit_metrics.yml": "Profit",
    "_marketing_metrics.yml": "Marketing",
    "_message_metrics.yml": "E-mails and texts",
    "_stock_metrics.yml": "Stock",
}
"""The files of metrics, and what those are of that name no ``group``."""
_AGGREGATES = {"sum": "sum({})", "count_distinct": "count(distinct {})"}


@dataclass(frozen=True)
class Figure:
    """An aggregate over one table.

    Attributes
    ----------
    clock
        The only clock this figure has in this table; None: the query's.
    needs
        A dimension without which this aggregate would count twice: rows must be grouped by it, or restricted to one value.
    """

    sql: str
    clock: Clock | None = None
    needs: str | None = None


@dataclass(frozen=True)
class Dimension:
    """SQL that reads it, and the mart to join for it, if any.

    Attributes
    ----------
    key
        The column that both have, by which the mart is joined; empty: the id that the mart is named after.
    is_many
        Whether one row has several values, such as the collections of a product. It counts in each, so that the parts of a sum are more
        than the whole; restricted to some of them, it still counts once.
    """

    sql: str
    via: str | None = None
    key: str = ""
    is_many: bool = False


@dataclass(frozen=True)
class Table:
    """A mart that can answer.

    Attributes
    ----------
    dates
        The day on which a row counts, by each clock; empty where rows say how things are now, whatever the period.
    until
        Where a row stands for a span of days, its last one; ``dates`` then names the first, and the row counts on each of them.
    """

    name: str
    dates: Mapping[str, str]
    until: str | None
    filter: str | None
    dimensions: Mapping[str, Dimension]
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Metric:
    """A metric as people meet it.

    Attributes
    ----------
    group
        What it is of, such as Sales or Customers: the heading under which lists have it.
    good_direction
        up, down or none: which way pleases.
    additive
        Whether its values for the parts of a whole, such as countries, add up to its value for the whole.
    figures, sql
        What is read from tables for it, and its value over these.
    """

    name: str
    label: str
    group: str
    description: str
    formula: str
    unit: Unit
    good_direction: Literal["up", "down", "none"]
    synonyms: tuple[str, ...]
    scope: str
    compared: str
    additive: bool
    dimensions: tuple[str, ...]
    figures: tuple[str, ...]
    sql: str

    @property
    def is_dated(self) -> bool:
        """Whether it is of a period. What is not says how things are now, whatever the period."""
        return not set(TIME_STEPS).isdisjoint(self.dimensions)

    @property
    def good(self) -> str:
        """Short for ``good_direction``."""
        return self.good_direction


def load_tables() -> tuple[Table, ...]:
    """Tables that can answer, the smallest first."""
    declared = _read("_semantic_models.yml")["semantic_models"]
    return tuple(_table(model) for model in declared)


def load_metrics(tables: tuple[Table, ...]) -> tuple[Metric, ...]:
    declared, groups = {}, {}
    for file, group in _METRICS.items():
        for metric in _read(file)["metrics"]:
            declared[metric["name"]] = metric
            groups[metric["name"]] = metric["config"]["meta"].get("group", group)
    return tuple(_metric(name, declared, groups[name], tables) for name in declared)


def _read(name: str) -> Any:
    return yaml.safe_load((_MARTS / name).read_text(encoding="utf-8"))


def _table(model: Mapping[str, Any]) -> Table:
    name = model["name"]
    meta = model.get("config", {}).get("meta", {})
    dimensions = {
        d["name"]: Dimension(qualified(d.get("expr", d["name"]), name))
        for d in model.get("dimensions", ())
        if d["type"] == "categorical" and d["name"] != "clock"
    }
    for dimension, told in meta.get("dimensions", {}).items():
        dimensions[dimension] = Dimension(
            qualified(told["expr"], name), told.get("via"), told.get("key", ""), told.get("is_many", False)
        )
    figures = {
        m["name"]: Figure(qualified(_AGGREGATES[m["agg"]].format(m.get("expr", m["name"])), name))
        for m in model.get("measures", ())
    }
    for figure, told in meta.get("figures", {}).items():
        figures[figure] = Figure(qualified(told["expr"], name), told.get("clock"), told.get("needs"))
    rows = qualified(meta["filter"], name) if "filter" in meta else None
    return Table(name, meta.get("dates", {}), meta.get("until"), rows, dimensions, figures)


def _metric(name: str, declared: Mapping[str, Any], group: str, tables: tuple[Table, ...]) -> Metric:
    told = declared[name]
    meta = told["config"]["meta"]
    expression = expand(name, declared)
    figures = figures_of(expression)
    shared = set.intersection(
        *({d for table in tables if figure in table.figures for d in table.dimensions} for figure in figures)
    )
    ordered = list(dict.fromkeys(d for table in tables for d in table.dimensions))
    dated = all(any(table.dates for table in tables if figure in table.figures) for figure in figures)
    return Metric(
        name=name,
        label=told["label"],
        group=group,
        description=told["description"],
        formula=meta["formula"],
        unit=meta["unit"],
        good_direction=meta["good_direction"],
        synonyms=tuple(meta.get("synonyms", ())),
        scope=meta.get("scope", ""),
        compared=meta.get("compared", ""),
        additive=not divides(expression) and not any(is_distinct(figure, tables) for figure in figures),
        dimensions=(*((*TIME_STEPS, *TIME_PARTS) if dated else ()), *(d for d in ordered if d in shared)),
        figures=figures,
        sql=sql_of(expression),
    )


def is_distinct(figure: str, tables: tuple[Table, ...]) -> bool:
    """Whether the figure counts what may stand in several rows, so that parts count it more than once."""
    first = next(table.figures[figure] for table in tables if figure in table.figures)
    return "distinct" in first.sql.lower()
