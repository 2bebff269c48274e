"""What a source says of its vendor's webhooks: how a delivery is signed, and what it means.

The meaning of nearly every delivery is "this record changed: read it again". So nothing that is late, doubled or out of
order can put an old version over a new one, and personal data in a body never reaches the disk. Only where a vendor has no
other way to read a record does a delivery carry it (docs/decisions/0034-webhooks.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from fondaco.sources.source import SourceSettings
from fondaco.sources.stream import Page, Stream

Pairs = tuple[tuple[str, str], ...]
"""Stream and record id."""

_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_PAST_NUMBERS = 10**20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it came: header names in small letters, the body untouched."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """What a genuine delivery says.

    Attributes
    ----------
    event_id
        The vendor's id of the event, the same when it is delivered again.
    changed, deleted
        Records to read again, and records that are gone.
    records
        Whole records by stream, as JSON text a line; only of vendors that tell them nowhere else.
    """

    event_id: str
    topic: str
    changed: Pairs = ()
    deleted: Pairs = ()
    records: Pairs = ()
    happened_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do about it."""
        return not (self.changed or self.deleted or self.records)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that a vendor wants instead of the usual empty one, to a question that changes nothing."""

    status: int = 200
    headers: Mapping[str, str] | None = None
    body: bytes = b""


class UnreadableError(ValueError):
    """A genuine delivery whose body is not what the vendor documents."""


class Webhooks(Protocol):
    """The webhooks of one platform. Stateless; one object a source."""

    makes_secret: bool
    """Whether Fondaco makes the secret, to be entered with the vendor; otherwise the vendor gives it."""

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        """Secrets with which a delivery may be signed. ``own`` is the one that Fondaco has made, if it has."""
        ...

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        """Whether the vendor has sent this body, compared in constant time; nothing of the body is parsed."""
        ...

    def greet(self, delivery: Delivery) -> Answer | None:
        """The answer to a vendor's unsigned first call, which is the same for everyone; None for all else."""
        ...

    def read(self, delivery: Delivery) -> Notice:
        """What a genuine delivery says.

        Raises
        ------
        UnreadableError
            If it is not what the vendor documents.
        """
        ...


@runtime_checkable
class Rereads(Protocol):
    """A source that reads single records again."""

    webhooks: Webhooks

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        """The records of ``stream`` with these ids, whole, as they are now. Those that are gone give nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook as the vendor has it."""

    subscription_id: str
    topic: str
    address: str
    is_active: bool = True


@runtime_checkable
class Subscribes(Protocol):
    """A source that sets up webhooks by the vendor's own API."""

    def topics(self) -> tuple[str, ...]:
        """Topics that Fondaco wants, in the vendor's words."""
        ...

    def subscriptions(self) -> list[Subscription]:
        """Those that the vendor knows of this app or shop, whoever they lead to."""
        ...

    def subscribe(self, topic: str, address: str, secret: str) -> Subscription:
        """Set one up.

        Raises
        ------
        AccessError
            If the credential may not.
        """
        ...

    def unsubscribe(self, subscription_id: str) -> None:
        """Take one down; one that is gone already is no error."""
        ...


def webhooks_of(source: object) -> Webhooks | None:
    """The webhooks of a source or its class; None where it has none."""
    found: Webhooks | None = getattr(source, "webhooks", None)
    return found


def hmac_matches(body: bytes, signature: str, secrets: Sequence[bytes], *, encoded: str = "base64") -> bool:
    """Whether ``signature`` is the HMAC-SHA256 of ``body`` under one of ``secrets``, in base64 or hex.

    All secrets are tried whatever the first says, so that the time tells nothing.
    """
    given = signature.strip().encode("ascii", "replace")
    matches = False
    for secret in secrets:
        digest = hmac.new(secret, body, hashlib.sha256).digest()
        right = base64.b64encode(digest) if encoded == "base64" else digest.hex().encode()
        matches |= hmac.compare_digest(right, given)
    return matches


def token_matches(given: str, secrets: Sequence[bytes]) -> bool:
    """Whether ``given`` is one of ``secrets``, in constant time."""
    matches = False
    for secret in secrets:
        right = hashlib.sha256(secret).digest()
        matches |= hmac.compare_digest(right, hashlib.sha256(given.encode("utf-8", "replace")).digest())
    return matches


def parsed(text: bytes | str, what: str) -> Any:
    """A delivery's JSON; ``what`` names the delivery in the error.

    Raises
    ------
    UnreadableError
        If it is none, or nested deeper than can be read.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(what) from error


def number_of(found: Any) -> str | None:
    """An id that is a whole number from 1 to 20 digits, written as one or as text; None for all else."""
    if isinstance(found, bool) or not isinstance(found, int | str):
        return None
    if isinstance(found, int) and not 0 < found < _PAST_NUMBERS:
        return None
    text = str(found)
    return text if _NUMBER.fullmatch(text) else None


def member(content: Any, *path: str) -> Any:
    """What stands at ``path`` in parsed JSON; None where nothing does."""
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    return content
