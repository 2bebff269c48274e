"""Identity: how many pairs of records are put together rightly, step by step, and how long a million records take.

Two worlds. The simulator's own, read through the models as a run does. And the same invented people with worse habits, where each
step of the linking has something to do: see ``HABITS``.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.claim import Claim, peak_memory_mb, timed
from fondaco.analytics.identity import Score, alike, pairwise, resolve
from fondaco.simulator.world import names

RECORDS = 1_000_000
SECOND_SHARE = 0.25
"""Of the people, how many are known to a second shop."""

HABITS = {
    "same mailbox, other spelling": 0.60,
    "same mailbox name, other provider": 0.36,
    "another address altogether": 0.04,
    "telephone as dialled at home": 0.50,
    "telephone with a wrong digit": 0.03,
    "first name shortened or mistyped": 0.06,
    "last name mistyped": 0.03,
    "moved": 0.10,
}
"""What people do differently in a second shop. The first three are one choice, the others each a chance of its own."""

_CITIES = tuple(f"{start}{end}" for start in ("Al", "Ber", "Cor", "Dun", "El", "Fal", "Gor", "Hal") for end in
                ("bach", "burg", "dorf", "feld", "furt", "hausen", "heim", "kirch", "mar", "stadt", "tal", "wald"))  # fmt: skip
_GIVEN = tuple(
    name + end for name in names.FIRST_NAMES for end in ("", "a", "ina", "o", "an", "el", "is", "mar")
)
_FAMILY = tuple(name + middle + end for name in names.LAST_NAMES for middle in ("", "en", "ow", "ing", "ar")
                for end in ("", "er", "mann", "sen", "ski", "ez", "ini", "berg"))  # fmt: skip
"""As many names as a country has that are not rare: the simulator's own few dozen would tell next to nothing."""
_ADDRESS = slice(0, 3)


def people(count: int, *, seed: int = 5) -> tuple[pa.Table, np.ndarray]:
    """About ``count`` records of invented people with ``HABITS``, and whose each one is."""
    chance = np.random.default_rng(seed)
    persons = round(count / (1 + SECOND_SHARE))
    person = np.arange(persons)
    first, last = (chance.integers(0, len(pool), persons) for pool in (_GIVEN, _FAMILY))
    domain, city = chance.integers(0, len(names.DOMAINS), persons), chance.integers(0, len(_CITIES), persons)
    email = _emails(first, last, person, domain, np.zeros(persons, np.int64))
    phone = names.phones(person, np.zeros(persons, np.int64), ("+49",))
    home = _records(
        person,
        "home",
        email,
        phone,
        pa.array(_GIVEN).take(pa.array(first)),
        pa.array(_FAMILY).take(pa.array(last)),
        city,
    )
    some = np.sort(chance.choice(persons, round(persons * SECOND_SHARE), replace=False))
    away = _away(chance, home.take(some), some, first[some], last[some], domain[some])
    return pa.concat_tables([home, away]), np.concatenate([person, some])


def _emails(
    first: np.ndarray, last: np.ndarray, person: np.ndarray, domain: np.ndarray, spelling: np.ndarray
) -> pa.Array:
    """``first.last<number>@domain``: as it is, in title case, without the dot, with a tag."""
    dots, tags = pa.array([".", ".", "", "."]), pa.array(["@", "@", "@", "+shop@"])
    given, family = pa.array(_GIVEN).take(pa.array(first)), pa.array(_FAMILY).take(pa.array(last))
    address = pc.binary_join_element_wise(
        given, dots.take(pa.array(spelling)), family, pa.array(person).cast(pa.string()), tags.take(pa.array(spelling)),
        pa.array(names.DOMAINS).take(pa.array(domain)), "",
    )  # fmt: skip
    return pc.if_else(pa.array(spelling == 1), address, pc.utf8_lower(address))


