"""End of season: how far to lower the price of what is left, week by week, so that stock brings most before it is worth little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.signal import fftconvolve

from fondaco.analytics.pricing.draws import elasticities_below_zero
from fondaco.analytics.pricing.panel import Floats
from fondaco.errors import ConfigError

MOST_STOCK = 100_000
_DRAWS = 400
_DIRECT = 400
_POISSON = 1e-9


@dataclass(frozen=True, slots=True)
class MarkdownPlan:
    """Prices for each week and each stock that may be left then.

    Attributes
    ----------
    ladder
        Prices, from high to low.
    policy
        The step of the ladder to take: by week, step of the week before, and units on hand.
    value
        Money that is expected in all: takings, and what is left over at its salvage value.
    prices, stock
        The path if each week sells what is expected of it: the price of each week, and units on hand before it.
    only_down, start
        As they were given; ``start`` as a step of the ladder.
    """

    ladder: Floats
    policy: NDArray[np.int16]
    value: float
    prices: Floats
    stock: Floats
    only_down: bool
    start: int

    def price(self, week: int, units: int, before: float | None = None) -> float:
        """What to ask in a week, counted from 0, with so many units on hand, after the price of the week ``before``."""
        step = self.start if before is None else int(np.abs(self.ladder - before).argmin())
        return float(self.ladder[self.policy[week, step, units]])


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of a plan in seasons that were played through; one place for each.

    Attributes
    ----------
    takings
        Money from sales and salvage.
    leftover
        Units.
    """

    takings: Floats
    leftover: Floats


def demand_at_prices(
    usual: ArrayLike,
    price: float,
    ladder: ArrayLike,
    elasticity: float,
    elasticity_sd: float,
    *,
    spread: float = 0.0,
) -> tuple[Floats, Floats]:
    """Mean and spread of the demand of each week at each price, with what is not known of the elasticity in the spread.

    usual × (price on the ladder / price)^elasticity; the variance of a week is mean + spread × mean². The elasticity is drawn below 0.

    Parameters
    ----------
    usual
        Units expected of each week at ``price``: the season's end is in it.
    spread
        Of counts beyond Poisson, as ``Elasticities.spread`` tells it.
    """
    steps, weeks = np.asarray(ladder, dtype=float), np.asarray(usual, dtype=float)
    if (
        not price > 0
        or not (steps > 0).all()
        or not (weeks >= 0).all()
        or not spread >= 0
        or not elasticity_sd >= 0
    ):
        raise ConfigError(
            f"A season starts at price {price:g}, with prices from {steps.min(initial=np.inf):g} on and spread {spread:g}.",
            "Give prices above 0, and units, spread and error from 0 on.",
        )
    answers = elasticities_below_zero(elasticity, elasticity_sd, _DRAWS)
    factor = (steps / price) ** answers[:, None]
    mean, square = factor.mean(axis=0), (factor**2).mean(axis=0)
    beyond = ((1 + spread) * square - mean**2) / mean**2
    return weeks[:, None] * mean, np.broadcast_to(np.maximum(beyond, 0.0), (len(weeks), len(steps))).copy()


def plan_markdown(
    stock: int,
    ladder: ArrayLike,
    mean_demand: ArrayLike,
    spread: ArrayLike = 0.0,
    *,
    salvage: float = 0.0,
    start: float | None = None,
    only_down: bool = True,
) -> MarkdownPlan:
    """The prices that bring most, by dynamic programming over weeks, steps of the ladder and units on hand.

    Gallego and van Ryzin (1994); Talluri and van Ryzin (2004), section 5.2. Demand of the weeks is taken to be independent, Poisson or
    negative binomial; what is not sold is lost. A price is lowered only where that brings more, so of equals the higher is taken.

    Parameters
    ----------
    stock
        Units on hand.
    ladder
        Prices that may be asked.
    mean_demand, spread
        Of each week (rows) at each price (columns), in the order of ``ladder``; the variance is mean + spread × mean².
    salvage
        Money that a unit left over brings; below 0 where it costs to be rid of it.
    start
        Price of the week before the first: with ``only_down``, none above it is asked. Without, all may be.
    only_down
        Whether a price that was lowered stays so.

    Raises
    ------
    ConfigError
        If stock is negative or too large, the ladder is empty, prices are not above 0, or demand does not fit: says which.
    """
    prices, mean, beyond = _checked(stock, ladder, mean_demand, spread)
    first = 0 if start is None else int(np.searchsorted(-prices, -start * (1 + 1e-12)))
    if only_down and first >= len(prices):
        raise ConfigError(
            f"All prices are above {start:g}, and none may rise.", "Give lower prices, or let them rise."
        )
    weeks, steps = mean.shape
    policy = np.zeros((weeks, steps, stock + 1), dtype=np.int16)
    after = np.tile(salvage * np.arange(stock + 1), (steps, 1))
    for week in reversed(range(weeks)):
        after, policy[week] = _best(_worth(prices, mean[week], beyond[week], after), only_down)
    first = min(first, steps - 1)
    path, left = _path(stock, prices, mean, policy, first)
    return MarkdownPlan(prices, policy, float(after[first, stock]), path, left, only_down, first)


