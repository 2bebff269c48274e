"""Alerts as they are kept: opened, seen again, recovered, and what people did to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.alert_models import Alert, AlertEvent, AlertMessage
from fondaco.control.database import Database
from fondaco.errors import ConfigError

_LONGEST_SUBJECT = 255
_PIECE = 1_000


class NoSuchAlertError(ConfigError):
    """The alert is not there."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found of a subject; see ``Alert``."""

    rule: str
    subject: str
    subject_name: str
    title: str
    said: str
    severity: str
    since: date
    day: date
    value: Decimal | None
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    definition: dict[str, Any]
    owner: str = ""


class Alerts:
    """A tenant's alerts. Whoever changes one is written into its history."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, tenant_id: str, found: Found, actor: str, channels: Sequence[str]) -> Alert | None:
        """Open an alert with a message that waits for each channel; None where one of its rule and subject is open by now.

        A second of the same rule and subject is not opened, it is seen again: see ``see``. Where one before it was snoozed and
        recovered meanwhile, the new one is snoozed until the same moment.
        """
        now = self._clock()
        try:
            with self._database.writing() as session:
                if _open_one(session, tenant_id, found.rule, found.subject) is not None:
                    return None
                alert = Alert(tenant_id=tenant_id, opened_at=now, **_columns(found), seen_at=now)
                session.add(alert)
                session.flush()
                _note(session, alert, actor, "opened", said=found.said, now=now)
                alert.snoozed_until = _snoozed_before(session, alert, now)
                if alert.snoozed_until is not None:
                    said = f"{_until(alert.snoozed_until)} As the one before it, which has recovered."
                    _note(session, alert, actor, "snoozed", said=said, now=now)
                session.add_all(_waiting(alert, channel, "opened", now) for channel in channels)
        except IntegrityError:  # another process was first
            return None
        return alert

    def see(self, tenant_id: str, alert_id: int, found: Found, actor: str) -> Alert:
        """The rule still says so: bring the figures up to date, and note when it has become more severe."""
        now = self._clock()
        with self._database.writing() as session:
            alert = _existing(session, tenant_id, alert_id)
            grown = found.severity != alert.severity
            for name, value in _columns(found).items():
                if name not in ("owner", "rule", "subject"):
                    setattr(alert, name, value)
            alert.seen_at = now
            if grown:
                _note(session, alert, actor, "severity", said=f"It is {found.severity} now.", now=now)
        return alert

    def recover(
        self, tenant_id: str, alert_id: int, actor: str, said: str, channels: Sequence[str]
    ) -> Alert | None:
        """The rule says so no longer. Whoever was told of the opening is told of it, after a snooze at its end; a message that did
        not go out yet is dropped.

        None where it has recovered already.
        """
        now = self._clock()
        with self._database.writing() as session:
            alert = _existing(session, tenant_id, alert_id)
            if alert.recovered_at is not None:
                return None
            alert.recovered_at = now
            _note(session, alert, actor, "recovered", said=said, now=now)
            told = select(AlertMessage).where(AlertMessage.alert_id == alert_id)
            for message in session.scalars(told):
                if message.state == "waiting":
                    message.state = "dropped"
                elif message.news == "opened" and message.state != "dropped" and message.channel in channels:
                    session.add(_waiting(alert, message.channel, "recovered", now))
        return alert

    def acknowledge(self, tenant_id: str, alert_id: int, actor: str) -> Alert:
        """Somebody looks after it. Twice is once."""
        now = self._clock()
        with self._database.writing() as session:
            alert = _still_open(session, tenant_id, alert_id)
            if alert.acknowledged_at is None:
                alert.acknowledged_at, alert.acknowledged_by = now, actor
                _note(session, alert, actor, "acknowledged", said="", now=now)
        return alert

    def snooze(self, tenant_id: str, alert_id: int, until: datetime | None, actor: str) -> Alert:
        """Tell nobody of it until then; None ends it, and what waited is news from now on. It stays open meanwhile, and may recover."""
        now = self._clock()
        if until is not None and until <= now:
            raise ConfigError("The alert would be snoozed until before now.", "Give a moment in the future.")
        with self._database.writing() as session:
            alert = _still_open(session, tenant_id, alert_id)
            alert.snoozed_until = until
            said = "" if until is None else _until(until)
            if until is None:
                waiting = (AlertMessage.alert_id == alert_id, AlertMessage.state == "waiting")
                session.execute(update(AlertMessage).where(*waiting).values(made_at=now))
            _note(session, alert, actor, "woken" if until is None else "snoozed", said=said, now=now)
        return alert

    def give_to(self, tenant_id: str, alert_id: int, owner: str, actor: str) -> Alert:
        """Name who looks after it; an empty text is nobody."""
        now = self._clock()
        with self._database.writing() as session:
            alert = _still_open(session, tenant_id, alert_id)
            if alert.owner != owner:
                alert.owner = owner
                _note(session, alert, actor, "owner", said=owner or "Nobody", now=now)
        return alert

    def get(self, tenant_id: str, alert_id: int) -> Alert:
        """The alert.

        Raises
        ------
        NoSuchAlertError
            If the tenant has none of that number.
        """
        with self._database.reading() as session:
            return _existing(session, tenant_id, alert_id)

    def open_ones(self, tenant_id: str) -> list[Alert]:
        """What is open, the most severe first, then the newest."""
        query = select(Alert).where(Alert.tenant_id == tenant_id, Alert.recovered_at.is_(None))
        with self._database.reading() as session:
            found = list(session.scalars(query.order_by(Alert.opened_at.desc(), Alert.alert_id.desc())))
        order = ("critical", "warning", "info")
        return sorted(
            found, key=lambda each: order.index(each.severity) if each.severity in order else len(order)
        )

    def count_open(self, tenant_id: str) -> int:
        """How many are open and not snoozed."""
        query = (
            select(func.count())
            .select_from(Alert)
            .where(Alert.tenant_id == tenant_id, Alert.recovered_at.is_(None))
            .where(or_(Alert.snoozed_until.is_(None), Alert.snoozed_until <= self._clock()))
        )
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def recent(self, tenant_id: str, limit: int = 100, *, before: int | None = None) -> list[Alert]:
        """All alerts, the newest first; ``before`` a number, those that were opened before it."""
        query = select(Alert).where(Alert.tenant_id == tenant_id)
        if before is not None:
            query = query.where(Alert.alert_id < before)
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(Alert.alert_id.desc()).limit(limit)))

    def every(self, tenant_id: str, piece: int = _PIECE) -> Iterator[Alert]:
        """All alerts there were, the newest first, so many read at a time."""
        before: int | None = None
        while found := self.recent(tenant_id, piece, before=before):
            yield from found
            before = found[-1].alert_id

    def closed(self, tenant_id: str, limit: int, *, offset: int = 0) -> list[Alert]:
        """Alerts that have recovered, the newest first; ``offset`` of them left out."""
        query = select(Alert).where(Alert.tenant_id == tenant_id, Alert.recovered_at.is_not(None))
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(Alert.alert_id.desc()).limit(limit).offset(offset)))

    def count_closed(self, tenant_id: str) -> int:
        """How many alerts have recovered."""
        query = (
            select(func.count())
            .select_from(Alert)
            .where(Alert.tenant_id == tenant_id, Alert.recovered_at.is_not(None))
        )
        with self._database.reading() as session:
            return int(session.scalar(query) or 0)

    def events(self, alert_id: int) -> list[AlertEvent]:
        """What happened to an alert, the newest first."""
        query = select(AlertEvent).where(AlertEvent.alert_id == alert_id)
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(AlertEvent.event_id.desc())))


def _columns(found: Found) -> dict[str, Any]:
    columns = {name: getattr(found, name) for name in Found.__slots__}
    return {**columns, "subject": found.subject[:_LONGEST_SUBJECT]}


def _open_one(session: Session, tenant_id: str, rule: str, subject: str) -> Alert | None:
    query = select(Alert).where(
        Alert.tenant_id == tenant_id,
        Alert.rule == rule,
        Alert.subject == subject[:_LONGEST_SUBJECT],
        Alert.recovered_at.is_(None),
    )
    return session.scalar(query)


def _snoozed_before(session: Session, alert: Alert, now: datetime) -> datetime | None:
    """Until when the one of its rule and subject before it is snoozed; None where it is not."""
    query = (
        select(Alert.snoozed_until)
        .where(Alert.tenant_id == alert.tenant_id, Alert.rule == alert.rule, Alert.subject == alert.subject)
        .where(Alert.alert_id != alert.alert_id)
        .order_by(Alert.alert_id.desc())
        .limit(1)
    )
    until = session.scalar(query)
    return until if until is not None and until > now else None


def _until(moment: datetime) -> str:
    return f"Until {moment:%Y-%m-%d %H:%M} UTC."


def _existing(session: Session, tenant_id: str, alert_id: int) -> Alert:
    alert = session.get(Alert, alert_id)
    if alert is None or alert.tenant_id != tenant_id:
        raise NoSuchAlertError(f"There is no alert {alert_id}.", "See all with `fondaco alerts list --all`.")
    return alert


def _still_open(session: Session, tenant_id: str, alert_id: int) -> Alert:
    alert = _existing(session, tenant_id, alert_id)
    if alert.recovered_at is not None:
        raise ConfigError(
            f"Alert {alert_id} has recovered at {alert.recovered_at:%Y-%m-%d %H:%M} UTC.",
            "See what is open with `fondaco alerts list`.",
        )
    return alert


def _note(session: Session, alert: Alert, actor: str, action: str, *, said: str, now: datetime) -> None:
    session.add(AlertEvent(alert_id=alert.alert_id, happened_at=now, actor=actor, action=action, said=said))


def _waiting(alert: Alert, channel: str, news: str, now: datetime) -> AlertMessage:
    return AlertMessage(
        tenant_id=alert.tenant_id, alert_id=alert.alert_id, channel=channel, news=news, state="waiting", attempts=0,
        made_at=now,
    )  # fmt: skip
