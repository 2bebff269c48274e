"""What is said about the data itself: how fresh it is, whether it matches the shops' reports, how the runs went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from fondaco.control import Connection, ReconciliationDay, Run
from fondaco.control.reconciliation import is_off
from fondaco.errors import ConfigError
from fondaco.orchestration.connection_states import ConnectionState, connection_states
from fondaco.orchestration.live import live_state
from fondaco.reports.trust import Seal, seal_of
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.site import Site
from fondaco.sources.source import report_streams

STALE_AFTER = timedelta(hours=36)
"""A daily run that was missed once, with room for its length."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word, and its colour."""

    text: str
    tone: str  # good, bad, warn or none


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the figures are, and what a reader must know before trusting them."""

    text: str
    notice: str
    tone: str


OUTCOMES = {
    "success": Badge("Success", "good"),
    "partial": Badge("Partial", "warn"),
    "aborted": Badge("Aborted", "warn"),
    "failed": Badge("Failed", "bad"),
    "running": Badge("Running", "none"),
}
HEALTH = {"ok": Badge("Healthy", "good"), "warn": Badge("Warning", "warn"), "fail": Badge("Failing", "bad")}
CONNECTION_STATES = {
    "ready": Badge("Ready", "good"),
    "limited": Badge("Limited", "warn"),
    "refused": Badge("Refused", "bad"),
    "partly_read": Badge("Partly read", "warn"),
    "not_reached": Badge("Not reached", "bad"),
    "not_read": Badge("Not read", "bad"),
}


def badge(states: dict[str, Badge], state: str | None) -> Badge:
    return states.get(state or "", Badge((state or NOTHING).capitalize(), "none"))


def reconciled_days(site: Site, shop: str | None = None) -> list[ReconciliationDay]:
    """What was compared in the days that every run looks back, and every gap before them."""
    first = site.project.clock().date() - timedelta(site.project.settings.reconcile.days + 1)
    kept = site.control.reconciliation
    older = kept.days(site.tenant_id, shop, None, first - timedelta(1), only_gaps=True)
    return [*older, *kept.days(site.tenant_id, shop, first)]


def seal(site: Site, numbers: Numbers, shop: str | None = None) -> Seal:
    """Whether our figures match the shops' own reports, over all that was ever compared."""
    return seal_of(site.control, site.tenant_id, numbers, shop)


@dataclass(frozen=True, slots=True)
class ShopState:
    """What is known of a shop's connection.

    Attributes
    ----------
    fault
        What kept the newest run from reading all of it, when, and what to do; empty if nothing did.
    """

    badge: Badge
    fault: str = ""
    reached: bool = True


def shop_states(site: Site, numbers: Numbers) -> dict[str, ShopState]:
    """Every connection by what the newest run found that asked it, or what a check has found since."""
    states = connection_states(site.control, site.tenant_id, site.connections())
    return {
        connection_id: ShopState(
            badge(CONNECTION_STATES, state.status), _fault(site, numbers, state), state.reached
        )
        for connection_id, state in states.items()
    }


def _fault(site: Site, numbers: Numbers, state: ConnectionState) -> str:
    if state.run is None:
        return ""
    started = state.run.started_at
    when = f"at the last run, {numbers.instant(started)} ({numbers.ago(started, site.project.clock())})"
    what = {
        "partly_read": f"Could not read {', '.join(state.streams)}",
        "not_reached": "Could not be reached",
        "not_read": "Could not be read",
    }[state.status]
    return f"{what} {when}: {state.fault}"


def last_synced(site: Site, connection: Connection) -> datetime | None:
    """Up to when the records that make the sales are all read; None before they are."""
    states = site.control.states.all(site.tenant_id, connection.connection_id)
    try:
        counted = report_streams(connection.source)
    except ConfigError:  # its package is gone or broken: whatever was read counts
        counted = frozenset(state.stream for state in states)
    cursors = [state.cursor for state in states if state.stream in counted and state.cursor is not None]
    return min(cursors, default=None)


