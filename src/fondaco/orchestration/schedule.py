"""When the pipeline runs by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from fondaco.clock import zone
from fondaco.config import Settings, load_settings
from fondaco.errors import ConfigError, FondacoError
from fondaco.orchestration.mailing_digest import digest_trigger, mail_digest
from fondaco.orchestration.schedule_mark import ScheduleMark
from fondaco.orchestration.stopping import Stop

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project
    from fondaco.reports.weekly import Sent

_log = logging.getLogger(__name__)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LATE_BUT_STILL_RUN_SECONDS = 6 * 3600
_LATE_BUT_STILL_MAILED_SECONDS = 3000
_TOLD_EVERY_MINUTES = 10
_FOLLOWED_EVERY_SECONDS = 10
_RUNS_LOOKED_AT, _DAYS_LOOKED_AT = 64, timedelta(days=10)
_MAIL_FROM, _MAIL_ANYWAY = 7, 12
"""Hours of Monday: from when on the weekly summary is sent, and from when on also without a run since Sunday."""


def cron_trigger(settings: Settings) -> Any:
    """The APScheduler trigger of ``[schedule] cron``, in the project's zone.

    Raises
    ------
    ConfigError
        If it is not five fields of cron.
    """
    from apscheduler.triggers.combining import OrTrigger
    from apscheduler.triggers.cron import CronTrigger

    fields = settings.schedule.cron.split()
    try:
        if len(fields) != 5:
            raise ValueError
        minute, hour, day, month, weekday = fields
        on = partial(
            CronTrigger, minute=minute, hour=hour, month=month, timezone=zone(settings.project.timezone)
        )
        if day.startswith("*") or weekday.startswith("*"):
            return on(day=day, day_of_week=_weekdays(weekday))
        # Where both are restricted, cron takes the days of either.
        return OrTrigger([on(day=day), on(day_of_week=_weekdays(weekday))])
    except (ValueError, IndexError) as error:
        raise ConfigError(
            f'[schedule] cron = "{settings.schedule.cron}" is not five fields of cron.',
            'Write minute hour day month weekday, e.g. "0 2 * * *" for 02:00 every day.',
        ) from error


def next_run_at(settings: Settings, now: datetime) -> datetime:
    """When ``fondaco up`` would start the next run, in the project's zone."""
    moment: datetime = cron_trigger(settings).get_next_fire_time(
        None, now.astimezone(zone(settings.project.timezone))
    )
    return moment


def promised_age(settings: Settings, now: datetime) -> timedelta:
    """How old data may be that every run reads: the longest time between two runs of the next ten days, and half of it, an hour at
    least, for a run that takes long or is missed. A day and a half where it runs every night.
    """
    trigger, moment = cron_trigger(settings), now.astimezone(zone(settings.project.timezone))
    before: datetime = trigger.get_next_fire_time(None, moment)
    longest = timedelta(0)
    for _ in range(_RUNS_LOOKED_AT):
        after: datetime | None = trigger.get_next_fire_time(before, before + timedelta(seconds=1))
        if after is None:
            break
        longest, before = max(longest, after - before), after
        if after - moment > _DAYS_LOOKED_AT:
            break
    return longest + max(longest / 2, timedelta(hours=1))


def mail_trigger(settings: Settings) -> Any:
    """Mondays, every hour of the day from ``_MAIL_FROM`` on: whoever has had the week's summary gets no other."""
    from apscheduler.triggers.cron import CronTrigger

    hours = f"{_MAIL_FROM}-23"
    return CronTrigger(day_of_week="mon", hour=hours, minute=0, timezone=zone(settings.project.timezone))


def mail_weekly(project: Project) -> Sent | None:
    """Send the last full week's summary to everyone who wants it and has not had it; a fault is kept and logged, never raised.

    Until noon it waits for a run that was started after the week was over; None while it waits.
    """
    from fondaco.orchestration.address import base_url
    from fondaco.reports.content import Books
    from fondaco.reports.mail import Postbox
    from fondaco.reports.spans import last_full_week
    from fondaco.reports.weekly import Sent, is_whole, remember, send_weekly

    time_zone = project.settings.project.timezone
    now = project.clock().astimezone(zone(time_zone))
    books = Books(project.control, project.metrics, project.reader, project.tenant, project.clock())
    if now.hour < _MAIL_ANYWAY and not is_whole(books, now.date(), time_zone):
        return None
    try:
        post = Postbox(project.settings.mail)
        return send_weekly(books, now.date(), base_url(project.settings), post.send)
    except FondacoError as error:
        _log.error("the weekly summary was not sent", extra={"error": f"{error.what} {error.remedy}"})
        sent = Sent(last_full_week(now.date()).name, 0, (error,))
        remember(books, sent)
        return sent


