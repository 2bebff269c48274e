"""Pages of an answer whose rows have no key of their own: a cursor holds the published state, the question, and how many rows were given."""

from __future__ import annotations

import hashlib

from fondaco.control.segments import ConflictError
from fondaco.errors import ConfigError
from fondaco.server.api.tables import cursor_after, key_of, no_cursor

_MOST_DIGITS = 12


def cursor_at(version: str | None, question: object, offset: int) -> str:
    """A cursor that goes on after ``offset`` rows of the answer to ``question``."""
    return cursor_after(f"{version or ''}\n{_mark(question)}\n{offset}")


def offset_of(cursor: str, version: str | None, question: object) -> int:
    """How many rows the pages before have given; 0 without a cursor.

    Raises
    ------
    ConfigError
        If nobody was given that cursor, or for another question.
    ConflictError
        If other figures have been published since: pages of both would not fit together.
    """
    key = key_of(cursor)
    if not key:
        return 0
    parts = key.split("\n")
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) <= _MOST_DIGITS):
        raise no_cursor(cursor)
    of_version, mark, offset = parts
    if mark != _mark(question):
        raise ConfigError(
            "The cursor belongs to another question.",
            "Send it with the question that it was given for, or begin again without it.",
        )
    if of_version != (version or ""):
        raise ConflictError(
            "Other figures have been published since the page before.", "Begin again without `cursor`."
        )
    return int(offset)


def _mark(question: object) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:16]
