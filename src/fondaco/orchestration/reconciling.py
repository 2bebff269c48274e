"""The reconcile step: which days are due, the vendors' reports for them, and what that means for a run's health."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fondaco.clock import local_date
from fondaco.control import Connection, ReconciliationDay
from fondaco.control.reconciliation import is_off
from fondaco.errors import ConfigError, FondacoError, unknown_error
from fondaco.orchestration.progress import Event, Progress, silent
from fondaco.quality import freshness, reconcile
from fondaco.quality.figures import orders_left_out
from fondaco.quality.freshness import lateness
from fondaco.sources.source import Role, Source, report_streams, role_of
from fondaco.warehouse import has_table

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project
    from fondaco.warehouse import Writer

_NO_ORDER = Decimal(0)
_ALL_AGAIN_AFTER = timedelta(days=30)
_log = logging.getLogger(__name__)


def reconcile_run(
    project: Project, progress: Progress, *, whole: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Compare what is due, and say what is wrong with it: notes on the run's health.

    The newest days are compared in every run; all history the first time, once a month, and for the connections in
    ``whole``.
    """
    notes: list[tuple[str, str]] = []
    for connection in project.connections():
        progress(Event("reconcile", connection.connection_id))
        states = project.control.states.all(project.tenant, connection.connection_id)
        late = lateness(connection.connection_id, freshness(states, project.clock()))
        if late is not None:
            notes.append(("warn", late))
        if role_of(connection.source) is not Role.SHOP:
            continue
        try:
            days = _compare(project, connection, whole)
        except FondacoError as error:
            notes.append(("warn", f"{connection.connection_id} was not reconciled: {error.what}"))
            progress(Event("reconcile", connection.connection_id, detail=error.what, ended=True))
            continue
        words = _in_words(days)
        progress(Event("reconcile", connection.connection_id, detail=words, ended=True))
        if _past_tolerance(project, days):
            notes.append(("fail", f"{connection.connection_id} is {words}."))
    return notes


def _compare(project: Project, connection: Connection, whole: Collection[str]) -> list[ReconciliationDay]:
    """One shop's odd report must not keep the figures of all shops from being published: every fault can be told."""
    try:
        all_days = connection.connection_id in whole or _whole_is_due(project, connection)
        return _reconcile(project, connection, None, None, all_days=all_days)
    except FondacoError:
        raise
    except Exception as unknown:
        _log.exception("reconciling met an unknown error", extra={"connection": connection.connection_id})
        raise unknown_error(f"The comparison of {connection.connection_id}", unknown) from unknown


def reconcile_now(
    project: Project,
    *,
    connection: str | None = None,
    first: date | None = None,
    last: date | None = None,
    all_days: bool = False,
    progress: Progress = silent,
) -> list[ReconciliationDay]:
    """Compare on demand, over what the last build holds; a vendor that does not answer is an error here."""
    chosen = (
        [project.control.connections.get(project.tenant, connection)] if connection else project.connections()
    )
    found: list[ReconciliationDay] = []
    with project.warehouse.writer():
        for each in chosen:
            progress(Event("reconcile", each.connection_id))
            found += _reconcile(project, each, first, last, all_days=all_days)
            progress(Event("reconcile", each.connection_id, ended=True))
    return found


