"""Webhook subscriptions of a Shopify app, by the GraphQL Admin API.

After eight failed deliveries within four hours Shopify deletes a subscription that was made by API, without a word; so
they are listed every day (https://shopify.dev/changelog/updates-to-webhook-retry-mechanism).
"""

from __future__ import annotations

from typing import Any

from fondaco.errors import ConfigError
from fondaco.sources.shopify.graphql import GraphQLClient
from fondaco.sources.shopify.paged import Turning
from fondaco.sources.shopify.webhooks import TOPICS
from fondaco.sources.webhooks import Subscription

SUBSCRIPTIONS = """query Subscriptions($after: String) {
    webhookSubscriptions(first: 100, after: $after) {
        nodes { __typename id topic uri } pageInfo { hasNextPage endCursor }
    }
}"""
SUBSCRIBE = """mutation Subscribe($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) {
        webhookSubscription { id topic uri } userErrors { field message }
    }
}"""
UNSUBSCRIBE = """mutation Unsubscribe($id: ID!) {
    webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}"""


class ShopifySubscriptions:
    """What one app has subscribed to in one shop."""

    def __init__(self, client: GraphQLClient) -> None:
        self._client = client

    def all(self) -> list[Subscription]:
        found: list[Subscription] = []
        after: str | None = None
        turned = Turning()
        while True:
            page = self._client.run(SUBSCRIPTIONS, {"after": after})["webhookSubscriptions"]
            found += [_subscription(node) for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = turned.next(page["pageInfo"]["endCursor"])

    def create(self, topic: str, address: str) -> Subscription:
        """Subscribe to ids only.

        Raises
        ------
        ConfigError
            If Shopify does not take the address or the topic.
        """
        webhook: dict[str, Any] = {"uri": address, "format": "JSON", "includeFields": list(TOPICS[topic])}
        answer = self._client.run(SUBSCRIBE, {"topic": topic, "webhook": webhook})
        made = answer["webhookSubscriptionCreate"]
        if made["userErrors"] or made["webhookSubscription"] is None:
            words = "; ".join(str(error["message"]) for error in made["userErrors"]) or "no reason given"
            raise ConfigError(
                f"Shopify does not subscribe {address} to {topic}: {words}.",
                "Shopify needs an https address that it can reach, and the app the topic's scope; see docs/live.md.",
            )
        return _subscription(made["webhookSubscription"])

    def delete(self, subscription_id: str) -> None:
        self._client.run(UNSUBSCRIBE, {"id": subscription_id})


def _subscription(node: dict[str, Any]) -> Subscription:
    return Subscription(str(node["id"]), str(node["topic"]), str(node["uri"]))
