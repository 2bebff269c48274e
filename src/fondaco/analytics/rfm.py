"""Recency, frequency and monetary value as scores from 1 to 5, and the eight segments that they make.

A score is the fifth of all customers in which one stands. Customers with equal numbers get equal scores, wherever the fifths
would have been cut: half of the equal ones count as before, half as behind, instead of being dealt out by chance. Who has bought
once has frequency 1 whatever the others did: in most shops nearly all have, and would be taken for people who come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Scores = NDArray[np.int8]
Span = tuple[int, int]

QUINTILES = 5


@dataclass(frozen=True, slots=True)
class RFM:
    """Scores of customers, 1 (worst) to 5 (best): arrays of one length."""

    recency: Scores
    frequency: Scores
    monetary: Scores


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table of segments: the scores that it takes, ends included."""

    segment: str
    recency: Span
    frequency: Span
    monetary: Span
    meaning: str


ANY: Span = (1, 5)
RULES: tuple[Rule, ...] = (
    Rule("Champions", (4, 5), (4, 5), (4, 5), "Bought more lately, more often and for more than most."),
    Rule(
        "Cannot Lose",
        (1, 2),
        (4, 5),
        (4, 5),
        "Bought more often and for more than most, and have been silent for longer than most.",
    ),
    Rule("Price Sensitive", ANY, (4, 5), (1, 2), "Bought more often than most, and for less than most."),
    Rule(
        "Loyal Customers",
        (3, 5),
        (3, 5),
        (3, 5),
        "Came back, and are in the middle or better by how lately and for how much they bought.",
    ),
    Rule(
        "At Risk", (1, 2), (3, 5), ANY, "Came back at least once, and have been silent for longer than most."
    ),
    Rule(
        "New Customers",
        (4, 5),
        (1, 2),
        (1, 3),
        "Bought more lately than most, once or less often than most, for middling sums at most.",
    ),
    Rule(
        "Potential Loyalists",
        (3, 5),
        ANY,
        ANY,
        "Are not among the longest silent, and may make a habit of buying.",
    ),
    Rule(
        "Hibernating",
        (1, 2),
        (1, 2),
        ANY,
        "Bought once or less often than most, and have been silent for longer than most.",
    ),
)
"""The first rule that takes a customer's scores decides. Together they take every combination, so every customer is in one."""

SEGMENTS: tuple[str, ...] = tuple(rule.segment for rule in RULES)

_BEST_FIRST = (
    "Champions", "Loyal Customers", "Price Sensitive", "Potential Loyalists", "New Customers", "At Risk", "Cannot Lose", "Hibernating",
)  # fmt: skip
BEST_FIRST: tuple[Rule, ...] = tuple(sorted(RULES, key=lambda rule: _BEST_FIRST.index(rule.segment)))
"""The same rules as people read the segments: those who buy, the best of them first, then those who are silent. A move to an
earlier one is a gain."""


def score(recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> RFM:
    """Score customers against each other.

    Parameters
    ----------
    recency_days
        Days since the last purchase: fewer are better.
    frequency
        Purchases.
    monetary
        Money spent, net of returns; may be negative.

    Raises
    ------
    ConfigError
        If the columns differ in length or a number is not finite.
    """
    arrays = [np.asarray(each, dtype=np.float64) for each in (recency_days, frequency, monetary)]
    if len({array.shape for array in arrays}) != 1 or any(array.ndim != 1 for array in arrays):
        raise ConfigError(
            f"Columns of shapes {', '.join(str(array.shape) for array in arrays)} were given.",
            "Give one number of each for every customer.",
        )
    if not all(np.isfinite(array).all() for array in arrays):
        raise ConfigError(
            "A recency, frequency or monetary value is not finite.", "Leave those customers out."
        )
    recency, bought, spent = arrays
    often = np.where(bought > 1, _fifths(bought), np.int8(1))
    return RFM(_fifths(-recency), often, _fifths(spent))


def segment(scores: RFM, rules: Sequence[Rule] = RULES) -> NDArray[np.intp]:
    """The place in ``rules`` of each customer's segment.

    Raises
    ------
    ConfigError
        If no rule takes some customer.
    """
    taken = [
        _within(scores.recency, rule.recency)
        & _within(scores.frequency, rule.frequency)
        & _within(scores.monetary, rule.monetary)
        for rule in rules
    ]
    found = np.select(taken, range(len(rules)), default=-1).astype(np.intp)
    if (found < 0).any():
        raise ConfigError(
            f"{int((found < 0).sum())} customers are in no segment.", "End the rules with one that takes all."
        )
    return found


def _within(scores: Scores, span: Span) -> NDArray[np.bool_]:
    return (scores >= span[0]) & (scores <= span[1])


def _fifths(numbers: NDArray[np.float64]) -> Scores:
    """1 to 5 by rank, the highest number best; equal numbers by the middle of their ranks."""
    if not len(numbers):
        return np.empty(0, dtype=np.int8)
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    fifth = np.floor(middle / len(numbers) * QUINTILES).astype(np.int8) + 1
    return np.asarray(np.minimum(fifth, QUINTILES)[place], dtype=np.int8)
