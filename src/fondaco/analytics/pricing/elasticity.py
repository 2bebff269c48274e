"""How units answer to price: own-price elasticities of many products, each with an interval, or with why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fondaco.analytics.pricing.controls import Columns, Controls, columns_of
from fondaco.analytics.pricing.counts import CountFit, fit_counts
from fondaco.analytics.pricing.doubts import doubt_after, doubt_of_fit, doubt_of_price, doubt_of_sales
from fondaco.analytics.pricing.panel import Flags, Floats, Panel, group_of
from fondaco.analytics.pricing.pooling import Pooled, pool
from fondaco.errors import ConfigError

_SEASON_SCALE = 0.3
"""How far apart trends and seasons of a group's products lie, on the logarithm of units."""


@dataclass(frozen=True, slots=True)
class Elasticities:
    """Percent that units move by when price moves by one percent; arrays of one place for each product.

    Attributes
    ----------
    products, groups
        Names.
    mean, sd
        What is believed after pooling, about normal. Of products about which nothing is known: what is known of their group.
    own, own_error
        By the product's own data alone, with the standard error; NaN and infinite where they say nothing.
    own_weight
        Share of ``own`` in ``mean``; the rest is the group's.
    group_mean
        Of the group's products.
    lowest, highest
        Prices at which it was on sale; how units answer beyond them nobody has seen. NaN where it never was.
    doubts
        Why the data cannot say, in words; empty where they can. Nothing should be decided on the others.
    """

    products: NDArray[np.str_]
    groups: NDArray[np.str_]
    mean: Floats
    sd: Floats
    own: Floats
    own_error: Floats
    own_weight: Floats
    group_mean: Floats
    lowest: Floats
    highest: Floats
    doubts: tuple[str, ...]
    _demand: Demands = field(repr=False)

    @property
    def known(self) -> Flags:
        """Products of which the data can say."""
        return np.array([not doubt for doubt in self.doubts], dtype=bool)

    def interval(self, share: float = 0.9) -> tuple[Floats, Floats]:
        """Bounds between which the truth lies with probability ``share``."""
        if not 0 < share < 1:
            raise ConfigError(
                f"The share of an interval is {share:g}.", "Give one between 0 and 1, such as 0.9."
            )
        half = stats.norm.ppf((1 + share) / 2) * self.sd
        return self.mean - half, self.mean + half

    def expected(self, panel: Panel, *, pooled: bool = True) -> Floats:
        """Units expected in each row of ``panel`` at its price and promotions; NaN of products and locations that are not known.

        Parameters
        ----------
        pooled
            Whether by the elasticities after pooling, with season and level fitted anew beside them; else by each product's own.
        """
        return self._demand.expected(panel, pooled=pooled)

    def spread(self, product: str) -> float:
        """Of a product's counts beyond Poisson: their variance is mean + spread × mean². NaN where nothing was fitted."""
        fit = self._demand.fits.get(product)
        return np.nan if fit is None else fit.spread


@dataclass(frozen=True, slots=True)
class Demands:
    """The regressions behind elasticities, to foretell units with."""

    controls: Controls
    span: tuple[int, int]
    groups: Mapping[str, str]
    locations: NDArray[np.str_]
    fits: Mapping[str, CountFit]
    pooled: Mapping[str, Floats]
    levels: Mapping[str, Floats]

    def expected(self, panel: Panel, *, pooled: bool) -> Floats:
        group = np.array([self.groups.get(str(name), "") for name in panel.products])
        columns = columns_of(panel, self.controls, group, self.span).values
        place = {str(name): k for k, name in enumerate(self.locations)}
        at = np.array([place.get(str(name), -1) for name in panel.locations])
        found = np.full(len(panel), np.nan)
        for product, rows in panel.by_product():
            name = str(panel.products[product])
            fit = self.fits.get(name)
            if fit is None:
                continue
            coefficients = self.pooled[name] if pooled else fit.coefficients
            levels = np.append(self.levels[name] if pooled else fit.intercepts, np.nan)
            where = at[panel.location[rows]]
            intercept = levels[np.where((where < 0) | (where >= len(levels) - 1), -1, where)]
            found[rows] = np.exp(intercept + columns[rows] @ coefficients)
        return found


