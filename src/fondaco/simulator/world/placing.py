"""Orders as they are placed: the columns of the order, its lines, discounts, shipping, and the first ledger rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fondaco.simulator.world.advertising import Advertising
from fondaco.simulator.world.baskets import Baskets, fill_baskets
from fondaco.simulator.world.book import (
    DUTY,
    GIFT_CARD,
    ORDERED,
    PRODUCT,
    SHIPPING,
    STATUS,
    TIP,
    Book,
    Counters,
    before_tax,
    tax_in,
)
from fondaco.simulator.world.catalog import Catalog
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame
from fondaco.simulator.world.merchants import (
    ACQUISITION,
    CHANNELS,
    COUNTRIES,
    CURRENCIES,
    DISCOUNT_KINDS,
    Merchant,
)
from fondaco.simulator.world.messaging import Messaging
from fondaco.simulator.world.payments import choose_plans, gateways
from fondaco.simulator.world.people import GUEST, THREE_IDS, Crowd
from fondaco.simulator.world.stories import Story

WEB, POS, DRAFT, API = range(len(CHANNELS))
FIRST_CUSTOMER = 10_000_000_001
_NEEDS_SHIPPING = (Story.SHIPPING, Story.DISCREPANCY)
_FREE_SHIPPING_KIND = DISCOUNT_KINDS.index("shipping")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all blocks of a world have in common."""

    shops: tuple[Merchant, ...]
    crowd: Crowd
    catalog: Catalog
    start: int
    end: int
    ads: Advertising
    messages: Messaging | None = None


@dataclass(slots=True)
class Block:
    """Orders that are made together: bare facts from the timeline, ids included."""

    at: Array
    person: Array
    shop: Array
    turn: Array
    story: Array
    order_id: Array
    order_number: Array


def customer_ids(crowd: Crowd, person: Array, shop: Array, turn: Array) -> Array:
    """The shop's id for the buyer; NULL for guests. Some people get a new one for each of their first three orders."""
    habit = crowd.habit[person]
    attempt = np.where(habit == THREE_IDS, np.minimum(turn, 2), 0)
    away = (crowd.home[person] != shop).astype(np.int64)
    return np.where(habit == GUEST, NULL, FIRST_CUSTOMER + person * 8 + away * 4 + attempt)


def place(rng: np.random.Generator, setting: Setting, block: Block, counters: Counters) -> tuple[Book, Array]:
    """A book of fresh orders, not yet paid, and each order's payment plan."""
    crowd, catalog = setting.crowd, setting.catalog
    spend = crowd.spend[block.person]
    baskets = fill_baskets(
        rng, catalog, block.shop, block.at, story=block.story, spend=spend, start=setting.start
    )
    plan = choose_plans(rng, block.story)
    orders = _orders(rng, setting, block, plan)
    lines = _lines(catalog, orders, baskets, counters)
    shipping = _shipping(rng, orders, block, baskets, counters)
    _totals(rng, setting, orders, lines, shipping)
    book = Book(orders, lines, shipping, counters)
    _write_discounts(catalog, book, baskets)
    _write_missed(catalog, book, baskets, block)
    _first_ledger_rows(book, block)
    return book, plan


def _orders(rng: np.random.Generator, setting: Setting, block: Block, plan: Array) -> Frame:
    shops, crowd, shop, count = setting.shops, setting.crowd, block.shop, len(block.at)
    shopify = np.array([merchant.platform == "shopify" for merchant in shops])[shop]
    imported = block.story == Story.IMPORTED
    delay = np.where(imported, rng.integers(5, 41, count) * DAY, 0)
    created = np.where(block.at + delay <= setting.end, block.at + delay, block.at)
    channel = np.where(shopify, rng.choice(3, count, p=[0.91, 0.06, 0.03]), WEB)
    channel = np.where(created != block.at, API, channel).astype(np.int8)
    nobody = np.where(channel == POS, rng.random(count) < 0.3, rng.random(count) < 0.004)
    home = crowd.home[block.person] == shop
    export = crowd.export[block.person] & (home | (len(shops) > 1)) & (block.story != Story.TAX_ONLY)
    exempt = (export | (rng.random(count) < 0.015)) & (block.story != Story.TAX_ONLY)
    own = np.array([CURRENCIES.index(merchant.currency) for merchant in shops])[shop]
    shown, rate = _presentment(shops, shop, crowd.country[block.person], own)
    visit = np.where(
        rng.random(count) < 0.7, crowd.channel[block.person], rng.integers(0, len(ACQUISITION), count)
    )
    customer = customer_ids(crowd, block.person, shop, block.turn)
    nothing = np.full(count, NULL)
    return {
        "shop_id": shop, "order_id": block.order_id, "order_number": block.order_number,
        "customer_id": np.where(nobody, NULL, customer), "person_id": block.person + 1,
        "created_at": created, "processed_at": block.at, "updated_at": created.copy(),
        "cancelled_at": nothing, "deleted_at": nothing.copy(), "edited_at": nothing.copy(),
        "is_test": block.story == Story.TEST, "status": np.full(count, STATUS["open"], np.int8), "channel": channel,
        "gateway": gateways(rng, shops, shop, plan), "acquisition_channel": visit.astype(np.int8),
        "currency": own, "presentment_currency": shown, "presentment_rate": rate,
        "country": crowd.country[block.person], "city": crowd.city[block.person], "tax_exempt": exempt,
        "percent": np.where(exempt, 0, np.array([merchant.tax_percent for merchant in shops])[shop]),
        "included": np.array([merchant.taxes_included for merchant in shops])[shop],
        "nobody": nobody, "export": export, "shopify": shopify, "home": home,
        "paid": np.zeros(count, np.int64), "refunded": np.zeros(count, np.int64), "authorized": np.zeros(count, bool),
    }  # fmt: skip


