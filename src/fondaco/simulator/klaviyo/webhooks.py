"""System webhooks of the simulated account: kept, and sent as Klaviyo signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from fondaco.simulator.klaviyo import things
from fondaco.simulator.klaviyo.access import RefusalError
from fondaco.simulator.klaviyo.things import Row

ACCOUNT_ID = "KLAVIY"


def topic_of(metric: str) -> str:
    """``Clicked Email`` is ``event:klaviyo.clicked_email``."""
    return f"event:klaviyo.{metric.lower().replace(' ', '_')}"


TOPICS = tuple(
    topic_of(name)
    for name in (*(name for name, _, _ in things.METRICS.values()), "Subscribed to Email Marketing")
)
"""Of this account; it uses no texts by consent."""


class Hooks:
    """The webhooks of an account. A webhook is told with its address cut short, and never with its secret."""

    def __init__(self) -> None:
        self._kept: dict[str, Row] = {}
        self._made = 0

    def answer(self, method: str, key: str, body: Row) -> Row:
        match method, key:
            case "GET", "":
                return {"data": [_shown(hook) for hook in self._kept.values()], "links": {"next": None}}
            case "POST", "":
                return {"data": _shown(self._make(body["data"]))}
            case "PATCH", _ if key in self._kept:
                return {"data": _shown(self._change(self._kept[key], body["data"]))}
            case "DELETE", _ if self._kept.pop(key, None) is not None:
                return {}
        raise RefusalError(404, "not_found", "The requested resource does not exist.")

    def switch_off(self) -> None:
        """As Klaviyo does with webhooks that nobody answers."""
        for hook in self._kept.values():
            hook["attributes"]["enabled"] = False

    def deliveries(
        self, event: Row, metric: str, sent_at: datetime
    ) -> list[tuple[str, dict[str, str], bytes]]:
        """What is sent of an event: address, headers and body, for each webhook that wants its topic."""
        topic = topic_of(metric)
        return [
            (hook["attributes"]["endpoint_url"], *signed(hook["attributes"]["secret_key"], hook["id"], [(topic, event)], sent_at))
            for hook in self._kept.values()
            if hook["attributes"]["enabled"] and topic in hook["topics"]
        ]  # fmt: skip

    def _make(self, data: Row) -> Row:
        self._made += 1
        attributes = {**data["attributes"], "enabled": True}
        return self._change({"id": f"01HOOK{self._made:020d}", "attributes": attributes, "topics": []}, data)

    def _change(self, hook: Row, data: Row) -> Row:
        attributes = {**hook["attributes"], **data["attributes"]}
        if not str(attributes["endpoint_url"]).startswith("https://") or len(attributes["secret_key"]) < 16:
            raise RefusalError(
                400, "invalid", "The address must be https, and the secret key have 16 letters."
            )
        named = [one["id"] for one in data["relationships"]["webhook-topics"]["data"]]
        unknown = sorted({*named} - {*TOPICS})
        if unknown or not named:
            raise RefusalError(400, "invalid", f"Invalid webhook topics: {unknown}.")
        hook |= {"attributes": attributes, "topics": named}
        self._kept[hook["id"]] = hook
        return hook


def signed(
    secret: str, webhook_id: str, events: list[tuple[str, Row]], sent_at: datetime
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a delivery: the signature is over the body and the time behind it."""
    content: dict[str, Any] = {
        "data": [
            {"external_id": event["id"], "topic": topic, "payload": {"data": event}}
            for topic, event in events
        ],
        "meta": {
            "klaviyo_account_id": ACCOUNT_ID,
            "klaviyo_webhook_id": webhook_id,
            "timestamp": sent_at.isoformat(),
        },
    }
    body = json.dumps(content).encode()
    stamp = format_datetime(sent_at, usegmt=True)
    signature = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    headers = {"Klaviyo-Webhook-Id": webhook_id, "Klaviyo-Signature": signature, "Klaviyo-Timestamp": stamp}
    return headers, body


def _shown(hook: Row) -> Row:
    told = hook["attributes"]
    address = urlsplit(told["endpoint_url"])
    return {
        "type": "webhook", "id": hook["id"],
        "attributes": {"name": told["name"], "enabled": told["enabled"], "endpoint_url": f"{address.scheme}://{address.netloc}"},
        "relationships": {"webhook-topics": {"data": [{"type": "webhook-topic", "id": topic} for topic in hook["topics"]]}},
    }  # fmt: skip
