"""Segments: the list, the builder with its live count, versions, and files of members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.activation import Definition, parse_definition
from fondaco.activation.attributes import COLUMNS, USUAL_COLUMNS
from fondaco.activation.exports import export_members
from fondaco.analytics.rfm import BEST_FIRST
from fondaco.control import Segment, User
from fondaco.control.segments import ConflictError
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.server.auth.roles import exporting_user, require, segmenting_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.segment_form import (
    Draft,
    act,
    new_draft,
    numbered,
    read_draft,
    to_definition,
    to_draft,
)
from fondaco.server.pages.segment_view import Builder, answer
from fondaco.server.segments import segments_of
from fondaco.server.site import Site, the_site
from fondaco.server.written import RecordId, whole_number

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/segments")
TheSite = Annotated[Site, Depends(the_site)]
Keeper = Annotated[User, Depends(segmenting_user)]

_WORKED_OUT_AT_MOST = 20
"""Own segments that are counted before somebody asks."""

_CHOSEN = (
    "person_id",
    "email",
    "first_name",
    "last_name",
    "country",
    "orders",
    "net_sales",
    "last_order_date",
)


async def _fields(request: Request) -> FormData:
    return await request.form()


Fields = Annotated[FormData, Depends(_fields)]


def _sees_persons(user: User) -> bool:
    return may(user.role, Permission.PEOPLE)


def _require_sight(user: User, conditions: Definition | Draft) -> None:
    """Refuse conditions that name or reach persons to whoever may not see who the customers are: the conditions themselves, and
    all that is counted by them."""
    if conditions.is_personal:
        require(user.role, Permission.PEOPLE)


def _draft_of(user: User, fields: FormData) -> Draft:
    """The draft in a form, as far as the user may ask so."""
    draft = read_draft(fields)
    _require_sight(user, draft)
    return draft


def _numbers(request: Request, site: Site) -> Numbers:
    return site.numbers(request, site.currency if site.published else None)


@router.get("")
def all_segments(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """Own segments with their counts, and the eight by recency, frequency and monetary value."""
    numbers = _numbers(request, site)
    kept, builder = segments_of(site), Builder(site, numbers, sees_persons=_sees_persons(user))
    rows = [_row(site, user, numbers, builder, each) for each in site.control.segments.all(site.tenant_id)]
    scored = kept.suggestions("attribute:segment") if site.published else []
    people = {each.value: each.people for each in scored}
    total = sum(people.values())
    eight = [
        {
            "name": rule.segment,
            "link": f"/customers?segment={quote(rule.segment)}#list",
            "meaning": rule.meaning,
            "people": numbers.count(people.get(rule.segment, 0)) if people else NOTHING,
            "bar": f"{100 * people.get(rule.segment, 0) / total:.2f}" if total else "0",
            "share": numbers.rate(people.get(rule.segment, 0) / total) if total else NOTHING,
        }
        for rule in BEST_FIRST
    ]
    html = site.render(
        "segments.html", request, page="segments", user=user, csrf=form_token(request), rows=rows, eight=eight,
        has_scores=bool(people), archived=site.control.segments.all(site.tenant_id, archived=True),
        may_keep=may(user.role, Permission.SEGMENT), numbers=numbers,
    )  # fmt: skip
    return HTMLResponse(html)


def _row(site: Site, user: User, numbers: Numbers, builder: Builder, segment: Segment) -> dict[str, Any]:
    definition = parse_definition(segment.definition)
    is_open = _sees_persons(user) or not definition.is_personal
    known = segments_of(site).known_count(segment.definition) if site.published and is_open else None
    return {
        "segment": segment,
        "is_open": is_open,
        "sentence": (segment.description if is_open else "") or builder.sentence(definition),
        "count": _count(site, numbers, known) if known is not None else None,
        "changed": numbers.day(segment.updated_at.date()),
    }


def _count(site: Site, numbers: Numbers, people: int) -> dict[str, str]:
    total = segments_of(site).total()
    return {"people": numbers.count(people), "share": numbers.rate(people / total if total else None)}


@router.get("/{segment_id}/count")
def count(request: Request, site: TheSite, user: CurrentUser, segment_id: RecordId) -> Response:
    """How many are in a segment, for its line in the list."""
    kept, numbers = segments_of(site), _numbers(request, site)
    definition = parse_definition(kept.get(segment_id).definition)
    _require_sight(user, definition)
    people = kept.count(definition)
    return HTMLResponse(site.render("parts/segment_count.html", request, count=_count(site, numbers, people)))


def usual(site: Site) -> Iterator[None]:
    """Work out what the list and the builder open with: counts of own segments, their first members, and the values to choose from."""
    numbers = site.usual_numbers()[0]
    segments_of(site).suggestions("attribute:segment")
    kept = [to_draft(parse_definition(each.definition)) for each in site.control.segments.all(site.tenant_id)]
    for draft in (new_draft(), *kept[:_WORKED_OUT_AT_MOST]):
        yield
        answer(site, numbers, to_definition(draft), sees_persons=True)
        builder = Builder(site, numbers, sees_persons=True)
        site.write(
            "parts/segment_builder.html", draft=numbered(draft), builder=builder, look_at="", numbers=numbers
        )


@router.get("/new")
def new(request: Request, site: TheSite, user: CurrentUser) -> Response:
    return HTMLResponse(_builder(request, site, user, new_draft()))


@router.get("/{segment_id}")
def one(
    request: Request, site: TheSite, user: CurrentUser, segment_id: RecordId,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:  # fmt: skip
    """The builder with a segment's rules; with ``version`` those of an old version."""
    segment = segments_of(site).get(segment_id)
    shown = segments_of(site).version(segment_id, version).definition if version else segment.definition
    old = version if version and version != segment.version else None
    definition = parse_definition(shown)
    _require_sight(user, definition)
    return HTMLResponse(_builder(request, site, user, to_draft(definition), segment, old=old))


