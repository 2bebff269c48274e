"""Where vendors tell of changes: the secrets that Fondaco has made for it, sealed, and what is known of subscriptions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from fondaco.clock import Clock
from fondaco.control.connections import SecretBox
from fondaco.control.database import Database
from fondaco.control.models import WebhookEndpoint

_SECRET_BYTES = 32


class WebhookEndpoints:
    """One a connection, from when somebody first asked for it."""

    def __init__(self, database: Database, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self._box = box
        self._clock = clock

    def all(self, tenant_id: str) -> list[WebhookEndpoint]:
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(WebhookEndpoint)
                    .where(WebhookEndpoint.tenant_id == tenant_id)
                    .order_by(WebhookEndpoint.connection_id)
                )
            )

    def get(self, tenant_id: str, connection_id: str) -> WebhookEndpoint | None:
        with self._database.reading() as session:
            return session.get(WebhookEndpoint, (tenant_id, connection_id))

    def secret(self, tenant_id: str, connection_id: str) -> str | None:
        """The secret in the clear; None where none was made yet."""
        found = self.get(tenant_id, connection_id)
        return self._box.unseal(found.sealed_secret, _subject(tenant_id, connection_id)) if found else None

    def open(self, tenant_id: str, connection_id: str) -> str:
        """The secret of a connection, made now where there is none."""
        known = self.secret(tenant_id, connection_id)
        return known if known is not None else self.renew(tenant_id, connection_id)

    def renew(self, tenant_id: str, connection_id: str) -> str:
        """Make another secret; deliveries that are signed with the former are refused from then on."""
        made = secrets.token_urlsafe(_SECRET_BYTES)
        sealed = self._box.seal(made, _subject(tenant_id, connection_id))
        with self._database.writing() as session:
            found = session.get(WebhookEndpoint, (tenant_id, connection_id))
            if found is None:
                session.add(
                    WebhookEndpoint(
                        tenant_id=tenant_id,
                        connection_id=connection_id,
                        sealed_secret=sealed,
                        created_at=self._clock(),
                        topics=[],
                    )
                )
            else:
                found.sealed_secret = sealed
        return made

    def remove(self, tenant_id: str, connection_id: str) -> None:
        """Forget the secret, and with it all deliveries to come."""
        with self._database.writing() as session:
            found = session.get(WebhookEndpoint, (tenant_id, connection_id))
            if found is not None:
                session.delete(found)

    def note_listing(
        self,
        tenant_id: str,
        connection_id: str,
        *,
        topics: Sequence[str] | None = None,
        fault: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Keep what the vendor was found to be subscribed to; without ``topics``, only why it could not be asked."""
        with self._database.writing() as session:
            found = session.get(WebhookEndpoint, (tenant_id, connection_id))
            if found is None:
                return
            found.fault = fault
            if topics is not None:
                found.topics = sorted(topics)
                found.listed_at = at or self._clock()


def _subject(tenant_id: str, connection_id: str) -> str:
    return f"webhook:{tenant_id}:{connection_id}"
