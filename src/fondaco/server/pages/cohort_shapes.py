"""The page of cohorts as its template needs it: cells with their words and shades, the points of the curve, the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import fmean, variance

from fondaco.metrics import cohorts as read
from fondaco.metrics.cohorts import Cell, Cohort, Figure, Measure, ReturnRows
from fondaco.server.numbers import NOTHING, Change, Numbers
from fondaco.server.pages.cohort_views import MEASURES, TILES, CohortView, Definition

SHADES = 9
_CLEAR = 1.5
"""Standard errors that two halves must differ by to be called different."""

LEAST_CUSTOMERS = 20
"""Smaller cohorts stand in the table, but set no shade, draw no line and win no comparison."""

_LOOKED_AT: dict[Measure, int] = {"retention": 3, "orders": 3, "net_sales": 3, "cumulative": 11}
_MONTHS_AHEAD = 24


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One field of the heat map. ``kind`` is the cell's state; ``note`` says what a reader must know of it."""

    kind: str
    shade: int
    text: str
    note: str
    value: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    month: str
    query: str
    is_followed: bool
    is_small: bool
    customers: str
    cells: Sequence[HeatCell]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    label: str
    seen: str
    seen_text: str
    ahead: str
    ahead_text: str
    low: str
    high: str
    interval: str
    mean: str
    mean_text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One cohort's course, its forecast, and the mean of all cohorts shown."""

    cohort: str
    mean_label: str
    unit: str
    summary: str
    points: Sequence[CurvePoint]


@dataclass(frozen=True, slots=True)
class Tile:
    definition: Definition
    parts: tuple[str, str, str]
    change: Change | None
    was: str
    note: str


def months_shown(cohorts: Sequence[Cohort]) -> int:
    """Columns of the heat map: as far as anything is known of a cohort."""
    known = (cell.month_number for cohort in cohorts for cell in cohort.cells if cell.state != "unknown")
    return min(max(known, default=0), _MONTHS_AHEAD) + 1


def telling(cohorts: Sequence[Cohort]) -> Sequence[Cohort]:
    """Those with ``LEAST_CUSTOMERS``; all where none has so many."""
    return [cohort for cohort in cohorts if cohort.customers >= LEAST_CUSTOMERS] or cohorts


def followed(cohorts: Sequence[Cohort], view: CohortView) -> Cohort:
    """The cohort of the curve: the chosen one, else the newest that has had three months, else two, else one."""
    chosen = next((cohort for cohort in cohorts if cohort.month == view.cohort), None)
    if chosen is not None:
        return chosen
    for number in (3, 2, 1, 0):
        for cohort in reversed(cohorts):
            cell = cohort.at(number)
            if cell is not None and cell.state == "seen":
                return cohort
    return cohorts[-1]


def heat_rows(cohorts: Sequence[Cohort], view: CohortView, numbers: Numbers, months: int) -> list[HeatRow]:
    """All cohorts, the newest at the bottom. The month of the first purchase has no shade but where amounts add up."""
    first = 0 if view.measure == "cumulative" else 1
    figures = [
        cell.figure
        for cohort in telling(cohorts)
        for cell in cohort.cells[first:months]
        if cell.figure is not None
    ]
    low = min(figures, default=Decimal(0)) if first == 0 else Decimal(0)
    high = max(figures, default=Decimal(0))
    unit, follow = MEASURES[view.measure].unit, followed(cohorts, view)
    rows = []
    for cohort in cohorts:
        cells = []
        for number in range(months):
            cell = cohort.at(number)
            if cell is None or cell.figure is None:
                cells.append(HeatCell("unknown", 0, "", "", ""))
                continue
            shade = 0 if number < first else _shade(cell.figure, low, high)
            note = _note(cell, cohort, unit, numbers)
            text = _short(cell.figure, unit, numbers)
            cells.append(HeatCell(cell.state, shade, text, note, _exact(cell.figure)))
        month = f"{cohort.month:%Y-%m}"
        rows.append(
            HeatRow(
                numbers.month(cohort.month),
                view.query(cohort=month),
                cohort is follow,
                cohort.customers < LEAST_CUSTOMERS,
                numbers.count(cohort.customers),
                cells,
            )
        )
    return rows


