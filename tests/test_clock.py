"""Instants are UTC; days are cut in the shop's zone, also when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.clock import day_bounds, format_instant, local_date, parse_instant, zone
from fondaco.errors import ConfigError

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"]


def test_a_day_has_23_hours_when_summer_time_begins_and_25_when_it_ends() -> None:
    spring = day_bounds(date(2026, 3, 29), "Europe/Berlin")
    autumn = day_bounds(date(2026, 10, 25), "Europe/Berlin")
    assert [spring[1] - spring[0], autumn[1] - autumn[0]] == [timedelta(hours=23), timedelta(hours=25)]


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), st.sampled_from(ZONES))
def test_every_instant_lies_within_the_bounds_of_its_local_day(naive: datetime, time_zone: str) -> None:
    moment = naive.replace(tzinfo=UTC)
    start, end = day_bounds(local_date(moment, time_zone), time_zone)
    assert start <= moment < end


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
def test_an_instant_survives_being_written_and_read(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert parse_instant(format_instant(moment)) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:30:00+01:00", datetime(2025, 12, 31, 23, 30, tzinfo=UTC)),
        ("2026-01-01T00:30:00Z", datetime(2026, 1, 1, 0, 30, tzinfo=UTC)),
        ("2026-01-01T00:30:00", datetime(2026, 1, 1, 0, 30, tzinfo=UTC)),
    ],
    ids=["offset", "zulu", "without offset it is UTC"],
)
def test_offsets_are_turned_into_utc(text: str, expected: datetime) -> None:
    assert parse_instant(text) == expected


def test_an_unknown_zone_is_named_with_an_example() -> None:
    with pytest.raises(ConfigError, match=r"'Europe/Atlantis' is not a time zone(.|\n)*Europe/Berlin"):
        zone("Europe/Atlantis")
