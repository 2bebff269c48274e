"""Cohorts of one value beside those of another and of all customers: their courses in one chart, their figures in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fondaco.metrics import cohorts as read
from fondaco.metrics.cohorts import Cohort, ReturnRows
from fondaco.server.numbers import Numbers
from fondaco.server.pages.cohort_shapes import LEAST_CUSTOMERS, CurvePoint, curve, followed, tiles
from fondaco.server.pages.cohort_views import ALL, CohortView

KINDS = ("first", "second", "whole")
"""How the sides are drawn: the value of the page, the one beside it, all customers."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: the cohorts of a value, in the same months as those of the others.

    Attributes
    ----------
    dimension, value
        As the published cohorts call them.
    shown
        The cohorts of the months that the page shows; where it has none of a month, there is one fewer.
    """

    kind: str
    dimension: str
    value: str
    every: Sequence[Cohort]
    shown: Sequence[Cohort]
    money: Sequence[Cohort]
    returns: ReturnRows


@dataclass(frozen=True, slots=True)
class Line:
    """The course of one side's cohort; without points where it has none of that month."""

    kind: str
    label: str
    customers: str
    points: Sequence[CurvePoint]


def sides_of(read_side: Any, view: CohortView, months: Sequence[date]) -> list[Side]:
    """The sides of a view that names a value to stand beside its own, with all customers last; none where it names none.

    Parameters
    ----------
    read_side
        Gives the cohorts by the measure, those by cumulative value, and the returns, of a dimension and a value.
    """
    if not view.beside:
        return []
    asked = [("first", view.by, view.value or "")]
    if view.beside != ALL:
        asked.append(("second", view.by, view.beside))
    asked.append(("whole", "all", ""))
    chosen = frozenset(months)
    found = []
    for kind, dimension, value in asked:
        every, money, returns = read_side(dimension, value)
        shown = [cohort for cohort in every if cohort.month in chosen]
        found.append(Side(kind, dimension, value, every, shown, money, returns))
    return found


def month_of(sides: Sequence[Side], view: CohortView) -> date:
    """The month whose cohorts are drawn: the chosen one, else the newest that has had three months and that all sides have."""
    own, *others = sides
    if view.cohort is not None and any(cohort.month == view.cohort for cohort in own.shown):
        return view.cohort
    common = [cohort for cohort in own.shown if all(_at(side, cohort.month) is not None for side in others)]
    return followed(common or own.shown, replace(view, cohort=None)).month


def _at(side: Side, month: date) -> Cohort | None:
    return next((cohort for cohort in side.shown if cohort.month == month), None)


def lines_of(
    sides: Sequence[Side], labels: Sequence[str], view: CohortView, numbers: Numbers, months: int
) -> list[Line]:
    """A course for each side, by the same months since the first purchase."""
    month = month_of(sides, view)
    lines = []
    for side, label in zip(sides, labels, strict=True):
        cohort = _at(side, month)
        if cohort is None:
            lines.append(Line(side.kind, label, "", ()))
            continue
        drawn = curve([cohort], [cohort], replace(view, cohort=month), numbers, months)
        lines.append(Line(side.kind, label, numbers.count(cohort.customers), drawn.points))
    return lines


def compared(
    sides: Sequence[Side], labels: Sequence[str], view: CohortView, numbers: Numbers, months: int
) -> dict[str, Any]:
    """What the template asks for: the chart, its table, and the figures side by side."""
    lines = lines_of(sides, labels, view, numbers, months)
    when = month_of(sides, view)
    month = numbers.month(when)
    cohorts = [_at(side, when) for side in sides]
    there = [line for line in lines if line.points]
    lacking = [line.label for line in lines if not line.points]
    steps = [
        {"label": point.label, "cells": [line.points[place] for line in there]}
        for place, point in enumerate(there[0].points)
    ]
    return {
        "month": month,
        "lines": there,
        "lacking": lacking,
        "small": [
            label
            for label, cohort in zip(labels, cohorts, strict=True)
            if cohort is not None and cohort.customers < LEAST_CUSTOMERS
        ],
        "least": LEAST_CUSTOMERS,
        "steps": steps,
        "labels": labels,
        "summary": _summary(there, month),
        "figures": _figures(sides, numbers),
        "rates": _rates(sides, numbers),
    }


def _summary(lines: Sequence[Line], month: str) -> str:
    """The newest seen figure of each line, in a sentence."""
    told = []
    for line in lines:
        known = [point for point in line.points if point.seen]
        if known:
            told.append(f"{line.label} {known[-1].seen_text} in {known[-1].label.lower()}")
    return (
        f"The cohorts of {month}, last seen: {', '.join(told)}. The table button shows every value."
        if told
        else ""
    )


def _figures(sides: Sequence[Side], numbers: Numbers) -> list[dict[str, Any]]:
    """Customers, repeat rate, days and value of all cohorts shown, a column a side."""
    columns = [tiles(side.shown, [], side.money, side.returns, numbers) for side in sides]
    return [
        {
            "definition": row[0].definition,
            "cells": [{"text": "".join(tile.parts), "note": tile.note} for tile in row],
        }
        for row in zip(*columns, strict=True)
    ]


def _rates(sides: Sequence[Side], numbers: Numbers) -> list[dict[str, Any]]:
    """Who has bought again within so many days, with the interval, a column a side."""
    found = [read.return_times(side.returns, [cohort.month for cohort in side.shown]).rates for side in sides]
    return [
        {
            "days": days,
            "cells": [
                {
                    "text": numbers.rate(rates[days][0]),
                    "interval": f"{numbers.rate(rates[days][1])} – {numbers.rate(rates[days][2])}"
                    if rates[days][0] is not None
                    else "",
                }
                for rates in found
            ],
        }
        for days in found[0]
    ]
