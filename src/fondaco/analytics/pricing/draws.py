"""Draws of an elasticity that decisions are made on."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from fondaco.analytics.pricing.panel import Floats

_CERTAIN = 1e-9
_STEEPEST = -50.0


def elasticities_below_zero(mean: float, sd: float, count: int) -> Floats:
    """``count`` evenly spread quantiles of what is believed of an elasticity, if it is below 0.

    Nobody should raise a price in the hope that more is bought then: of a normal belief the part above 0 is cut off.
    """
    below = ndtr(-mean / sd) if sd > _CERTAIN else 0.0
    if below <= _CERTAIN:
        return np.full(count, np.clip(mean, _STEEPEST, 0.0))
    levels = (np.arange(count) + 0.5) / count
    return np.asarray(np.clip(mean + sd * ndtri(levels * below), _STEEPEST, 0.0))
