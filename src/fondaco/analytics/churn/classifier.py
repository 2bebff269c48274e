"""A gradient-boosted classifier of churn, calibrated on customers that it has not seen.

Chen and Guestrin (2016), XGBoost: A Scalable Tree Boosting System. Platt (1999), Probabilistic Outputs for Support Vector
Machines, for the calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from fondaco.analytics.churn.behaviour import Floats
from fondaco.analytics.churn.features import GROUPS, Features

FOLDS = 3
MOST_ROWS = 100_000
"""More rows make the trees no better by the third digit of the Brier score; above it they are of a sample of customers."""
_MOST_TREES, _PATIENCE, _LEAST_GAIN = 150, 15, 3e-5
"""Trees end where the log-loss of customers whom they have not seen gains less than that for so many trees. Of real shops that is after 30 to
50; more than 150 grow only where customers obey a rule without a miss, as generated ones do."""
_PARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.15,
    "min_child_weight": 10,
    "subsample": 0.8,
    "colsample_bytree": 0.8,
    "lambda": 2.0,
    "verbosity": 0,
}
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Classifier:
    """Trees, the straight line that calibrates their log-odds, and the threads that may ask them at once."""

    trees: xgboost.Booster
    slope: float
    shift: float
    threads: int = 1

    def probability(self, known: Features) -> Floats:
        """Probability, 0..1, that each customer buys nothing within the horizon."""
        margin = self.trees.predict(_matrix(known.table()), output_margin=True)
        return np.asarray(expit(self.slope * margin.astype(np.float64) + self.shift))

    def contributions(self, known: Features, of: NDArray[np.bool_] | None = None) -> dict[str, Floats]:
        """How much each group of features adds to a customer's log-odds of churn, against those of the customers it was
        trained on: by group of ``GROUPS``, a number a customer. Lundberg et al. (2020), From Local Explanations to Global
        Understanding with Explainable AI for Trees.

        Parameters
        ----------
        of
            Whose they are to be worked out, one mark for each customer of ``known``; 0 for others. Everybody's without it.
        """
        names = known.names()
        groups = {
            group: [names.index(n) for n in of_group if n in names] for group, of_group in GROUPS.items()
        }
        found = {group: np.zeros(len(known.owner)) for group, places in groups.items() if places}
        asked = np.arange(len(known.owner)) if of is None else np.flatnonzero(of)
        parts = [asked[start : start + _ROWS_AT_ONCE] for start in range(0, len(asked), _ROWS_AT_ONCE)]

        def of_some(rows: NDArray[np.intp]) -> NDArray[np.float32]:
            return np.asarray(self.trees.predict(_matrix(known.table(rows)), pred_contribs=True))

        with ThreadPoolExecutor(self.threads) as pool:
            for rows, each in zip(parts, pool.map(of_some, parts), strict=True):
                for group, column in found.items():
                    column[rows] = each[:, groups[group]].sum(axis=1) * self.slope
        return found


def fit_classifier(
    known: Sequence[Features],
    left: Sequence[NDArray[np.bool_]],
    *,
    seed: int,
    threads: int,
    like: Classifier | None = None,
) -> Classifier:
    """Train on customers as they stood on several days, and calibrate.

    Customers are dealt into folds, each with all of its days. What each fold is given by trees that have not seen it tells how
    many trees are enough, and the line that calibrates.

    Parameters
    ----------
    known, left
        Features as of each day, and who bought nothing after it; both outcomes must occur.
    threads
        That the classifier may use: each fold is learned on one of them, and each ten thousand customers are explained on one.
    like
        A classifier of the same shop as of earlier days. As many trees as it has are enough, and its line calibrates: both are what
        was tested, and a third of the work is left.
    """
    chance = np.random.default_rng(seed)
    # By their place among the customers of these days, so that those who come later change nothing.
    everyone = np.unique(np.concatenate([day.owner for day in known]))
    places = [np.searchsorted(everyone, day.owner) for day in known]
    kept = chance.random(len(everyone)) < min(1.0, MOST_ROWS / sum(map(len, places)))
    fold_of = chance.integers(0, FOLDS, len(everyone))
    taken = [np.flatnonzero(kept[place]) for place in places]
    table = np.concatenate([day.table(some) for day, some in zip(known, taken, strict=True)])
    y = np.concatenate([gone[some] for gone, some in zip(left, taken, strict=True)])
    fold = np.concatenate([fold_of[place[some]] for place, some in zip(places, taken, strict=True)])
    # One thread grows a tree of so few rows in 0.02 s; two take 0.012 s, or 0.13 s where others use the machine, waiting for each other.
    # Folds need not wait for each other.
    parameters = {**_PARAMETERS, "seed": seed, "nthread": 1}
    if like is not None:
        enough, slope, shift = like.trees.num_boosted_rounds(), like.slope, like.shift
    else:
        margin, trees = np.zeros(len(y)), []
        with ThreadPoolExecutor(max(1, min(threads, FOLDS))) as pool:
            tests = [fold == number for number in range(FOLDS)]
            for out, (rounds, foretold) in zip(
                tests, pool.map(lambda out: _tried(parameters, table, y, out), tests), strict=True
            ):
                trees.append(rounds)
                margin[out] = foretold
        enough = round(np.mean(trees))
        slope, shift = _calibrated(margin, y)
    booster = xgboost.train(parameters, _matrix(table, y), num_boost_round=enough)
    return Classifier(booster, slope, shift, max(1, threads))


def _tried(
    parameters: dict[str, Any], table: NDArray[np.float32], left: NDArray[np.bool_], out: NDArray[np.bool_]
) -> tuple[int, Floats]:
    """How many trees are enough for those of ``out``, learned from all others, and the log-odds that they then get."""
    test = _matrix(table[out], left[out])
    patience = xgboost.callback.EarlyStopping(rounds=_PATIENCE, min_delta=_LEAST_GAIN)
    booster = xgboost.train(
        parameters, _matrix(table[~out], left[~out]), num_boost_round=_MOST_TREES, verbose_eval=False,
        evals=[(test, "fold")], callbacks=[patience],
    )  # fmt: skip
    enough = int(booster.best_iteration) + 1
    return enough, booster.predict(test, output_margin=True, iteration_range=(0, enough))


def _matrix(table: NDArray[np.float32], left: NDArray[np.bool_] | None = None) -> xgboost.DMatrix:
    """Without the names of the columns, which XGBoost would compare with every tree."""
    label = None if left is None else left.astype(np.float32)
    return xgboost.DMatrix(table, label=label, nthread=1)


def _calibrated(margin: Floats, left: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift of the log-odds under which the outcomes are likeliest.

    Outcomes are drawn in from 0 and 1 as Platt does, so that a fold told apart without a miss gives no certainty.
    """
    gone, stayed = left.sum(), (~left).sum()
    target = np.where(left, (gone + 1) / (gone + 2), 1 / (stayed + 2))

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * margin + line[1]
        off = expit(z) - target
        return float((np.logaddexp(0, z) - target * z).mean()), np.array([(off * margin).mean(), off.mean()])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]).x  # fmt: skip
    return float(slope), float(shift)
