"""Time: instants are UTC, days are cut in the shop's time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fondaco.errors import ConfigError

Clock = Callable[[], datetime]
"""Gives the present instant as an aware datetime in UTC. Handed in wherever time matters, so that tests own it."""


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA time zone ``name``.

    Raises
    ------
    ConfigError
        If no such zone exists.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(
            f"{name!r} is not a time zone.",
            'Use an IANA name such as "Europe/Berlin" or "America/New_York".',
        ) from error


def parse_instant(text: str) -> datetime:
    """Read ISO 8601 as an aware UTC datetime; a text without offset is taken as UTC.

    Raises
    ------
    ValueError
        If it is none, or an instant that in UTC lies before the year 1 or after the year 9999.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is no instant of the years 1 to 9999 in UTC") from error


def format_instant(moment: datetime) -> str:
    """Write an instant as ``2026-01-31T23:59:59Z``, microseconds only when there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_date(moment: datetime, time_zone: str) -> date:
    """The calendar day of ``moment`` in ``time_zone``."""
    return moment.astimezone(zone(time_zone)).date()


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """First instant of ``day`` and of the day after, in UTC. 23 or 25 hours apart when the clocks change."""
    local = zone(time_zone)
    start = datetime(day.year, day.month, day.day, tzinfo=local)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=local)
    return start.astimezone(UTC), end.astimezone(UTC)
