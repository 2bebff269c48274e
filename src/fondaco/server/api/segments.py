"""Segments of customers: kept, counted, and their members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from starlette.responses import JSONResponse, Response

from fondaco.activation import Definition, describe, parse_definition
from fondaco.activation.attributes import ATTRIBUTES, COLUMNS, USUAL_COLUMNS, columns
from fondaco.activation.events import EVENTS
from fondaco.activation.exports import export_members, has_personal, note_export
from fondaco.activation.operators import OPERATORS
from fondaco.control import ApiToken, Segment, SegmentVersion
from fondaco.governance import Permission
from fondaco.server.api.access import (
    AskingToken,
    ReadingToken,
    WritingToken,
    asking_token,
    permits,
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
_DEFINITION = (
    "Groups of conditions, as docs/segments.md has them. A condition of kind `attribute` asks for one of "
    + ", ".join(f"`{each.name}`" for each in ATTRIBUTES if not each.personal)
    + "; or, with a token that may see who the customers are, "
    + ", ".join(f"`{each.name}`" for each in ATTRIBUTES if each.personal)
    + ". `GET /segments/attributes` says how. A condition of kind `event` asks for one of "
    + ", ".join(f"`{each.name}`" for each in EVENTS)
    + "."
)


class _Described:
    """Describes a document of JSON as the definition that it must be; what is wrong with it is told in Fondaco's own words."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(Definition.__pydantic_core_schema__)


Document = Annotated[dict[str, Any], _Described()]
_MASKED = "Null where it asks who the customers are, and the token may not see that."


class SegmentAnswer(BaseModel):
    """A segment as it is in force."""

    segment_id: int
    name: str
    description: str
    definition: Document | None = Field(description=_MASKED)
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
    definition: Document | None = Field(description=_MASKED)
    sentence: str
    user_id: int | None = Field(
        description="Who saved it; null for nobody's token, the command line, or a user who left."
    )
    created_at: datetime


class CountAnswer(BaseModel):
    """How many customers a definition takes."""

    people: int
    of: int = Field(description="All people who are known, also those who never bought.")
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
    personal: bool = Field(
        description="Whether it names or reaches a person: conditions on it need a token that may see persons."
    )
    operators: list[OperatorAnswer] = Field(
        description="How a condition may ask for it; none for a column only."
    )


