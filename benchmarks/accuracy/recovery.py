"""Does the model find the parameters that the simulator drew its people with?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.datasets import DAYS, Floats, Instants
from fondaco.analytics.clv import BGNBD, fit_bg_nbd, fit_mbg_nbd
from fondaco.simulator.world.frames import DAY
from fondaco.simulator.world.merchants import merchants
from fondaco.simulator.world.people import DROPOUT_A, DROPOUT_B, RATE_SCALE, RATE_SHAPE, simulate

TRUTH = {"r": RATE_SHAPE, "alpha": 1 / RATE_SCALE, "a": DROPOUT_A, "b": DROPOUT_B}
WORLDS, WORLD_ORDERS = 20, 30_000
_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Found:
    """A parameter: its true value, and what was fitted to the same people in three ways."""

    name: str
    truth: float
    by_instant: tuple[float, float, float]
    by_day: tuple[float, float, float]
    by_other_model: float

    @property
    def is_covered(self) -> bool:
        """By the interval of the fit by the second."""
        return self.by_instant[1] <= self.truth <= self.by_instant[2]

    @property
    def is_covered_by_day(self) -> bool:
        """By the interval of the fit by day, as Fondaco fits."""
        return self.by_day[1] <= self.truth <= self.by_day[2]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Of the world of the page, and how often the intervals covered the truth in many more worlds.

    Attributes
    ----------
    covered_apart
        Parameters covered by a fit by day in which orders of one day count one by one: what the day alone does, without merging.
    """

    parameters: tuple[Found, ...]
    covered_apart: int
    likelihoods: tuple[float, float]
    covered: int
    intervals: int

    @property
    def moved_by_days(self) -> float:
        """How far counting by day moves a parameter at most, in halves of its interval, on the scale of logarithms."""
        return max(
            abs(np.log(one.by_day[0] / one.by_instant[0])) / np.log(one.by_instant[2] / one.by_instant[0])
            for one in self.parameters
        )


def recovery(instants: Instants, *, worlds: int = WORLDS, orders: int = WORLD_ORDERS) -> Recovery:
    """Fit MBG/NBD to the world's orders by the second and by the day, and to the orders of more worlds by the second."""
    exact, days = _history(instants.person, instants.at, DAYS), _by_day(instants)
    by_instant, by_day, other = fit_mbg_nbd(*exact), fit_mbg_nbd(*days), fit_bg_nbd(*days)
    parameters = tuple(
        Found(name, truth, _interval(by_instant, name), _interval(by_day, name), getattr(other, name))
        for name, truth in TRUTH.items()
    )
    apart = fit_mbg_nbd(*_history(instants.person, np.floor(instants.at), DAYS - 1))
    covered = 0
    for seed in range(worlds):
        model = fit_mbg_nbd(*_another_world(seed, orders))
        covered += _covered(model)
    return Recovery(
        parameters, _covered(apart), (by_day.log_likelihood, other.log_likelihood), covered, worlds * len(TRUTH)
    )  # fmt: skip


def _covered(model: BGNBD) -> int:
    """How many parameters the 95 % intervals cover."""
    return sum(
        _interval(model, name)[1] <= truth <= _interval(model, name)[2] for name, truth in TRUTH.items()
    )


def _interval(model: BGNBD, name: str) -> tuple[float, float, float]:
    """A parameter, and the 95 % interval of its logarithm, as it is positive."""
    value, error = float(getattr(model, name)), float((model.standard_errors or {})[name])
    by = np.exp(_NORMAL * error / value)
    return value, float(value / by), float(value * by)


def _another_world(seed: int, orders: int) -> tuple[Floats, Floats, Floats]:
    _, timeline = simulate(seed, orders, 0, DAYS * DAY, tuple(merchants(("aurora",))))
    return _history(timeline.person, timeline.at / DAY, DAYS)


def _by_day(instants: Instants) -> tuple[Floats, Floats, Floats]:
    """As Fondaco counts: orders of a day are one purchase."""
    days = np.unique(np.stack([instants.person, np.floor(instants.at).astype(np.int64)]), axis=1)
    return _history(days[0], days[1].astype(float), DAYS - 1)


def _history(person: NDArray[np.int64], at: Floats, until: float) -> tuple[Floats, Floats, Floats]:
    """Frequency, recency and age of everybody."""
    order = np.lexsort((at, person))
    person, at = person[order], at[order]
    _, heads, counts = np.unique(person, return_index=True, return_counts=True)
    first, last = at[heads], at[heads + counts - 1]
    # Two orders of one instant would be a history that cannot be.
    recency = np.where(counts > 1, np.maximum(last - first, 1e-6), 0.0)
    return counts - 1.0, recency, np.maximum(until - first, recency)
