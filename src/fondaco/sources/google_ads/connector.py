"""The Google Ads source: which queries a slice takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import ClassVar, Self

from fondaco.clock import Clock, utc_now
from fondaco.sources.google_ads.checking import Account, account_of, check
from fondaco.sources.google_ads.client import GoogleAdsClient
from fondaco.sources.google_ads.fields import REPORTS
from fondaco.sources.google_ads.queries import query, spans
from fondaco.sources.google_ads.settings import GoogleAdsSettings
from fondaco.sources.google_ads.streams import STREAMS, looking_back
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause


class GoogleAds:
    """One advertising account of Google Ads."""

    name: ClassVar[str] = "google_ads"
    title: ClassVar[str] = "Google Ads"
    settings_type: ClassVar[type[SourceSettings]] = GoogleAdsSettings
    streams: tuple[Stream, ...] = STREAMS  # an open connection knows how far back its account restates
    report_name: ClassVar[str | None] = None
    role: ClassVar[Role] = Role.ADS

    def __init__(
        self,
        settings: GoogleAdsSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self.streams = looking_back(settings.lookback_days)
        self._clock = clock
        self._client = GoogleAdsClient(settings, sleep=sleep)
        self._known: Account | None = None

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, GoogleAdsSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Google Ads")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client, self._account())

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        report = REPORTS[stream.name]
        if not report.is_by_day:
            yield from self._client.pages(query(report), report.fields)
            return
        for days in spans(part, self._clock(), self._account().time_zone):
            yield from self._client.pages(query(report, days), report.fields)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: what is deleted in Google Ads stays, with the status REMOVED."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def _account(self) -> Account:
        if self._known is None:
            self._known = account_of(self._client)
        return self._known
