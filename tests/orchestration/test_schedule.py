from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fondaco.config import Settings
from fondaco.errors import ConfigError
from fondaco.orchestration.schedule import next_run_at, promised_age


def settings(tmp_path: Path, cron: str, zone: str = "UTC") -> Settings:
    return Settings(folder=tmp_path, project={"timezone": zone}, schedule={"cron": cron})


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 2 * * *", "2026-03-03 02:00"),  # 2 March 2026 is a Monday
        ("30 14 * * *", "2026-03-02 14:30"),
        ("0 2 * * 0", "2026-03-08 02:00"),
        ("0 2 * * 7", "2026-03-08 02:00"),
        ("0 2 * * 1", "2026-03-09 02:00"),
        ("0 2 * * 3-5", "2026-03-04 02:00"),
        ("0 2 * * 5-7/2", "2026-03-06 02:00"),
        ("0 2 * * sat,sun", "2026-03-07 02:00"),
        ("*/15 * * * *", "2026-03-02 12:15"),
        ("0 2 1 * *", "2026-04-01 02:00"),
        ("0 2 * * */2", "2026-03-03 02:00"),  # Sunday, Tuesday, Thursday, Saturday
        ("0 2 5 * mon", "2026-03-05 02:00"),  # the fifth and every Monday
        ("0 2 20 * mon", "2026-03-09 02:00"),
    ],
)
def test_the_schedule_reads_cron_as_cron_does(tmp_path: Path, cron: str, expected: str) -> None:
    now = datetime(2026, 3, 2, 12, 1, tzinfo=UTC)

    assert f"{next_run_at(settings(tmp_path, cron), now):%Y-%m-%d %H:%M}" == expected


def test_two_o_clock_is_two_o_clock_in_the_projects_zone(tmp_path: Path) -> None:
    at = next_run_at(settings(tmp_path, "0 2 * * *", "Europe/Berlin"), datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert at.astimezone(UTC) == datetime(2026, 7, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["", "0 2 * *", "61 2 * * *", "0 2 * * 9", "every day", "0 2 * * mon-xyz"])
def test_what_is_no_cron_is_refused_with_an_example(tmp_path: Path, cron: str) -> None:
    with pytest.raises(ConfigError) as refused:
        next_run_at(settings(tmp_path, cron), datetime(2026, 3, 2, tzinfo=UTC))

    assert "0 2 * * *" in refused.value.remedy


@pytest.mark.parametrize(
    ("cron", "promised"),
    [
        ("0 2 * * *", timedelta(hours=36)),
        ("0 */6 * * *", timedelta(hours=9)),
        ("*/15 * * * *", timedelta(minutes=75)),
        ("30 5 * * 1-5", timedelta(days=4.5)),  # from Friday to Monday, and half of it
        ("0 2 1 * *", timedelta(days=45)),
        ("0 2 29 2 *", timedelta(days=1461 * 1.5)),
    ],
)
def test_data_may_be_as_old_as_the_longest_time_between_runs_and_half_of_it(
    tmp_path: Path, cron: str, promised: timedelta
) -> None:
    assert promised_age(settings(tmp_path, cron), datetime(2026, 3, 2, 12, 1, tzinfo=UTC)) == promised
