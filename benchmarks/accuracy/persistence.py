"""Do those who score high in the first half stay high in the second?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.datasets import Dataset, Floats
from benchmarks.accuracy.value import known_until
from fondaco.analytics import rfm

TOP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Ranking:
    """One way of putting customers in order by their first half.

    Attributes
    ----------
    revenue_share
        Of the second half's revenue, what its top fifth brought.
    stayed
        Share of its top fifth that is in the top fifth by money of the second half.
    correlation
        Spearman's, with the money of the second half; None where all customers rank alike.
    """

    name: str
    revenue_share: float
    stayed: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as of half-time: its customers, and what they did then."""

    name: str
    customers: int
    customer_share: float
    revenue_share: float
    came_back: float


@dataclass(frozen=True, slots=True)
class Persistence:
    """Both halves of a data set."""

    days: int
    customers: int
    rankings: tuple[Ranking, ...]
    segments: tuple[Segment, ...]


def persistence(data: Dataset) -> Persistence:
    """Score customers at half-time, and look at the second half."""
    ahead = (data.last - data.first + 1) // 2
    known = known_until(data, ahead)
    day = known.features.day
    bought, spent = known.between(day + 1, day + ahead)
    scores = rfm.score(known.features.silence, known.features.frequency + 1, known.value)
    together = scores.recency.astype(float) + scores.frequency + scores.monetary
    orders = {
        "naive: money of the first half": known.value,
        "purchases of the first half": known.features.frequency,
        "days since the last purchase": -known.features.silence,
        "RFM: sum of the three scores": together,
    }
    revenue = max(float(spent.sum()), 1e-9)
    places = rfm.segment(scores)
    segments = []
    for place, name in enumerate(rfm.SEGMENTS):
        of = places == place
        if of.any():
            segments.append(
                Segment(name, int(of.sum()), float(of.mean()), float(spent[of].sum()) / revenue, float((bought[of] > 0).mean()))
            )  # fmt: skip
    return Persistence(
        ahead,
        len(spent),
        tuple(_ranking(name, numbers, spent, revenue) for name, numbers in orders.items()),
        tuple(segments),
    )


def _ranking(name: str, numbers: Floats, spent: Floats, revenue: float) -> Ranking:
    weight, later = _top(numbers), _top(spent)
    return Ranking(
        name=name,
        revenue_share=float(weight @ spent) / revenue,
        stayed=float(np.minimum(weight, later).sum() / weight.sum()),
        correlation=_correlation(_ranks(numbers), _ranks(spent)),
    )


def _ranks(numbers: Floats) -> Floats:
    """Places in ascending order; equal numbers share the middle of theirs."""
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _correlation(first: Floats, second: Floats) -> float | None:
    if first.min() == first.max() or second.min() == second.max():
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _top(numbers: Floats) -> Floats:
    """1 for the top fifth, 0 for the others; those whom the edge cuts through share what is left of it."""
    size = len(numbers) * TOP_SHARE
    edge = np.sort(numbers)[::-1][max(int(np.ceil(size)) - 1, 0)]
    above, at = numbers > edge, numbers == edge
    return np.where(above, 1.0, np.where(at, (size - above.sum()) / at.sum(), 0.0))
