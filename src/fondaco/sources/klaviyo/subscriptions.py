"""Webhooks as Klaviyo keeps them: one for all topics.

Klaviyo cuts the address short when it tells a webhook, so a webhook of ours bears its address in its name.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from fondaco.sources.http import NotFoundError
from fondaco.sources.klaviyo.client import KlaviyoClient, Record
from fondaco.sources.klaviyo.webhooks import TOPICS
from fondaco.sources.webhooks import Subscription

_NAME = "Fondaco "


@dataclass(slots=True)
class _Hook:
    """A webhook of ours."""

    address: str
    topics: list[str]
    is_active: bool


class KlaviyoSubscriptions:
    """The webhooks of one account. They are listed once and remembered: Klaviyo answers fifteen requests for them a minute."""

    def __init__(self, client: KlaviyoClient) -> None:
        self._client = client
        self._known: dict[str, _Hook] | None = None

    def topics(self) -> tuple[str, ...]:
        """Those that are wanted and that the account has: it depends on what it uses."""
        there = {row["id"] for answer in self._client.pages("webhook-topics") for row in answer["data"]}
        return tuple(topic for topic in TOPICS if topic in there)

    def all(self) -> list[Subscription]:
        """One for each topic of each webhook of ours, as Klaviyo has them now."""
        self._known = None
        return [
            Subscription(f"{number}/{topic}", topic, hook.address, hook.is_active)
            for number, hook in self._hooks().items()
            for topic in hook.topics
        ]

    def add(self, topic: str, address: str, secret: str) -> Subscription:
        """Add a topic to the webhook that leads to ``address``; make it where there is none."""
        hooks = self._hooks()
        number = next((number for number, hook in hooks.items() if hook.address == address), None)
        if number is None:
            attributes = {"name": f"{_NAME}{address}", "endpoint_url": address, "secret_key": secret}
            made = self._client.send("POST", "webhooks", _webhook(attributes, [topic]))
            number = str(made["data"]["id"])
            hooks[number] = _Hook(address, [topic], True)
        else:
            changed = {"endpoint_url": address, "secret_key": secret, "enabled": True}
            self._put(number, changed, [*hooks[number].topics, topic])
            hooks[number].topics.append(topic)
        return Subscription(f"{number}/{topic}", topic, address)

    def take_down(self, subscription_id: str) -> None:
        """Take a topic from its webhook, and the webhook down with its last one."""
        number, _, topic = subscription_id.partition("/")
        hook = self._hooks().get(number)
        if hook is None or topic not in hook.topics:
            return
        hook.topics.remove(topic)
        with suppress(NotFoundError):
            if hook.topics:
                self._put(number, {}, hook.topics)
                return
            self._client.send("DELETE", f"webhooks/{number}")
        del self._hooks()[number]

    def _put(self, number: str, attributes: Record, topics: list[str]) -> None:
        content = _webhook(attributes, topics)
        content["data"]["id"] = number
        self._client.send("PATCH", f"webhooks/{number}", content)

    def _hooks(self) -> dict[str, _Hook]:
        if self._known is None:
            pages = self._client.pages("webhooks", {"include": "webhook-topics"})
            self._known = {
                str(row["id"]): _Hook(
                    row["attributes"]["name"].removeprefix(_NAME),
                    _topics_of(row),
                    bool(row["attributes"].get("enabled")),
                )
                for answer in pages
                for row in answer["data"]
                if row["attributes"]["name"].startswith(_NAME)
            }
        return self._known


def _webhook(attributes: Record, topics: list[str]) -> Record:
    named = [{"type": "webhook-topic", "id": topic} for topic in topics]
    relationships = {"webhook-topics": {"data": named}}
    return {"data": {"type": "webhook", "attributes": attributes, "relationships": relationships}}


def _topics_of(hook: Record) -> list[str]:
    told = ((hook.get("relationships") or {}).get("webhook-topics") or {}).get("data") or []
    return [str(one["id"]) for one in told]