def _shade(figure: Decimal, low: Decimal, high: Decimal) -> int:
    if high <= low:
        return 0
    return max(0, min(SHADES - 1, int(SHADES * (figure - low) / (high - low))))


def _short(figure: Figure, unit: str, numbers: Numbers) -> str:
    """Money without its cents: a cell is narrow, and the exact figure stands in its note and in the file."""
    if figure is None:
        return NOTHING
    if unit == "money":
        return numbers.count(figure)
    return numbers.figure(figure, unit) if unit == "rate" else numbers.fixed(figure)


def _note(cell: Cell, cohort: Cohort, unit: str, numbers: Numbers) -> str:
    text = _full(cell.figure, unit, numbers)
    if cell.state == "forecast":
        return (
            f"Forecast {text}, likely {_full(cell.low, unit, numbers)} to {_full(cell.high, unit, numbers)}"
        )
    if cell.state == "partial":
        of = f"{numbers.count(cell.customers)} of {numbers.count(cohort.customers)} customers"
        return f"{text} so far: {of} have had this month whole"
    return text


def _full(figure: Figure, unit: str, numbers: Numbers) -> str:
    return numbers.figure(figure, unit)


def _exact(figure: Figure) -> str:
    return "" if figure is None else format(figure, "f")


def curve(
    cohorts: Sequence[Cohort], every: Sequence[Cohort], view: CohortView, numbers: Numbers, months: int
) -> Curve:
    """The followed cohort beside the mean of all that are shown. The month of the first purchase is left out but where amounts add up."""
    follow = followed(cohorts, view)
    definition = MEASURES[view.measure]
    unit = definition.unit
    mean = read.mean_curve(cohorts, view.measure)
    first = 0 if view.measure == "cumulative" else 1
    points = []
    for number in range(first, months):
        cell = follow.at(number)
        seen = cell.figure if cell is not None and cell.state in ("seen", "partial") else None
        ahead = cell if cell is not None and cell.state == "forecast" else None
        together = mean[number] if number < len(mean) else None
        points.append(
            CurvePoint(
                label=f"Month {number}",
                seen=_exact(seen),
                seen_text=_full(seen, unit, numbers),
                ahead=_exact(ahead.figure) if ahead else "",
                ahead_text=_full(ahead.figure, unit, numbers) if ahead else NOTHING,
                low=_exact(ahead.low) if ahead else "",
                high=_exact(ahead.high) if ahead else "",
                interval=f"{_full(ahead.low, unit, numbers)} – {_full(ahead.high, unit, numbers)}" if ahead else NOTHING,
                mean=_exact(together),
                mean_text=_full(together, unit, numbers),
            )
        )  # fmt: skip
    month = numbers.month(follow.month)
    known = [point for point in points if point.seen]
    summary = f"{definition.label} of the cohort of {month} by month since the first purchase. "
    if known:
        summary += f"Last seen: {known[-1].seen_text} in {known[-1].label.lower()}. "
    summary += "The table button shows every value."
    return Curve(month, f"All {len(cohorts)} cohorts shown", unit, summary, points)


