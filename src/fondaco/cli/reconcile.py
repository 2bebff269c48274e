"""``fondaco reconcile``: our figures beside the shops' own reports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.control import ReconciliationDay, SealSummary


def reconcile(
    ctx: typer.Context,
    connection: Annotated[str | None, typer.Option(help="Only this connection.", show_default="all")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="as set in [reconcile]"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="the last whole day"),
    ] = None,
    all_days: Annotated[bool, typer.Option("--all", help="Compare all history.")] = False,
    every: Annotated[bool, typer.Option("--matches", help="List days that match, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare daily gross, discounts, returns, net, taxes, shipping and orders with the shops' own reports.

    Example: fondaco reconcile --from 2026-01-01 --to 2026-01-31
    """
    from fondaco.control.reconciliation import is_off
    from fondaco.orchestration.reconciling import reconcile_now

    with ctx.obj.project() as project:
        reconcile_now(
            project,
            connection=connection,
            first=since.date() if since else None,
            last=until.date() if until else None,
            all_days=all_days,
        )
        first, last = (since.date() if since else None), (until.date() if until else None)
        seal = project.control.reconciliation.seal(project.tenant, connection, first, last)
        days = project.control.reconciliation.days(
            project.tenant, connection, first, last, only_gaps=not every
        )
        if as_json:
            print_json({"seal": seal_object(seal), "days": [_object(day) for day in days]})
            return
        typer.echo(seal.in_words())
        if days:
            print_table(
                ["connection", "day", "figure", "ours", "the shop's", "gap", "", "cause", "orders"],
                [
                    [
                        day.connection_id,
                        day.day,
                        day.figure.replace("_", " "),
                        day.ours,
                        day.vendors,
                        day.gap,
                        day.currency if day.figure != "orders" else "",
                        (day.cause or "not explained") if is_off(day) else "matched",
                        ", ".join(day.orders),
                    ]
                    for day in days
                ],
            )


def seal_object(seal: SealSummary) -> dict[str, Any]:
    """The seal for machines."""
    return {
        "state": seal.state,
        "in_words": seal.in_words(),
        "days_compared": seal.days_compared,
        "days_off": seal.days_off,
        "unexplained_days": seal.unexplained_days,
        "first_day": seal.first_day,
        "last_day": seal.last_day,
        "largest_gap": seal.largest_gap,
        "figures_off": list(seal.figures_off),
        "left_out": seal.left_out,
    }


def _object(day: ReconciliationDay) -> dict[str, Any]:
    return {
        "connection_id": day.connection_id,
        "day": day.day,
        "figure": day.figure,
        "currency": day.currency,
        "ours": day.ours,
        "vendors": day.vendors,
        "gap": day.gap,
        "cause": day.cause,
        "orders": day.orders,
    }
