"""A line over time as the template needs it: every point with its words, beside the compared period's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.periods import Grain, Period, View, shift_months

_STEPS = {"day": "Day", "week": "Week", "month": "Month"}


@dataclass(frozen=True, slots=True)
class Point:
    tick: str
    label: str
    value: str
    text: str
    then_label: str
    then_value: str
    then_text: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    step: str
    now_label: str
    then_label: str
    summary: str
    points: Sequence[Point]


def steps_of(period: Period, grain: Grain) -> list[date]:
    """The first day of every step that the period touches."""
    if grain == "day":
        return [period.first + timedelta(days) for days in range(period.days)]
    if grain == "week":
        monday = period.first - timedelta(period.first.weekday())
        return [monday + timedelta(7 * n) for n in range((period.last - monday).days // 7 + 1)]
    first = period.first.replace(day=1)
    months = (period.last.year - first.year) * 12 + period.last.month - first.month
    return [shift_months(first, n) for n in range(months + 1)]


def series(figures: Figures, metrics: Sequence[str], period: Period, grain: Grain) -> list[tuple[date, Row]]:
    """One row for each step of the period; a step without a row has no value."""
    found: dict[date, Row] = {row[grain]: row for row in figures.rows(metrics, (grain,), period)}
    empty: Mapping[str, Any] = dict.fromkeys(metrics)
    return [(step, found.get(step, empty)) for step in steps_of(period, grain)]


def over_time(figures: Figures, name: str, metrics: Sequence[str]) -> Chart:
    """The metric over the view's period and, beside it, over the compared one. ``metrics`` are asked for together."""
    view, numbers = figures.view, figures.numbers
    metric = figures.metric(name)
    grain = view.period.grain
    now = series(figures, metrics, view.period, grain)
    then = series(figures, metrics, view.comparison, grain) if view.comparison else []

    def words(step: date | None, row: Row | None) -> tuple[str, str, str]:
        if step is None or row is None:
            return NOTHING, "", NOTHING
        value = row[name]
        exact = "" if value is None else format(Decimal(str(value)), "f")
        return numbers.bucket(step, grain), exact, numbers.figure(value, metric.unit)

    points = []
    for (step, row), other in zip_longest(now, then[: len(now)], fillvalue=(None, None)):
        if step is None:
            continue
        label, value, text = words(step, row)
        then_label, then_value, then_text = words(*other)
        tick = numbers.month(step) if grain == "month" else numbers.short_day(step)
        points.append(Point(tick, label, value, text, then_label, then_value, then_text))
    return Chart(
        title=metric.label,
        unit=metric.unit,
        step=_STEPS[grain],
        now_label=numbers.period(view.period.first, view.period.last),
        then_label=_compared(view, numbers),
        summary=_summary(metric.label, grain, points),
        points=points,
    )


def _compared(view: View, numbers: Numbers) -> str:
    beside = view.comparison
    return numbers.period(beside.first, beside.last) if beside else ""


def _summary(label: str, grain: Grain, points: Sequence[Point]) -> str:
    """The chart in a sentence, for those who do not see it."""
    known = [point for point in points if point.value]
    if not known:
        return f"{label} per {grain}: no data in this period."
    low, high = (pick(known, key=lambda p: Decimal(p.value)) for pick in (min, max))
    return (
        f"{label} per {grain}: lowest {low.text} ({low.label}), highest {high.text} ({high.label}). "
        "The table button shows every value."
    )
