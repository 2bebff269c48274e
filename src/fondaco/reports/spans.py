"""The days a report is about, and the days it compares them with: weeks, months, quarters and years of the calendar."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from fondaco.errors import ConfigError
from fondaco.numbers import Numbers

_WRITTEN = re.compile(
    r"^(?P<year>\d{4})(?:-(?:W(?P<week>\d{2})|Q(?P<quarter>[1-4])|(?P<month>\d{2})))?$", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included.

    Attributes
    ----------
    name
        As it is written in an address or a command: 2026-W47, 2026-10, 2026-Q3, 2026.
    label
        As a title says it: October 2026.
    """

    first: date
    last: date
    name: str
    label: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Span:
        """The span of the same kind that ends where this one begins."""
        return _around(self.name, self.first - timedelta(1))

    @property
    def after(self) -> Span:
        """The span of the same kind that begins where this one ends."""
        return _around(self.name, self.last + timedelta(1))

    @property
    def year_before(self) -> Span:
        """The same span of the year before; a week answers to the one 52 weeks earlier, so that weekdays answer to weekdays."""
        if "W" in self.name:
            return week_of(self.first - timedelta(364))
        return parse_span(f"{self.first.year - 1}{self.name[4:]}")

    def words(self, numbers: Numbers) -> str:
        """Its days in words: 16 – 22 Nov 2026."""
        return numbers.period(self.first, self.last)


def week_of(day: date) -> Span:
    """The week from Monday to Sunday in which ``day`` lies, by ISO 8601."""
    monday = day - timedelta(day.weekday())
    year, week, _ = day.isocalendar()
    return Span(monday, monday + timedelta(6), f"{year:04}-W{week:02}", f"Week {week}, {year}")


def last_full_week(today: date) -> Span:
    """The newest week that is over on ``today``."""
    return week_of(today - timedelta(7))


def last_full_month(today: date) -> Span:
    """The newest month that is over on ``today``."""
    before = today.replace(day=1) - timedelta(1)
    return parse_span(f"{before.year:04}-{before.month:02}")


def parse_span(text: str) -> Span:
    """Read 2026, 2026-Q3, 2026-10 or 2026-W47.

    Raises
    ------
    ConfigError
        If it is none of these, or there is no such month or week, or it lies outside 1990 to 2200.
    """
    found = _WRITTEN.match(text.strip())
    try:
        if found is None or not 1990 <= int(found["year"]) <= 2200:
            raise ValueError
        year = int(found["year"])
        if found["week"]:
            return week_of(date.fromisocalendar(year, int(found["week"]), 1))
        if found["quarter"]:
            quarter = int(found["quarter"])
            return _months(year, 3 * quarter - 2, 3, found[0], f"Quarter {quarter}, {year}")
        if found["month"]:
            month = int(found["month"])
            first = date(year, month, 1)
            return _months(year, month, 1, found[0], f"{calendar.month_name[first.month]} {year}")
        return _months(year, 1, 12, found[0], str(year))
    except ValueError as error:
        raise ConfigError(
            f"{text[:20]!r} is no period of the calendar.",
            "Write a year, quarter, month or week: 2026, 2026-Q3, 2026-10 or 2026-W47.",
        ) from error


def _months(year: int, month: int, length: int, name: str, label: str) -> Span:
    end = month + length - 1
    last = date(year, end, calendar.monthrange(year, end)[1])
    return Span(date(year, month, 1), last, name, label)


def _around(name: str, day: date) -> Span:
    """The span of the kind of ``name`` in which ``day`` lies."""
    if "W" in name:
        return week_of(day)
    if "Q" in name:
        return parse_span(f"{day.year:04}-Q{(day.month + 2) // 3}")
    return parse_span(f"{day.year:04}-{day.month:02}" if "-" in name else f"{day.year:04}")
