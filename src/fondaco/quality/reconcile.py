"""Our daily figures beside the vendor's own report, to the cent, with the orders and the cause of each gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from fondaco.control import Connection, ReconciliationDay
from fondaco.quality.causes import Cause, Evidence, explain
from fondaco.quality.figures import our_days, read_evidence
from fondaco.sources.source import ReportDay
from fondaco.warehouse import Writer

FIGURES = (
    "gross_sales",
    "discounts",
    "returns",
    "net_sales",
    "shipping",
    "taxes",
    "duties",
    "total_sales",
    "orders",
)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of one shop-local day. ``gap`` is ours minus the vendor's."""

    day: date
    figure: str
    ours: Decimal
    vendors: Decimal

    @property
    def gap(self) -> Decimal:
        return self.ours - self.vendors


def compare(
    ours: Mapping[date, Mapping[str, Decimal]], report: Sequence[ReportDay], first: date, last: date
) -> list[Comparison]:
    """All figures that the vendor's report has, for every day of [first, last].

    A day that one side does not list counts as zero there. A figure that the report never has is left out; a report without
    a single day knows of no sales at all.
    """
    theirs = {day.day: day for day in report}
    told = [
        figure for figure in FIGURES if not report or any(getattr(day, figure) is not None for day in report)
    ]
    return [
        Comparison(
            day,
            figure,
            ours.get(day, {}).get(figure, _ZERO),
            _amount(getattr(theirs[day], figure)) if day in theirs else _ZERO,
        )
        for day in _days(first, last)
        for figure in told
    ]


def reconcile(
    connection: Connection,
    report: Sequence[ReportDay],
    writer: Writer,
    *,
    first: date,
    last: date,
    read_until: datetime | None,
    compared_at: datetime,
) -> list[ReconciliationDay]:
    """Compare [first, last] with ``report`` and explain each gap.

    Parameters
    ----------
    writer
        The warehouse in building: what is compared is what would be published.
    read_until
        How far the connection's orders have been read.
    """
    compared = compare(our_days(writer, connection, first, last), report, first, last)
    off = sorted({c.day for c in compared if c.gap != _ZERO})
    evidence = read_evidence(writer, connection, off) if off else Evidence()
    causes = explain(compared, evidence, connection, read_until)
    return [
        _kept(connection, found, causes.get((found.day, found.figure)), compared_at) for found in compared
    ]


def _kept(
    connection: Connection, found: Comparison, cause: Cause | None, compared_at: datetime
) -> ReconciliationDay:
    return ReconciliationDay(
        tenant_id=connection.tenant_id,
        connection_id=connection.connection_id,
        day=found.day,
        figure=found.figure,
        currency=connection.currency,
        ours=found.ours,
        vendors=found.vendors,
        gap=found.gap,
        cause=cause.words if cause else None,
        orders=list(cause.orders) if cause else [],
        compared_at=compared_at,
    )


def _amount(value: Decimal | int | None) -> Decimal:
    return _ZERO if value is None else Decimal(value)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
