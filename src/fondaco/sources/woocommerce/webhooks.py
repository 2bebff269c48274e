"""WooCommerce's webhooks: signed with a secret of the webhook's own, which Fondaco makes.

The id of a delivery is made of the webhook's number and the second in which it is sent, so that all that one webhook sends
within a second has the same: only with its topic, its record and its body does it name one delivery. A shop switches a webhook off after five deliveries in a row that were not answered with 2xx.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from fondaco.sources.source import SourceSettings
from fondaco.sources.webhooks import (
    Answer,
    Delivery,
    Notice,
    Pairs,
    UnreadableError,
    hmac_matches,
    member,
    number_of,
    parsed,
)

TOPICS = tuple(
    f"{resource}.{verb}"
    for resource in ("order", "customer", "product", "coupon")
    for verb in ("created", "updated", "deleted", "restored")
    if (resource, verb) != ("customer", "restored")
)
_STREAMS = {
    "order": ("orders", "refunds"),
    "customer": ("customers",),
    "product": ("products",),
    "coupon": ("coupons",),
}
_BURIED = frozenset({"orders", "customers", "products"})
_PING = re.compile(rb"webhook_id=\d{1,20}")


class WooCommerceWebhooks:
    """https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks"""

    makes_secret = True

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        return (own.encode(),) if own else ()

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        return hmac_matches(delivery.body, delivery.headers.get("x-wc-webhook-signature", ""), secrets)

    def greet(self, delivery: Delivery) -> Answer | None:
        """A new webhook says its number, in old versions unsigned; if that is not answered, it is not kept."""
        return Answer() if _PING.fullmatch(delivery.body) else None

    def read(self, delivery: Delivery) -> Notice:
        """The record that changed. An order is told of with each of its refunds, which are read again too."""
        headers = delivery.headers
        topic = headers.get("x-wc-webhook-topic", "")
        delivery_id = headers.get("x-wc-webhook-delivery-id", "")
        resource, _, verb = topic.partition(".")
        if not topic or not delivery_id:
            raise UnreadableError("a delivery without topic or id")
        if resource not in _STREAMS:
            return Notice(delivery_id, topic)
        record_id = _id_of(delivery.body, topic)
        event_id = f"{delivery_id}:{topic}:{record_id}:{hashlib.sha256(delivery.body).hexdigest()[:32]}"
        pairs = tuple((stream, record_id) for stream in _STREAMS[resource])
        if verb != "deleted":
            return Notice(event_id, topic, changed=pairs)
        # The trash is a status of its own, read like any other; what is deleted for good gives nothing.
        buried: Pairs = tuple(pair for pair in pairs if pair[0] in _BURIED)
        return Notice(event_id, topic, changed=pairs[:1], deleted=buried)


def _id_of(body: bytes, topic: str) -> str:
    found = number_of(member(parsed(body, f"a delivery of {topic}"), "id"))
    if found is None:
        raise UnreadableError(f"a delivery of {topic} without the id of its record")
    return found
