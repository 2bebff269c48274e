"""Postscript's webhooks: a token in a header, no signature of the body, no id of a delivery.

``Postscript-Signature`` holds a token of the account that does not change. Subscriptions that Fondaco makes send its own
secret along as well, in a header of our own; either proves the sender.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fondaco.clock import format_instant, parse_instant
from fondaco.sources.postscript.settings import PostscriptSettings
from fondaco.sources.source import SourceSettings
from fondaco.sources.webhooks import Answer, Delivery, Notice, UnreadableError, member, parsed, token_matches

TOPICS = ("shop.subscriber.opt_in", "shop.subscriber.opt_out", "shop.incoming_message")
OWN_HEADER = "X-Fondaco-Token"


class PostscriptWebhooks:
    """https://developers.postscript.io/docs/configuring-webhooks"""

    makes_secret = True

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        token = settings.signing_token if isinstance(settings, PostscriptSettings) else None
        given = (own, token.get_secret_value() if token is not None else None)
        return tuple(one.encode() for one in given if one)

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        headers = delivery.headers
        by_vendor = token_matches(headers.get("postscript-signature", "").strip(), secrets)
        return token_matches(headers.get(OWN_HEADER.lower(), "").strip(), secrets) | by_vendor

    def greet(self, delivery: Delivery) -> Answer | None:
        return None

    def read(self, delivery: Delivery) -> Notice:
        """An event as a record, and the subscriber that is to be read again. Texts, names and numbers are let go."""
        body = parsed(delivery.body, "a delivery that is no JSON")
        topic = member(body, "event")
        if not isinstance(topic, str):
            raise UnreadableError("a delivery without event")
        event_id = hashlib.sha256(delivery.body).hexdigest()[:32]
        if topic not in TOPICS:
            return Notice(event_id, topic)
        subscriber_id = _subscriber(body)
        happened_at = _instant(body)
        record = {
            "event_id": event_id,
            "event": topic,
            "subscriber_id": subscriber_id,
            "is_opt_out": _flag(member(body, "event_data", "is_opt_out")),
            "happened_at": format_instant(happened_at),
        }
        changed = (("subscribers", subscriber_id),) if subscriber_id else ()
        return Notice(
            event_id,
            topic,
            changed=changed,
            records=(("subscriber_events", json.dumps(record)),),
            happened_at=happened_at,
        )


def _subscriber(body: Any) -> str | None:
    """The subscriber that an event is about; an incoming message has an ``id`` of its own (``im_…``)."""
    for found in (member(body, "event_data", "subscriber_id"), member(body, "event_data", "id")):
        if isinstance(found, str) and found.startswith("s_") and found[2:].isalnum():
            return found
    return None


def _instant(body: Any) -> datetime:
    try:
        return parse_instant(str(member(body, "event_time")))
    except ValueError as error:
        raise UnreadableError("a delivery without event_time") from error


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
