"""The history of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import Run, RunStream
from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class StreamResult:
    """What a run did to one stream; see ``RunStream``."""

    connection_id: str
    stream: str
    outcome: str
    extracted: int = 0
    loaded: int = 0
    quarantined: int = 0
    drifted_fields: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended; see ``Run``."""

    outcome: str
    health: str
    health_reasons: tuple[str, ...] = ()
    error: str | None = None
    step_seconds: dict[str, float] = field(default_factory=dict)
    published: str | None = None


class Runs:
    """All runs, newest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, tenant_id: str, *, kind: str, steps: Sequence[str]) -> Run:
        """Open a run; its id sorts after those of all earlier runs."""
        for _ in range(100):
            try:
                with self._database.writing() as session:
                    now = self._clock()
                    prefix = f"{now:%Y%m%dT%H%M%S}"
                    same = session.scalar(
                        select(func.count()).select_from(Run).where(Run.run_id.startswith(prefix))
                    )
                    run = Run(
                        run_id=f"{prefix}-{(same or 0) + 1:02d}",
                        tenant_id=tenant_id,
                        kind=kind,
                        steps=list(steps),
                        started_at=now,
                        outcome="running",
                        health_reasons=[],
                        step_seconds={},
                    )
                    session.add(run)
                return run
            except IntegrityError:
                continue  # another process took the same number in the same second
        raise ConfigError(
            "No run could be opened: too many start at once.", "Run one `fondaco run` at a time."
        )

    def add_stream(self, run_id: str, result: StreamResult) -> None:
        """Keep what the run did to a stream."""
        with self._database.writing() as session:
            session.merge(
                RunStream(
                    run_id=run_id,
                    connection_id=result.connection_id,
                    stream=result.stream,
                    outcome=result.outcome,
                    extracted=result.extracted,
                    loaded=result.loaded,
                    quarantined=result.quarantined,
                    drifted=len(result.drifted_fields),
                    drifted_fields=list(result.drifted_fields),
                    seconds=round(result.seconds, 3),
                    error=result.error,
                )
            )

    def finish(self, run_id: str, result: RunResult) -> Run:
        """Close the run."""
        with self._database.writing() as session:
            run = session.get_one(Run, run_id)
            run.ended_at = self._clock()
            run.outcome = result.outcome
            run.health = result.health
            run.health_reasons = list(result.health_reasons)
            run.error = result.error
            run.step_seconds = {step: round(seconds, 3) for step, seconds in result.step_seconds.items()}
            run.published = result.published
        return run

    def recent(self, tenant_id: str, limit: int = 20, *, offset: int = 0) -> list[Run]:
        """The newest runs, newest first; ``offset`` of them left out."""
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(Run)
                    .where(Run.tenant_id == tenant_id)
                    .order_by(Run.run_id.desc())
                    .limit(limit)
                    .offset(offset)
                )
            )

    def count(self, tenant_id: str) -> int:
        """How many runs there were."""
        with self._database.reading() as session:
            found = session.scalar(select(func.count()).select_from(Run).where(Run.tenant_id == tenant_id))
        return int(found or 0)

    def get(self, tenant_id: str, run_id: str) -> Run:
        """The run.

        Raises
        ------
        ConfigError
            If the tenant has none of that id.
        """
        with self._database.reading() as session:
            run = session.get(Run, run_id)
        if run is None or run.tenant_id != tenant_id:
            raise ConfigError(f"There is no run {run_id!r}.", "See all with `fondaco runs`.")
        return run

    def streams(self, run_id: str) -> list[RunStream]:
        """What the run did, stream by stream."""
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(RunStream)
                    .where(RunStream.run_id == run_id)
                    .order_by(RunStream.connection_id, RunStream.stream)
                )
            )

    def newest_by_connection(self, tenant_id: str) -> dict[str, tuple[Run, list[RunStream]]]:
        """For each connection the newest run that asked it, and what that run did to its streams."""
        newest = (
            select(RunStream.connection_id, func.max(RunStream.run_id).label("run_id"))
            .join(Run, Run.run_id == RunStream.run_id)
            .where(Run.tenant_id == tenant_id)
            .group_by(RunStream.connection_id)
            .subquery()
        )
        asked = (
            select(Run, RunStream)
            .join(RunStream, RunStream.run_id == Run.run_id)
            .join(
                newest,
                (newest.c.run_id == RunStream.run_id) & (newest.c.connection_id == RunStream.connection_id),
            )
            .order_by(RunStream.connection_id, RunStream.stream)
        )
        found: dict[str, tuple[Run, list[RunStream]]] = {}
        with self._database.reading() as session:
            for run, stream in session.execute(asked):
                found.setdefault(stream.connection_id, (run, []))[1].append(stream)
        return found

    def last_published(self, tenant_id: str) -> Run | None:
        """The newest run that published, if any."""
        with self._database.reading() as session:
            return session.scalar(
                select(Run)
                .where(Run.tenant_id == tenant_id, Run.published.is_not(None))
                .order_by(Run.run_id.desc())
                .limit(1)
            )

    def abort_stale(self, tenant_id: str) -> list[str]:
        """Mark runs that never ended as aborted and give their ids. Call it only while holding the run lock:
        then no other run can be alive."""
        with self._database.writing() as session:
            return list(
                session.scalars(
                    update(Run)
                    .where(Run.tenant_id == tenant_id, Run.outcome == "running")
                    .values(
                        outcome="aborted",
                        health="warn",
                        ended_at=self._clock(),
                        error="The process ended before the run did.\nNothing to do: later runs go on from here.",
                    )
                    .returning(Run.run_id)
                )
            )
