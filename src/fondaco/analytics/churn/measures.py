"""How well probabilities foretold what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 10
_TOP = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of the calibration table: customers whose probability lies between ``low`` and ``high``.

    Attributes
    ----------
    customers
        How many.
    predicted, observed
        Their mean probability, and the share who did leave; None where there is nobody.
    """

    low: float
    high: float
    customers: int
    predicted: float | None
    observed: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """One way of telling churn, tested on customers whose outcome is known.

    Attributes
    ----------
    name
        ``BG/NBD``, ``MBG/NBD`` or ``classifier``.
    customers, churn_rate
        How many were tested, and the share of them who bought nothing.
    auc
        Probability that one who left had a higher number than one who stayed; None where all or none left.
    brier
        Mean squared distance of probability and outcome: lower is better, and it punishes bad calibration.
    calibration_error
        Mean over customers of the distance of the two columns of ``bins``.
    lift
        Churn rate of the tenth with the highest probabilities over that of all; None where nobody left.
    bins
        Ten of equal width.
    """

    name: str
    customers: int
    churn_rate: float
    auc: float | None
    brier: float
    calibration_error: float
    lift: float | None
    bins: tuple[Bin, ...]


def report(name: str, probability: ArrayLike, left: ArrayLike) -> Report:
    """Hold probabilities, 0..1, against outcomes, one of each for at least one customer."""
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(left, dtype=bool)
    bins = _bins(p, y)
    filled = [(one.customers, one.predicted, one.observed) for one in bins if one.customers]
    return Report(
        name=name,
        customers=len(p),
        churn_rate=float(y.mean()),
        auc=auc(p, y),
        brier=float(((p - y) ** 2).mean()),
        calibration_error=sum(
            count * abs(foretold - seen) for count, foretold, seen in filled if foretold is not None and seen is not None
        ) / len(p),
        lift=lift(p, y),
        bins=bins,
    )  # fmt: skip


def auc(score: ArrayLike, left: ArrayLike) -> float | None:
    """Area under the ROC curve by ranks, ties counting half; None where all or none left."""
    y = np.asarray(left, dtype=bool)
    gone = int(y.sum())
    if gone in (0, len(y)):
        return None
    _, place, counts = np.unique(np.asarray(score), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[y].sum() - gone * (gone + 1) / 2) / (gone * (len(y) - gone)))


def lift(score: ArrayLike, left: ArrayLike) -> float | None:
    """Churn rate of the tenth with the highest scores over that of all. Where the tenth cuts through equal scores, they
    all count by their mean, so that their order does not matter."""
    s, y = np.asarray(score, dtype=np.float64), np.asarray(left, dtype=np.float64)
    if not y.any():
        return None
    top = max(1, len(y) // _TOP)
    edge = np.partition(s, len(s) - top)[len(s) - top]
    above, at = s > edge, s == edge
    caught = y[above].sum() + y[at].mean() * (top - above.sum())
    return float(caught / top / y.mean())


def _bins(p: NDArray[np.float64], y: NDArray[np.bool_]) -> tuple[Bin, ...]:
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    foretold, seen = np.bincount(place, p, BINS), np.bincount(place, y, BINS)
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            customers=int(count),
            predicted=float(foretold[number] / count) if count else None,
            observed=float(seen[number] / count) if count else None,
        )
        for number, count in enumerate(counts)
    )
