"""What is known of connections, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fondaco.governance.redaction import redact_text
from fondaco.orchestration.connection_tests import ConnectionTest
from fondaco.server.connection_reports import ConnectionDetail, ConnectionReport, StreamReport
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import health
from fondaco.server.pages.health import Badge, ShopState
from fondaco.server.pages.live_view import webhook_row
from fondaco.server.site import Site

TESTED = {
    "ready": Badge("Answers", "good"),
    "limited": Badge("Lacks something", "warn"),
    "refused": Badge("Refused", "bad"),
    "unreachable": Badge("Not reached", "bad"),
    "no_answer": Badge("No answer", "bad"),
    "fault": Badge("Fault", "bad"),
}
_LATE = Badge("Late", "warn")
_NOT_ASKED = Badge("Not read yet", "none")


def connection_row(
    site: Site, numbers: Numbers, report: ConnectionReport, state: ShopState
) -> dict[str, Any]:
    """A connection as both pages show it; ``faults`` say what is wrong and what to do, the worst first."""
    connection, now = report.connection, site.project.clock()
    synced, succeeded = report.synced_at, report.succeeded
    return {
        "id": connection.connection_id,
        "name": connection.name,
        "title": report.title,
        "feeds": report.feeds,
        "badge": state.badge,
        "faults": _faults(numbers, report, state, now),
        "notes": [redact_text(each) for each in connection.warnings],
        "is_well": state.badge.tone == "good" and not report.is_late,
        "ago": numbers.ago(synced, now) if synced else "Not yet",
        "synced": numbers.instant(synced) if synced else "",
        "late": _LATE if report.is_late else None,
        "promised": in_words(report.promised),
        "succeeded": numbers.instant(succeeded.started_at) if succeeded else "",
        "succeeded_ago": numbers.ago(succeeded.started_at, now) if succeeded else "Never yet",
        "succeeded_run": succeeded.run_id if succeeded else "",
        "newest_run": report.newest.run_id if report.newest else "",
        "newest": numbers.instant(report.newest.started_at) if report.newest else "",
        "loaded": numbers.count(report.loaded) if report.newest else NOTHING,
        "quarantined": numbers.count(report.quarantined) if report.newest else NOTHING,
        "loaded_ever": numbers.count(report.loaded_ever) if report.newest else NOTHING,
        "next": numbers.instant(report.next_run_at) if report.next_run_at else "Not by itself",
        "tested": tested(numbers, report.tested, now) if report.tested else None,
    }


def tested(numbers: Numbers, test: ConnectionTest, now: datetime) -> dict[str, Any]:
    return {
        "badge": TESTED[test.outcome],
        "at": numbers.instant(test.at),
        "ago": numbers.ago(test.at, now),
        "took": numbers.seconds(test.seconds),
        "fault": f"{test.what} {test.remedy}".strip(),
        "readable": ", ".join(_in_words(each).lower() for each in test.readable),
        "missing": test.missing,
        "warnings": test.warnings,
    }


def _faults(numbers: Numbers, report: ConnectionReport, state: ShopState, now: datetime) -> list[str]:
    faults = [redact_text(state.fault)] if state.fault else []
    faults += [redact_text(each) for each in report.connection.missing]
    if (test := report.tested) and test.what and test.what not in " ".join(faults) and _is_news(report, test):
        faults.append(f"At the test {numbers.ago(test.at, now)}: {test.what} {test.remedy}")
    if report.is_late and not faults:
        begun = (
            "It has not been read yet" if report.synced_at is None else "Its data is older than it should be"
        )
        faults.append(f"{begun}. Read it now with `fondaco run`; `fondaco up` reads it by the schedule.")
    return faults


def _is_news(report: ConnectionReport, test: ConnectionTest) -> bool:
    """Whether neither a run nor a check has found anything since."""
    later = [report.newest.started_at] if report.newest else []
    later += [report.connection.checked_at] if report.connection.checked_at else []
    return all(test.at >= each for each in later)


def detail_view(site: Site, numbers: Numbers, found: ConnectionDetail) -> dict[str, Any]:
    """What the page of one connection shows besides its row."""
    connection = found.report.connection
    streams = [stream_row(site, numbers, each) for each in found.streams]
    return {
        "connection": connection,
        "checked": numbers.instant(connection.checked_at) if connection.checked_at else "Not yet",
        "since": numbers.day(connection.created_at.astimezone(numbers.time_zone).date()),
        "streams": streams,
        "drifted": [row for row in streams if row["drifted"]],
        "has_aside": any(each.quarantined_ever for each in found.streams),
        "webhooks": webhook_row(site, numbers, found.webhooks) if found.webhooks else None,
        "is_set_up": found.webhooks is not None and found.webhooks.is_set_up,
        "topics": ", ".join(found.webhooks.topics) if found.webhooks else "",
    }


def stream_row(site: Site, numbers: Numbers, each: StreamReport) -> dict[str, Any]:
    now = site.project.clock()
    cursor, read = each.cursor, each.succeeded_at
    since = each.covered_since
    if each.history_complete:
        history = "Complete"
    else:
        history = f"Back to {numbers.day(since.date())}" if since else "Not started"
    return {
        "name": _in_words(each.name),
        "description": each.description,
        "badge": health.badge(health.OUTCOMES, each.outcome) if each.outcome else _NOT_ASKED,
        "fault": each.fault,
        "cursor": "Whole each time" if each.is_whole_each_time and cursor else numbers.instant(cursor) if cursor else NOTHING,
        "history": history,
        "read": numbers.ago(read, now) if read else "Never",
        "read_at": numbers.instant(read) if read else "",
        "loaded": numbers.count(each.loaded) if each.outcome else NOTHING,
        "loaded_ever": numbers.count(each.loaded_ever) if each.outcome else NOTHING,
        "quarantined": numbers.count(each.quarantined) if each.outcome else NOTHING,
        "quarantined_ever": numbers.count(each.quarantined_ever) if each.outcome else NOTHING,
        "drifted": each.drifted_fields,
        "drifted_count": numbers.count(len(each.drifted_fields)) if each.outcome else NOTHING,
    }  # fmt: skip


_UNITS: Mapping[str, int] = {"day": 86_400, "hour": 3_600, "minute": 60}


def in_words(span: timedelta) -> str:
    """A length of time in the largest unit that leaves at least two of it: 36 hours, 9 hours, 4 days."""
    seconds = span.total_seconds()
    for name, size in _UNITS.items():
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {name}s"
    return f"{seconds / 60:.3g} minutes"


def _in_words(stream: str) -> str:
    return stream.replace("_", " ").capitalize()
