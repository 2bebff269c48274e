"""Which locale a reader's figures are written in; how they are written is said in ``fondaco.numbers``."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from fondaco.numbers import NOTHING, USUAL_LOCALE, Change, Number, Numbers

__all__ = ["NOTHING", "Change", "Number", "Numbers", "negotiate"]


@lru_cache(maxsize=256)
def negotiate(accept_language: str) -> str:
    """The first locale of an ``Accept-Language`` header that is known, as ``en_DE``: English words, local numbers."""
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().replace("-", "_")
        if not tag or tag == "*":
            continue
        try:
            locale = Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
        return str(locale)
    return USUAL_LOCALE
