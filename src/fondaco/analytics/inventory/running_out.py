"""When stock runs out along the sample paths of a forecast, if nothing comes before a day that nobody knows for certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.inventory.demand import Floats
from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class RunOut:
    """What may be missing before goods come; a place for each item.

    Attributes
    ----------
    probability
        That more is wanted than there is.
    day
        Days until then, in half of the cases in which it happens: 0 where it is so from the first day on. NaN where it never happens.
    shortage
        Units that are expected to be wanted and missing.
    """

    probability: Floats
    day: Floats
    shortage: Floats


def run_out(paths: ArrayLike, stock: ArrayLike, lasting: ArrayLike) -> RunOut:
    """Whether, when and by how much stock falls short before goods come.

    Parameters
    ----------
    paths
        Units by item, sample and day.
    stock
        Units of each item as the first day begins, from 0 on.
    lasting
        Days that it must last, by item and sample, or by sample.

    Raises
    ------
    ConfigError
        If stock is negative, or the paths end before goods come.
    """
    days = np.asarray(paths, dtype=float)
    there = np.asarray(stock, dtype=float)
    until = np.broadcast_to(np.asarray(lasting, dtype=np.int64), days.shape[:-1])
    if (there < 0).any():
        raise ConfigError(f"The stock of an item is {there.min():g}.", "Give units from 0 on.")
    if until.size and until.max() > days.shape[-1]:
        raise ConfigError(
            f"The forecast ends after {days.shape[-1]} days, and goods may take {until.max()} days.",
            "Forecast further ahead.",
        )
    wanted = np.cumsum(days, axis=-1)
    counts = np.arange(days.shape[-1]) < until[..., np.newaxis]
    short = np.asarray((wanted > there[:, np.newaxis, np.newaxis]) & counts)
    happens = np.asarray(short.any(axis=-1))
    first = short.argmax(axis=-1)
    total = (days * counts).sum(axis=-1)
    middle = np.array(
        [
            np.median(first[item][happens[item]]) if happens[item].any() else np.nan
            for item in range(len(days))
        ]
    )
    return RunOut(
        happens.mean(axis=-1),
        np.floor(middle),
        np.maximum(total - there[:, np.newaxis], 0.0).mean(axis=-1),
    )


def lengthened(paths: ArrayLike, days: int, *, like_last: int = 28) -> Floats:
    """Sample paths that reach ``days`` at least: beyond their end each goes on as in its own last ``like_last`` days, again and again."""
    told = np.asarray(paths, dtype=float)
    have = told.shape[-1]
    if days <= have or not have:
        return told
    again = min(like_last, have)
    places = have - again + np.arange(days - have) % again
    return np.concatenate([told, told[..., places]], axis=-1)
