"""What can be told of customers' habits at the end of a day, and what they did after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.churn.behaviour import Behaviour, Days, Floats, Integers

GROUPS: dict[str, tuple[str, ...]] = {
    "silence": ("silence", "silence_by_gap", "silence_by_longest_gap"),
    "rhythm": ("last_gap_by_gap", "gap_spread", "mean_gap", "longest_gap"),
    "recent": ("recent_third", "recent", "recent_two", "recent_four", "recent_change"),
    "habit": ("purchase_days", "age", "purchases_a_day"),
    "value": ("mean_value", "last_value_by_mean", "recent_value_share", "total_value"),
    "discounts": ("discount_share", "last_discount_share"),
    "returns": ("returned_share", "recently_returned_share"),
    "breadth": ("units", "products", "last_products_by_mean"),
    "channels": ("channels",),
    "model": ("silent_by_model", "alive_by_model"),
}
"""What each number is about. A feature that the columns given cannot tell is left out everywhere."""


@dataclass(frozen=True, slots=True)
class Features:
    """Customers who had bought by the end of ``day``; every array has one entry for each of them.

    Attributes
    ----------
    owner
        Place of the customer in ``Behaviour.customers``, ascending.
    frequency, recency, age
        As in ``fondaco.analytics.clv``, in days.
    columns
        The numbers by name, as in ``GROUPS``, and some more that reasons name; NaN where a customer has none, as the mean gap
        of one purchase.
    """

    day: int
    owner: Integers
    frequency: Floats
    recency: Floats
    age: Floats
    columns: dict[str, Floats]

    @property
    def silence(self) -> Floats:
        """Days since the last purchase."""
        return self.age - self.recency

    @property
    def history(self) -> tuple[Floats, Floats, Floats]:
        """Frequency, recency and age, as the models of purchases take them."""
        return self.frequency, self.recency, self.age

    def names(self) -> list[str]:
        """Names of the columns of ``table``."""
        return [name for names in GROUPS.values() for name in names if name in self.columns]

    def table(self, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float32]:
        """The numbers as a table, a row a customer; of some customers only, if ``rows`` says so."""
        return np.column_stack([self.columns[name][rows].astype(np.float32) for name in self.names()])


def features(behaviour: Behaviour, day: int, horizon_days: int) -> Features:
    """Numbers of every customer from what happened until the end of ``day``; nothing after it is looked at.

    Windows of recent days are parts and multiples of ``horizon_days``.
    """
    past = behaviour.bought.until(day)
    heads = np.flatnonzero(np.r_[True, np.diff(past.owner) != 0][: len(past.owner)])
    counts = np.diff(np.r_[heads, len(past.owner)])
    owner, tails = past.owner[heads], heads + counts - 1
    first, last = past.day[heads].astype(np.float64), past.day[tails].astype(np.float64)
    frequency, recency, age = counts - 1.0, last - first, day - first
    spans = _Spans(past, heads, counts, tails)
    columns = {
        **_rhythm(spans, frequency, recency, age),
        **_recent(spans, day, horizon_days),
        **_worth(spans, day, horizon_days),
        **_breadth(spans),
    }
    if behaviour.returned is not None:
        columns |= _returns(behaviour.returned.until(day), owner, columns["total_value"], day - horizon_days)
    if behaviour.channels is not None:
        columns["channels"] = _by_owner(behaviour.channels.until(day), owner, "channels")
    return Features(day, owner, frequency, recency, age, columns)


def outcomes(behaviour: Behaviour, known: Features, horizon_days: int) -> NDArray[np.bool_]:
    """Whether each of the customers bought nothing in the ``horizon_days`` after the day of their features."""
    later = behaviour.bought
    within = (later.day > known.day) & (later.day <= known.day + horizon_days)
    came = np.zeros(len(behaviour.customers), bool)
    came[later.owner[within]] = True
    return ~came[known.owner]


@dataclass(frozen=True, slots=True)
class _Spans:
    """Days of purchase in order of customer, and where each customer's begin and end."""

    past: Days
    heads: Integers
    counts: Integers
    tails: Integers

    def sums(self, numbers: NDArray[np.generic]) -> Floats:
        if not len(self.heads):
            return np.zeros(0)
        return np.asarray(np.add.reduceat(numbers.astype(np.float64), self.heads))

    def largest(self, numbers: Floats) -> Floats:
        return np.asarray(np.maximum.reduceat(numbers, self.heads)) if len(self.heads) else np.zeros(0)

    def since(self, day: int) -> Floats:
        """Days with a purchase after ``day``."""
        return self.sums(self.past.day > day)


