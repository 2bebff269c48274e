"""``fondaco live``: drain what shops have told, build what follows from it, publish."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fondaco.cli.output import AsJson, to_json

if TYPE_CHECKING:
    from fondaco.orchestration import Project
    from fondaco.orchestration.draining import Drained
    from fondaco.orchestration.live import LiveState
    from fondaco.orchestration.stopping import Stop


def live(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits any more.")] = False,
    attended: Annotated[
        bool, typer.Option("--attended", help="End with the process that has started this one.", hidden=True)
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring webhooks that came in into the figures, until Ctrl-C.

    `fondaco serve` and `fondaco up` do this by themselves; run it as a service of its own with `[live] drain = false`.

    Example: fondaco live
    """
    from fondaco.orchestration.attending import tend
    from fondaco.orchestration.live import run_live
    from fondaco.orchestration.stopping import stop_on_signals

    def tell(drained: Drained, state: LiveState) -> None:
        if as_json:
            typer.echo(to_json(_told(drained, state), indent=None))
        elif drained.events:
            lag = f", at most {state.lag_seconds[1]:.1f} s after they came" if drained.tables else ""
            typer.echo(f"{drained.events:,} deliveries, {drained.records:,} records read again{lag}.")
            for connection_id, fault in drained.faults.items():
                typer.echo(f"  {connection_id}: {fault}")

    with ctx.obj.project() as project, stop_on_signals() as stop:
        if attended:
            threading.Thread(target=_end_with_starter, args=(stop,), daemon=True).start()
        elif not once:
            threading.Thread(target=_tend_meanwhile, args=(project, stop, tend), daemon=True).start()
        run_live(project, stop, told=tell, once=once)


def _told(drained: Drained, state: LiveState) -> dict[str, object]:
    return {
        "events": drained.events,
        "duplicates": drained.duplicates,
        "records": drained.records,
        "deleted": drained.deleted,
        "postponed": drained.postponed,
        "given_up": drained.given_up,
        "lag_seconds": state.lag_seconds if drained.tables else None,
        "step_seconds": state.step_seconds,
        "published": state.version if drained.tables else None,
        "faults": drained.faults,
    }


def _tend_meanwhile(project: Project, stop: Stop, tend: Callable[[Project], None]) -> None:
    while not stop.is_set():
        tend(project)
        stop.wait(3600)


def _end_with_starter(stop: Stop) -> None:
    sys.stdin.read()
    stop.set()
