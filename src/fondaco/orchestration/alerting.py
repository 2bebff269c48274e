"""Looks at all rules once, as the end of a run and ``fondaco alerts check`` do, and tells what is new."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fondaco.alerts.health import ShopHealth
from fondaco.alerts.observing import Observer
from fondaco.alerts.rule import Rule
from fondaco.alerts.rulebook import Rulebook
from fondaco.alerts.sending.delivery import Delivered, Delivery
from fondaco.alerts.watching import Outlook, Scene, Watch, finished_day
from fondaco.alerts.words import Words
from fondaco.clock import local_date, zone
from fondaco.control import Connection
from fondaco.control.reconciliation import is_off
from fondaco.errors import ConfigError, FondacoError
from fondaco.numbers import USUAL_LOCALE, Numbers
from fondaco.orchestration.connection_states import connection_states
from fondaco.orchestration.progress import Event, Progress
from fondaco.sources.source import report_streams

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)
_BROUGHT = frozenset({"files"})
"""Sources that are read when somebody brings something, and are late for nothing."""


def look_and_tell(project: Project, progress: Progress) -> tuple[Outlook, Delivered] | None:
    """The last part of a run. Whatever goes wrong is logged, and fails nothing; None then."""
    try:
        found = look(project, "run"), tell(project)
    except FondacoError as error:
        _log.error("alerts were not looked for", extra={"what": f"{error.what} {error.remedy}"})
        progress(Event("alerts", detail="not looked for; see logs/errors.log", ended=True))
        return None
    except Exception:
        _log.exception("alerts were not looked for")
        progress(Event("alerts", detail="not looked for; see logs/errors.log", ended=True))
        return None
    outlook, delivered = found
    if not (outlook.opened or outlook.seen or outlook.recovered or delivered.faults):
        return found
    told = f"{len(outlook.opened)} new, {len(outlook.seen)} still open, {len(outlook.recovered)} recovered"
    if delivered.faults:
        told += f"; not sent on {', '.join(name for name, _ in delivered.faults)}"
    progress(Event("alerts", detail=told, ended=True))
    return found


def look(project: Project, actor: str) -> Outlook:
    """Judge every rule against what is published and what is known of the shops.

    Raises
    ------
    FondacoError
        If the rules cannot be read.
    """
    outlook = _watch(project, actor).look(rulebook(project).all(), scene(project))
    for name, error in outlook.faults:
        _log.error("a rule could not be judged", extra={"rule": name, "what": error.what})
    return outlook


def tell(project: Project) -> Delivered:
    """Send what waits; a fault is kept with the message and its channel."""
    return Delivery(project.control, project.settings, project.clock()).send_waiting()


def rulebook(project: Project) -> Rulebook:
    """The rules of a project."""
    return Rulebook(project.control, project.metrics, project.tenant, project.settings.folder)


def observer(project: Project) -> Observer:
    """The published metrics, as rules look at them."""
    return Observer(project.metrics, project.reader, project.tenant)


def why_unjudged(project: Project, rule: Rule, numbers: Numbers) -> str:
    """Why nothing can be said of a rule's newest day, or not of all that it looks at: "cannot be judged: …"; empty where it can."""
    finished = scene(project).finished
    if not rule.is_over_metric or finished is None:
        return ""
    try:
        blind, of, why = observer(project).blind(rule, finished)
    except FondacoError as error:
        return f"cannot be judged: {error.what}"
    if not blind:
        return ""
    some = f"{numbers.count(blind)} of {numbers.count(of)} " if blind < of else ""
    return f"{some}cannot be judged: {why}"


def usual_words(project: Project) -> Words:
    """How findings are written where no reader asks for their own way."""
    currency = project.currency if project.reader.version is not None else project.settings.project.currency
    return Words(project.metrics, Numbers(USUAL_LOCALE, currency, zone(project.settings.project.timezone)))


def scene(project: Project) -> Scene:
    """What there is to look at now."""
    now, own = project.clock(), project.settings.project.timezone
    connections = project.connections()
    published = project.control.runs.last_published(project.tenant)
    # A state that no run has published, such as one that was put there by hand, is of now.
    began = published.started_at if published else now if project.reader.version is not None else None
    zones = [own, *(connection.time_zone for connection in connections)]
    return Scene(
        shops_health(project, connections, now), finished_day(began, zones), local_date(now, own), now
    )


def shops_health(project: Project, connections: list[Connection], now: datetime) -> list[ShopHealth]:
    """What is known of each shop, by its id."""
    tenant = project.tenant
    states = connection_states(project.control, tenant, connections)
    newest = project.control.runs.newest_by_connection(tenant)
    first = now.date() - timedelta(project.settings.reconcile.days)
    compared: dict[str, set[date]] = defaultdict(set)
    off: dict[str, set[date]] = defaultdict(set)
    for day in project.control.reconciliation.days(tenant, None, first):
        compared[day.connection_id].add(day.day)
        if is_off(day) and abs(day.gap) > _tolerated(project, day.figure):
            off[day.connection_id].add(day.day)
    found = []
    for connection in connections:
        key = connection.connection_id
        streams = newest[key][1] if key in newest else []
        found.append(
            ShopHealth(
                connection_id=key, name=connection.name, time_zone=connection.time_zone, status=states[key].status,
                fault=_first_sentences(states[key].fault) or "; ".join(connection.missing),
                read_until=_read_until(project, connection), is_read=connection.source not in _BROUGHT,
                extracted=sum(each.extracted for each in streams), set_aside=sum(each.quarantined for each in streams),
                days_off=tuple(sorted(off[key])), days_compared=len(compared[key]),
            )
        )  # fmt: skip
    return found


def _watch(project: Project, actor: str) -> Watch:
    return Watch(project.control, observer(project), usual_words(project), project.tenant, actor)


def _tolerated(project: Project, figure: str) -> float:
    return 0 if figure == "orders" else project.settings.reconcile.tolerance


def _read_until(project: Project, connection: Connection) -> datetime | None:
    """Up to when the records that make the sales are all read."""
    states = project.control.states.all(project.tenant, connection.connection_id)
    try:
        counted = report_streams(connection.source)
    except ConfigError:  # its package is gone
        counted = frozenset(state.stream for state in states)
    return min(
        (state.cursor for state in states if state.stream in counted and state.cursor is not None),
        default=None,
    )


def _first_sentences(fault: str, longest: int = 400) -> str:
    return fault if len(fault) <= longest else fault[:longest].rsplit(" ", 1)[0] + " …"
