"""Customer value by two formulas that need no model. They take a customer for the mean of all, so read them beside the models."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.clv.histories import Floats, columns
from fondaco.errors import ConfigError


def simple_value(order_value: ArrayLike, orders_a_year: ArrayLike, lifespan_years: ArrayLike) -> Floats:
    """Average order value x orders a year x years that a customer stays: money over the whole of that time, undiscounted.

    Farris, Bendle, Pfeifer and Reibstein (2010), Marketing Metrics, chapter 5.
    """
    value, orders, years = columns(
        order_value=order_value, orders_a_year=orders_a_year, lifespan_years=lifespan_years
    )
    return value * orders * years


def retention_value(margin_a_period: ArrayLike, retention: ArrayLike, discount: float) -> Floats:
    """Margin x retention / (1 + discount - retention): today's worth of all periods to come, the present one left out.

    A customer stays from period to period with the same probability, forever. Gupta and Lehmann (2003), Customers as Assets,
    Journal of Interactive Marketing 17(1), 9-24.

    Parameters
    ----------
    margin_a_period
        Money earned in each period in which the customer is there.
    retention
        Probability to stay for the next period, 0..1.
    discount
        Of one period, as a share: 0.1 is ten per cent.

    Raises
    ------
    ConfigError
        If a retention is above 1, or the discount is not positive, for then the sum may have no end.
    """
    margin, stays = columns(margin_a_period=margin_a_period, retention=retention)
    if (stays > 1).any() or not (np.isfinite(discount) and discount > 0):
        raise ConfigError(
            f"A retention above 1, or a discount of {discount:g}, gives no finite value.",
            "Give retentions of 0 to 1 and a positive discount a period.",
        )
    return margin * stays / (1 + discount - stays)
