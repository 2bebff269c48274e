"""``fondaco quarantine``: records that could not be taken, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table, rows_of

_ASIDE = """
    select connection_id, stream, table_name, reason, quarantined_at, record
    from raw.fondaco__quarantine
    where tenant_id = $tenant and ($connection = '' or connection_id = $connection)
    order by quarantined_at desc, connection_id, stream, reason
    limit $limit
"""


def quarantine(
    ctx: typer.Context,
    connection: Annotated[
        str | None, typer.Option(help="Only those of one connection.", show_default="all")
    ] = None,
    records: Annotated[
        bool, typer.Option("--records", help="Show the records themselves; they may hold personal data.")
    ] = False,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    """Show the records and rows that were set aside, and why.

    Example: fondaco quarantine --limit 20
    """
    with ctx.obj.project() as project:
        project.landing.create_tables()
        with project.warehouse.writer() as writer:
            found = writer.fetch(
                _ASIDE, {"tenant": project.tenant, "connection": connection or "", "limit": limit}
            )
        shown = found if records else found.drop_columns(["record"])
        if as_json:
            print_json(rows_of(shown))
            return
        print_table(
            ["connection", "stream", "table", "reason", "set aside at", *(["record"] if records else [])],
            [list(row.values()) for row in rows_of(shown)],
            empty="Nothing was set aside.",
        )
