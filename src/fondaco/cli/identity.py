"""``fondaco identity``: why records are one person, and how to decide otherwise."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.clock import format_instant

if TYPE_CHECKING:
    from fondaco.jobs.identity import Sides
    from fondaco.warehouse.engine import Writer

app = typer.Typer(
    help="Show why records are one person, and decide otherwise.", no_args_is_help=True, rich_markup_mode=None
)

Person = Annotated[str, typer.Argument(help="A person_id of marts.customers.")]


@app.command("explain")
def explain(
    ctx: typer.Context,
    person: Person,
    contact: Annotated[
        bool,
        typer.Option("--contact", help="Show names, addresses and numbers too; they are personal data."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a person's records, the oldest first, and by what each is linked.

    Example: fondaco identity explain 0cc175b9c0f1b6a831c399e269772661
    """
    from fondaco.jobs.identity import members

    with ctx.obj.project() as project, project.warehouse.writer() as writer:
        found = members(writer, project.tenant, person)
    rows: list[dict[str, Any]] = [
        {
            "record_id": each.record_id,
            "rule": each.rule,
            "linked_to": each.linked_to,
            "probability": each.probability,
            **each.explanation,
            **(each.contact if contact else {}),
        }
        for each in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = list(dict.fromkeys(name for row in rows for name in row))
    shown = [[_plain(row.get(name)) for name in columns] for row in rows]
    print_table([name.replace("_", " ") for name in columns], shown)


@app.command("split")
def split(
    ctx: typer.Context,
    person: Person,
    records: Annotated[list[str], typer.Argument(help="Records that are somebody else.")],
    as_json: AsJson = False,
) -> None:
    """Decide that records are not the same person as the others. It holds until they are joined again.

    Example: fondaco identity split 0cc175b9c0f1b6a831c399e269772661 berlin-shop:1002
    """
    from fondaco.jobs.identity import members, split_sides

    def sides(writer: Writer, tenant: str) -> Sides:
        return split_sides(person, [each.record_id for each in members(writer, tenant, person)], records)

    _decide(ctx, as_json, sides, person)


@app.command("join")
def join(
    ctx: typer.Context,
    person: Person,
    other: Annotated[str, typer.Argument(help="Another person_id.")],
    as_json: AsJson = False,
) -> None:
    """Decide that two persons are one, also where they were split before.

    Example: fondaco identity join 0cc175b9c0f1b6a831c399e269772661 92eb5ffee6ae2fec3ad71c777531578f
    """
    from fondaco.jobs.identity import join_sides, members

    def sides(writer: Writer, tenant: str) -> Sides:
        mine, theirs = (
            [each.record_id for each in members(writer, tenant, whose)] for whose in (person, other)
        )
        return join_sides(person, mine, theirs)

    _decide(ctx, as_json, sides, person, other)


@app.command("decisions")
def decisions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show decisions that the figures do not show yet: from pages, the API and here.

    Example: fondaco identity decisions
    """
    with ctx.obj.project() as project:
        found = project.control.person_decisions.unseen(project.tenant, project.reader.version)
    rows = [
        {
            "number": each.decision_id,
            "decision": "join" if each.is_same else "split",
            "person_id": each.person_id,
            "other_person_id": each.other_person_id,
            "records": each.record_ids,
            "by": each.actor,
            "decided_at": format_instant(each.decided_at),
            "waits": each.taken_at is None,
        }
        for each in found
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("The figures show every decision.")
        return
    table = [
        [
            row["number"],
            row["decision"],
            row["person_id"],
            _plain(row["records"]) if row["decision"] == "split" else row["other_person_id"],
            row["by"],
            row["decided_at"],
            "for the next run" if row["waits"] else "until it is published",
        ]
        for row in rows
    ]
    print_table(["number", "decision", "person", "of", "by", "at", "waits"], table)


@app.command("undo")
def undo(
    ctx: typer.Context,
    number: Annotated[
        int, typer.Argument(help="The decision's number, as `fondaco identity decisions` tells it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Take back a decision that waits for the next run. One that a run has taken up is undone by the opposite one.

    Example: fondaco identity undo 3
    """
    from fondaco.orchestration.persons import Persons

    with ctx.obj.project() as project:
        Persons(project.control, project.reader, project.tenant, "cli").undo(number)
    if as_json:
        print_json({"undone": number})
        return
    typer.echo(f"Decision {number} is taken back.")


def _decide(
    ctx: typer.Context,
    as_json: bool,
    sides_of: Callable[[Writer, str], Sides],
    person: str,
    other: str | None = None,
) -> None:
    """Keep a decision, after those that wait, and find persons anew, so that the next build follows."""
    from fondaco.jobs.identity import decide, link_identities
    from fondaco.orchestration.modelling import take_up_decisions
    from fondaco.orchestration.persons import Persons

    with ctx.obj.project() as project, project.warehouse.writer() as writer:
        take_up_decisions(project, writer)
        sides = sides_of(writer, project.tenant)
        kept = Persons(project.control, project.reader, project.tenant, "cli").keep(person, sides, other)
        pairs = decide(
            writer,
            project.tenant,
            sides,
            is_same=other is not None,
            by=getpass.getuser(),
            now=project.clock(),
        )
        project.control.person_decisions.take(project.tenant, [kept.decision_id])
        linked = link_identities(writer, project.tenant, now=project.clock())
    if as_json:
        print_json({"pairs": pairs, "persons": linked.persons, "has_moved": linked.has_moved})
        return
    typer.echo(
        f"Decided for {pairs} {'pair' if pairs == 1 else 'pairs'} of records; {linked.persons:,} persons in all."
    )
    typer.echo("The figures follow with the next `fondaco run`.")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return round(value, 4) if isinstance(value, float) else value
