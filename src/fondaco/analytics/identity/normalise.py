"""What people write about themselves, brought to one spelling: e-mail addresses, telephone numbers, names and places.

Every function gives None where nothing can be told, never an empty text. Each is its own fixed point: what is normalised
already stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Provider:
    """How a mail provider reads the part before the ``@``, by its own help pages.

    Attributes
    ----------
    ignores_dots
        ``a.da`` and ``ada`` are one mailbox.
    name
        The domain under which all of the provider's equal domains are known; None: the domain itself.
    """

    ignores_dots: bool = False
    name: str | None = None


PROVIDERS: dict[str, Provider] = {
    "gmail.com": Provider(ignores_dots=True),
    "googlemail.com": Provider(ignores_dots=True, name="gmail.com"),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com"), Provider()),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), Provider()),
    **dict.fromkeys(("proton.me", "protonmail.com", "pm.me", "fastmail.com"), Provider()),
}
"""Providers that deliver ``ada+anything`` to ``ada``. At all others a plus is a letter like any other."""

_UNSPLIT = str.maketrans({
    "ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
})  # fmt: skip
"""Letters that Unicode does not take apart into a base and an accent."""

VOWELS = re.compile("([aou])e+")
"""German and Scandinavian names are written with ``ue`` where ``ü`` cannot be typed; both become ``u``."""

_TITLES = frozenset({"dr", "prof", "herr", "frau", "mr", "mrs", "ms", "mme", "sr", "sra"})
_SEPARATORS = str.maketrans("", "", " \t\u00a0-./()")
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15
"""An international number has at most 15 digits (ITU-T E.164); below 8, country included, there are no subscribers' numbers."""

TAIL_DIGITS = 8


def email(text: str | None) -> str | None:
    """An address as its provider reads it: lower case, without what the provider ignores."""
    if text is None:
        return None
    clean = unicodedata.normalize("NFKC", text).strip().lower()
    local, _, host = clean.rpartition("@")
    if not local or not host or clean.split() != [clean]:
        return None
    provider = PROVIDERS.get(host)
    if provider is None:
        return clean
    local = local.partition("+")[0]
    if provider.ignores_dots:
        local = local.replace(".", "")
    return f"{local}@{provider.name or host}" if local else None


def telephone(text: str | None, country: str | None = None) -> str | None:
    """A number as digits with its country's dialling code and no plus: ``4930123456``.

    Parameters
    ----------
    country
        ISO 3166 alpha-2, in which a number without a dialling code is read. None: such a number tells nothing.
    """
    if text is None:
        return None
    bare = text.translate(_SEPARATORS)
    if bare.startswith("+") and bare[1:].isascii() and bare[1:].isdigit() and "(0)" not in text:
        digits = bare[1:]
    else:
        digits = _read_by_country(text, country)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS or _is_filled_in(digits):
        return None
    return digits


def _read_by_country(text: str, country: str | None) -> str:
    """Digits of a number as it is dialled within ``country``, or abroad with 00; empty when it is none."""
    dialled = "+" + text.strip()[2:] if text.strip().startswith("00") else text
    try:
        number = phonenumbers.parse(dialled, (country or "ZZ").upper())
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def _is_filled_in(digits: str) -> bool:
    """Whether somebody typed anything to get past the field: 00000000, 12345678."""
    tail = digits[-7:]
    steps = {int(right) - int(left) for left, right in pairwise(tail)}
    return steps in ({0}, {1}, {-1})


def name(text: str | None) -> str | None:
    """A name in lower case without accents, spaces, hyphens and titles; two ways of writing an umlaut are one."""
    if text is None:
        return None
    # Some signs are taken apart into capital letters, some letters into signs once they are small.
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    words = small.translate(_UNSPLIT).replace(".", " ").split()
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    letters = "".join(letter for word in words for letter in word if letter.isalpha())
    return VOWELS.sub(r"\1", letters) or None


def mailbox(address: str | None) -> str | None:
    """The part of a normalised address before the ``@``, without dots and tags: what people keep when they change provider."""
    if address is None:
        return None
    local = address.rpartition("@")[0].partition("+")[0]
    return local if local.isalnum() else "".join(letter for letter in local if letter.isalnum()) or None


def tail(digits: str | None) -> str | None:
    """The last eight digits of a telephone number, which are the same with and without its country."""
    if digits is None:
        return None
    found = "".join(letter for letter in digits if letter.isascii() and letter.isdigit())
    return found[-TAIL_DIGITS:] if len(found) >= TAIL_DIGITS and not _is_filled_in(found) else None


def by_value(column: pa.ChunkedArray, function: Callable[[str | None], str | None]) -> pa.Array:
    """``function`` of every value of a column of texts, worked out once for each distinct one."""
    encoded = column.combine_chunks().dictionary_encode()
    words = pa.array([function(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return words.take(encoded.indices)


def normalised(records: pa.Table) -> pa.Table:
    """The columns by which records are compared.

    Takes ``email``, ``phone``, ``country``, ``first_name``, ``last_name`` and ``city``; gives ``email``, ``mailbox``, ``telephone``,
    ``tail``, ``given``, ``family``, ``city`` and ``country``, row by row.
    """
    address = by_value(records["email"], email)
    return pa.table({
        "email": address,
        "mailbox": by_value(pa.chunked_array([address]), mailbox),
        "telephone": _telephones(records["phone"], records["country"]),
        "tail": by_value(records["phone"], tail),
        "given": by_value(records["first_name"], name),
        "family": by_value(records["last_name"], name),
        "city": by_value(records["city"], name),
        "country": records["country"].combine_chunks(),
    })  # fmt: skip


def _telephones(phones: pa.ChunkedArray, countries: pa.ChunkedArray) -> pa.Array:
    known: dict[tuple[str | None, str | None], str | None] = {}
    found: list[str | None] = []
    for key in zip(phones.to_pylist(), countries.to_pylist(), strict=True):
        if key[0] is None:
            found.append(None)
            continue
        if key not in known:
            known[key] = telephone(*key)
        found.append(known[key])
    return pa.array(found, pa.string())