def _ratio(above: Floats, below: Floats) -> Floats:
    """NaN where there is nothing to compare with."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _rhythm(spans: _Spans, frequency: Floats, recency: Floats, age: Floats) -> dict[str, Floats]:
    gaps = np.diff(spans.past.day, prepend=0).astype(np.float64)
    gaps[spans.heads] = 0
    mean = _ratio(recency, frequency)
    last = np.where(frequency > 0, gaps[spans.tails], np.nan)
    before = _ratio(recency - np.nan_to_num(last), frequency - 1)
    longest = np.where(frequency > 0, spans.largest(gaps), np.nan)
    variance = _ratio(spans.sums(gaps**2), frequency) - mean**2
    silence = age - recency
    return {
        "purchase_days": frequency + 1,
        "age": age,
        "purchases_a_day": (frequency + 1) / (age + 1),
        "silence": silence,
        "mean_gap": mean,
        "last_gap": last,
        "gap_before_last": before,
        "longest_gap": longest,
        "gap_spread": np.sqrt(np.maximum(variance, 0)) / mean,
        "last_gap_by_gap": _ratio(last, before),
        "silence_by_gap": _ratio(silence, mean),
        "silence_by_longest_gap": _ratio(silence, longest),
    }


def _recent(spans: _Spans, day: int, horizon: int) -> dict[str, Floats]:
    recent, both = spans.since(day - horizon), spans.since(day - 2 * horizon)
    return {
        "recent_third": spans.since(day - max(horizon // 3, 1)),
        "recent": recent,
        "recent_two": both,
        "recent_four": spans.since(day - 4 * horizon),
        "recent_change": 2 * recent - both,
    }


def _worth(spans: _Spans, day: int, horizon: int) -> dict[str, Floats]:
    net = spans.past.columns["net_value"]
    total = spans.sums(net)
    others = (total - net[spans.tails]) / np.maximum(spans.counts - 1, 1)
    found = {
        "total_value": total,
        "mean_value": total / spans.counts,
        "last_value_by_mean": _ratio(net[spans.tails], others),
        "recent_value_share": _ratio(spans.sums(np.where(spans.past.day > day - horizon, net, 0.0)), total),
    }
    off = spans.past.columns.get("discounts")
    if off is not None:
        gross, last = spans.sums(off + net), (off + net)[spans.tails]
        found["discount_share"] = _ratio(spans.sums(off), gross)
        found["last_discount_share"] = _ratio(off[spans.tails], last)
        found["discount_share_before_last"] = _ratio(spans.sums(off) - off[spans.tails], gross - last)
    return found


def _breadth(spans: _Spans) -> dict[str, Floats]:
    found = {
        name: spans.sums(spans.past.columns[name]) / spans.counts
        for name in ("units", "products")
        if name in spans.past.columns
    }
    if "products" in found:
        found["last_products_by_mean"] = _ratio(
            spans.past.columns["products"][spans.tails], found["products"]
        )
    return found


def _returns(returned: Days, owner: Integers, total: Floats, since: int) -> dict[str, Floats]:
    recent = np.where(returned.day > since, returned.columns["value"], 0.0)
    lately = Days(returned.owner, returned.day, {"value": recent})
    return {
        "returned_share": _ratio(_by_owner(returned, owner, "value"), total),
        "recently_returned_share": _ratio(_by_owner(lately, owner, "value"), total),
    }


def _by_owner(days: Days, owner: Integers, name: str) -> Floats:
    """The sum of a column for each of these customers."""
    size = int(max(owner.max(initial=-1), days.owner.max(initial=-1))) + 1
    return np.asarray(np.bincount(days.owner, days.columns[name], size)[owner], dtype=np.float64)
