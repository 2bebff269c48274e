"""Segments of customers: kept, counted, and their members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from fondaco.activation import describe, parse_definition
from fondaco.activation.attributes import ATTRIBUTES, COLUMNS, USUAL_COLUMNS, columns
from fondaco.activation.exports import export_members, has_personal, note_export
from fondaco.activation.operators import OPERATORS
from fondaco.control import ApiToken, Segment, SegmentVersion
from fondaco.governance import Permission
from fondaco.server.api.access import (
    AskingToken,
    ReadingToken,
    WritingToken,
    asking_token,
    require_of_token,
)
from fondaco.server.api.errors import ErrorAnswer
from fondaco.server.api.metrics import ERRORS, plain
from fondaco.server.api.tables import FILES, Format, cursor_after, file_answer, key_of, wanted_format
from fondaco.server.segments import segments_of
from fondaco.server.site import Site, the_site

router = APIRouter(
    prefix="/segments",
    tags=["segments"],
    dependencies=[Depends(asking_token)],
    responses={**ERRORS, 409: {"model": ErrorAnswer}},
)
TheSite = Annotated[Site, Depends(the_site)]

SegmentId = Annotated[int, Path(ge=1, le=2**31 - 1)]

_MOST_AT_ONCE = 10_000


class SegmentAnswer(BaseModel):
    """A segment as it is in force."""

    segment_id: int
    name: str
    description: str
    definition: dict[str, Any]
    sentence: str = Field(description="The definition in words.")
    version: int = Field(description="Send it back with a change, so that nobody's change is overwritten.")
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class VersionAnswer(BaseModel):
    """A segment as somebody saved it."""

    version: int
    name: str
    description: str
    definition: dict[str, Any]
    sentence: str
    user_id: int | None = Field(
        description="Who saved it; null for nobody's token, the command line, or a user who left."
    )
    created_at: datetime


class CountAnswer(BaseModel):
    """How many customers a definition takes."""

    people: int
    of: int = Field(description="All customers.")
    sentence: str
    version: str | None = Field(description="The published state that answered.")


class MembersAnswer(BaseModel):
    """Members by their ids; amounts are strings, days ISO dates, and what is not known is null."""

    columns: list[str]
    rows: list[dict[str, Any]]
    next: str | None = Field(description="Send it as `cursor` for the next members; null after the last.")
    version: str | None = Field(description="The published state that answered.")


class OperatorAnswer(BaseModel):
    name: str
    title: str
    takes: str = Field(description="nothing, one, two, some (one or more) or days: how many values it needs.")


class AttributeAnswer(BaseModel):
    """What is known of a customer."""

    name: str
    title: str
    kind: str
    unit: str
    description: str
    personal: bool
    operators: list[OperatorAnswer] = Field(
        description="How a condition may ask for it; none for a column only."
    )


class NewSegment(BaseModel):
    """A segment to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str
    description: str = ""
    definition: dict[str, Any] = Field(description="See docs/segments.md.")


class ChangedSegment(NewSegment):
    """A segment as it shall be; ``version`` is the one that was changed."""

    version: int


class Seen(BaseModel):
    """The version in force when the decision was taken."""

    model_config = ConfigDict(extra="forbid")

    version: int


class Asked(BaseModel):
    """A definition that is not kept."""

    model_config = ConfigDict(extra="forbid")

    definition: dict[str, Any]


def _answer(segment: Segment) -> SegmentAnswer:
    kept = {name: getattr(segment, name) for name in SegmentAnswer.model_fields if name != "sentence"}
    return SegmentAnswer(**kept, sentence=describe(parse_definition(segment.definition)))


def _version_answer(version: SegmentVersion) -> VersionAnswer:
    kept = {name: getattr(version, name) for name in VersionAnswer.model_fields if name != "sentence"}
    return VersionAnswer(**kept, sentence=describe(parse_definition(version.definition)))


@router.get("", summary="All segments, by name")
def all_segments(site: TheSite, archived: bool = False) -> list[SegmentAnswer]:
    """Those in use; with `archived=true` those that are put away."""
    return [_answer(segment) for segment in site.control.segments.all(site.tenant_id, archived=archived)]


@router.post("", summary="Keep a new segment", status_code=201)
def create(site: TheSite, token: WritingToken, new: NewSegment) -> SegmentAnswer:
    definition = parse_definition(new.definition).document()
    kept = site.control.segments.create(
        site.tenant_id,
        name=new.name,
        description=new.description,
        definition=definition,
        author=token.user_id,
    )
    return _answer(kept)


@router.get("/attributes", summary="What conditions may ask for and files may hold")
def attributes() -> list[AttributeAnswer]:
    conditions = {attribute.name for attribute in ATTRIBUTES}
    return [
        AttributeAnswer(
            name=column.name, title=column.title, kind=column.kind, unit=column.unit, description=column.description,
            personal=column.personal,
            operators=[OperatorAnswer(name=how.name, title=how.title, takes=how.takes) for how in OPERATORS[column.kind]]
            if column.name in conditions
            else [],
        )
        for column in COLUMNS
    ]  # fmt: skip


