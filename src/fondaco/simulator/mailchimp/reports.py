"""What the account tells of its sends: reports, recipients, opens and clicks, and who left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from fondaco.simulator.mailchimp.things import Row, WorldStore, instant, iso, number_of
from fondaco.simulator.world.message_accounts import hexadecimal_id, tested_campaign, variant_of, variants_of

_ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))
_ACTIONS = {"opened": "open", "clicked": "click", "bounced": "bounce"}
_COUNTED = (
    "sent", "openings", "opened", "clicks", "clicked", "bounced", "unsubscribed", "marked_spam", "claimed_orders",
    "claimed_value", "claimed_goods",
)  # fmt: skip
_EVENTS = """
    select e.*, md5(lower(k.email)) as email_id, k.email from message_events as e
    inner join message_contacts as k using (contact_id) inner join message_campaigns as c using (campaign_id)
    where c.platform = 'mailchimp' and $number in (c.campaign_id, case when c.kind = 'flow' then c.message_id end)
        and e.happened_at <= $now::timestamp
"""


class Reports:
    """Reports of one world; the figures of a moment are worked out once."""

    def __init__(self, store: WorldStore) -> None:
        self._store = store
        self._known: tuple[datetime | None, dict[int, Row]] = (None, {})

    def all(self, given: dict[str, str]) -> list[Row]:
        """Reports of campaigns sent between the filters; e-mails of automations are not among them."""
        since, before = instant(given.get("since_send_time")), instant(given.get("before_send_time"))
        rows = self._store.rows(
            "select * from message_campaigns where platform = 'mailchimp' and kind = 'campaign' and sent_at is not null"
            " order by sent_at desc, campaign_id"
        )
        return [
            self._report(row, row["campaign_id"])
            for row in rows
            if (since is None or row["sent_at"] > since) and (before is None or row["sent_at"] < before)
        ]

    def one(self, shown: str) -> Row | None:
        """The report of a campaign, or of an automation's e-mail; None of an e-mail that was sent to nobody yet."""
        number, _ = tested_campaign(number_of(shown))
        rows = self._store.rows(
            "select * from message_campaigns where platform = 'mailchimp'"
            " and (campaign_id = $number and kind = 'campaign' or message_id = $number and kind = 'flow')",
            {"number": number},
        )
        if not rows:
            return None
        report = self._report(rows[0], number)
        is_waiting = report["type"] == "automation" and not report["emails_sent"]
        return None if is_waiting else report

    def part(self, shown: str, part: str, given: dict[str, str]) -> list[Row]:
        """A list below a report."""
        rows = self._events(shown)
        about = {"campaign_id": shown, "list_id": "a11ce00001", "list_is_active": True, "_links": []}
        if part == "unsubscribed":
            return [
                {**about, "email_id": row["email_id"], "email_address": row["email"], "reason": "", "timestamp": iso(row["happened_at"])}
                for row in rows if row["kind"] == "unsubscribed"
            ]  # fmt: skip
        sent = {row["email_id"]: row for row in rows if row["kind"] in ("received", "bounced")}
        if part == "sent-to":
            return [
                {**about, "email_id": key, "email_address": row["email"], "status": "hard" if row["kind"] == "bounced" else "sent", "open_count": 0, "last_open": ""}
                for key, row in sorted(sent.items())
            ]  # fmt: skip
        since = instant(given.get("since"))
        done: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row["kind"] in _ACTIONS and (since is None or row["happened_at"] > since):
                done[row["email_id"]].append(_activity(row))
        return [
            {**about, "email_id": key, "email_address": row["email"], "activity": done.get(key, [])}
            for key, row in sorted(sent.items())
        ]  # fmt: skip

    def _events(self, shown: str) -> list[Row]:
        """What became of single e-mails. Of a campaign that tests variants only theirs tell it."""
        number, variant = tested_campaign(number_of(shown))
        params = {"number": number, "now": self._store.now.replace(tzinfo=None)}
        rows = self._store.rows(f"{_EVENTS} order by e.happened_at, e.event_id", params)
        if not variants_of("mailchimp", number):
            return rows
        return [row for row in rows if variant_of(row["contact_id"]) == variant]

    def _figures(self) -> dict[int, Row]:
        """Totals of every campaign and flow at this moment."""
        now = self._store.now
        if self._known[0] != now:
            totals: dict[int, Row] = {}
            for row in self._store.message_figures("mailchimp", *_ALWAYS):
                found = totals.setdefault(row["campaign_id"], dict.fromkeys(_COUNTED, 0))
                for name in _COUNTED:
                    found[name] += row[name]
            self._known = (now, totals)
        return self._known[1]

    def _report(self, row: Row, number: int) -> Row:
        told = self._figures().get(row["campaign_id"]) or dict.fromkeys(_COUNTED, 0)
        is_flow = row["kind"] == "flow"
        last = self._last(number)
        return {
            "id": hexadecimal_id(number), "campaign_title": row["message"] if is_flow else row["name"],
            "type": "automation" if is_flow else "variate" if variants_of("mailchimp", number) else "regular", "list_id": "a11ce00001", "list_is_active": True,
            "list_name": "Newsletter", "subject_line": row["message"], "preview_text": "", "emails_sent": told["sent"],
            "abuse_reports": told["marked_spam"], "unsubscribed": told["unsubscribed"],
            "send_time": iso(None if is_flow else row["sent_at"]),
            "bounces": {"hard_bounces": told["bounced"], "soft_bounces": 0, "syntax_errors": 0},
            "forwards": {"forwards_count": 0, "forwards_opens": 0},
            "opens": {"opens_total": told["openings"], "unique_opens": told["opened"], "open_rate": 0.0, "last_open": iso(last["opened"])},
            "clicks": {
                "clicks_total": told["clicks"], "unique_clicks": told["clicked"], "unique_subscriber_clicks": told["clicked"],
                "click_rate": 0.0, "last_click": iso(last["clicked"]),
            },
            "facebook_likes": {"recipient_likes": 0, "unique_likes": 0, "facebook_likes": 0},
            "timeseries": [] if is_flow else self._hours(row),
            "share_report": {"share_url": "https://example.com", "share_password": "not for us"},
            "ecommerce": {
                "total_orders": told["claimed_orders"], "total_spent": told["claimed_value"] / 100,
                "total_revenue": told["claimed_goods"] / 100, "currency_code": "EUR",
            },
            "_links": [],
        }  # fmt: skip

    def _last(self, number: int) -> dict[str, datetime | None]:
        params = {"number": number, "now": self._store.now.replace(tzinfo=None)}
        rows = self._store.rows(f"select kind, max(happened_at) as at from ({_EVENTS}) group by kind", params)
        found = {row["kind"]: row["at"] for row in rows}
        return {kind: found.get(kind) for kind in ("opened", "clicked")}

    def _hours(self, row: Row) -> list[Row]:
        """The first day after the send, hour by hour, in UTC."""
        params: dict[str, Any] = {"number": row["campaign_id"], "now": self._store.now.replace(tzinfo=None)}
        rows = self._store.rows(
            f"""
            select date_trunc('hour', happened_at) as hour, count(*) filter (where kind in ('received', 'bounced')) as sent,
                count(distinct contact_id) filter (where kind = 'opened') as opened,
                count(distinct contact_id) filter (where kind = 'clicked') as clicked
            from ({_EVENTS}) where happened_at < sent_at + interval 24 hour group by hour order by hour
            """,
            params,
        )
        return [
            {"timestamp": iso(one["hour"]), "emails_sent": one["sent"], "unique_opens": one["opened"], "recipients_clicks": one["clicked"]}
            for one in rows
        ]  # fmt: skip


def _activity(row: Row) -> Row:
    found: Row = {"action": _ACTIONS[row["kind"]], "timestamp": iso(row["happened_at"]), "ip": "192.0.2.1"}
    if row["kind"] == "clicked":
        found["url"] = f"https://shop.example.com/?mc_eid={row['email_id'][:10]}&email={row['email']}"
    if row["kind"] == "bounced":
        found["type"] = "hard"
    return found
