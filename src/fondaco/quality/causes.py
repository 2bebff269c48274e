"""Why a day differs from the vendor's report, in words, with the orders that make the difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from fondaco.control.reconciliation import CENT

if TYPE_CHECKING:
    from fondaco.control import Connection
    from fondaco.quality.reconcile import Comparison

_ORDERS_TOGETHER = 2
_SEARCHED_AT_MOST = 400
_NAMED_AT_MOST = 10
_COMPONENTS = {
    "net_sales": ("gross_sales", "discounts", "returns"),
    "total_sales": ("gross_sales", "discounts", "returns", "shipping", "taxes", "duties"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Words for a person, and the numbers of the orders that make the gap."""

    words: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What one order adds to one day. ``amounts`` has it by figure; ``counts`` is whether we count it."""

    number: str
    day: date
    amounts: Mapping[str, Decimal]
    counts: bool = True
    is_test: bool = False
    is_deleted: bool = False
    status: str = ""
    presentment_currency: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the warehouse knows about the days that differ."""

    by_day: Mapping[date, tuple[OrderEvidence, ...]] = field(default_factory=dict)
    quarantined: int = 0


def explain(
    compared: Sequence[Comparison], evidence: Evidence, connection: Connection, read_until: datetime | None
) -> dict[tuple[date, str], Cause]:
    """A cause for each gap that one can be found for. What is derived from other figures takes theirs."""
    gaps = {(c.day, c.figure): c.gap for c in compared if abs(c.gap) >= CENT}
    ratio = _constant_ratio(compared)
    causes: dict[tuple[date, str], Cause] = {}
    for (day, figure), gap in gaps.items():
        if figure in _COMPONENTS:
            continue
        cause = (
            (ratio if figure != "orders" else None)
            or _time_zone(gaps, evidence, day, figure, connection)
            or _orders(gap, evidence.by_day.get(day, ()), figure, connection)
            or _general(gap, evidence, connection, day, read_until)
        )
        if cause is not None:
            causes[day, figure] = cause
    for day, figure in gaps:
        parts = [causes[day, part] for part in _COMPONENTS.get(figure, ()) if (day, part) in causes]
        if parts:
            causes[day, figure] = _united(parts)
    return causes


def _constant_ratio(compared: Sequence[Comparison]) -> Cause | None:
    """All days differ by one factor: the report is in another currency."""
    pairs = [(c.ours, c.vendors) for c in compared if c.figure == "gross_sales" and c.ours and c.vendors]
    if len(pairs) < 5:
        return None
    ratios = [vendors / ours for ours, vendors in pairs]
    lowest, highest = min(ratios), max(ratios)
    if abs(lowest - 1) < Decimal("0.01") or highest - lowest > Decimal("0.005") * highest:
        return None
    return Cause(
        f"Currency: every day of the shop's report is {lowest:.4f} times ours, so it is in another currency."
    )


def _time_zone(
    gaps: Mapping[tuple[date, str], Decimal],
    evidence: Evidence,
    day: date,
    figure: str,
    connection: Connection,
) -> Cause | None:
    """The gap of a day is made good by its neighbour: an order stands on the other side of midnight."""
    for neighbour, side in ((day + timedelta(days=1), "next"), (day - timedelta(days=1), "former")):
        opposite = gaps.get((neighbour, figure))
        if opposite is not None and abs(opposite + gaps[day, figure]) < CENT:
            near = [*evidence.by_day.get(day, ()), *evidence.by_day.get(neighbour, ())]
            found = _summing_to(gaps[day, figure], near, figure) or _summing_to(
                -gaps[day, figure], near, figure
            )
            return Cause(
                f"Time zone: the {side} day has the opposite gap, so the shop's report cuts its days elsewhere than at "
                f"midnight in {connection.time_zone}.",
                _numbers(found),
            )
    return None


def _orders(
    gap: Decimal, orders: Sequence[OrderEvidence], figure: str, connection: Connection
) -> Cause | None:
    """The gap is exactly what one or two orders of the day add."""
    if gap > 0:
        ours_only = _summing_to(gap, [o for o in orders if o.counts], figure)
        return Cause(_counted_words(ours_only, connection), _numbers(ours_only)) if ours_only else None
    theirs_only = _summing_to(-gap, [o for o in orders if not o.counts], figure)
    if theirs_only:
        return Cause(_uncounted_words(theirs_only), _numbers(theirs_only))
    changed = _summing_to(-gap, [o for o in orders if o.counts], figure)
    if changed:
        return Cause(
            "Late edit: the shop's report counts these orders in another form; they were changed after their day."
            if _edited_late(changed)
            else "The shop's report counts these orders once more than we do, or in another form.",
            _numbers(changed),
        )
    return None


def _counted_words(orders: Sequence[OrderEvidence], connection: Connection) -> str:
    if any(order.presentment_currency not in ("", connection.currency) for order in orders):
        return "Currency: bought in another currency, and the shop's report converts it at another rate or not at all."
    if _edited_late(orders):
        return "Late edit: changed or deleted after its day, and the shop's report no longer counts it so."
    return "We count these orders and the shop's report does not: deleted there, or marked as a test."


def _edited_late(orders: Sequence[OrderEvidence]) -> bool:
    return any(
        order.updated_at and order.updated_at.date() > order.day + timedelta(days=1) for order in orders
    )


def _uncounted_words(orders: Sequence[OrderEvidence]) -> str:
    if any(order.is_test for order in orders):
        return "Test order: the shop's report counts it, we do not."
    if any(order.is_deleted for order in orders):
        return "Deleted order: the shop's report still counts it, we do not."
    states = ", ".join(sorted({order.status for order in orders if order.status}))
    return f"The shop's report counts orders that are {states or 'not valid'}, we do not."


def _general(
    gap: Decimal, evidence: Evidence, connection: Connection, day: date, read_until: datetime | None
) -> Cause | None:
    """What holds for the whole connection."""
    if read_until is not None and read_until.date() <= day:
        return Cause(f"Not read yet: the orders are read until {read_until:%Y-%m-%d %H:%M} UTC.")
    if connection.missing and gap < 0:
        return Cause(f"Missing permission: {'; '.join(connection.missing)}.")
    if evidence.quarantined and gap < 0:
        return Cause(
            f"Set aside: {evidence.quarantined} records of this shop could not be read as declared; see them in "
            "raw.fondaco__quarantine."
        )
    return None


def _summing_to(amount: Decimal, orders: Iterable[OrderEvidence], figure: str) -> tuple[OrderEvidence, ...]:
    """One order, or two, that add up to ``amount``, if there are."""
    able = [order for order in orders if order.amounts.get(figure)][:_SEARCHED_AT_MOST]
    for count in range(1, _ORDERS_TOGETHER + 1):
        for chosen in combinations(able, count):
            if abs(sum(o.amounts[figure] for o in chosen) - amount) < CENT:
                return chosen
    return ()


def _united(parts: Sequence[Cause]) -> Cause:
    words = list(dict.fromkeys(part.words for part in parts))
    orders = list(dict.fromkeys(number for part in parts for number in part.orders))
    return Cause(" ".join(words), tuple(orders[:_NAMED_AT_MOST]))


def _numbers(orders: Iterable[OrderEvidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order.number for order in orders))[:_NAMED_AT_MOST]
