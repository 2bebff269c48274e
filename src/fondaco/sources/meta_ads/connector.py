"""The Meta Ads source: which edges are read for a slice, and what becomes of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

from fondaco.clock import Clock, utc_now, zone
from fondaco.sources.meta_ads import checking, fields, records
from fondaco.sources.meta_ads.client import MetaClient, Record
from fondaco.sources.meta_ads.report import Insights, Question
from fondaco.sources.meta_ads.settings import MetaAdsSettings
from fondaco.sources.meta_ads.streams import STREAMS
from fondaco.sources.meta_ads.tally import SETTLING_DAYS, Tally
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause

KEPT_MONTHS = 37
"""Meta answers for no day that lies further back."""

_EDGES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "campaigns": ("campaigns", fields.CAMPAIGN_FIELDS, fields.CAMPAIGN_STATUSES),
    "ad_sets": ("adsets", fields.AD_SET_FIELDS, fields.AD_SET_STATUSES),
    "ads": ("ads", fields.AD_FIELDS, fields.AD_STATUSES),
}


class MetaAds:
    """One ad account of Meta."""

    name: ClassVar[str] = "meta_ads"
    title: ClassVar[str] = "Meta Ads"
    role: ClassVar[Role] = Role.ADS
    settings_type: ClassVar[type[SourceSettings]] = MetaAdsSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: MetaAdsSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._clock = clock
        self._client = MetaClient(settings, sleep=sleep)
        self._insights = Insights(self._client, settings.attribution_windows, sleep=sleep)
        self._shape_insight = records.insight(settings.attribution_windows)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, MetaAdsSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Meta Ads")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return checking.check(self._client)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        if stream.name == "insights":
            question = self._question(part)
            if question is not None:
                yield from self._read_insights(question, is_compared=part.kind != "incremental")
            return
        for rows in self._things(stream.name, *_EDGES[stream.name][1]):
            yield Page.of(records.thing(row) for row in rows)

    def _read_insights(self, question: Question, *, is_compared: bool) -> Iterator[Page]:
        tally = Tally()
        for rows in self._insights.pages(question):
            tally.add(rows)
            yield Page.of(self._shape_insight(row) for row in rows)
        settled = self._today() - timedelta(days=SETTLING_DAYS)
        if is_compared and question.first <= settled:
            whole = replace(question, last=min(question.last, settled))
            warning = tally.shortfall(self._insights.spend_by_day(whole), self._account["currency"])
            if warning:
                yield Page(b"", 0, warning)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: what is deleted stays in the lists, with the status DELETED."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        if stream.name not in _EDGES:
            return None
        return (str(row["id"]) for rows in self._things(stream.name, "id") for row in rows)

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def _things(self, stream: str, *wanted: str) -> Iterator[list[Record]]:
        edge, _, statuses = _EDGES[stream]
        path = f"{self._client.account}/{edge}"
        return self._client.pages(path, fields=",".join(wanted), effective_status=list(statuses))

    def _question(self, part: Slice) -> Question | None:
        """The slice's days that have begun in the account and that Meta still keeps; None where there are none."""
        if part.since is None or part.until is None:
            raise ValueError(f"a slice of {part.stream} needs bounds")
        today = self._today()
        first = max(part.since.date(), oldest_day(today))
        last = min(part.until.date() - timedelta(days=1), today)
        return Question(first, last) if first <= last else None

    def _today(self) -> date:
        return self._clock().astimezone(zone(self._account["timezone_name"])).date()

    @cached_property
    def _account(self) -> dict[str, Any]:
        return checking.account(self._client)


def oldest_day(today: date) -> date:
    """The first day that Meta still answers for: one after the same day 37 months ago, whatever that month's length."""
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    return first + timedelta(days=today.day)