@router.post("/preview", summary="Count a definition without keeping it")
def preview(site: TheSite, token: AskingToken, asked: Asked) -> CountAnswer:
    definition, kept = parse_definition(asked.definition), segments_of(site)
    return CountAnswer(
        people=kept.count(definition), of=kept.total(), sentence=describe(definition), version=site.published
    )


@router.get("/{segment_id}", summary="One segment")
def one_segment(site: TheSite, segment_id: SegmentId) -> SegmentAnswer:
    return _answer(segments_of(site).get(segment_id))


@router.put("/{segment_id}", summary="Change a segment; the old one stays as a version")
def change(
    site: TheSite, token: WritingToken, segment_id: SegmentId, changed: ChangedSegment
) -> SegmentAnswer:
    segments_of(site).get(segment_id)
    saved = site.control.segments.save(
        site.tenant_id, segment_id, seen=changed.version, name=changed.name, description=changed.description,
        definition=parse_definition(changed.definition).document(), author=token.user_id,
    )  # fmt: skip
    return _answer(saved)


@router.delete("/{segment_id}", summary="Put a segment away; its versions stay")
def archive(site: TheSite, token: WritingToken, segment_id: SegmentId) -> SegmentAnswer:
    segments_of(site).get(segment_id)
    return _answer(site.control.segments.archive(site.tenant_id, segment_id))


@router.get("/{segment_id}/count", summary="How many customers are in a segment")
def count(site: TheSite, segment_id: SegmentId) -> CountAnswer:
    kept = segments_of(site)
    definition = parse_definition(kept.get(segment_id).definition)
    return CountAnswer(
        people=kept.count(definition), of=kept.total(), sentence=describe(definition), version=site.published
    )


@router.get("/{segment_id}/versions", summary="All versions of a segment, the newest first")
def versions(site: TheSite, segment_id: SegmentId) -> list[VersionAnswer]:
    segments_of(site).get(segment_id)
    return [_version_answer(each) for each in site.control.segments.versions(site.tenant_id, segment_id)]


@router.get("/{segment_id}/versions/{version}", summary="One version of a segment")
def one_version(site: TheSite, segment_id: SegmentId, version: SegmentId) -> VersionAnswer:
    return _version_answer(segments_of(site).version(segment_id, version))


@router.post(
    "/{segment_id}/versions/{version}/restore", summary="Bring an old version's rules back as a new version"
)
def restore(
    site: TheSite, token: WritingToken, segment_id: SegmentId, version: SegmentId, seen: Seen
) -> SegmentAnswer:
    segments_of(site).version(segment_id, version)
    restored = site.control.segments.restore(
        site.tenant_id, segment_id, version, seen=seen.version, author=token.user_id
    )
    return _answer(restored)


class Page(BaseModel):
    """Which members are asked for, in the address."""

    model_config = ConfigDict(extra="forbid")

    columns: str = Field("", description=f"Names, separated by commas; default: {','.join(USUAL_COLUMNS)}.")
    limit: int = Field(100, ge=1, le=_MOST_AT_ONCE, description="At most so many in a JSON answer.")
    cursor: str = Field("", description="`next` of the answer before.")
    format: Format = Field("json", description="A file holds all members.")


@router.get(
    "/{segment_id}/members", summary="Members of a segment", response_model=MembersAnswer, responses=FILES
)
def members(
    request: Request,
    site: TheSite,
    token: ReadingToken,
    segment_id: SegmentId,
    page: Annotated[Page, Query()],
) -> Response:
    """Members by their ids, a page at a time; as CSV or Parquet all at once. Files, and columns that name or reach a person,
    need a token that may export; each such answer is noted in the audit log."""
    segment = segments_of(site).get(segment_id)
    names = tuple(name.strip() for name in page.columns.split(",") if name.strip()) or USUAL_COLUMNS
    form = wanted_format(request, page.format)
    if form != "json" or has_personal(names):
        require_of_token(site, token, Permission.EXPORT)
    if form == "json":
        return _page(site, segment, names, page, token)
    table = export_members(
        site.control, segments_of(site).audience, segment, names, actor=f"token:{token.token_id}", form=form
    )
    return file_answer(form, f"segment_{segment_id}", table, {})


def _page(site: Site, segment: Segment, names: Sequence[str], page: Page, token: ApiToken) -> Response:
    chosen = [column.name for column in columns(tuple(names))]
    after = key_of(page.cursor) or None
    asked = (*chosen, "person_id")  # named twice is once
    definition = parse_definition(segment.definition)
    rows = (
        segments_of(site).audience.members(definition, asked, after=after, limit=page.limit + 1).to_pylist()
    )
    shown = rows[: page.limit]
    if has_personal(names):
        note_export(site.control, segment, names, len(shown), actor=f"token:{token.token_id}", form="json")
    answer = MembersAnswer(
        columns=chosen,
        rows=[{name: plain(row[name]) for name in chosen} for row in shown],
        next=cursor_after(shown[-1]["person_id"]) if len(rows) > page.limit else None,
        version=site.published,
    )
    return JSONResponse(answer.model_dump(mode="json"))
