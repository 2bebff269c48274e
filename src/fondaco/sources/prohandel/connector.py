"""The ProHandel source: which list is read for a slice, by the mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import ClassVar, Self

from fondaco.clock import Clock, utc_now, zone
from fondaco.sources.prohandel.checking import check
from fondaco.sources.prohandel.client import ProHandelClient
from fondaco.sources.prohandel.mapping import read_mapping
from fondaco.sources.prohandel.records import Shaper
from fondaco.sources.prohandel.settings import ProHandelSettings
from fondaco.sources.prohandel.streams import STREAMS
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause


class ProHandel:
    """One ProHandel system."""

    name: ClassVar[str] = "prohandel"
    title: ClassVar[str] = "ProHandel"
    settings_type: ClassVar[type[SourceSettings]] = ProHandelSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: ProHandelSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._mapping = read_mapping(settings.mapping)
        self._client = ProHandelClient(settings, self._mapping, clock=clock, sleep=sleep)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, ProHandelSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of ProHandel")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client, self._mapping, self._settings)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        chosen, time_zone = self._mapping.stream(stream.name), zone(self._settings.timezone)
        if not chosen.is_read:
            return
        shaper = Shaper(self._mapping, stream.name, time_zone)
        since = part.since.astimezone(time_zone) if part.since else None
        for rows in self._client.pages(chosen, since):
            yield Page.of(line for row in rows for line in shaper.rows(row))
        for name, number in sorted(shaper.absurd.items()):
            told = (
                f"ProHandel tells {name} in {number:,} records of {chosen.resource}: it is taken for untold."
            )
            yield Page(b"", 0, told)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """What is gone is told by a mark on the record, where it is told."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """No report of ProHandel's was ever seen in its API."""
        return None
