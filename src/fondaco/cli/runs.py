"""``fondaco runs``: the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.control import Run, RunStream


def runs(
    ctx: typer.Context,
    run_id: Annotated[
        str | None, typer.Argument(help="One run, stream by stream.", show_default="the newest runs")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many runs.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what the runs did: records extracted, loaded, quarantined, drifted; seconds, outcome, errors.

    Example: fondaco runs --limit 5
    """
    with ctx.obj.project() as project:
        plane = project.control
        if run_id is not None:
            run = plane.runs.get(project.tenant, run_id)
            _print_one(run, plane.runs.streams(run_id), as_json)
            return
        found = plane.runs.recent(project.tenant, limit)
        if as_json:
            print_json([run_object(run, plane.runs.streams(run.run_id)) for run in found])
            return
        print_table(
            [
                "run",
                "kind",
                "started",
                "seconds",
                "outcome",
                "health",
                "loaded",
                "set aside",
                "what happened",
            ],
            [_row(run, plane.runs.streams(run.run_id)) for run in found],
            empty="No run yet. Start one with `fondaco run`.",
        )


def run_object(run: Run, streams: Sequence[RunStream]) -> dict[str, Any]:
    """A run and its streams, for machines."""
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "health": run.health,
        "health_reasons": run.health_reasons,
        "error": run.error,
        "step_seconds": run.step_seconds,
        "published": run.published,
        "streams": [
            {
                "connection_id": stream.connection_id,
                "stream": stream.stream,
                "outcome": stream.outcome,
                "extracted": stream.extracted,
                "loaded": stream.loaded,
                "quarantined": stream.quarantined,
                "drifted": stream.drifted,
                "drifted_fields": stream.drifted_fields,
                "seconds": stream.seconds,
                "error": stream.error,
            }
            for stream in streams
        ],
    }


def _row(run: Run, streams: Sequence[RunStream]) -> list[Any]:
    error = (run.error or "").splitlines()
    return [
        run.run_id,
        run.kind,
        run.started_at,
        round(sum(run.step_seconds.values()), 1) if run.ended_at else None,
        run.outcome,
        run.health,
        sum(stream.loaded for stream in streams),
        sum(stream.quarantined for stream in streams),
        error[0] if error else "",
    ]


def _print_one(run: Run, streams: Sequence[RunStream], as_json: bool) -> None:
    if as_json:
        print_json(run_object(run, streams))
        return
    typer.echo(
        f"{run.run_id}: {run.outcome}, health {run.health or 'unknown'}, started {run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    typer.echo("  " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in run.step_seconds.items()))
    for reason in run.health_reasons:
        typer.echo(f"  {reason}")
    if run.error:
        typer.echo(f"  {' '.join(run.error.split())}")
    print_table(
        [
            "connection",
            "stream",
            "outcome",
            "extracted",
            "loaded",
            "set aside",
            "new fields",
            "seconds",
            "error",
        ],
        [
            [
                s.connection_id,
                s.stream,
                s.outcome,
                s.extracted,
                s.loaded,
                s.quarantined,
                ", ".join(s.drifted_fields),
                round(s.seconds, 1),
                " ".join((s.error or "").split()),
            ]
            for s in streams
        ],
        empty="No stream was read.",
    )
