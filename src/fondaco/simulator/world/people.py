"""Who buys, and when: the BG/NBD model of Fader, Hardie and Lee (2005).

A person buys at a rate drawn from a gamma distribution and leaves for good, after any order, with a chance drawn from a
beta distribution. All orders of all people are drawn first, as bare numbers; everything else follows in order of time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fondaco.simulator.world.daytime import LocalClock
from fondaco.simulator.world.frames import DAY, NULL, Array
from fondaco.simulator.world.merchants import ACQUISITION, CITIES, COUNTRIES, Merchant
from fondaco.simulator.world.names import DOMAINS, FIRST_NAMES, LAST_NAMES

RATE_SHAPE, RATE_SCALE = 0.9, 1 / 70.0  # gamma: mean one order in 78 days
DROPOUT_A, DROPOUT_B = 1.0, 2.4  # beta: mean 0.29 after each order

ACCOUNT, GUEST, THREE_IDS = 0, 1, 2
_HABITS = (0.80, 0.18, 0.02)
_SECOND_SHOP_SHARE = 0.02
SPELLINGS = ("as is", "Title case", "no dots", "plus tag")

_HOURS = np.array([2, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 7, 7, 6, 6, 6, 6, 7, 8, 10, 11, 10, 7, 4], float)


@dataclass(slots=True)
class Crowd:
    """All people; arrays of equal length, index = person."""

    rate: Array  # orders per day
    dropout: Array  # chance per order
    spend: Array  # 1.0 is average
    born: Array  # instant of the first order
    dropped: Array  # instant of the last order after which they left, or NULL
    city: Array
    country: Array
    export: Array
    channel: Array
    home: Array  # index of the shop
    second: Array  # index of another shop, or -1
    habit: Array  # ACCOUNT, GUEST, THREE_IDS
    first_name: Array
    last_name: Array
    domain: Array
    spelling: Array  # how the e-mail is written in the second shop


@dataclass(slots=True)
class Timeline:
    """All orders in order of time."""

    at: Array
    person: Array
    shop: Array
    turn: Array  # 0 for a person's first order


def simulate(
    seed: int, orders: int, start: int, end: int, shops: tuple[Merchant, ...]
) -> tuple[Crowd, Timeline]:
    """As many people as it takes for exactly ``orders`` orders between the instants ``start`` and ``end``."""
    parts: list[tuple[Array, ...]] = []
    bought = batch = people = 0
    histories: list[tuple[Array, Array, Array]] = []
    while bought < orders:
        rng = np.random.default_rng([seed, 1, batch])
        count = max(64, int((orders - bought) / 1.6))
        latent, (at, person, turn) = _histories(rng, count, start, end)
        parts.append(latent)
        histories.append((at, person + people, turn))
        bought += len(at)
        people += count
        batch += 1
    at, person, turn = (np.concatenate(columns) for columns in zip(*histories, strict=True))
    by_person = np.lexsort((turn, person))[:orders]
    at, person, turn = at[by_person], person[by_person], turn[by_person]
    kept = int(person[-1]) + 1
    rate, dropout, born, dropped = (np.concatenate(c)[:kept] for c in zip(*parts, strict=True))
    crowd = _portrait(np.random.default_rng([seed, 2]), shops, (rate, dropout, born, dropped))
    return crowd, _timeline(np.random.default_rng([seed, 3]), crowd, shops, (at, person, turn), (start, end))


def _histories(
    rng: np.random.Generator, count: int, start: int, end: int
) -> tuple[tuple[Array, ...], tuple[Array, Array, Array]]:
    rate = rng.gamma(RATE_SHAPE, RATE_SCALE, count)
    dropout = rng.beta(DROPOUT_A, DROPOUT_B, count)
    # A growing shop: more people arrive late than early.
    born = start + ((end - start) * rng.random(count) ** 0.8).astype(np.int64)
    dropped = np.full(count, NULL)
    now, alive = born.copy(), np.arange(count)
    at, who, turns = [born], [alive], [np.zeros(count, np.int32)]
    while alive.size:
        leaves = rng.random(alive.size) < dropout[alive]
        dropped[alive[leaves]] = now[alive[leaves]]
        alive = alive[~leaves]
        wait_days = np.minimum(rng.exponential(1.0, alive.size) / np.maximum(rate[alive], 1e-9), 40_000.0)
        now[alive] += (wait_days * DAY).astype(np.int64)
        alive = alive[now[alive] < end]
        at.append(now[alive])
        who.append(alive)
        turns.append(np.full(alive.size, len(turns), np.int32))
    return (rate, dropout, born, dropped), (np.concatenate(at), np.concatenate(who), np.concatenate(turns))


def newcomers(rng: np.random.Generator, shops: tuple[Merchant, ...], count: int, now: int) -> Crowd:
    """People who come into contact with the shops at the instant ``now``."""
    rate = rng.gamma(RATE_SHAPE, RATE_SCALE, count)
    dropout = rng.beta(DROPOUT_A, DROPOUT_B, count)
    crowd = _portrait(rng, shops, (rate, dropout, np.full(count, now), np.full(count, NULL)))
    crowd.second[:] = -1
    return crowd


def join(first: Crowd, second: Crowd) -> Crowd:
    """Both crowds, the second one's people numbered on."""
    return Crowd(*(np.concatenate([getattr(first, f.name), getattr(second, f.name)]) for f in fields(Crowd)))


