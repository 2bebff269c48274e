"""What lies in the orders: lines, prices, quantities, and the discounts on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fondaco.simulator.world import catalog as offers
from fondaco.simulator.world.catalog import PROMOTED_PERCENT, WEEK, Catalog
from fondaco.simulator.world.frames import Array, Frame, stack
from fondaco.simulator.world.merchants import DISCOUNT_KINDS
from fondaco.simulator.world.stories import Story

_LINE_COUNTS = np.array([0.46, 0.24, 0.14, 0.08, 0.04, 0.02, 0.01, 0.01])
_PERCENTAGE, _FIXED, _SHIPPING = range(3)


@dataclass(slots=True)
class Baskets:
    """Lines of a block, sorted by order, and what was taken off.

    ``taken`` has one row per discount of an order (``slot`` tells them apart before they are numbered), ``shares`` how
    each falls on lines.
    """

    lines: Frame
    first: Array  # per order, its first line
    count: Array  # per order, its lines
    taken: Frame
    shares: Frame
    ships_free: Array  # per order: index of the offer, or -1
    missed: Array  # per line: the variant that was wanted and not there, or -1


def fill_baskets(
    rng: np.random.Generator,
    catalog: Catalog,
    shop: Array,
    at: Array,
    *,
    story: Array,
    spend: Array,
    start: int,
) -> Baskets:
    """Lines for orders of ``shop`` at the instants ``at``; ``spend`` above 1 leans to dearer things."""
    count = rng.choice(len(_LINE_COUNTS), len(shop), p=_LINE_COUNTS) + 1
    needs_two = (
        (story == Story.EDIT_REMOVE) | (story == Story.TWO_VALUES) | (story == Story.PARTIAL_THEN_REST)
    )
    count = np.where(needs_two, np.maximum(count, 2), count)
    count = np.where(story == Story.LONG, rng.integers(101, 261, len(shop)), count)
    first = count.cumsum() - count
    row = np.repeat(np.arange(len(shop)), count)
    week = np.clip((at - start) // WEEK, 0, catalog.weeks - 1)[row]
    lean = rng.random(len(row)) ** (1.0 / spend[row])
    variant = catalog.pick(shop[row], week, lean)
    missed = catalog.missed(shop[row], week, lean)
    quantity = 1 + rng.poisson(catalog.appetite[week, variant])
    price = catalog.variants["price"][variant]
    price = np.where(catalog.promoted[week, variant], price * PROMOTED_PERCENT // 100, price)
    sold = first[story == Story.GIFT_SOLD]
    gift = np.zeros(len(row), bool)
    if sold.size:
        gift[sold] = True
        variant[sold] = catalog.gift_variants[shop[row[sold]], rng.integers(0, 3, len(sold))]
        quantity[sold], price[sold] = 1, catalog.variants["price"][variant[sold]]
    lines = {
        "row": row, "variant": variant, "quantity": quantity, "unit_price": price, "is_gift_card": gift,
        "discount": np.zeros(len(row), np.int64),
    }  # fmt: skip
    baskets = Baskets(lines, first, count, {}, {}, np.full(len(shop), -1), missed)
    _discount(rng, catalog, shop, story, baskets)
    return baskets


def _discount(
    rng: np.random.Generator, catalog: Catalog, shop: Array, story: Array, baskets: Baskets
) -> None:
    lines, row = baskets.lines, baskets.lines["row"]
    worth = np.where(lines["is_gift_card"], 0, lines["quantity"] * lines["unit_price"])
    offer = _choose_offers(rng, catalog, shop, story)
    value = np.where(offer >= 0, catalog.offers["value"][offer], 0.0)
    fixed = np.append(catalog.offers["kind"] == "fixed", False)[offer]
    percent = np.where(fixed, 0, np.rint(value * 100)).astype(np.int64)
    two = (story == Story.TWO_VALUES)[row]
    place = np.arange(len(row)) - baskets.first[row]
    odd = place % 2 == 1
    main = np.where(two & odd, 0, (2 * worth * percent[row] + 100) // 200)
    main += _spread(np.where(fixed, value, 0).astype(np.int64), worth, baskets)
    second = np.where(two & odd, (2 * worth * (2 * percent[row]) + 100) // 200, 0)
    tokens = catalog.offers_of(offers.TOKENS)
    parts = [_slot(row, main, 0, offer, value), _slot(row, second, 1, offer, 2 * value)]
    many = [
        _tokens(rng, tokens[shop[order]], int(order), baskets, worth)
        for order in np.flatnonzero(story == Story.MANY_CODES)
    ]
    shares = stack([*parts, *many])
    np.add.at(lines["discount"], shares["line"], shares["amount"])
    baskets.shares = shares
    baskets.taken = _sum_by_discount(shares)
    free = catalog.offers_of(offers.FREE_SHIPPING)
    ships_free = rng.random(len(shop)) < 0.05
    for index, codes in enumerate(free):
        baskets.ships_free[ships_free & (shop == index)] = codes[0]


def _choose_offers(rng: np.random.Generator, catalog: Catalog, shop: Array, story: Array) -> Array:
    chosen = np.full(len(shop), -1)
    chance = rng.random(len(shop))
    pick = rng.random(len(shop))
    for group, low, high in (
        (offers.PERCENT_CODES, 0.0, 0.13),
        (offers.FIXED_CODES, 0.13, 0.18),
        (offers.AUTOMATIC, 0.18, 0.24),
    ):
        for index, some in enumerate(catalog.offers_of(group)):
            mine = (shop == index) & (chance >= low) & (chance < high)
            chosen[mine] = some[(pick[mine] * len(some)).astype(np.int64)]
    for index, some in enumerate(catalog.offers_of(offers.TWO_VALUES)):
        chosen[(shop == index) & (story == Story.TWO_VALUES)] = some[0]
    chosen[story == Story.MANY_CODES] = -1
    return chosen


def _spread(amount: Array, worth: Array, baskets: Baskets) -> Array:
    """``amount`` per order over its lines by their worth, to the cent; never more than half of the order."""
    total = np.add.reduceat(worth, baskets.first)
    amount = np.minimum(amount, total // 2)
    running = worth.cumsum()
    row = baskets.lines["row"]
    before = running[baskets.first] - worth[baskets.first]
    upto = running - before[row]
    whole = np.maximum(total, 1)[row]
    return np.asarray(amount[row] * upto // whole - amount[row] * (upto - worth) // whole)


def _slot(row: Array, amount: Array, slot: int, offer: Array, value: Array) -> Frame:
    line = np.flatnonzero(amount > 0)
    return {
        "row": row[line], "line": line, "slot": np.full(len(line), slot), "amount": amount[line],
        "offer": offer[row[line]], "value": value[row[line]],
    }  # fmt: skip


def _tokens(rng: np.random.Generator, codes: Array, order: int, baskets: Baskets, worth: Array) -> Frame:
    """More than a hundred codes on one order, each a few cents off one of its lines."""
    number = np.arange(int(rng.integers(101, len(codes) + 1)))
    line = baskets.first[order] + number % baskets.count[order]
    amount = np.maximum(worth[line] // (8 * len(number)), 1)
    return {
        "row": np.full(len(number), order), "line": line, "slot": number, "amount": amount,
        "offer": codes[number], "value": amount.astype(float),
    }  # fmt: skip


def _sum_by_discount(shares: Frame) -> Frame:
    """One row per (order, slot), numbered from 0 within the order; ``shares`` gains that number."""
    key = shares["row"] * 1_000 + shares["slot"]
    found, head, back = np.unique(key, return_index=True, return_inverse=True)
    row = found // 1_000
    starts = np.flatnonzero(np.append(True, row[1:] != row[:-1])) if len(row) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(row)))
    index = np.arange(len(row)) - np.repeat(starts, sizes)
    shares["discount_index"] = index[back]
    amount = np.zeros(len(row), np.int64)
    np.add.at(amount, back, shares["amount"])
    return {
        "row": row, "discount_index": index, "offer": shares["offer"][head], "value": shares["value"][head],
        "amount": amount,
    }  # fmt: skip


def kind_of_offer(catalog: Catalog, offer: Array) -> Array:
    """Codes of DISCOUNT_KINDS."""
    return np.array([DISCOUNT_KINDS.index(kind) for kind in catalog.offers["kind"]], np.int8)[offer]