def _builder(
    request: Request,
    site: Site,
    user: User,
    draft: Draft,
    segment: Segment | None = None,
    *,
    old: int | None = None,
    fault: ConfigError | None = None,
    typed: FormData | None = None,
) -> str:
    numbers = _numbers(request, site)
    reading = to_definition(draft)
    told: ConfigError | None = None
    found: dict[str, Any] | None = None
    try:
        found = answer(site, numbers, reading, sees_persons=_sees_persons(user))
    except ConfigError as error:
        told = error
    return site.render(
        "segment.html", request, page="segments", user=user, csrf=form_token(request), segment=segment, draft=draft,
        builder=Builder(site, numbers, sees_persons=_sees_persons(user)), answer=found, told=told, fault=fault, old=old,
        name=str(typed.get("name", "")) if typed else segment.name if segment else "",
        description=str(typed.get("description", "")) if typed else segment.description if segment else "",
        seen=str(typed.get("seen", "")) if typed else str(segment.version) if segment else "",
        conflict=isinstance(fault, ConflictError), may_keep=may(user.role, Permission.SEGMENT),
        may_export=may(user.role, Permission.EXPORT), sees_persons=_sees_persons(user), numbers=numbers,
    )  # fmt: skip


@router.post("/build", dependencies=[CheckedForm])
def build(request: Request, site: TheSite, user: CurrentUser, fields: Fields) -> Response:
    """The rules again after a condition was added, removed or became another one."""
    draft = _draft_of(user, fields)
    look_at = act(draft, str(fields.get("act", "")))
    numbers = _numbers(request, site)
    builder = Builder(site, numbers, sees_persons=_sees_persons(user))
    html = site.render(
        "parts/segment_builder.html", request, draft=numbered(draft), builder=builder, look_at=look_at, numbers=numbers
    )  # fmt: skip
    return HTMLResponse(html)


@router.post("/preview", dependencies=[CheckedForm])
def preview(request: Request, site: TheSite, user: CurrentUser, fields: Fields) -> Response:
    """How many the rules take as they stand in the form."""
    numbers, draft = _numbers(request, site), _draft_of(user, fields)
    found: dict[str, Any] | None = None
    told: ConfigError | None = None
    try:
        found = answer(site, numbers, to_definition(draft), sees_persons=_sees_persons(user))
    except ConfigError as error:
        told = error
    return HTMLResponse(
        site.render("parts/segment_answer.html", request, answer=found, told=told, numbers=numbers)
    )


@router.post("/save", dependencies=[CheckedForm])
def save_new(request: Request, site: TheSite, user: Keeper, fields: Fields) -> Response:
    return _save(request, site, user, fields, None)


@router.post("/{segment_id}/save", dependencies=[CheckedForm])
def save(request: Request, site: TheSite, user: Keeper, segment_id: RecordId, fields: Fields) -> Response:
    """A new version; with ``as_new`` a segment of its own."""
    return _save(request, site, user, fields, segments_of(site).get(segment_id))


