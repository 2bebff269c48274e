"""Rules that were made on a page, channels with their sealed settings, and the messages that wait for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from fondaco.clock import Clock
from fondaco.control.alert_models import Alert, AlertChannel, AlertMessage, AlertRule
from fondaco.control.connections import SecretBox
from fondaco.control.database import Database
from fondaco.errors import ConfigError

CHANNEL_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")
_LOST_AFTER = timedelta(minutes=10)
"""A message that has been on its way for so long was taken by a process that ended."""


class AlertRules:
    """Rules in the control plane, by name. What they mean is not known here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self, tenant_id: str) -> list[AlertRule]:
        query = select(AlertRule).where(AlertRule.tenant_id == tenant_id).order_by(AlertRule.name)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def put(self, tenant_id: str, name: str, definition: Mapping[str, Any], actor: str) -> None:
        """Keep a rule, in the place of one of that name."""
        with self._database.writing() as session:
            session.merge(
                AlertRule(
                    tenant_id=tenant_id, name=name, definition=dict(definition), changed_by=actor, changed_at=self._clock()
                )
            )  # fmt: skip

    def remove(self, tenant_id: str, name: str) -> bool:
        """Whether there was one."""
        with self._database.writing() as session:
            gone = delete(AlertRule).where(AlertRule.tenant_id == tenant_id, AlertRule.name == name)
            return session.scalar(gone.returning(AlertRule.name)) is not None


class AlertChannels:
    """Where alerts are told. The settings, which are addresses with secrets in them, are sealed."""

    def __init__(self, database: Database, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self._box = box
        self._clock = clock

    def put(
        self,
        tenant_id: str,
        name: str,
        *,
        kind: str,
        settings: Mapping[str, Any],
        leads_to: str,
        severity: str,
    ) -> AlertChannel:
        """Add a channel, or put another in its place.

        Raises
        ------
        ConfigError
            If the name is not fit.
        """
        if not CHANNEL_NAME.match(name):
            raise ConfigError(
                f"{name[:63]!r} cannot name a channel.",
                "Use up to 63 small letters, digits, - and _, e.g. `team`.",
            )
        sealed = self._box.seal(json.dumps(dict(settings)), _subject(tenant_id, name))
        with self._database.writing() as session:
            channel = session.get(AlertChannel, (tenant_id, name)) or AlertChannel(
                tenant_id=tenant_id, name=name, created_at=self._clock()
            )
            channel.kind, channel.sealed_settings, channel.leads_to = kind, sealed, leads_to
            channel.severity, channel.is_on, channel.fault = severity, True, None
            session.add(channel)
        return channel

    def all(self, tenant_id: str) -> list[AlertChannel]:
        query = select(AlertChannel).where(AlertChannel.tenant_id == tenant_id).order_by(AlertChannel.name)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def get(self, tenant_id: str, name: str) -> AlertChannel:
        """The channel.

        Raises
        ------
        ConfigError
            If the tenant has none of that name.
        """
        with self._database.reading() as session:
            found = session.get(AlertChannel, (tenant_id, name))
        if found is None:
            raise ConfigError(
                f"There is no channel {name[:63]!r}.",
                "See all with `fondaco alerts channels`, or add it with `fondaco alerts channel-add`.",
            )
        return found

    def settings(self, channel: AlertChannel) -> dict[str, Any]:
        """The settings in the clear."""
        opened = self._box.unseal(channel.sealed_settings, _subject(channel.tenant_id, channel.name))
        settings: dict[str, Any] = json.loads(opened)
        return settings

    def switch(self, tenant_id: str, name: str, *, is_on: bool) -> None:
        self.get(tenant_id, name)
        with self._database.writing() as session:
            session.get_one(AlertChannel, (tenant_id, name)).is_on = is_on

    def note(self, tenant_id: str, name: str, fault: str | None) -> None:
        """Keep how the newest message fared; a fault is told on the page until one goes out."""
        with self._database.writing() as session:
            channel = session.get(AlertChannel, (tenant_id, name))
            if channel is not None:
                now = self._clock()
                channel.tried_at, channel.fault = now, fault
                channel.sent_at = channel.sent_at if fault else now

    def remove(self, tenant_id: str, name: str) -> None:
        """Forget the channel, and drop what waits for it."""
        self.get(tenant_id, name)
        with self._database.writing() as session:
            session.delete(session.get_one(AlertChannel, (tenant_id, name)))
            waiting = (AlertMessage.tenant_id == tenant_id, AlertMessage.channel == name)
            session.execute(
                update(AlertMessage).where(*waiting, AlertMessage.state == "waiting").values(state="dropped")
            )


class AlertMessages:
    """News that is to be told, each to a channel, and what came of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def waiting(self, tenant_id: str) -> list[tuple[AlertMessage, Alert]]:
        """What is to be told, the oldest first. What another process took and lost is waiting again."""
        lost = self._clock() - _LOST_AFTER
        mine = AlertMessage.tenant_id == tenant_id
        with self._database.reading() as session:
            is_lost = (mine, AlertMessage.state == "sending", AlertMessage.tried_at < lost)
            found_lost = session.scalar(select(AlertMessage.message_id).where(*is_lost).limit(1))
        if found_lost is not None:
            with self._database.writing() as session:
                session.execute(update(AlertMessage).where(*is_lost).values(state="waiting"))
        query = (
            select(AlertMessage, Alert)
            .join(Alert, Alert.alert_id == AlertMessage.alert_id)
            .where(mine, AlertMessage.state == "waiting")
            .order_by(AlertMessage.message_id)
        )
        with self._database.reading() as session:
            return [(message, alert) for message, alert in session.execute(query)]

    def claim(self, message_id: int) -> bool:
        """Take a message to send it; of two who try at once, one gets it."""
        with self._database.writing() as session:
            taken = (
                update(AlertMessage)
                .where(AlertMessage.message_id == message_id, AlertMessage.state == "waiting")
                .values(state="sending", tried_at=self._clock(), attempts=AlertMessage.attempts + 1)
                .returning(AlertMessage.message_id)
            )
            return session.scalar(taken) is not None

    def settle(self, message_id: int, state: str, fault: str | None = None) -> None:
        """What came of a message that was claimed: sent, unsure, dropped, or waiting again."""
        with self._database.writing() as session:
            message = session.get_one(AlertMessage, message_id)
            message.state, message.fault = state, fault

    def of(self, alert_id: int) -> list[AlertMessage]:
        """What was told, or is to be told, of an alert."""
        query = select(AlertMessage).where(AlertMessage.alert_id == alert_id)
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(AlertMessage.message_id)))


def _subject(tenant_id: str, name: str) -> str:
    return f"alert channel:{tenant_id}:{name}"
