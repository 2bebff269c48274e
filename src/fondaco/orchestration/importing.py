"""A file into a project: keep it in its connection's folder, then run the pipeline over that connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fondaco.errors import ConfigError, FatalError
from fondaco.orchestration.connecting import connect
from fondaco.orchestration.import_rates import refuse_without_rate
from fondaco.orchestration.kept_imports import MAIN_TABLE, SOURCE, ImportGap, all_imports, folder_of
from fondaco.orchestration.pipeline import RunOutcome, run_pipeline
from fondaco.orchestration.progress import Progress
from fondaco.orchestration.reconciling import owe_whole
from fondaco.orchestration.stopping import Stop
from fondaco.orchestration.sync import load_spooled
from fondaco.sources.files.importing import Options, Prepared
from fondaco.sources.files.inbox import Import, drop, imports
from fondaco.sources.files.streams import STREAMS

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

__all__ = ["Imported", "all_imports", "folder_of", "forget_import", "import_file", "options_for"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. ``before`` and ``after`` count the connection's rows of the stream's table."""

    kept: Import
    stream: str
    before: int
    after: int
    outcome: RunOutcome


def options_for(project: Project, connection_id: str, mapping: Mapping[str, str], **given: Any) -> Options:
    """How to read a file for a connection: what is not given comes from the connection, else from the project."""
    own = project.settings.project
    known = {one.connection_id: one for one in project.connections()}.get(connection_id)
    defaults = {
        "currency": known.currency if known else own.currency,
        "timezone": known.time_zone if known else own.timezone,
    }
    return Options(mapping=dict(mapping), **{**defaults, **{k: v for k, v in given.items() if v is not None}})


