"""Connections and how far their streams have been read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import Connection, SavedSetting, StreamState
from fondaco.errors import ConfigError

CONNECTION_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")


class SecretBox(Protocol):
    """Seals texts so that only the holder of the key opens them, and only for the same ``subject``."""

    def seal(self, text: str, subject: str) -> str: ...

    def unseal(self, sealed: str, subject: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """What ``Connections.add`` takes: a connection and its settings in the clear."""

    connection_id: str
    source: str
    name: str
    currency: str
    time_zone: str
    settings: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Connections:
    """The shops, accounts and folders of a tenant. Their settings are sealed."""

    def __init__(self, database: Database, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self._box = box
        self._clock = clock

    def add(self, tenant_id: str, record: ConnectionRecord) -> Connection:
        """Add a connection that was just checked, or replace one of the same id and source, keeping its states.

        Raises
        ------
        ConfigError
            If the id is not fit, or names a connection of another source.
        """
        if not CONNECTION_ID.match(record.connection_id):
            raise ConfigError(
                f"{record.connection_id!r} cannot name a connection.",
                "Use up to 63 small letters, digits, - and _, e.g. `--name berlin-shop`.",
            )
        sealed = self._box.seal(json.dumps(dict(record.settings)), _subject(tenant_id, record.connection_id))
        with self._database.writing() as session:
            found = session.get(Connection, (tenant_id, record.connection_id))
            if found is not None and found.source != record.source:
                raise ConfigError(
                    f"{record.connection_id!r} is a connection to {found.source} already.",
                    f"Choose another --name, or remove it with `fondaco connections remove {record.connection_id}`.",
                )
            connection = found or Connection(
                tenant_id=tenant_id,
                connection_id=record.connection_id,
                source=record.source,
                created_at=self._clock(),
            )
            connection.name = record.name
            connection.currency = record.currency
            connection.time_zone = record.time_zone
            connection.sealed_settings = sealed
            _note_check(connection, record.missing, record.warnings, self._clock())
            session.add(connection)
        return connection

    def all(self, tenant_id: str) -> list[Connection]:
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(Connection)
                    .where(Connection.tenant_id == tenant_id)
                    .order_by(Connection.connection_id)
                )
            )

    def get(self, tenant_id: str, connection_id: str) -> Connection:
        """The connection.

        Raises
        ------
        ConfigError
            If the tenant has none of that id.
        """
        with self._database.reading() as session:
            return _existing(session, tenant_id, connection_id)

    def settings(self, tenant_id: str, connection_id: str) -> dict[str, Any]:
        """The settings in the clear, for ``Source.settings_type``."""
        connection = self.get(tenant_id, connection_id)
        opened = self._box.unseal(connection.sealed_settings, _subject(tenant_id, connection_id))
        settings: dict[str, Any] = json.loads(opened)
        return settings

    def note_check(
        self,
        tenant_id: str,
        connection_id: str,
        *,
        missing: tuple[str, ...] = (),
        warnings: tuple[str, ...] = (),
        refused: str | None = None,
    ) -> None:
        """Keep what the last check found; ``refused`` when the vendor did not let us in at all."""
        with self._database.writing() as session:
            connection = _existing(session, tenant_id, connection_id)
            _note_check(connection, missing, warnings, self._clock())
            if refused is not None:
                connection.status = "refused"
                connection.missing = [refused]

    def remove(self, tenant_id: str, connection_id: str) -> None:
        """Forget the connection, its states, its reconciliation and what is remembered of it; rows in the warehouse stay."""
        with self._database.writing() as session:
            session.delete(_existing(session, tenant_id, connection_id))
            of_connection = SavedSetting.key.endswith(f":{connection_id}", autoescape=True)
            session.execute(delete(SavedSetting).where(SavedSetting.tenant_id == tenant_id, of_connection))


class States:
    """How far each stream of each connection has been read."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, tenant_id: str, connection_id: str, stream: str) -> StreamState:
        """The state; a new one, saved by ``save`` only, when nothing was read yet."""
        with self._database.reading() as session:
            return session.get(StreamState, (tenant_id, connection_id, stream)) or StreamState(
                tenant_id=tenant_id,
                connection_id=connection_id,
                stream=stream,
                history_complete=False,
                slices_done=0,
            )

    def all(self, tenant_id: str, connection_id: str) -> list[StreamState]:
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(StreamState)
                    .where(StreamState.tenant_id == tenant_id, StreamState.connection_id == connection_id)
                    .order_by(StreamState.stream)
                )
            )

    def save(
        self,
        tenant_id: str,
        connection_id: str,
        stream: str,
        *,
        cursor: datetime | None = None,
        covered_since: datetime | None = None,
        history_complete: bool | None = None,
        slices_done: int | None = None,
        looked_back_on: date | None = None,
        ids_compared_on: date | None = None,
    ) -> StreamState:
        """Write what is given; None leaves a value as it is."""
        with self._database.writing() as session:
            state = session.get(StreamState, (tenant_id, connection_id, stream))
            if state is None:
                state = StreamState(
                    tenant_id=tenant_id,
                    connection_id=connection_id,
                    stream=stream,
                    history_complete=False,
                    slices_done=0,
                )
                session.add(state)
            given = {
                "cursor": cursor,
                "covered_since": covered_since,
                "history_complete": history_complete,
                "slices_done": slices_done,
                "looked_back_on": looked_back_on,
                "ids_compared_on": ids_compared_on,
            }
            for name, value in given.items():
                if value is not None:
                    setattr(state, name, value)
            state.updated_at = self._clock()
        return state

    def forget(self, tenant_id: str, connection_id: str, stream: str | None = None) -> None:
        """Read a stream, or all, from the start again in the next run."""
        condition = (StreamState.tenant_id == tenant_id, StreamState.connection_id == connection_id)
        with self._database.writing() as session:
            statement = delete(StreamState).where(*condition)
            session.execute(statement if stream is None else statement.where(StreamState.stream == stream))


def _subject(tenant_id: str, connection_id: str) -> str:
    return f"connection:{tenant_id}:{connection_id}"


def _existing(session: Session, tenant_id: str, connection_id: str) -> Connection:
    connection = session.get(Connection, (tenant_id, connection_id))
    if connection is None:
        raise ConfigError(
            f"There is no connection {connection_id!r}.", "See all with `fondaco connections list`."
        )
    return connection


def _note_check(
    connection: Connection, missing: tuple[str, ...], warnings: tuple[str, ...], now: datetime
) -> None:
    connection.status = "limited" if missing else "ready"
    connection.missing = list(missing)
    connection.warnings = list(warnings)
    connection.checked_at = now
