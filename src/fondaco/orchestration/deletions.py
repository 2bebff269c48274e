"""What the vendors have deleted: told by themselves, or found by comparing ids once a month."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from fondaco.clock import local_date
from fondaco.control import Connection
from fondaco.sources.source import Source
from fondaco.sources.stream import Stream, SyncMode, Tombstone

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

DELETIONS = "deletions"
"""The name under which the reading of deletions keeps its state, beside the streams."""

_OVERLAP = timedelta(hours=1)
_COMPARE_EVERY = timedelta(days=30)
_BELIEVED_SHARE = 0.1
_ALWAYS_BELIEVED = 20
"""So many records may be missing, whatever their share, before an id list is taken for broken."""

_log = logging.getLogger(__name__)


def note_first_reading(project: Project, connection: Connection) -> None:
    """Deletions are asked for from the start of the very first reading on, whichever run gets round to asking."""
    state = project.control.states.get(project.tenant, connection.connection_id, DELETIONS)
    if state.cursor is None:
        project.control.states.save(
            project.tenant, connection.connection_id, DELETIONS, cursor=project.clock()
        )


def land_tombstones(project: Project, connection: Connection, source: Source) -> int:
    """Read the vendor's own word on deletions since the last time; their number.

    The first time it starts at the start of the first reading: what was deleted before was never read.
    """
    tenant, name = project.tenant, connection.connection_id
    state = project.control.states.get(tenant, name, DELETIONS)
    until = project.clock()
    since = (state.cursor or until) - _OVERLAP
    count = project.landing.land_tombstones(name, source.tombstones(since, until))
    project.control.states.save(
        tenant,
        name,
        DELETIONS,
        cursor=until,
        covered_since=state.covered_since or since,
        history_complete=True,
    )
    return count


def compare_ids(
    project: Project, connection: Connection, source: Source, stream: Stream
) -> list[tuple[str, str]]:
    """Once a month, bury the records that the vendor no longer lists. Gives notes on the run's health.

    An id list that would bury more than a tenth of what we have, or all of it, is not believed: a broken answer must
    never delete a shop's history. What a list buried wrongly lives again as soon as it is read again.
    """
    tenant, name = project.tenant, connection.connection_id
    state = project.control.states.get(tenant, name, stream.name)
    today = local_date(project.clock(), "UTC")
    main = stream.tables[0]
    if stream.mode is not SyncMode.FULL and not state.history_complete:
        return []
    if len(main.primary_key) != 1:
        return []
    if state.ids_compared_on is None:  # all of it has just been read
        project.control.states.save(tenant, name, stream.name, ids_compared_on=today)
        return []
    if today - state.ids_compared_on < _COMPARE_EVERY:
        return []
    listed = source.ids(stream)
    if listed is None:
        return []
    theirs = set(listed)
    ours = _our_ids(project, connection, source, stream)
    gone = sorted(ours - theirs)
    is_empty = bool(ours) and not theirs
    if is_empty or len(gone) > max(_ALWAYS_BELIEVED, _BELIEVED_SHARE * len(ours)):
        return [
            (
                "warn",
                f"{name} lists {len(theirs):,} {stream.name} where {len(ours):,} were read before; "
                f"{len(gone):,} are missing, which is too many to be believed, so nothing was deleted. "
                f"Run `fondaco connections check {name}` to see whether its credentials may still read them; "
                "every run compares again until the list is whole.",
            )
        ]
    now = project.clock()
    project.landing.land_tombstones(
        name, (Tombstone(stream.name, record, now, "id comparison") for record in gone)
    )
    project.control.states.save(tenant, name, stream.name, ids_compared_on=today)
    missed = len(theirs - ours)
    _log.info(
        "ids compared",
        extra={"connection": name, "stream": stream.name, "deleted": len(gone), "not_read": missed},
    )
    if missed and stream.mode is not SyncMode.FULL:
        return [
            (
                "warn",
                f"{name} lists {missed:,} {stream.name} that were never read: older than start_date, or missed; "
                f"`fondaco run --connection {name} --full-refresh` reads all again.",
            )
        ]
    return []


def _our_ids(project: Project, connection: Connection, source: Source, stream: Stream) -> set[str]:
    """Ids that we have and that are not known to be deleted since they were last read."""
    main = stream.tables[0]
    where = {"tenant": project.tenant, "connection": connection.connection_id, "stream": stream.name}
    record = f'cast(ours."{main.primary_key[0]}" as varchar)'
    with project.warehouse.writer() as writer:
        found = writer.fetch(
            f"select {record} as id from raw.{source.name}__{main.name} as ours "
            "where ours.tenant_id = $tenant and ours.connection_id = $connection "
            "and not exists (select 1 from raw.fondaco__tombstones as buried "
            "where buried.tenant_id = ours.tenant_id and buried.connection_id = ours.connection_id "
            f"and buried.stream = $stream and buried.record_id = {record} "
            "and buried._synced_at >= ours._synced_at)",
            where,
        )
    ids: list[str] = found.column("id").to_pylist()
    return set(ids)
