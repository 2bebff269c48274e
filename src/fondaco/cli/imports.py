"""``fondaco imports``: what was imported, and taking it back."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError

app = typer.Typer(help="See imported files and take them back.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def all_imports(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the imported files, newest first.

    Example: fondaco imports list --json
    """
    from fondaco.orchestration.importing import all_imports

    with ctx.obj.project() as project:
        rows = [
            {
                "import_id": one.import_id,
                "connection_id": connection_id,
                "file": one.file,
                "imported_at": one.instant,
                "rows": one.rows,
                "set_aside": one.set_aside,
            }
            for connection_id, one in all_imports(project)
        ]
        if as_json:
            print_json(rows)
            return
        print_table(
            ["import", "connection", "file", "imported", "rows", "set aside"],
            [list(row.values()) for row in rows],
            empty="Nothing was imported yet. Import a file with `fondaco import orders.csv`.",
        )


@app.command("remove")
def remove(
    ctx: typer.Context,
    import_id: Annotated[str, typer.Argument(help="Id of the import.", metavar="IMPORT")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take an imported file back: its rows leave the warehouse, and the figures are built anew without it.

    Example: fondaco imports remove 0123456789abcdef --yes
    """
    from fondaco.cli.bars import bars
    from fondaco.orchestration.importing import all_imports, forget_import
    from fondaco.orchestration.stopping import stop_on_signals

    with ctx.obj.project() as project:
        found = [(name, one) for name, one in all_imports(project) if one.import_id == import_id]
        if not found:
            raise ConfigError(f"There is no import {import_id}.", "See them with `fondaco imports list`.")
        for connection_id, one in found:
            question = f"Take {one.file} out of {connection_id} again, with its {one.rows:,} rows?"
            if not yes and not typer.confirm(question):
                raise typer.Exit(1)
            with stop_on_signals() as stop, bars(shown=not as_json) as progress:
                _, outcome = forget_import(project, connection_id, import_id, progress=progress, stop=stop)
            if as_json:
                print_json(
                    {"removed": import_id, "connection_id": connection_id, "run_id": outcome.run.run_id}
                )
            else:
                typer.echo(f"{one.file} is out of {connection_id}.")
            if outcome.error is not None:
                raise outcome.error
