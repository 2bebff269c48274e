"""Which campaigns and e-mails of automations a slice is about, told by their reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fondaco.clock import parse_instant
from fondaco.errors import AccessError
from fondaco.sources.http import NotFoundError, UnauthorizedError
from fondaco.sources.mailchimp.client import MailchimpClient, Record, after

BOUNCES_COME_IN = timedelta(days=3)
_BRIEF = (
    "reports.id",
    "reports.send_time",
    "reports.opens.last_open",
    "reports.clicks.last_click",
    "total_items",
)


class Sent:
    """What the account has sent."""

    def __init__(self, client: MailchimpClient) -> None:
        self._client = client

    def campaigns(self, since: datetime, until: datetime) -> list[str]:
        """Ids of campaigns sent in [since, until)."""
        return [str(row["id"]) for row in self._brief(since, until)]

    def active(self, since: datetime, until: datetime, patience: timedelta) -> list[str]:
        """Ids of campaigns sent up to ``patience`` before ``since`` that were opened or clicked since, or may still bounce."""
        return [
            str(row["id"])
            for row in self._brief(since - patience, until)
            if _newest(row, until) >= since
            or _instant(row.get("send_time"), until) >= since - BOUNCES_COME_IN
        ]

    def automation_emails(self) -> Iterator[tuple[str, str]]:
        """Automation and e-mail, of all that was ever sent. An account without classic automations has none."""
        for automation in self.automations():
            for email in automation[1]:
                if email.get("emails_sent"):
                    yield str(automation[0]["id"]), str(email["id"])

    def automations(self) -> Iterator[tuple[Record, list[Record]]]:
        """Each classic automation, and its e-mails."""
        for rows in self._client.pages(
            "/automations", "automations", exclude_fields=("automations._links", "_links")
        ):
            for row in rows:
                answer = self._client.get(f"/automations/{row['id']}/emails")
                yield row, [{**email, "_links": None} for email in answer.get("emails") or ()]

    def reports_of_automations(self) -> Iterator[tuple[str, Record]]:
        """Automation and report of each of its e-mails."""
        for automation_id, email_id in self.automation_emails_if_any():
            try:
                report = self._client.get(f"/reports/{email_id}", exclude_fields=REPORT_LEFT_OUT)
            except NotFoundError:
                continue  # deleted since
            yield automation_id, report

    def automation_emails_if_any(self) -> Iterator[tuple[str, str]]:
        """As ``automation_emails``; none where the credential may not see automations, which ``check`` tells."""
        try:
            yield from self.automation_emails()
        except UnauthorizedError:
            raise
        except AccessError:
            return

    def _brief(self, since: datetime, until: datetime) -> Iterator[Record]:
        window: Record = {"since_send_time": after(since), "before_send_time": until}
        for rows in self._client.pages("/reports", "reports", fields=_BRIEF, **window):
            yield from rows


REPORT_PARTS = ("_links", "share_report", "industry_stats", "list_stats", "timewarp", "facebook_likes")
"""Not asked for: a password of a shared report, and what no table holds."""

REPORT_LEFT_OUT = REPORT_PARTS
REPORTS_LEFT_OUT = tuple(f"reports.{part}" for part in REPORT_PARTS)


def _newest(row: Record, otherwise: datetime) -> datetime:
    """The last open or click; long ago where there was none."""
    told = [(row.get("opens") or {}).get("last_open"), (row.get("clicks") or {}).get("last_click")]
    return max((_instant(text, otherwise) for text in told if text), default=_LONG_AGO)


def _instant(text: Any, otherwise: datetime) -> datetime:
    try:
        return parse_instant(text)
    except (TypeError, ValueError):
        return otherwise


_LONG_AGO = parse_instant("1970-01-01T00:00:00Z")
