"""``fondaco run``: sync, build, analyse, reconcile, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from fondaco.orchestration import Project, RunOutcome

STEPS = ("sync", "build", "analyse", "reconcile", "publish")


def run(
    ctx: typer.Context,
    connection: Annotated[
        list[str] | None, typer.Option(help="Only this connection; may be repeated.", show_default="all")
    ] = None,
    step: Annotated[
        list[str] | None, typer.Option(help=f"Only this step: {', '.join(STEPS)}.", show_default="all")
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Read all history again and build every table anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the figures up to date. It goes on where the last run ended, whatever ended it.

    Example: fondaco run --connection berlin
    """
    unknown = [name for name in step or [] if name not in STEPS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of {', '.join(STEPS)}.", param_hint="--step")
    with ctx.obj.project() as project:
        outcome = watched_run(
            project,
            quiet=as_json,
            steps=tuple(name for name in STEPS if not step or name in step),
            connections=connection,
            full_refresh=full_refresh,
        )
        if as_json:
            print_json(as_object(outcome))
        else:
            print_summary(outcome)
        if outcome.error is not None:
            raise outcome.error


def watched_run(project: Project, *, quiet: bool, **options: Any) -> RunOutcome:
    """The pipeline with progress bars, ended cleanly by SIGINT and SIGTERM."""
    from fondaco.cli.bars import bars
    from fondaco.orchestration import run_pipeline
    from fondaco.orchestration.stopping import stop_on_signals

    with stop_on_signals() as stop, bars(shown=not quiet) as progress:
        return run_pipeline(project, progress=progress, stop=stop, **options)


def as_object(outcome: RunOutcome) -> dict[str, Any]:
    """A run for machines; the same fields as ``fondaco runs ID --json``."""
    from fondaco.cli.runs import run_object

    return run_object(outcome.run, outcome.streams)


def print_summary(outcome: RunOutcome) -> None:
    """The run in a few lines."""
    from fondaco.cli.output import print_table

    loaded = sum(stream.loaded for stream in outcome.streams)
    quarantined = sum(stream.quarantined for stream in outcome.streams)
    seconds = sum(outcome.run.step_seconds.values())
    typer.echo(
        f"Run {outcome.run.run_id}: {outcome.run.outcome} in {seconds:.1f} s, {loaded:,} rows loaded, "
        f"{quarantined:,} records set aside, health {outcome.run.health}."
    )
    for reason in outcome.run.health_reasons:
        typer.echo(f"  {reason}")
    troubled = [stream for stream in outcome.streams if stream.error]
    if troubled:
        print_table(
            ["connection", "stream", "outcome", "what happened"],
            [[s.connection_id, s.stream, s.outcome, " ".join((s.error or "").split())] for s in troubled],
        )
