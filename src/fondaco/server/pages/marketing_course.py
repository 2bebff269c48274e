"""Spend over time beside what it brought and what platforms claim, as the template needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.server.pages.charts import Step, course
from fondaco.server.pages.figures import Figures, Named, Row

SERIES = (("attributed_revenue", "ours"), ("ad_spend", "cost"), ("claimed_revenue", "claim"))
"""What is drawn, and how: what is ours as bars, what it cost as a line, what is only claimed as a dashed one."""

NOTHING_SOLD = "Nothing sold"


@dataclass(frozen=True, slots=True)
class SpendPoint:
    """One step.

    Attributes
    ----------
    cells
        The exact figure and its words, in the order of the series.
    mark
        What is to be said of the step; empty where nothing is.
    """

    tick: str
    label: str
    cells: Sequence[tuple[str, str]]
    href: str
    mark: str


@dataclass(frozen=True, slots=True)
class SpendChart:
    step: str
    series: Sequence[tuple[Named, str]]
    points: Sequence[SpendPoint]
    summary: str


def spend_chart(
    figures: Figures,
    metrics: Sequence[str],
    href: Callable[[Step], str] = lambda _: "",
    *,
    marks: bool = False,
) -> SpendChart:
    """The series of the view's period.

    Parameters
    ----------
    metrics
        Asked for together.
    href
        Where a step leads.
    marks
        Whether days with spend and without an order are marked.
    """
    view, numbers = figures.view, figures.numbers
    rows, total = course(figures, metrics, view.period, view.grain)

    def cell(value: Any) -> tuple[str, str]:
        return format(Decimal(value or 0), "f"), numbers.money(value or 0)

    points = [
        SpendPoint(
            tick=numbers.tick(step, view.grain),
            label=numbers.bucket(step, view.grain),
            cells=[cell(row[name]) for name, _ in SERIES],
            href=href(step),
            mark=NOTHING_SOLD if marks and view.grain == "day" and sold_nothing(row) else "",
        )
        for step, row in rows
    ]
    told = ", ".join(f"{figures.metric(name).label.lower()} {cell(total[name])[1]}" for name, _ in SERIES)
    return SpendChart(
        step=view.grain.capitalize(),
        series=[(figures.metric(name), kind) for name, kind in SERIES],
        points=points,
        summary=f"By {view.grain}: {told} in all. The table button shows every value.",
    )


def sold_nothing(row: Row) -> bool:
    """Whether money was spent on a day to which no order is attributed."""
    return bool(row["ad_spend"] and not row["attributed_orders"])
