"""How far a forecast was off. What is undefined is NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def wape(actual: Floats, forecast: Floats) -> float:
    """Weighted absolute percentage error: sum of absolute errors over the sum of absolute amounts (Kolassa and Schütz 2007)."""
    under = float(np.abs(actual).sum())
    return float(np.abs(actual - forecast).sum()) / under if under > 0 else float("nan")


def mase(actual: Floats, forecast: Floats, scale: Floats) -> float:
    """Mean absolute scaled error (Hyndman and Koehler 2006): 1 is as far off as the day a week before is from its day.

    Parameters
    ----------
    actual, forecast
        A row a window, a column a day.
    scale
        Of each window ``weekly_change`` of the days before it.
    """
    known = scale > 0
    if not known.any():
        return float("nan")
    return float((np.abs(actual - forecast)[known].mean(axis=1) / scale[known]).mean())


def weekly_change(amounts: Floats) -> float:
    """Mean absolute difference to the same weekday a week before; NaN below eight days."""
    if len(amounts) < 8:
        return float("nan")
    return float(np.abs(amounts[7:] - amounts[:-7]).mean())
