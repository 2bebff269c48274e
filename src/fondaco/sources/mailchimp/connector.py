"""The Mailchimp source: which lists are read for a slice, and what becomes of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from fondaco.clock import Clock, utc_now, zone
from fondaco.sources.http import NotFoundError
from fondaco.sources.mailchimp import records
from fondaco.sources.mailchimp.checking import account_zone, check
from fondaco.sources.mailchimp.client import MailchimpClient, Record, after
from fondaco.sources.mailchimp.sent import REPORTS_LEFT_OUT, Sent, SentCampaign
from fondaco.sources.mailchimp.settings import MailchimpSettings
from fondaco.sources.mailchimp.streams import STREAMS
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause

_MEMBER_PARTS = ("_links", "ip_signup", "ip_opt", "last_note", "unsubscribe_reason")
_CONTACT_PARTS = ("_links", "email_address", "merge_fields")


class Mailchimp:
    """One Mailchimp account."""

    name: ClassVar[str] = "mailchimp"
    title: ClassVar[str] = "Mailchimp"
    role: ClassVar[Role] = Role.MESSAGES
    settings_type: ClassVar[type[SourceSettings]] = MailchimpSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: MailchimpSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = MailchimpClient(settings, sleep=sleep)
        self._sent = Sent(self._client)
        self._begun: set[str] = set()
        self._readers: dict[str, Callable[[Slice], Iterator[list[Record]]]] = {
            "lists": lambda part: self._lists(),
            "segments": lambda part: self._segments(),
            "members": self._members,
            "campaigns": self._campaigns,
            "automations": lambda part: self._automations(),
            "reports": self._reports,
            "recipients": self._recipients,
            "email_activity": self._activity,
            "unsubscribes": self._unsubscribes,
        }

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, MailchimpSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Mailchimp")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client, self._settings.currency)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        for rows in self._readers[stream.name](part):
            yield Page.of(rows)
        for warning in self._client.take_warnings():
            yield Page(b"", 0, warning)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: Mailchimp does not tell what was deleted. It is found by comparing ids."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        match stream.name:
            case "lists":
                return iter(self._list_ids())
            case "segments":
                return (
                    str(row["id"]) for rows in self._segments("segments.id", "total_items") for row in rows
                )
            case "members":
                return self._member_ids()
            case "campaigns":
                wanted = ("campaigns.id", "total_items")
                found = self._client.pages("/campaigns", "campaigns", fields=wanted)
                return (str(row["id"]) for rows in found for row in rows)
            case "automations":
                wanted = ("automations.id", "total_items")
                found = self._client.pages("/automations", "automations", fields=wanted)
                return (str(row["id"]) for rows in found for row in rows)
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    # ---- audiences ---------------------------------------------------------------------------------------------------

    def _lists(self) -> Iterator[list[Record]]:
        left_out = ("lists._links", "lists.contact", "lists.campaign_defaults", "_links")
        for rows in self._client.pages("/lists", "lists", exclude_fields=left_out):
            yield [records.plain(row) for row in rows]

    def _list_ids(self) -> list[str]:
        found = self._client.pages("/lists", "lists", fields=("lists.id", "total_items"))
        return [str(row["id"]) for rows in found for row in rows]

    def _segments(self, *fields: str) -> Iterator[list[Record]]:
        wanted: Record = {"fields": fields} if fields else {"exclude_fields": ("segments._links", "_links")}
        for list_id in self._list_ids():
            for rows in self._client.pages(f"/lists/{list_id}/segments", "segments", **wanted):
                yield [records.plain(row) for row in rows]

    def _members(self, part: Slice) -> Iterator[list[Record]]:
        """Contacts that changed in the slice; the oldest of history has all before it too, whenever they last changed."""
        since, until = _bounds(part)
        is_oldest = part.kind == "backfill" and since.date() <= self._settings.start_date
        window: Record = {
            "since_last_changed": None if is_oldest else after(since),
            "before_last_changed": until,
            "sort_field": "last_changed",
            "sort_dir": "ASC",
            "exclude_fields": (*(f"members.{one}" for one in _MEMBER_PARTS), "_links"),
        }
        for list_id in self._list_ids():
            for rows in self._client.pages(f"/lists/{list_id}/members", "members", **window):
                yield [records.member(row) for row in rows]

    def _member_ids(self) -> Iterator[str]:
        for list_id in self._list_ids():
            wanted = ("members.id", "total_items")
            for rows in self._client.pages(f"/lists/{list_id}/members", "members", fields=wanted):
                yield from (records.member_key(list_id, row["id"]) for row in rows)

    # ---- what was sent -----------------------------------------------------------------------------------------------

    def _campaigns(self, part: Slice) -> Iterator[list[Record]]:
        """Made in the slice, then sent in it: a draft may wait for months."""
        since, until = _bounds(part)
        for clock in ("create_time", "send_time"):
            window: Record = {f"since_{clock}": after(since), f"before_{clock}": until}
            order: Record = {
                "sort_field": clock,
                "sort_dir": "ASC",
                "exclude_fields": ("campaigns._links", "_links"),
            }
            for rows in self._client.pages("/campaigns", "campaigns", **window, **order):
                yield [records.campaign(row) for row in rows]

    def _automations(self) -> Iterator[list[Record]]:
        for row, emails in self._sent.automations():
            yield [records.automation(row, emails)]

    def _reports(self, part: Slice) -> Iterator[list[Record]]:
        since, until = _bounds(part)
        window: Record = {"since_send_time": after(since), "before_send_time": until}
        found = self._client.pages(
            "/reports", "reports", exclude_fields=(*REPORTS_LEFT_OUT, "_links"), **window
        )
        for rows in found:
            yield [records.report(row) for row in rows]
        if self._is_first(part.stream):
            today = self._clock().astimezone(zone(account_zone(self._client))).date()
            for automation_id, row in self._sent.reports_of_automations():
                yield [records.reading(row, automation_id, today)]

    def _recipients(self, part: Slice) -> Iterator[list[Record]]:
        left_out = tuple(f"sent_to.{one}" for one in (*_CONTACT_PARTS, "last_open"))
        for campaign in self._sent.campaigns(*_bounds(part)):
            for rows in self._of(campaign, "sent-to", "sent_to", exclude_fields=left_out):
                yield [records.recipient(row) for row in rows]

    def _activity(self, part: Slice) -> Iterator[list[Record]]:
        """History: all that came of campaigns sent in the slice. Later: what happened in it, to those sent not long before."""
        since, until = _bounds(part)
        left_out = tuple(f"emails.{one}" for one in ("_links", "email_address"))
        if part.kind == "backfill":
            chosen, clock = self._sent.campaigns(since, until), None
        else:
            patience = timedelta(days=self._settings.activity_days)
            chosen, clock = self._sent.active(since, until, patience), after(since)
        emails = self._automation_emails(part.stream)
        for campaign in (*chosen, *emails):
            for rows in self._of(campaign, "email-activity", "emails", since=clock, exclude_fields=left_out):
                yield [one for row in rows for one in records.activities(row)]

    def _unsubscribes(self, part: Slice) -> Iterator[list[Record]]:
        left_out = tuple(f"unsubscribes.{one}" for one in (*_CONTACT_PARTS, "reason"))
        emails = self._automation_emails(part.stream)
        for campaign in (*self._sent.campaigns(*_bounds(part)), *emails):
            for rows in self._of(campaign, "unsubscribed", "unsubscribes", exclude_fields=left_out):
                yield [records.recipient(row) for row in rows]

    def _automation_emails(self, stream: str) -> list[SentCampaign]:
        return self._sent.automation_emails() if self._is_first(stream) else []

    def _of(
        self, campaign: SentCampaign, part: str, member: str, **parameters: object
    ) -> Iterator[list[Record]]:
        """A list below a campaign's reports, under its own id; of one that was deleted meanwhile, nothing."""
        for report_id in campaign.report_ids:
            with suppress(NotFoundError):
                found = self._client.pages(
                    f"/reports/{report_id}/{part}", member, key="email_id", **parameters
                )
                for rows in found:
                    yield [{**row, "campaign_id": campaign.campaign_id} for row in rows]

    def _is_first(self, stream: str) -> bool:
        """Whether what has no time to be asked for is to be read now: once in each run, with its first slice."""
        is_first = stream not in self._begun
        self._begun.add(stream)
        return is_first


def _bounds(part: Slice) -> tuple[datetime, datetime]:
    if part.since is None or part.until is None:
        raise ValueError(f"a slice of {part.stream} needs bounds")
    return part.since, part.until
