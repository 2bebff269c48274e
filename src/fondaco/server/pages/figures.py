"""Asks the semantic layer for what a panel shows. No figure is computed here: sums and ratios are the layer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from fondaco.metrics import MetricQuery
from fondaco.server.numbers import Change, Numbers
from fondaco.server.periods import Period, View
from fondaco.server.site import Site

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A metric as a page needs it: what it is called, its unit, and which direction pleases."""

    name: str
    label: str
    unit: str
    good: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a page: the metric, how it reads now, and how it stands to the period beside it."""

    metric: Named
    value: Decimal | int | float | None
    text: str
    parts: tuple[str, str, str]
    change: Change
    was: str


class Figures:
    """The semantic layer as one view of a page sees it."""

    def __init__(self, site: Site, view: View, numbers: Numbers) -> None:
        self.site = site
        self.view = view
        self.numbers = numbers

    def metric(self, name: str) -> Named:
        metric = self.site.metric(name)
        return Named(metric.name, metric.label, str(metric.unit), str(metric.good))

    def rows(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        period: Period | None = None,
        *,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        with_total: bool = False,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Row]:
        """The answer's rows, of the view's period unless another is given; ``where`` adds to the view's conditions."""
        found: list[Row] = self.table(
            metrics, by, period, order_by=order_by, limit=limit, with_total=with_total, where=where
        ).to_pylist()
        return found

    def table(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        period: Period | None = None,
        *,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        with_total: bool = False,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> pa.Table:
        """What ``rows`` gives, as columns: of an answer with thousands of rows only some may be wanted."""
        period = period or self.view.period
        query = MetricQuery(
            metrics=tuple(metrics),
            by=tuple(by),
            first=period.first,
            last=period.last,
            clock=self.view.clock,
            where={**self.view.where, **(where or {})},
            order_by=tuple(order_by),
            limit=limit,
            with_total=with_total,
        )
        return self.site.ask(query)

    def totals(self, metrics: Sequence[str], period: Period | None = None) -> Row:
        rows = self.rows(metrics, (), period)
        return rows[0] if rows else dict.fromkeys(metrics)

    def figure(self, name: str, now: Row, then: Row | None) -> Figure:
        metric = self.metric(name)
        value = now.get(name)
        before = then.get(name) if then is not None else None
        numbers = self.numbers
        text = numbers.figure(value, metric.unit)
        return Figure(
            metric=metric,
            value=value,
            text=text,
            parts=numbers.money_parts(value) if metric.unit == "money" else (text, "", ""),
            change=numbers.change(value, before, metric.good, metric.unit),
            was=numbers.figure(before, metric.unit),
        )
