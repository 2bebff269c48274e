"""What the account holds, as the API words it: campaigns, flows, lists, segments, metrics, profiles and events."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Protocol

from fondaco.simulator.world.message_accounts import shown_id

Row = dict[str, Any]

METRICS: dict[str, tuple[str, str, str]] = {
    "MReceivE": ("Received Email", "email", "received"),
    "MBounceE": ("Bounced Email", "email", "bounced"),
    "MOpenedE": ("Opened Email", "email", "opened"),
    "MClickdE": ("Clicked Email", "email", "clicked"),
    "MUnsubsE": ("Unsubscribed from Email Marketing", "email", "unsubscribed"),
    "MSpamXXE": ("Marked Email as Spam", "email", "marked_spam"),
    "MReceivS": ("Received SMS", "sms", "received"),
    "MFailedS": ("Failed to Deliver SMS", "sms", "bounced"),
    "MClickdS": ("Clicked SMS", "sms", "clicked"),
    "MUnsubsS": ("Unsubscribed from SMS Marketing", "sms", "unsubscribed"),
}
"""Metric id → name, channel and kind of the world's events."""
ORDERS_METRIC = "MPlacedO"
_OTHER_ORDERS = "MOrderedX"
_SUPPRESSED = 4  # of those who never subscribed, every so many
_STATUSES = {"sent": "Sent", "draft": "Draft", "cancelled": "Cancelled"}
_CLAUSE = re.compile(r"(equals|greater-or-equal|greater-than|less-or-equal|less-than)\(([\w.]+),([^()]*)\)")
_OPERATORS = {"greater-or-equal": ">=", "greater-than": ">", "less-or-equal": "<=", "less-than": "<"}


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[Row]: ...

    def message_figures(self, platform: str, first: date, last: date) -> list[Row]: ...

    @property
    def now(self) -> datetime: ...


def account(store: WorldStore) -> Row | None:
    """The row of the world's account; None where nobody is written to."""
    found = store.rows("select * from message_accounts where platform = 'klaviyo'")
    return found[0] if found else None


def clauses(text: str) -> list[tuple[str, str, str]]:
    """A filter's parts: operator, field, value without its quotes."""
    return [(operator, name, value.strip().strip("'\"")) for operator, name, value in _CLAUSE.findall(text)]


def instants(text: str, name: str, column: str) -> tuple[str, dict[str, str]]:
    """Conditions in SQL on an instant of a filter, and their parameters."""
    sql, params = "", {}
    for number, (operator, field, value) in enumerate(clauses(text)):
        if field == name and operator in _OPERATORS:
            sql += f" and {column} {_OPERATORS[operator]} $bound{number}::timestamp"
            params[f"bound{number}"] = value.removesuffix("Z")
    return sql, params


def accounts(store: WorldStore) -> list[Row]:
    """The one account behind the key."""
    row = account(store)
    if row is None:
        return []
    contact = {
        "default_sender_name": row["name"], "default_sender_email": "letters@example.com", "website_url": "https://example.com",
        "organization_name": row["name"],
        "street_address": {"address1": "", "address2": "", "city": "", "region": "", "country": "", "zip": ""},
    }  # fmt: skip
    return [
        _thing("account", "AbCd12", {
            "test_account": False, "contact_information": contact, "industry": "Retail", "timezone": row["time_zone"],
            "preferred_currency": row["currency"], "public_api_key": "AbCd12", "locale": "en-US",
        })
    ]  # fmt: skip


def campaigns(store: WorldStore, channel: str) -> list[tuple[Row, Row]]:
    """All campaigns of a channel, each with its message."""
    rows = store.rows(
        "select * from message_campaigns where platform = 'klaviyo' and kind = 'campaign' and channel = ? order by created_at, campaign_id",
        [channel],
    )
    return [(_campaign(row), _message(row)) for row in rows]


def flows(store: WorldStore) -> list[Row]:
    """All flows."""
    rows = store.rows(
        "select * from message_campaigns where platform = 'klaviyo' and kind = 'flow' order by campaign_id"
    )
    return [
        _thing("flow", shown_id(row["campaign_id"]), {
            "name": row["name"], "status": row["status"], "archived": False, "created": _iso(row["created_at"]),
            "updated": _iso(row["updated_at"]), "trigger_type": "Added to List",
        })
        for row in rows
    ]  # fmt: skip


def lists(store: WorldStore) -> list[Row]:
    """One list of e-mail, one of text messages."""
    created = _iso((account(store) or {})["created_at"])
    told = {"created": created, "updated": created, "opt_in_process": "double_opt_in"}
    return [
        _thing("list", key, {"name": name, **told})
        for key, name in (("LIST01", "Newsletter"), ("LIST02", "Texts"))
    ]


def segments(store: WorldStore) -> list[Row]:
    """Twelve segments, so that a list of ten has a second page."""
    created = _iso((account(store) or {})["created_at"])
    told = {"created": created, "updated": created, "is_active": True}
    return [
        _thing("segment", f"SEG{number:03d}", {"name": f"Segment {number}", **told}) for number in range(12)
    ]


def metrics(store: WorldStore) -> list[Row]:
    """Klaviyo's own metrics, and orders as the shop and as somebody else tells them."""
    created = _iso((account(store) or {})["created_at"])
    own = {key: (name, "Klaviyo", "Internal") for key, (name, _, _) in METRICS.items()}
    orders = {
        _OTHER_ORDERS: ("Placed Order", "API", "API"),
        ORDERS_METRIC: ("Placed Order", "Shopify", "eCommerce"),
    }
    return [
        _thing("metric", key, {
            "name": name, "created": created, "updated": created,
            "integration": {"object": "integration", "id": "0rG4eQ", "name": maker, "category": category},
        })
        for key, (name, maker, category) in (own | orders).items()
    ]  # fmt: skip


