"""The control plane as one object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from fondaco.clock import Clock, utc_now
from fondaco.control.alert_channels import AlertChannels, AlertMessages, AlertRules
from fondaco.control.alerts import Alerts
from fondaco.control.connections import Connections, SecretBox, States
from fondaco.control.costs import Costs
from fondaco.control.database import Database
from fondaco.control.models import AuditEntry, SavedSetting, Tenant
from fondaco.control.person_decisions import PersonDecisions
from fondaco.control.reconciliation import Reconciliation
from fondaco.control.runs import Runs
from fondaco.control.saved_views import SavedViews
from fondaco.control.segments import Segments
from fondaco.control.stock_decisions import StockDecisions
from fondaco.control.stock_orders import StockOrders
from fondaco.control.stream_history import StreamHistory
from fondaco.control.users import Sessions, Tokens, Users
from fondaco.control.webhooks import WebhookEndpoints

__all__ = ["ControlPlane", "SecretBox"]


class ControlPlane:
    """All that Fondaco knows about itself; one small repository a subject.

    Safe for threads; each call is one transaction.
    """

    def __init__(self, database: Database, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self.tenants = Tenants(database, clock)
        self.users = Users(database, clock)
        self.sessions = Sessions(database, clock)
        self.tokens = Tokens(database, clock)
        self.connections = Connections(database, box, clock)
        self.states = States(database, clock)
        self.webhooks = WebhookEndpoints(database, box, clock)
        self.runs = Runs(database, clock)
        self.stream_history = StreamHistory(database)
        self.reconciliation = Reconciliation(database)
        self.audit = Audit(database, clock)
        self.segments = Segments(database, clock)
        self.person_decisions = PersonDecisions(database, clock)
        self.costs = Costs(database, clock)
        self.alerts = Alerts(database, clock)
        self.alert_rules = AlertRules(database, clock)
        self.alert_channels = AlertChannels(database, box, clock)
        self.alert_messages = AlertMessages(database, clock)
        self.stock_decisions = StockDecisions(database, clock)
        self.stock_orders = StockOrders(database, clock)
        self.saved = Saved(database)
        self.views = SavedViews(database, clock)

    @classmethod
    def open(cls, url: str, box: SecretBox, *, clock: Clock = utc_now) -> Self:
        """Open the database at the SQLAlchemy ``url``, making or migrating its tables.

        Raises
        ------
        ConfigError
            If the address is wrong or the database cannot be reached.
        """
        database = Database(url)
        database.migrate()
        return cls(database, box, clock)

    def close(self) -> None:
        self._database.close()


class Tenants:
    """Merchants."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, tenant_id: str, *, name: str, currency: str, time_zone: str) -> Tenant:
        """Add the tenant, or bring its name, currency and zone up to date."""
        with self._database.reading() as session:
            found = session.get(Tenant, tenant_id)
        if found is not None and (found.name, found.currency, found.time_zone) == (name, currency, time_zone):
            return found
        with self._database.writing() as session:
            tenant = session.get(Tenant, tenant_id) or Tenant(tenant_id=tenant_id, created_at=self._clock())
            tenant.name, tenant.currency, tenant.time_zone = name, currency, time_zone
            session.add(tenant)
        return tenant

    def get(self, tenant_id: str) -> Tenant | None:
        with self._database.reading() as session:
            return session.get(Tenant, tenant_id)


class Audit:
    """Who did what. Entries are added, never changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        tenant_id: str,
        *,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep that ``actor`` (``user:7``, ``token:3``, ``cli``, ``schedule``) did ``action`` to ``subject``."""
        with self._database.writing() as session:
            session.add(
                AuditEntry(
                    tenant_id=tenant_id,
                    happened_at=self._clock(),
                    actor=actor,
                    action=action,
                    subject=subject,
                    detail=dict(detail or {}),
                )
            )

    def recent(self, tenant_id: str, limit: int = 100, *, since: datetime | None = None) -> list[AuditEntry]:
        """The newest entries, newest first."""
        query = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id)
        if since is not None:
            query = query.where(AuditEntry.happened_at >= since)
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(AuditEntry.entry_id.desc()).limit(limit)))


class Saved:
    """Small values remembered for a tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, tenant_id: str, key: str) -> dict[str, Any] | None:
        with self._database.reading() as session:
            found = session.get(SavedSetting, (tenant_id, key))
        return found.value if found else None

    def put(self, tenant_id: str, key: str, value: Mapping[str, Any]) -> None:
        with self._database.writing() as session:
            session.merge(SavedSetting(tenant_id=tenant_id, key=key, value=dict(value)))

    def swap(
        self, tenant_id: str, key: str, expected: Mapping[str, Any] | None, value: Mapping[str, Any]
    ) -> bool:
        """Put ``value`` where ``expected`` stands, and nowhere else; whether it did. Of two who try at once, one does.

        ``expected`` may be None where nothing is remembered yet.
        """
        try:
            with self._database.writing() as session:
                found = session.get(SavedSetting, (tenant_id, key), with_for_update=True)
                if (found.value if found else None) != (None if expected is None else dict(expected)):
                    return False
                if found is None:
                    session.add(SavedSetting(tenant_id=tenant_id, key=key, value=dict(value)))
                else:
                    found.value = dict(value)
        except IntegrityError:  # another one was first to put something there
            return False
        return True

    def forget(self, tenant_id: str, key: str) -> None:
        with self._database.writing() as session:
            session.execute(
                delete(SavedSetting).where(SavedSetting.tenant_id == tenant_id, SavedSetting.key == key)
            )
