"""One order to one supplier: which packs of which items, within a budget and above the least that the supplier takes.

A mixed-integer program, solved by HiGHS (Huangfu and Hall 2018) as SciPy carries it. A pack more of an item avoids lost margin and
ties up money; each pack avoids less than the one before. What is asked is which packs together are worth most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from fondaco.analytics.inventory.demand import Demand, Floats
from fondaco.errors import ConfigError

MOST_PACKS = 200
"""Of an item in one order."""

_ENOUGH = 0.9999
_GAP = 1e-4


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be ordered.

    Attributes
    ----------
    demand
        Of this one item, until goods of the order after this one could come, units.
    position
        Units on hand and on order.
    unit_cost, unit_margin
        Money that a unit costs, and that a unit sold leaves.
    holding_cost
        Money that a unit left over at the end of that time has cost.
    pack
        Units of a pack: only whole packs are sold.
    least
        Fewest units of an order of the item, if there is any.
    """

    demand: Demand
    position: float
    unit_cost: float
    unit_margin: float
    holding_cost: float
    pack: int = 1
    least: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier and the till allow.

    Attributes
    ----------
    order_cost
        Money that an order costs, whatever is in it.
    least_value
        Money for which an order must be made, at least.
    budget
        Money that may be spent; ``None`` for no limit.
    """

    order_cost: float = 0.0
    least_value: float = 0.0
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to order.

    Attributes
    ----------
    quantities
        Units of each candidate; all 0 where an order is worth less than it costs.
    value
        Money that the order is expected to be worth beyond what it costs: lost margin that it avoids, less holding and order cost.
    cost
        Money to pay for the goods.
    proven
        Whether no other order is worth more, to one part in ten thousand; false where time ran out.
    """

    quantities: NDArray[np.int64]
    value: float
    cost: float
    proven: bool


def plan_order(candidates: Sequence[Candidate], terms: Terms, *, seconds: float = 30.0) -> Plan:
    """The order that is worth most.

    Raises
    ------
    ConfigError
        If a cost is negative or a pack empty, or the budget is below the least order: names what.
    """
    _check(candidates, terms)
    ladders = [_ladder(each, terms) for each in candidates]
    worth = np.concatenate([ladder.worth for ladder in ladders]) if ladders else np.zeros(0)
    nothing = Plan(np.zeros(len(candidates), dtype=np.int64), 0.0, 0.0, proven=True)
    if not (worth > 0).any():
        return nothing
    cost = np.concatenate([ladder.cost for ladder in ladders])
    units = np.concatenate([ladder.units for ladder in ladders])
    solved = milp(
        # The last variable says whether there is an order at all.
        -np.append(worth, -terms.order_cost),
        integrality=np.ones(len(worth) + 1),
        bounds=Bounds(0, 1),
        constraints=[*_steps(ladders, len(worth)), *_money(cost, terms)],
        options={"time_limit": seconds, "mip_rel_gap": _GAP},
    )
    if solved.x is None or -solved.fun <= 0:
        return Plan(nothing.quantities, 0.0, 0.0, proven=solved.status == 0)
    taken = solved.x[:-1] > 0.5
    ends = np.cumsum([len(ladder.worth) for ladder in ladders])
    quantities = np.array(
        [part.sum() for part in np.split(np.where(taken, units, 0), ends[:-1])], dtype=np.int64
    )
    return Plan(
        quantities,
        float(worth[taken].sum() - terms.order_cost),
        float(cost[taken].sum()),
        proven=solved.status == 0,
    )


@dataclass(frozen=True, slots=True)
class _Ladder:
    """An item's packs, each worth less than the one below it: the first step holds as many as an order must have."""

    units: NDArray[np.int64]
    worth: Floats
    cost: Floats


def _ladder(item: Candidate, terms: Terms) -> _Ladder:
    first = max(1, -(-item.least // item.pack))
    enough = float(item.demand.quantile(_ENOUGH)) - item.position
    # As many as could be wanted, and those by which a supplier's least order may be reached.
    filling = terms.least_value / (item.unit_cost * item.pack) if item.unit_cost else 0.0
    wanted = int(np.ceil(max(enough / item.pack, 0.0)) + np.ceil(filling))
    steps = max(min(wanted - first, MOST_PACKS - first), 0)
    packs = np.concatenate([[first], np.ones(steps, dtype=np.int64)]).astype(np.int64)
    units = packs * item.pack
    stock = item.position + np.concatenate([[0], np.cumsum(units)])
    missing = np.array([float(item.demand.shortage(level)) for level in stock])
    left = stock - float(item.demand.mean) + missing
    value = -item.unit_margin * missing - item.holding_cost * left
    return _Ladder(units, np.diff(value), units.astype(float) * item.unit_cost)


def _steps(ladders: Sequence[_Ladder], count: int) -> list[LinearConstraint]:
    """No step without the one below it, and no first step without an order."""
    firsts = np.cumsum([0, *(len(ladder.worth) for ladder in ladders)])[:-1]
    places = np.arange(count)
    below = places - 1
    below[firsts] = count
    rows = np.concatenate([places, places])
    columns = np.concatenate([places, below])
    signs = np.concatenate([np.ones(count), -np.ones(count)])
    matrix = coo_array((signs, (rows, columns)), shape=(count, count + 1))
    return [LinearConstraint(csr_array(matrix), ub=np.zeros(count))]


def _money(cost: Floats, terms: Terms) -> list[LinearConstraint]:
    """The budget, and the least that an order must be worth."""
    limits = []
    if terms.budget is not None:
        limits.append(LinearConstraint(np.append(cost, 0.0)[np.newaxis], ub=[terms.budget]))
    if terms.least_value:
        limits.append(LinearConstraint(np.append(cost, -terms.least_value)[np.newaxis], lb=[0.0]))
    return limits


def _check(candidates: Sequence[Candidate], terms: Terms) -> None:
    for number, item in enumerate(candidates, 1):
        if item.pack < 1 or item.least < 0:
            raise ConfigError(
                f"Item {number} comes in packs of {item.pack}, at least {item.least} units.", "Give a pack of 1 unit or more."
            )  # fmt: skip
        for name in ("unit_cost", "holding_cost"):
            if not np.isfinite(amount := getattr(item, name)) or amount < 0:
                raise ConfigError(f"Item {number} has a {name} of {amount}.", "Give an amount from 0 on.")
    if terms.budget is not None and terms.budget < terms.least_value:
        raise ConfigError(
            f"The budget of {terms.budget:g} is below the supplier's least order of {terms.least_value:g}.",
            "Raise the budget, or wait until more is needed.",
        )
