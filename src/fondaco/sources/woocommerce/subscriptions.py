"""Webhooks of a WooCommerce shop, by its REST API; the key needs the permission Read/Write for them."""

from __future__ import annotations

from fondaco.errors import AccessError
from fondaco.sources.webhooks import Subscription
from fondaco.sources.woocommerce.client import Record, WooCommerceClient

WEBHOOKS_PATH = "wc/v3/webhooks"
_NAME = "Fondaco"


def subscriptions(client: WooCommerceClient) -> list[Subscription]:
    """All webhooks of the shop, whoever they lead to."""
    return [_subscription(row) for rows in client.pages(WEBHOOKS_PATH, status="all") for row in rows]


def subscribe(client: WooCommerceClient, topic: str, address: str, secret: str) -> Subscription:
    """Make a webhook.

    Raises
    ------
    AccessError
        If the key may only read.
    """
    wanted = {
        "name": f"{_NAME} {topic}",
        "topic": topic,
        "delivery_url": address,
        "secret": secret,
        "status": "active",
    }
    try:
        return _subscription(client.send("POST", WEBHOOKS_PATH, wanted))
    except AccessError as error:
        raise AccessError(
            f"WooCommerce does not let this key make the webhook {topic}.",
            "Give the key the permission Read/Write under WooCommerce, Settings, Advanced, REST API; or make the "
            "webhooks there by hand: docs/live.md.",
        ) from error


def _subscription(row: Record) -> Subscription:
    return Subscription(
        str(row["id"]), str(row["topic"]), str(row["delivery_url"]), row.get("status") == "active"
    )
