"""The source ``database``: the shop's own tables, as a mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import ClassVar, Self

from fondaco.clock import Clock, utc_now
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.database.checking import check
from fondaco.sources.database.client import Answer, DatabaseClient, Driver
from fondaco.sources.database.mapping import DatabaseMapping, load_mapping
from fondaco.sources.database.mysql import Mysql
from fondaco.sources.database.postgres import Postgres
from fondaco.sources.database.questions import MissingTableError, Question, Reading, resolve
from fondaco.sources.database.rows import RowShaper
from fondaco.sources.database.settings import DatabaseSettings
from fondaco.sources.database.streams import STREAMS
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, SyncMode, Tombstone
from fondaco.sources.waiting import pause

_DRIVERS: dict[str, Callable[[DatabaseSettings], Driver]] = {"postgresql": Postgres, "mysql": Mysql}


class Database:
    """One database of a shop. Reads, and cannot do anything else."""

    name: ClassVar[str] = "database"
    title: ClassVar[str] = "Database"
    settings_type: ClassVar[type[SourceSettings]] = DatabaseSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: DatabaseSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = DatabaseClient(_DRIVERS[settings.engine](settings), sleep=sleep)
        self._mapping: DatabaseMapping | None = None
        self._questions: dict[str, Question] = {}

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, DatabaseSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of a database")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def __repr__(self) -> str:
        return f"Database({self._settings.engine!r}, {self._settings.database!r})"

    def check(self) -> Check:
        return check(self._client, self._settings, self._read_mapping(), self._clock)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        """What changed since the slice begins, whatever its end: later rows come along, and are read again.

        The first reading is by key and takes all rows, those without an instant of change and those from the future among
        them. Once a day (``lookback``) rows without an instant of change are read again.
        """
        question = self._question(stream)
        if question is None:
            return
        shaper = RowShaper(question, self._settings.currency)
        for answer in self._answers(stream, part, question):
            yield Page.of(shaper.records(answer))
        for warning in shaper.warnings():
            yield Page(b"", 0, warning)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """Rows that the shop has marked as deleted, also where the mark did not move the instant of change."""
        for stream in STREAMS:
            question = self._quietly(stream)
            if question is None or not question.deleted or len(stream.tables[0].primary_key) > 1:
                continue
            shaper = RowShaper(question, self._settings.currency)
            for answer in Reading(self._client, question, self._settings.page_size).marked_deleted(since):
                for record in shaper.records(answer):
                    deleted_at = _moment(record.get("deleted_at"), until)
                    if since <= deleted_at <= until:
                        key = str(record[stream.tables[0].primary_key[0]])
                        yield Tombstone(stream.name, key, deleted_at, "soft delete")

    def ids(self, stream: Stream) -> Iterator[str] | None:
        if len(stream.tables[0].primary_key) > 1 or self._question(stream) is None:
            return None
        return self._ids(stream)

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """A database has no report of its own."""
        return None

    def _answers(self, stream: Stream, part: Slice, question: Question) -> Iterator[Answer]:
        reading = Reading(self._client, question, self._settings.page_size)
        if (
            stream.mode is SyncMode.FULL
            or part.kind == "backfill"
            or not question.changed
            or part.since is None
        ):
            yield from reading.everything()
            return
        yield from reading.changed(part.since)
        if part.kind == "lookback":
            yield from reading.never_marked()

    def _ids(self, stream: Stream) -> Iterator[str]:
        question = self._question(stream)
        assert question is not None
        shaper = RowShaper(question, self._settings.currency)
        name = stream.tables[0].primary_key[0]
        for answer in Reading(self._client, question, self._settings.page_size).everything():
            yield from (str(record[name]) for record in shaper.records(answer) if name in record)

    def _question(self, stream: Stream) -> Question | None:
        """How the stream is read; None where the mapping leaves it out, or may do without its table and there is none."""
        mapping = self._read_mapping().streams.get(stream.name)
        if mapping is None:
            return None
        try:
            if stream.name not in self._questions:
                self._questions[stream.name] = resolve(self._client, mapping)
            return self._questions[stream.name]
        except MissingTableError:
            if mapping.optional:
                return None
            raise
        except ConfigError as error:
            if stream.may_be_refused and not isinstance(error, AccessError):
                raise AccessError(error.what, error.remedy) from error
            raise

    def _quietly(self, stream: Stream) -> Question | None:
        """As above, for what is read beside the streams: the stream's own reading has told what is wrong."""
        try:
            return self._question(stream)
        except ConfigError:
            return None

    def _read_mapping(self) -> DatabaseMapping:
        if self._mapping is None:
            self._mapping = load_mapping(self._settings.mapping, self._settings.engine)
        return self._mapping


def _moment(told: object, otherwise: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return otherwise
    return found if found.tzinfo else found.replace(tzinfo=UTC)