class Schedule:
    """A running scheduler."""

    def __init__(self, project: Project) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        self._project = project
        self._stop = Stop()
        self._mark = ScheduleMark(project.settings.data)
        self._followed = _followed(project.settings)
        self._scheduler = BackgroundScheduler(timezone=zone(project.settings.project.timezone))
        self._scheduler.add_job(
            self._run,
            cron_trigger(project.settings),
            id="pipeline",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=_LATE_BUT_STILL_RUN_SECONDS,
        )

        if project.settings.mail.host is not None:
            self._scheduler.add_job(
                self._mail,
                mail_trigger(project.settings),
                id="weekly",
                coalesce=True,
                max_instances=1,
                misfire_grace_time=_LATE_BUT_STILL_MAILED_SECONDS,
            )

            self._scheduler.add_job(
                self._digest,
                digest_trigger(project.settings),
                id="digest",
                coalesce=True,
                max_instances=1,
                misfire_grace_time=_LATE_BUT_STILL_MAILED_SECONDS,
            )

        self._scheduler.add_job(
            self._follow,
            "interval",
            seconds=_FOLLOWED_EVERY_SECONDS,
            id="settings",
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.add_job(
            self._tell,
            "interval",
            minutes=_TOLD_EVERY_MINUTES,
            id="alerts",
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        self._mark.set()
        self._scheduler.start()

    def end(self) -> None:
        """Ask a running pipeline to stop at its next safe place, and wait for it."""
        self._stop.set()
        self._scheduler.shutdown(wait=True)
        self._mark.clear()

    def next_run_at(self) -> datetime:
        return next_run_at(self._project.settings, self._project.clock())

    def _follow(self) -> None:
        """Take up what has been changed in ``fondaco.toml``, by a page or by hand; what is wrong there changes nothing."""
        try:
            self._project.take(load_settings(self._project.settings.folder))
            trigger = cron_trigger(self._project.settings)
        except FondacoError as error:
            _log.warning("changed settings are not taken up", extra={"error": f"{error.what} {error.remedy}"})
            return
        if (followed := _followed(self._project.settings)) != self._followed:
            self._scheduler.reschedule_job("pipeline", trigger=trigger)
            if self._scheduler.get_job("weekly") is not None:
                self._scheduler.reschedule_job("weekly", trigger=mail_trigger(self._project.settings))
                self._scheduler.reschedule_job("digest", trigger=digest_trigger(self._project.settings))
            self._followed = followed

    def _mail(self) -> None:
        mail_weekly(self._project)

    def _digest(self) -> None:
        mail_digest(self._project)

    def _tell(self) -> None:
        """What waited for the end of the quiet hours, or did not go out before."""
        from fondaco.orchestration.alerting import tell

        tell(self._project)

    def _run(self) -> None:
        from fondaco.orchestration.pipeline import run_pipeline

        try:
            run_pipeline(self._project, kind="schedule", stop=self._stop)
        except FondacoError as error:
            _log.error("the scheduled run did not start", extra={"error": error.what})


def _followed(settings: Settings) -> tuple[str, str, int]:
    """What the triggers were made of."""
    return settings.schedule.cron, settings.project.timezone, settings.mail.digest_hour


@contextmanager
def scheduled(project: Project) -> Iterator[Schedule]:
    """The schedule runs while the block does."""
    schedule = Schedule(project)
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.end()


def _weekdays(field: str) -> str:
    """Cron counts Sunday as 0 and 7; APScheduler counts Monday as 0. Names are the same in both."""
    parts: list[str] = []
    for part in field.split(","):
        body, slash, step = part.partition("/")
        if body == "*" and slash:
            body = "0-6"
        first, dash, last = body.partition("-")
        if dash and first.isdigit() and last.isdigit():
            parts += [_WEEKDAYS[n] for n in range(int(first), int(last) + 1, int(step) if slash else 1)]
        else:
            parts.append(_WEEKDAYS[int(body)] if body.isdigit() else part)
    return ",".join(dict.fromkeys(parts))
