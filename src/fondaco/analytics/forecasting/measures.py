"""How far off forecasts of many series are, in measures that neither the size of a series nor its unit changes.

RMSSE and WRMSSE as in the M5 competition (Makridakis, Spiliotis and Assimakopoulos 2022, The M5 accuracy competition, section 3): the root
of the mean squared error over that of the one-step naive forecast within the known history, weighted by value sold. The scaled pinball loss is that
of the M5 uncertainty competition. Periods in which an item could not be bought are left out, for what was wanted then is not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.forecasting.censoring import ratio
from fondaco.analytics.forecasting.panel import Bools, Floats, Panel


def naive_scales(panel: Panel) -> tuple[Floats, Floats]:
    """Root mean squared and mean absolute change from one known period to the next, of each series since its first sale; 0 where none."""
    sold = (panel.quantity > 0) & panel.known
    begun = np.maximum.accumulate(sold, axis=1)
    both = panel.known[:, 1:] & panel.known[:, :-1] & begun[:, :-1]
    change = np.where(both, np.diff(panel.quantity, axis=1), 0.0)
    count = both.sum(axis=1).astype(float)
    return np.sqrt(ratio((change**2).sum(axis=1), count)), ratio(np.abs(change).sum(axis=1), count)


def value_sold(panel: Panel) -> Floats:
    """What each series sold in the last four weeks, in money where prices are known: its weight in M5's terms."""
    month = slice(panel.columns - min(panel.rhythm.month, panel.columns), panel.columns)
    price = 1.0 if panel.price is None else panel.price[:, month]
    return np.asarray((panel.quantity[:, month] * price).sum(axis=1))


def rmsse(actual: Floats, forecast: Floats, known: Bools, scale: Floats) -> Floats:
    """Root mean squared scaled error of each series; NaN where nothing is known or the scale is 0."""
    square = np.where(known, (actual - forecast) ** 2, 0.0).sum(axis=-1)
    count = known.sum(axis=-1)
    there = (count > 0) & (scale > 0)
    return np.asarray(
        np.where(there, np.sqrt(square / np.maximum(count, 1)) / np.where(there, scale, 1.0), np.nan)
    )


def pinball(actual: Floats, quantile: Floats, probability: ArrayLike) -> Floats:
    """Loss of a quantile: p × what is short of the truth, (1 − p) × what is beyond it. Koenker and Bassett (1978)."""
    p = np.asarray(probability)
    short = actual - quantile
    return np.asarray(np.maximum(p * short, (p - 1) * short))


def scaled_pinball(actual: Floats, quantiles: Floats, levels: Floats, known: Bools, scale: Floats) -> Floats:
    """Mean pinball loss over periods and levels, over the naive mean absolute change; NaN where nothing is known or the scale is 0.

    Parameters
    ----------
    quantiles
        Series × periods × levels.
    """
    loss = pinball(actual[..., np.newaxis], quantiles, levels).mean(axis=-1)
    total = np.where(known, loss, 0.0).sum(axis=-1)
    count = known.sum(axis=-1)
    there = (count > 0) & (scale > 0)
    return np.asarray(np.where(there, total / np.maximum(count, 1) / np.where(there, scale, 1.0), np.nan))


def weighted(errors: Floats, weights: Floats) -> float:
    """Mean by weight of the errors that are numbers; by count where no weight is above 0; NaN where there is none."""
    there = np.isfinite(errors)
    if not there.any():
        return float("nan")
    mass = np.where(there, weights, 0.0)
    if mass.sum() <= 0:
        mass = there.astype(float)
    return float((mass * np.where(there, errors, 0.0)).sum() / mass.sum())


def covered(actual: Floats, quantiles: Floats, levels: Floats, low: float, high: float) -> Floats:
    """How much of each truth lies between the quantiles of ``low`` and ``high``, 0..1.

    Of continuous demand 0 or 1. Of counts many quantiles are the same number, which the truth often is too: then the share of these
    quantiles' levels that lies between the two, which is ``high − low`` on average if and only if the forecasts are calibrated; the
    non-randomised probability integral transform of Czado, Gneiting and Held (2009), Predictive model assessment for count data.

    Parameters
    ----------
    quantiles
        … × levels, ascending, so fine that levels lie below ``low`` and above ``high``.
    """
    below = (quantiles < actual[..., np.newaxis]).sum(axis=-1)
    at_most = (quantiles <= actual[..., np.newaxis]).sum(axis=-1)
    edges = np.concatenate([[0.0], levels, [1.0]])
    # A truth between two quantiles has a level between theirs; one that is a quantile has all levels of that number.
    first = np.where(
        below == at_most, edges[below], np.where(below > 0, levels[np.minimum(below, len(levels) - 1)], 0.0)
    )
    last = np.where(below == at_most, edges[below + 1], edges[np.minimum(at_most + 1, len(levels) + 1)])
    inside = np.clip(np.minimum(last, high) - np.maximum(first, low), 0.0, None)
    return np.asarray(inside / np.maximum(last - first, 1e-12))
