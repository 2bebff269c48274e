"""``fondaco``: puts the commands together and turns errors into two lines.

Modules of commands import nothing heavy at their top, so that ``fondaco --help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from fondaco import __version__
from fondaco.cli import (
    alerts,
    connect,
    connections,
    costs,
    demo,
    docs,
    doctor,
    identity,
    import_,
    imports,
    init,
    live,
    metrics,
    models,
    profit,
    quarantine,
    rates,
    reconcile,
    report,
    run,
    runs,
    segments,
    serve,
    sql,
    stock,
    tokens,
    users,
    webhooks,
)
from fondaco.cli.invocation import Invocation
from fondaco.errors import FondacoError

app = typer.Typer(
    name="fondaco",
    help="Shop data in, true sales out, in a warehouse you own.",
    epilog="Start with `fondaco demo`, or `fondaco init shop && cd shop && fondaco connect shopify`.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fondaco {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option("--project", "-C", help="The project folder.", show_default="the working directory"),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log on the console.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and end.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    ctx.obj = Invocation(folder=project, debug=debug, verbose=verbose)


app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("connect")(connect.connect)
app.command("import")(import_.import_)
app.add_typer(imports.app, name="imports")
app.add_typer(connections.app, name="connections")
app.command("run")(run.run)
app.command("serve")(serve.serve)
app.command("up")(serve.up)
app.command("live")(live.live)
app.command("runs")(runs.runs)
app.command("reconcile")(reconcile.reconcile)
app.add_typer(report.app, name="report")
app.command("quarantine")(quarantine.quarantine)
app.add_typer(identity.app, name="identity")
app.add_typer(alerts.app, name="alerts")
app.add_typer(metrics.app, name="metrics")
app.add_typer(models.app, name="models")
app.add_typer(profit.app, name="profit")
app.add_typer(stock.app, name="stock")
app.add_typer(segments.app, name="segments")
app.add_typer(rates.app, name="rates")
app.add_typer(costs.app, name="costs")
app.command("sql")(sql.sql)
app.command("docs")(docs.docs)
app.command("doctor")(doctor.doctor)
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(users.app, name="users")
app.add_typer(tokens.app, name="tokens")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 good, 1 an error of two lines, 2 a wrong command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, prog_name="fondaco")
    except FondacoError as error:
        if "--debug" in given:
            raise
        _say(error.what, error.remedy)
        sys.exit(error.exit_code)
    except Exception as error:
        if "--debug" in given:
            raise
        from fondaco.cli.invocation import keep_trace

        where = keep_trace(error)
        _say(
            f"Fondaco met an error that it does not know ({type(error).__name__}).",
            f"The details are in {where}; please report them, and see them at once with `fondaco --debug …`.",
        )
        sys.exit(1)


def _say(what: str, remedy: str) -> None:
    for sentence in (what, remedy):
        sys.stderr.write(" ".join(sentence.split()) + "\n")
