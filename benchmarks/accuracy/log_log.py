"""The plain way to an elasticity, to hold ours against: least squares of the logarithm of units, each product by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.pricing import Controls, Panel
from fondaco.analytics.pricing.controls import columns_of
from fondaco.analytics.pricing.panel import within

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogLog:
    """Of each product by name: coefficients with the price first, the standard error of the price's by the textbook, and means.

    Weeks without a sale are left out, as they have no logarithm.
    """

    elasticity: dict[str, float]
    error: dict[str, float]
    _fits: dict[str, tuple[Floats, dict[str, float], float]]

    def expected(self, panel: Panel, more: Floats | None = None) -> tuple[Floats, Floats]:
        """The logarithm of units foretold in each row, and units: these with half the residual variance, as for lognormal ones."""
        logs, units = np.full(len(panel), np.nan), np.full(len(panel), np.nan)
        columns = _columns(panel, more)
        for product, rows in panel.by_product():
            fit = self._fits.get(str(panel.products[product]))
            if fit is None:
                continue
            level = np.array([fit[1].get(str(panel.locations[at]), np.nan) for at in panel.location[rows]])
            logs[rows] = level + columns[rows] @ fit[0]
            units[rows] = np.exp(logs[rows] + fit[2] / 2)
        return logs, units


def fit_log_log(panel: Panel, more: Floats | None = None) -> LogLog:
    """log units = level of the location + price + promotions (+ ``more``) for each product with enough rows."""
    found = LogLog({}, {}, {})
    columns = _columns(panel, more)
    for product, rows in panel.by_product():
        name = str(panel.products[product])
        sold = rows.start + np.flatnonzero(panel.quantity[rows] > 0)
        x, cell = columns[sold], panel.location[sold]
        free = len(sold) - x.shape[1] - len(np.unique(cell))
        if free < 5 or within(x[:, 0], cell).std() < 1e-9:
            continue
        y = np.log(panel.quantity[sold])
        z = np.column_stack([within(column, cell) for column in x.T])
        beta = np.linalg.lstsq(z, within(y, cell), rcond=1e-8)[0]
        left = y - x @ beta
        levels = {str(panel.locations[at]): float(left[cell == at].mean()) for at in np.unique(cell)}
        variance = float(
            ((left - np.array([levels[str(panel.locations[at])] for at in cell])) ** 2).sum() / free
        )
        found.elasticity[name] = float(beta[0])
        found.error[name] = float(np.sqrt(variance * np.linalg.pinv(z.T @ z)[0, 0]))
        found._fits[name] = beta, levels, variance
    return found


def trend_and_season(panel: Panel, controls: Controls, span: tuple[int, int]) -> Floats:
    """The columns of trend and season that our regressions have, for those that have none of their own."""
    columns = columns_of(panel, controls, np.full(len(panel.products), "all"), span)
    return columns.values[:, columns.at(("trend", "season"))]


def _columns(panel: Panel, more: Floats | None) -> Floats:
    columns = np.column_stack([np.log(panel.price), *panel.promotions.values()])
    return columns if more is None else np.column_stack([columns, more])
