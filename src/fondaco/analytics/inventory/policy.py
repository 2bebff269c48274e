"""When to order and up to what: reorder points from the demand of the protection period and the service that is promised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.inventory.demand import Demand, Floats
from fondaco.errors import ConfigError

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class ReorderPolicy:
    """When to order and how much.

    Attributes
    ----------
    reorder_point
        Inventory position at or below which to order, units.
    safety_stock
        Of it, what is beyond the expected demand of the protection period. Negative where less service was asked for than half.
    order_up_to
        Inventory position after ordering, units.
    service_level
        Probability that nothing runs out until the goods come.
    expected_shortage
        Units that are wanted and missing in one protection period, on average.
    """

    reorder_point: Floats
    safety_stock: Floats
    order_up_to: Floats
    service_level: Floats
    expected_shortage: Floats


def reorder_for_service_level(
    demand: Demand, service_level: ArrayLike, order_quantity: ArrayLike = 0.0
) -> ReorderPolicy:
    """The least reorder point at which nothing runs out with the probability ``service_level``.

    Parameters
    ----------
    demand
        Of the protection period.
    service_level
        Between 0 and 1.
    order_quantity
        What an order brings beyond the reorder point, units.
    """
    return _policy(demand, demand.quantile(service_level), order_quantity)


def reorder_for_fill_rate(demand: Demand, rate: ArrayLike, order_quantity: ArrayLike) -> ReorderPolicy:
    """The least reorder point at which the share ``rate`` of demand is met from the shelf.

    An order of Q units may leave Q (1 − rate) of them unmet: E[(D − s)⁺] = Q (1 − rate); Silver, Pyke and Thomas (2017), section
    6.7. What the units of an order that is short itself could add is left out, as there.

    Parameters
    ----------
    order_quantity
        Units an order, Q, above 0.
    """
    share, quantity = np.asarray(rate, dtype=float), np.asarray(order_quantity, dtype=float)
    if not ((share > 0) & (share < 1)).all():
        raise ConfigError("A fill rate is not between 0 and 1.", "Give one such as 0.98.")
    if not (quantity > 0).all():
        raise ConfigError("An order has no units.", "Give an order quantity above 0.")
    allowed = quantity * (1 - share)
    low = np.zeros(np.broadcast_shapes(allowed.shape, demand.mean.shape))
    high = np.maximum(np.asarray(demand.quantile(0.999_999)), demand.mean + 12 * demand.sd) + low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_little = demand.shortage(middle) > allowed
        low, high = np.where(too_little, middle, low), np.where(too_little, high, middle)
    return _policy(demand, np.where(demand.shortage(np.zeros_like(high)) <= allowed, 0.0, high), quantity)


def fill_rate(demand: Demand, reorder_point: ArrayLike, order_quantity: ArrayLike) -> Floats:
    """Share of demand that is met from the shelf: 1 − E[(D − s)⁺] / Q, at least 0."""
    quantity = np.asarray(order_quantity, dtype=float)
    if not (quantity > 0).all():
        raise ConfigError("An order has no units.", "Give an order quantity above 0.")
    return np.asarray(np.maximum(1 - demand.shortage(reorder_point) / quantity, 0.0))


def stockout_risk(demand: Demand, stock: ArrayLike, unit_margin: ArrayLike) -> tuple[Floats, Floats]:
    """Probability that more is wanted than ``stock`` before goods can be there, and the margin expected to be lost by it.

    Parameters
    ----------
    demand
        Until the next possible receipt.
    stock
        Units on hand, with those that come before it.
    unit_margin
        Money that a unit sold leaves.
    """
    margin = np.asarray(unit_margin, dtype=float)
    return 1 - demand.cdf(stock), demand.shortage(stock) * np.maximum(margin, 0.0)


def _policy(demand: Demand, reorder_point: Floats, order_quantity: ArrayLike) -> ReorderPolicy:
    return ReorderPolicy(
        reorder_point,
        reorder_point - demand.mean,
        reorder_point + np.asarray(order_quantity, dtype=float),
        demand.cdf(reorder_point),
        demand.shortage(reorder_point),
    )
