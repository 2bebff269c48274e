"""What people make of proposals: they accept them, with another quantity if they like, or refuse them for a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.stock_models import StockDecision
from fondaco.control.stock_orders import Ends, Line, add_line, checked_quantity, existing_order, take_out
from fondaco.errors import ConfigError, RetryableError

LONGEST_REASON = 500
KINDS = ("reorder", "transfer", "warn", "mark_down")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it stands, before anybody decides.

    Attributes
    ----------
    ends, line
        The order that it would become, and its line there; None of a warning or a markdown, which become none.
    lead_time_days
        Until the goods would be there.
    content
        The proposal with what it was worked out from, as JSON takes it.
    """

    proposal_id: str
    subject: str
    kind: str
    proposal_date: date
    quantity: int
    content: Mapping[str, Any]
    ends: Ends | None = None
    line: Line | None = None
    lead_time_days: int | None = None


class StockDecisions:
    """Decisions of a tenant. Of one proposal one holds: a newer one takes the former back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def accept(
        self, tenant_id: str, proposed: Proposed, *, actor: str, quantity: int | None = None, reason: str = ""
    ) -> StockDecision:
        """Take a proposal, as it is or with another quantity. A reorder and a transfer become a line of a draft.

        Raises
        ------
        ConfigError
            If the quantity is none, or the proposal was accepted before and its order has been sent.
        """
        taken = proposed.quantity if quantity is None else quantity
        if proposed.line is not None:
            checked_quantity(taken)
        elif taken != proposed.quantity:
            raise ConfigError(
                f"A proposal of the kind {proposed.kind} has no quantity to change.", "Accept it without one."
            )
        words = _reason(reason)
        with self._deciding() as session:
            _take_former_back(session, tenant_id, proposed.proposal_id, actor, self._clock)
            order_id = None
            if proposed.line is not None and proposed.ends is not None:
                line = proposed.line
                made = Line(line.variant_id, line.title, taken, line.sku, line.supplier_sku, line.unit_cost, line.subject)  # fmt: skip
                order = add_line(
                    session, tenant_id, proposed.ends, made, actor=actor, clock=self._clock, lead_time_days=proposed.lead_time_days
                )  # fmt: skip
                order_id = order.order_id
            decision = _decision(tenant_id, proposed, actor, self._clock(), words)
            decision.choice = "accepted" if taken == proposed.quantity else "changed"
            decision.quantity, decision.order_id = taken, order_id
            session.add(decision)
        return decision

    def refuse(
        self, tenant_id: str, proposed: Proposed, *, actor: str, until: date, reason: str = ""
    ) -> StockDecision:
        """Turn a proposal down: it is not made again before the day after ``until``.

        Raises
        ------
        ConfigError
            If the proposal was accepted before and its order has been sent.
        """
        words = _reason(reason)
        with self._deciding() as session:
            _take_former_back(session, tenant_id, proposed.proposal_id, actor, self._clock)
            decision = _decision(tenant_id, proposed, actor, self._clock(), words)
            decision.holds_until = until
            session.add(decision)
        return decision

    def undo(self, tenant_id: str, proposal_id: str, *, actor: str) -> StockDecision:
        """Take the decision about a proposal back; what it put into a draft is taken out.

        Raises
        ------
        ConfigError
            If nothing is decided about it, or its order has been sent.
        """
        with self._database.writing() as session:
            found = _take_former_back(session, tenant_id, proposal_id, actor, self._clock)
        if found is None:
            raise ConfigError(
                f"Nothing is decided about the proposal {proposal_id[:63]!r}.",
                "See what is decided with `fondaco stock decisions`.",
            )
        return found

    def of_proposals(self, tenant_id: str, day: date) -> dict[str, StockDecision]:
        """Decisions about the proposals of a day that hold, by the proposals' ids."""
        return {each.proposal_id: each for each in self._found(tenant_id, StockDecision.proposal_date == day)}

    def since(self, tenant_id: str, day: date) -> list[StockDecision]:
        """Decisions that hold about proposals from a day on, the newest first."""
        return self._found(tenant_id, StockDecision.proposal_date >= day)[::-1]

    def refused(self, tenant_id: str, day: date) -> set[str]:
        """Subjects that are not to be proposed on a day, for somebody has refused them."""
        holds = (StockDecision.choice == "refused") & (StockDecision.holds_until >= day)
        return {each.subject for each in self._found(tenant_id, holds)}

    @contextmanager
    def _deciding(self) -> Iterator[Session]:
        try:
            with self._database.writing() as session:
                yield session
        except IntegrityError as error:
            raise RetryableError(
                "Somebody else has decided about this proposal at the same moment.", "Look at it again."
            ) from error

    def _found(self, tenant_id: str, condition: ColumnElement[bool]) -> list[StockDecision]:
        query = select(StockDecision).where(
            StockDecision.tenant_id == tenant_id, StockDecision.undone_at.is_(None), condition
        )
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(StockDecision.decision_id)))


def _take_former_back(
    session: Session, tenant_id: str, proposal_id: str, actor: str, clock: Clock
) -> StockDecision | None:
    """Undo the decision that holds about a proposal, and what it put into a draft."""
    former = session.scalar(
        select(StockDecision)
        .where(
            StockDecision.tenant_id == tenant_id,
            StockDecision.proposal_id == proposal_id,
            StockDecision.undone_at.is_(None),
        )
        .with_for_update()
    )
    if former is None:
        return None
    if former.order_id is not None:
        order = existing_order(session, tenant_id, former.order_id, lock=True)
        # Nothing of a cancelled order is to be taken out.
        if order.state != "cancelled":
            take_out(order, str(former.proposed["variant_id"]), former.quantity)
    former.undone_by, former.undone_at = actor, clock()
    session.flush()  # before the decision that takes its place is written
    return former


def _decision(tenant_id: str, proposed: Proposed, actor: str, at: datetime, reason: str) -> StockDecision:
    """A decision before its choice is known: that nothing is taken of the proposal."""
    return StockDecision(
        tenant_id=tenant_id, proposal_id=proposed.proposal_id, subject=proposed.subject, kind=proposed.kind,
        proposal_date=proposed.proposal_date, choice="refused", proposed_quantity=proposed.quantity, quantity=0,
        reason=reason, holds_until=None, proposed=dict(proposed.content), decided_by=actor, decided_at=at,
        undone_by=None, undone_at=None,
    )  # fmt: skip


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise ConfigError(
            f"The reason has {len(words)} characters.", f"Say it in {LONGEST_REASON} characters."
        )
    return words
