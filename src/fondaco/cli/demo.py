"""``fondaco demo``: a simulated merchant through the whole pipeline, on this machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table, rows_of

if TYPE_CHECKING:
    from fondaco.orchestration import Project, RunOutcome

OWNER = "owner@demo.invalid"
_SUMMARY = """
    select
        connections.name as shop, totals.currency,
        cast(sum(totals.orders) as bigint) as orders,
        sum(totals.gross_sales) as gross_sales, sum(totals.discounts) as discounts, sum(totals.returns) as returns,
        sum(totals.net_sales) as net_sales, sum(totals.total_sales) as total_sales
    from marts.shop_sales_daily as totals
    inner join marts.connections as connections
        on totals.tenant_id = connections.tenant_id and totals.connection_id = connections.connection_id
    group by connections.name, totals.currency
    order by connections.name
"""


def demo(
    ctx: typer.Context,
    orders: Annotated[
        int | None, typer.Option(help="Orders in the world.", min=1, show_default="12000")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same world.", show_default="1")
    ] = None,
    days: Annotated[int | None, typer.Option(help="Days of history.", min=1, show_default="730")] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="completejourney, or a file of orders, replayed as a shop.",
            show_default="a world from the seed",
        ),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="For --data FILE, as in `fondaco import`."),
    ] = None,
    folder: Annotated[Path, typer.Option(help="The project folder.")] = Path("demo"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the dashboard afterwards.")] = True,
    port: Annotated[
        int | None, typer.Option(help="Port of the dashboard; 0 takes a free one.", min=0, max=65535)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a merchant's world, read it over HTTP as from Shopify, WooCommerce and commercetools, show the figures.

    A second time it goes on with the same world: time has passed there, too.

    Example: fondaco demo --orders 50000 --no-serve
    """
    from fondaco.cli.demonstration import Wanted, demonstrate
    from fondaco.cli.init import login_link
    from fondaco.cli.serve import serve_project
    from fondaco.listening import listening
    from fondaco.sources.files.fields import parse_map

    mapping = tuple(parse_map(pairs or []).items())
    wanted = Wanted(orders=orders, seed=seed, days=days, data=data, mapping=mapping)
    project, outcome = demonstrate(ctx.obj, folder, wanted, quiet=as_json)
    with project:
        if outcome.error is not None and outcome.run.published is None:
            raise outcome.error
        if as_json:
            print_json(_object(project, outcome))
        else:
            _show(project, outcome)
        if not serve:
            if outcome.error is not None:
                raise outcome.error
            if not as_json:
                typer.echo(f"See the dashboard with: fondaco demo --folder {folder}")
            return
        server = project.settings.server
        with listening(server.host, server.port if port is None else port) as listener:
            owner = project.control.users.find(OWNER)
            if owner is not None and not as_json:
                number = listener.getsockname()[1]
                typer.echo(f"Log in once with {login_link(project, owner.user_id, port=number)}")
            serve_project(project, listener=listener, as_json=as_json)


def _show(project: Project, outcome: RunOutcome) -> None:
    from fondaco.cli.run import print_summary

    print_summary(outcome)
    rows = rows_of(project.reader.query(_SUMMARY))
    print_table(
        ["shop", "", "orders", "gross sales", "discounts", "returns", "net sales", "total sales"],
        [list(row.values()) for row in rows],
    )
    typer.echo(project.control.reconciliation.seal(project.tenant).in_words())


def _object(project: Project, outcome: RunOutcome) -> dict[str, Any]:
    from fondaco.cli.init import login_link
    from fondaco.cli.reconcile import seal_object
    from fondaco.cli.run import as_object

    owner = project.control.users.find(OWNER)
    return {
        "folder": str(project.settings.folder),
        "run": as_object(outcome),
        "shops": rows_of(project.reader.query(_SUMMARY)),
        "seal": seal_object(project.control.reconciliation.seal(project.tenant)),
        "login_link": login_link(project, owner.user_id) if owner else None,
    }