def elasticities(
    panel: Panel, groups: Mapping[str, str] | None = None, controls: Controls | None = None
) -> Elasticities:
    """Own-price elasticities, each by its own regression, then pooled within groups.

    Units are regressed as counts on the logarithm of price, promotions, trend and season, with a level for each location
    (``fondaco.analytics.pricing.counts``); promotions' effects are pooled too. Rows of stock-outs are left out. What moves price and demand
    at once and is not in the panel (a holiday, a campaign, a rival's price) biases every elasticity: see docs/pricing.md.

    Parameters
    ----------
    groups
        The group of each product, whose elasticities are alike; without, all are of one.

    Raises
    ------
    ConfigError
        If a product has no group, or the panel no rows.
    """
    held = controls or Controls()
    group = group_of(panel, groups)
    used = panel.for_sale
    if not len(used):
        raise ConfigError("The panel has no rows of products on sale.", "Give the sales of some periods.")
    span = (int(used.period.min()), int(used.period.max()))
    columns = columns_of(used, held, group, span)
    fits, doubts = _fit_each(used, columns)
    pooled = _pool_each(fits, columns, group)
    own = np.array([fit.coefficients[0] if fit else np.nan for fit in fits])
    error = np.array([fit.errors[0] if fit else np.inf for fit in fits])
    price = pooled[0]
    doubts = [doubt or doubt_after(price.mean[k], price.sd[k]) for k, doubt in enumerate(doubts)]
    names = [str(name) for name in panel.products]
    demand = Demands(held, span, dict(zip(names, map(str, group), strict=True)), panel.locations, *_settled(used, columns, fits, pooled, group))  # fmt: skip
    lowest, highest = _seen(used)
    return Elasticities(
        panel.products, group, price.mean, price.sd, own, error, price.own_weight, price.group_mean, lowest, highest,
        tuple(doubts), demand,
    )  # fmt: skip


def _seen(panel: Panel) -> tuple[Floats, Floats]:
    """Lowest and highest price of each product."""
    lowest, highest = np.full(len(panel.products), np.nan), np.full(len(panel.products), np.nan)
    np.fmin.at(lowest, panel.product, panel.price)
    np.fmax.at(highest, panel.product, panel.price)
    return lowest, highest


def _fit_each(panel: Panel, columns: Columns) -> tuple[list[CountFit | None], list[str]]:
    fits: list[CountFit | None] = []
    doubts = []
    for _, rows in panel.by_product():
        own = panel.rows(np.arange(rows.start, rows.stop))
        doubt = doubt_of_sales(own) or doubt_of_price(own)
        fit = None
        if not doubt:
            fit = fit_counts(own.quantity, columns.values[rows], own.location, own.period)
            doubt = doubt_of_fit(fit, Columns(columns.names, columns.values[rows]), own.location)
        fits.append(fit)
        doubts.append(doubt)
    return fits, doubts


def _pool_each(fits: list[CountFit | None], columns: Columns, group: NDArray[np.str_]) -> dict[int, Pooled]:
    """Of price and of each promotion. A price that its controls explain says little, and its wide error says so."""
    found = {}
    for k in (0, *columns.at(("promotion",)).tolist()):
        own = np.array([fit.coefficients[k] if fit else 0.0 for fit in fits])
        found[k] = pool(own, np.array([fit.errors[k] if fit else np.inf for fit in fits]), group)
    return found


def _settled(
    panel: Panel,
    columns: Columns,
    fits: list[CountFit | None],
    pooled: Mapping[int, Pooled],
    group: NDArray[np.str_],
) -> tuple[dict[str, CountFit], dict[str, Floats], dict[str, Floats]]:
    """Regressions with the pooled coefficients: trend and season as they fit best beside these, then pooled too, for a season told
    by two years of one product is worth little beyond them; and levels with which all adds up to what was sold."""
    names = [str(name) for name in panel.products]
    beside = np.array([
        _beside(fit, {k: float(each.mean[product]) for k, each in pooled.items()}) if fit else np.zeros(len(columns.names))
        for product, fit in enumerate(fits)
    ])  # fmt: skip
    for k in set(range(len(columns.names))) - set(pooled):
        errors = np.array([fit.errors[k] if fit else np.inf for fit in fits])
        told = pool(beside[:, k], errors, group, scale=_SEASON_SCALE)
        beside[:, k] = np.where(np.isfinite(errors), told.mean, beside[:, k])
    levels = {}
    for product, rows in panel.by_product():
        x, y, cell = columns.values[rows], panel.quantity[rows], panel.location[rows]
        sold = np.bincount(cell, y, len(panel.locations))
        told_units = np.bincount(cell, np.exp(x @ beside[product]), len(panel.locations))
        with np.errstate(divide="ignore", invalid="ignore"):
            levels[names[product]] = np.where(told_units > 0, np.log(sold / told_units), np.nan)
    known = {names[product]: fit for product, fit in enumerate(fits) if fit}
    return known, {name: beside[names.index(name)] for name in known}, levels


def _beside(fit: CountFit, held: Mapping[int, float]) -> Floats:
    """Coefficients of a regression where some are held at other values, the others moved to where they fit best."""
    coefficients = fit.coefficients.copy()
    # What could not be told apart stays out: its part is in the columns that it could not be told from.
    told = np.flatnonzero(fit.told)
    fixed, free = (
        np.array([k for k in told if (k in held) == is_held], dtype=int) for is_held in (True, False)
    )
    coefficients[fixed] = [held[int(k)] for k in fixed]
    pulled = fit.information[np.ix_(free, fixed)] @ (coefficients - fit.coefficients)[fixed]
    coefficients[free] -= np.linalg.solve(fit.information[np.ix_(free, free)], pulled)
    return coefficients