def profiles(store: WorldStore, text: str) -> list[Row]:
    """Profiles by when they were updated. Who has left is known from then on."""
    sql, params = instants(text, "updated", "updated_at")
    rows = store.rows(
        f"""
        select * from (
            select *, case when left_at <= $now::timestamp then left_at end as gone_at,
                greatest(created_at, coalesce(case when left_at <= $now::timestamp then left_at end, created_at)) as updated_at
            from message_contacts where platform = 'klaviyo' and created_at <= $now::timestamp
        ) where true{sql} order by updated_at, contact_id
        """,
        {"now": store.now.replace(tzinfo=None), **params},
    )
    return [_profile(row) for row in rows]


def events(store: WorldStore, text: str) -> list[Row]:
    """Events of one metric by when they happened."""
    metric = next((value for operator, name, value in clauses(text) if name == "metric_id"), "")
    if metric not in METRICS:
        return []
    _, channel, kind = METRICS[metric]
    sql, params = instants(text, "datetime", "e.happened_at")
    rows = store.rows(
        f"""
        select e.*, c.message_id, c.name, c.kind as sender from message_events as e inner join message_campaigns as c using (campaign_id)
        where c.platform = 'klaviyo' and c.channel = $channel and e.kind = $kind and e.happened_at <= $now::timestamp{sql}
        order by e.happened_at, e.event_id
        """,
        {"channel": channel, "kind": kind, "now": store.now.replace(tzinfo=None), **params},
    )
    return [_event(row, metric) for row in rows]


def _campaign(row: Row) -> Row:
    return _thing("campaign", shown_id(row["campaign_id"]), {
        "name": row["name"], "status": _STATUSES[row["status"]], "archived": row["status"] == "cancelled",
        "audiences": {"included": ["LIST01"], "excluded": []}, "created_at": _iso(row["created_at"]),
        "scheduled_at": _iso(row["sent_at"]), "updated_at": _iso(row["updated_at"]), "send_time": _iso(row["sent_at"]),
    }, {"campaign-messages": {"data": [{"type": "campaign-message", "id": shown_id(row["message_id"])}]}})  # fmt: skip


def _message(row: Row) -> Row:
    definition: Row = {"channel": row["channel"], "content": {}}
    if row["channel"] == "email":
        definition |= {"label": row["message"], "content": {"subject": row["message"]}}
    told = {
        "definition": definition,
        "created_at": _iso(row["created_at"]),
        "updated_at": _iso(row["updated_at"]),
    }
    return _thing("campaign-message", shown_id(row["message_id"]), told)


def _profile(row: Row) -> Row:
    return _thing("profile", shown_id(row["contact_id"]), {
        "email": row["email"], "phone_number": row["phone"], "external_id": None, "first_name": row["first_name"],
        "last_name": None, "created": _iso(row["created_at"]), "updated": _iso(row["updated_at"]),
        "subscriptions": {
            "email": {"marketing": _email_consent(row)},
            "sms": {"marketing": _consent(row["text_since"], row["gone_at"], "sms")},
        },
    })  # fmt: skip


def is_suppressed(row: Row) -> bool:
    """Whether the account may not write to a contact whatever it consented to; some came so from another platform."""
    return row["email_since"] is None and row["contact_id"] % _SUPPRESSED == 0


def _email_consent(row: Row) -> Row:
    """Who never subscribed may be written to, unless suppressed."""
    told = _consent(row["email_since"], row["gone_at"], "email")
    suppression = [{"reason": "USER_SUPPRESSED", "timestamp": _iso(row["created_at"])}]
    is_barred = is_suppressed(row)
    return {
        **told, "can_receive_email_marketing": told["consent"] != "UNSUBSCRIBED" and not is_barred,
        "suppression": suppression if is_barred else [],
    }  # fmt: skip


def _consent(since: datetime | None, gone: datetime | None, channel: str) -> Row:
    word = "NEVER_SUBSCRIBED" if since is None else "SUBSCRIBED" if gone is None else "UNSUBSCRIBED"
    return {
        f"can_receive_{channel}_marketing": word == "SUBSCRIBED", "consent": word,
        "consent_timestamp": _iso(gone or since) if since else None,
    }  # fmt: skip


def _event(row: Row, metric: str) -> Row:
    told: Row = {
        "$event_id": str(row["event_id"]), "$message": shown_id(row["message_id"]), "Campaign Name": row["name"],
        "URL": "https://example.com/?secret=1",
    }  # fmt: skip
    if row["sender"] == "flow":
        told["$flow"] = shown_id(row["campaign_id"])
    happened: datetime = row["happened_at"]
    return _thing("event", f"ev{row['event_id']}", {
        "datetime": _iso(happened), "event_properties": told,
    }, {
        "profile": {"data": {"type": "profile", "id": shown_id(row["contact_id"])}},
        "metric": {"data": {"type": "metric", "id": metric}},
    })  # fmt: skip


def _thing(kind: str, key: str, attributes: Row, relationships: Row | None = None) -> Row:
    return {
        "type": kind, "id": key, "attributes": attributes, "relationships": relationships or {},
        "links": {"self": f"https://a.klaviyo.com/api/{kind}s/{key}"},
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
