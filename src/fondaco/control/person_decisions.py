"""Decisions about who is who, until the run that takes them up has published, and after.

They wait here, and not in the warehouse, because a page must not wait for a run that is writing there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import PersonDecision
from fondaco.errors import ConfigError


class PersonDecisions:
    """Decisions of a tenant, the oldest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        tenant_id: str,
        *,
        is_same: bool,
        person_id: str,
        record_ids: Sequence[str],
        other_record_ids: Sequence[str],
        actor: str,
        other_person_id: str | None = None,
    ) -> PersonDecision:
        """Keep a decision for the next linking."""
        decision = PersonDecision(
            tenant_id=tenant_id, is_same=is_same, person_id=person_id, other_person_id=other_person_id,
            record_ids=list(record_ids), other_record_ids=list(other_record_ids), actor=actor,
            decided_at=self._clock(), taken_at=None, taken_from=None,
        )  # fmt: skip
        with self._database.writing() as session:
            session.add(decision)
        return decision

    def waiting(self, tenant_id: str) -> list[PersonDecision]:
        """Those that no linking has taken up."""
        return self._found(tenant_id, PersonDecision.taken_at.is_(None))

    def unseen(self, tenant_id: str, published: str | None) -> list[PersonDecision]:
        """Those that the published state ``published`` does not show: no linking has taken them up, nothing has been built by them since,
        or nothing published since then."""
        return self._found(
            tenant_id,
            or_(
                PersonDecision.taken_at.is_(None),
                PersonDecision.taken_from.is_(None),
                PersonDecision.taken_from == (published or ""),
            ),
        )

    def take(self, tenant_id: str, decision_ids: Collection[int]) -> None:
        """A linking has taken them up."""
        own = (PersonDecision.tenant_id == tenant_id, PersonDecision.decision_id.in_(decision_ids))
        with self._database.writing() as session:
            session.execute(update(PersonDecision).where(*own).values(taken_at=self._clock()))

    def build(self, tenant_id: str, published: str | None, *, until: datetime) -> None:
        """All models have been built by what was taken up ``until`` then, while ``published`` was the newest state.

        A batch of live figures builds only what its records touch, and then publishes: it shows no decision.
        """
        taken = (PersonDecision.taken_at <= until, PersonDecision.taken_from.is_(None))
        with self._database.writing() as session:
            session.execute(
                update(PersonDecision)
                .where(PersonDecision.tenant_id == tenant_id, *taken)
                .values(taken_from=published or "")
            )

    def undo(self, tenant_id: str, decision_id: int) -> None:
        """Take a decision back before a linking takes it up.

        Raises
        ------
        ConfigError
            If there is none of this id, or it has been taken up.
        """
        own = (PersonDecision.tenant_id == tenant_id, PersonDecision.decision_id == decision_id)
        with self._database.writing() as session:
            gone = session.execute(
                delete(PersonDecision)
                .where(*own, PersonDecision.taken_at.is_(None))
                .returning(PersonDecision.decision_id)
            ).scalar()
            is_taken = gone is None and session.scalar(select(PersonDecision.decision_id).where(*own))
        if is_taken:
            raise ConfigError(
                f"A run has taken decision {decision_id} up already.",
                "Decide the opposite once it has published.",
            )
        if gone is None:
            raise ConfigError(
                f"There is no decision {decision_id} that waits.",
                "See those that wait with `fondaco identity decisions`.",
            )

    def _found(self, tenant_id: str, condition: ColumnElement[bool]) -> list[PersonDecision]:
        query = select(PersonDecision).where(PersonDecision.tenant_id == tenant_id, condition)
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(PersonDecision.decision_id)))
