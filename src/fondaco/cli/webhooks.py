"""``fondaco webhooks``: have shops tell of changes, and see how that goes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.orchestration import Project
    from fondaco.orchestration.subscribing import Tended

app = typer.Typer(
    help="Have shops tell of changes, and see how that goes.", no_args_is_help=True, rich_markup_mode=None
)
_Id = Annotated[str, typer.Argument(help="Id of the connection.", metavar="CONNECTION")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the connections that can tell of changes, where they deliver, and what the shop was subscribed to when last asked.

    Example: fondaco webhooks list --json
    """
    from fondaco.orchestration.live_status import live_status

    with ctx.obj.project() as project:
        rows: list[dict[str, Any]] = [
            {
                "connection_id": each.connection_id,
                "source": each.source,
                "is_set_up": each.is_set_up,
                "address": _address(project, each.connection_id),
                "topics": list(each.topics),
                "listed_at": each.listed_at,
                "fault": each.fault or None,
            }
            for each in live_status(project).connections
        ]
        if as_json:
            print_json(rows)
            return
        print_table(
            ["connection", "source", "set up", "address", "topics", "listed at"],
            [
                [row["connection_id"], row["source"], row["is_set_up"], row["address"] or "no public_url",
                 len(row["topics"]), row["listed_at"]]
                for row in rows
            ],
            empty="No connection can tell of changes. Connect a shop with `fondaco connect shopify`.",
        )  # fmt: skip
        for row in rows:
            if row["fault"]:
                typer.echo(f"\n{row['connection_id']}: {row['fault']}")


@app.command("create")
def create(
    ctx: typer.Context,
    connection_id: _Id,
    renew: Annotated[bool, typer.Option("--renew", help="Make a new secret, and set up all anew.")] = False,
    show_secret: Annotated[
        bool,
        typer.Option("--show-secret", help="Show the secret, to enter it with the vendor by hand."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have a shop tell of changes: by its API where it has one for that, otherwise say what to enter there.

    Example: fondaco webhooks create berlin
    """
    from fondaco.orchestration import subscribing

    with ctx.obj.project() as project:
        connection = project.control.connections.get(project.tenant, connection_id)
        done = subscribing.create(project, connection, renew=renew)
        secret = project.control.webhooks.secret(project.tenant, connection_id) if show_secret else None
        if as_json:
            print_json({**_told(done), **({"secret": secret} if show_secret else {})})
            return
        _say(done)
        if secret is not None:
            typer.echo(f"The secret: {secret}")


@app.command("remove")
def remove(ctx: typer.Context, connection_id: _Id, as_json: AsJson = False) -> None:
    """Take down the subscriptions of a connection, and forget its secret.

    Example: fondaco webhooks remove berlin
    """
    from fondaco.orchestration import subscribing

    with ctx.obj.project() as project:
        connection = project.control.connections.get(project.tenant, connection_id)
        count = subscribing.remove(project, connection)
        project.control.audit.add(
            project.tenant, actor="cli", action="webhooks.remove", subject=connection_id
        )
        if as_json:
            print_json({"connection_id": connection_id, "removed": count})
        else:
            typer.echo(f"{connection_id} tells no more: {count:,} subscriptions were taken down.")


@app.command("replay")
def replay(
    ctx: typer.Context,
    since: Annotated[
        datetime,
        typer.Option(
            help="From when on, in UTC; deliveries are kept for seven days.",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        ),
    ],
    connection: Annotated[
        str | None, typer.Option(help="Only those of one connection.", show_default="all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Queue again what was drained already: its records are read anew from the shops.

    Example: fondaco webhooks replay --since 2026-03-31T08:00
    """
    from datetime import UTC

    from fondaco.orchestration import subscribing

    with ctx.obj.project() as project:
        if connection is not None:
            project.control.connections.get(project.tenant, connection)
        count = subscribing.replay(project, since=since.replace(tzinfo=UTC), connection_id=connection)
        if as_json:
            print_json({"queued": count})
        else:
            typer.echo(
                f"{count:,} deliveries are queued again. `fondaco serve` or `fondaco live` drains them."
            )


@app.command("status")
def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show what waits, how far behind the figures are, and what came and failed, by connection.

    Example: fondaco webhooks status
    """
    from fondaco.orchestration.live_status import live_status

    with ctx.obj.project() as project:
        found = live_status(project)
        late = found.lateness(project.clock()).total_seconds()
        state = found.state
        rows = [
            {
                "connection_id": each.connection_id,
                "waiting": each.waiting,
                "to_be_tried_again": each.postponed,
                "newest_at": each.newest,
                "queued": each.counts.queued,
                "ignored": each.counts.ignored,
                "unreadable": each.counts.unreadable,
                "refused": each.counts.refused,
                "fault": each.fault or None,
            }
            for each in found.connections
        ]
        if as_json:
            print_json(
                {
                    "waiting": found.depth.events,
                    "waiting_is_estimate": found.depth.is_estimate,
                    "oldest_waits_seconds": late,
                    "to_be_tried_again": found.postponed.events,
                    "given_up": state.given_up if state else 0,
                    "published_at": state.published if state else None,
                    "lag_p95_seconds": state.lag_seconds[0] if state else None,
                    "failed": (state.failed or None) if state else None,
                    "refused_of_unknown_connections": found.strangers,
                    "connections": rows,
                }
            )
            return
        typer.echo(
            f"{'About ' if found.depth.is_estimate else ''}{found.depth.events:,} deliveries wait"
            + (f", the oldest for {late:,.0f} s." if late else ".")
        )
        if state and state.published:
            typer.echo(
                f"The newest batch was published at {state.published:%Y-%m-%d %H:%M:%S} UTC; "
                f"95 % of its deliveries were in the figures within {state.lag_seconds[0]:.1f} s."
            )
        if state and state.failed:
            typer.echo(f"The newest batch was not published: {state.failed}")
        print_table(
            ["connection", "waiting", "again", "newest at", "queued", "ignored", "unreadable", "refused"],
            [[value for name, value in row.items() if name != "fault"] for row in rows],
            empty="No connection can tell of changes.",
        )
        for row in rows:
            if row["fault"]:
                typer.echo(f"\n{row['connection_id']}: {row['fault']}")


def _address(project: Project, connection_id: str) -> str | None:
    from fondaco.orchestration.subscribing import address_of

    if project.settings.server.public_url is None:
        return None
    return address_of(project, project.control.connections.get(project.tenant, connection_id))


def _told(done: Tended) -> dict[str, Any]:
    return {
        "connection_id": done.connection_id,
        "address": done.address,
        "topics": list(done.topics),
        "made": list(done.made),
        "by_hand": done.by_hand,
    }


def _say(done: Tended) -> None:
    if done.by_hand:
        typer.echo(
            f"Enter this address where the changes of {done.connection_id} come from: {done.address}\n"
            "and its secret, which `fondaco webhooks create CONNECTION --show-secret` shows: docs/live.md."
        )
        return
    typer.echo(
        f"{done.connection_id} delivers {len(done.topics):,} topics to {done.address}; {len(done.made):,} were set up now."
    )
