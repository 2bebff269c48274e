"""The Klaviyo source: what is asked for a slice, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

from fondaco.clock import Clock, parse_instant, utc_now, zone
from fondaco.sources.http import NotFoundError
from fondaco.sources.klaviyo import checking, records, reports
from fondaco.sources.klaviyo.client import KlaviyoClient, Record
from fondaco.sources.klaviyo.reports import Question
from fondaco.sources.klaviyo.settings import KlaviyoSettings
from fondaco.sources.klaviyo.streams import FIGURES_KEPT, STREAMS
from fondaco.sources.klaviyo.subscriptions import KlaviyoSubscriptions
from fondaco.sources.klaviyo.webhooks import KlaviyoWebhooks
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause
from fondaco.sources.webhooks import Subscription, Webhooks

_CHANNELS = ("email", "sms", "mobile_push")
_EVENTS_A_PAGE = 10  # times the page size
_LISTED = {"metrics": {}, "lists": {"page[size]": 10}, "segments": {"page[size]": 10}}
_PROFILE_FIELDS = "email,phone_number,external_id,first_name,last_name,created,updated,subscriptions"
_SEGMENT_FIELDS = "name,created,updated,is_active"
_CAMPAIGN_FIELDS = "name,status,archived,audiences,send_time,scheduled_at,created_at,updated_at"
_MESSAGE_FIELDS = "definition.channel,definition.label,definition.content.subject,created_at,updated_at"
_SHOPS = ("Shopify", "WooCommerce", "commercetools")


class Klaviyo:
    """One account of Klaviyo."""

    name: ClassVar[str] = "klaviyo"
    title: ClassVar[str] = "Klaviyo"
    role: ClassVar[Role] = Role.MESSAGES
    settings_type: ClassVar[type[SourceSettings]] = KlaviyoSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None
    webhooks: ClassVar[Webhooks] = KlaviyoWebhooks()

    def __init__(
        self,
        settings: KlaviyoSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._clock = clock
        self._start_date = settings.start_date
        self._conversion_metric = settings.conversion_metric
        self._client = KlaviyoClient(settings, sleep=sleep)
        self._subscriptions = KlaviyoSubscriptions(self._client)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, KlaviyoSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Klaviyo")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return checking.check(self._client, self._conversion_metric)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        for rows in self._rows(stream.name, part):
            yield Page.of(rows)

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        """Events and profiles by their ids; those that are gone, and events of other things than messages, give nothing."""
        for one in ids:
            with suppress(NotFoundError):
                rows = list(self._single(stream.name, one))
                if rows:
                    yield Page.of(rows)

    def topics(self) -> tuple[str, ...]:
        return self._subscriptions.topics()

    def subscriptions(self) -> list[Subscription]:
        return self._subscriptions.all()

    def subscribe(self, topic: str, address: str, secret: str) -> Subscription:
        return self._subscriptions.add(topic, address, secret)

    def unsubscribe(self, subscription_id: str) -> None:
        self._subscriptions.take_down(subscription_id)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: Klaviyo tells of no deletion. It is found by comparing ids."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        match stream.name:
            case "campaigns" | "flows" | "lists" | "segments":
                found = self._rows(stream.name, Slice(stream.name, "full"))
            case "profiles":
                parameters = {
                    "fields[profile]": "created",
                    "page[size]": self._client.page_size,
                    "sort": "id",
                }
                found = (answer["data"] for answer in self._client.pages("profiles", parameters))
            case _:
                return None
        return (str(row["id"]) for rows in found for row in rows)

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    # ---- records -----------------------------------------------------------------------------------------------------

    def _rows(self, name: str, part: Slice) -> Iterator[list[Record]]:
        match name:
            case "campaigns":
                yield from self._campaigns()
            case "flows":
                yield from self._flows()
            case "profiles":
                yield from self._profiles(part)
            case "events":
                yield from self._events(part)
            case "campaign_figures" | "flow_figures":
                yield from self._figures(name, part)
            case _:
                parameters: dict[str, Any] = dict(_LISTED[name])
                if name == "segments":
                    parameters["fields[segment]"] = _SEGMENT_FIELDS
                yield from (answer["data"] for answer in self._client.pages(name, parameters))

    def _campaigns(self) -> Iterator[list[Record]]:
        """All campaigns: the list demands a channel, and leaves archived ones out unless it is asked for them."""
        for channel in _CHANNELS:
            for archived in ("false", "true"):
                parameters = {
                    "filter": f"and(equals(messages.channel,'{channel}'),equals(archived,{archived}))",
                    "include": "campaign-messages",
                    "fields[campaign]": _CAMPAIGN_FIELDS,
                    "fields[campaign-message]": _MESSAGE_FIELDS,
                    "page[size]": self._client.page_size,
                    "sort": "created_at",
                }
                for answer in self._client.pages("campaigns", parameters):
                    yield list(records.campaigns(answer, channel))

    def _flows(self) -> Iterator[list[Record]]:
        for archived in ("false", "true"):
            parameters = {"filter": f"equals(archived,{archived})", "page[size]": 50, "sort": "created"}
            yield from (answer["data"] for answer in self._client.pages("flows", parameters))

    def _profiles(self, part: Slice) -> Iterator[list[Record]]:
        """Those updated in the slice; the oldest of history has all before it too, whenever they were last updated.

        The filter knows no "or equal", so it begins a second earlier.
        """
        since, until = _bounds(part)
        is_oldest = part.kind == "backfill" and since.date() <= self._start_date
        begin, end = (
            f"greater-than(updated,{_iso(since - timedelta(seconds=1))})",
            f"less-than(updated,{_iso(until)})",
        )
        parameters = {
            "filter": end if is_oldest else f"and({begin},{end})",
            "additional-fields[profile]": "subscriptions",
            "fields[profile]": _PROFILE_FIELDS,
            "page[size]": self._client.page_size,
            "sort": "updated",
        }
        yield from (answer["data"] for answer in self._client.pages("profiles", parameters))

    def _single(self, name: str, key: str) -> Iterator[Record]:
        """A record as the list would have it."""
        if name == "profiles":
            shown = {"additional-fields[profile]": "subscriptions", "fields[profile]": _PROFILE_FIELDS}
            yield self._client.get(f"profiles/{key}", shown)["data"]
        elif name == "events":
            shown = {
                "fields[event]": "datetime,event_properties",
                "include": "metric,profile",
                "fields[metric]": "name",
                "fields[profile]": "id",
            }
            answer = self._client.get(f"events/{key}", shown)
            metrics = [one for one in answer.get("included") or () if one.get("type") == "metric"]
            if metrics and metrics[0]["attributes"]["name"] in records.MESSAGE_METRICS:
                yield records.event(answer["data"], metrics[0])

    def _events(self, part: Slice) -> Iterator[list[Record]]:
        since, until = _bounds(part)
        for metric in self._metrics:
            if metric["attributes"]["name"] not in records.MESSAGE_METRICS:
                continue
            parameters = {
                "filter": f'and(equals(metric_id,"{metric["id"]}"),greater-or-equal(datetime,{_iso(since)}),'
                f"less-than(datetime,{_iso(until)}))",
                "fields[event]": "datetime,event_properties",
                "include": "profile",
                "fields[profile]": "id",
                "page[size]": self._client.page_size * _EVENTS_A_PAGE,
                "sort": "datetime",
            }
            for answer in self._client.pages("events", parameters):
                yield [records.event(row, metric) for row in answer["data"]]

    # ---- figures -----------------------------------------------------------------------------------------------------

    def _figures(self, name: str, part: Slice) -> Iterator[list[Record]]:
        question = self._question(part)
        if question is None:
            return
        if name == "flow_figures":
            yield from reports.flow_rows(self._client, question)
        else:
            yield from reports.campaign_rows(self._client, question, self._sent_on())

    def _sent_on(self) -> Mapping[str, date]:
        there = zone(self._account["timezone"])
        return {
            row["id"]: parse_instant(row["attributes"]["send_time"]).astimezone(there).date()
            for rows in self._campaigns()
            for row in rows
            if row["attributes"].get("send_time")
        }

    def _question(self, part: Slice) -> Question | None:
        """The slice's days that have begun in the account; None where there are none, or nothing was ever counted."""
        since, until = _bounds(part)
        today = self._clock().astimezone(zone(self._account["timezone"])).date()
        first = max(since.date(), today - FIGURES_KEPT)
        last = min(until.date() - timedelta(days=1), today)
        if first > last or not self._metrics:
            return None
        orders = sorted(
            (one for one in self._metrics if one["attributes"]["name"] == self._conversion_metric), key=_rank
        )
        chosen = orders[0] if orders else self._metrics[0]
        return Question(first, last, chosen["id"], bool(orders), self._account["preferred_currency"])

    @cached_property
    def _account(self) -> Record:
        return checking.account(self._client)

    @cached_property
    def _metrics(self) -> list[Record]:
        return [row for answer in self._client.pages("metrics") for row in answer["data"]]


def _rank(metric: Record) -> tuple[int, str]:
    """Shops' own metrics first: others of the same name are sent by who knows whom."""
    integration = metric["attributes"].get("integration") or {}
    name = str(integration.get("name"))
    return (_SHOPS.index(name) if name in _SHOPS else len(_SHOPS), str(metric["id"]))


def _bounds(part: Slice) -> tuple[datetime, datetime]:
    if part.since is None or part.until is None:
        raise ValueError(f"a slice of {part.stream} needs bounds")
    return part.since, part.until


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
