"""Models of customers: BG/NBD and RFM on a million of them, with histories counted by day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.claim import Claim, timed
from fondaco.analytics import rfm
from fondaco.analytics.clv import BGNBD, fit_bg_nbd

CUSTOMERS = 1_000_000
TRUTH = BGNBD(0.55, 60.0, 0.8, 2.5)
DAYS = 730
Floats = NDArray[np.float64]


def run(_orders: int) -> list[Claim]:
    frequency, recency, age = simulated(TRUTH, CUSTOMERS)
    with timed() as fitting:
        model = fit_bg_nbd(frequency, recency, age)
    print(
        f"  r {model.r:.3f}, alpha {model.alpha:.1f}, a {model.a:.3f}, b {model.b:.3f}; true {TRUTH.r}, {TRUTH.alpha}, {TRUTH.a}, {TRUTH.b}"
    )
    spent = np.random.default_rng(2).gamma(2, 30, CUSTOMERS) * (frequency + 1)
    with timed() as scoring:
        rfm.segment(rfm.score(age - recency, frequency + 1, spent))
    return [
        Claim(
            f"Fitting BG/NBD to {CUSTOMERS:,} customers takes less than 2 seconds", fitting.seconds, 2, "limit", at_most=1
        ),
        Claim(
            f"Scores and segments of {CUSTOMERS:,} customers take less than 3 seconds",
            scoring.seconds, 3, "limit", at_most=1,
        ),
    ]  # fmt: skip


def simulated(model: BGNBD, customers: int, *, seed: int = 7) -> tuple[Floats, Floats, Floats]:
    """Frequency, recency and age of customers who behave as the model says, BG/NBD or MBG/NBD, in whole days."""
    chance = np.random.default_rng(seed)
    age = chance.integers(60, DAYS + 1, customers).astype(float)
    rate = chance.gamma(model.r, 1 / model.alpha, customers)
    leaving = chance.beta(model.a, model.b, customers)
    frequency, recency, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    active = np.arange(customers)
    if model.chances_at_first:
        active = active[chance.random(customers) >= leaving]
    while len(active):
        now[active] += chance.exponential(1 / rate[active])
        active = active[now[active] < age[active]]
        frequency[active] += 1
        recency[active] = np.ceil(now[active])
        active = active[chance.random(len(active)) >= leaving[active]]
    return frequency, np.minimum(recency, age), age