def _presentment(shops: tuple[Merchant, ...], shop: Array, country: Array, own: Array) -> tuple[Array, Array]:
    currency = np.full((len(shops), len(COUNTRIES)), -1)
    rates = np.ones((len(shops), len(COUNTRIES)))
    for index, merchant in enumerate(shops):
        for place, (shown, rate) in merchant.presentment.items():
            currency[index, COUNTRIES.index(place)] = CURRENCIES.index(shown)
            rates[index, COUNTRIES.index(place)] = rate
    chosen = currency[shop, country]
    return np.where(chosen >= 0, chosen, own), rates[shop, country]


def _lines(catalog: Catalog, orders: Frame, baskets: Baskets, counters: Counters) -> Frame:
    bare, row = baskets.lines, baskets.lines["row"]
    count = len(row)
    percent = np.where(bare["is_gift_card"], 0, orders["percent"][row])
    included = orders["included"][row]
    gross = bare["quantity"] * bare["unit_price"]
    net = gross - bare["discount"]
    gross_ex, net_ex = before_tax(gross, percent, included), before_tax(net, percent, included)
    zero = np.zeros(count, np.int64)
    return {
        **describe(catalog, bare["variant"]),
        "row": row, "shop_id": orders["shop_id"][row], "line_id": counters.draw("order_lines", count),
        "order_id": orders["order_id"][row], "quantity": bare["quantity"],
        "current_quantity": bare["quantity"].copy(), "unit_price": bare["unit_price"], "discount": bare["discount"],
        "tax": tax_in(net, percent, included), "is_gift_card": bare["is_gift_card"],
        "added_at": orders["created_at"][row], "removed_at": np.full(count, NULL), "net_ex": net_ex,
        "discount_ex": gross_ex - net_ex, "back_quantity": zero, "back_net": zero.copy(),
        "back_discount": zero.copy(), "back_tax": zero.copy(),
    }  # fmt: skip


def describe(catalog: Catalog, variant: Array) -> Frame:
    """The columns of a line that say what was sold."""
    return {
        "product_id": catalog.variants["product_id"][variant], "variant_id": catalog.variants["variant_id"][variant],
        "sku": variant, "title": catalog.variants["product"][variant],
    }  # fmt: skip


def _shipping(
    rng: np.random.Generator, orders: Frame, block: Block, baskets: Baskets, counters: Counters
) -> Frame:
    count = len(block.at)
    needed = np.isin(block.story, _NEEDS_SHIPPING)
    baskets.ships_free[needed] = -1
    row = np.flatnonzero((orders["channel"] != POS) & (rng.random(count) < 0.95) | needed)
    express = rng.random(len(row)) < 0.15
    price = np.where(express, 990, 490)
    free = baskets.ships_free[row] >= 0
    discount = np.where(free, price, 0)
    percent, included = orders["percent"][row], orders["included"][row]
    net = before_tax(price - discount, percent, included)
    without_discount = np.zeros(count, bool)
    without_discount[row] = True
    baskets.ships_free[~without_discount] = -1
    return {
        "row": row, "shop_id": orders["shop_id"][row], "shipping_line_id": counters.draw("shipping_lines", len(row)),
        "order_id": orders["order_id"][row], "title": express.astype(np.int8), "price": price, "discount": discount,
        "tax": tax_in(price - discount, percent, included), "net_ex": net,
        "discount_ex": before_tax(price, percent, included) - net, "back_net": np.zeros(len(row), np.int64),
        "back_tax": np.zeros(len(row), np.int64),
    }  # fmt: skip


