"""Country names and codes, as files spell them, to ISO 3166 alpha-2."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da")
_ALSO = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "united states of america": "US", "usa": "US", "u.s.a.": "US", "u.s.": "US",
    "eire": "IE", "republic of ireland": "IE", "rsa": "ZA", "uae": "AE", "korea": "KR", "south korea": "KR",
    "czech republic": "CZ", "russia": "RU", "hong kong": "HK", "macau": "MO", "holland": "NL",
    "the netherlands": "NL", "turkey": "TR", "viet nam": "VN", "türkiye": "TR",
}  # fmt: skip


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ"):
                found[name.lower()] = code
                found[code.lower()] = code
    return found | _ALSO


def country_codes(words: Iterable[str]) -> dict[str, str]:
    """The alpha-2 code of each word that is a country's code or name in one of ten languages."""
    names = _names()
    return {word: names[word.strip().lower()] for word in words if word.strip().lower() in names}
