"""Who may deliver: the connections of the project and the secrets that their deliveries are signed with."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fondaco.control import Connection
from fondaco.errors import FondacoError
from fondaco.orchestration.connecting import read_settings
from fondaco.sources.source import source_type, source_types
from fondaco.sources.webhooks import Webhooks, webhooks_of

if TYPE_CHECKING:
    from fondaco.orchestration import Project

_HELD_SECONDS = 15.0
_ASKED_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Key:
    """What a delivery to one connection is checked with.

    Attributes
    ----------
    is_known
        Whether there is such a connection. Where there is none, the key is as good as any, and nothing fits it.
    """

    webhooks: Webhooks
    secrets: tuple[bytes, ...] = field(repr=False)
    is_known: bool = True


class KeyRing:
    """Keys by source and connection, read from the control plane and held for some seconds. Safe for threads."""

    def __init__(self, project: Project, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._project = project
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: Mapping[tuple[str, str], Key] = {}
        self._read_at = float("-inf")
        self._strangers: dict[str, Key] = {}

    @property
    def is_empty(self) -> bool:
        """Whether the keys were never read."""
        return self._read_at == float("-inf")

    @property
    def is_stale(self) -> bool:
        """Whether the keys have been held for so long that they are to be read again."""
        return self._monotonic() - self._read_at > _HELD_SECONDS

    @property
    def may_have_changed(self) -> bool:
        """Whether it is worth looking again for a key that is not there, or does not fit."""
        return self._monotonic() - self._read_at > _ASKED_AGAIN_SECONDS

    def find(self, source: str, connection_id: str) -> Key:
        """The key as it was last read; a stranger's where there is none."""
        return self._keys.get((source, connection_id)) or self._stranger(source)

    def read(self) -> None:
        """Read all keys anew, unless another thread has just done so. A connection whose settings cannot be opened has none."""
        with self._lock:
            if not self.may_have_changed:
                return
            found = {}
            for connection in self._project.connections():
                try:
                    key = self._key(connection)
                except FondacoError:
                    continue
                if key is not None:
                    found[connection.source, connection.connection_id] = key
            self._keys, self._read_at = found, self._monotonic()

    def _key(self, connection: Connection) -> Key | None:
        kind = source_type(connection.source)
        webhooks = webhooks_of(kind)
        if webhooks is None:
            return None
        own = self._project
        settings = own.control.connections.settings(own.tenant, connection.connection_id)
        made = own.control.webhooks.secret(own.tenant, connection.connection_id)
        return Key(webhooks, webhooks.secrets(read_settings(kind, settings), made))

    def _stranger(self, source: str) -> Key:
        """A key that takes as long to check as a real one, and that nobody has."""
        if not self._strangers:
            kinds = {name: webhooks_of(kind) for name, kind in source_types().items()}
            nobodys = secrets.token_bytes(32)
            self._strangers = {
                name: Key(webhooks, (nobodys,), is_known=False)
                for name, webhooks in kinds.items()
                if webhooks is not None
            }
        return self._strangers.get(source) or next(iter(self._strangers.values()))
