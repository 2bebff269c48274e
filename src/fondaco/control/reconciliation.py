"""What the comparison with the vendors' own reports found, day by day, and the seal over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from sqlalchemy import ColumnElement, Float, cast, delete, func, select, tuple_
from sqlalchemy.orm import Session

from fondaco.control.database import Database
from fondaco.control.models import ReconciliationDay, SavedSetting

CENT = Decimal("0.005")
_LEFT_OUT = "left_out_of_comparison:"


def is_off(day: ReconciliationDay) -> bool:
    """Whether the two sides differ by a cent, or by an order."""
    return abs(day.gap) >= CENT


@dataclass(frozen=True, slots=True)
class SealSummary:
    """The seal: do our figures match the shops' own reports?

    Attributes
    ----------
    state
        ``matched`` to the cent, ``off``, or ``not compared`` (no vendor report was ever read).
    days_compared, days_off
        Shop-days: a day of two shops counts twice.
    largest_gap
        By currency: the largest gap of any money figure, without its sign.
    figures_off
        Names of the figures that differ anywhere.
    left_out
        Orders by currency that are in no comparison: the shops' reports are in the shops' own currencies.
    """

    state: str
    days_compared: int = 0
    days_off: int = 0
    first_day: date | None = None
    last_day: date | None = None
    largest_gap: dict[str, Decimal] = field(default_factory=dict)
    figures_off: tuple[str, ...] = ()
    unexplained_days: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def in_words(self) -> str:
        """The seal as a sentence, and another about what it does not cover."""
        return " ".join(filter(None, (self._verdict(), self.left_out_in_words())))

    def left_out_in_words(self) -> str:
        """What no comparison covers; empty where that is nothing."""
        if not self.left_out:
            return ""
        orders = " and ".join(f"{count:,} in {currency}" for currency, count in self.left_out.items())
        return f"Orders in other currencies than their shop's own are in no comparison: {orders}."

    def _verdict(self) -> str:
        if self.state == "not compared":
            return "Not compared with the shops' own reports yet."
        span = f"{self.first_day} to {self.last_day}"
        if self.state == "matched":
            return f"Matched to the cent on all {self.days_compared} shop-days from {span}."
        gaps = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in self.largest_gap.items())
        by = f"by up to {gaps}" if gaps else "in the number of orders"
        return f"Off {by} on {self.days_off} of {self.days_compared} shop-days from {span}."


class Reconciliation:
    """Comparisons per connection, day and figure."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, days: Iterable[ReconciliationDay]) -> None:
        """Keep comparisons; one of the same connection, day and figure is replaced."""
        with self._database.writing() as session:
            for day in days:
                session.merge(day)

    def replace(
        self, tenant_id: str, connection_id: str, first: date, last: date, days: Iterable[ReconciliationDay]
    ) -> None:
        """Make ``days`` all that is known of [first, last] for the connection."""
        with self._database.writing() as session:
            session.execute(
                delete(ReconciliationDay).where(
                    ReconciliationDay.tenant_id == tenant_id,
                    ReconciliationDay.connection_id == connection_id,
                    ReconciliationDay.day.between(first, last),
                )
            )
            session.add_all(list(days))

    def days(
        self,
        tenant_id: str,
        connection_id: str | None = None,
        first: date | None = None,
        last: date | None = None,
        *,
        only_gaps: bool = False,
        after: tuple[str, date, str] | None = None,
        limit: int | None = None,
    ) -> list[ReconciliationDay]:
        """Comparisons of [first, last], by connection, day and figure: all, or ``limit`` of them behind the one named by ``after``."""
        query = select(ReconciliationDay).where(*_within(tenant_id, connection_id, first, last))
        if after is not None:
            order = (ReconciliationDay.connection_id, ReconciliationDay.day, ReconciliationDay.figure)
            query = query.where(tuple_(*order) > tuple_(*after))
        if only_gaps:
            # Stored as texts; the exact comparison follows below.
            query = query.where(func.abs(cast(ReconciliationDay.gap, Float)) > 0)
        query = query.order_by(
            ReconciliationDay.connection_id, ReconciliationDay.day, ReconciliationDay.figure
        )
        with self._database.reading() as session:
            found = session.scalars(query if only_gaps else query.limit(limit))
            shown = (day for day in found if is_off(day)) if only_gaps else found
            return list(islice(shown, limit))

    def seal(
        self,
        tenant_id: str,
        connection_id: str | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> SealSummary:
        """The seal over [first, last], or over all that was ever compared."""
        of_seal = _within(tenant_id, connection_id, first, last)
        shop_days = (
            select(ReconciliationDay.connection_id, ReconciliationDay.day)
            .where(*of_seal)
            .distinct()
            .subquery()
        )
        with self._database.reading() as session:
            left_out = self._left_out(session, tenant_id, connection_id)
            count = session.scalar(select(func.count()).select_from(shop_days)) or 0
            first_day = session.scalar(select(func.min(ReconciliationDay.day)).where(*of_seal))
            last_day = session.scalar(select(func.max(ReconciliationDay.day)).where(*of_seal))
        if not count:
            return SealSummary(state="not compared")
        off = self.days(tenant_id, connection_id, first, last, only_gaps=True)
        largest: dict[str, Decimal] = {}
        for day in off:
            if day.figure != "orders":
                largest[day.currency] = max(largest.get(day.currency, Decimal(0)), abs(day.gap))
        return SealSummary(
            state="off" if off else "matched",
            days_compared=count,
            days_off=len({(day.connection_id, day.day) for day in off}),
            first_day=first_day,
            last_day=last_day,
            largest_gap=dict(sorted(largest.items())),
            figures_off=tuple(sorted({day.figure for day in off})),
            unexplained_days=len({(day.connection_id, day.day) for day in off if day.cause is None}),
            left_out=left_out,
        )

    def note_left_out(self, tenant_id: str, connection_id: str, orders: Mapping[str, int]) -> None:
        """Keep how many of a connection's orders, by currency, no comparison covers."""
        with self._database.writing() as session:
            key = _LEFT_OUT + connection_id
            session.merge(SavedSetting(tenant_id=tenant_id, key=key, value=dict(orders)))

    @staticmethod
    def _left_out(session: Session, tenant_id: str, connection_id: str | None) -> dict[str, int]:
        kept = select(SavedSetting.value).where(
            SavedSetting.tenant_id == tenant_id,
            SavedSetting.key.startswith(_LEFT_OUT)
            if connection_id is None
            else SavedSetting.key == _LEFT_OUT + connection_id,
        )
        found: Counter[str] = Counter()
        orders: dict[str, int]
        for orders in session.scalars(kept):
            found.update(orders)
        return dict(sorted(found.items()))


def _within(
    tenant_id: str, connection_id: str | None, first: date | None, last: date | None
) -> list[ColumnElement[bool]]:
    conditions = [ReconciliationDay.tenant_id == tenant_id]
    if connection_id is not None:
        conditions.append(ReconciliationDay.connection_id == connection_id)
    if first is not None:
        conditions.append(ReconciliationDay.day >= first)
    if last is not None:
        conditions.append(ReconciliationDay.day <= last)
    return conditions