def _save(request: Request, site: Site, user: User, fields: FormData, segment: Segment | None) -> Response:
    draft = _draft_of(user, fields)
    reading = to_definition(draft)
    kept = {"name": str(fields.get("name", "")), "description": str(fields.get("description", ""))}
    seen = str(fields.get("seen", ""))
    try:
        if reading.faults:
            raise ConfigError(" ".join(reading.faults), "Finish or remove what is not finished, then save.")
        document = reading.definition.document()
        if segment is None or "as_new" in fields:
            saved = site.control.segments.create(
                site.tenant_id, definition=document, author=user.user_id, **kept
            )
        else:
            saved = site.control.segments.save(
                site.tenant_id, segment.segment_id, seen=whole_number(seen), definition=document,
                author=user.user_id, **kept,
            )  # fmt: skip
    except ConfigError as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return HTMLResponse(_builder(request, site, user, draft, segment, fault=error, typed=fields), status)
    return RedirectResponse(f"/segments/{saved.segment_id}", 303)


@router.get("/{segment_id}/versions")
def versions(request: Request, site: TheSite, user: CurrentUser, segment_id: RecordId) -> Response:
    """All versions, in the drawer."""
    segment, numbers = segments_of(site).get(segment_id), _numbers(request, site)
    names = {each.user_id: each.name or each.email for each in site.control.users.all(site.tenant_id)}
    builder = Builder(site, numbers, sees_persons=_sees_persons(user))
    kept = [
        (each, parse_definition(each.definition))
        for each in site.control.segments.versions(site.tenant_id, segment_id)
    ]
    rows = [
        {
            "version": each.version,
            "saved": numbers.instant(each.created_at),
            "by": names.get(each.user_id, "") if each.user_id is not None else "",
            "sentence": builder.sentence(definition),
            "is_open": _sees_persons(user) or not definition.is_personal,
        }
        for each, definition in kept
    ]
    html = site.render(
        "segment_versions.html", request, segment=segment, rows=rows, csrf=form_token(request),
        may_keep=may(user.role, Permission.SEGMENT), numbers=numbers,
    )  # fmt: skip
    return HTMLResponse(html)


@router.post("/{segment_id}/restore", dependencies=[CheckedForm])
def restore(
    site: TheSite, user: Keeper, segment_id: RecordId,
    version: Annotated[int, Form(ge=1, le=2**31 - 1)], seen: Annotated[int, Form()],
) -> Response:  # fmt: skip
    _require_sight(user, parse_definition(segments_of(site).version(segment_id, version).definition))
    site.control.segments.restore(site.tenant_id, segment_id, version, seen=seen, author=user.user_id)
    return RedirectResponse(f"/segments/{segment_id}", 303)


@router.post("/{segment_id}/archive", dependencies=[CheckedForm])
def archive(site: TheSite, user: Keeper, segment_id: RecordId) -> Response:
    segments_of(site).get(segment_id)
    site.control.segments.archive(site.tenant_id, segment_id)
    return RedirectResponse("/segments", 303)


@router.post("/{segment_id}/bring-back", dependencies=[CheckedForm])
def bring_back(site: TheSite, user: Keeper, segment_id: RecordId) -> Response:
    segments_of(site).get(segment_id)
    site.control.segments.bring_back(site.tenant_id, segment_id)
    return RedirectResponse("/segments", 303)


@router.get("/{segment_id}/export")
def choose_columns(request: Request, site: TheSite, user: CurrentUser, segment_id: RecordId) -> Response:
    """Which columns a file shall have, in the drawer."""
    require(user.role, Permission.EXPORT)
    kept = segments_of(site)
    segment = kept.get(segment_id)
    _require_sight(user, parse_definition(segment.definition))
    groups: dict[str, list[Any]] = {"Personal": []}
    for column in COLUMNS:
        if not column.of_scores or kept.has_scores:
            groups.setdefault("Personal" if column.personal else column.group, []).append(column)
    html = site.render("segment_export.html", request, segment=segment, groups=groups, chosen=_CHOSEN)
    return HTMLResponse(html)


@router.get("/{segment_id}/export.csv")
def export(
    site: TheSite, user: Annotated[User, Depends(exporting_user)], segment_id: RecordId,
    columns: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:  # fmt: skip
    """All members as a file; noted in the audit log."""
    kept = segments_of(site)
    segment = kept.get(segment_id)
    _require_sight(user, parse_definition(segment.definition))
    table = export_members(
        site.control,
        kept.audience,
        segment,
        tuple(columns) or USUAL_COLUMNS,
        actor=f"user:{user.user_id}",
        form="csv",
    )
    lines = zip(*table.to_pydict().values(), strict=True)
    named = re.sub("[^a-z0-9]+", "_", segment.name.lower()).strip("_")[:60]
    name = "_".join(part for part in ("segment", str(segment_id), named, f"v{segment.version}") if part)
    return csv_file(f"{name}.csv", table.column_names, lines)
