"""``fondaco segments``: customers who have something in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table, rows_of

if TYPE_CHECKING:
    import pyarrow as pa

    from fondaco.activation import Audience
    from fondaco.control import Segment
    from fondaco.orchestration import Project

app = typer.Typer(help="See and export segments of customers.", no_args_is_help=True, rich_markup_mode=None)

Contact = Annotated[
    bool,
    typer.Option("--contact", help="Names, addresses and numbers that conditions ask for, too."),
]
SegmentName = Annotated[str, typer.Argument(help="Its number or its name.", metavar="SEGMENT")]


@app.command("list")
def all_segments(
    ctx: typer.Context,
    archived: Annotated[bool, typer.Option("--archived", help="Those that are put away.")] = False,
    contact: Contact = False,
    as_json: AsJson = False,
) -> None:
    """List the segments.

    Example: fondaco segments list
    """
    with ctx.obj.project() as project:
        found = project.control.segments.all(project.tenant, archived=archived)
        told = [_object(project, segment, contact=contact) for segment in found]
        if as_json:
            print_json(told)
            return
        print_table(
            ["id", "segment", "version", "changed", "who is in it"],
            [
                [s.segment_id, s.name, s.version, s.updated_at, each["sentence"]]
                for s, each in zip(found, told, strict=True)
            ],
            empty="No segment yet. Build one on the page Segments of `fondaco serve`.",
        )


@app.command("show")
def show(ctx: typer.Context, segment: SegmentName, contact: Contact = False, as_json: AsJson = False) -> None:
    """Show a segment: its rules in words and as a document, and its versions.

    Example: fondaco segments show "Big spenders" --json
    """
    with ctx.obj.project() as project:
        found = _found(project, segment)
        versions = project.control.segments.versions(project.tenant, found.segment_id)
        told = _object(project, found, contact=contact)
        if as_json:
            print_json({**told, "versions": [each.version for each in versions]})
            return
        typer.echo(f"{found.name} (segment {found.segment_id}, version {found.version})")
        if found.description:
            typer.echo(found.description)
        typer.echo(str(told["sentence"]))
        print_table(
            ["version", "name", "saved"], [[each.version, each.name, each.created_at] for each in versions]
        )


@app.command("count")
def count(ctx: typer.Context, segment: SegmentName, as_json: AsJson = False) -> None:
    """Count the customers in a segment, as of today.

    Example: fondaco segments count 3
    """
    from fondaco.activation import parse_definition

    with ctx.obj.project() as project:
        found, audience = _found(project, segment), _audience(project)
        people, total = audience.count(parse_definition(found.definition)), audience.total()
        if as_json:
            print_json({"segment_id": found.segment_id, "people": people, "of": total})
        else:
            typer.echo(f"{people:,} of {total:,} customers are in {found.name}.")


@app.command("export")
def export(
    ctx: typer.Context,
    segment: SegmentName,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", "-c", help="A column; may be repeated.", show_default="nothing personal"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="The file, .csv or .parquet.", show_default="the console")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a segment's members to a file; that it was done is kept in the audit log.

    Example: fondaco segments export 3 -c email -c net_sales --to members.csv
    """
    from fondaco.activation.attributes import USUAL_COLUMNS
    from fondaco.activation.exports import export_members

    form = "json" if to is None and as_json else "parquet" if to and to.suffix == ".parquet" else "csv"
    with ctx.obj.project() as project:
        found, names = _found(project, segment), tuple(columns or USUAL_COLUMNS)
        members = export_members(project.control, _audience(project), found, names, actor="cli", form=form)
    if to is None:
        print_json(rows_of(members)) if as_json else typer.echo(_csv(members), nl=False)
        return
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(members, str(to))
    else:
        to.write_text(_csv(members), encoding="utf-8", newline="")
    if as_json:
        print_json({"segment_id": found.segment_id, "rows": members.num_rows, "file": str(to)})
    else:
        typer.echo(f"Wrote {members.num_rows:,} customers to {to}.")


def _csv(members: pa.Table) -> str:
    from fondaco.server.downloads import csv_text

    return csv_text(members.column_names, zip(*members.to_pydict().values(), strict=True))


def _object(project: Project, segment: Segment, *, contact: bool) -> dict[str, object]:
    """A segment; without ``contact`` it tells no names and addresses that its conditions ask for."""
    from fondaco.activation import describe, parse_definition

    definition = parse_definition(segment.definition)
    names = _audience(project).titles(definition) if project.reader.version is not None else {}
    return {
        "segment_id": segment.segment_id,
        "name": segment.name,
        "description": segment.description,
        "version": segment.version,
        "sentence": describe(definition, names=names, hides_persons=not contact),
        "definition": segment.definition if contact or not definition.is_personal else None,
        "updated_at": segment.updated_at,
        "archived_at": segment.archived_at,
    }


def _audience(project: Project) -> Audience:
    from fondaco.activation import Audience
    from fondaco.clock import local_date

    today = local_date(project.clock(), project.settings.project.timezone)
    return Audience(project.reader, project.tenant, today)


def _found(project: Project, given: str) -> Segment:
    """By its name first: a segment may be called 2026."""
    from fondaco.errors import ConfigError

    kept = project.control.segments.all(project.tenant)
    for segment in kept:
        if segment.name == given:
            return segment
    if given.isdecimal() and len(given) < 10:
        return project.control.segments.get(project.tenant, int(given))
    raise ConfigError(f"There is no segment {given!r}.", "See all segments with `fondaco segments list`.")
