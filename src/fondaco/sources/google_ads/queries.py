"""GAQL: the query of a report, and the spans of days that one query asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fondaco.clock import local_date
from fondaco.sources.google_ads.fields import Report
from fondaco.sources.stream import Slice

_MONTHS_KEPT = 37


def query(report: Report, days: tuple[date, date] | None = None) -> str:
    """The report in GAQL, for the days first to last, both included.

    Neither a status is asked for, so that REMOVED things are there, nor an order, which costs and gives nothing.
    """
    conditions = [report.where] if report.where else []
    if days is not None:
        conditions.append(f"segments.date BETWEEN '{days[0]:%Y-%m-%d}' AND '{days[1]:%Y-%m-%d}'")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(field.gaql for field in report.fields)} FROM {report.resource}{where}"


def spans(part: Slice, now: datetime, time_zone: str) -> Iterator[tuple[date, date]]:
    """The days of a slice, first and last of each query: never more than a month, newest last.

    They end at the account's today, and begin no earlier than Google keeps figures by day.
    """
    if part.since is None or part.until is None:
        raise ValueError(f"a slice of {part.stream} needs bounds")
    today = local_date(now, time_zone)
    first = max(part.since.date(), _months_before(today, _MONTHS_KEPT))
    last = min(part.until.date() - timedelta(days=1), today)
    while first <= last:
        end = min(last, _last_of_month(first))
        yield first, end
        first = end + timedelta(days=1)


def _last_of_month(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the first of the month after where that month is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return _last_of_month(date(year, month + 1, 1)) + timedelta(days=1)