def play(
    plan: MarkdownPlan, stock: int, mean_demand: ArrayLike, spread: ArrayLike = 0.0, *, salvage: float = 0.0,
    runs: int = 2000, seed: int = 0,
) -> Outcomes:  # fmt: skip
    """Play a plan through seasons of chance.

    Parameters
    ----------
    mean_demand
        Weeks × prices in the order of ``plan.ladder``; or runs × weeks × prices, where each season has its own, as when one does not
        know the elasticity and it is the same all season.
    """
    random = np.random.default_rng(seed)
    mean = np.broadcast_to(np.asarray(mean_demand, float), (runs, *plan.policy.shape[:2]))
    beyond = np.broadcast_to(np.asarray(spread, float), mean.shape[1:])
    units, step, takings = np.full(runs, stock), np.full(runs, plan.start), np.zeros(runs)
    for week in range(mean.shape[1]):
        step = plan.policy[week, step, units].astype(int)
        rate = mean[np.arange(runs), week, step]
        wide = beyond[week, step]
        rate = np.where(
            wide > 0, rate * random.gamma(1 / np.maximum(wide, 1e-12), np.maximum(wide, 1e-12)), rate
        )
        sold = np.minimum(random.poisson(rate), units)
        takings += sold * plan.ladder[step]
        units = units - sold
    return Outcomes(takings + salvage * units, units.astype(float))


def _worth(prices: Floats, mean: Floats, spread: Floats, after: Floats) -> Floats:
    """Expected money from a week and all weeks after it, for each price and stock: Σ P(d) (price × sold + after(stock − sold))."""
    units = np.arange(after.shape[1])
    chance, more = _chances(units, mean[:, None], spread[:, None])
    sold = np.cumsum(more, axis=1) - more[:, :1]
    # Where as much or more is wanted than there is, nothing is left, and nothing is worth nothing.
    carried = np.array([_folded(one, then) for one, then in zip(chance, after, strict=True)])
    return np.asarray(prices[:, None] * sold + carried)


def _chances(units: NDArray[np.int64], mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """P(D = units) and P(D ≥ units)."""
    wide = spread > _POISSON
    size = 1 / np.where(wide, spread, 1.0)
    negative = stats.nbinom(size, 1 / (1 + np.where(wide, spread, 1.0) * mean))
    poisson = stats.poisson(mean)
    if not wide.any():
        return poisson.pmf(units), poisson.sf(units - 1)
    return (
        np.where(wide, negative.pmf(units), poisson.pmf(units)),
        np.where(wide, negative.sf(units - 1), poisson.sf(units - 1)),
    )


def _folded(chance: Floats, after: Floats) -> Floats:
    if len(after) <= _DIRECT:
        return np.asarray(np.convolve(chance, after)[: len(after)])
    return np.asarray(fftconvolve(chance, after)[: len(after)])


def _best(worth: Floats, only_down: bool) -> tuple[Floats, NDArray[np.int16]]:
    """From each step, the best of those that may follow, the higher price first."""
    steps = len(worth)
    best, chosen = np.empty_like(worth), np.empty(worth.shape, dtype=np.int16)
    for step in range(steps):
        allowed = worth[step:] if only_down else worth
        # A hair, so that rounding lowers no price.
        top = allowed.max(axis=0)
        chosen[step] = (allowed >= top - 1e-9 * np.maximum(1.0, np.abs(top))).argmax(axis=0) + (
            step if only_down else 0
        )
        best[step] = top
    return best, chosen


def _path(
    stock: int, prices: Floats, mean: Floats, policy: NDArray[np.int16], step: int
) -> tuple[Floats, Floats]:
    path, left, units = [], [], float(stock)
    for week in range(len(mean)):
        left.append(units)
        step = int(policy[week, step, round(units)])
        path.append(prices[step])
        units -= min(units, mean[week, step])
    return np.array(path), np.array(left)


def _checked(
    stock: int, ladder: ArrayLike, mean_demand: ArrayLike, spread: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    prices, mean = np.asarray(ladder, dtype=float), np.asarray(mean_demand, dtype=float)
    if not 0 <= stock <= MOST_STOCK:
        raise ConfigError(
            f"There are {stock} units on hand.", f"Give 0 to {MOST_STOCK:,}; plan more in packs."
        )
    if prices.ndim != 1 or not len(prices) or not (np.isfinite(prices) & (prices > 0)).all():
        raise ConfigError(
            "A price of the ladder is not above 0, or there is none.", "Give the prices that may be asked."
        )
    if mean.ndim != 2 or mean.shape[1] != len(prices) or not len(mean):
        raise ConfigError(
            f"Demand is {mean.shape}, and there are {len(prices)} prices.",
            "Give a row a week and a column a price.",
        )
    beyond = np.asarray(np.broadcast_to(np.asarray(spread, dtype=float), mean.shape))
    if not (np.isfinite(mean) & (mean >= 0)).all() or not (np.isfinite(beyond) & (beyond >= 0)).all():
        raise ConfigError("Demand or its spread is negative or no number.", "Give numbers from 0 on.")
    order = np.argsort(-prices, kind="stable")
    return prices[order], mean[:, order], beyond[:, order]
