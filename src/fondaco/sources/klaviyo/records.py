"""Klaviyo's answers as records of the streams: what is kept of each, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fondaco.sources.klaviyo.client import Record

MESSAGE_METRICS: tuple[str, ...] = (
    "Received Email", "Bounced Email", "Dropped Email", "Opened Email", "Clicked Email", "Marked Email as Spam",
    "Unsubscribed from Email Marketing", "Received SMS", "Failed to Deliver SMS", "Clicked SMS",
    "Unsubscribed from SMS Marketing",
)  # fmt: skip
"""Klaviyo's own names of the events of messages."""

STATISTICS = (
    "recipients", "delivered", "bounced_or_failed", "opens", "opens_unique", "clicks", "clicks_unique",
    "unsubscribe_uniques", "spam_complaints", "conversions", "conversion_value", "text_message_spend",
)  # fmt: skip
CLAIMS = ("conversions", "conversion_value")


def campaigns(answer: Record, channel: str) -> Iterator[Record]:
    """A page of campaigns, each with its messages."""
    messages = {
        one["id"]: one for one in answer.get("included") or () if one.get("type") == "campaign-message"
    }
    for row in answer["data"]:
        told = ((row.get("relationships") or {}).get("campaign-messages") or {}).get("data") or ()
        own = [messages[one["id"]] for one in told if one.get("id") in messages]
        yield {**row, "channel": channel, "messages": own}


def event(row: Mapping[str, Any], metric: Mapping[str, Any]) -> Record:
    """An event without all that Klaviyo says of it beyond whose it was and which message."""
    attributes = row.get("attributes") or {}
    told = attributes.get("event_properties") or {}
    profile = ((row.get("relationships") or {}).get("profile") or {}).get("data") or {}
    return {
        "id": row.get("id"), "metric_id": metric["id"], "metric_name": metric["attributes"]["name"],
        "profile_id": profile.get("id"), "message_id": _text(told.get("$message")), "flow_id": _text(told.get("$flow")),
        "datetime": attributes.get("datetime"),
    }  # fmt: skip


def figures(groupings: Mapping[str, Any], statistics: Mapping[str, Any], day: str, currency: str) -> Record:
    """A row of a report. Klaviyo writes counts as decimals."""
    kind = "campaign" if "campaign_id" in groupings else "flow"
    counted = {name: statistics.get(name) for name in STATISTICS}
    return {
        **{name: value if name in (*CLAIMS, "text_message_spend") else _whole(value) for name, value in counted.items()},
        f"{kind}_id": groupings.get(f"{kind}_id"), **({"flow_name": groupings.get("flow_name")} if kind == "flow" else {}),
        "message_id": groupings.get(f"{kind}_message_id"), "message_name": groupings.get(f"{kind}_message_name"),
        "send_channel": groupings.get("send_channel"), "send_date": day, "currency": currency,
    }  # fmt: skip


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: Any) -> str | None:
    return str(value) if value else None