def import_file(
    project: Project,
    prepared: Prepared,
    connection_id: str = SOURCE,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Imported:
    """Keep a prepared file and bring the project up to date with it.

    Raises
    ------
    ConfigError
        If the connection is of another source, the folder cannot be written, an amount could not be converted, or orders are
        here already with other lines and nobody has said what the file's are to them.
    FatalError
        If the warehouse does not have every record of the file afterwards.
    """
    folder = folder_of(project, connection_id)
    _refuse_other_source(project, connection_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stream = prepared.streams[0]
    # Held throughout, so that nobody lands the earlier reading again between its removal and the new one.
    with project.warehouse.writer():
        if overlap := prepared.overlap(folder):
            raise overlap.refused(prepared.path.name)
        refuse_without_rate(project, prepared, connection_id)
        connect(project, SOURCE, connection_id, _settings(project, prepared, connection_id, folder))
        before = _count(project, connection_id, stream)
        if prepared.lacks_earlier_records(folder):
            _remove(project, connection_id, prepared.import_id)
        owe_whole(project, connection_id)
        kept = prepared.keep(folder, clock=project.clock)
        _quarantine(project, prepared, connection_id, kept)
        _pass(project, kept, sleep)
        outcome = run_pipeline(
            project,
            connections=[connection_id],
            kind="import",
            set_aside={(connection_id, stream): kept.set_aside},
            check=partial(_check_counts, project, connection_id, kept),
            progress=progress,
            stop=stop,
        )
        after = _count(project, connection_id, stream)
    lost = isinstance(outcome.error, FatalError)
    if outcome.error is not None and (lost or not any(one.stream == stream for one in outcome.streams)):
        raise outcome.error
    return Imported(kept, stream, before, after, outcome)


def forget_import(
    project: Project,
    connection_id: str,
    import_id: str,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> tuple[Import, RunOutcome]:
    """Take an import back: its rows leave the warehouse, lines that it took over from older ones come back.

    Raises
    ------
    ConfigError
        If the connection has no such import.
    """
    folder = folder_of(project, connection_id)
    kept = {one.import_id: one for one in imports(folder)}
    if import_id not in kept:
        raise ConfigError(
            f"{connection_id} has no import {import_id}.", "See its imports with `fondaco imports list`."
        )
    with project.warehouse.writer():
        _remove(project, connection_id, import_id)
        _empty_quarantine(project, connection_id, import_id)
        owe_whole(project, connection_id)
        drop(folder, kept[import_id])
        outcome = run_pipeline(
            project, connections=[connection_id], kind="import", progress=progress, stop=stop
        )
    return kept[import_id], outcome


def _settings(project: Project, prepared: Prepared, connection_id: str, folder: Path) -> dict[str, str]:
    """A connection's currency and zone are those of its first file, which alone may correct them.

    What another file is read with holds for its own rows: it must not move the days of all the others.
    """
    known = {one.connection_id: one for one in project.connections()}.get(connection_id)
    held = [one.import_id for one in imports(folder)]
    if known is not None and held not in ([], [prepared.import_id]):
        return {"folder": str(folder), "currency": known.currency, "timezone": known.time_zone}
    options = prepared.options
    return {"folder": str(folder), "currency": options.currency, "timezone": options.timezone}


def _check_counts(project: Project, connection_id: str, kept: Import) -> None:
    """Refuse to publish an import of which not every record has landed."""
    for stream, records in kept.records.items():
        landed = _count(project, connection_id, stream, kept.import_id)
        if landed != records:
            gap = ImportGap(kept, stream, records, landed)
            raise FatalError(
                gap.what, f"{gap.remedy}, and report this; readers still see the state before the import."
            )


def _refuse_other_source(project: Project, connection_id: str) -> None:
    for one in project.connections():
        if one.connection_id == connection_id and one.source != SOURCE:
            raise ConfigError(
                f"{connection_id!r} is a connection to {one.source}, and files need one of their own.",
                "Choose another name with `--connection NAME`.",
            )


def _remove(project: Project, connection_id: str, import_id: str) -> None:
    """Take a file's earlier reading out of the warehouse.

    All imports of the connection are read again afterwards, so that a line which this import once took over from an
    older one comes back. They are forgotten first: whatever breaks off now, the next run lands what the folder holds.
    """
    load_spooled(project)
    project.control.states.forget(project.tenant, connection_id)
    params: dict[str, str | int | float | None] = {
        "tenant": project.tenant,
        "connection": connection_id,
        "import_id": import_id,
    }
    of_import = "tenant_id = $tenant and connection_id = $connection and import_id = $import_id"
    with project.warehouse.writer() as writer, writer.transaction():
        for main, *children in (one.tables for one in STREAMS):
            for child in children:
                keys = ", ".join(child.parent_key)
                writer.execute(
                    f"delete from raw.files__{child.name} where tenant_id = $tenant and connection_id = $connection "
                    f"and ({keys}) in (select {keys} from raw.files__{main.name} where {of_import})",
                    params,
                )
            writer.execute(f"delete from raw.files__{main.name} where {of_import}", params)


def _quarantine(project: Project, prepared: Prepared, connection_id: str, kept: Import) -> None:
    """Write the rows that were set aside, in place of those of an earlier reading of the same file."""
    now = project.clock().astimezone(UTC).replace(tzinfo=None)
    rows = [
        {
            "tenant_id": project.tenant,
            "connection_id": connection_id,
            "source": SOURCE,
            "stream": prepared.streams[0],
            "table_name": MAIN_TABLE[prepared.streams[0]],
            "slice_id": kept.import_id,
            "record": one.record,
            "reason": f"row {one.row} of {kept.file}: {one.reason}",
            "quarantined_at": now,
        }
        for one in prepared.set_aside
    ]
    with project.warehouse.writer():
        _empty_quarantine(project, connection_id, kept.import_id)
        project.landing.land_rows("fondaco__quarantine", rows)


def _empty_quarantine(project: Project, connection_id: str, import_id: str) -> None:
    with project.warehouse.writer() as writer:
        writer.execute(
            "delete from raw.fondaco__quarantine "
            "where tenant_id = $tenant and connection_id = $connection and slice_id = $slice",
            {"tenant": project.tenant, "connection": connection_id, "slice": import_id},
        )


def _pass(project: Project, kept: Import, sleep: Callable[[float], None]) -> None:
    """Wait until the import's second is over: a run reads what lies before the present second."""
    while project.clock().replace(microsecond=0) <= kept.instant:
        sleep(0.1)


def _count(project: Project, connection_id: str, stream: str, import_id: str | None = None) -> int:
    where = "tenant_id = $tenant and connection_id = $connection"
    params: dict[str, str | int | float | None] = {"tenant": project.tenant, "connection": connection_id}
    if import_id is not None:
        where += " and import_id = $import_id"
        params["import_id"] = import_id
    with project.warehouse.writer() as writer:
        found = writer.fetch(f"select count(*) as n from raw.{MAIN_TABLE[stream]} where {where}", params)
    return int(found["n"][0].as_py())
