"""Reading single records again: which of them the vendor still has, and how one that it cannot give is found among many."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from fondaco.errors import AccessError, ConfigError
from fondaco.queue import QueuedEvent
from fondaco.sources.http import UnreachableError, VendorFaultError
from fondaco.sources.source import Source
from fondaco.sources.stream import Page, Stream
from fondaco.sources.webhooks import Rereads

MOST_QUESTIONS = 32
"""Asked more of a stream in a batch, to find the records at which it fails."""

_IDS = 5_000
_HOPELESS = 7
"""So many failures in a row are the whole, its halves and its quarters: then it is the shop, not a record."""

_LONGEST_SECONDS = 60.0
_PATIENCE_SECONDS = 2.0
_OF_THE_SHOP = frozenset({429, 430, 503})
"""Statuses that say nothing about a record."""


class UnreadError(Exception):
    """The vendor did not give what was asked for; ``__cause__`` is why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be landed of one stream: whole records, or ids to read again.

    Attributes
    ----------
    ids, doubted
        Ids that a delivery names, and those of them that one said are gone.
    tried
        Those that could not be read before; they hold up none of the others.
    is_half
        Whether a larger question failed.
    """

    stream: Stream
    ids: Sequence[str]
    lines: Sequence[str] = ()
    doubted: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    is_half: bool = False

    @classmethod
    def of(cls, stream: Stream, events: Sequence[QueuedEvent]) -> Self:
        """Each id once, however many events name it."""
        named = [(event, i) for event in events for name, i in event.changed if name == stream.name]
        gone = [(event, i) for event in events for name, i in event.deleted if name == stream.name]
        lines = [line for event in events for name, line in event.records if name == stream.name]
        return cls(
            stream,
            list(dict.fromkeys(i for _, i in named + gone)),
            lines,
            frozenset(i for _, i in gone),
            frozenset(i for event, i in named + gone if event.attempt),
        )

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """As events name them."""
        return {(self.stream.name, each) for each in (*self.ids, *self.lines)}

    def parts(self) -> Iterator[Self]:
        """Pieces that are each asked for and landed at once."""
        if self.lines:
            yield replace(self, ids=())
        first = [i for i in self.ids if i not in self.tried]
        for ids in (first, [i for i in self.ids if i in self.tried]):
            for start in range(0, len(ids), _IDS):
                yield replace(self, ids=ids[start : start + _IDS], lines=())

    def halves(self) -> list[Self]:
        middle = len(self.ids) // 2
        return [replace(self, ids=ids, is_half=True) for ids in (self.ids[:middle], self.ids[middle:]) if ids]


class Halving:
    """How long a question that failed is halved: while it helps, and neither too often nor too long.

    Breadth first, so that a shop that answers nothing is told from one bad record after a few questions.
    """

    def __init__(self, *, most: int = MOST_QUESTIONS) -> None:
        self._left = most
        self._in_a_row = 0
        self._since: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether halves that wait are not to be asked for any more."""
        is_late = self._since is not None and time.monotonic() - self._since > _LONGEST_SECONDS
        return is_late or self._in_a_row >= _HOPELESS

    def succeeded(self) -> None:
        self._in_a_row = 0

    def halves(self, part: Wanted, error: BaseException | None) -> list[Wanted]:
        """What to ask instead of ``part``, which failed; nothing if that is the end of it."""
        self._in_a_row += 1
        if self._since is None:
            self._since = time.monotonic()
        halves = part.halves() if len(part.ids) > 1 else []
        if not halves or self.is_over or self._left < len(halves) or not _may_be_of_a_record(error):
            return []
        self._left -= len(halves)
        return halves


class Patience:
    """How long a source waits for a vendor while halves are asked for: each question a moment, for the first has waited."""

    def __init__(self) -> None:
        self._left = _PATIENCE_SECONDS

    def wait(self, seconds: float) -> None:
        """Wait, or raise where it would take too long."""
        if seconds > self._left:
            raise _impatient()
        self._left -= seconds
        time.sleep(seconds)


def pages(source: Source, wanted: Wanted, there: set[str]) -> Iterator[Page]:
    """What is to be landed; ids of doubted records that the vendor still has are added to ``there``.

    Raises
    ------
    UnreadError
        If the vendor does not give it.
    """
    if wanted.lines:
        text = "".join(f"{line}\n" for line in wanted.lines)
        yield Page(text.encode("utf-8", "replace"), len(wanted.lines))
    if not wanted.ids:
        return
    try:
        if not isinstance(source, Rereads):
            raise ConfigError(
                f"{source.title} cannot read single records again.",
                "The next `fondaco run` reads what has changed.",
            )
        for page in source.read_again(wanted.stream, wanted.ids):
            if not wanted.doubted.isdisjoint(wanted.ids):
                there |= wanted.doubted.intersection(_ids(page, wanted.stream))
            yield page
    except Exception as error:
        raise UnreadError from error


def _ids(page: Page, stream: Stream) -> Iterator[str]:
    """The ids of a page's records, quarantined later or not."""
    main = stream.tables[0]
    [path] = (column.path for column in main.columns if column.name == main.primary_key[0])
    for line in page.lines.split(b"\n"):
        if line:
            found: Any = json.loads(line)
            for name in path.removeprefix("$.").split("."):
                found = found.get(name) if isinstance(found, dict) else None
            yield str(found)


def _may_be_of_a_record(error: BaseException | None) -> bool:
    if isinstance(error, UnreachableError | AccessError):
        return False
    return not (isinstance(error, VendorFaultError) and error.status in _OF_THE_SHOP)


def _impatient() -> VendorFaultError:
    return VendorFaultError(
        "The shop did not give some records at once.", "They are read again later.", status=None
    )