def _reconcile(
    project: Project, connection: Connection, first: date | None, last: date | None, *, all_days: bool
) -> list[ReconciliationDay]:
    read_until = _read_until(project, connection)
    if read_until is None:
        return []
    source = project.source(connection)
    try:
        if source.report_name is None:
            return []
        if not connection.currency:
            raise ConfigError(
                f"The currency of {connection.connection_id} is not known, so there is nothing to compare by.",
                f"Connect it again with `--name {connection.connection_id}` and a credential that may read the shop's "
                "settings, or say its currency.",
            )
        # The last day that is read whole: a day that still goes on differs by what is sold meanwhile.
        newest = local_date(read_until, connection.time_zone) - timedelta(days=1)
        until = min(last or newest, newest)
        since = first or _first_day(project, connection, source, until, all_days=all_days)
        if since is None or since > until:
            return []
        report = source.report(since, until)
        if report is None:
            return []
        with project.warehouse.writer() as writer:
            _refuse_before_a_build(writer)
            days = reconcile(
                connection,
                report,
                writer,
                first=since,
                last=until,
                read_until=read_until,
                compared_at=project.clock(),
            )
            left_out = orders_left_out(writer, connection)
    finally:
        source.close()
    project.control.reconciliation.note_left_out(project.tenant, connection.connection_id, left_out)
    if days:  # where nothing could be compared, what was found before stands
        project.control.reconciliation.replace(project.tenant, connection.connection_id, since, until, days)
    if all_days and first is None and last is None:
        project.control.saved.put(
            project.tenant, _whole_key(connection.connection_id), {"on": project.clock().date().isoformat()}
        )
    return days


def _first_day(
    project: Project, connection: Connection, source: Source, until: date, *, all_days: bool
) -> date | None:
    if not all_days:
        return until - timedelta(days=project.settings.reconcile.days - 1)
    with project.warehouse.writer() as writer:
        _refuse_before_a_build(writer)
        found = writer.fetch(
            "select min(event_date) as day from core.sales_events "
            "where tenant_id = $tenant and connection_id = $connection",
            {"tenant": project.tenant, "connection": connection.connection_id},
        )
    day: date | None = found.column("day")[0].as_py()
    return day


def _refuse_before_a_build(writer: Writer) -> None:
    if not has_table(writer, "marts", "shop_sales_daily"):
        raise ConfigError(
            "The models have not been built yet, so there is nothing to compare.",
            "Build them with `fondaco run`, then compare again.",
        )


def _whole_is_due(project: Project, connection: Connection) -> bool:
    """All history is compared once the backfill has ended, and then once a month."""
    counted = report_streams(connection.source)
    states = [
        state
        for state in project.control.states.all(project.tenant, connection.connection_id)
        if state.cursor is not None and state.stream in counted
    ]
    if not all(state.history_complete for state in states):
        return False
    last = project.control.saved.get(project.tenant, _whole_key(connection.connection_id))
    return last is None or project.clock().date() - date.fromisoformat(last["on"]) >= _ALL_AGAIN_AFTER


def owe_whole(project: Project, connection_id: str) -> None:
    """Days of any age are about to change: the next reconciliation compares all of them, whichever run gets to it."""
    project.control.saved.put(project.tenant, _whole_key(connection_id), {"on": date.min.isoformat()})


def _whole_key(connection_id: str) -> str:
    return f"reconciled_all:{connection_id}"


def _read_until(project: Project, connection: Connection) -> datetime | None:
    """How far all streams that make the report and have been read at all are read."""
    counted = report_streams(connection.source)
    cursors = [
        state.cursor
        for state in project.control.states.all(project.tenant, connection.connection_id)
        if state.cursor is not None and state.stream in counted
    ]
    return min(cursors) if cursors else None


def _past_tolerance(project: Project, days: list[ReconciliationDay]) -> bool:
    tolerance = Decimal(str(project.settings.reconcile.tolerance))
    # The tolerance is an amount of money; an order more or less is none.
    return any(abs(day.gap) > (_NO_ORDER if day.figure == "orders" else tolerance) for day in days)


def _in_words(days: list[ReconciliationDay]) -> str:
    if not days:
        return "not compared: the shop has no report for these days"
    off = [day for day in days if is_off(day)]
    compared = len({day.day for day in days})
    if not off:
        return f"matched to the cent on {compared} days"
    worst = max(off, key=lambda day: abs(day.gap))
    return (
        f"off on {len({day.day for day in off})} of {compared} days, at most {abs(worst.gap):,.2f} "
        f"in {worst.figure.replace('_', ' ')} on {worst.day}"
    )
