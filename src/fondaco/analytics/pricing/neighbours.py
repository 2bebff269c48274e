"""What one product of a group does to another: the regression of each on something of all the others, pooled over pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fondaco.analytics.pricing.controls import Columns, Controls, columns_of
from fondaco.analytics.pricing.counts import CountFit, fit_counts
from fondaco.analytics.pricing.doubts import LEAST_OWN_SHARE, MOST_ERROR, doubt_of_sales, own_share
from fondaco.analytics.pricing.panel import Flags, Floats, Panel, group_of
from fondaco.analytics.pricing.pooling import pool
from fondaco.errors import ConfigError

PERIODS_A_COLUMN = 3
"""So many periods are needed for each column of a regression."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What one product does to another; arrays of one place for each ordered pair within a group.

    Attributes
    ----------
    product
        Whose units move.
    neighbour
        By whose price or promotion.
    mean, sd
        Of the effect on the logarithm of units, after pooling over the pairs of the group; about normal.
    own, own_error
        By the product's own data alone.
    doubts
        Why the data cannot say; empty where they can.
    """

    product: NDArray[np.str_]
    neighbour: NDArray[np.str_]
    mean: Floats
    sd: Floats
    own: Floats
    own_error: Floats
    doubts: tuple[str, ...]

    @property
    def known(self) -> Flags:
        """Pairs of which the data can say."""
        return np.array([not doubt for doubt in self.doubts], dtype=bool)

    def interval(self, share: float = 0.9) -> tuple[Floats, Floats]:
        """Bounds between which the truth lies with probability ``share``."""
        if not 0 < share < 1:
            raise ConfigError(
                f"The share of an interval is {share:g}.", "Give one between 0 and 1, such as 0.9."
            )
        half = stats.norm.ppf((1 + share) / 2) * self.sd
        return self.mean - half, self.mean + half


def cross_elasticities(
    panel: Panel, groups: Mapping[str, str] | None = None, controls: Controls | None = None
) -> Pairs:
    """Percent that the units of a product move by when a neighbour's price moves by one percent, for each pair of a group.

    Above 0 for substitutes. Each product is regressed on its own price and on those of all its neighbours at once, so that what
    moves two prices together is not taken for one doing what the other does. Effects of the pairs of a group are pooled, as most are
    small and badly told by themselves (Montgomery 1997).
    """
    return effects_of_neighbours(panel, groups, controls, np.log(panel.price), scale=0.5, of="price")


def effects_of_neighbours(
    panel: Panel,
    groups: Mapping[str, str] | None,
    controls: Controls | None,
    cause: Floats,
    *,
    scale: float,
    of: str,
) -> Pairs:
    """Effects of ``cause``, a number of each row, on the units of the neighbours.

    Parameters
    ----------
    scale
        As in ``pool``.
    of
        What ``cause`` is, for the words of a doubt.
    """
    group = group_of(panel, groups)
    held = controls or Controls()
    base = columns_of(panel, held, group, (int(panel.period.min()), int(panel.period.max())))
    found = [
        pair
        for name in np.unique(group)
        for pair in _of_group(panel, base, cause, np.flatnonzero(group == name), of)
    ]
    product = np.array([pair.product for pair in found], dtype=np.int64)
    own, error = np.array([pair.own for pair in found]), np.array([pair.error for pair in found])
    pooled = pool(own, error, group[product], scale=scale)
    neighbour = np.array([pair.neighbour for pair in found], dtype=np.int64)
    return Pairs(
        panel.products[product], panel.products[neighbour], pooled.mean, pooled.sd,
        np.where(np.isfinite(error), own, np.nan), error, tuple(pair.doubt for pair in found),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pair:
    product: int
    neighbour: int
    own: float
    error: float
    doubt: str


def _of_group(panel: Panel, base: Columns, cause: Floats, members: NDArray[np.int64], of: str) -> list[_Pair]:
    rows = np.flatnonzero(np.isin(panel.product, members))
    _, cell = np.unique(np.stack([panel.location[rows], panel.period[rows]]), axis=1, return_inverse=True)
    cell = cell.ravel()
    table = np.full((int(cell.max()) + 1, len(members)), np.nan)
    table[cell, np.searchsorted(members, panel.product[rows])] = cause[rows]
    found = []
    for place, product in enumerate(members):
        own = rows[(panel.product[rows] == product) & ~panel.stocked_out[rows]]
        at = cell[np.searchsorted(rows, own)]
        others = np.delete(np.arange(len(members)), place)
        found += _of_product(
            panel.rows(own), base, base.values[own], table[np.ix_(at, others)], members[others], of=of
        )
    return found


def _of_product(
    rows: Panel, base: Columns, columns: Floats, causes: Floats, neighbours: NDArray[np.int64], *, of: str
) -> list[_Pair]:
    if not len(rows) or not len(neighbours):
        return []
    product = int(rows.product[0])
    together: Flags = np.asarray(~np.isnan(causes).any(axis=1))
    known = rows.rows(together)
    periods, needed = len(np.unique(known.period)), PERIODS_A_COLUMN * (columns.shape[1] + len(neighbours))
    doubt = (
        ""
        if periods >= needed
        else f"{len(neighbours)} neighbours need {needed} periods in which all were sold; there are {periods}"
    )
    doubt = doubt or doubt_of_sales(known)
    if doubt:
        return [_Pair(product, int(each), 0.0, np.inf, doubt) for each in neighbours]
    values, places = (
        np.column_stack([columns, causes])[together],
        len(base.names) + np.arange(len(neighbours)),
    )
    fit = fit_counts(known.quantity, values, known.location, known.period, places.tolist())
    return [
        _Pair(
            product,
            int(each),
            float(fit.coefficients[k]),
            float(fit.errors[k]),
            _doubt(fit, values, known, int(k), of),
        )
        for each, k in zip(neighbours, places, strict=True)
    ]


def _doubt(fit: CountFit, values: Floats, rows: Panel, column: int, of: str) -> str:
    if not fit.told[column]:
        return f"the neighbour's {of} never changed, or only as others did"
    others = np.delete(np.arange(values.shape[1]), column)
    explained = 1 - own_share(values, rows.location, column, others)
    if explained > 1 - LEAST_OWN_SHARE:
        return f"the neighbour's {of} moves with the others, the season and the own price: they explain {explained:.1%} of it"
    if fit.errors[column] > MOST_ERROR:
        return f"the data allow effects from {fit.coefficients[column] - 1.645 * fit.errors[column]:+.1f} to {fit.coefficients[column] + 1.645 * fit.errors[column]:+.1f}"
    return ""
