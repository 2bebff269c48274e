"""How well persons were found, against the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of records, counted.

    Attributes
    ----------
    true_pairs
        Pairs of records of one person.
    found_pairs
        Pairs that were put into one person.
    right_pairs
        Pairs that are both.
    """

    true_pairs: int
    found_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float | None:
        """Share of the found pairs that are true; None where none was found."""
        return self.right_pairs / self.found_pairs if self.found_pairs else None

    @property
    def recall(self) -> float | None:
        """Share of the true pairs that were found; None where there are none."""
        return self.right_pairs / self.true_pairs if self.true_pairs else None


def pairwise(truth: ArrayLike, found: ArrayLike) -> Score:
    """Compare two partitions of the same records; each array names every record's person in its own way."""
    real = np.unique(np.asarray(truth), return_inverse=True)[1].astype(np.int64)
    ours = np.unique(np.asarray(found), return_inverse=True)[1].astype(np.int64)
    both = real * (int(ours.max(initial=0)) + 1) + ours
    return Score(_pairs(real), _pairs(ours), _pairs(both))


def _pairs(labels: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    sizes = np.unique(labels, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())
