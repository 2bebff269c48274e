"""Small panels for tests of forecasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.forecasting import Panel


def panel_of(
    quantity: ArrayLike,
    *,
    known: ArrayLike | None = None,
    start: ArrayLike = 0,
    period: str = "day",
    **more: object,
) -> Panel:
    """A row a series; everything could be bought since its start unless ``known`` says otherwise."""
    sold = np.atleast_2d(np.asarray(quantity, dtype=float))
    starts = np.broadcast_to(np.asarray(start), len(sold)).astype(np.int64)
    begun = np.arange(sold.shape[1]) >= starts[:, np.newaxis]
    open_then = begun if known is None else begun & np.atleast_2d(np.asarray(known, dtype=bool))
    return Panel(
        ids=np.array([f"s{number:03d}" for number in range(len(sold))]),
        period=period,  # type: ignore[arg-type]
        first_day=20_000,
        quantity=np.where(begun, sold, 0.0),
        known=open_then,
        start=starts,
        **more,  # type: ignore[arg-type]
    )


def shop(
    series: int = 12, days: int = 140, *, seed: int = 1, most: float = 8.0
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Poisson sales with a weekly profile, of items slow and fast."""
    chance = np.random.default_rng(seed)
    week = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7])
    rate = chance.uniform(0.2, most, series)[:, np.newaxis] * week[np.arange(days) % 7]
    return chance.poisson(rate).astype(float)
