"""The source ``files``: what ``fondaco import`` has put into a connection's folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, field_validator

from fondaco.clock import zone
from fondaco.errors import ConfigError
from fondaco.sources.files.inbox import Import, imports, pages, stream_path
from fondaco.sources.files.report import report_days
from fondaco.sources.files.streams import STREAMS
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone


class FilesSettings(SourceSettings):
    """A files connection is a folder that ``fondaco import`` fills, with the shop's currency and zone."""

    folder: Path
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value


class Files:
    """Imported files as a platform among others."""

    name: ClassVar[str] = "files"
    title: ClassVar[str] = "Files"
    settings_type: ClassVar[type[SourceSettings]] = FilesSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = "the files' own totals"

    def __init__(self, settings: FilesSettings) -> None:
        self._settings = settings

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, FilesSettings):
            raise ConfigError(
                "A files connection needs a folder.", "Make one with `fondaco import FILE --connection NAME`."
            )
        return cls(settings)

    def check(self) -> Check:
        """Count the imports. A folder that is gone is named as missing: its history could not be read again."""
        settings = self._settings
        there = settings.folder.is_dir()
        missing = () if there else (f"the folder {settings.folder.name} of imported files is gone",)
        found = imports(settings.folder) if there else []
        return Check(
            shop_name=settings.folder.name,
            currency=settings.currency,
            time_zone=settings.timezone,
            missing=missing,
            details={"imports": str(len(found)), "rows": str(sum(one.rows for one in found))},
        )

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        """The records of all imports made in [since, until), in the order of the imports."""
        for one in self._between(part.since, part.until):
            path = stream_path(self._settings.folder, one, stream.name)
            if path.exists():
                yield from pages(path)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """A file never says that something was deleted."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """The files' own amounts per day, added up from what was imported and never through the warehouse."""
        settings = self._settings
        return report_days(settings.folder, settings.timezone, settings.currency, first, last)

    def close(self) -> None:
        return None

    def __repr__(self) -> str:
        return f"Files({self._settings.folder.name!r})"

    def _between(self, since: datetime | None, until: datetime | None) -> Iterator[Import]:
        for one in imports(self._settings.folder):
            if (since is None or one.instant >= since) and (until is None or one.instant < until):
                yield one
