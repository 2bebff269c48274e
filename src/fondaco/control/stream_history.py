"""What all runs together did to each stream of each connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from fondaco.control.database import Database
from fondaco.control.models import Run, RunStream


@dataclass(frozen=True, slots=True)
class StreamTotal:
    """One stream over all runs.

    Attributes
    ----------
    loaded
        Rows merged, in all tables of the stream; a record that was read twice counts twice.
    quarantined
        Records set aside, counted each time they were.
    newest, newest_at
        What the newest run that asked for it did, and when that run started.
    succeeded_at
        When the newest run started that read all of it; None before there is any.
    """

    loaded: int
    quarantined: int
    newest: RunStream
    newest_at: datetime
    succeeded_at: datetime | None


class StreamHistory:
    """Sums over the history of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self, tenant_id: str, connection_id: str | None = None) -> dict[str, dict[str, StreamTotal]]:
        """By connection and stream: of one connection, or of all."""
        own = (RunStream.connection_id == connection_id,) if connection_id is not None else ()
        read = case((RunStream.outcome == "success", Run.started_at))
        sums = (
            select(
                RunStream.connection_id,
                RunStream.stream,
                func.sum(RunStream.loaded).label("loaded"),
                func.sum(RunStream.quarantined).label("quarantined"),
                func.max(RunStream.run_id).label("run_id"),
                func.max(read).label("succeeded_at"),
            )
            .join(Run, Run.run_id == RunStream.run_id)
            .where(Run.tenant_id == tenant_id, *own)
            .group_by(RunStream.connection_id, RunStream.stream)
            .subquery()
        )
        asked = (
            select(RunStream, Run.started_at, sums.c.loaded, sums.c.quarantined, sums.c.succeeded_at)
            .join(Run, Run.run_id == RunStream.run_id)
            .join(
                sums,
                (sums.c.run_id == RunStream.run_id)
                & (sums.c.connection_id == RunStream.connection_id)
                & (sums.c.stream == RunStream.stream),
            )
            .order_by(RunStream.connection_id, RunStream.stream)
        )
        found: dict[str, dict[str, StreamTotal]] = {}
        with self._database.reading() as session:
            rows: Sequence[Any] = session.execute(asked).all()
            for newest, at, loaded, aside, succeeded in rows:
                total = StreamTotal(int(loaded), int(aside), newest, at, succeeded)
                found.setdefault(newest.connection_id, {})[newest.stream] = total
        return found

    def last_whole(self, tenant_id: str) -> dict[str, tuple[Run | None, Run | None]]:
        """For each connection the newest run that read all its streams, and the newest of which no stream failed and at least one
        was read whole: of a credential that lacks a permission there is no other."""
        of_run = (
            select(
                RunStream.connection_id,
                RunStream.run_id,
                func.count().label("streams"),
                func.sum(case((RunStream.outcome == "success", 1), else_=0)).label("whole"),
                func.sum(case((RunStream.outcome.in_(("failed", "aborted")), 1), else_=0)).label("failed"),
            )
            .join(Run, Run.run_id == RunStream.run_id)
            .where(Run.tenant_id == tenant_id)
            .group_by(RunStream.connection_id, RunStream.run_id)
            .subquery()
        )
        newest = select(
            of_run.c.connection_id,
            func.max(case((of_run.c.whole == of_run.c.streams, of_run.c.run_id))),
            func.max(case(((of_run.c.failed == 0) & (of_run.c.whole > 0), of_run.c.run_id))),
        ).group_by(of_run.c.connection_id)
        with self._database.reading() as session:
            rows: Sequence[Any] = session.execute(newest).all()
            ids: dict[str, tuple[str | None, str | None]] = {
                name: (whole, most) for name, whole, most in rows
            }
            wanted = {run_id for pair in ids.values() for run_id in pair if run_id is not None}
            runs = {run.run_id: run for run in session.scalars(select(Run).where(Run.run_id.in_(wanted)))}
        return {name: (runs.get(whole or ""), runs.get(most or "")) for name, (whole, most) in ids.items()}

    def drifted(self, tenant_id: str, connection_id: str, runs: int = 30) -> dict[str, list[str]]:
        """By stream the fields that nobody declared and that came in the newest ``runs`` in which any came."""
        asked = (
            select(RunStream.stream, RunStream.drifted_fields)
            .join(Run, Run.run_id == RunStream.run_id)
            .where(
                Run.tenant_id == tenant_id, RunStream.connection_id == connection_id, RunStream.drifted > 0
            )
            .order_by(RunStream.run_id.desc())
            .limit(runs)
        )
        found: dict[str, set[str]] = {}
        with self._database.reading() as session:
            for stream, fields in session.execute(asked):
                found.setdefault(stream, set()).update(fields)
        return {stream: sorted(fields) for stream, fields in found.items()}
