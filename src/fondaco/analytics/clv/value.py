"""What customers' future purchases are worth today."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.clv.bg_nbd import BGNBD
from fondaco.analytics.clv.histories import Floats, columns
from fondaco.analytics.clv.pareto_nbd import ParetoNBD
from fondaco.errors import ConfigError

DAYS_A_YEAR = 365.25


def discounted_value(
    model: BGNBD | ParetoNBD,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    value_a_purchase: ArrayLike,
    *,
    horizon_days: float = 365.0,
    yearly_discount: float = 0.1,
    step_days: float = 30.0,
) -> Floats:
    """Expected value of the purchases in the next ``horizon_days``, discounted to today: a number a customer, never negative.

    The sum over steps of the purchases expected in each, times what one is worth, divided by
    (1 + ``yearly_discount``) to the power of the years until the middle of the step.

    Parameters
    ----------
    value_a_purchase
        Expected value, or margin, of a purchase of each customer, as of ``GammaGamma.expected_value``.
    yearly_discount
        As a share: 0.1 is ten per cent a year.
    step_days
        Length of a step. The shorter, the nearer to discounting each purchase by its own day.

    Raises
    ------
    ConfigError
        If the horizon or the step is not positive, or the discount is -1 or less.
    """
    if not (horizon_days > 0 and step_days > 0 and yearly_discount > -1):
        raise ConfigError(
            f"A horizon of {horizon_days:g} days in steps of {step_days:g} at a discount of {yearly_discount:g} has no value.",
            "Give positive days, and a discount above -1.",
        )
    x, t_x, t, worth = columns(
        frequency=frequency, recency=recency, age=age, value_a_purchase=value_a_purchase
    )
    ends = np.append(np.arange(step_days, horizon_days, step_days), horizon_days)
    before, start, total = np.zeros_like(x), 0.0, np.zeros_like(x)
    for end in ends:
        until = model.expected_purchases(end, x, t_x, t)
        years = (start + end) / 2 / DAYS_A_YEAR
        total += (until - before) / (1 + yearly_discount) ** years
        before, start = until, end
    return np.maximum(total, 0.0) * worth
