"""Proposals and orders of stock in somebody's hands: whoever decides, on a page, by the API or by a command, it is kept and noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fondaco.clock import Clock, local_date, utc_now
from fondaco.control import ControlPlane, StockDecision, StockOrder
from fondaco.errors import ConfigError
from fondaco.orchestration.proposed import Proposal, ProposalReader, to_decide
from fondaco.orchestration.stock_outcomes import Outcome, Tally, outcomes, tallied
from fondaco.warehouse import Reader

REFUSED_DAYS = 14
"""So long a refused proposal is not made again, where nobody says how long."""
LONGEST_REFUSAL = 366
OUTCOME_DAYS = 28


class StockDesk:
    """The proposals and orders of one tenant, in the hands of one actor (``cli``, ``user:7``, ``token:3``).

    Who may decide the caller sees to. What is decided counts from the next run on: open orders count as on order there.
    """

    def __init__(
        self,
        control: ControlPlane,
        reader: Reader,
        tenant_id: str,
        actor: str,
        *,
        time_zone: str = "UTC",
        clock: Clock = utc_now,
    ) -> None:
        self._control = control
        self._reader = reader
        self._tenant_id = tenant_id
        self._actor = actor
        self._time_zone = time_zone
        self._clock = clock
        self._proposals = ProposalReader(control, reader, tenant_id)

    @property
    def today(self) -> date:
        return local_date(self._clock(), self._time_zone)

    def days(self) -> list[date]:
        """Days of which proposals are kept, the newest first."""
        return self._proposals.days()

    def proposals(
        self,
        day: date | None = None,
        *,
        kind: str | None = None,
        location_id: str | None = None,
        status: str | None = None,
    ) -> list[Proposal]:
        """Proposals of a day, those about most money first; of the newest day if none is named. See ``ProposalReader.of_day``."""
        return self._proposals.of_day(day, kind=kind, location_id=location_id, status=status)

    def proposal(self, proposal_id: str) -> Proposal:
        """One proposal.

        Raises
        ------
        ConfigError
            If there is none of this id.
        """
        return self._proposals.get(proposal_id)

    def accept(self, proposal_id: str, *, quantity: int | None = None, reason: str = "") -> StockDecision:
        """Take a proposal, as it is or with another quantity; a reorder or transfer becomes a line of a draft.

        Raises
        ------
        ConfigError
            If there is no such proposal, the quantity is none, or it was accepted before and its order has been sent.
        """
        proposed = to_decide(self.proposal(proposal_id))
        done = self._control.stock_decisions.accept(
            self._tenant_id, proposed, actor=self._actor, quantity=quantity, reason=reason
        )
        return self._noted("accept", done)

    def refuse(self, proposal_id: str, *, days: int = REFUSED_DAYS, reason: str = "") -> StockDecision:
        """Turn a proposal down for ``days``, beginning with today.

        Raises
        ------
        ConfigError
            If there is no such proposal, the days are none, or it was accepted before and its order has been sent.
        """
        if not 1 <= days <= LONGEST_REFUSAL:
            raise ConfigError(
                f"A refusal is to hold for {days} days.", f"Choose from 1 to {LONGEST_REFUSAL} days."
            )
        proposed = to_decide(self.proposal(proposal_id))
        until = self.today + timedelta(days=days - 1)
        done = self._control.stock_decisions.refuse(
            self._tenant_id, proposed, actor=self._actor, until=until, reason=reason
        )
        return self._noted("refuse", done)

    def undo(self, proposal_id: str) -> StockDecision:
        """Take a decision back.

        Raises
        ------
        ConfigError
            If nothing is decided about the proposal, or its order has been sent.
        """
        return self._noted(
            "undo", self._control.stock_decisions.undo(self._tenant_id, proposal_id, actor=self._actor)
        )

    def decisions(self, since: date | None = None) -> list[StockDecision]:
        """Decisions that hold about proposals from a day on, of the last 90 days without one; the newest first."""
        first = since or self.today - timedelta(days=90)
        return self._control.stock_decisions.since(self._tenant_id, first)

    def orders(self, *, is_open: bool = False) -> list[StockOrder]:
        """Orders and transfers, the newest first; with ``is_open`` those whose goods are still to come."""
        found = self._control.stock_orders.all(self._tenant_id)
        return [each for each in found if each.is_open or not is_open]

    def order(self, number: str) -> StockOrder:
        """The order of a number, such as FO-12.

        Raises
        ------
        ConfigError
            If there is none.
        """
        return self._control.stock_orders.numbered(self._tenant_id, number)

    def change_line(self, number: str, variant_id: str, quantity: int) -> StockOrder:
        """Order another quantity of an article of a draft; 0 takes it out.

        Raises
        ------
        ConfigError
            If there is no such draft or line, or the quantity is none.
        """
        order = self.order(number)
        changed = self._control.stock_orders.change_line(
            self._tenant_id, order.order_id, variant_id, quantity
        )
        return self._noted_order("change", changed, {"quantity": quantity})

    def send(self, number: str, *, expected_on: date | None = None, by: str = "hand") -> StockOrder:
        """A draft has gone out. Its goods are expected after the lead time that was told, unless a day is named.

        Parameters
        ----------
        by
            How it went, for the audit log: ``hand`` or ``e-mail``.

        Raises
        ------
        ConfigError
            If the order is no draft or has no lines, or the day has passed.
        """
        order = self.order(number)
        if expected_on is not None and expected_on < self.today:
            raise ConfigError(f"{expected_on} has passed.", "Name the day on which the goods are to come.")
        if expected_on is None and order.lead_time_days is not None:
            expected_on = self.today + timedelta(days=order.lead_time_days)
        sent = self._control.stock_orders.send(
            self._tenant_id, order.order_id, actor=self._actor, expected_on=expected_on
        )
        return self._noted_order("send", sent, {"by": by})

    def reopen(self, number: str) -> StockOrder:
        """It was not sent after all.

        Raises
        ------
        ConfigError
            If the order is not sent.
        """
        order = self.order(number)
        return self._noted_order("reopen", self._control.stock_orders.reopen(self._tenant_id, order.order_id))

    def receive(self, number: str) -> StockOrder:
        """The goods are there, and no longer on order.

        Raises
        ------
        ConfigError
            If the order has not been sent.
        """
        order = self.order(number)
        done = self._control.stock_orders.receive(self._tenant_id, order.order_id, actor=self._actor)
        return self._noted_order("receive", done)

    def cancel(self, number: str) -> StockOrder:
        """Nothing of it will come: the decisions that made it are taken back.

        Raises
        ------
        ConfigError
            If the order is received or cancelled already.
        """
        order = self.order(number)
        done = self._control.stock_orders.cancel(self._tenant_id, order.order_id, actor=self._actor)
        return self._noted_order("cancel", done)

    def outcomes(self, *, after_days: int = OUTCOME_DAYS, since: date | None = None) -> list[Outcome]:
        """What happened in ``after_days`` after each proposal, by what was made of it. See ``fondaco.orchestration.stock_outcomes``."""
        first = since or self.today - timedelta(days=180)
        return outcomes(self._control, self._reader, self._tenant_id, after_days=after_days, since=first)

    def comparison(self, *, after_days: int = OUTCOME_DAYS, since: date | None = None) -> list[Tally]:
        """``outcomes`` summed by kind and choice."""
        return tallied(self.outcomes(after_days=after_days, since=since))

    def _noted(self, action: str, decision: StockDecision) -> StockDecision:
        self._control.audit.add(
            self._tenant_id, actor=self._actor, action=f"stock.{action}", subject=f"proposal:{decision.proposal_id}",
            detail={"kind": decision.kind, "choice": decision.choice, "quantity": decision.quantity},
        )  # fmt: skip
        return decision

    def _noted_order(
        self, action: str, order: StockOrder, detail: Mapping[str, Any] | None = None
    ) -> StockOrder:
        self._control.audit.add(
            self._tenant_id, actor=self._actor, action=f"stock.order_{action}", subject=f"order:{order.number}",
            detail=detail,
        )  # fmt: skip
        return order
