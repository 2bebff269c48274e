"""Segments as pages and API see them: asked of the newest published state, as of the project's day."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from threading import BoundedSemaphore
from typing import TypeVar

import pyarrow as pa

from fondaco.activation import Audience, Definition, Suggestion, parse_definition
from fondaco.activation.events import ProductField
from fondaco.clock import local_date
from fondaco.control import Segment, SegmentVersion
from fondaco.control.segments import NoSuchSegmentError
from fondaco.errors import RetryableError
from fondaco.server.answers import Remembered
from fondaco.server.site import NotThereError, Site

T = TypeVar("T")
AT_ONCE = 2
PATIENCE_SECONDS = 10.0


class BusyError(RetryableError):
    """Too many who ask for what takes long."""


class Segments:
    """What has been asked about segments already; counts and values are remembered until the next publish or day."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._counts: Remembered[int] = Remembered(2048)
        self._previews: Remembered[tuple[int, pa.Table]] = Remembered(256)
        self._values: Remembered[list[Suggestion]] = Remembered(256)
        self._titles: Remembered[dict[str, str]] = Remembered(1024)
        self._scored: Remembered[bool] = Remembered(4)
        self._turns = BoundedSemaphore(AT_ONCE)

    @property
    def audience(self) -> Audience:
        project = self._site.project
        today = local_date(project.clock(), project.settings.project.timezone)
        return Audience(project.reader, project.tenant, today)

    def get(self, segment_id: int) -> Segment:
        """The segment an address names."""
        try:
            return self._site.control.segments.get(self._site.tenant_id, segment_id)
        except NoSuchSegmentError as error:
            raise NotThereError(error.what, error.remedy) from error

    def version(self, segment_id: int, version: int) -> SegmentVersion:
        """The version an address names."""
        try:
            return self._site.control.segments.version(self._site.tenant_id, segment_id, version)
        except NoSuchSegmentError as error:
            raise NotThereError(error.what, error.remedy) from error

    def total(self) -> int:
        audience = self.audience
        return self._counts.get((self._site.published, "all"), audience.total)

    def count(self, definition: Definition) -> int:
        audience = self.audience
        return self._counts.get(
            self._key(definition, audience), lambda: self._in_turn(lambda: audience.count(definition))
        )

    def preview(self, definition: Definition, names: tuple[str, ...]) -> tuple[int, pa.Table]:
        """How many are in it, and the first members; both are kept."""
        audience = self.audience
        key = (*self._key(definition, audience), names)
        people, first = self._previews.get(
            key, lambda: self._in_turn(lambda: audience.preview(definition, names))
        )
        self._counts.get(self._key(definition, audience), lambda: people)
        return people, first

    def _in_turn(self, work: Callable[[], T]) -> T:
        """Few at once: a segment of many products takes the warehouse for seconds, and everybody else waits for the rest of it."""
        if not self._turns.acquire(timeout=PATIENCE_SECONDS):
            raise BusyError(
                "Other segments are being counted.", "Try again in a moment, or count fewer at once."
            )
        try:
            return work()
        finally:
            self._turns.release()

    def known_count(self, document: object) -> int | None:
        """The count of a kept definition, if it was asked before."""
        return self._counts.peek(self._key(parse_definition(document), self.audience))

    def suggestions(self, name: str) -> list[Suggestion]:
        """Values that there are, the most frequent first."""
        audience = self.audience
        return self._values.get((self._site.published, name), lambda: audience.suggestions(name))

    def titles(self, definition: Definition) -> dict[str, dict[str, str]]:
        """What the products are called that the definition chooses by id or SKU; nothing before the first publish."""
        return {by: self.titles_of(by, values) for by, values in definition.products().items()}

    def titles_of(self, by: ProductField, values: Collection[str]) -> dict[str, str]:
        """Titles of products by their ids or SKUs."""
        version = self._site.published
        if version is None:
            return {}
        key = (version, by, tuple(sorted(values)))
        return self._titles.get(key, lambda: self.audience.titles_of(by, values))

    @property
    def has_scores(self) -> bool:
        audience = self.audience
        return self._scored.get(self._site.published, lambda: audience.has_scores)

    def _key(self, definition: Definition, audience: Audience) -> tuple[object, ...]:
        return self._site.published, audience.today, json.dumps(definition.document(), sort_keys=True)


def segments_of(site: Site) -> Segments:
    """The site's segments; made once."""
    return site.kept(Segments)
