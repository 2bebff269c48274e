"""A shop whose products answer to price in a way that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.pricing import Panel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What was sold, and the truth behind it.

    Attributes
    ----------
    truth
        Own-price elasticity of each product.
    dips
        Of each, what is added to the logarithm of units in the week after a promotion.
    """

    panel: Panel
    groups: dict[str, str]
    truth: Floats
    dips: Floats


def world(
    seed: int,
    *,
    products: int = 30,
    locations: int = 3,
    weeks: int = 104,
    level: float = 2.5,
    dip: float = 0.0,
) -> World:
    """Products of three groups; prices that drift, promotions with price cuts, a season of each, and shocks that last for some weeks.

    ``dip`` is the mean of the products' dips.
    """
    random = np.random.default_rng(seed)
    group = np.arange(products) % 3
    truth = random.normal(-2, 0.5, 3)[group] + random.normal(0, 0.5, products)
    dips = dip * np.random.default_rng([seed, 1]).uniform(0.3, 1.7, products)
    when = np.arange(weeks)
    rows: list[tuple[str, str, int, float, float, float]] = []
    for product in range(products):
        promoted = (random.random(weeks) < 0.12).astype(float)
        cut = promoted * random.uniform(0.08, 0.3, weeks)
        usual = np.log(random.uniform(5, 50)) + np.cumsum(
            (random.random(weeks) < 0.06) * random.normal(0, 0.08, weeks)
        )
        price = usual - cut + 0.03 * np.sin(2 * np.pi * when / 52.18 + random.uniform(0, 6))
        shock = np.zeros(weeks)
        for week in when[1:]:
            shock[week] = 0.4 * shock[week - 1] + random.normal(0, 0.1)
        season = random.normal(0, 0.3) * np.sin(2 * np.pi * when / 52.18 + random.uniform(0, 6))
        after = np.append(0, promoted[:-1]) * (1 - promoted) * dips[product]
        moved = (
            truth[product] * (price - usual[0]) + random.normal(0.3, 0.15) * promoted + season + shock + after
        )
        for location in range(locations):
            mean = np.exp(random.normal(level, 0.5) + moved)
            sold = random.poisson(mean * random.gamma(6, 1 / 6, weeks))
            rows += [
                (f"p{product:03d}", f"shop {location}", week, sold[week], np.exp(price[week]), promoted[week])
                for week in when
            ]
    name, place, week, sold, price, promoted = (np.array(column) for column in zip(*rows, strict=True))
    panel = Panel.of(name, week, sold, price, location=place, promotions={"display": promoted})
    return World(panel, {f"p{k:03d}": f"group {group[k]}" for k in range(products)}, truth, dips)
