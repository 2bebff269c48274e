"""What the account holds, as the API words it: audiences, contacts, segments, campaigns and automations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from fondaco.simulator.world.message_accounts import hexadecimal_id, slug, variants_of

Row = dict[str, Any]

LISTS: dict[str, tuple[str, int]] = {"a11ce00001": ("Newsletter", 1), "a11ce00002": ("Club", 10)}
"""Audience → its name, and of how many contacts each one is in it."""
_CHANGED = """
    select *, md5(lower(email)) as member_id, case when left_at <= $now::timestamp then left_at end as gone_at,
        greatest(created_at, coalesce(case when left_at <= $now::timestamp then left_at end, created_at)) as changed_at
    from message_contacts where platform = 'mailchimp' and created_at <= $now::timestamp
"""
_STATUSES = {"sent": "sent", "draft": "save", "cancelled": "canceled"}
_FLOW = """
    select *, (
        select count(*) from message_events as e
        where e.campaign_id = c.campaign_id and e.kind in ('received', 'bounced') and e.happened_at <= $now::timestamp
    ) as sent
    from message_campaigns as c where platform = 'mailchimp' and kind = 'flow' and campaign_id = $number
"""
_ARCHIVED = 20  # of those in the club, every second
_TAGS = ("Regulars", "Wholesale")


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[Row]: ...

    def message_figures(self, platform: str, first: date, last: date) -> list[Row]: ...

    @property
    def now(self) -> datetime: ...


def account(store: WorldStore) -> Row:
    """The root of the API."""
    row = store.rows("select * from message_accounts where platform = 'mailchimp'")[0]
    return {
        "account_id": f"{row['account_id']:08x}", "login_id": "1", "account_name": row["name"], "role": "owner",
        "account_timezone": row["time_zone"], "pricing_plan_type": "monthly", "total_subscribers": len(contacts(store)),
        "contact": {"company": row["name"], "country": "DE"}, "pro_enabled": False, "_links": [],
    }  # fmt: skip


def stores(store: WorldStore) -> list[Row]:
    """The one connected store."""
    row = store.rows("select * from message_accounts where platform = 'mailchimp'")[0]
    return [{"id": "store_1", "name": row["name"], "currency_code": row["currency"], "_links": []}]


def lists(store: WorldStore) -> list[Row]:
    """Two audiences: everybody, and a club of some."""
    began = store.rows("select created_at from message_accounts where platform = 'mailchimp'")[0][
        "created_at"
    ]
    return [
        {
            "id": key, "web_id": number, "name": name, "date_created": iso(began), "double_optin": True, "list_rating": 3,
            "permission_reminder": "You joined.", "visibility": "prv", "modules": [], "_links": [],
            "stats": {
                "member_count": sum(one["status"] == "subscribed" for one in members(store, key, {})),
                "unsubscribe_count": sum(one["status"] == "unsubscribed" for one in members(store, key, {})),
                "cleaned_count": 0, "campaign_count": 0, "campaign_last_sent": "", "last_sub_date": "", "last_unsub_date": "",
            },
        }
        for number, (key, (name, _)) in enumerate(LISTS.items(), 1)
    ]  # fmt: skip


def segments(store: WorldStore, list_id: str) -> list[Row]:
    """Two tags and one segment of an audience."""
    rows = lists(store)
    began = next(row["date_created"] for row in rows if row["id"] == list_id)
    base = 100 * (1 + list(LISTS).index(list_id))
    count = len(members(store, list_id, {}))
    told = {"created_at": began, "updated_at": began, "list_id": list_id, "_links": []}
    tags = [
        {"id": base + n, "name": name, "type": "static", "member_count": count // 7, "options": {}, **told}
        for n, name in enumerate(_TAGS)
    ]
    rule = {"match": "all", "conditions": [{"field": "rating", "op": "greater", "value": 3}]}
    saved = {
        "id": base + 9,
        "name": "Five stars",
        "type": "saved",
        "member_count": count // 5,
        "options": rule,
        **told,
    }
    return [*tags, saved]


def contacts(store: WorldStore) -> list[Row]:
    """All contacts of the platform, by when they last changed."""
    return store.rows(
        f"select * from ({_CHANGED}) order by changed_at, contact_id", {"now": store.now.replace(tzinfo=None)}
    )


def members(store: WorldStore, list_id: str, given: dict[str, str]) -> list[Row]:
    """Contacts of an audience that changed after ``since_last_changed`` and before ``before_last_changed``."""
    since, before = instant(given.get("since_last_changed")), instant(given.get("before_last_changed"))
    every = LISTS[list_id][1]
    return [
        _member(row, list_id)
        for row in contacts(store)
        if row["contact_id"] % every == 0
        and (since is None or row["changed_at"] > since)
        and (before is None or row["changed_at"] < before)
    ]


def campaigns(store: WorldStore, given: dict[str, str]) -> list[Row]:
    """Campaigns by the filters on when they were made and sent."""
    rows = store.rows(
        "select * from message_campaigns where platform = 'mailchimp' and kind = 'campaign' order by created_at, campaign_id"
    )
    kept = [
        row
        for row in rows
        if _within(row["created_at"], given, "create_time") and _within(row["sent_at"], given, "send_time")
    ]
    return [_campaign(row) for row in kept]  # fmt: skip


def campaign(store: WorldStore, shown: str) -> Row | None:
    """A campaign by its id; what a test of variants sends has ids that no list shows."""
    return next((row for row in campaigns(store, {}) if row["id"] == shown), None)


def automations(store: WorldStore) -> list[Row]:
    """Flows, each with one e-mail."""
    rows = store.rows(
        "select * from message_campaigns where platform = 'mailchimp' and kind = 'flow' order by campaign_id"
    )
    return [
        {
            "id": hexadecimal_id(row["campaign_id"]), "create_time": iso(row["created_at"]), "start_time": iso(row["created_at"]),
            "status": "sending", "emails_sent": 0, "settings": {"title": row["name"], "from_name": "Market Hall"},
            "recipients": {"list_id": "a11ce00001", "list_name": "Newsletter"}, "tracking": {"opens": True},
            "trigger_settings": {"workflow_type": "welcomeSeries", "workflow_emails_count": 1}, "_links": [],
        }
        for row in rows
    ]  # fmt: skip


def automation_emails(store: WorldStore, automation_id: str) -> list[Row]:
    """The e-mail of a flow."""
    rows = store.rows(_FLOW, {"number": number_of(automation_id), "now": store.now.replace(tzinfo=None)})
    return [
        {
            "id": hexadecimal_id(row["message_id"]), "workflow_id": automation_id, "position": 1, "status": "sending",
            "create_time": iso(row["created_at"]), "start_time": iso(row["created_at"]), "send_time": "", "emails_sent": row["sent"],
            "settings": {"title": row["message"], "subject_line": row["message"]},
            "tracking": {"google_analytics": slug(row["message"])}, "_links": [],
        }
        for row in rows
    ]  # fmt: skip


def number_of(shown: str) -> int:
    """The number behind an id as it is shown; -1 for what is none."""
    try:
        return int(shown, 16) if len(shown) == 10 else -1
    except ValueError:
        return -1


def instant(text: str | None) -> datetime | None:
    """A filter's instant, naive in UTC."""
    return None if not text else datetime.fromisoformat(text.replace(" ", "+")).replace(tzinfo=None)


