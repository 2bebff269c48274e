"""Stock: what is proposed, what is decided about it, and the orders that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from fondaco.control import ApiToken, StockOrder
from fondaco.control.stock_orders import LARGEST_QUANTITY, NoSuchOrderError
from fondaco.orchestration.ordering import LONGEST_REFUSAL, OUTCOME_DAYS, REFUSED_DAYS, StockDesk
from fondaco.orchestration.proposed import NoSuchProposalError, Proposal
from fondaco.orchestration.stock_outcomes import LONGEST_DAYS
from fondaco.server.api.access import AskingToken, asking_token, buying_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(prefix="/stock", tags=["stock"], dependencies=[Depends(asking_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
BuyingToken = Annotated[ApiToken, Depends(buying_token)]
ProposalId = Annotated[str, Path(max_length=63, pattern=r"^[0-9A-Za-z_-]+$")]
Number = Annotated[str, Path(max_length=31, pattern=r"^[0-9A-Za-z-]+$", description="Such as FO-12.")]
Kind = Literal["reorder", "transfer", "warn", "mark_down"]
Status = Literal["open", "accepted", "changed", "refused"]


class ProposalAnswer(BaseModel):
    """A proposal of one day; docs/ordering.md says what its figures mean."""

    proposal_id: str
    subject: str = Field(description="The same of the same proposal on every day.")
    proposal_date: date
    kind: Kind
    rank: int = Field(description="1 for the most money.")
    status: Status
    sentence: str
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
    money: str | None = Field(description="Margin that is expected to be lost otherwise; of mark_down what the goods have cost.")  # fmt: skip
    cost: str | None = Field(description="Of the goods of a reorder.")
    probability: float | None = Field(description="Of running out, 0 to 1.")
    due_date: date | None
    inputs: dict[str, Any] = Field(
        description="What it was worked out from, by the columns of marts.proposals."
    )
    decided_quantity: int | None
    decided_by: str | None
    decided_at: datetime | None


class ProposalsAnswer(BaseModel):
    """Proposals of a day, those about most money first."""

    proposals: list[ProposalAnswer]


class LineAnswer(BaseModel):
    variant_id: str
    sku: str | None
    supplier_sku: str | None
    title: str
    quantity: int
    unit_cost: str | None
    cost: str | None


class OrderAnswer(BaseModel):
    """A purchase order, or a transfer between two locations."""

    number: str
    kind: Literal["purchase", "transfer"]
    state: Literal["draft", "sent", "received", "cancelled"]
    supplier_id: str | None
    supplier_name: str | None
    from_location_id: str | None
    from_location_name: str | None
    location_id: str
    location_name: str
    currency: str | None
    units: int
    value: str | None = Field(description="Null where the cost of an article is not known.")
    expected_on: date | None
    created_by: str
    created_at: datetime
    sent_at: datetime | None
    closed_at: datetime | None
    lines: list[LineAnswer]


class OrdersAnswer(BaseModel):
    """Orders, the newest first."""

    orders: list[OrderAnswer]


class TallyAnswer(BaseModel):
    """What happened after proposals of one kind, by what was made of them."""

    kind: Kind
    choice: Literal["accepted", "changed", "refused", "left"]
    currency: str
    proposals: int
    quantity: int
    sold: int
    ran_out: int
    expected_to_run_out: float
    days_out: int
    money: str
    lost_margin: str


class OutcomesAnswer(BaseModel):
    outcomes: list[TallyAnswer]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acceptance(_Asked):
    quantity: int | None = Field(None, ge=1, le=LARGEST_QUANTITY, description="As proposed without it.")
    reason: str = Field("", max_length=500)


class Refusal(_Asked):
    days: int = Field(
        REFUSED_DAYS, ge=1, le=LONGEST_REFUSAL, description="For so many days it is not proposed again."
    )
    reason: str = Field("", max_length=500)


class LineChange(_Asked):
    variant_id: str = Field(max_length=255)
    quantity: int = Field(ge=0, le=LARGEST_QUANTITY, description="0 takes it out.")


class Sending(_Asked):
    expected_on: date | None = Field(None, description="After the lead time without it.")


@router.get("/proposals", summary="What is proposed")
def proposals(
    site: TheSite,
    token: AskingToken,
    *,
    day: Annotated[date | None, Query(description="The newest day without it.")] = None,
    kind: Kind | None = None,
    status: Status | None = None,
    location_id: Annotated[str | None, Query(max_length=255)] = None,
) -> ProposalsAnswer:
    """Proposals of a day, with what was made of them."""
    found = _desk(site, token).proposals(day, kind=kind, status=status, location_id=location_id)
    return ProposalsAnswer(proposals=[_proposal(each) for each in found])


@router.post("/proposals/{proposal_id}/accept", summary="Accept a proposal")
def accept(site: TheSite, token: BuyingToken, proposal_id: ProposalId, asked: Acceptance) -> ProposalAnswer:
    """A reorder or transfer becomes a line of a draft. Accepting again takes the place of what was decided before."""
    desk = _desk(site, token)
    with _finding():
        desk.accept(proposal_id, quantity=asked.quantity, reason=asked.reason)
    return _proposal(desk.proposal(proposal_id))


@router.post("/proposals/{proposal_id}/refuse", summary="Refuse a proposal for a while")
def refuse(site: TheSite, token: BuyingToken, proposal_id: ProposalId, asked: Refusal) -> ProposalAnswer:
    desk = _desk(site, token)
    with _finding():
        desk.refuse(proposal_id, days=asked.days, reason=asked.reason)
    return _proposal(desk.proposal(proposal_id))


@router.post("/proposals/{proposal_id}/undo", summary="Take a decision back")
def undo(site: TheSite, token: BuyingToken, proposal_id: ProposalId) -> ProposalAnswer:
    """As long as its order has not been sent."""
    desk = _desk(site, token)
    with _finding():
        desk.proposal(proposal_id)
        desk.undo(proposal_id)
    return _proposal(desk.proposal(proposal_id))


@router.get("/orders", summary="Orders")
def orders(
    site: TheSite,
    token: AskingToken,
    state: Annotated[Literal["open", "all"], Query(description="`open`: goods are still to come.")] = "open",
) -> OrdersAnswer:
    """Purchase orders and transfers, the newest first."""
    return OrdersAnswer(orders=[_order(each) for each in _desk(site, token).orders(is_open=state == "open")])


@router.get("/orders/{number}", summary="One order")
def order(site: TheSite, token: AskingToken, number: Number) -> OrderAnswer:
    with _finding():
        return _order(_desk(site, token).order(number))


@router.post("/orders/{number}/change", summary="Order another quantity of an article of a draft")
def change(site: TheSite, token: BuyingToken, number: Number, asked: LineChange) -> OrderAnswer:
    with _finding():
        return _order(_desk(site, token).change_line(number, asked.variant_id, asked.quantity))


@router.post("/orders/{number}/send", summary="Say that a draft has gone out")
def send(site: TheSite, token: BuyingToken, number: Number, asked: Sending) -> OrderAnswer:
    """Nothing is mailed by this."""
    with _finding():
        return _order(_desk(site, token).send(number, expected_on=asked.expected_on))


@router.post("/orders/{number}/receive", summary="Say that the goods are there")
def receive(site: TheSite, token: BuyingToken, number: Number) -> OrderAnswer:
    with _finding():
        return _order(_desk(site, token).receive(number))


@router.post("/orders/{number}/cancel", summary="Cancel an order")
def cancel(site: TheSite, token: BuyingToken, number: Number) -> OrderAnswer:
    with _finding():
        return _order(_desk(site, token).cancel(number))


@router.get("/outcomes", summary="What came of proposals")
def outcomes(
    site: TheSite,
    token: AskingToken,
    days: Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="So many days after each.")] = OUTCOME_DAYS,
) -> OutcomesAnswer:
    """Accepted, changed, refused and left proposals of the last 180 days against what happened after them."""
    found = _desk(site, token).comparison(after_days=days)
    return OutcomesAnswer(outcomes=[TallyAnswer(**_texts(each, TallyAnswer)) for each in found])


@contextmanager
def _finding() -> Iterator[None]:
    """What there is not is answered with 404."""
    try:
        yield
    except (NoSuchProposalError, NoSuchOrderError) as error:
        raise NotThereError(error.what, error.remedy) from error


def _desk(site: Site, token: ApiToken) -> StockDesk:
    project = site.project
    return StockDesk(
        site.control, project.reader, site.tenant_id, f"token:{token.token_id}",
        time_zone=project.settings.project.timezone, clock=project.clock,
    )  # fmt: skip


def _proposal(proposal: Proposal) -> ProposalAnswer:
    row = proposal.row()
    told = {name: row[name] for name in ProposalAnswer.model_fields if name != "inputs"}
    return ProposalAnswer(**_plain(told), inputs=_plain(dict(proposal.inputs)))


def _order(order: StockOrder) -> OrderAnswer:
    told = {name: getattr(order, name) for name in OrderAnswer.model_fields if name != "lines"}
    lines = [LineAnswer(**_texts(line, LineAnswer)) for line in order.lines]
    return OrderAnswer(**_plain(told), lines=lines)


def _texts(value: object, answer: type[BaseModel]) -> dict[str, Any]:
    return _plain({name: getattr(value, name) for name in answer.model_fields})


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Amounts as text, without zeros behind the point that say nothing."""
    return {name: _amount(value) if isinstance(value, Decimal) else value for name, value in told.items()}


def _amount(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
