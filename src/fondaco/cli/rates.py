"""``fondaco rates``: exchange rates for amounts in other currencies."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json

app = typer.Typer(help="Exchange rates.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Exchange rates."""


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="eurofxref-hist.csv of the European Central Bank.")],
    as_json: AsJson = False,
) -> None:
    """Import daily rates; amounts in other currencies are converted with them from the next run on.

    Example: fondaco rates import eurofxref-hist.csv
    """
    from fondaco.sources.exchange_rates import gaps, read_ecb

    rates = read_ecb(file)
    with ctx.obj.project() as project:
        now = project.clock().astimezone(UTC).replace(tzinfo=None)
        project.landing.land_rows(
            "fondaco__exchange_rates",
            [{"tenant_id": project.tenant, **row, "_synced_at": now} for row in rates.to_pylist()],
        )
        first, last = rates["rate_date"][0].as_py(), rates["rate_date"][-1].as_py()
        wanted = {one.currency for one in project.connections()} | {project.settings.project.currency}
        days = [first + timedelta(days=n) for n in range((now.date() - first).days)]
        missing = gaps(rates, wanted, days)
        if as_json:
            print_json(
                {
                    "rates": rates.num_rows,
                    "currencies": sorted(set(rates["currency"].to_pylist())),
                    "first": first,
                    "last": last,
                    "gaps": [
                        {"currency": gap.currency, "days": gap.days, "first": gap.first, "last": gap.last}
                        for gap in missing
                    ],
                }
            )
            return
        count = len(set(rates["currency"].to_pylist()))
        typer.echo(f"{rates.num_rows:,} rates of {count} currencies, {first} to {last}.")
        for gap in missing:
            typer.echo(f"  missing {gap}")
        typer.echo("Next: fondaco run")
