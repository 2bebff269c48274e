"""Costs: the entries of the cost sheet by kind, forms that add, change and withdraw one, and the history of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.control import CostVersion, User
from fondaco.control.costs import NoSuchCostError
from fondaco.control.segments import ConflictError
from fondaco.costs import RULES, CostEntry, CostsError, Fault, Kind, rate_text, texts_of, unmistakable
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.metrics.marketing import read_campaigns
from fondaco.server.auth.roles import costing_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.notices import Notice
from fondaco.server.pages.cost_coverage import coverage
from fondaco.server.pages.cost_view import (
    Kept,
    Words,
    choices_of,
    entries_by_kind,
    faults_elsewhere,
    fields_of,
    sheet_of,
)
from fondaco.server.pages.cost_warnings import Warned, warnings
from fondaco.server.pages.sheets import ROWS, Way, found, leaf, parse_sheet
from fondaco.server.site import NotThereError, Site, the_site
from fondaco.server.written import RecordId, whole_number
from fondaco.warehouse.engine import OutdatedError

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/costs")
TheSite = Annotated[Site, Depends(the_site)]
Keeper = Annotated[User, Depends(costing_user)]
Item = Annotated[str, Query(max_length=255)]
Chosen = Annotated[str, Query(alias="kind", max_length=63)]


async def _fields(request: Request) -> FormData:
    return await request.form()


Fields = Annotated[FormData, Depends(_fields)]


@router.get("")
def all_costs(request: Request, site: TheSite, user: CurrentUser, chosen: Chosen = "") -> Response:
    """Every kind with its first entries; with ``kind`` all of one, fifty at a time."""
    words, kinds = Words(site, site.numbers(request)), entries_by_kind(site)
    if chosen:
        return _one_kind(request, site, user, _kind(chosen), words)
    groups = [
        {"kind": kind, "rule": RULES[kind], "rows": words.rows(kept[:ROWS]), "total": len(kept)}
        for kind, kept in kinds.items()
        if kept
    ]
    gone = site.control.costs.withdrawn(site.tenant_id)
    return _page(
        "costs.html", request, site, user, groups=groups, withdrawn_total=len(gone), rules=RULES,
        withdrawn=[words.row(each.entry_id, each.entry, each.entry.valid_to) for each in gone[:ROWS]], total=sum(map(len, kinds.values())),
        others=[(kind, RULES[kind]) for kind, kept in kinds.items() if not kept],
        is_assumed=all(one.entry.connection_id for one in kinds[Kind.DEFAULT_PRODUCT_COST]),
        assumed=rate_text(site.project.settings.profit.default_product_cost_rate),
        warned=_warned(site, user, kinds),
        coverage=coverage(site, site.numbers(request, site.currency)), unseen=sheet_of(site, user).unseen(),
    )  # fmt: skip


def _warned(site: Site, user: User, kinds: Mapping[Kind, list[Kept]]) -> list[Warned]:
    """Entries of what messages cost that would count twice, or nowhere, and of campaigns that nobody has."""
    accounts = sheet_of(site, user).accounts
    connected = site.control.connections.all(site.tenant_id)
    platforms = {each.source for each in connected if each.connection_id in accounts}
    kept = [(one.entry_id, one.entry, one.last) for every in kinds.values() for one in every]
    return warnings(
        kept, accounts, platforms, _campaign_names(site) if kinds[Kind.CAMPAIGNS_OF_SHOP] else None
    )


def _campaign_names(site: Site) -> list[str] | None:
    """Of all campaigns; None where what is published does not tell them."""
    try:
        return [row["name"] or "" for row in read_campaigns(site.project.reader, site.tenant_id).values()]
    except OutdatedError:
        return None


def _one_kind(request: Request, site: Site, user: User, kind: Kind, words: Words) -> Response:
    sheet = parse_sheet("costs", request.query_params, ())
    kept = found(entries_by_kind(site)[kind], sheet, lambda one: words.sought(one.entry))

    def way(parts: Mapping[str, str]) -> Way:
        asked = {"kind": kind.value, **sheet.state(), **parts}
        address = "/costs?" + urlencode({name: value for name, value in asked.items() if value})
        return Way(address, address)

    count = f"{site.numbers(request).count(len(kept))} {'entry' if len(kept) == 1 else 'entries'}"
    shown = leaf(sheet, len(kept), lambda start, most: words.rows(kept[start : start + most]), count, way)
    return _page(
        "costs_kind.html", request, site, user, kind=kind, rule=RULES[kind], leaf=shown, find=sheet.find
    )


@router.get("/new")
def new(request: Request, site: TheSite, user: Keeper, chosen: Chosen = "", item: Item = "") -> Response:
    """A form for an entry of a kind, empty but for the item that a link names; without a kind, which ones there are."""
    if not chosen:
        return _page("costs_new.html", request, site, user, kinds=RULES.items())
    return HTMLResponse(
        _form(
            request,
            site,
            user,
            _kind(chosen),
            {"currency": site.project.settings.project.currency, "item": item},
        )
    )


@router.post("/new", dependencies=[CheckedForm])
def add(request: Request, site: TheSite, user: Keeper, fields: Fields) -> Response:
    """Keep a new entry, or say beside each field what is wrong with it."""
    texts = _texts(fields)
    kind = _kind(texts.get("kind", ""))
    try:
        costs = sheet_of(site, user)
        kept = costs.add(costs.entry(texts, typed=True))
    except CostsError as error:
        return HTMLResponse(_form(request, site, user, kind, texts, faults=error.faults), 422)
    site.notices.add(user.user_id, Notice("Kept. It holds from the next run on."))
    return RedirectResponse(f"/costs#{kept.kind}", 303)


@router.get("/{entry_id}")
def one(request: Request, site: TheSite, user: CurrentUser, entry_id: RecordId) -> Response:
    """An entry, as a form for who may change it, and its history."""
    versions = _versions(site, entry_id)
    return HTMLResponse(_entry_page(request, site, user, versions, _typed(versions[0].entry)))


@router.post("/{entry_id}", dependencies=[CheckedForm])
def change(request: Request, site: TheSite, user: Keeper, entry_id: RecordId, fields: Fields) -> Response:
    """Make a new version of an entry; another cost from a later day on is an entry of its own, and ends this one."""
    versions, texts = _versions(site, entry_id), _texts(fields)
    texts["kind"] = versions[0].kind
    seen = str(fields.get("seen", ""))
    try:
        costs = sheet_of(site, user)
        entry, before = costs.entry(texts, typed=True), versions[0].entry
        if _begins_later(before, entry):
            kept = costs.add(entry)
            site.notices.add(
                user.user_id, Notice("Kept. Until the day before its first day the former cost holds.")
            )
            return RedirectResponse(f"/costs/{kept.entry_id}", 303)
        costs.change(entry_id, entry, seen=whole_number(seen))
    except CostsError as error:
        return HTMLResponse(_entry_page(request, site, user, versions, texts, faults=error.faults), 422)
    except ConflictError as error:
        return HTMLResponse(_entry_page(request, site, user, versions, texts, fault=error), 409)
    site.notices.add(user.user_id, Notice("Changed. It holds from the next run on."))
    return RedirectResponse(f"/costs/{entry_id}", 303)


@router.post("/{entry_id}/withdraw", dependencies=[CheckedForm])
def withdraw(
    site: TheSite, user: Keeper, entry_id: RecordId, seen: Annotated[int, Form(ge=1, le=2**31 - 1)]
) -> Response:
    """Take an entry back; its history stays."""

    def work() -> Notice:
        sheet_of(site, user).withdraw(entry_id, seen=seen)
        return Notice("Withdrawn from the next run on. Its history stays.")

    _versions(site, entry_id)
    return site.notices.answer(user.user_id, f"/costs/{entry_id}", work)


def _page(template: str, request: Request, site: Site, user: User, **context: Any) -> HTMLResponse:
    html = site.render(
        template, request, page="costs", user=user, csrf=form_token(request), may_keep=may(user.role, Permission.COSTS),
        **context,
    )  # fmt: skip
    return HTMLResponse(html)


def _form(
    request: Request,
    site: Site,
    user: User,
    kind: Kind,
    texts: Mapping[str, str],
    *,
    faults: tuple[Fault, ...] = (),
) -> str:
    fields = fields_of(kind, texts, faults)
    return site.render(
        "cost_new.html", request, page="costs", user=user, csrf=form_token(request), kind=kind, rule=RULES[kind],
        fields=fields, faults=faults_elsewhere(fields, faults), choices=choices_of(site, user, kind),
    )  # fmt: skip


def _entry_page(
    request: Request,
    site: Site,
    user: User,
    versions: list[CostVersion],
    texts: Mapping[str, str],
    *,
    faults: tuple[Fault, ...] = (),
    fault: ConfigError | None = None,
) -> str:
    newest, words = versions[0], Words(site, site.numbers(request))
    kind, entry = Kind(newest.kind), newest.entry
    fields = fields_of(kind, texts, faults)
    return site.render(
        "cost.html", request, page="costs", user=user, csrf=form_token(request), newest=newest, kind=kind, rule=RULES[kind],
        row=words.row(newest.entry_id, entry, entry.valid_to), fields=fields, faults=faults_elsewhere(fields, faults),
        fault=fault, history=words.history(versions), choices=choices_of(site, user, kind),
        may_keep=may(user.role, Permission.COSTS) and not newest.is_withdrawn,
    )  # fmt: skip


def _typed(entry: CostEntry) -> dict[str, str]:
    texts = texts_of(entry)
    return {**texts, "amount": unmistakable(texts["amount"])}


def _begins_later(before: CostEntry, after: CostEntry) -> bool:
    """Whether a cost that holds already is to be another one from a later day on: what holds until then is not to be lost."""
    same = replace(after, valid_from=before.valid_from, valid_to=before.valid_to, note=before.note)
    costs_otherwise = (before.amount, before.rate, before.currency) != (
        after.amount,
        after.rate,
        after.currency,
    )
    is_for_the_same = (
        replace(same, amount=before.amount, rate=before.rate, currency=before.currency) == before
    )
    begins_later = after.valid_from is not None and (
        before.valid_from is None or before.valid_from < after.valid_from
    )
    return is_for_the_same and costs_otherwise and begins_later and before.valid_to is None


def _versions(site: Site, entry_id: int) -> list[CostVersion]:
    try:
        return site.control.costs.history(site.tenant_id, entry_id)
    except NoSuchCostError as error:
        raise NotThereError(error.what, "Choose one on the page Costs.") from error


def _kind(word: str) -> Kind:
    if word not in set(Kind):
        raise NotThereError(f"{word[:63]!r} is not a kind of costs.", "Choose one on the page Costs.")
    return Kind(word)


def _texts(fields: FormData) -> dict[str, str]:
    return {name: value for name, value in fields.items() if isinstance(value, str)}
