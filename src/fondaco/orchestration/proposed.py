"""Proposals as they are published, with what people made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fondaco.control import ControlPlane, StockDecision
from fondaco.control.stock_decisions import Proposed
from fondaco.control.stock_orders import Ends, Line
from fondaco.errors import ConfigError
from fondaco.jobs.stock_tables import INPUTS, PROPOSALS
from fondaco.warehouse import Reader

STATUSES = ("open", "accepted", "changed", "refused")

_COLUMNS = ", ".join(PROPOSALS.column_names)
_DAYS = "select distinct proposal_date from marts.proposals where tenant_id = $tenant_id order by proposal_date desc"
_OF_DAY = f"""
select {_COLUMNS} from marts.proposals
where tenant_id = $tenant_id and proposal_date = $day
order by rank, proposal_id
"""
_ONE = f"select {_COLUMNS} from marts.proposals where tenant_id = $tenant_id and proposal_id = $proposal_id"


class NoSuchProposalError(ConfigError):
    """There is no proposal of this id."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal of one day, as ``fondaco.jobs.stock_tables.PROPOSALS`` describes it.

    Attributes
    ----------
    inputs
        What it was worked out from, by the columns' names.
    status
        ``open``, ``accepted``, ``changed`` (accepted with another quantity) or ``refused``; also of a proposal that was refused on a former day
        for longer.
    decision
        What somebody decided about the proposal of this day; None where nobody did.
    """

    proposal_id: str
    subject: str
    kind: str
    proposal_date: date
    rank: int
    location_id: str
    location_name: str
    from_location_id: str | None
    from_location_name: str | None
    variant_id: str
    product_id: str | None
    sku: str | None
    product_title: str | None
    variant_title: str | None
    supplier_id: str | None
    supplier_name: str | None
    supplier_sku: str | None
    quantity: int
    currency: str
    money: Decimal | None
    cost: Decimal | None
    probability: float | None
    due_date: date | None
    sentence: str
    inputs: Mapping[str, Any]
    status: str
    decision: StockDecision | None

    @property
    def title(self) -> str:
        """The article for people."""
        parts = [self.product_title or self.sku or self.variant_id]
        if self.variant_title and self.variant_title not in (self.product_title, "Default Title"):
            parts.append(self.variant_title)
        return ", ".join(parts)

    @property
    def is_ordered(self) -> bool:
        """Whether accepting it makes a line of an order."""
        return self.kind in ("reorder", "transfer")

    def row(self) -> dict[str, Any]:
        """Everything flat, as tables, files and the API tell it."""
        told = {
            name: getattr(self, name) for name in PROPOSALS.column_names if name not in ("tenant_id", *INPUTS)
        }
        decided = self.decision
        return {
            **told,
            **self.inputs,
            "status": self.status,
            "decided_quantity": decided.quantity if decided else None,
            "decided_by": decided.decided_by if decided else None,
            "decided_at": decided.decided_at if decided else None,
            "order_id": decided.order_id if decided else None,
        }


class ProposalReader:
    """The proposals of one tenant."""

    def __init__(self, control: ControlPlane, reader: Reader, tenant_id: str) -> None:
        self._control = control
        self._reader = reader
        self._tenant_id = tenant_id

    def days(self) -> list[date]:
        """Days of which proposals are kept, the newest first.

        Raises
        ------
        ConfigError
            If nothing is published yet.
        """
        found: list[date] = self._reader.query(_DAYS, {"tenant_id": self._tenant_id})[
            "proposal_date"
        ].to_pylist()
        return found

    def of_day(
        self,
        day: date | None = None,
        *,
        kind: str | None = None,
        location_id: str | None = None,
        status: str | None = None,
    ) -> list[Proposal]:
        """Proposals of a day, those about most money first; of the newest day if none is named.

        Parameters
        ----------
        kind
            ``reorder``, ``transfer``, ``warn`` or ``mark_down``.
        status
            One of ``STATUSES``.

        Raises
        ------
        ConfigError
            If nothing is published yet.
        """
        chosen = day or next(iter(self.days()), None)
        if chosen is None:
            return []
        rows = self._reader.query(_OF_DAY, {"tenant_id": self._tenant_id, "day": chosen}).to_pylist()
        decided = self._control.stock_decisions.of_proposals(self._tenant_id, chosen)
        refused = self._control.stock_decisions.refused(self._tenant_id, chosen)
        found = [_proposal(row, decided.get(row["proposal_id"]), refused) for row in rows]
        return [
            each
            for each in found
            if kind in (None, each.kind)
            and location_id in (None, each.location_id)
            and status in (None, each.status)
        ]

    def get(self, proposal_id: str) -> Proposal:
        """One proposal.

        Raises
        ------
        ConfigError
            If there is none of this id.
        """
        asked = {"tenant_id": self._tenant_id, "proposal_id": proposal_id}
        rows = self._reader.query(_ONE, asked).to_pylist()
        if not rows:
            raise NoSuchProposalError(
                f"There is no proposal {proposal_id[:63]!r}.",
                "See those of today with `fondaco stock proposals`.",
            )
        day = rows[0]["proposal_date"]
        decided = self._control.stock_decisions.of_proposals(self._tenant_id, day)
        refused = self._control.stock_decisions.refused(self._tenant_id, day)
        return _proposal(rows[0], decided.get(proposal_id), refused)


def to_decide(proposal: Proposal) -> Proposed:
    """The proposal as the control plane takes it, with the line of an order that it would become."""
    content = {
        name: _plain(value) for name, value in proposal.row().items() if not name.startswith("decided_")
    }
    return Proposed(
        proposal_id=proposal.proposal_id,
        subject=proposal.subject,
        kind=proposal.kind,
        proposal_date=proposal.proposal_date,
        quantity=proposal.quantity,
        content=content,
        ends=_ends(proposal) if proposal.is_ordered else None,
        line=_line(proposal) if proposal.is_ordered else None,
        lead_time_days=(proposal.due_date - proposal.proposal_date).days if proposal.due_date else None,
    )


def _ends(proposal: Proposal) -> Ends:
    if proposal.kind == "transfer":
        return Ends(
            "transfer", proposal.location_id, proposal.location_name,
            from_location_id=proposal.from_location_id, from_location_name=proposal.from_location_name,
        )  # fmt: skip
    return Ends(
        "purchase", proposal.location_id, proposal.location_name, supplier_id=proposal.supplier_id,
        supplier_name=proposal.supplier_name,
        currency=proposal.inputs["supplier_currency"] if proposal.inputs["supplier_unit_cost"] is not None else None,
    )  # fmt: skip


def _line(proposal: Proposal) -> Line:
    told = proposal.inputs["supplier_unit_cost"] if proposal.kind == "reorder" else None
    cost = None if told is None else _price(told)
    return Line(
        proposal.variant_id, proposal.title, proposal.quantity, proposal.sku, proposal.supplier_sku, cost, proposal.subject
    )  # fmt: skip


def _price(value: Decimal) -> Decimal:
    """As it is written on an order: with two digits behind the point, and more only where there are more."""
    digits = value.normalize().as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(min(-2, int(digits))))


def _proposal(row: Mapping[str, Any], decision: StockDecision | None, refused: set[str]) -> Proposal:
    own = {name: value for name, value in row.items() if name not in ("tenant_id", *INPUTS)}
    undecided = "refused" if row["subject"] in refused else "open"
    status = undecided if decision is None else decision.choice
    return Proposal(**own, inputs={name: row[name] for name in INPUTS}, status=status, decision=decision)


def _plain(value: Any) -> Any:
    """As JSON takes it: amounts and days as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else value