def sentence(cohorts: Sequence[Cohort], measure: Measure, numbers: Numbers) -> str:
    """Which cohort did best, and whether the newer ones do better than the older ones."""
    unit = MEASURES[measure].unit
    large = sum(cohort.customers >= LEAST_CUSTOMERS for cohort in cohorts)
    if large < 2 <= len(cohorts):
        return f"Fewer than two cohorts here have {LEAST_CUSTOMERS} customers: that is too little to compare."
    cohorts = telling(cohorts)
    for number in range(_LOOKED_AT[measure], -1, -1):
        told = [
            (cohort, cell.figure)
            for cohort in cohorts
            if (cell := cohort.at(number)) is not None and cell.state == "seen" and cell.figure is not None
        ]
        if len(told) >= min(4, len(cohorts)) and (number > 0 or measure == "cumulative"):
            break
    else:
        return "No cohort that is large enough has had a whole month after its first yet: there is nothing to compare."
    when = f"by the end of month {number}" if measure == "cumulative" else f"in month {number}"
    best, figure = max(told, key=lambda each: each[1])
    shown = {
        "retention": f"{numbers.rate(figure)} of its customers bought",
        "orders": f"{numbers.fixed(figure)} orders for each customer",
        "net_sales": f"{numbers.figure(figure, unit)} for each customer",
        "cumulative": f"{numbers.figure(figure, unit)} for each customer",
    }[measure]
    if len(told) == 1:
        return f"One cohort is old enough to tell: that of {numbers.month(best.month)}, with {shown} {when}."
    answer = f"The cohort of {numbers.month(best.month)} did best {when}: {shown}."
    return f"{answer} {_trend([float(each) for _, each in told], unit, numbers)}"


def _trend(figures: Sequence[float], unit: str, numbers: Numbers) -> str:
    """The newer half against the older one, by the scatter between cohorts (Welch)."""
    half = len(figures) // 2
    older, newer = figures[:half], figures[len(figures) - half :]
    if half < 2:
        return "It takes four cohorts to tell whether it is getting better."
    error = sqrt(variance(older) / half + variance(newer) / half)
    then, now = fmean(older), fmean(newer)
    words = [numbers.figure(Decimal(str(round(each, 6))), unit) for each in (now, then)]
    means = f"the newer half of the cohorts stands at {words[0]}, the older half at {words[1]}"
    if abs(now - then) <= _CLEAR * error:
        return f"No clear change: {means}."
    return f"It is getting {'better' if now > then else 'worse'}: {means}."


def tiles(
    shown: Sequence[Cohort],
    before: Sequence[Cohort],
    money: Sequence[Cohort],
    rows: ReturnRows,
    numbers: Numbers,
) -> list[Tile]:
    """Customers won, repeat rate, days to the second order and value, each against as many cohorts before."""
    months, earlier = [each.month for each in shown], [each.month for each in before]
    now = read.return_times(rows, months)
    then = read.return_times(rows, earlier, within=now.within)
    value, past = (
        read.value_after([each for each in money if each.month in chosen], 12) for chosen in (months, earlier)
    )
    notes = {
        "days_to_second": f"of those who return within {now.within} days" if now.within else "",
        "value_12": _forecast_words(value, numbers),
    }
    customers = [sum(each.customers for each in chosen) or None for chosen in (shown, before)]
    figures: dict[str, tuple[Figure | int, Figure | int]] = {
        "new_customers": (customers[0], customers[1]),
        "repeat_rate": (now.rates[90][0], then.rates[90][0]),
        "days_to_second": (now.quartiles[1], then.quartiles[1]),
        "value_12": (value.value, past.value),
    }
    found = []
    for name, (figure, was) in figures.items():
        definition = TILES[name]
        text = numbers.figure(figure, definition.unit)
        parts = numbers.money_parts(figure) if definition.unit == "money" else (text, "", "")
        change = numbers.change(figure, was, definition.good) if before else None
        found.append(
            Tile(definition, parts, change, numbers.figure(was, definition.unit), notes.get(name, ""))
        )
    return found


def _forecast_words(value: read.ValueAfter, numbers: Numbers) -> str:
    if not value.forecast:
        return ""
    if not value.seen:
        return "a forecast"
    return f"{numbers.count(value.forecast)} of {numbers.count(value.seen + value.forecast)} cohorts forecast"
