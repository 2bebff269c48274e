"""A line over time as the template needs it: every point with its words, beside the compared period's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.periods import Grain, Period, View, shift_months

_STEPS = {
    "hour": "Hour",
    "day": "Day",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
Step = date | str
"""The first day of a step; for hours the hour itself, "00" to "23"."""


@dataclass(frozen=True, slots=True)
class Point:
    tick: str
    label: str
    value: str
    text: str
    then_label: str
    then_value: str
    then_text: str
    href: str = ""
    """Where the step leads, if anywhere."""
    mark: str = ""
    """A verdict on the step, in words."""


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    step: str
    now_label: str
    then_label: str
    summary: str
    points: Sequence[Point]
    bars: bool = False
    """Whether it is drawn as bars, each of which leads where its step does."""
    marks: str = ""
    """What steps below nought are called, where that is a verdict."""


def steps_of(period: Period, grain: Grain) -> list[Step]:
    """Every step that the period touches."""
    if grain == "hour":
        return [f"{hour:02}" for hour in range(24)]
    if grain == "day":
        return [period.first + timedelta(days) for days in range(period.days)]
    if grain == "week":
        monday = period.first - timedelta(period.first.weekday())
        return [monday + timedelta(7 * n) for n in range((period.last - monday).days // 7 + 1)]
    months = _MONTHS[grain]
    first = period.first.replace(month=(period.first.month - 1) // months * months + 1, day=1)
    span = (period.last.year - first.year) * 12 + period.last.month - first.month
    return [shift_months(first, months * n) for n in range(span // months + 1)]


def step_period(step: date, grain: Grain, within: Period) -> Period:
    """The days of a step that lie within the period."""
    if grain in _MONTHS:
        last = shift_months(step, _MONTHS[grain]) - timedelta(1)
    else:
        last = step + timedelta(6 if grain == "week" else 0)
    return Period(max(step, within.first), min(last, within.last))


def series(figures: Figures, metrics: Sequence[str], period: Period, grain: Grain) -> list[tuple[Step, Row]]:
    """One row for each step of the period. A step without a row has no value; an hour in which nothing happened has
    sums of nought."""
    return course(figures, metrics, period, grain)[0]


def course(
    figures: Figures, metrics: Sequence[str], period: Period, grain: Grain
) -> tuple[list[tuple[Step, Row]], Row]:
    """``series``, and the figures of the whole period; both are one question where the grain is one of days."""
    if grain == "hour":
        rows, total = figures.rows(metrics, (grain,), period), figures.totals(metrics, period)
    else:
        *rows, total = figures.rows(metrics, (grain,), period, with_total=True)
    found: dict[Step, Row] = {row[grain]: row for row in rows}
    sums = [name for name in metrics if grain == "hour" and figures.site.metric(name).additive]
    empty: Mapping[str, Any] = dict.fromkeys(metrics) | dict.fromkeys(sums, 0)
    return [(step, found.get(step, empty)) for step in steps_of(period, grain)], total


def over_time(
    figures: Figures,
    name: str,
    metrics: Sequence[str],
    href: Callable[[Step], str] = lambda _: "",
    marks: str = "",
) -> Chart:
    """The metric over the view's period and, beside it, over the compared one.

    Parameters
    ----------
    metrics
        Asked for together.
    href
        Where a step leads.
    marks
        What a step below nought is called; empty where that is no verdict.
    """
    view, numbers = figures.view, figures.numbers
    metric = figures.metric(name)
    grain = view.grain
    now = series(figures, metrics, view.period, grain)
    then = series(figures, metrics, view.comparison, grain) if view.comparison else []

    def words(step: Step | None, row: Row | None) -> tuple[str, str, str]:
        if step is None or row is None:
            return NOTHING, "", NOTHING
        value = row[name]
        exact = "" if value is None else format(Decimal(str(value)), "f")
        return numbers.bucket(step, grain), exact, numbers.figure(value, metric.unit)

    points = []
    for (step, row), other in zip_longest(now, then[: len(now)], fillvalue=(None, None)):
        if step is None or row is None:
            continue
        label, value, text = words(step, row)
        then_label, then_value, then_text = words(*other)
        tick = numbers.tick(step, grain)
        mark = marks if row[name] is not None and row[name] < 0 else ""
        points.append(Point(tick, label, value, text, then_label, then_value, then_text, href(step), mark))
    return Chart(
        title=metric.label,
        unit=metric.unit,
        step=_STEPS[grain],
        now_label=numbers.period(view.period.first, view.period.last),
        then_label=_compared(view, numbers),
        summary=_summary(metric.label, grain, points),
        points=points,
        bars=any(point.href for point in points) or grain == "hour" or bool(marks),
        marks=marks,
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