def _records(person: np.ndarray, shop: str, *told: pa.Array | np.ndarray) -> pa.Table:
    email, phone, given, family, city = told
    ids = pc.binary_join_element_wise(shop, pa.array(person).cast(pa.string()), ":")
    ones = pa.array(np.ones(len(person), np.int64))
    return pa.table({
        "record_id": ids, "default_person_id": pc.utf8_lower(email), "own_person_id": ids,
        "is_account": pa.array(np.ones(len(person), bool)), "email": email, "phone": phone, "first_name": given,
        "last_name": family, "city": pa.array(_CITIES).take(city), "country": pa.array(["DE"] * len(person)),
        "telephones": ones, "cities": ones, "created_at": pa.array(person + (shop == "away") * 10**9).cast(pa.timestamp("us")),
    })  # fmt: skip


def _away(
    chance: np.random.Generator,
    home: pa.Table,
    person: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    domain: np.ndarray,
) -> pa.Table:
    """The second records of these people."""
    count = len(person)
    kind = chance.choice(3, count, p=list(HABITS.values())[_ADDRESS])
    spelling = np.where(domain == 0, chance.integers(1, 4, count), 1)
    elsewhere = np.where(
        kind == 1, (domain + chance.integers(1, len(names.DOMAINS), count)) % len(names.DOMAINS), domain
    )
    email = _emails(first, last, person, elsewhere, np.where(kind == 1, 0, spelling))
    other = pc.binary_join_element_wise(
        "desk", pa.array(chance.permutation(count)).cast(pa.string()), "@work.example", ""
    )
    email = pc.if_else(pa.array(kind == 2), other, email)
    happens = {habit: chance.random(count) < share for habit, share in HABITS.items()}
    return _records(
        person, "away", email,
        _changed(home["phone"], (happens["telephone with a wrong digit"], _wrong_digit),
                 (happens["telephone as dialled at home"], lambda text: "0" + text.removeprefix("+49"))),
        _changed(home["first_name"], (happens["first name shortened or mistyped"], lambda text: text[:-1])),
        _changed(home["last_name"], (happens["last name mistyped"], lambda text: text[0] + text[2] + text[1] + text[3:])),
        np.where(happens["moved"], chance.integers(0, len(_CITIES), count),
                 pc.index_in(home["city"], pa.array(_CITIES)).to_numpy()),
    )  # fmt: skip


def _wrong_digit(text: str) -> str:
    return text[:-4] + str((int(text[-4]) + 1) % 10) + text[-3:]


def _changed(column: pa.ChunkedArray, *changes: tuple[np.ndarray, Callable[[str], str]]) -> pa.Array:
    words = column.to_pylist()
    for chosen, change in changes:
        for index in np.flatnonzero(chosen).tolist():
            if words[index] and len(words[index]) > 3:
                words[index] = change(words[index])
    return pa.array(words, pa.string())


def steps(count: int) -> dict[str, tuple[Score, float]]:
    """Pairs found, and seconds, by today's key, with the rules, and with likeness."""
    records, truth = people(count)
    found = {"equal addresses": (pairwise(truth, records["default_person_id"].to_numpy()), 0.0)}
    for name, likeness in (("rules", None), ("rules and likeness", alike)):
        with timed() as span:
            resolution = resolve(records, likeness=likeness)
        found[name] = (pairwise(truth, resolution.person_ids.to_numpy(zero_copy_only=False)), span.seconds)
    return found


def _steps_apart(count: int) -> tuple[dict[str, tuple[Score, float]], float]:
    return steps(count), peak_memory_mb()


def run(_orders: int) -> list[Claim]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found, memory = pool.apply(_steps_apart, (RECORDS,))
    for name, (score, seconds) in found.items():
        print(f"  {name}: precision {score.precision:.4f}, recall {score.recall:.4f} ({seconds:.1f} s)")
    whole, seconds = found["rules and likeness"]
    return [
        Claim(f"Persons of {RECORDS:,} records are found in under 90 seconds", seconds, 90, "limit", at_most=1),
        Claim("Finding them takes less than 2 GB", memory, 2000, "2 GB", unit="MB", at_most=1),
        Claim("Of the pairs that are put together 99 in 100 are one person", whole.precision or 0, 0.99, "promise",
              unit="of 1", at_least=1),
        Claim("Of one person's pairs 97 in 100 are put together", whole.recall or 0, 0.97, "promise", unit="of 1", at_least=1),
    ]  # fmt: skip
