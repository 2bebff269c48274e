"""What one order may say of the orders to come.

A single wholesale order among ordinary ones would otherwise make its customer's next purchases look as large. Order values are therefore
winsorised (Tukey 1962, "The Future of Data Analysis", Annals of Mathematical Statistics 33, section 16) before anything is forecast from
them: what lies above a bound counts as the bound. What was paid stays what it was; only forecasts read the result.

An order counts in full where it is usual for the shop, or for the customer:

- It is no more than Tukey's inner fence, drawn on logarithms because order values are skewed: Q3 (Q3 / Q1)^1.5 (Tukey 1977, Exploratory
  Data Analysis, chapters 2 and 3). Of values that are log-normal, 1 in 290 lies above it. Quartiles stand still whatever one order is.
- Or ten customers have bought for as much once: so large a shop knows such orders.
- Or it is no more than three times another order of the same customer: who often buys at wholesale is forecast to go on.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.clv.histories import Floats
from fondaco.analytics.purchases import Integers, Purchases

_FENCE = 1.5
_LEAST_SPREAD = 2.0
"""Q3 / Q1 is taken for this at least: where nearly all orders cost the same, twice as much is not odd yet."""
_CUSTOMERS = 10
_OWN = 3.0


def order_value_bound(customer: ArrayLike, value: ArrayLike) -> float:
    """Money up to which any order counts in full; infinite where nobody has paid anything.

    Parameters
    ----------
    customer, value
        One of each for every purchase; customers by any whole numbers.
    """
    codes, worth = np.asarray(customer, np.int64), np.asarray(value, np.float64)
    paid = worth > 0
    if not paid.any():
        return float("inf")
    lower, upper = np.quantile(worth[paid], [0.25, 0.75])
    fence = float(upper * max(upper / lower, _LEAST_SPREAD) ** _FENCE)
    _, place = np.unique(codes[paid], return_inverse=True)
    largest = np.zeros(place.max() + 1)
    np.maximum.at(largest, place, worth[paid])
    if len(largest) < _CUSTOMERS:
        return fence
    return max(fence, float(np.partition(largest, -_CUSTOMERS)[-_CUSTOMERS]))


def credible_values(customer: ArrayLike, value: ArrayLike, *, bound: float | None = None) -> Floats:
    """What each purchase may say of those to come: its value, or the largest that is credible, in the same money and order.

    Never above the value itself, and never falling where it rises under the same bound. Negative values stay as they are.

    Parameters
    ----------
    customer, value
        One of each for every purchase; customers by any whole numbers.
    bound
        As of ``order_value_bound``; found from these purchases unless given.
    """
    codes, worth = np.asarray(customer, np.int64), np.asarray(value, np.float64)
    limit = order_value_bound(codes, worth) if bound is None else bound
    credible: Floats = worth.copy()
    odd = np.flatnonzero(worth > limit)
    if len(odd):
        credible[odd] = np.minimum(worth[odd], np.maximum(limit, _OWN * _largest_other(codes, worth)[odd]))
    return credible


def credible_purchases(purchases: Purchases) -> Purchases:
    """The same purchases with their credible values."""
    return replace(purchases, value=credible_values(purchases.customer, purchases.value))


def _largest_other(codes: Integers, worth: Floats) -> Floats:
    """The largest other purchase of the same customer; 0 where there is none."""
    order = np.lexsort((worth, codes))
    sorted_codes, sorted_worth = codes[order], worth[order]
    is_last = np.r_[sorted_codes[1:] != sorted_codes[:-1], True]
    tails = np.flatnonzero(is_last)
    heads = np.r_[0, tails[:-1] + 1]
    second = np.where(tails > heads, sorted_worth[np.maximum(tails - 1, 0)], 0.0)
    # All but the largest have that one as their largest other; the largest has the second.
    group = np.cumsum(np.r_[0, is_last[:-1]])
    other = np.where(is_last, second[group], sorted_worth[tails][group])
    found = np.empty(len(worth))
    found[order] = np.maximum(other, 0.0)
    return found
