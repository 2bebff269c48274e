"""What befalls each order. Every order has one story; each shop, however small, has every story its platform knows."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from fondaco.simulator.world.frames import DAY, Array
from fondaco.simulator.world.merchants import Merchant


class Story(IntEnum):
    """One story per order; most are plain."""

    PLAIN = 0
    WHOLE = 1  # everything comes back
    PARTIAL = 2
    PARTIAL_THEN_REST = 3
    ADJUSTMENT = 4  # money only
    SHIPPING = 5  # the shipping charge is given back
    DISCREPANCY = 6  # lines come back, and the money differs from their value
    TAX_ONLY = 7
    LATE = 8  # a return after 60 to 200 days
    EXCHANGE = 9
    EDIT_ADD = 10
    EDIT_REMOVE = 11
    CANCEL_PAID = 12
    CANCEL_UNPAID = 13
    PENDING = 14
    FAILED = 15
    TEST = 16
    DELETED = 17
    IMPORTED = 18  # processed_at is earlier than created_at
    GIFT_SOLD = 19
    GIFT_REDEEMED = 20
    LONG = 21  # more than 100 lines
    MANY_CODES = 22
    TWO_VALUES = 23  # one code, two values
    TOUCHED_LATER = 24  # updated long after, without a change in money


_EVERYWHERE = {
    Story.WHOLE: 0.020, Story.PARTIAL: 0.028, Story.PARTIAL_THEN_REST: 0.005, Story.ADJUSTMENT: 0.005,
    Story.LATE: 0.006, Story.CANCEL_PAID: 0.010, Story.CANCEL_UNPAID: 0.006, Story.DELETED: 0.003,
    Story.LONG: 0.00002, Story.MANY_CODES: 0.00002, Story.TWO_VALUES: 0.004, Story.TOUCHED_LATER: 0.010,
}  # fmt: skip
_ONLY: dict[str, dict[Story, float]] = {
    "shopify": {
        Story.SHIPPING: 0.004, Story.DISCREPANCY: 0.004, Story.TAX_ONLY: 0.002, Story.EXCHANGE: 0.005,
        Story.EDIT_ADD: 0.006, Story.EDIT_REMOVE: 0.005, Story.PENDING: 0.006, Story.TEST: 0.003,
        Story.IMPORTED: 0.005, Story.GIFT_SOLD: 0.010, Story.GIFT_REDEEMED: 0.010,
    },
    "woocommerce": {
        Story.SHIPPING: 0.004, Story.DISCREPANCY: 0.004, Story.TAX_ONLY: 0.002, Story.PENDING: 0.010,
        Story.FAILED: 0.012,
    },
    # commercetools tells money given back and the lines it is for; it has no split of the rest.
    "commercetools": {Story.PENDING: 0.005},
    # What is invoiced, Magento gives back by credit memos; it cancels only what is not.
    "magento": {
        Story.SHIPPING: 0.004, Story.DISCREPANCY: 0.004, Story.PENDING: 0.010, Story.CANCEL_PAID: 0.0,
    },
}  # fmt: skip
_LATEST_DAYS = 210
_LEAST_LONG = 3


def chances(platform: str) -> dict[Story, float]:
    """How often each story but PLAIN befalls an order of a shop of this platform."""
    odds = {**_EVERYWHERE, **_ONLY[platform]}
    return {story: chance for story, chance in odds.items() if chance}


def tell_stories(seed: int, shops: tuple[Merchant, ...], shop: Array, at: Array, end: int) -> Array:
    """The story of each order. In a shop with room for it, each story stands at least once among its older orders."""
    rng = np.random.default_rng([seed, 5])
    stories = np.zeros(len(shop), np.int8)
    for index, merchant in enumerate(shops):
        here = np.flatnonzero(shop == index)
        odds = chances(merchant.platform)
        known = np.array([int(story) for story in odds], np.int8)
        bounds = np.cumsum(list(odds.values()))
        found = np.searchsorted(bounds, rng.random(len(here)), side="right")
        stories[here] = np.append(known, np.int8(Story.PLAIN))[found]
        sure = np.append(known, np.full(_LEAST_LONG - 1, int(Story.LONG), np.int8))
        old = here[at[here] < end - _LATEST_DAYS * DAY]
        if len(old) >= 2 * len(sure):
            stories[rng.choice(old, len(sure), replace=False)] = sure
    return stories
