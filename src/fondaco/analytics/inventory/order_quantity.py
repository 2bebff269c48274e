"""How much to order at once where demand is steady: what an order costs against what goods on the shelf cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.inventory.demand import Floats
from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """What is ordered at once, and what that costs a year.

    Attributes
    ----------
    quantity
        Units an order.
    orders_a_year
        How often.
    yearly_cost
        Of ordering and of holding half of ``quantity`` on average; goods themselves are not in it.
    """

    quantity: Floats
    orders_a_year: Floats
    yearly_cost: Floats


def economic_order_quantity(
    yearly_demand: ArrayLike, order_cost: ArrayLike, unit_cost: ArrayLike, holding_rate: ArrayLike
) -> OrderQuantity:
    """The quantity at which ordering and holding cost the same, and together least: √(2 K D / (i c)); Harris (1913).

    It takes for granted that demand is steady and known, that all of an order comes at once, that nothing runs out, and that a unit
    costs the same however many are bought. Near its least the cost hardly changes: half as much again costs 8 % more.

    Parameters
    ----------
    yearly_demand
        Units a year, D. Where it is 0, nothing is ordered.
    order_cost
        Money an order, whatever its size, K.
    unit_cost
        Money a unit, c.
    holding_rate
        Share of its cost that a unit on the shelf costs a year, i.

    Raises
    ------
    ConfigError
        If demand or order cost is negative, or holding a unit costs nothing.
    """
    demand, fixed = np.asarray(yearly_demand, dtype=float), np.asarray(order_cost, dtype=float)
    holding = np.asarray(unit_cost, dtype=float) * np.asarray(holding_rate, dtype=float)
    if not ((demand >= 0) & (fixed >= 0)).all():
        raise ConfigError("Demand or the cost of an order is negative.", "Give numbers from 0 on.")
    if not (holding > 0).all():
        raise ConfigError(
            "Holding a unit costs nothing, so that any quantity would do.", "Give unit cost and holding rate above 0."
        )  # fmt: skip
    quantity = np.sqrt(2 * fixed * demand / holding)
    with np.errstate(invalid="ignore", divide="ignore"):
        orders = np.where(quantity > 0, demand / quantity, 0.0)
    return OrderQuantity(quantity, orders, fixed * orders + holding * quantity / 2)


def in_multiples(quantity: ArrayLike, multiple: ArrayLike = 1, least: ArrayLike = 0) -> Floats:
    """The quantity as a supplier takes it: whole packs, and no fewer units than ``least``. What is not wanted is not ordered.

    Parameters
    ----------
    quantity
        Units wanted.
    multiple
        Units a pack.
    least
        Fewest units of an order of the item.

    Raises
    ------
    ConfigError
        If a pack has less than one unit.
    """
    wanted, pack = np.asarray(quantity, dtype=float), np.asarray(multiple, dtype=float)
    if not (pack >= 1).all():
        raise ConfigError(f"A pack has {float(pack.min()):g} units.", "Give the units of a pack, 1 or more.")
    enough = np.maximum(wanted, np.asarray(least, dtype=float))
    # A pack that is full but for a rounding of doubles is full.
    return np.where(wanted > 0, np.ceil(enough / pack - 1e-9) * pack, 0.0)
