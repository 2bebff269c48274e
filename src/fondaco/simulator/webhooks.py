"""Webhooks of the simulated shops: who has subscribed, what has changed, and deliveries as vendors send them.

Signed as the vendor signs; sent again after anything but a 2xx; and, where a test asks for it, doubled, late and out of order.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field

from fondaco.clock import format_instant
from fondaco.simulator.commercetools.resources import CUSTOMER, ORDER, PAYMENT, PRODUCT
from fondaco.simulator.commercetools.resources import uuid as commercetools_id
from fondaco.simulator.store import Store

COMMERCETOOLS_TOPIC = "changes"
"""A commercetools subscription has all kinds of resources at once."""

_COMMERCETOOLS_KINDS = {"order": ORDER, "payment": PAYMENT, "customer": CUSTOMER, "product": PRODUCT}
_BROKEN_AFTER = 5
_TIMEOUT_SECONDS = 5.0
_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - the store's instants are naive UTC


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic of one shop, and where it leads."""

    subscription_id: int
    shop_id: str
    topic: str
    address: str
    secret: str
    fields: tuple[str, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A record that changed: its kind, its id, what happened, and when."""

    kind: str
    number: int
    what: str
    at: datetime
    parent: int | None = None


class WebhookBook:
    """Subscriptions of all shops. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[int, Subscription] = {}
        self._next = 1

    def add(
        self, shop_id: str, topic: str, address: str, secret: str, fields: tuple[str, ...] = ()
    ) -> Subscription:
        with self._lock:
            made = Subscription(self._next, shop_id, topic, address, secret, fields)
            self._found[self._next] = made
            self._next += 1
        return made

    def of(self, shop_id: str) -> list[Subscription]:
        with self._lock:
            return [each for each in self._found.values() if each.shop_id == shop_id]

    def remove(self, subscription_id: int) -> bool:
        with self._lock:
            return self._found.pop(subscription_id, None) is not None

    def disable(self, subscription_id: int) -> None:
        """What WooCommerce does after five failures in a row."""
        with self._lock:
            known = self._found[subscription_id]
            self._found[subscription_id] = replace(known, is_active=False)


class Manner(BaseModel):
    """How changes are delivered.

    Attributes
    ----------
    doubled
        Share of deliveries that come twice.
    shuffled
        Whether they come in any order.
    lost
        Share that never comes, as happens.
    attempts
        How often one is sent until it is answered with 2xx.
    """

    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    doubled: float = Field(0, ge=0, le=1)
    lost: float = Field(0, ge=0, le=1)
    shuffled: bool = False
    attempts: int = Field(3, ge=1)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery, ready to be sent."""

    subscription: Subscription
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Sender:
    """Tells subscribers what has changed since it last did."""

    store: Store
    book: WebhookBook
    _told: dict[str, datetime] = field(default_factory=dict)

    def skip(self) -> None:
        """Take everything until now for told."""
        for shop in self.store.shops():
            self._told[shop["shop_id"]] = self._now()

    def deliver(self, manner: Manner) -> dict[str, int]:
        """Send what is to be told; how many were answered how, by status (0: not at all)."""
        dice = random.Random(manner.seed)
        outgoing = [each for each in self.pending() if dice.random() >= manner.lost]
        outgoing += [each for each in outgoing if dice.random() < manner.doubled]
        if manner.shuffled:
            dice.shuffle(outgoing)
        self.skip()
        failures: Counter[int] = Counter()
        answers: Counter[str] = Counter()
        with httpx.Client(trust_env=False, timeout=_TIMEOUT_SECONDS) as client:
            for each in outgoing:
                status = _sent(client, each, manner.attempts)
                answers[str(status)] += 1
                number = each.subscription.subscription_id
                failures[number] = 0 if 200 <= status < 300 else failures[number] + 1
                if failures[number] == _BROKEN_AFTER:
                    self.book.disable(number)
        return dict(answers)

    def pending(self) -> Iterator[Outgoing]:
        """Everything that is to be told now, signed."""
        for shop in self.store.shops():
            own = [each for each in self.book.of(shop["shop_id"]) if each.is_active]
            if own:
                write, now = _WRITERS[shop["platform"]], self._now()
                for change in self.changes(shop["shop_id"]):
                    for topic, body in write(change):
                        yield from (
                            _signed(shop, each, topic, change, body, now=now)
                            for each in own
                            if each.topic == topic
                        )

    def changes(self, shop_id: str) -> Iterator[Change]:
        """What has changed since the last delivery, oldest first."""
        since = self._told.get(shop_id, _BEGINNING)
        found: list[Change] = []
        for kind, key in (("order", "order_id"), ("customer", "customer_id"), ("product", "product_id")):
            for row in self.store.rows(
                f"select {key} as number, created_at, updated_at, deleted_at from {kind}s where shop_id = $shop "
                "and (updated_at > $since or deleted_at > $since)",
                {"shop": shop_id, "since": since},
            ):
                found.append(_change(kind, row, since))
        refunds = self.store.rows(
            "select r.refund_id as number, r.order_id as parent, r.created_at from refunds as r "
            "join orders as o using (order_id) where o.shop_id = $shop and r.created_at > $since",
            {"shop": shop_id, "since": since},
        )
        found += [
            Change("refund", row["number"], "created", row["created_at"], row["parent"]) for row in refunds
        ]
        yield from sorted(found, key=lambda change: (change.at, change.kind, change.number))

    def _now(self) -> datetime:
        return self.store.now.astimezone(UTC).replace(tzinfo=None)


def _change(kind: str, row: Mapping[str, Any], since: datetime) -> Change:
    if row["deleted_at"] is not None and row["deleted_at"] > since:
        return Change(kind, row["number"], "deleted", row["deleted_at"])
    if row["created_at"] > since:
        return Change(kind, row["number"], "created", row["created_at"])
    return Change(kind, row["number"], "updated", row["updated_at"])


def _sent(client: httpx.Client, outgoing: Outgoing, attempts: int) -> int:
    status = 0
    for _ in range(attempts):
        try:
            answer = client.post(
                outgoing.subscription.address, content=outgoing.body, headers=dict(outgoing.headers)
            )
            status = answer.status_code
        except httpx.TransportError:
            status = 0
        if 200 <= status < 300:
            break
    return status


Bodies = Iterator[tuple[str, dict[str, Any]]]


def _shopify(change: Change) -> Bodies:
    gid = f"gid://shopify/{change.kind.capitalize()}/{change.number}"
    verb = {"created": "CREATE", "updated": "UPDATE", "deleted": "DELETE"}[change.what]
    if change.kind == "refund":
        body = {
            "id": change.number,
            "admin_graphql_api_id": gid,
            "order_id": change.parent,
            "note": "simulated",
        }
        yield "REFUNDS_CREATE", body
        return
    if change.kind == "order" and verb == "UPDATE":
        verb = "UPDATED"
    whole = {"id": change.number, "admin_graphql_api_id": gid, "email": "someone@example.com"}
    yield f"{change.kind.upper()}S_{verb}", {"id": change.number} if verb == "DELETE" else whole


def _woocommerce(change: Change) -> Bodies:
    if change.kind == "refund":
        yield (
            "order.updated",
            {
                "id": change.parent,
                "status": "refunded",
                "date_modified_gmt": change.at.isoformat(),
                "billing": {"email": "someone@example.com"},
            },
        )
    elif change.what == "deleted":
        yield f"{change.kind}.deleted", {"id": change.number}
    else:
        yield (
            f"{change.kind}.{change.what}",
            {
                "id": change.number,
                "date_modified_gmt": change.at.isoformat(),
                "billing": {"email": "someone@example.com"},
            },
        )


def _commercetools(change: Change) -> Bodies:
    """A refund changes the payment, not the order."""
    kind, number = ("payment", change.parent) if change.kind == "refund" else (change.kind, change.number)
    assert number is not None
    yield (
        COMMERCETOOLS_TOPIC,
        {
            "notificationType": "ResourceUpdated"
            if change.kind == "refund"
            else f"Resource{change.what.capitalize()}",
            "projectKey": "simulated",
            "resource": {"typeId": kind, "id": commercetools_id(_COMMERCETOOLS_KINDS[kind], number)},
            "version": 1 + int(change.at.timestamp()),
            "modifiedAt": format_instant(change.at.replace(tzinfo=UTC)),
        },
    )


_WRITERS: Mapping[str, Callable[[Change], Bodies]] = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "commercetools": _commercetools,
}


def _signed(
    shop: Mapping[str, Any],
    subscription: Subscription,
    topic: str,
    change: Change,
    body: dict[str, Any],
    *,
    now: datetime,
) -> Outgoing:
    """A delivery as it is sent at ``now``."""
    if subscription.fields:
        body = {name: value for name, value in body.items() if name in subscription.fields}
    content = json.dumps(body).encode()
    event = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{shop['shop_id']}/{topic}/{change}"))
    digest = hmac.new(subscription.secret.encode(), content, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    common = {"Content-Type": "application/json"}
    if shop["platform"] == "shopify":
        own = {
            "X-Shopify-Hmac-SHA256": signature,
            "X-Shopify-Topic": _rest_name(topic),
            "X-Shopify-Shop-Domain": f"{shop['shop_id']}.myshopify.com",
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": str(
                uuid.uuid5(uuid.NAMESPACE_URL, f"{event}/{subscription.subscription_id}")
            ),
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": format_instant(change.at.replace(tzinfo=UTC)),
        }
    elif shop["platform"] == "woocommerce":
        resource, _, verb = topic.partition(".")
        own = {
            "X-WC-Webhook-Source": "https://shop.example/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": verb,
            "X-WC-Webhook-Signature": signature,
            "X-WC-Webhook-ID": str(subscription.subscription_id),
            # The same for all that a webhook sends within a second, as WooCommerce makes it.
            "X-WC-Webhook-Delivery-ID": hashlib.sha256(
                f"{subscription.subscription_id}{now:%Y%m%d%H%M%S}".encode()
            ).hexdigest()[:32],
        }
    else:
        own = {"Authorization": f"Bearer {subscription.secret}"}
    return Outgoing(subscription, common | own, content)


def _rest_name(topic: str) -> str:
    """``orders/create`` of ``ORDERS_CREATE``: headers name topics in another way than the API."""
    resource, _, verb = topic.rpartition("_")
    return f"{resource.lower()}/{verb.lower()}"
