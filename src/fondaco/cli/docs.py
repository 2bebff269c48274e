"""``fondaco docs``: the models, their columns, their lineage."""

from __future__ import annotations

from typing import Annotated

import typer

from fondaco.cli.output import AsJson, print_json


def docs(
    ctx: typer.Context,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    as_json: AsJson = False,
) -> None:
    """Write the docs of all models as one page that needs no network, and open it.

    Example: fondaco docs --no-open
    """
    from fondaco.orchestration.modelling import write_docs

    with ctx.obj.project() as project:
        page = write_docs(project)
    if as_json:
        print_json({"page": str(page)})
        return
    typer.echo(f"The docs are in {page}.")
    if open_browser:
        typer.launch(page.as_uri())
