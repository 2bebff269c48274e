"""One run: sync → build → analyse → reconcile → publish, under the writer lock, kept in the history whatever happens; then alerts."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fondaco.control import Connection, Run, RunStream
from fondaco.control.runs import RunResult, StreamResult
from fondaco.errors import FatalError, FondacoError
from fondaco.orchestration.alerting import look_and_tell
from fondaco.orchestration.analysing import analyse_customers, tables_written
from fondaco.orchestration.kept_imports import note_gaps
from fondaco.orchestration.modelling import build, models_read_meanwhile, refuse_half_built
from fondaco.orchestration.planning_stock import propose_stock
from fondaco.orchestration.pricing import recommend_prices
from fondaco.orchestration.progress import Event, Progress, silent
from fondaco.orchestration.reconciling import reconcile_run
from fondaco.orchestration.stopping import Stop, StoppedError, stop_here
from fondaco.orchestration.sync import sync

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project
    from fondaco.warehouse.dbt import ReadAhead

STEPS = ("sync", "build", "analyse", "reconcile", "publish")
_WORST_LAST = ("success", "partial", "aborted", "failed")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes
    ----------
    error
        What stopped it or what its health failed on, in two sentences; None when all is well.
    """

    run: Run
    streams: tuple[RunStream, ...]
    error: FondacoError | None

    @property
    def exit_code(self) -> int:
        return 0 if self.error is None else 1


@dataclass
class _Running:
    """What is known of a run while it goes."""

    outcome: str = "success"
    health: str = "ok"
    reasons: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    published: str | None = None
    error: FondacoError | None = None

    def worsen(self, outcome: str, error: FondacoError | None = None) -> None:
        self.outcome = max(self.outcome, outcome, key=_WORST_LAST.index)
        self.error = self.error or error

    def note(self, health: str, reason: str) -> None:
        self.health = max(self.health, health, key=("ok", "warn", "fail").index)
        self.reasons.append(reason)


