"""``fondaco connections``: see, test and remove connections."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table

app = typer.Typer(help="See, test and remove connections.", no_args_is_help=True, rich_markup_mode=None)
_Id = Annotated[str, typer.Argument(help="Id of the connection.", metavar="CONNECTION")]


@app.command("list")
def all_connections(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the connections, how each stands since the newest check or run, and how far it has been read.

    Example: fondaco connections list --json
    """
    from fondaco.orchestration.connection_states import connection_states
    from fondaco.orchestration.deletions import DELETIONS

    with ctx.obj.project() as project:
        rows = []
        connections = project.connections()
        stand = connection_states(project.control, project.tenant, connections)
        for connection in connections:
            states = project.control.states.all(project.tenant, connection.connection_id)
            cursors = [state.cursor for state in states if state.cursor and state.stream != DELETIONS]
            rows.append(
                {
                    "connection_id": connection.connection_id,
                    "source": connection.source,
                    "name": connection.name,
                    "currency": connection.currency,
                    "time_zone": connection.time_zone,
                    "status": stand[connection.connection_id].status,
                    "fault": stand[connection.connection_id].fault or None,
                    "read_until": min(cursors) if cursors else None,
                    "history_complete": bool(states) and all(state.history_complete for state in states),
                }
            )
        if as_json:
            print_json(rows)
            return
        print_table(
            ["connection", "source", "name", "currency", "zone", "status", "read until", "whole history"],
            [[value for name, value in row.items() if name != "fault"] for row in rows],
            empty="No connection yet. Add one with `fondaco connect shopify`, or `fondaco import orders.csv`.",
        )
        for row in rows:
            if row["fault"]:
                typer.echo(f"\n{row['connection_id']}: {row['fault']}")


@app.command("check")
def check(ctx: typer.Context, connection_id: _Id, as_json: AsJson = False) -> None:
    """Ask the shop again what the connection can read.

    Example: fondaco connections check berlin
    """
    from fondaco.cli.connect import say_what_is_readable
    from fondaco.orchestration.connecting import check_connection
    from fondaco.sources.source import source_type

    with ctx.obj.project() as project:
        connection = project.control.connections.get(project.tenant, connection_id)
        found = check_connection(project, connection)
        if as_json:
            print_json({"connection_id": connection_id, "missing": found.missing, "warnings": found.warnings})
            return
        typer.echo(f"{connection_id} answers as {found.shop_name}.")
        say_what_is_readable(source_type(connection.source), found)


@app.command("remove")
def remove(
    ctx: typer.Context,
    connection_id: _Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a connection and its credentials. Rows that it has delivered stay in the warehouse.

    Example: fondaco connections remove berlin --yes
    """
    with ctx.obj.project() as project:
        project.control.connections.get(project.tenant, connection_id)
        if not yes and not typer.confirm(f"Forget {connection_id} and its credentials?"):
            raise typer.Exit(1)
        project.control.connections.remove(project.tenant, connection_id)
        project.control.audit.add(
            project.tenant, actor="cli", action="connection.remove", subject=connection_id
        )
        if as_json:
            print_json({"removed": connection_id})
        else:
            typer.echo(f"{connection_id} is forgotten.")
