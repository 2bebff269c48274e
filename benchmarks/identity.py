"""Identity: how many pairs of records are put together rightly, step by step, and how long a million records take.

Two worlds. The simulator's own, read through the models as a run does. And the same invented people with worse habits, where each
step of the linking has something to do: see ``HABITS``.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.claim import Claim, peak_memory_mb, timed
from benchmarks.dbt_build import create_tables, variables, write_project
from fondaco.analytics.identity import Score, alike, pairwise, resolve
from fondaco.analytics.identity.nicknames import listed, may_be_one
from fondaco.config import Settings, WarehouseSettings
from fondaco.jobs.identity import link_identities
from fondaco.simulator.world import generate_world, names
from fondaco.warehouse import open_warehouse
from fondaco.warehouse.dbt import build

RECORDS = 1_000_000
SIMULATED_ORDERS = 100_000
NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
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
NICKNAMED_RECORDS, NICKNAMED_SHARE = 200_000, 0.30
"""Records of the world of nicknames, and how many of its people who are known to a second shop go by another name there."""


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
    away = _away(chance, home.take(some), some, (first[some], last[some], domain[some]))
    return pa.concat_tables([home, away]), np.concatenate([person, some])


def nicknamed(count: int, *, seed: int = 6) -> tuple[pa.Table, np.ndarray]:
    """As ``people``, under the names of the list of nicknames, each as common as the others; of those who are known to a second
    shop ``NICKNAMED_SHARE`` go there by another name that is, or has, the same name behind it."""
    records, truth = people(count, seed=seed)
    chance = np.random.default_rng(seed)
    pool = sorted(listed())
    others = {word: [other for other in pool if may_be_one(word, other)] for word in pool}
    named = chance.integers(0, len(pool), int(truth.max()) + 1)
    home = len(truth) - round((int(truth.max()) + 1) * SECOND_SHARE)
    changes = chance.random(len(truth)) < NICKNAMED_SHARE
    first = [pool[named[person]] for person in truth]
    for index in range(home, len(truth)):
        if changes[index] and others[first[index]]:
            first[index] = others[first[index]][chance.integers(0, len(others[first[index]]))]
    place = records.schema.get_field_index("first_name")
    return records.set_column(place, "first_name", pa.array([word.capitalize() for word in first])), truth


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
    named: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> pa.Table:
    """The second records of these people."""
    first, last, domain = named
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


def by_nickname() -> Score:
    """Pairs found in the world of nicknames, by rules and likeness."""
    records, truth = nicknamed(NICKNAMED_RECORDS)
    found = resolve(records, likeness=alike).person_ids.to_numpy(zero_copy_only=False)
    return pairwise(truth, found)


def steps(count: int) -> dict[str, tuple[Score, float]]:
    """Pairs found, and seconds, by today's key, with the rules, and with likeness."""
    records, truth = people(count)
    found = {"equal addresses": (pairwise(truth, records["default_person_id"].to_numpy()), 0.0)}
    for name, likeness in (("rules", None), ("rules and likeness", alike)):
        with timed() as span:
            resolution = resolve(records, likeness=likeness)
        found[name] = (pairwise(truth, resolution.person_ids.to_numpy(zero_copy_only=False)), span.seconds)
    return found


