"""Deliveries of vendors: checked, made durable, answered. What they mean is worked out later, by the drain."""

from fondaco.server.webhooks.door import PREFIX, WebhookDoor

__all__ = ["PREFIX", "WebhookDoor"]
