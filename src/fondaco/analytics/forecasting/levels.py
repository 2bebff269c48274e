"""Forecasts of every level of a hierarchy, whose sums agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fondaco.analytics.forecasting.censoring import completed, level
from fondaco.analytics.forecasting.outlook import (
    BACK_TESTS,
    LEVELS,
    MOST_TESTED,
    DemandForecast,
    forecast_demand,
)
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.reconciliation import MOST_CORRELATED, Hierarchy, Method, reconciled

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class HierarchyForecast:
    """What each node of each level will sell.

    Attributes
    ----------
    levels
        ``total``, then the levels of the panel's groups from the coarsest to the finest. Means are sums of the variants'; quantiles are each
        level's own, since quantiles do not add up.
    variants
        The series themselves.
    """

    levels: Mapping[str, DemandForecast]
    variants: DemandForecast


def forecast_hierarchy(
    panel: Panel,
    horizon: int,
    *,
    method: Method = "mint",
    levels: Sequence[float] = LEVELS,
    names: Sequence[str] | None = None,
    origins: int = BACK_TESTS,
    most_tested: int = MOST_TESTED,
    seed: int = 0,
    workers: int = 1,
) -> HierarchyForecast:
    """Forecast the total, every group and every variant, each by its own tournament, and make their sums agree.

    Parameters
    ----------
    method
        ``mint`` for minimum trace; ``bottom-up`` to sum the variants' forecasts as they are.
    levels, names, origins, most_tested, seed, workers
        As ``forecast_demand`` takes them.

    Raises
    ------
    ConfigError
        As ``forecast_demand``.
    """

    def forecast(some: Panel) -> DemandForecast:
        return forecast_demand(
            some, horizon, levels=levels, names=names, origins=origins, most_tested=most_tested, seed=seed, workers=workers
        )  # fmt: skip

    hierarchy, labels = hierarchy_of(panel)
    upper = {
        name: forecast(aggregated(panel, hierarchy.codes[name], labels[name])) for name in hierarchy.codes
    }
    variants = forecast(panel)
    every = [*upper.values(), variants]
    errors = np.concatenate([one.errors for one in every])
    is_small = len(errors) <= MOST_CORRELATED and bool(np.isfinite(errors).all())
    mean = reconciled(
        hierarchy,
        {name: one.mean for name, one in upper.items()},
        variants.mean,
        method=method,
        errors=errors if is_small else None,
        variances=np.concatenate([(one.spread**2).mean(axis=1) for one in every]),
    )
    sums = hierarchy.summed(mean)
    return HierarchyForecast(
        {name: one.scaled_to(sums[name]) for name, one in upper.items()}, variants.scaled_to(mean)
    )


def hierarchy_of(panel: Panel) -> tuple[Hierarchy, dict[str, list[str]]]:
    """The total and the panel's groups, the coarsest first, with the names of their nodes."""
    codes: dict[str, Ints] = {TOTAL: np.zeros(len(panel), dtype=np.int64)}
    labels = {TOTAL: [TOTAL]}
    for name, label in reversed(list(panel.groups.items())):
        names, code = np.unique(label, return_inverse=True)
        codes[name], labels[name] = code, names.tolist()
    return Hierarchy(codes), labels


def aggregated(panel: Panel, code: Ints, names: Sequence[str]) -> Panel:
    """A panel of a level's nodes: demand is added, with what was to be expected where a variant could not be bought; prices, promotions and
    holidays are means by what the variants sell."""
    nodes = len(names)

    def added(values: Floats) -> Floats:
        total = np.zeros((nodes, *values.shape[1:]))
        np.add.at(total, code, values)
        return total

    known = added(panel.known.astype(float)) > 0
    weight = np.maximum(level(panel), 1e-9)
    share = weight / added(weight)[code]

    def meant(values: Floats | None) -> Floats | None:
        return None if values is None else added(values * share[:, np.newaxis])

    start = np.full(nodes, panel.columns)
    np.minimum.at(start, code, panel.start)
    return Panel(
        ids=np.asarray(names, dtype=np.str_),
        period=panel.period,
        first_day=panel.first_day,
        quantity=added(completed(panel)),
        known=known,
        start=start,
        price=meant(panel.price),
        promotion=meant(panel.promotion),
        holiday=meant(panel.holiday),
    )