def iso(moment: datetime | None) -> str:
    """As Mailchimp writes instants; nothing is an empty text."""
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _within(moment: datetime | None, given: dict[str, str], name: str) -> bool:
    since, before = instant(given.get(f"since_{name}")), instant(given.get(f"before_{name}"))
    if since is None and before is None:
        return True
    return moment is not None and (since is None or moment > since) and (before is None or moment < before)


def status_of(row: Row, list_id: str) -> str:
    """What a contact is in an audience; some were archived in the club."""
    if row["email_since"] is None:
        return "transactional"
    if LISTS[list_id][1] > 1 and row["contact_id"] % _ARCHIVED == 0:
        return "archived"
    return "subscribed" if row["gone_at"] is None else "unsubscribed"


def _member(row: Row, list_id: str) -> Row:
    tags = [{"id": n, "name": name} for n, name in enumerate(_TAGS) if row["contact_id"] % 7 == n]
    return {
        "id": row["member_id"], "list_id": list_id, "contact_id": f"c{row['contact_id']}", "unique_email_id": row["member_id"][:10],
        "email_address": row["email"], "full_name": row["first_name"] or "", "web_id": row["contact_id"], "email_type": "html",
        "status": status_of(row, list_id), "merge_fields": {"FNAME": row["first_name"] or "", "LNAME": "", "PHONE": row["phone"] or ""},
        "stats": {"avg_open_rate": 0.3, "avg_click_rate": 0.02, "ecommerce_data": {"total_revenue": 0, "number_of_orders": 0, "currency_code": "EUR"}},
        "ip_signup": "192.0.2.1", "timestamp_signup": iso(row["created_at"]), "ip_opt": "192.0.2.1",
        "timestamp_opt": iso(row["email_since"]), "member_rating": 3, "last_changed": iso(row["changed_at"]), "language": "",
        "vip": False, "email_client": "", "location": {"country_code": ""}, "source": "API", "tags_count": len(tags), "tags": tags,
        "_links": [],
    }  # fmt: skip


def _campaign(row: Row) -> Row:
    return {
        "id": hexadecimal_id(row["campaign_id"]), "web_id": row["campaign_id"], **_tested(row),
        "create_time": iso(row["created_at"]), "status": _STATUSES[row["status"]], "emails_sent": 0,
        "send_time": iso(row["sent_at"]), "content_type": "template",
        "recipients": {"list_id": "a11ce00001", "list_name": "Newsletter", "recipient_count": 0, "segment_text": ""},
        "settings": {"subject_line": row["message"], "preview_text": "", "title": row["name"], "from_name": "Market Hall"},
        "tracking": {"opens": True, "html_clicks": True, "google_analytics": slug(row["name"])}, "_links": [],
    }  # fmt: skip


def _tested(row: Row) -> Row:
    found = [hexadecimal_id(one) for one in variants_of("mailchimp", row["campaign_id"])]
    if not found:
        return {"type": "regular"}
    *tried, winner = found
    combinations = [{"id": key, "subject_line": place, "recipients": 0} for place, key in enumerate(tried)]
    settings = {
        "winning_combination_id": tried[0], "winning_campaign_id": winner, "winner_criteria": "opens", "wait_time": 60,
        "test_size": 20, "subject_lines": [row["message"], row["name"]], "combinations": combinations,
    }  # fmt: skip
    return {"type": "variate", "variate_settings": settings}
