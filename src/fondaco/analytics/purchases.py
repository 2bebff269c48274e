"""Purchases of customers, and what they come to on any day of the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Summaries:
    """What each customer's purchases come to at the end of a day; arrays of one length, by customer.

    Attributes
    ----------
    customer
        Code of the customer; who has not bought yet is left out.
    frequency, recency, age, monetary_value
        As in ``fondaco.analytics.clv``. A mean below nothing counts as 0.
    purchases
        Days with a purchase.
    value
        Of all purchases; may be negative where more was given back than paid.
    silence
        Days since the last purchase.
    """

    customer: Integers
    frequency: Floats
    recency: Floats
    age: Floats
    monetary_value: Floats
    purchases: Integers
    value: Floats
    silence: Integers


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of purchases, a row each time; arrays of one length.

    Attributes
    ----------
    customer, day
        Of the purchase.
    returned_on
        The day on which it came back.
    value
        By how much that lowered the value of the purchase.
    """

    customer: Integers
    day: Integers
    returned_on: Integers
    value: Floats


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases by customer and day, one row each, in that order; made by ``gather``.

    Attributes
    ----------
    customer
        Codes from 0 on.
    day
        Whole days of any calendar that counts them, such as days since 1970.
    value
        Money.
    """

    customer: Integers
    day: Integers
    value: Floats

    def until(self, day: int) -> Purchases:
        """Those of ``day`` and before."""
        kept = self.day <= day
        return Purchases(self.customer[kept], self.day[kept], self.value[kept])

    def as_known(self, day: int, returned: Returned) -> Purchases:
        """Those of ``day`` and before, each for what it was worth at the end of that day: before what came back later.

        Raises
        ------
        ConfigError
            If something came back of a purchase that is not there.
        """
        known = self.until(day)
        late = (returned.day <= day) & (returned.returned_on > day)
        if not late.any():
            return known
        # Both are told by customer and day, in one number; a day later than all others keeps customers apart.
        days = int(max(known.day.max(), returned.day[late].max())) + 1 if len(known.day) else 1
        keys = known.customer * days + known.day
        wanted = returned.customer[late] * days + returned.day[late]
        place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        if not len(keys) or (keys[place] != wanted).any():
            raise ConfigError(
                "Something came back that was never bought.",
                "Give what came back by the customer and day of its purchase.",
            )
        worth = known.value + np.bincount(place, returned.value[late], minlength=len(keys))
        return Purchases(known.customer, known.day, worth)

    def totals(self, customers: int, first: int, last: int) -> tuple[Floats, Floats]:
        """Purchases, and their value, from ``first`` to ``last``: a number for each code below ``customers``."""
        inside = (self.day >= first) & (self.day <= last)
        codes = self.customer[inside]
        return (
            np.bincount(codes, minlength=customers).astype(np.float64),
            np.bincount(codes, self.value[inside], minlength=customers).astype(np.float64),
        )

    def summaries(self, as_of: int) -> Summaries:
        """What was known at the end of the day ``as_of``."""
        known = self.until(as_of)
        customer, head, counts = np.unique(known.customer, return_index=True, return_counts=True)
        first = known.day[head]
        last = known.day[head + counts - 1]
        value = np.add.reduceat(known.value, head) if len(head) else np.empty(0)
        repeated = np.maximum(counts - 1, 1)
        later = np.where(counts > 1, (value - known.value[head]) / repeated, 0.0)
        return Summaries(
            customer=customer,
            frequency=(counts - 1).astype(np.float64),
            recency=(last - first).astype(np.float64),
            age=(as_of - first).astype(np.float64),
            monetary_value=np.maximum(later, 0.0),
            purchases=counts.astype(np.int64),
            value=value,
            silence=as_of - last,
        )


def gather(customer: ArrayLike, day: ArrayLike, value: ArrayLike) -> Purchases:
    """Purchases in any order, several a day or one; those of a day become one.

    Raises
    ------
    ConfigError
        If the columns differ in length or a value is not finite.
    """
    codes, days = np.asarray(customer, dtype=np.int64), np.asarray(day, dtype=np.int64)
    worth = np.asarray(value, dtype=np.float64)
    if not (codes.shape == days.shape == worth.shape and codes.ndim == 1 and np.isfinite(worth).all()):
        raise ConfigError(
            f"Purchases of shapes {codes.shape}, {days.shape} and {worth.shape}, or with values that are not finite, "
            "were given.",
            "Give one customer, day and value for each.",
        )
    order = np.lexsort((days, codes))
    codes, days, worth = codes[order], days[order], worth[order]
    heads = np.flatnonzero(np.r_[True, (np.diff(codes) != 0) | (np.diff(days) != 0)][: len(codes)])
    return Purchases(codes[heads], days[heads], np.add.reduceat(worth, heads) if len(heads) else worth)
