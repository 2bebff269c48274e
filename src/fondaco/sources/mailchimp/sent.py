"""Which campaigns and e-mails of automations a slice is about, told by their reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fondaco.clock import parse_instant
from fondaco.errors import AccessError
from fondaco.sources.http import NotFoundError, UnauthorizedError
from fondaco.sources.mailchimp.client import MailchimpClient, Record, after
from fondaco.sources.mailchimp.records import variants

BOUNCES_COME_IN = timedelta(days=3)
_BRIEF = (
    "reports.id",
    "reports.type",
    "reports.send_time",
    "reports.opens.last_open",
    "reports.clicks.last_click",
    "total_items",
)


_VARIANTS = ("id", "variate_settings.combinations.id", "variate_settings.winning_campaign_id")


@dataclass(frozen=True, slots=True)
class SentCampaign:
    """A campaign, or an automation's e-mail, and the reports that tell what single contacts did with it.

    Those of a campaign that tests variants are the reports of its variants: its own has totals and nobody.
    """

    campaign_id: str
    report_ids: tuple[str, ...]


class Sent:
    """What the account has sent."""

    def __init__(self, client: MailchimpClient) -> None:
        self._client = client

    def campaigns(self, since: datetime, until: datetime) -> list[SentCampaign]:
        """Campaigns sent in [since, until)."""
        return [self._with_reports(row) for row in self._brief(since, until)]

    def active(self, since: datetime, until: datetime, patience: timedelta) -> list[SentCampaign]:
        """Campaigns sent up to ``patience`` before ``since`` that were opened or clicked since, or may still bounce."""
        return [
            self._with_reports(row)
            for row in self._brief(since - patience, until)
            if _newest(row, until) >= since
            or _instant(row.get("send_time"), until) >= since - BOUNCES_COME_IN
        ]

    def automation_emails(self) -> list[SentCampaign]:
        """E-mails of automations that went to somebody."""
        return [
            SentCampaign(str(email["id"]), (str(email["id"]),))
            for _, email in self._emails_if_any()
            if email.get("emails_sent")
        ]

    def automations(self) -> Iterator[tuple[Record, list[Record]]]:
        """Each classic automation, and its e-mails."""
        for rows in self._client.pages(
            "/automations", "automations", exclude_fields=("automations._links", "_links")
        ):
            for row in rows:
                answer = self._client.get(f"/automations/{row['id']}/emails")
                yield row, [{**email, "_links": None} for email in answer.get("emails") or ()]

    def reports_of_automations(self) -> Iterator[tuple[str, Record]]:
        """Automation and report of each of its e-mails.

        One that went to nobody yet has no report. That it is at nought is told all the same: what it sends later came after.
        """
        for automation_id, email in self._emails_if_any():
            if not email.get("emails_sent"):
                yield automation_id, {"id": str(email["id"]), "type": "automation", "emails_sent": 0}
                continue
            try:
                report = self._client.get(f"/reports/{email['id']}", exclude_fields=REPORT_LEFT_OUT)
            except NotFoundError:
                continue  # deleted since
            yield automation_id, report

    def _emails_if_any(self) -> Iterator[tuple[str, Record]]:
        """Automation and e-mail; none where the credential may not see automations, which ``check`` tells."""
        try:
            for automation, emails in self.automations():
                for email in emails:
                    yield str(automation["id"]), email
        except UnauthorizedError:
            raise
        except AccessError:
            return

    def _with_reports(self, row: Record) -> SentCampaign:
        """A campaign that was deleted meanwhile, or that the credential may not see, is known by its own report alone."""
        campaign_id = str(row["id"])
        found: list[str] = []
        if row.get("type") == "variate":
            try:
                found = variants(self._client.get(f"/campaigns/{campaign_id}", fields=_VARIANTS))
            except UnauthorizedError:
                raise
            except (AccessError, NotFoundError):
                found = []
        return SentCampaign(campaign_id, tuple(found) or (campaign_id,))

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