class NewSegment(BaseModel):
    """A segment to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str
    description: str = ""
    definition: Document = Field(description=_DEFINITION)


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

    definition: Document = Field(description=_DEFINITION)


class _Teller:
    """Tells segments to the bearer of a token: who may not see who the customers are learns neither the conditions on persons
    nor what they count."""

    def __init__(self, site: Site, token: ApiToken) -> None:
        self.site = site
        self._token = token
        self._sees_persons = permits(site, token, Permission.PEOPLE)

    def require_sight(self, document: Any) -> Definition:
        """The definition, unless it asks who customers are and the token may not see that."""
        definition = parse_definition(document)
        if definition.is_personal:
            require_of_token(self.site, self._token, Permission.PEOPLE)
        return definition

    def sentence(self, definition: Definition) -> str:
        names = segments_of(self.site).titles(definition)
        return describe(definition, names=names, hides_persons=not self._sees_persons)

    def segment(self, segment: Segment) -> SegmentAnswer:
        return SegmentAnswer(**self._told(SegmentAnswer, segment))

    def version(self, version: SegmentVersion) -> VersionAnswer:
        return VersionAnswer(**self._told(VersionAnswer, version))

    def _told(self, answer: type[BaseModel], kept: Segment | SegmentVersion) -> dict[str, Any]:
        told = {name: getattr(kept, name) for name in answer.model_fields if name != "sentence"}
        definition = parse_definition(kept.definition)
        if definition.is_personal and not self._sees_persons:
            told |= {"definition": None, "description": ""}
        return {**told, "sentence": self.sentence(definition)}


def the_teller(site: TheSite, token: AskingToken) -> _Teller:
    return _Teller(site, token)


Teller = Annotated[_Teller, Depends(the_teller)]


@router.get("", summary="All segments, by name")
def all_segments(site: TheSite, teller: Teller, archived: bool = False) -> list[SegmentAnswer]:
    """Those in use; with `archived=true` those that are put away."""
    return [
        teller.segment(segment) for segment in site.control.segments.all(site.tenant_id, archived=archived)
    ]


@router.post("", summary="Keep a new segment", status_code=201)
def create(site: TheSite, token: WritingToken, teller: Teller, new: NewSegment) -> SegmentAnswer:
    definition = teller.require_sight(new.definition).document()
    kept = site.control.segments.create(
        site.tenant_id,
        name=new.name,
        description=new.description,
        definition=definition,
        author=token.user_id,
    )
    return teller.segment(kept)


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
def preview(site: TheSite, teller: Teller, asked: Asked) -> CountAnswer:
    """Conditions on contact data need a token that may see who the customers are."""
    definition, kept = teller.require_sight(asked.definition), segments_of(site)
    return CountAnswer(
        people=kept.count(definition), of=kept.total(), sentence=teller.sentence(definition), version=site.published
    )  # fmt: skip


@router.get("/{segment_id}", summary="One segment")
def one_segment(site: TheSite, teller: Teller, segment_id: SegmentId) -> SegmentAnswer:
    return teller.segment(segments_of(site).get(segment_id))


@router.put("/{segment_id}", summary="Change a segment; the old one stays as a version")
def change(
    site: TheSite, token: WritingToken, teller: Teller, segment_id: SegmentId, changed: ChangedSegment
) -> SegmentAnswer:
    definition = teller.require_sight(changed.definition).document()
    teller.require_sight(segments_of(site).get(segment_id).definition)
    saved = site.control.segments.save(
        site.tenant_id, segment_id, seen=changed.version, name=changed.name, description=changed.description,
        definition=definition, author=token.user_id,
    )  # fmt: skip
    return teller.segment(saved)


@router.delete("/{segment_id}", summary="Put a segment away; its versions stay")
def archive(site: TheSite, token: WritingToken, teller: Teller, segment_id: SegmentId) -> SegmentAnswer:
    segments_of(site).get(segment_id)
    return teller.segment(site.control.segments.archive(site.tenant_id, segment_id))


@router.get("/{segment_id}/count", summary="How many customers are in a segment")
def count(site: TheSite, teller: Teller, segment_id: SegmentId) -> CountAnswer:
    kept = segments_of(site)
    definition = teller.require_sight(kept.get(segment_id).definition)
    return CountAnswer(
        people=kept.count(definition), of=kept.total(), sentence=teller.sentence(definition), version=site.published
    )  # fmt: skip


@router.get("/{segment_id}/versions", summary="All versions of a segment, the newest first")
def versions(site: TheSite, teller: Teller, segment_id: SegmentId) -> list[VersionAnswer]:
    segments_of(site).get(segment_id)
    return [teller.version(each) for each in site.control.segments.versions(site.tenant_id, segment_id)]


@router.get("/{segment_id}/versions/{version}", summary="One version of a segment")
def one_version(site: TheSite, teller: Teller, segment_id: SegmentId, version: SegmentId) -> VersionAnswer:
    return teller.version(segments_of(site).version(segment_id, version))


@router.post(
    "/{segment_id}/versions/{version}/restore", summary="Bring an old version's rules back as a new version"
)
def restore(
    token: WritingToken, teller: Teller, segment_id: SegmentId, version: SegmentId, seen: Seen
) -> SegmentAnswer:
    site = teller.site
    teller.require_sight(segments_of(site).version(segment_id, version).definition)
    restored = site.control.segments.restore(
        site.tenant_id, segment_id, version, seen=seen.version, author=token.user_id
    )
    return teller.segment(restored)


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
    token: ReadingToken,
    teller: Teller,
    segment_id: SegmentId,
    page: Annotated[Page, Query()],
) -> Response:
    """Members by their ids, a page at a time; as CSV or Parquet all at once. Files, and columns that name or reach a person,
    need a token that may export; each such answer is noted in the audit log. Members of a segment whose conditions ask who
    customers are need one that may see that."""
    site = teller.site
    segment = segments_of(site).get(segment_id)
    teller.require_sight(segment.definition)
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
