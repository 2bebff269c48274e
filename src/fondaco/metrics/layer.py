"""The semantic layer as its users hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property

import pyarrow as pa

from fondaco.errors import ConfigError
from fondaco.metrics.compiler import compile_query, compile_rows
from fondaco.metrics.definitions import Metric, Table, is_distinct, load_metrics, load_tables
from fondaco.metrics.query import TIME_STEPS, MetricQuery
from fondaco.warehouse.engine import Dialect, Reader, Value

_ADVERTISED = ("campaigns_daily", "messages_daily", "visits_daily")
_LONGEST_SPAN = 366


class SemanticLayer:
    """All metrics, and how each is read from the marts."""

    def __init__(self, tables: tuple[Table, ...], metrics: tuple[Metric, ...]) -> None:
        self._tables = tables
        self.metrics = metrics

    @classmethod
    def load(cls) -> SemanticLayer:
        """The packaged definitions."""
        return _packaged()

    @cached_property
    def _by_name(self) -> dict[str, Metric]:
        return {metric.name: metric for metric in self.metrics}

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Everything that some metric can be broken down by; time steps first."""
        return tuple(dict.fromkeys(d for metric in self.metrics for d in metric.dimensions))

    @cached_property
    def groups(self) -> Mapping[str, tuple[Metric, ...]]:
        """All metrics under what they are of, in the order of the definitions."""
        names = dict.fromkeys(metric.group for metric in self.metrics)
        return {name: tuple(metric for metric in self.metrics if metric.group == name) for name in names}

    def metric(self, name: str) -> Metric:
        """The metric of that name.

        Raises
        ------
        ConfigError
            If there is none; all names are listed.
        """
        if name not in self._by_name:
            raise ConfigError(
                f"There is no metric {name!r}.",
                f"Choose from {_listed(self._by_name)}; `fondaco metrics list` explains them.",
            )
        return self._by_name[name]

    def compile(
        self, query: MetricQuery, dialect: Dialect, tenant_id: str = "default"
    ) -> tuple[str, dict[str, Value]]:
        """SQL over schema ``marts`` with named parameters.

        Raises
        ------
        ConfigError
            If the query names what does not exist, or what does not go together; what would is listed.
        """
        metrics = self._checked(query)
        return compile_query(query, metrics, self._tables, dialect, tenant_id)

    def answers(self, query: MetricQuery) -> bool:
        """Whether the metrics, dimensions and conditions of a query go together."""
        try:
            self.compile(query, "duckdb")
        except ConfigError:
            return False
        return True

    def rows_of(self, table: str, query: MetricQuery, tenant_id: str) -> tuple[str, dict[str, Value]]:
        """The rows of a mart that a query is about: SQL from ``from marts.<table>`` on, and its parameters.

        Raises
        ------
        ConfigError
            As for a query.
        """
        self._checked(query)
        found = next(each for each in self._tables if each.name == table)
        return compile_rows(query, found, tenant_id)

    def query(self, reader: Reader, query: MetricQuery, tenant_id: str) -> pa.Table:
        """Columns: the dimensions of ``by``, then the metrics. Money and quotients are decimals, null where undefined."""
        return reader.query(*self.compile(query, reader.dialect, tenant_id))

    def _checked(self, query: MetricQuery) -> list[Metric]:
        if not query.metrics:
            raise ConfigError("The query names no metric.", f"Name at least one of {_listed(self._by_name)}.")
        metrics = [self.metric(name) for name in dict.fromkeys(query.metrics)]
        if query.clock not in ("finance", "order"):
            raise ConfigError(f"There is no clock {query.clock!r}.", "Choose from finance, order.")
        if query.last < query.first:
            raise ConfigError(
                f"The period ends on {query.last}, before it starts on {query.first}.",
                "Give the earlier day first.",
            )
        for name in (*query.by, *query.where):
            if name not in self.dimensions:
                raise ConfigError(
                    f"There is no dimension {name!r}.", f"Choose from {_listed(self.dimensions)}."
                )
            for metric in metrics:
                if name not in metric.dimensions:
                    of_now = name in TIME_STEPS and not metric.is_dated
                    raise ConfigError(
                        f"The metric {metric.name} {'says how things are now, and ' if of_now else ''}has no dimension {name!r}.",
                        f"Choose from {_listed(metric.dimensions)}.",
                    )
        self._check_shape(query)
        self._check_span(query, metrics)
        return metrics

    def is_of_advertising(self, name: str) -> bool:
        """Whether what accounts of ads and messages tell is part of a metric, so that shops alone do not make it whole."""
        sold = {
            figure
            for table in self._tables
            if not table.name.startswith(_ADVERTISED)
            for figure in table.figures
        }
        return not set(self.metric(name).figures) <= sold - {"marketing_costs"}

    def sums_over_days(self, name: str) -> bool:
        """Whether a metric of several days comes from the sums of its days; what counts people does not."""
        return not any(is_distinct(figure, self._tables) for figure in self.metric(name).figures)

    def _check_span(self, query: MetricQuery, metrics: list[Metric]) -> None:
        if query.span_days == 1:
            return
        if not 1 <= query.span_days <= _LONGEST_SPAN:
            raise ConfigError(
                f"A span of {query.span_days} days is none.", f"Choose 1 to {_LONGEST_SPAN} days."
            )
        if [name for name in query.by if name in TIME_STEPS] != ["day"]:
            raise ConfigError("Spans of days end on days.", "Ask by day.")
        for metric in metrics:
            if not self.sums_over_days(metric.name):
                raise ConfigError(
                    f"The metric {metric.name} of several days is not the sum of its days.",
                    "Ask for it a day at a time.",
                )

    def _check_shape(self, query: MetricQuery) -> None:
        for name, values in query.conditions().items():
            if name in TIME_STEPS:
                raise ConfigError(
                    f"A query cannot be restricted by {name!r}.", "Set its first and last day instead."
                )
            if not values:
                raise ConfigError(f"The condition on {name!r} allows no value.", "Give at least one.")
        if query.with_total and not (len(query.by) == 1 and query.by[0] in TIME_STEPS):
            raise ConfigError(
                "A total stands beside the rows of one time step only.",
                f"Ask by one of {_listed(TIME_STEPS)}, or without it.",
            )
        known = (*query.by, *query.metrics)
        for name in query.order_by:
            if name.removeprefix("-") not in known:
                raise ConfigError(
                    f"The answer cannot be ordered by {name.removeprefix('-')!r}.",
                    f"Choose from {_listed(known)}, with - before the name for the largest first.",
                )
        if query.limit is not None and query.limit < 1:
            raise ConfigError(f"The limit {query.limit} leaves no row.", "Give 1 or more.")
        if query.offset < 0:
            raise ConfigError(
                f"The answer cannot begin before its first row, at {query.offset}.", "Give 0 or more."
            )


@cache
def _packaged() -> SemanticLayer:
    tables = load_tables()
    return SemanticLayer(tables, load_metrics(tables))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