def _portrait(rng: np.random.Generator, shops: tuple[Merchant, ...], latent: tuple[Array, ...]) -> Crowd:
    rate, dropout, born, dropped = latent
    count = len(rate)
    shares = np.array([shop.share for shop in shops])
    home = rng.choice(len(shops), count, p=shares / shares.sum()).astype(np.int8)
    second = np.full(count, -1, np.int8)
    if len(shops) > 1:
        both = rng.random(count) < _SECOND_SHOP_SHARE
        both[: min(8, count)] = True  # even the smallest world has some
        second[both] = (home[both] + rng.integers(1, len(shops), int(both.sum()))) % len(shops)
    city, country, export = (np.empty(count, np.int16), np.empty(count, np.int16), np.zeros(count, bool))
    for index, shop in enumerate(shops):
        here = home == index
        weights = np.array([place.weight for place in shop.places])
        chosen = rng.choice(len(shop.places), int(here.sum()), p=weights / weights.sum())
        city[here] = np.array([CITIES.index(place.city) for place in shop.places], np.int16)[chosen]
        country[here] = np.array([COUNTRIES.index(place.country) for place in shop.places], np.int16)[chosen]
        export[here] = np.array([place.export for place in shop.places])[chosen]
    # Dots and plus tags are the same mailbox only at some providers: people with two shops use those.
    domain = rng.integers(0, len(DOMAINS), count).astype(np.int16)
    domain[second >= 0] = 0
    return Crowd(
        rate=rate, dropout=dropout, spend=rng.lognormal(0.0, 0.35, count), born=born, dropped=dropped,
        city=city, country=country, export=export,
        channel=rng.choice(len(ACQUISITION), count, p=[0.27, 0.23, 0.12, 0.18, 0.08, 0.12]).astype(np.int8),
        home=home, second=second,
        habit=rng.choice(3, count, p=_HABITS).astype(np.int8),
        first_name=rng.integers(0, len(FIRST_NAMES), count).astype(np.int16),
        last_name=rng.integers(0, len(LAST_NAMES), count).astype(np.int16),
        domain=domain,
        spelling=rng.integers(1, len(SPELLINGS), count).astype(np.int8),
    )  # fmt: skip


def _timeline(
    rng: np.random.Generator,
    crowd: Crowd,
    shops: tuple[Merchant, ...],
    histories: tuple[Array, Array, Array],
    span: tuple[int, int],
) -> Timeline:
    at, person, turn = histories
    start, end = span
    elsewhere = (crowd.second[person] >= 0) & (turn % 2 == 1)
    shop = np.where(elsewhere, crowd.second[person], crowd.home[person]).astype(np.int8)
    for index, merchant in enumerate(shops):
        here = np.flatnonzero(shop == index)
        at[here] = _hour_of_day(rng, at[here], LocalClock(merchant.time_zone, start, end), (start, end))
    order = np.argsort(at, kind="stable")
    return Timeline(at[order], person[order].astype(np.int64), shop[order], turn[order])


def _hour_of_day(rng: np.random.Generator, at: Array, clock: LocalClock, span: tuple[int, int]) -> Array:
    """The same days with the hours people shop at; some orders right at midnight and as the clocks change."""
    count = len(at)
    hour = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    within = hour * (DAY // 24) + rng.integers(0, 3600, count) * 1_000_000
    local = clock.local(at)
    moved = clock.to_utc(local // DAY * DAY + within)
    midnight = rng.random(count) < 0.01
    seconds = rng.integers(-90, 90, count) * 1_000_000
    moved[midnight] = clock.to_utc(local[midnight] // DAY * DAY + seconds[midnight])
    for change in clock.changes[1:]:
        near = (np.abs(at - change) < 10 * DAY) & (rng.random(count) < 0.05)
        moved[near] = change + rng.integers(-7200, 7200, int(near.sum())) * 1_000_000
    inside = (moved >= span[0]) & (moved < span[1])
    return np.where(inside, moved, at // 1_000_000 * 1_000_000)
