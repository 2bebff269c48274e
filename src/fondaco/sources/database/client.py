"""One connection to a database, asked a question at a time: read-only, with a limit of time, tried again when the line breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeVar

from fondaco.errors import FondacoError, RetryableError
from fondaco.sources.http import UnreachableError
from fondaco.sources.waiting import pause

_ATTEMPTS = 5
_FIRST_WAIT_SECONDS = 1.0

T = TypeVar("T")


class Kind(Enum):
    """What of a column's type its values do not tell."""

    PLAIN = "plain"
    UTC = "utc"  # an instant that is told in UTC
    LOCAL = "local"  # a date and time without an offset, or a date


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, with instants and dates as the texts that the server wrote, and the kind of each column."""

    rows: list[tuple[Any, ...]]
    kinds: tuple[Kind, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """One column that may be read."""

    name: str
    is_indexed: bool  # it stands first in an index
    is_unique: bool  # by itself


class LostLineError(RetryableError):
    """The line to the server broke; another try may do."""


class Driver(Protocol):
    """What differs between PostgreSQL and MySQL. Its methods raise errors of Fondaco's only."""

    engine: str
    now: str
    """SQL for the server's present instant, in UTC."""

    def ask(self, sql: str, params: Sequence[Any]) -> Answer:
        """One question in a transaction of its own that may only read."""
        ...

    def quoted(self, name: str) -> str:
        """A checked name, with its schema if it has one, in the server's quotation marks."""
        ...

    def columns(self, table: str) -> dict[str, KnownColumn] | None:
        """The columns of a table or view that this user may read, by name; None where there is no such table."""
        ...

    def unique_keys(self, table: str) -> list[frozenset[str]]:
        """Sets of columns of which no two rows have the same values."""
        ...

    def may_write(self) -> bool:
        """Whether the user could change the tables, if Fondaco let them."""
        ...

    def close(self) -> None: ...


class DatabaseClient:
    """A driver, with patience."""

    def __init__(self, driver: Driver, *, sleep: Callable[[float], None] = pause) -> None:
        self.driver = driver
        self._sleep = sleep

    def ask(self, sql: str, params: Sequence[Any] = ()) -> Answer:
        """The answer to a question. A per cent sign in ``sql`` that is no parameter is written twice.

        Raises
        ------
        AccessError
            If the user may not.
        ConfigError
            If the server does not understand it.
        RetryableError
            If it takes too long, or the line stays broken.
        """
        return self.trying(lambda: self.driver.ask(sql, params))

    def trying(self, attempt: Callable[[], T]) -> T:
        """Do ``attempt``, again where the line was lost or the server is not there."""
        for turn in range(_ATTEMPTS):
            try:
                return attempt()
            except (LostLineError, UnreachableError):
                self.driver.close()
                if turn == _ATTEMPTS - 1:
                    raise
                self._sleep(_FIRST_WAIT_SECONDS * 2**turn)
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.driver.close()


def too_slow(engine: str, seconds: int) -> FondacoError:
    """The error for a question that took longer than is allowed."""
    return RetryableError(
        f"{engine} did not answer a question within {seconds} seconds.",
        "See the notes of `fondaco doctor` on indexes, or allow more with `--set timeout_seconds=…`.",
    )
