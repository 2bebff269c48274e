"""A simulated retailer's demand whose truth is known: levels, weekdays, seasons, trends, prices, promotions, empty shelves, new and ended items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.forecasting.panel import Panel

Floats = NDArray[np.float64]
FIRST_DAY = 20_089
"""1 January 2025, a Wednesday, in days since 1970."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Demand of a panel.

    Attributes
    ----------
    panel
        As a shop sees it: sales, of all days.
    wanted
        Units that would have been sold with full shelves.
    mean
        What was to be expected of them, by who knows everything but chance.
    """

    panel: Panel
    wanted: Floats
    mean: Floats


def simulated_panel(
    series: int, days: int, *, seed: int, products_of: int = 4, categories: int = 12
) -> Simulated:
    """Variants of products of categories, each category with its own weekdays and season."""
    chance = np.random.default_rng(seed)
    product = np.arange(series) // products_of
    category = product % categories
    day = np.arange(days)
    weekdays = np.exp(chance.normal(0, 0.25, (categories, 7)) + np.array([-0.1, -0.1, 0, 0, 0.2, 0.35, -0.3]))
    height, phase = chance.uniform(0.05, 0.5, categories), chance.uniform(0, 2 * np.pi, categories)
    season = np.exp(height[:, None] * np.sin(2 * np.pi * (FIRST_DAY + day) / 365.25 + phase[:, None]))
    log_level = chance.normal(0.0, 1.5, series) + 0.3 * chance.normal(0, 1, product.max() + 1)[product]
    drift = _walk(chance, series, days, 0.015)
    price, promotion = _prices(chance, series, days, product)
    elasticity = chance.uniform(1.0, 3.0, series)[:, None]
    mean = (
        np.exp(log_level[:, None] + drift)
        * weekdays[category][:, (FIRST_DAY + day + 3) % 7]
        * season[category]
    )
    mean *= price**-elasticity * np.exp(0.4 * promotion)
    begins = np.where(chance.random(series) < 0.1, chance.integers(days // 2, days - 10, series), 0)
    ends = np.where(chance.random(series) < 0.04, chance.integers(days // 2, days, series), days)
    alive = (day >= begins[:, None]) & (day < ends[:, None])
    mean *= alive
    spread = chance.uniform(0.6, 4.0, series)[:, None]
    wanted = chance.poisson(mean * chance.gamma(spread, 1 / spread, (series, days))).astype(float)
    open_then = _shelves(chance, series, days)
    list_price = chance.uniform(5, 60, series)[:, None]
    panel = Panel(
        ids=np.array([f"v{number:06d}" for number in range(series)]),
        period="day",
        first_day=FIRST_DAY,
        quantity=np.where(open_then, wanted, 0.0),
        known=open_then & (day >= begins[:, None]),
        start=begins,
        price=price * list_price,
        promotion=promotion,
        groups={
            "product": np.array([f"p{number:05d}" for number in product]),
            "category": np.array([f"c{number:02d}" for number in category]),
        },
    )
    return Simulated(panel, wanted, mean)


def _walk(chance: np.random.Generator, series: int, days: int, step: float) -> Floats:
    """Levels that wander and come back within about half a year."""
    shocks = chance.normal(0, step, (series, days))
    found = np.zeros((series, days))
    for day in range(1, days):
        found[:, day] = 0.995 * found[:, day - 1] + shocks[:, day]
    return found


def _prices(
    chance: np.random.Generator, series: int, days: int, product: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Prices against the list price, and promotions: weeks in which all variants of a product are cheaper by a fifth and advertised."""
    weeks = days // 7 + 1
    rare = chance.uniform(0, 0.12, product.max() + 1)
    promoted = (chance.random((product.max() + 1, weeks)) < rare[:, None]).astype(float)
    promotion = np.repeat(promoted, 7, axis=1)[:, :days][product]
    steps = np.where(chance.random((series, weeks)) < 0.01, chance.normal(0, 0.06, (series, weeks)), 0.0)
    regular = np.exp(np.repeat(np.cumsum(steps, axis=1), 7, axis=1)[:, :days])
    return regular * (1 - 0.2 * promotion), promotion


def _shelves(chance: np.random.Generator, series: int, days: int) -> NDArray[np.bool_]:
    """Days on which an item is there: now and then it is not for one to three weeks."""
    open_then = np.ones((series, days), dtype=bool)
    for row in range(series):
        for first in chance.integers(0, days, chance.poisson(days / 365)):
            open_then[row, first : first + int(chance.integers(5, 22))] = False
    return open_then
