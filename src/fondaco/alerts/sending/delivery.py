"""Sends what waits: to each channel once, not in quiet hours, and again where it did not go. Nothing here fails a run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from fondaco.alerts.sending.channels import Target, read_target
from fondaco.alerts.sending.message import Message, news_of, test_message
from fondaco.alerts.sending.posting import post
from fondaco.clock import zone
from fondaco.config import Settings
from fondaco.control import Alert, AlertChannel, AlertMessage, ControlPlane
from fondaco.errors import ConfigError, FondacoError
from fondaco.reports.mail import Postbox, UnsureError

_log = logging.getLogger(__name__)
TOO_LATE = timedelta(days=3)
"""After so long a message is no news any more; the page shows that it never went out."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of a round: messages that went out, that wait for quiet or for the end of a snooze, and faults by channel."""

    sent: int = 0
    held: int = 0
    faults: tuple[tuple[str, FondacoError], ...] = ()


class Delivery:
    """The channels of one project."""

    def __init__(self, control: ControlPlane, settings: Settings, now: datetime) -> None:
        self._control = control
        self._settings = settings
        self._tenant_id = settings.project.tenant
        self._now = now

    def send_waiting(self) -> Delivered:
        """Send everything that waits and may go now. A channel that fails is not asked again in this round."""
        sent, held = 0, 0
        faults: dict[str, FondacoError] = {}
        channels = {channel.name: channel for channel in self._control.alert_channels.all(self._tenant_id)}
        for message, alert in self._control.alert_messages.waiting(self._tenant_id):
            channel = channels.get(message.channel)
            if channel is None or not channel.is_on or self._now - message.made_at > TOO_LATE:
                self._control.alert_messages.settle(message.message_id, "dropped", message.fault)
            elif message.channel in faults or self._is_held(alert):
                held += message.channel not in faults
            elif self._control.alert_messages.claim(message.message_id):
                error = self._send_one(channel, message, alert)
                if error is None:
                    sent += 1
                else:
                    faults[channel.name] = error
        return Delivered(sent, held, tuple(faults.items()))

    def test(self, name: str) -> AlertChannel:
        """Send a test to a channel at once, also in quiet hours.

        Raises
        ------
        FondacoError
            If it did not go; the channel remembers why.
        """
        channel = self._control.alert_channels.get(self._tenant_id, name)
        try:
            self._send(channel, test_message(self._settings.project.name, name, self._now))
        except FondacoError as error:
            self._control.alert_channels.note(self._tenant_id, name, f"{error.what} {error.remedy}")
            raise
        self._control.alert_channels.note(self._tenant_id, name, None)
        return channel

    def put(self, name: str, target: Target, severity: str, actor: str) -> AlertChannel:
        """Add a channel, or put another in its place.

        Raises
        ------
        ConfigError
            If its name is not fit, or an e-mail channel has no mail server.
        """
        if target.kind == "email":
            Postbox(self._settings.mail)
        settings = {"address": target.address, "authorization": target.authorization}
        channel = self._control.alert_channels.put(
            self._tenant_id,
            name,
            kind=target.kind,
            settings=settings,
            leads_to=target.leads_to,
            severity=severity,
        )
        self._note(actor, "alerts.channel.put", name, {"kind": target.kind, "severity": severity})
        return channel

    def switch(self, name: str, actor: str, *, is_on: bool) -> None:
        """Tell nothing on a channel, or tell it again."""
        self._control.alert_channels.switch(self._tenant_id, name, is_on=is_on)
        self._note(actor, "alerts.channel.switch", name, {"is_on": is_on})

    def remove(self, name: str, actor: str) -> None:
        """Forget a channel and its address."""
        self._control.alert_channels.remove(self._tenant_id, name)
        self._note(actor, "alerts.channel.remove", name, {})

    def _note(self, actor: str, action: str, name: str, detail: dict[str, Any]) -> None:
        self._control.audit.add(
            self._tenant_id, actor=actor, action=action, subject=f"alert channel:{name}", detail=detail
        )

    def _send_one(self, channel: AlertChannel, waiting: AlertMessage, alert: Alert) -> FondacoError | None:
        """Send a claimed message; the fault that kept it back, if any."""
        messages, channels = self._control.alert_messages, self._control.alert_channels
        public = (self._settings.server.public_url or "").rstrip("/")
        link = f"{public}/alerts/{alert.alert_id}" if public else ""
        try:
            self._send(channel, news_of(alert, waiting.news, self._settings.project.name, link, self._now))
        except UnsureError as error:
            messages.settle(waiting.message_id, "unsure", f"{error.what} {error.remedy}")
            channels.note(self._tenant_id, channel.name, f"{error.what} {error.remedy}")
            return error
        except FondacoError as error:
            messages.settle(waiting.message_id, "waiting", f"{error.what} {error.remedy}")
            channels.note(self._tenant_id, channel.name, f"{error.what} {error.remedy}")
            _log.warning("an alert was not sent", extra={"channel": channel.name, "what": error.what})
            return error
        except BaseException:
            messages.settle(waiting.message_id, "waiting")
            raise
        messages.settle(waiting.message_id, "sent")
        channels.note(self._tenant_id, channel.name, None)
        return None

    def _send(self, channel: AlertChannel, message: Message) -> None:
        told = self._control.alert_channels.settings(channel)
        target = read_target(channel.kind, told["address"], told.get("authorization", ""))
        if target.kind == "email":
            Postbox(self._settings.mail).send(message.letter(), target.address)
            return
        try:
            post(target, message, allow_private=self._settings.alerts.allow_private_addresses)
        except FondacoError:
            raise
        except Exception as error:  # a library's fault: the run goes on, the page tells of it
            _log.exception("a channel met an unknown error", extra={"channel": channel.name})
            raise ConfigError(
                f"The channel {channel.name} met an error that Fondaco does not know ({type(error).__name__}).",
                "See logs/errors.log, and try `fondaco alerts test` again.",
            ) from error

    def _is_held(self, alert: Alert) -> bool:
        snoozed = alert.snoozed_until is not None and alert.snoozed_until > self._now
        return snoozed or (alert.severity != "critical" and self.is_quiet)

    @property
    def is_quiet(self) -> bool:
        """Whether it is quiet now, in the merchant's zone."""
        chosen = self._settings.alerts
        if chosen.quiet_from is None or chosen.quiet_to is None:
            return False
        first, last = (time.fromisoformat(text) for text in (chosen.quiet_from, chosen.quiet_to))
        now = self._now.astimezone(zone(self._settings.project.timezone)).time()
        return first <= now < last if first <= last else now >= first or now < last
