"""What people do to alerts: whoever does it, on a page, by the API or by a command, it is in the alert's history and the audit log."""

from __future__ import annotations

from datetime import datetime

from fondaco.control import Alert, ControlPlane


class Handling:
    """The alerts of one tenant, in the hands of one actor (``cli``, ``user:7``, ``token:3``). Who may do it the caller sees to."""

    def __init__(self, control: ControlPlane, tenant_id: str, actor: str) -> None:
        self._control = control
        self._tenant_id = tenant_id
        self._actor = actor

    def acknowledge(self, alert_id: int) -> Alert:
        """Somebody looks after it.

        Raises
        ------
        ConfigError
            If there is no such alert, or it has recovered.
        """
        return self._noted(
            "acknowledge", self._control.alerts.acknowledge(self._tenant_id, alert_id, self._actor)
        )

    def snooze(self, alert_id: int, until: datetime | None) -> Alert:
        """Tell nobody of it until then; None ends it.

        Raises
        ------
        ConfigError
            As ``acknowledge``, and if the moment has passed.
        """
        done = self._control.alerts.snooze(self._tenant_id, alert_id, until, self._actor)
        return self._noted("wake" if until is None else "snooze", done)

    def give_to(self, alert_id: int, owner: str) -> Alert:
        """Name who looks after it; an empty text is nobody.

        Raises
        ------
        ConfigError
            As ``acknowledge``.
        """
        return self._noted(
            "owner", self._control.alerts.give_to(self._tenant_id, alert_id, owner, self._actor)
        )

    def _noted(self, action: str, alert: Alert) -> Alert:
        self._control.audit.add(
            self._tenant_id, actor=self._actor, action=f"alerts.{action}", subject=f"alert:{alert.alert_id}",
            detail={"rule": alert.rule},
        )  # fmt: skip
        return alert
