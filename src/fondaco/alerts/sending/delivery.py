"""Sends what waits: to each channel once, not in quiet hours, and again where it did not go. Nothing here fails a run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from fondaco.alerts.sending.channels import Target, read_target
from fondaco.alerts.sending.message import Message, news_of, news_of_several, test_message
from fondaco.alerts.sending.posting import post
from fondaco.clock import zone
from fondaco.config import Settings
from fondaco.control import Alert, AlertChannel, AlertMessage, ControlPlane
from fondaco.errors import ConfigError, FondacoError
from fondaco.reports.mail import Postbox, UnsureError

_log = logging.getLogger(__name__)
TOO_LATE = timedelta(days=3)
"""So long after it could first go a message is no news any more; the page shows that it never went out."""


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
        """Send everything that waits and may go now. What one rule found at once goes to a channel as one message.
        A channel that fails is not asked again in this round."""
        held, sent = 0, 0
        faults: dict[str, FondacoError] = {}
        channels = {channel.name: channel for channel in self._control.alert_channels.all(self._tenant_id)}
        due: dict[tuple[str, str, str], list[tuple[AlertMessage, Alert]]] = {}
        for message, alert in self._control.alert_messages.waiting(self._tenant_id):
            channel = channels.get(message.channel)
            if channel is None or not channel.is_on or self._is_too_late(message, alert):
                self._control.alert_messages.settle(message.message_id, "dropped", message.fault)
            elif self._is_held(alert):
                held += 1
            else:
                due.setdefault((message.channel, alert.rule, message.news), []).append((message, alert))
        for (name, _, news), waiting in due.items():
            if name in faults:
                continue
            claimed = [one for one in waiting if self._control.alert_messages.claim(one[0].message_id)]
            if not claimed:
                continue
            error = self._send_claimed(channels[name], news, claimed)
            if error is None:
                sent += 1
            else:
                faults[name] = error
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

    def _send_claimed(
        self, channel: AlertChannel, news: str, claimed: Sequence[tuple[AlertMessage, Alert]]
    ) -> FondacoError | None:
        """Send claimed news of one rule as one message; the fault that kept it back, if any."""
        try:
            self._send(channel, self._message(news, [alert for _, alert in claimed]))
        except UnsureError as error:
            self._settle(channel, claimed, "unsure", f"{error.what} {error.remedy}")
            return error
        except FondacoError as error:
            self._settle(channel, claimed, "waiting", f"{error.what} {error.remedy}")
            _log.warning("an alert was not sent", extra={"channel": channel.name, "what": error.what})
            return error
        except BaseException:
            for message, _ in claimed:
                self._control.alert_messages.settle(message.message_id, "waiting")
            raise
        self._settle(channel, claimed, "sent", None)
        return None

    def _message(self, news: str, alerts: Sequence[Alert]) -> Message:
        public = (self._settings.server.public_url or "").rstrip("/")
        link, merchant = f"{public}/alerts" if public else "", self._settings.project.name
        if len(alerts) > 1:
            return news_of_several(alerts, news, merchant, link, self._now)
        link = f"{link}/{alerts[0].alert_id}" if link else ""
        return news_of(alerts[0], news, merchant, link, self._now)

    def _settle(
        self,
        channel: AlertChannel,
        claimed: Sequence[tuple[AlertMessage, Alert]],
        state: str,
        fault: str | None,
    ) -> None:
        for message, _ in claimed:
            self._control.alert_messages.settle(message.message_id, state, fault)
        self._control.alert_channels.note(self._tenant_id, channel.name, fault)

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

    def _is_too_late(self, message: AlertMessage, alert: Alert) -> bool:
        """What waited for the end of a snooze is as new as that."""
        free_at = max(message.made_at, alert.snoozed_until or message.made_at)
        return self._now - free_at > TOO_LATE

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
