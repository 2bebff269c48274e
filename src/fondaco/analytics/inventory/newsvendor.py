"""Goods of one season or one day: what is left at the end is worth less, what is missing cannot be sold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.inventory.demand import Demand, Floats
from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Newsvendor:
    """What to buy of goods that are bought once.

    Attributes
    ----------
    quantity
        Units to buy.
    service_level
        The critical ratio: with this probability it is enough.
    expected_profit
        Money, over the season.
    expected_sales, expected_leftover, expected_lost_sales
        Units.
    """

    quantity: Floats
    service_level: Floats
    expected_profit: Floats
    expected_sales: Floats
    expected_leftover: Floats
    expected_lost_sales: Floats


def newsvendor(
    demand: Demand,
    price: ArrayLike,
    unit_cost: ArrayLike,
    salvage: ArrayLike = 0.0,
    goodwill: ArrayLike = 0.0,
) -> Newsvendor:
    """The quantity at which one unit more would on average bring as much as it would cost: F⁻¹((p − c + g) / (p − s + g)).

    Arrow, Harris and Marschak (1951); Snyder and Shen (2019), section 4.3. Where a unit is sold below its cost, none is bought.

    Parameters
    ----------
    demand
        Of the season.
    price, unit_cost
        Money a unit, p and c.
    salvage
        What a unit left over brings at the end, s; negative where it costs to be rid of it.
    goodwill
        What a customer who was sent away costs beyond the margin, g.

    Raises
    ------
    ConfigError
        If what is left over brings as much as it cost: then there is no end to what one should buy.
    """
    p, c, s, g = (np.asarray(each, dtype=float) for each in (price, unit_cost, salvage, goodwill))
    if not (s < c).all():
        raise ConfigError(
            "What is left over brings as much as it cost.", "Give a salvage value below the unit cost."
        )
    under, over = p - c + g, c - s
    worth_it = under > 0
    level = np.where(worth_it, under / np.where(worth_it, under + over, 1.0), 0.0)
    quantity = np.where(worth_it, demand.quantile(np.where(worth_it, level, 0.5)), 0.0)
    lost = demand.shortage(quantity)
    sales = demand.mean - lost
    leftover = quantity - sales
    profit = p * sales + s * leftover - c * quantity - g * lost
    return Newsvendor(quantity, level, profit, sales, leftover, lost)