def run_pipeline(
    project: Project,
    *,
    steps: Sequence[str] = STEPS,
    connections: Sequence[str] | None = None,
    full_refresh: bool = False,
    kind: str = "run",
    set_aside: Mapping[tuple[str, str], int] | None = None,
    check: Callable[[], None] | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> RunOutcome:
    """Bring a project up to date.

    Parameters
    ----------
    steps
        Which of ``STEPS``; they always run in that order.
    connections
        Ids of the connections to read; None: all.
    full_refresh
        Read all history again, and build incremental models anew.
    set_aside
        By connection and stream, how many records were set aside before the run, to be counted with its own.
    check
        Called before anything is published: what it raises fails the run, and readers stay where they are.
    stop
        Set it from another thread to end the run at its next safe place.

    Raises
    ------
    RetryableError
        If another process is writing to the warehouse; nothing was done then.
    ConfigError
        If a connection is unknown, or the control database does not open.
    """
    chosen = [project.control.connections.get(project.tenant, name) for name in connections or []]
    with project.warehouse.writer():
        project.control.runs.abort_stale(project.tenant)
        run = project.control.runs.start(project.tenant, kind=kind, steps=steps)
        going = _Running()
        work = _Work(project, run.run_id, going, progress or silent, stop or Stop(), set_aside or {}, check)
        try:
            # An imported file may bring days of any age.
            whole = [each.connection_id for each in chosen] if kind == "import" else []
            work.all(steps, chosen or project.connections(), full_refresh, whole)
        except StoppedError as error:
            going.worsen("aborted", error)
        except FondacoError as error:
            going.worsen("failed", error)
        except BaseException:
            going.worsen("failed")
            going.note("fail", "An error that Fondaco does not know ended the run; see logs/errors.log.")
            _finish(project, run.run_id, going)
            raise
        outcome = _finish(project, run.run_id, going)
    if {"sync", "publish"} & {*steps}:
        look_and_tell(project, progress or silent)
    return outcome


@dataclass(frozen=True, slots=True)
class _Work:
    """The steps of one run."""

    project: Project
    run_id: str
    going: _Running
    progress: Progress
    stop: Stop
    set_aside: Mapping[tuple[str, str], int]
    check: Callable[[], None] | None

    def all(
        self,
        steps: Sequence[str],
        connections: Sequence[Connection],
        full_refresh: bool,
        whole: Sequence[str],
    ) -> None:
        with ExitStack() as meanwhile:
            meanwhile.callback(gc.unfreeze)
            read = (
                meanwhile.enter_context(models_read_meanwhile(self.project))
                if {"sync", "build"} <= {*steps}
                else None
            )
            work: dict[str, Callable[[], None]] = {
                "sync": lambda: self.sync(connections, full_refresh),
                "build": lambda: self.build(full_refresh, read),
                "analyse": self.analyse,
                "reconcile": lambda: self.reconcile(whole),
                "publish": self.publish,
            }
            for step in STEPS:
                if step == "analyse" and {"analyse", "publish"} <= {*steps}:
                    # What the build made is copied while customers are analysed and shops asked for their reports.
                    meanwhile.enter_context(self.project.warehouse.copied_ahead(tables_written()))
                if step in steps:
                    self.timed(step, work[step])

    def timed(self, step: str, work: Callable[[], None]) -> None:
        stop_here(self.stop)
        _log.info("step starts", extra={"run": self.run_id, "step": step})
        started = time.monotonic()
        try:
            work()
        finally:
            self.going.seconds[step] = time.monotonic() - started

    def sync(self, connections: Sequence[Connection], full_refresh: bool) -> None:
        for result in sync(
            self.project, connections, full_refresh=full_refresh, progress=self.progress, stop=self.stop
        ):
            self.project.control.runs.add_stream(self.run_id, self.counted(result.kept))
            self.going.worsen(result.kept.outcome, result.error)
            for health, reason in result.notes:
                self.going.note(health, reason)
            if isinstance(result.error, FatalError | StoppedError):
                raise result.error

    def counted(self, kept: StreamResult) -> StreamResult:
        aside = self.set_aside.get((kept.connection_id, kept.stream), 0)
        return replace(kept, extracted=kept.extracted + aside, quarantined=kept.quarantined + aside)

    def build(self, full_refresh: bool, read: ReadAhead | None) -> None:
        # dbt leaves millions of objects behind: until the run has ended nobody need look through them for what is garbage.
        gc.freeze()
        built = build(self.project, self.progress, full_refresh=full_refresh, read=read)
        gc.freeze()
        for failure in built.failures:
            self.going.note("warn", f"{failure.kind} {failure.node}: {failure.message}.")

    def analyse(self) -> None:
        try:
            analyse_customers(self.project, self.run_id, self.progress)
        except FondacoError as error:
            # Sales are true without it: they are published, with the former findings.
            self.going.note("warn", f"The analysis did not end: {error.what}")
        try:
            propose_stock(self.project, self.progress)
        except FondacoError as error:
            self.going.note("warn", f"Nothing new is proposed for stock: {error.what}")
        try:
            recommend_prices(self.project, self.progress)
        except FondacoError as error:
            self.going.note("warn", f"No new prices are recommended: {error.what}")

    def reconcile(self, whole: Sequence[str]) -> None:
        for health, reason in reconcile_run(self.project, self.progress, whole=whole):
            self.going.note(health, reason)

    def publish(self) -> None:
        refuse_half_built(self.project)
        for reason in note_gaps(self.project):
            self.going.note("warn", reason)
        if self.check is not None:
            self.check()
        self.progress(Event("publish"))
        published = self.project.warehouse.publish()
        self.going.published = published.version
        self.progress(Event("publish", detail=f"{len(published.tables)} tables", ended=True))


def _finish(project: Project, run_id: str, going: _Running) -> RunOutcome:
    error = going.error
    if error is None and going.health == "fail":
        error = FondacoError(
            going.reasons[-1] if len(going.reasons) == 1 else " ".join(going.reasons),
            "See the days, orders and causes with `fondaco reconcile`.",
        )
    health = going.health
    if going.outcome != "success":
        health = (
            "fail" if going.outcome == "failed" else max(health, "warn", key=("ok", "warn", "fail").index)
        )
    run = project.control.runs.finish(
        run_id,
        RunResult(
            outcome=going.outcome,
            health=health,
            health_reasons=tuple(going.reasons),
            error=str(error) if error else None,
            step_seconds=going.seconds,
            published=going.published,
        ),
    )
    _log.info("run ended", extra={"run": run_id, "outcome": run.outcome, "health": run.health})
    if error is not None:
        _log.error("run had an error", extra={"run": run_id, "what": error.what})
    return RunOutcome(run, tuple(project.control.runs.streams(run_id)), error)
