"""``fondaco identity``: why records are one person, and how to decide otherwise."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
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
    from fondaco.jobs import identity

    _decide(
        ctx, as_json,
        lambda writer, told: identity.split(writer, told["tenant_id"], person, records, by=told["by"], now=told["now"]),
    )  # fmt: skip


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
    from fondaco.jobs import identity

    _decide(
        ctx, as_json,
        lambda writer, told: identity.join(writer, told["tenant_id"], person, other, by=told["by"], now=told["now"]),
    )  # fmt: skip


def _decide(ctx: typer.Context, as_json: bool, decision: Callable[[Writer, dict[str, Any]], int]) -> None:
    """Keep a decision and find persons anew, so that the next build follows."""
    from fondaco.jobs.identity import link_identities

    with ctx.obj.project() as project, project.warehouse.writer() as writer:
        told = {"tenant_id": project.tenant, "by": getpass.getuser(), "now": project.clock()}
        pairs = decision(writer, told)
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
