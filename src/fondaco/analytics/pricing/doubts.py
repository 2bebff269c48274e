"""When the data cannot say how units move with price, and why, in words that a merchant understands."""

from __future__ import annotations

import numpy as np

from fondaco.analytics.pricing.controls import Columns
from fondaco.analytics.pricing.counts import CountFit
from fondaco.analytics.pricing.panel import Floats, Panel, Whole, within

LEAST_PERIODS = 20
LEAST_UNITS = 30
LEAST_CHANGES = 3
LEAST_MOVE = 0.005
"""A price that moves by less has not changed."""
LEAST_SPREAD = 0.01
"""Standard deviation of the logarithm of price, about its share of the price."""
LEAST_OWN_SHARE = 0.05
"""Of the price's movement, what season, trend, promotions and neighbours do not explain."""
MOST_ERROR = 2.0
"""Standard error of an elasticity by the product's own data."""
MOST_SD = 1.0
"""Of an elasticity after pooling: with more, the interval of 90 % is wider than 3.3."""


def doubt_of_sales(rows: Panel) -> str:
    """Why too little of one product was sold for a regression; empty where it was enough."""
    periods = len(np.unique(rows.period))
    if periods < LEAST_PERIODS:
        return f"it has {periods} periods on sale; {LEAST_PERIODS} are needed"
    units = float(rows.quantity.sum())
    if units < LEAST_UNITS:
        return f"it sold {units:g} units in all; {LEAST_UNITS} are needed"
    return ""


def doubt_of_price(rows: Panel) -> str:
    """Why one product's price moved too little to tell anything; empty where it was enough."""
    changes = price_changes(rows)
    if changes == 0:
        return "its price never changed"
    if changes < LEAST_CHANGES:
        return f"its price changed in {changes} periods; {LEAST_CHANGES} are needed"
    spread = float(within(np.log(rows.price), rows.location).std())
    if spread < LEAST_SPREAD:
        return f"its price hardly moved: by {spread:.1%} about its mean; {LEAST_SPREAD:.0%} is needed"
    return ""


def doubt_of_fit(fit: CountFit, columns: Columns, location: Whole) -> str:
    """Why the regression of a product on its rows of ``columns`` says nothing of the price; empty where it does."""
    explained = 1 - own_share(columns.values, location, 0, np.arange(1, len(columns.names)))
    if explained > 1 - LEAST_OWN_SHARE:
        return f"its price moves with {_by_what(columns, location)} only: that explains {explained:.1%} of its movement"
    if not fit.converged:
        return "the regression did not come to rest"
    own, error = float(fit.coefficients[0]), float(fit.errors[0])
    if own - 2 * error > 0:
        return f"more was sold at higher prices (elasticity {own:+.1f} ± {2 * error:.1f}): something that is not in the data moves both"
    if error > MOST_ERROR:
        return (
            f"its own data allow elasticities from {own - 1.645 * error:+.1f} to {own + 1.645 * error:+.1f}"
        )
    return ""


def doubt_after(mean: float, sd: float) -> str:
    """Why what is believed after pooling is too vague; empty where it is not."""
    if sd > MOST_SD:
        return f"elasticities from {mean - 1.645 * sd:+.1f} to {mean + 1.645 * sd:+.1f} are possible, with its group's help too"
    return ""


def price_changes(rows: Panel) -> int:
    """Periods of one product in which its price changed at some location."""
    follows = (np.diff(rows.location) == 0) & (np.abs(np.diff(np.log(rows.price))) > LEAST_MOVE)
    return len(np.unique(rows.period[1:][follows]))


def own_share(values: Floats, location: Whole, column: int, others: Whole) -> float:
    """Of the movement of a column within locations, what ``others`` leave unexplained: one over its variance inflation factor."""
    centred = np.column_stack([within(values[:, k], location) for k in [column, *others]])
    own, rest = centred[:, 0], centred[:, 1:]
    rest = rest / np.maximum(np.linalg.norm(rest, axis=0), 1e-300)
    left = own - rest @ np.linalg.lstsq(rest, own, rcond=1e-8)[0]
    return float(left @ left / max(own @ own, 1e-300))


def _by_what(columns: Columns, location: Whole) -> str:
    """The kind of control that alone explains most of the price."""
    kinds = {
        "season and trend": ("season", "trend"),
        "its promotions": ("promotion",),
        "its neighbours' prices": ("rivals",),
    }
    left = {
        words: own_share(columns.values, location, 0, columns.at(names)) for words, names in kinds.items()
    }
    least = min(left, key=lambda words: left[words])
    return least if left[least] <= LEAST_OWN_SHARE else "season, trend and promotions together"
