"""Decisions about who is who: whoever takes them, on a page or by the API, they wait for the next run and are written down."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.control import ControlPlane, PersonDecision
from fondaco.errors import ConfigError
from fondaco.jobs.identity import Sides, can_link, join_sides, split_sides
from fondaco.metrics.accounts import accounts_of
from fondaco.warehouse import Reader


class Persons:
    """Who is who for one tenant, in the hands of one actor (``cli``, ``user:7``, ``token:3``).

    Who may see who the customers are may decide it; the caller sees to that.
    """

    def __init__(self, control: ControlPlane, reader: Reader, tenant_id: str, actor: str) -> None:
        self._control = control
        self._reader = reader
        self._tenant_id = tenant_id
        self._actor = actor

    @staticmethod
    def can_be_linked() -> bool:
        """Whether accounts can be linked here by more than an address or number; without it decisions have no effect."""
        return can_link()

    def split(self, person_id: str, record_ids: Sequence[str]) -> PersonDecision:
        """From the next run on, these accounts are not the person of the others.

        Raises
        ------
        ConfigError
            If there is no such person, an account is not theirs, none would be left, or persons cannot be found here.
        """
        return self.keep(person_id, split_sides(person_id, self._records(person_id), record_ids))

    def join(self, person_id: str, other_person_id: str) -> PersonDecision:
        """From the next run on, two persons are one.

        Raises
        ------
        ConfigError
            If there is no such person, both are the same, or persons cannot be found here.
        """
        sides = join_sides(person_id, self._records(person_id), self._records(other_person_id))
        return self.keep(person_id, sides, other_person_id)

    def keep(self, person_id: str, sides: Sides, other_person_id: str | None = None) -> PersonDecision:
        """Keep a decision, and write it down: a join with ``other_person_id``, without it a split.

        Raises
        ------
        ConfigError
            If the same is decided already and waits, or persons cannot be found here.
        """
        if not self.can_be_linked():
            raise ConfigError(
                "Accounts are linked by their own address or number only, so a decision would have no effect.",
                "Install what finds persons with `pip install 'fondaco[analytics]'`.",
            )
        is_same, told = other_person_id is not None, (list(sides.record_ids), list(sides.other_record_ids))
        for each in self._control.person_decisions.waiting(self._tenant_id):
            if (each.is_same, each.record_ids, each.other_record_ids) == (is_same, *told):
                raise ConfigError(
                    f"This is decided already, as decision {each.decision_id}.",
                    "It holds from the next run on.",
                )
        decision = self._control.person_decisions.add(
            self._tenant_id, is_same=is_same, person_id=person_id, other_person_id=other_person_id,
            record_ids=told[0], other_record_ids=told[1], actor=self._actor,
        )  # fmt: skip
        self._note(
            "identity.join" if is_same else "identity.split", f"person:{person_id}", decision.decision_id
        )
        return decision

    def undo(self, decision_id: int) -> None:
        """Take a decision back before a run takes it up.

        Raises
        ------
        ConfigError
            If there is none of this id, or a run has taken it up.
        """
        self._control.person_decisions.undo(self._tenant_id, decision_id)
        self._note("identity.undo", f"decision:{decision_id}", decision_id)

    def unseen(self, person_id: str | None = None) -> list[PersonDecision]:
        """Decisions that the figures do not show yet, the oldest first: all, or those about one person."""
        found = self._control.person_decisions.unseen(self._tenant_id, self._reader.version)
        return [one for one in found if person_id in (None, one.person_id, one.other_person_id)]

    def _records(self, person_id: str) -> list[str]:
        found = [each.record_id for each in accounts_of(self._reader, self._tenant_id, person_id)]
        if not found:
            raise ConfigError(
                f"There is no person {person_id[:63]!r} with an account, or with an address or number that is theirs alone.",
                "Take a person_id of `/api/v1/customers`, or of the page Customers.",
            )
        return found

    def _note(self, action: str, subject: str, decision_id: int) -> None:
        self._control.audit.add(
            self._tenant_id,
            actor=self._actor,
            action=action,
            subject=subject,
            detail={"decision": decision_id},
        )
