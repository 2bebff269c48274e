"""Names, e-mail addresses and telephone numbers of invented people, written for many at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.simulator.world.frames import Array

FIRST_NAMES: tuple[str, ...] = (
    "Ada", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Klara", "Leo", "Mia", "Noah",
    "Olivia", "Paul", "Quinn", "Rosa", "Samuel", "Thea", "Umar", "Vera", "William", "Xenia", "Yusuf", "Zoe",
    "Amir", "Bianca", "Carlos", "Dilara", "Elif", "Finn",
)  # fmt: skip
LAST_NAMES: tuple[str, ...] = (
    "Abel", "Bauer", "Carter", "Diaz", "Evans", "Fischer", "Garcia", "Hughes", "Ivanov", "Jensen", "Keller", "Lopez",
    "Meyer", "Novak", "Okafor", "Patel", "Quist", "Rossi", "Schmidt", "Taylor", "Ueda", "Vogel", "Walker", "Xu",
    "Yilmaz", "Zimmer", "Andersson", "Brown", "Costa", "Dubois",
)  # fmt: skip
DOMAINS: tuple[str, ...] = ("gmail.com", "example.com", "example.org", "example.net")

_AS_IS, _TITLE, _NO_DOTS, _PLUS_TAG = range(4)


def emails(first: Array, last: Array, person: Array, domain: Array, spelling: Array) -> pa.Array:
    """``first.last<person>@domain``, each written by its spelling (an index into ``people.SPELLINGS``).

    All spellings of one person are one mailbox: case never counts, dots and plus tags do not at the first domain.
    """
    forenames = _by_style([name.lower() for name in FIRST_NAMES], first, spelling, list(FIRST_NAMES))
    surnames = _by_style([name.lower() for name in LAST_NAMES], last, spelling, list(LAST_NAMES))
    dots = pa.array([".", ".", "", "."]).take(pa.array(spelling))
    tags = pa.array(["@", "@", "@", "+shop@"]).take(pa.array(spelling))
    hosts = pa.array(DOMAINS).take(pa.array(domain))
    number = pa.array(person).cast(pa.string())
    return pc.binary_join_element_wise(forenames, dots, surnames, number, tags, hosts, "")


def phones(person: Array, dialling_codes: Array, codes: tuple[str, ...]) -> pa.Array:
    """A telephone number for four people in ten, null for the others; the index into ``codes`` picks the country."""
    digits = pa.array(1_500_000_000 + person * 7_919 % 400_000_000).cast(pa.string())
    numbers = pc.binary_join_element_wise(pa.array(codes).take(pa.array(dialling_codes)), digits, "")
    return pc.if_else(pa.array(person % 10 < 4), numbers, pa.scalar(None, pa.string()))


def _by_style(lower: list[str], index: Array, spelling: Array, title: list[str]) -> pa.Array:
    both = pa.array(lower + title)
    return both.take(pa.array(index + np.where(spelling == _TITLE, len(lower), 0)))
