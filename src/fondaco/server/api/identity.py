"""Who is who: the accounts that are one person, why, and decisions about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.activation.exports import note_customer
from fondaco.control import ApiToken, PersonDecision
from fondaco.governance import Permission
from fondaco.metrics.accounts import Account, accounts_of
from fondaco.orchestration.persons import Persons
from fondaco.server.api.access import AskingToken, asking_token, deciding_token, permits
from fondaco.server.api.metrics import ERRORS
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(tags=["customers"], dependencies=[Depends(asking_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
DecidingToken = Annotated[ApiToken, Depends(deciding_token)]

_PERSONAL = ("email", "phone", "first_name", "last_name")
_MASKED = "Null for a token whose user may not see who the customers are."


class AccountAnswer(BaseModel):
    """An account of a shop, or all orders that guests placed under one address or number."""

    record_id: str
    connection_id: str | None = Field(description="Null for guests of several shops.")
    is_account: bool = Field(description="False for guests.")
    source_id: str | None = Field(description="The account's id at the shop; null for guests.")
    email: str | None = Field(description=_MASKED)
    phone: str | None = Field(description=_MASKED)
    first_name: str | None = Field(description=_MASKED)
    last_name: str | None = Field(description=_MASKED)
    city: str | None
    country: str | None
    known_since: datetime | None
    orders: int
    linked_to: str | None = Field(description="The record of the same person that it is linked to.")
    rule: str | None = Field(description="Null where its own address or number says who it is.")
    probability: float | None = Field(description="Of the link.")
    agree: list[str] = Field(description="Fields that agree with the record it is linked to.")
    differ: list[str]
    set_aside: str = Field(description="Why its address or number tells nobody apart; empty where it does.")


class DecisionAnswer(BaseModel):
    """What somebody decided about who is who. The figures follow with the next run."""

    decision_id: int
    decision: Literal["split", "join"]
    person_id: str
    other_person_id: str | None = Field(description="Of a join.")
    record_ids: list[str] = Field(description="Of a split: the accounts that are another person.")
    decided_by: str = Field(description="user:7, token:3 or cli")
    decided_at: datetime
    waits: bool = Field(description="Until a run takes it up it can be undone.")


class Split(BaseModel):
    """Accounts of a person that are somebody else."""

    model_config = ConfigDict(extra="forbid")

    record_ids: list[str] = Field(min_length=1, max_length=1000)


class Join(BaseModel):
    """The other person."""

    model_config = ConfigDict(extra="forbid")

    person_id: str = Field(max_length=63)


@router.get("/customers/{person_id}/accounts", summary="The accounts that are one customer, and why")
def accounts(person_id: str, site: TheSite, token: AskingToken) -> list[AccountAnswer]:
    """The oldest first. None for an order that names nobody."""
    found = accounts_of(site.project.reader, site.tenant_id, person_id)
    if not found:
        raise NotThereError(
            "There is no such customer with an account.", "Take a person_id of `/api/v1/customers`."
        )
    masked = () if permits(site, token, Permission.PEOPLE) else _PERSONAL
    if not masked:
        note_customer(site.control, site.tenant_id, person_id, _PERSONAL, actor=f"token:{token.token_id}")
    return [_account(each, masked) for each in found]


@router.post(
    "/customers/{person_id}/split", summary="Decide that accounts are another customer", status_code=201
)
def split(person_id: str, wanted: Split, site: TheSite, token: DecidingToken) -> DecisionAnswer:
    """It holds from the next run on."""
    return _decision(_persons(site, token).split(person_id, wanted.record_ids))


@router.post("/customers/{person_id}/join", summary="Decide that two customers are one", status_code=201)
def join(person_id: str, wanted: Join, site: TheSite, token: DecidingToken) -> DecisionAnswer:
    """It holds from the next run on, also where they were split before."""
    return _decision(_persons(site, token).join(person_id, wanted.person_id))


@router.get("/identity/decisions", summary="Decisions that the figures do not show yet")
def decisions(site: TheSite, token: AskingToken) -> list[DecisionAnswer]:
    """The oldest first."""
    return [_decision(each) for each in _persons(site, token).unseen()]


@router.delete(
    "/identity/decisions/{decision_id}", summary="Take back a decision that waits", status_code=204
)
def undo(
    decision_id: Annotated[int, Path(ge=1, le=2**31 - 1)], site: TheSite, token: DecidingToken
) -> Response:
    """One that a run has taken up is undone by the opposite one."""
    _persons(site, token).undo(decision_id)
    return Response(status_code=204)


def _persons(site: Site, token: ApiToken) -> Persons:
    return Persons(site.control, site.project.reader, site.tenant_id, f"token:{token.token_id}")


def _account(account: Account, masked: tuple[str, ...]) -> AccountAnswer:
    told = {name: getattr(account, name) for name in AccountAnswer.model_fields}
    told["known_since"] = account.known_since and account.known_since.replace(tzinfo=UTC)
    return AccountAnswer.model_validate(told | dict.fromkeys(masked))


def _decision(kept: PersonDecision) -> DecisionAnswer:
    return DecisionAnswer(
        decision_id=kept.decision_id,
        decision="join" if kept.is_same else "split",
        person_id=kept.person_id,
        other_person_id=kept.other_person_id,
        record_ids=[] if kept.is_same else kept.record_ids,
        decided_by=kept.actor,
        decided_at=kept.decided_at,
        waits=kept.taken_at is None,
    )
