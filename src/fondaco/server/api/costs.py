"""The cost sheet: its entries, one at a time and whole."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.control import ApiToken, CostVersion
from fondaco.control.costs import NoSuchCostError
from fondaco.costs import Kind, texts_of
from fondaco.errors import ConfigError
from fondaco.orchestration.costs import CostSheet
from fondaco.server.api.access import AskingToken, asking_token, costing_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.api.tables import cursor_after, key_of, no_cursor
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(prefix="/costs", tags=["costs"], dependencies=[Depends(asking_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
CostingToken = Annotated[ApiToken, Depends(costing_token)]
EntryId = Annotated[int, Path(ge=1, le=2**31 - 1)]

_ITEM = "What it is for, in the words of its kind: a SKU, a gateway, a discount code, an account, a name."
_SHEET = {
    "requestBody": {
        "required": True,
        "description": "A sheet as docs/costs.md has it.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/toml": {"schema": {"type": "string"}},
        },
    }
}


class CostAnswer(BaseModel):
    """An entry of the cost sheet as it holds."""

    entry_id: int
    version: int
    kind: Kind
    item: str | None = Field(description=_ITEM)
    shop: str | None = Field(
        description="A shop's id, of what messages cost an account's; null is every one."
    )
    country: str | None
    weight_from: int | None = Field(description="Grams, inclusive.")
    weight_to: int | None = Field(description="Grams, exclusive.")
    tier_from: int | None = Field(description="Contacts or messages of a month, inclusive.")
    tier_to: int | None = Field(description="Contacts or messages of a month, exclusive.")
    messages: int | None = Field(
        description="How many the amount is for, each; null where the platform tells."
    )
    amount: str | None
    rate: str | None = Field(description="A share from 0 to 1.")
    currency: str | None
    valid_from: date | None
    valid_to: date | None = Field(
        description="Without it the entry holds until another one for the same begins."
    )
    note: str | None
    entered_by: str = Field(description="user:7, token:3 or cli: of this version.")
    entered_at: datetime


class CostsAnswer(BaseModel):
    """Entries in the order in which they were first entered."""

    entries: list[CostAnswer]
    next: str | None = Field(description="Send it as `cursor` for the next entries; null after the last.")


class NewCost(BaseModel):
    """A cost to enter. What its kind has no use for is left out."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    item: str = Field("", max_length=1000, description=_ITEM)
    shop: str = Field(
        "", max_length=1000, description="Id or name of a shop, of what messages cost of an account."
    )
    country: str = Field("", max_length=63)
    weight_from: int | None = Field(None, ge=0, le=10**9)
    weight_to: int | None = Field(None, ge=0, le=10**9)
    tier_from: int | None = Field(None, ge=0, le=10**9)
    tier_to: int | None = Field(None, ge=0, le=10**9)
    messages: int | None = Field(None, ge=0, le=10**9)
    amount: str = Field("", max_length=63, description="Such as 4.50.")
    rate: str = Field("", max_length=63, description="Such as `40 %` or 0.4.")
    currency: str = Field("", max_length=63)
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = Field("", max_length=1000)


class PlanAnswer(BaseModel):
    """What a sheet has done, or with `dry_run` would do."""

    added: int
    changed: int
    withdrawn: int
    unchanged: int
    dry_run: bool


@router.get("", summary="Entries of the cost sheet")
def costs(
    site: TheSite,
    kind: Kind | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="At most so many.")] = 1000,
    cursor: Annotated[str, Query(max_length=63, description="`next` of the answer before.")] = "",
) -> CostsAnswer:
    """Those that hold, by number."""
    after = key_of(cursor) if cursor else "0"
    if not (after.isascii() and after.isdecimal() and len(after) <= 12):
        raise no_cursor(cursor)
    found = [
        each
        for each in site.control.costs.current(site.tenant_id)
        if each.entry_id > int(after) and kind in (None, each.kind)
    ]
    shown = found[:limit]
    return CostsAnswer(
        entries=[_answer(each) for each in shown],
        next=cursor_after(str(shown[-1].entry_id)) if len(found) > limit else None,
    )


@router.post("", summary="Enter a cost")
def enter(site: TheSite, token: CostingToken, new: NewCost) -> CostAnswer:
    """The one for the same kind, item, shop, country, weights, tier and first day is changed. It holds from the next run on."""
    sheet = _sheet(site, token)
    texts = {name: "" if value is None else str(value) for name, value in new.model_dump().items()}
    return _answer(sheet.put(sheet.entry(texts)))


@router.delete("/{entry_id}", summary="Withdraw an entry; its history stays", status_code=204)
def withdraw(site: TheSite, token: CostingToken, entry_id: EntryId) -> Response:
    """Twice is once. It is gone from the next run on."""
    try:
        _sheet(site, token).withdraw(entry_id)
    except NoSuchCostError as error:
        raise NotThereError(error.what, "Take an entry_id of `/api/v1/costs`.") from error
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/sheet", summary="Take a whole sheet, or look at what it would change", openapi_extra=_SHEET)
def take_sheet(
    request: Request,
    site: TheSite,
    token: CostingToken,
    content: Annotated[bytes, Depends(_body)],
    *,
    dry_run: bool = False,
    replace: Annotated[bool, Query(description="Withdraw what the sheet does not hold.")] = False,
) -> PlanAnswer:
    """All of it, or nothing where it has a fault; the answer then names every fault with its line."""
    form = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if form not in ("text/csv", "application/toml"):
        raise ConfigError(
            f"A sheet of the type {form[:63]!r} is not read.", "Send it as text/csv or application/toml."
        )
    costs = _sheet(site, token)
    sheet = costs.read(content, is_toml=form == "application/toml")
    done = (costs.preview if dry_run else costs.take)(sheet, replace=replace)
    return PlanAnswer(
        added=len(done.added), changed=len(done.changed), withdrawn=len(done.withdrawn), unchanged=done.unchanged,
        dry_run=dry_run,
    )  # fmt: skip


def _sheet(site: Site, token: AskingToken) -> CostSheet:
    return CostSheet(site.control, site.project.reader, site.tenant_id, f"token:{token.token_id}")


def _answer(version: CostVersion) -> CostAnswer:
    entry = version.entry
    told: dict[str, Any] = {name: text or None for name, text in texts_of(entry).items()}
    return CostAnswer(
        **{**told, "rate": _text(entry.rate), "amount": _text(entry.amount)},
        entry_id=version.entry_id, version=version.version, entered_by=version.entered_by, entered_at=version.entered_at,
    )  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
