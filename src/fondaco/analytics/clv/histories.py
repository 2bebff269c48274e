"""Customers' histories, checked and gathered: a likelihood needs each distinct history once, with its number of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]

SKETCH_ROWS = 30_000
"""So many distinct histories lead near to where the likelihood of all is highest; the rest is a few steps with all."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Distinct histories, by frequency, recency and age; all arrays have the same length.

    Attributes
    ----------
    frequency, recency, age
        As in ``fondaco.analytics.clv``.
    customers
        How many customers have that history.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @property
    def total(self) -> float:
        return float(self.customers.sum())

    def thinned(self, rows: int) -> Histories:
        """About ``rows`` of them, evenly out of their order by frequency, recency and age; all where there are no more."""
        every = slice(None, None, max(1, len(self.frequency) // rows))
        return Histories(self.frequency[every], self.recency[every], self.age[every], self.customers[every])


def columns(**given: ArrayLike) -> list[Floats]:
    """Arrays of one length, finite and without negative numbers.

    Raises
    ------
    ConfigError
        If they are not.
    """
    arrays = {name: np.atleast_1d(np.asarray(values, dtype=np.float64)) for name, values in given.items()}
    lengths = {name: array.shape for name, array in arrays.items()}
    if len(set(lengths.values())) != 1 or any(array.ndim != 1 for array in arrays.values()):
        raise ConfigError(
            f"Columns of different length were given: {', '.join(f'{n} {s}' for n, s in lengths.items())}.",
            "Give one number of each for every customer.",
        )
    for name, array in arrays.items():
        if not np.isfinite(array).all() or (array < 0).any():
            raise ConfigError(
                f"{name} has numbers that are negative or not finite.", "Leave those customers out."
            )
    return list(arrays.values())


def histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Histories:
    """Gather customers by their history.

    Raises
    ------
    ConfigError
        If there is no customer, or one whose numbers contradict each other.
    """
    x, t_x, t = columns(frequency=frequency, recency=recency, age=age)
    if not len(x):
        raise ConfigError("There is no customer to fit a model to.", "Wait for the first orders.")
    odd = (t_x > t) | ((x == 0) & (t_x > 0)) | ((x > 0) & (t_x == 0)) | (x != np.floor(x))
    if odd.any():
        raise ConfigError(
            f"{int(odd.sum())} customers have a history that cannot be: recency is above age, frequency is no whole number, "
            "or one of recency and frequency is 0 and the other is not.",
            "Count purchases by day, and measure recency and age from the first one.",
        )
    # One whole number a history: sorting those is quicker than sorting rows, or hashing them.
    values, codes = zip(*(np.unique(column, return_inverse=True) for column in (x, t_x, t)), strict=True)
    key = (codes[0] * len(values[1]) + codes[1]) * len(values[2]) + codes[2]
    keys, customers = np.unique(key, return_counts=True)
    return Histories(
        frequency=values[0][keys // (len(values[1]) * len(values[2]))],
        recency=values[1][keys // len(values[2]) % len(values[1])],
        age=values[2][keys % len(values[2])],
        customers=customers.astype(np.float64),
    )
