"""What stands in the queue: which record of which shop changed, and who said so."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from fondaco.clock import format_instant, parse_instant

Pairs = tuple[tuple[str, str], ...]
"""Stream and record id."""


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """One delivery, reduced to what the drain needs. It holds no personal data unless ``records`` does.

    Attributes
    ----------
    event_id
        The vendor's own id of the event: two deliveries with the same one say the same.
    changed, deleted
        Records to read again from the vendor, and records that are gone.
    records
        Whole records by stream, as JSON text a line, where the vendor gives no other way to read them.
    happened_at
        When the vendor says that it happened.
    attempt
        How often the drain has tried before; ``not_before`` is when it may try again.
    again
        Tells a replay from the delivery that it repeats; empty in what a shop sent.
    """

    connection_id: str
    source: str
    event_id: str
    topic: str
    received_at: datetime
    changed: Pairs = ()
    deleted: Pairs = ()
    records: Pairs = ()
    happened_at: datetime | None = None
    attempt: int = 0
    not_before: datetime | None = None
    again: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What is the same for deliveries of which one is enough."""
        return self.connection_id, self.event_id, f"{self.again}{self.attempt}"

    def later(self, not_before: datetime) -> QueuedEvent:
        """The same, to be tried once more."""
        return replace(self, attempt=self.attempt + 1, not_before=not_before)

    def repeated(self, mark: str) -> QueuedEvent:
        """The same once more, as new as if it had never been there; ``mark`` tells one replay from another."""
        return replace(self, again=mark, attempt=0, not_before=None)

    def to_bytes(self) -> bytes:
        content: dict[str, Any] = {
            "connection": self.connection_id,
            "source": self.source,
            "id": self.event_id,
            "topic": self.topic,
            "received_at": format_instant(self.received_at),
        }
        optional = {
            "changed": self.changed,
            "deleted": self.deleted,
            "records": self.records,
            "happened_at": self.happened_at and format_instant(self.happened_at),
            "attempt": self.attempt,
            "not_before": self.not_before and format_instant(self.not_before),
            "again": self.again,
        }
        content |= {name: value for name, value in optional.items() if value}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        content: dict[str, Any] = json.loads(data)
        return cls(
            connection_id=content["connection"],
            source=content["source"],
            event_id=content["id"],
            topic=content["topic"],
            received_at=parse_instant(content["received_at"]),
            changed=_pairs(content.get("changed")),
            deleted=_pairs(content.get("deleted")),
            records=_pairs(content.get("records")),
            happened_at=_instant(content.get("happened_at")),
            attempt=content.get("attempt", 0),
            not_before=_instant(content.get("not_before")),
            again=content.get("again", ""),
        )


def _pairs(found: list[list[str]] | None) -> Pairs:
    return tuple((stream, record) for stream, record in found or ())


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
