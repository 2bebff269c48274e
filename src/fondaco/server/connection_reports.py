"""What is known of each connection: how it stands, what it delivers, and when it is read next. The pages and the API tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fondaco.control import Connection, Run, StreamState
from fondaco.control.connections import CONNECTION_ID
from fondaco.control.stream_history import StreamTotal
from fondaco.errors import ConfigError
from fondaco.governance.redaction import redact_text
from fondaco.orchestration.connection_states import ConnectionState, connection_states
from fondaco.orchestration.connection_tests import ConnectionTest, last_test
from fondaco.orchestration.deletions import DELETIONS
from fondaco.orchestration.live_status import WebhookStatus, live_status
from fondaco.orchestration.schedule import next_run_at, promised_age
from fondaco.orchestration.schedule_mark import is_scheduled
from fondaco.server.pages.health import last_synced
from fondaco.server.site import NotThereError, Site
from fondaco.sources.source import Role, role_of, source_type
from fondaco.sources.stream import SyncMode

FEEDS: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.SHOP: (("Sales", "/sales"), ("Profit", "/profit"), ("Products", "/products"), ("Customers", "/customers")),
    Role.ADS: (("Marketing", "/marketing"), ("Profit", "/profit")),
    Role.MESSAGES: (("Marketing", "/marketing"), ("Customers", "/customers")),
}  # fmt: skip
"""The pages whose figures are made of what a connection delivers: name and address."""
_DELETED = "What the vendor says has been deleted."


@dataclass(frozen=True, slots=True)
class StreamReport:
    """One stream of a connection.

    Attributes
    ----------
    cursor, covered_since
        All records between the two are read; None before any is.
    is_whole_each_time
        Whether each run reads all of it, so that there is no cursor that says more.
    succeeded_at
        When the newest run started that read all that was new; None before there is any.
    outcome, loaded, quarantined, fault
        Of the newest run that asked for it; ``outcome`` is None before there is any.
    loaded_ever, quarantined_ever
        Of all runs. A record that was read twice counts twice.
    """

    name: str
    description: str
    cursor: datetime | None = None
    covered_since: datetime | None = None
    history_complete: bool = False
    is_whole_each_time: bool = False
    succeeded_at: datetime | None = None
    outcome: str | None = None
    loaded: int = 0
    quarantined: int = 0
    loaded_ever: int = 0
    quarantined_ever: int = 0
    drifted_fields: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """One connection.

    Attributes
    ----------
    state
        As the newest check or the newest run found it.
    succeeded
        The newest run that read all that the credential may read; None before there is any.
    newest
        The newest run that asked it.
    synced_at
        Up to when all records are read that its figures depend on.
    promised
        How old they may be by the schedule.
    next_run_at
        When it is read next; None while nothing runs by itself.
    loaded, quarantined
        Of the newest run.
    """

    connection: Connection
    title: str
    role: Role
    state: ConnectionState
    succeeded: Run | None
    newest: Run | None
    synced_at: datetime | None
    promised: timedelta
    is_late: bool
    next_run_at: datetime | None
    loaded: int
    quarantined: int
    loaded_ever: int
    tested: ConnectionTest | None

    @property
    def feeds(self) -> Sequence[tuple[str, str]]:
        return FEEDS[self.role]


@dataclass(frozen=True, slots=True)
class ConnectionDetail:
    """One connection, stream by stream."""

    report: ConnectionReport
    streams: Sequence[StreamReport] = field(default_factory=tuple)
    webhooks: WebhookStatus | None = None


def reports(site: Site, connections: Iterable[Connection] | None = None) -> list[ConnectionReport]:
    """Those of ``connections``, or of all, by their ids."""
    chosen = list(site.connections() if connections is None else connections)
    project, now = site.project, site.project.clock()
    states = connection_states(site.control, site.tenant_id, chosen)
    asked = site.control.runs.newest_by_connection(site.tenant_id)
    whole = site.control.stream_history.last_whole(site.tenant_id)
    totals = site.control.stream_history.totals(site.tenant_id)
    promised = promised_age(project.settings, now)
    coming = next_run_at(project.settings, now) if is_scheduled(project.data) else None
    found = []
    for connection in chosen:
        name = connection.connection_id
        newest, streams = asked.get(name, (None, []))
        strictly, mostly = whole.get(name, (None, None))
        synced = last_synced(site, connection)
        found.append(
            ConnectionReport(
                connection=connection,
                title=_title(connection),
                role=role_of(connection.source),
                state=states[name],
                succeeded=mostly if connection.missing else strictly,
                newest=newest,
                synced_at=synced,
                promised=promised,
                is_late=now - (synced or connection.created_at) > promised,
                next_run_at=coming,
                loaded=sum(each.loaded for each in streams),
                quarantined=sum(each.quarantined for each in streams),
                loaded_ever=sum(each.loaded for each in totals.get(name, {}).values()),
                tested=last_test(site.control, site.tenant_id, name),
            )
        )
    return found


def detail(site: Site, connection_id: str) -> ConnectionDetail:
    """All that is known of the connection that an address names."""
    connection = known_connection(site, connection_id)
    (report,) = reports(site, [connection])
    told = {each.connection_id: each for each in live_status(site.project).connections}
    return ConnectionDetail(report, _streams(site, connection), told.get(connection_id))


def known_connection(site: Site, connection_id: str) -> Connection:
    """The connection that an address names."""
    fault = NotThereError(
        f"There is no connection {connection_id[:63]!r}.", "Choose one on the page Connections."
    )
    if not CONNECTION_ID.match(connection_id):
        raise fault
    try:
        return site.control.connections.get(site.tenant_id, connection_id)
    except ConfigError as error:
        raise fault from error


def _streams(site: Site, connection: Connection) -> list[StreamReport]:
    """What the source declares, in its order; of a source that is no longer installed, what was ever read."""
    name = connection.connection_id
    states = {each.stream: each for each in site.control.states.all(site.tenant_id, name)}
    totals = site.control.stream_history.totals(site.tenant_id, name).get(name, {})
    drifted = site.control.stream_history.drifted(site.tenant_id, name)
    try:
        kind = source_type(connection.source)
        declared = {each.name: (each.description, each.mode is SyncMode.FULL) for each in kind.streams}
    except ConfigError:
        declared = {each: ("", False) for each in states if each != DELETIONS}
    if DELETIONS in totals:
        declared[DELETIONS] = (_DELETED, False)
    return [
        _stream(each, about, states.get(each), totals.get(each), drifted.get(each, []))
        for each, about in declared.items()
    ]


def _stream(
    name: str,
    about: tuple[str, bool],
    state: StreamState | None,
    total: StreamTotal | None,
    drifted: Sequence[str],
) -> StreamReport:
    """``about`` is its description, and whether each run reads all of it."""
    newest = total.newest if total else None
    return StreamReport(
        name=name,
        description=about[0],
        cursor=state.cursor if state else None,
        covered_since=state.covered_since if state else None,
        history_complete=state is not None and state.history_complete,
        is_whole_each_time=about[1],
        succeeded_at=total.succeeded_at if total else None,
        outcome=newest.outcome if newest else None,
        loaded=newest.loaded if newest else 0,
        quarantined=newest.quarantined if newest else 0,
        loaded_ever=total.loaded if total else 0,
        quarantined_ever=total.quarantined if total else 0,
        drifted_fields=tuple(drifted),
        fault=redact_text(" ".join((newest.error or "").split("\n"))) if newest else "",
    )


def _title(connection: Connection) -> str:
    """The vendor's own spelling."""
    try:
        return source_type(connection.source).title
    except ConfigError:  # its package is gone; the connection is still there
        return connection.source
