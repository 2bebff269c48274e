"""Klaviyo's system webhooks: how a delivery is signed, and which records it names.

A delivery holds events as the API has them, with whose they were. None of that is kept: an event and its profile are read again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from fondaco.clock import parse_instant
from fondaco.sources.klaviyo.settings import KlaviyoSettings
from fondaco.sources.source import SourceSettings
from fondaco.sources.webhooks import (
    Answer,
    Delivery,
    Notice,
    UnreadableError,
    hmac_matches,
    member,
    parsed,
)

TOPICS = tuple(
    f"event:klaviyo.{event}"
    for event in (
        "clicked_email", "bounced_email", "marked_email_as_spam", "unsubscribed_from_email_marketing",
        "subscribed_to_email_marketing", "clicked_sms", "failed_to_deliver_sms", "unsubscribed_from_sms_marketing",
        "subscribed_to_sms_marketing",
    )
)  # fmt: skip
"""What people do. What was received and opened comes by the thousand with each campaign: the next run reads it."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONSENT = ("event:klaviyo.subscribed_to_email_marketing", "event:klaviyo.subscribed_to_sms_marketing")


class KlaviyoWebhooks:
    """https://developers.klaviyo.com/en/docs/working_with_system_webhooks"""

    makes_secret = True

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        given = settings.webhook_secret if isinstance(settings, KlaviyoSettings) else None
        found = (own, given.get_secret_value() if given is not None else None)
        return tuple(one.encode() for one in found if one)

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        """Signed are the body and, behind it, the header that says when it was sent."""
        headers = delivery.headers
        sent = headers.get("klaviyo-timestamp", "").encode("utf-8", "replace")
        return hmac_matches(
            delivery.body + sent, headers.get("klaviyo-signature", ""), secrets, encoded="hex"
        )

    def greet(self, delivery: Delivery) -> Answer | None:
        return None

    def read(self, delivery: Delivery) -> Notice:
        """Events and profiles that are to be read again. One delivery may hold several events."""
        body = parsed(delivery.body, "a delivery that is no JSON")
        rows = member(body, "data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnreadableError("a delivery without data")
        told = {
            delivery.headers.get("klaviyo-webhook-id", ""),
            str(member(body, "meta", "klaviyo_webhook_id")),
        }
        if len(told) > 1:
            raise UnreadableError("a delivery whose header and body name two webhooks")
        wanted = [row for row in rows if row.get("topic") in TOPICS]
        changed = tuple(dict.fromkeys(pair for row in wanted for pair in _changed(row)))
        happened = [moment for row in wanted if (moment := _instant(row)) is not None]
        return Notice(
            _event_id(rows),
            ", ".join(sorted({str(row.get("topic"))[:100] for row in rows})[:3]) or "nothing",
            changed=changed,
            happened_at=max(happened, default=None),
        )


def _changed(row: Any) -> Iterator[tuple[str, str]]:
    event = _payload(row)
    event_id = member(event, "id") or row.get("external_id")
    if row["topic"] not in _CONSENT and _is_id(event_id):
        yield ("events", event_id)
    profile_id = member(event, "relationships", "profile", "data", "id")
    if _is_id(profile_id):
        yield ("profiles", profile_id)


def _payload(row: Any) -> Any:
    """The event as the API has it; the payload may be an object, or JSON written as text."""
    payload = row.get("payload")
    if isinstance(payload, str):
        try:
            payload = parsed(payload, "a payload that is no JSON")
        except UnreadableError:
            return None
    return member(payload, "data")


def _event_id(rows: Sequence[Any]) -> str:
    """The same when it is delivered again, with whatever else in its header."""
    told = sorted(f"{row.get('topic')} {row.get('external_id')}" for row in rows)
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _instant(row: Any) -> datetime | None:
    try:
        return parse_instant(str(member(_payload(row), "attributes", "datetime")))
    except ValueError:
        return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None
