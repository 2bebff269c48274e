"""Which prices may be asked at all: steps, floors, ceilings, competitors, endings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fondaco.analytics.pricing.panel import Floats
from fondaco.errors import ConfigError

_BETWEEN = 201
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it is offered today.

    Attributes
    ----------
    price
        Asked today, with the tax that is in it.
    unit_cost
        What a unit sold costs, without tax: goods and all that each unit brings along.
    units
        Expected in a period at today's price.
    units_error
        Standard error of ``units``.
    tax
        Rate of the tax in the price: 0.19 for 19 %.
    competitor
        What others ask for the same, with tax, if known.
    lowest_seen, highest_seen
        Prices at which sales are known; how units answer beyond them nobody has seen.
    """

    product: str
    price: float
    unit_cost: float
    units: float
    units_error: float = 0.0
    tax: float = 0.0
    competitor: float | None = None
    lowest_seen: float | None = None
    highest_seen: float | None = None

    def __post_init__(self) -> None:
        wrong = {
            "price": not 0 < self.price < np.inf,
            "unit_cost": not 0 <= self.unit_cost < np.inf,
            "units": not 0 <= self.units < np.inf,
            "units_error": not 0 <= self.units_error < np.inf,
            "tax": not 0 <= self.tax < np.inf,
            "competitor": self.competitor is not None and not 0 < self.competitor < np.inf,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise ConfigError(
                f"The {name} of {self.product!r} is {getattr(self, name)!r}.",
                "Give prices above 0, and costs, units, errors and tax from 0 on.",
            )


@dataclass(frozen=True, slots=True)
class GuardRails:
    """What a price must keep to. All of them hold for every price that is recommended.

    Attributes
    ----------
    max_step
        Largest change at once, as a share of today's price.
    floor, ceiling
        Money.
    least_margin
        Margin after unit cost, as a share of the price without tax.
    competitor_band
        Lowest and highest price as shares of the competitor's: (0.9, 1.05). Without a competitor's price it says nothing.
    endings
        What prices end in: (0.99,) or (0.49, 0.99). Without, any price of ``decimals`` will do.
    beyond_seen
        How far beyond prices at which sales are known, as a share of these.
    decimals
        Of the currency.
    """

    max_step: float = 0.1
    floor: float = 0.0
    ceiling: float = np.inf
    least_margin: float = 0.0
    competitor_band: tuple[float, float] | None = None
    endings: tuple[float, ...] = ()
    beyond_seen: float = 0.05
    decimals: int = 2

    def __post_init__(self) -> None:
        band = self.competitor_band
        wrong = {
            "max_step": not 0 < self.max_step <= 1,
            "floor": not self.floor >= 0,
            "ceiling": not self.ceiling > 0,
            "least_margin": not self.least_margin < 1,
            "competitor_band": band is not None and not 0 < band[0] <= band[1],
            "endings": not all(0 <= ending < 1 for ending in self.endings),
            "beyond_seen": not self.beyond_seen >= 0,
            "decimals": self.decimals < 0,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise ConfigError(
                f"The guard rail {name} is {getattr(self, name)!r}.",
                "Give a step above 0 and at most 1, money from 0 on, a margin below 1, and endings from 0 to below 1.",
            )


@dataclass(frozen=True, slots=True)
class Allowed:
    """Prices that keep to all guard rails.

    Attributes
    ----------
    prices
        Ascending; empty where the rails contradict each other.
    low, high
        Bounds before endings.
    low_by, high_by
        Which rail sets them, in words.
    """

    prices: Floats
    low: float
    high: float
    low_by: str
    high_by: str

    def keeps(self, price: float) -> bool:
        """Whether a price is within the bounds; a price that stays as it is need not end as new ones do."""
        return self.low * (1 - _HAIR) <= price <= self.high * (1 + _HAIR)


def allowed_prices(offer: Offer, rails: GuardRails) -> Allowed:
    """Prices of an offer that keep to ``rails``."""
    lows = {"the floor": rails.floor, "the largest step": offer.price * (1 - rails.max_step)}
    highs = {"the ceiling": rails.ceiling, "the largest step": offer.price * (1 + rails.max_step)}
    lows["the least margin"] = offer.unit_cost * (1 + offer.tax) / (1 - rails.least_margin)
    if rails.competitor_band is not None and offer.competitor is not None:
        lows["the competitor"] = offer.competitor * rails.competitor_band[0]
        highs["the competitor"] = offer.competitor * rails.competitor_band[1]
    if offer.lowest_seen is not None:
        lows["the lowest price seen"] = offer.lowest_seen * (1 - rails.beyond_seen)
    if offer.highest_seen is not None:
        highs["the highest price seen"] = offer.highest_seen * (1 + rails.beyond_seen)
    low_by, high_by = max(lows, key=lambda name: lows[name]), min(highs, key=lambda name: highs[name])
    low, high = lows[low_by], highs[high_by]
    return Allowed(_ladder(low, high, rails), low, high, low_by, high_by)


def _ladder(low: float, high: float, rails: GuardRails) -> Floats:
    if low > high:
        return np.zeros(0)
    if rails.endings:
        whole = np.arange(np.floor(low), np.floor(high) + 1)
        found = np.sort((whole[:, None] + np.array(rails.endings)).ravel())
    else:
        found = np.linspace(low, high, _BETWEEN)
    found = np.unique(np.round(found, rails.decimals))
    return np.asarray(found[(found >= low * (1 - _HAIR)) & (found <= high * (1 + _HAIR)) & (found > 0)])
