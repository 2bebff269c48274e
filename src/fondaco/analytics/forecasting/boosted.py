"""One gradient-boosted model over all series: what is learned of one, such as a holiday or a promotion, is known of all.

Chen and Guestrin (2016), XGBoost. The loss is Tweedie's deviance, whose variance grows with a power of the mean between Poisson's and
gamma's: demand with many zeros and a long tail. Each period ahead is forecast directly, with its distance as a feature, from what was known
on the day; Januschowski et al. (2022), Forecasting with trees, on why such models won the M5 competition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fondaco.analytics.forecasting.features import Features, Table
from fondaco.analytics.forecasting.installed import need
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.simple import SeasonalMean

MOST_ROWS = 250_000
"""More rows make the model better by less than a hundredth; above it they are a sample."""
_LEAST_ROWS = 200
_ORIGINS = 36
_STEPS_A_ROW = 4
_TREES = 220
_PARAMETERS: dict[str, Any] = {
    "objective": "reg:tweedie",
    "tweedie_variance_power": 1.3,
    "tree_method": "hist",
    "max_bin": 64,
    "max_depth": 6,
    "eta": 0.05,
    "min_child_weight": 10,
    "subsample": 0.7,
    "colsample_bytree": 0.6,
    "lambda": 5.0,
    "verbosity": 0,
}
_MOST_TIMES = 20.0
"""A period that sold more than so many times the level is learned as that."""
_PREDICTED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """A model learned anew for every panel. Series without a sale get their seasonal mean, 0."""

    seed: int
    name: str = "boosted trees"

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """See ``Contestant``."""
        features = Features(panel, horizon)
        booster = self._learned(features)
        found = SeasonalMean().forecast(panel, horizon, rows)
        if booster is None:
            return found
        steps = np.arange(horizon)
        every = max(_PREDICTED_AT_ONCE // horizon, 1)
        for start in range(0, len(rows), every):
            some = rows[start : start + every]
            table, scale = _table(
                features, panel.columns, np.repeat(some, horizon), np.tile(steps, len(some))
            )
            told = booster.inplace_predict(table).reshape(len(some), horizon) * scale.reshape(
                len(some), horizon
            )
            sells = scale.reshape(len(some), horizon) > 0
            found[start : start + every] = np.where(sells, told, found[start : start + every])
        return found

    def _learned(self, features: Features) -> Any:
        """Trees, or None where there is too little to learn from."""
        xgboost = need("xgboost")
        tables, targets, weights = [], [], []
        for table, target, weight in self._drawn(features):
            tables.append(table)
            targets.append(target)
            weights.append(weight)
        if sum(map(len, targets)) < _LEAST_ROWS:
            return None
        weight = np.concatenate(weights)
        data = xgboost.QuantileDMatrix(
            np.concatenate(tables),
            np.concatenate(targets),
            weight=weight / weight.mean(),
            max_bin=_PARAMETERS["max_bin"],
            nthread=1,
        )
        # Threads of one tree wait for each other, and long where others use the machine; other contestants do not.
        parameters = {**_PARAMETERS, "seed": self.seed, "nthread": 1}
        # Few rows bear no deep trees.
        if data.num_row() < 20_000:
            parameters |= {"max_depth": 4, "min_child_weight": 20}
        return xgboost.train(parameters, data, num_boost_round=_TREES)

    def _drawn(self, features: Features) -> list[tuple[Table, Floats, Floats]]:
        """Days of the past, each with series and periods ahead drawn at random."""
        panel, horizon = features.panel, features.horizon
        rhythm = panel.rhythm
        chance = np.random.default_rng(self.seed)
        window = rhythm.year + rhythm.windows[-2]
        first = max(int(panel.start.min()) + rhythm.month, panel.columns - window)
        if first >= panel.columns:
            return []
        origins = np.unique(np.linspace(first, panel.columns - 1, _ORIGINS).astype(np.int64))
        budget = MOST_ROWS // max(len(origins), 1)
        found = []
        for origin in map(int, origins):
            begun = np.flatnonzero((panel.start < origin) & (features.last_sale[:, origin - 1] >= 0))
            steps = min(horizon, panel.columns - origin)
            each = max(min(_STEPS_A_ROW, steps), min(budget // max(len(begun), 1), steps))
            rows = np.repeat(begun, each)
            if len(rows) > budget:
                rows = chance.choice(rows, budget, replace=False)
            step = chance.integers(0, steps, len(rows))
            is_known = panel.known[rows, origin + step]
            rows, step = rows[is_known], step[is_known]
            table, scale = _table(features, origin, rows, step)
            target = panel.quantity[rows, origin + step] / np.where(scale > 0, scale, 1.0)
            sells = scale > 0
            weight = np.sqrt(scale / features.sale_size[rows])
            found.append((table[sells], np.minimum(target, _MOST_TIMES)[sells], weight[sells]))
        return found


def _table(features: Features, origin: int, rows: Ints, step: Ints) -> tuple[Table, Floats]:
    """Features of each pair of series and period ahead, and the series' level."""
    unique, place = np.unique(rows, return_inverse=True)
    seen = features.seen(origin, unique)
    ahead = features.ahead(origin, step, rows, seen.scale[place])
    return np.concatenate([seen.columns[place], ahead], axis=1), seen.scale[place]
