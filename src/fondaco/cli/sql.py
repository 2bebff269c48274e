"""``fondaco sql``: ask the published marts in SQL."""

from __future__ import annotations

import csv
import io
from typing import Annotated

import typer

from fondaco.cli.output import AsJson, exact, print_json, print_table, rows_of


def sql(
    ctx: typer.Context,
    statement: Annotated[str, typer.Argument(help="One SELECT over the published marts.")],
    limit: Annotated[int, typer.Option(help="At most so many rows.", min=1)] = 10_000,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run one SELECT over the published marts; nothing can be changed with it.

    Example: fondaco sql "select order_date, sum(net_sales) as net from marts.orders group by 1 order by 1"
    """
    with ctx.obj.project() as project:
        found = project.reader.select(statement, limit=limit)
        rows = rows_of(found)
        if as_json:
            print_json(rows)
        elif as_csv:
            typer.echo(_csv(found.column_names, rows), nl=False)
        else:
            print_table(
                found.column_names,
                [[row[name] for name in found.column_names] for row in rows],
                empty="No rows.",
            )


def _csv(columns: list[str], rows: list[dict[str, object]]) -> str:
    from decimal import Decimal

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(exact(v) if isinstance(v, Decimal) else v for v in row.values())
    return buffer.getvalue()