def _totals(rng: np.random.Generator, setting: Setting, orders: Frame, lines: Frame, shipping: Frame) -> None:
    count = len(orders["order_id"])

    def total(row: Array, amount: Array) -> Array:
        return np.rint(np.bincount(row, amount, count)).astype(np.int64)

    displayed = lines["quantity"] * lines["unit_price"] - lines["discount"]
    orders["placed_subtotal"] = total(lines["row"], displayed)
    orders["placed_discount"] = total(lines["row"], lines["discount"]) + total(
        shipping["row"], shipping["discount"]
    )
    orders["placed_shipping"] = total(shipping["row"], shipping["price"] - shipping["discount"])
    orders["placed_tax"] = total(lines["row"], lines["tax"]) + total(shipping["row"], shipping["tax"])
    tips = orders["shopify"] & (rng.random(count) < 0.03)
    orders["placed_tip"] = np.where(tips, rng.integers(1, 6, count) * 100, 0)
    owes_duty = orders["shopify"] & orders["export"] & (rng.random(count) < 0.6)
    orders["placed_duty"] = np.where(owes_duty, orders["placed_subtotal"] * 7 // 100, 0)
    orders["placed_total"] = (
        orders["placed_subtotal"] + orders["placed_shipping"] + orders["placed_tip"] + orders["placed_duty"]
        + np.where(orders["included"], 0, orders["placed_tax"])
    )  # fmt: skip
    orders["due"] = orders["placed_total"].copy()


def _write_discounts(catalog: Catalog, book: Book, baskets: Baskets) -> None:
    taken, shares, orders = baskets.taken, baskets.shares, book.orders
    free = np.flatnonzero(baskets.ships_free >= 0)
    already = np.bincount(taken["row"], minlength=len(orders["order_id"]))
    shipped = np.zeros(len(orders["order_id"]), np.int64)
    shipped[book.shipping["row"]] = book.shipping["discount"]
    row = np.concatenate([taken["row"], free])
    offer = np.concatenate([taken["offer"], baskets.ships_free[free]])
    kinds = np.array([DISCOUNT_KINDS.index(kind) for kind in catalog.offers["kind"]], np.int8)
    book.add(
        "order_discounts",
        {
            "shop_id": orders["shop_id"][row], "order_id": orders["order_id"][row],
            "discount_index": np.concatenate([taken["discount_index"], already[free]]).astype(np.int32),
            "discount_id": catalog.offers["discount_id"][offer],
            "code": np.where(catalog.offers["coded"][offer], offer, -1), "title": offer, "kind": kinds[offer],
            "value": np.concatenate([taken["value"], np.ones(len(free))]),
            "amount": np.concatenate([taken["amount"], shipped[free]]), "offer": offer,
        },
    )  # fmt: skip
    book.add(
        "line_discounts",
        {
            "shop_id": orders["shop_id"][shares["row"]], "order_id": orders["order_id"][shares["row"]],
            "line_id": book.lines["line_id"][shares["line"]],
            "discount_index": shares["discount_index"].astype(np.int32), "amount": shares["amount"],
        },
    )  # fmt: skip


def _write_missed(catalog: Catalog, book: Book, baskets: Baskets, block: Block) -> None:
    line = np.flatnonzero(baskets.missed >= 0)
    row = baskets.lines["row"][line]
    book.add(
        "lost_demand",
        {
            "shop_id": book.orders["shop_id"][row],
            "variant_id": catalog.variants["variant_id"][baskets.missed[line]],
            "wanted_at": block.at[row],
            "quantity": baskets.lines["quantity"][line],
        },
    )


def _first_ledger_rows(book: Book, block: Block) -> None:
    orders, lines, shipping = book.orders, book.lines, book.shipping
    agreement = book.counters.draw("agreements", len(block.at))
    row = lines["row"]
    book.record(
        PRODUCT, ORDERED, row, block.at[row], agreement=agreement[row],
        amounts={
            "line_id": lines["line_id"], "quantity": lines["quantity"],
            "line_type": np.where(lines["is_gift_card"], GIFT_CARD, PRODUCT).astype(np.int8),
            "gross": lines["net_ex"] + lines["discount_ex"], "discount": lines["discount_ex"], "tax": lines["tax"],
        },
    )  # fmt: skip
    row = shipping["row"]
    one = np.ones(len(row), np.int64)
    book.record(
        SHIPPING, ORDERED, row, block.at[row], agreement=agreement[row],
        amounts={
            "quantity": one, "gross": shipping["net_ex"] + shipping["discount_ex"],
            "discount": shipping["discount_ex"], "tax": shipping["tax"],
        },
    )  # fmt: skip
    for line_type, column in ((TIP, "placed_tip"), (DUTY, "placed_duty")):
        row = np.flatnonzero(orders[column] > 0)
        zero = np.zeros(len(row), np.int64)
        book.record(
            line_type, ORDERED, row, block.at[row], agreement=agreement[row],
            amounts={"quantity": zero + 1, "gross": orders[column][row], "discount": zero, "tax": zero},
        )  # fmt: skip