def freshness(site: Site, numbers: Numbers) -> Freshness:
    """As of when the figures are, and a notice when the newest run did not go well."""
    now = site.project.clock()
    runs = site.control.runs.recent(site.tenant_id, 1)
    published = site.control.runs.last_published(site.tenant_id)
    if published is None or published.ended_at is None:
        return Freshness("no run has published yet", "", "warn")
    as_of = published.started_at
    live = live_state(site.project)
    newest_at = max(as_of, live.published) if live and live.published else as_of
    text = f"as of {numbers.instant(newest_at)} ({numbers.ago(newest_at, now)})"
    newest = runs[0] if runs else published
    if newest.outcome in ("failed", "aborted"):
        notice = f"The newest run {newest.outcome}: the figures are those of {numbers.instant(as_of)}."
        return Freshness(text, notice, "bad")
    if now - as_of > STALE_AFTER:
        notice = f"No run has published for {numbers.ago(as_of, now).removesuffix(' ago')}."
        return Freshness(text, notice, "warn")
    if missed := _not_reached(site, numbers):
        return Freshness(text, missed, "warn")
    if newest.health == "fail":
        reasons = " ".join(newest.health_reasons) or "The newest run's checks failed."
        return Freshness(text, reasons, "warn")
    return Freshness(text, "", "none")


def _not_reached(site: Site, numbers: Numbers) -> str:
    """Which shops the newest run got nothing from, and how old their figures are; empty if it reached all."""
    states = shop_states(site, numbers)
    sentences = []
    for connection in site.connections():
        if not states[connection.connection_id].reached:
            synced = last_synced(site, connection)
            since = (
                f"its figures are those of {numbers.instant(synced)}" if synced else "it has no figures yet"
            )
            sentences.append(f"{connection.name} could not be reached at the last run: {since}.")
    return " ".join(sentences)


@dataclass(frozen=True, slots=True)
class DayMark:
    """One shop-local day in the strip of compared days."""

    day: date
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class ShopDays:
    """One shop's compared days, oldest first."""

    name: str
    marks: Sequence[DayMark]
    words: str


def strips(site: Site, numbers: Numbers, days: Iterable[ReconciliationDay]) -> list[ShopDays]:
    """For every shop the days of the window: matched, off, or not compared."""
    window = site.project.settings.reconcile.days
    today = site.project.clock().date()
    span = [today - timedelta(back) for back in range(window, 0, -1)]
    found: dict[str, dict[date, list[ReconciliationDay]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        found[day.connection_id][day.day].append(day)
    shown = []
    for connection in site.shops():
        by_day = found.get(connection.connection_id, {})
        marks = [_mark(numbers, day, by_day.get(day, [])) for day in span]
        off = sum(mark.tone == "bad" for mark in marks)
        compared = sum(mark.tone != "none" for mark in marks)
        words = f"{compared - off} of {compared} days match" if compared else "Not compared yet"
        shown.append(ShopDays(connection.name, marks, words))
    return shown


def _mark(numbers: Numbers, day: date, compared: Sequence[ReconciliationDay]) -> DayMark:
    if not compared:
        return DayMark(day, "none", f"{numbers.day(day)}: not compared")
    off = [figure for figure in compared if is_off(figure)]
    if not off:
        return DayMark(day, "good", f"{numbers.day(day)}: matched to the cent")
    worst = max(off, key=lambda figure: abs(figure.gap))
    return DayMark(day, "bad", f"{numbers.day(day)}: {worst.figure} off by {gap_text(numbers, worst)}")


def gap_text(numbers: Numbers, day: ReconciliationDay) -> str:
    return amount_text(numbers, day, day.gap)


def amount_text(numbers: Numbers, day: ReconciliationDay, amount: Decimal) -> str:
    """An amount of the comparison in the shop's own currency; orders are counted."""
    if day.figure == "orders":
        return numbers.count(amount)
    return Numbers(numbers.locale, day.currency, numbers.time_zone).money(amount)


def run_seconds(run: Run) -> float | None:
    return None if run.ended_at is None else (run.ended_at - run.started_at).total_seconds()
