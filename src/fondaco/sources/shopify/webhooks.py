"""Shopify's webhooks: signed with the app's secret, up to an hour also with the one before.

Subscriptions that Fondaco makes ask for ids only (``includeFields``), so that Shopify sends no personal data at all. What
a shop's own admin has set up comes whole; then only the ids are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fondaco.clock import parse_instant
from fondaco.sources.shopify.settings import ShopifySettings
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

_GIDS = {
    "orders": "Order",
    "customers": "Customer",
    "products": "Product",
    "inventory_items": "InventoryItem",
}
_GID = re.compile(r"gid://shopify/([A-Za-z]{1,40})/[1-9][0-9]{0,19}")


def _own(stream: str) -> Callable[[Any], Pairs]:
    """The record that the body is."""
    return lambda body: _pair(stream, member(body, "admin_graphql_api_id") or member(body, "id"))


def _named(stream: str, *path: str) -> Callable[[Any], Pairs]:
    """The record that the body names at ``path``."""
    return lambda body: _pair(stream, member(body, *path))


def _order_of_return(body: Any) -> Pairs:
    """``returns/update`` does not name its order, whose own ``orders/updated`` comes beside it."""
    found = member(body, "order", "admin_graphql_api_id") or member(body, "order", "id")
    return _pair("orders", found) if found is not None else ()


_CHANGED: Mapping[str, Callable[[Any], Pairs]] = {
    **{
        f"orders/{what}": _own("orders")
        for what in ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
    },
    "orders/edited": _named("orders", "order_edit", "order_id"),
    "refunds/create": _named("orders", "order_id"),
    "order_transactions/create": _named("orders", "order_id"),
    **{
        f"returns/{what}": _order_of_return
        for what in ("request", "approve", "cancel", "close", "decline", "reopen", "update", "process")
    },
    "customers/create": _own("customers"),
    "customers/update": _own("customers"),
    "customers/merge": _named("customers", "admin_graphql_api_customer_kept_id"),
    "products/create": _own("products"),
    "products/update": _own("products"),
    "inventory_items/create": _own("inventory_items"),
    "inventory_items/update": _own("inventory_items"),
    "inventory_levels/connect": _named("inventory_items", "inventory_item_id"),
    "inventory_levels/disconnect": _named("inventory_items", "inventory_item_id"),
    "inventory_levels/update": _named("inventory_items", "inventory_item_id"),
    "discounts/create": _named("discounts", "admin_graphql_api_id"),
    "discounts/update": _named("discounts", "admin_graphql_api_id"),
}
_DELETED: Mapping[str, Callable[[Any], Pairs]] = {
    "orders/delete": _own("orders"),
    "customers/delete": _own("customers"),
    "customers/merge": _named("customers", "admin_graphql_api_customer_deleted_id"),
    "products/delete": _own("products"),
}

TOPICS: Mapping[str, tuple[str, ...]] = {
    "ORDERS_CREATE": ("id", "admin_graphql_api_id"),
    "ORDERS_UPDATED": ("id", "admin_graphql_api_id"),
    "ORDERS_DELETE": ("id",),
    "REFUNDS_CREATE": ("id", "order_id"),
    "ORDER_TRANSACTIONS_CREATE": ("id", "order_id"),
    "CUSTOMERS_CREATE": ("id", "admin_graphql_api_id"),
    "CUSTOMERS_UPDATE": ("id", "admin_graphql_api_id"),
    "CUSTOMERS_DELETE": ("id",),
    "PRODUCTS_CREATE": ("id", "admin_graphql_api_id"),
    "PRODUCTS_UPDATE": ("id", "admin_graphql_api_id"),
    "PRODUCTS_DELETE": ("id",),
    "INVENTORY_ITEMS_UPDATE": ("id", "admin_graphql_api_id"),
    "INVENTORY_LEVELS_UPDATE": ("inventory_item_id",),
}
"""Topics that Fondaco subscribes to, and the fields it asks for. ``orders/updated`` comes with every payment, edit,
cancellation and fulfilment, so that those need no topic of their own."""


class ShopifyWebhooks:
    """https://shopify.dev/docs/apps/build/webhooks/verify-deliveries"""

    makes_secret = False

    def secrets(self, settings: SourceSettings, own: str | None) -> tuple[bytes, ...]:
        """The app's secret, and the one that the shop's admin shows under Notifications."""
        assert isinstance(settings, ShopifySettings)
        given = (settings.client_secret, settings.webhook_secret)
        return tuple(secret.get_secret_value().encode() for secret in given if secret is not None)

    def is_genuine(self, delivery: Delivery, secrets: Sequence[bytes]) -> bool:
        return hmac_matches(delivery.body, delivery.headers.get("x-shopify-hmac-sha256", ""), secrets)

    def greet(self, delivery: Delivery) -> Answer | None:
        return None

    def read(self, delivery: Delivery) -> Notice:
        headers = delivery.headers
        topic = headers.get("x-shopify-topic", "")
        # The event's id is the same for all subscriptions that tell of it, the delivery's only for its retries.
        event_id = headers.get("x-shopify-event-id") or headers.get("x-shopify-webhook-id") or ""
        if not topic or not event_id:
            raise UnreadableError("a delivery without topic or id")
        body = parsed(delivery.body, f"a delivery of {topic}")
        try:
            happened = headers.get("x-shopify-triggered-at")
            return Notice(
                event_id=f"{event_id}:{topic}",
                topic=topic,
                changed=_CHANGED[topic](body) if topic in _CHANGED else (),
                deleted=_DELETED[topic](body) if topic in _DELETED else (),
                happened_at=parse_instant(happened) if happened else None,
            )
        except ValueError as error:
            raise UnreadableError(f"a delivery of {topic}") from error


def _pair(stream: str, found: Any) -> Pairs:
    """``(stream, global id)`` of an id as Shopify writes it in one body or another."""
    kind, number = _GIDS.get(stream), number_of(found)
    if kind is not None and number is not None:
        return ((stream, f"gid://shopify/{kind}/{number}"),)
    told = _GID.fullmatch(found) if isinstance(found, str) else None
    if told is None or (told[1] != kind if kind is not None else not told[1].startswith("Discount")):
        raise UnreadableError(f"a delivery without the id of its record ({stream})")
    return ((stream, told[0]),)