def simulated(orders: int) -> dict[str, Score]:
    """Accounts and guests of the simulator's own world, read by the models, before and after the linking."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate_world(folder / "world", seed=11, orders=orders, end=NOW)
        settings = Settings(folder=folder, warehouse=WarehouseSettings(threads=2))
        settings.data.mkdir(parents=True)
        project = write_project(folder / "project")
        warehouse = open_warehouse(settings)
        create_tables(warehouse)
        with warehouse.writer() as writer:
            for statement in _SIMULATED:
                writer.execute(statement.format(world=folder / "world"))
        found = {}
        for step in ("today's key", "linked"):
            build(
                warehouse, project=project, vars=variables(), now=NOW,
                select=["+core_order_persons", "core_identity_records"], exclude=["resource_type:test"],
            )  # fmt: skip
            with warehouse.writer() as writer:
                if not found:
                    writer.execute(_GUESTS)
                rows = writer.fetch(_PERSONS)
                found[step] = pairwise(
                    rows["truth"].to_numpy(), rows["person_id"].to_numpy(zero_copy_only=False)
                )
                with timed() as linking:
                    outcome = link_identities(writer, "default", now=NOW)
            again = f", {outcome.skipped}" if outcome.skipped else ""
            print(
                f"  simulated: {outcome.records:,} records, {linking.seconds:.1f} s to link{again}",
                flush=True,
            )
        warehouse.close()
    return found


_ROW = (
    "'default' as tenant_id, shop_id as connection_id, 'bench' as source, timestamp '2026-01-01' as synced_at"
)
_SIMULATED = (
    f"""insert into raw.bench__customers by name
    select {_ROW}, shop_id || ':' || customer_id as customer_id, email, phone, first_name, last_name, city, country,
        created_at, updated_at, deleted_at is not null as is_deleted
    from '{{world}}/customers/*.parquet'""",
    f"""insert into raw.bench__orders by name
    select {_ROW}, shop_id || ':' || order_id as order_id, shop_id || ':' || customer_id as customer_id, email, phone,
        city, country, processed_at as ordered_at, true as counts_in_sales
    from '{{world}}/orders/*.parquet'""",
    """create table raw.truth as
    select distinct shop_id || ':' || customer_id as record_id, person_id as truth from '{world}/customers/*.parquet'
    union all
    select shop_id || ':' || order_id, person_id from '{world}/orders/*.parquet'""",
)
# Which guest's record each order is in, as it is before anything is linked; orders that name nobody are in none.
_GUESTS = """
    create table raw.guests as
    select records.record_id, min(orders.order_id) as order_id
    from core.order_persons as orders
    inner join core.identity_records as records
        on orders.person_id = records.default_person_id and not records.is_account
    inner join core.orders as placed on orders.order_id = placed.order_id and placed.customer_id is null
    group by records.record_id"""
_PERSONS = """
    select truth.truth, identities.person_id
    from core.customer_identities as identities inner join raw.truth as truth on identities.customer_id = truth.record_id
    union all
    select truth.truth, orders.person_id
    from raw.guests as guests
    inner join core.order_persons as orders on guests.order_id = orders.order_id
    inner join raw.truth as truth on guests.order_id = truth.record_id"""


def _steps_apart(count: int) -> tuple[dict[str, tuple[Score, float]], float, Score]:
    found = steps(count)
    return found, peak_memory_mb(), by_nickname()


def _told(name: str, score: Score) -> str:
    return (
        f"  {name}: precision {score.precision:.4f}, recall {score.recall:.4f} of {score.true_pairs:,} pairs"
    )


def run(orders: int) -> list[Claim]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found, memory, nicknames = pool.apply(_steps_apart, (RECORDS,))
    for name, (score, seconds) in found.items():
        print(f"{_told(name, score)} ({seconds:.1f} s)")
    print(_told(f"{NICKNAMED_RECORDS:,} records, {NICKNAMED_SHARE:.0%} by a nickname", nicknames))
    own = simulated(min(orders, SIMULATED_ORDERS))
    for name, score in own.items():
        print(_told(f"simulated, {name}", score))
    whole, seconds = found["rules and likeness"]
    return [
        Claim(f"Persons of {RECORDS:,} records are found in under 90 seconds", seconds, 90, "limit", at_most=1),
        Claim("Finding them takes less than 2 GB", memory, 2000, "2 GB", unit="MB", at_most=1),
        *(claim for world, score in (("people with bad habits", whole), ("people with nicknames", nicknames), ("the simulated world", own["linked"]))
          for claim in _kept(world, score)),
    ]  # fmt: skip


def _kept(world: str, score: Score) -> list[Claim]:
    return [
        Claim(f"Of {world}, 99 in 100 pairs that are put together are one person", score.precision or 0, 0.99, "promise",
              unit="of 1", at_least=1),
        Claim(f"Of {world}, 97 in 100 pairs of one person are put together", score.recall or 0, 0.97, "promise",
              unit="of 1", at_least=1),
    ]  # fmt: skip
