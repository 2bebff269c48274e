"""The course of net sales as plain geometry: bars for the span, a line for the one before. Page and PDF draw the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from fondaco.numbers import Numbers
from fondaco.reports.content import Step


@dataclass(frozen=True, slots=True)
class Box:
    """A bar: its left upper corner, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside an axis, and the place on it that it names."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in a field of ``width`` by ``height``, nought at its left upper corner.

    Attributes
    ----------
    lines
        Courses of the span before; a step without a value interrupts them.
    nought
        The height at which nought lies.
    """

    width: float
    height: float
    left: float
    nought: float
    bars: Sequence[Box]
    lines: Sequence[Sequence[tuple[float, float]]]
    grid: Sequence[Mark]
    ticks: Sequence[Mark]


def draw(
    steps: Sequence[Step],
    numbers: Numbers,
    *,
    width: float = 680,
    height: float = 190,
    left: float = 52,
    labels: int = 10,
) -> Drawing:
    """Bars over an axis from nought, the lines of a grid, and at most ``labels`` names of steps."""
    values = [value for step in steps for value in (step.now, step.before) if value is not None]
    low, high, unit = scale(min([Decimal(0), *values]), max([Decimal(0), *values]))
    field = height - 26

    def y(value: Decimal) -> float:
        return 6 + (field - 6) * float((high - value) / (high - low))

    room = (width - left) / max(1, len(steps))
    thick = min(26.0, room * 0.62)
    bars = [
        Box(
            left + room * place + (room - thick) / 2,
            min(y(step.now), y(Decimal(0))),
            thick,
            abs(y(step.now) - y(Decimal(0))),
        )
        for place, step in enumerate(steps)
        if step.now is not None
    ]
    lines: list[list[tuple[float, float]]] = [[]]
    for place, step in enumerate(steps):
        if step.before is None:
            lines.append([])
        else:
            lines[-1].append((left + room * (place + 0.5), y(step.before)))
    every = ceil(len(steps) / labels) or 1
    count = int((high - low) / unit)
    return Drawing(
        width=width,
        height=height,
        left=left,
        nought=y(Decimal(0)),
        bars=bars,
        lines=[line for line in lines if len(line) > 1],
        grid=[Mark(y(low + unit * n), numbers.axis_money(low + unit * n)) for n in range(count + 1)],
        ticks=[
            Mark(left + room * (place + 0.5), step.label)
            for place, step in enumerate(steps)
            if place % every == 0
        ],
    )


def scale(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Round ends around [low, high], and the round distance between lines: three to five of them, nought among them."""
    high = high if high > low else low + 4
    span = high - low
    power = Decimal(10) ** floor(log10(span / 4))
    unit = next(power * step for step in (1, 2, Decimal("2.5"), 5, 10) if power * step * 4 >= span)
    bottom, top = unit * floor(low / unit), unit * ceil(high / unit)
    return bottom, top, unit
