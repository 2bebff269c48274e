"""What commercetools tells of changes.

Its subscriptions lead to queues of a cloud (SQS, EventBridge, Pub/Sub, Event Grid, Confluent), never to an HTTP address, and
are not signed. What stands between such a queue and Fondaco sends a secret word along: an API destination of EventBridge, a
webhook of Event Grid, an HTTP sink of Confluent, or a few lines of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fondaco.clock import parse_instant
from fondaco.sources.source import SourceSettings
from fondaco.sources.webhooks import (
    Answer,
    Delivery,
    Notice,
    Pairs,
    UnreadableError,
    member,
    parsed,
    token_matches,
)

_STREAMS = {
    "order": "orders",
    "payment": "payments",
    "customer": "customers",
    "product": "products",
    "inventory-entry": "inventory",
    "discount-code": "discount_codes",
    "cart-discount": "cart_discounts",
}
_BURIED = frozenset({"orders", "customers", "products"})
_ID = re.compile(r"[0-9a-fA-F-]{36}")


class CommercetoolsWebhooks:
    """https://docs.commercetools.com/api/projects/subscriptions"""

    makes_secret = True

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        return (own.encode(),) if own else ()

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        kind, _, given = delivery.headers.get("authorization", "").partition(" ")
        return token_matches(given.strip() if kind.lower() == "bearer" else "", secrets)

    def greet(self, delivery: Delivery) -> Answer | None:
        return None

    def read(self, delivery: Delivery) -> Notice:
        """One notification, or several in one body, as they are or in the envelope of EventBridge or CloudEvents."""
        content = parsed(delivery.body, "a notification")
        try:
            told = list(_unwrapped(content))
            pairs = [_pair(each) for each in told]
            known = [(each, pair) for each, pair in zip(told, pairs, strict=True) if pair is not None]
            instants = [parse_instant(text) for each in told if isinstance(text := _instant(each), str)]
        except ValueError as error:
            raise UnreadableError("a notification") from error
        gone = [pair for each, pair in known if _is_deletion(each)]
        return Notice(
            event_id=",".join(_event_id(each) for each in told),
            topic=", ".join(dict.fromkeys(_topic(each) for each in told)),
            changed=tuple(dict.fromkeys(pair for each, pair in known if not _is_deletion(each))),
            deleted=_buried(gone),
            happened_at=min(instants, default=None),
        )


def _unwrapped(content: Any) -> Iterator[dict[str, Any]]:
    for each in content if isinstance(content, list) else [content]:
        inner = member(each, "detail") or member(each, "data") or each
        if not isinstance(inner, dict) or not isinstance(member(inner, "resource", "typeId"), str):
            raise UnreadableError("a notification without a resource")
        yield inner


def _pair(told: dict[str, Any]) -> tuple[str, str] | None:
    stream = _STREAMS.get(told["resource"]["typeId"])
    record_id = told["resource"].get("id")
    if stream is None:
        return None
    if not isinstance(record_id, str) or not _ID.fullmatch(record_id):
        raise UnreadableError("a notification without the id of its resource")
    return stream, record_id


def _buried(pairs: Sequence[tuple[str, str]]) -> Pairs:
    return tuple(dict.fromkeys(pair for pair in pairs if pair[0] in _BURIED))


def _topic(told: dict[str, Any]) -> str:
    return _short(told.get("type") or told.get("notificationType") or "Notification")


def _is_deletion(told: dict[str, Any]) -> bool:
    return _topic(told).endswith("Deleted")


def _instant(told: dict[str, Any]) -> Any:
    return told.get("modifiedAt") or told.get("createdAt")


def _event_id(told: dict[str, Any]) -> str:
    """Messages have ids of their own; changes are told apart by the version that they led to."""
    if told.get("notificationType") == "Message" and told.get("id"):
        return _short(told["id"])
    resource = told["resource"]
    return f"{_short(resource['typeId'])}/{_short(resource.get('id'))}/{_short(told.get('version'))}/{_topic(told)}"


def _short(found: Any) -> str:
    return str(found)[:100]
