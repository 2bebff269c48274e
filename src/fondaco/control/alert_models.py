"""Tables of alerts. As those of ``models``, of which they are a part."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fondaco.control.models import Table

_TENANT = "tenants.tenant_id"


class AlertRule(Table):
    """A rule as somebody made it on a page, or what they made of a shipped one."""

    __tablename__ = "alert_rules"

    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    definition: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(63))
    changed_at: Mapped[datetime]


class AlertChannel(Table):
    """A way to tell of alerts. Its address is sealed; ``leads_to`` says in words that hide secrets where it leads."""

    __tablename__ = "alert_channels"

    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    kind: Mapped[str] = mapped_column(String(15))  # email, slack, teams, webhook
    sealed_settings: Mapped[str]
    leads_to: Mapped[str]
    severity: Mapped[str] = mapped_column(String(15))  # the least that is told there
    is_on: Mapped[bool]
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    fault: Mapped[str | None]  # why the newest message did not go out


class Alert(Table):
    """What a rule found of a subject, from its opening to its recovery. Of one rule and subject one is open at most.

    ``since`` is the first day in a row of which the rule says so, ``day`` the newest. The figures are of ``day``; ``definition`` is
    the rule as it was then.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open", "tenant_id", "rule", "subject", unique=True,
            sqlite_where=text("recovered_at is null"), postgresql_where=text("recovered_at is null"),
        ),
        Index(None, "tenant_id", "opened_at"),
    )  # fmt: skip

    alert_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(63))
    subject: Mapped[str] = mapped_column(String(255))
    subject_name: Mapped[str]
    title: Mapped[str]
    said: Mapped[str]
    severity: Mapped[str] = mapped_column(String(15))
    since: Mapped[date]
    day: Mapped[date]
    value: Mapped[Decimal | None]
    expected: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    definition: Mapped[dict[str, Any]]
    owner: Mapped[str]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(63))
    snoozed_until: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.recovered_at is None


class AlertEvent(Table):
    """What happened to an alert, and who did it. Rows are added, never changed."""

    __tablename__ = "alert_events"

    event_id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.alert_id", ondelete="CASCADE"), index=True)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(63))
    action: Mapped[str] = mapped_column(String(31))
    said: Mapped[str]


class AlertMessage(Table):
    """News of an alert for one channel: that it ``opened`` or ``recovered``.

    ``waiting`` is tried again, ``sending`` is being tried, ``sent`` and ``unsure`` (it may have gone out) are done, ``dropped`` came
    too late to be worth telling.
    """

    __tablename__ = "alert_messages"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel", "news"),
        Index(None, "tenant_id", "state"),
    )

    message_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.alert_id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(63))
    news: Mapped[str] = mapped_column(String(15))
    state: Mapped[str] = mapped_column(String(15))
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    fault: Mapped[str | None]
