"""How far a customer's future value may lie from what is expected.

Most customers buy nothing or once, so a range around the mean says little. What is known of the whole distribution is used: the
probability of no purchase at all, and the first two moments of purchases and of spend. What is spent, if anything is, is taken for gamma
distributed with those moments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from fondaco.analytics.clv.bg_nbd import BGNBD
from fondaco.analytics.clv.gamma_gamma import GammaGamma
from fondaco.analytics.clv.histories import Floats, columns
from fondaco.errors import ConfigError


def value_interval(
    model: BGNBD,
    spend: GammaGamma,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    *,
    monetary_value: ArrayLike,
    horizon_days: float = 365.0,
    share: float = 0.8,
) -> tuple[Floats, Floats]:
    """Bounds between which what a customer spends in ``horizon_days`` lies with probability ``share``: two numbers a customer.

    In the money of ``monetary_value``, undiscounted. Both are 0 for who is so surely gone that P(no purchase) is 1. NaN where spend differs so much between customers that it has no variance
    (q + p x is 2 or less).

    Raises
    ------
    ConfigError
        If the share is not between 0 and 1, or the horizon is not positive.
    """
    if not (0 < share < 1 and horizon_days > 0):
        raise ConfigError(
            f"A share of {share:g} over {horizon_days:g} days has no interval.",
            "Give a share between 0 and 1, and positive days.",
        )
    x, t_x, t, m = columns(frequency=frequency, recency=recency, age=age, monetary_value=monetary_value)
    nothing, purchases, square = model.purchase_moments(horizon_days, x, t_x, t)
    shape, rate = spend.q + spend.p * x, spend.v + x * m
    with np.errstate(divide="ignore", invalid="ignore"):
        of_mean = np.where(shape > 2, rate**2 / ((shape - 1) * (shape - 2)), np.nan)  # E[1 / nu^2]
        mean = purchases * spend.p * rate / (shape - 1)
        second = (spend.p * purchases + spend.p**2 * square) * of_mean
        something = 1 - nothing
        # Given that anything is bought.
        mean, second = mean / something, second / something
        gamma_shape = mean**2 / np.maximum(second - mean**2, 1e-12)
        scale = mean / gamma_shape
        bounds = []
        for tail in ((1 - share) / 2, (1 + share) / 2):
            within = (tail - nothing) / something
            bounds.append(np.where(within > 0, gammaincinv(gamma_shape, np.maximum(within, 0)) * scale, 0.0))
    gone, unknown = something <= 0, ~np.isfinite(second)
    low, high = (np.where(gone, 0.0, np.where(unknown, np.nan, bound)) for bound in bounds)
    return low, high
