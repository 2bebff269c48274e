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


def value_if_active(
    model: BGNBD,
    frequency: ArrayLike,
    age: ArrayLike,
    value_a_purchase: ArrayLike,
    *,
    horizon_days: float = 365.0,
    yearly_discount: float = 0.1,
) -> Floats:
    """What ``discounted_value`` would be if the customer were active for certain: it divided by P(alive), a number a customer.

    How often an active customer buys does not depend on when the last purchase was. So it is worked out as if that were today, when
    P(alive) is not small: of who is all but surely gone the two would be too small to be divided, or both 0.

    Raises
    ------
    ConfigError
        As ``discounted_value``.
    """
    as_of_today = (frequency, age, age)
    value = discounted_value(
        model, *as_of_today, value_a_purchase, horizon_days=horizon_days, yearly_discount=yearly_discount
    )
    return np.asarray(value / model.probability_alive(*as_of_today), dtype=np.float64)
