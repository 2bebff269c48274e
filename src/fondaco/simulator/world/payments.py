"""How orders are paid: at once, by authorization and capture, in two parts, after a failure, late, or never."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from fondaco.simulator.world.book import (
    AUTHORIZATION,
    CAPTURE,
    FAILURE,
    GATEWAY,
    SALE,
    SUCCESS,
    VOID,
    WAITING,
    Book,
)
from fondaco.simulator.world.frames import DAY, NULL, Array
from fondaco.simulator.world.merchants import Merchant
from fondaco.simulator.world.stories import Story

SECOND = 1_000_000
HOUR = 3_600 * SECOND
CARD, WALLET, TRANSFER = range(3)


class Plan(IntEnum):
    """The course of an order's payment."""

    SALE = 0
    CAPTURE = 1  # authorization, captured within three days
    TWO = 2  # two payments
    AFTER_FAILURE = 3
    TRANSFER = 4  # pending, then paid days later
    GIFT_CARD = 5  # part by gift card, the rest by card
    WAITING = 6  # pending for good
    FAILED = 7
    VOID = 8  # authorized, then voided
    LATE_CAPTURE = 9  # captured after an edit, at the new amount


_USUAL = {
    Plan.SALE: 0.72, Plan.CAPTURE: 0.15, Plan.TWO: 0.02, Plan.AFTER_FAILURE: 0.04, Plan.TRANSFER: 0.07,
}  # fmt: skip
_BY_STORY = {
    Story.EDIT_ADD: Plan.SALE, Story.EXCHANGE: Plan.SALE, Story.CANCEL_PAID: Plan.SALE, Story.TEST: Plan.SALE,
    Story.IMPORTED: Plan.SALE, Story.EDIT_REMOVE: Plan.LATE_CAPTURE, Story.PENDING: Plan.WAITING,
    Story.FAILED: Plan.FAILED, Story.GIFT_REDEEMED: Plan.GIFT_CARD,
}  # fmt: skip


def choose_plans(rng: np.random.Generator, story: Array) -> Array:
    """A plan for each order, as its story needs."""
    plans = rng.choice(list(_USUAL), len(story), p=list(_USUAL.values())).astype(np.int8)
    for name, plan in _BY_STORY.items():
        plans[story == name] = plan
    unpaid = story == Story.CANCEL_UNPAID
    plans[unpaid] = np.where(rng.random(int(unpaid.sum())) < 0.5, Plan.VOID, Plan.WAITING)
    return plans


def gateways(rng: np.random.Generator, shops: tuple[Merchant, ...], shop: Array, plan: Array) -> Array:
    """The main gateway of each order; bank transfers and pending payments go by the shop's third one."""
    table = np.array([[GATEWAY[name] for name in merchant.gateways] for merchant in shops], np.int8)
    by_transfer = (plan == Plan.TRANSFER) | (plan == Plan.WAITING)
    column = np.where(by_transfer, TRANSFER, np.where(rng.random(len(shop)) < 0.25, WALLET, CARD))
    return np.asarray(table[shop, column])


def pay(rng: np.random.Generator, book: Book, plan: Array, changed_at: Array, end: int) -> Array:
    """Write the payments of every order up to ``end`` and return when each was paid in full (NULL: not yet).

    ``changed_at``: when an order was cancelled or edited before its payment; voids and late captures follow it.
    """
    orders = book.orders
    count, placed = len(plan), orders["placed_total"]
    kind = np.full((count, 2), SALE, np.int8)
    status = np.full((count, 2), SUCCESS, np.int8)
    gateway = np.repeat(orders["gateway"][:, None], 2, axis=1)
    at = np.full((count, 2), np.iinfo(np.int64).max)
    amount = np.repeat(placed[:, None], 2, axis=1)
    start = orders["processed_at"]
    at[:, 0] = start + 30 * SECOND
    follow = np.full(count, -1, np.int8)  # slot whose parent is slot 0

    def choose(*plans: Plan) -> Array:
        return np.isin(plan, plans)

    authorized = choose(Plan.CAPTURE, Plan.VOID, Plan.LATE_CAPTURE)
    kind[authorized, 0] = AUTHORIZATION
    captured = choose(Plan.CAPTURE, Plan.LATE_CAPTURE)
    kind[captured, 1], follow[authorized] = CAPTURE, 1
    hours = rng.integers(2, 73, count)
    at[:, 1] = np.where(choose(Plan.CAPTURE), start + hours * HOUR, at[:, 1])
    late = choose(Plan.LATE_CAPTURE, Plan.VOID) & (changed_at != NULL)
    at[late, 1] = changed_at[late] + np.where(plan[late] == Plan.VOID, 0, HOUR)
    amount[:, 1] = np.where(plan == Plan.LATE_CAPTURE, orders["due"], amount[:, 1])
    kind[plan == Plan.VOID, 1] = VOID
    _in_parts(plan, at, amount, gateway, start)
    failing = choose(Plan.AFTER_FAILURE, Plan.FAILED)
    status[failing, 0] = FAILURE
    waiting = choose(Plan.TRANSFER, Plan.WAITING)
    status[waiting, 0] = WAITING
    follow[choose(Plan.TRANSFER)] = 1
    at[:, 1] = np.where(plan == Plan.AFTER_FAILURE, start + 90 * SECOND, at[:, 1])
    at[:, 1] = np.where(plan == Plan.TRANSFER, start + hours * HOUR + DAY, at[:, 1])
    return _write(book, (kind, status, gateway, at, amount), follow, authorized, end)


def _in_parts(plan: Array, at: Array, amount: Array, gateway: Array, start: Array) -> None:
    """Two payments, the first of them by gift card where the plan says so."""
    gift, two = plan == Plan.GIFT_CARD, plan == Plan.TWO
    parted = gift | two
    total = amount[parted, 0]
    first = np.where(gift[parted], np.minimum(total // 2, 5_000), total * 6 // 10)
    amount[parted, 0], amount[parted, 1] = first, total - first
    at[parted, 1] = start[parted] + 60 * SECOND
    gateway[gift, 0] = GATEWAY["gift_card"]


def _write(book: Book, slots: tuple[Array, ...], follow: Array, authorized: Array, end: int) -> Array:
    kind, status, gateway, at, amount = slots
    count = len(at)
    first_id = np.full(count, NULL)
    paid_at = np.full(count, NULL)
    for slot in range(2):
        row = np.flatnonzero((at[:, slot] <= end) & (amount[:, slot] > 0))
        parent = np.where(follow[row] == slot, first_id[row], NULL) if slot else np.full(len(row), NULL)
        columns = {
            "kind": kind[row, slot], "status": status[row, slot], "gateway": gateway[row, slot],
            "amount": amount[row, slot], "parent_id": parent,
        }  # fmt: skip
        ids = book.transact(row, at[row, slot], columns)
        if slot == 0:
            first_id[row] = ids
        pays = (columns["status"] == SUCCESS) & np.isin(columns["kind"], (SALE, CAPTURE))
        paid_at[row[pays]] = at[row[pays], slot]
    book.orders["authorized"] = authorized & (first_id != NULL)
    return np.where(book.orders["paid"] >= book.orders["due"], paid_at, NULL)


def pay_more(book: Book, rows: Array, at: Array, amount: Array) -> None:
    """A further sale by the order's own gateway, for a line added by an edit."""
    count = len(rows)
    book.transact(
        rows, at,
        {
            "kind": np.full(count, SALE, np.int8), "status": np.full(count, SUCCESS, np.int8),
            "gateway": book.orders["gateway"][rows], "amount": amount,
        },
    )  # fmt: skip
