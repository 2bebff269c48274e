"""First names under which one person goes: Bob and Robert, Hans and Johannes.

A nickname may belong to several names: Bert is Albert or Robert, and Albert and Robert are two people still. It links nobody by
itself: ``likeness`` takes it for a first name that agrees less than an equal one and more than a mistyped one.
"""

from __future__ import annotations

from fondaco.analytics.identity.nickname_list import NICKNAMES
from fondaco.analytics.identity.normalise import name


def _read() -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = {}
    for lines in NICKNAMES.values():
        for line in filter(None, map(str.strip, lines.splitlines())):
            whole, _, short = line.partition(":")
            root = name(whole)
            assert root is not None
            for word in (whole, *short.split()):
                known.setdefault(name(word) or root, set()).add(root)
    return {word: frozenset(roots) for word, roots in known.items()}


_ROOTS = _read()


def names_behind(given: str | None) -> frozenset[str]:
    """The names that a normalised first name may stand for, itself among them where it is one; none where it is not listed."""
    return _ROOTS.get(given, frozenset()) if given is not None else frozenset()


def may_be_one(given: str, other: str) -> bool:
    """Whether two different normalised first names may stand for one: Bob and Rob, for both may be Robert."""
    return given != other and not names_behind(given).isdisjoint(names_behind(other))


def listed() -> frozenset[str]:
    """All normalised names of the list."""
    return frozenset(_ROOTS)
