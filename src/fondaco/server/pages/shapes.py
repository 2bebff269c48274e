"""Geometry of the small drawings that the server writes itself: sparklines, bars and the steps of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = Decimal | int | float


@dataclass(frozen=True, slots=True)
class Spark:
    """Two polylines in a box of 100 × 30."""

    now: str
    then: str


def spark(now: Sequence[Number | None], then: Sequence[Number | None]) -> Spark:
    """Both lines on one scale, from the lowest to the highest value; a tenth of the highest at least, so that a
    steady figure looks steady."""
    values = [float(value) for value in (*now, *then) if value is not None] or [0.0]
    middle = (min(values) + max(values)) / 2
    span = max(max(values) - min(values), 0.1 * abs(max(values)), 1e-9)
    low = middle - span / 2

    def line(points: Sequence[Number | None]) -> str:
        if len(points) < 2:
            return ""
        step = 100 / (len(points) - 1)
        return " ".join(
            f"{index * step:.1f},{29 - 28 * (float(value) - low) / span:.1f}"
            for index, value in enumerate(points)
            if value is not None
        )

    return Spark(line(now), line(then[: len(now)]))


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a bar starts and how long it is, in percent of its row."""

    start: str
    width: str
    kind: str = ""


def share_bar(value: Number | None, largest: Number | None) -> Bar:
    if not value or not largest or value < 0:
        return Bar("0", "0")
    return Bar("0", f"{max(0.5, 100 * float(value) / float(largest)):.2f}")


def steps(rows: Sequence[tuple[Number | None, bool]]) -> list[Bar]:
    """Bars of a statement: each row is (signed amount, whether it is a sum so far); sums start at nought."""
    edges: list[tuple[float, float, str]] = []
    level = 0.0
    for amount, is_sum in rows:
        value = float(amount or 0)
        if is_sum:
            edges.append((0.0, value, ""))
            level = value
        else:
            edges.append((level, level + value, "more" if value >= 0 else "less"))
            level += value
    low = min([0.0, *(min(a, b) for a, b, _ in edges)])
    high = max([0.0, *(max(a, b) for a, b, _ in edges)])
    span = (high - low) or 1.0
    return [
        Bar(
            f"{100 * (min(a, b) - low) / span:.2f}",
            f"{max(0.25, 100 * abs(b - a) / span):.2f}" if a != b else "0",
            kind,
        )
        for a, b, kind in edges
    ]
