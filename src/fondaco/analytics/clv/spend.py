"""What a customer's purchases are expected to be worth, and by which model: forecasts and their check ask the same question here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fondaco.analytics.clv.gamma_gamma import GammaGamma, fit_gamma_gamma
from fondaco.analytics.clv.histories import Floats, columns
from fondaco.errors import ConfigError

_BY_MEANS = (
    "Value rests on each customer's own mean, or on that of all for who has none, and has no interval."
)


@dataclass(frozen=True, slots=True)
class Spend:
    """What is expected of each customer's purchases.

    Attributes
    ----------
    value
        Expected value of a purchase, by customer, in the money of ``monetary_value``.
    model
        Gamma-Gamma as it was fitted, used or not; None where it could not be.
    note
        Why the values do not rest on it, in words; None where they do.
    """

    value: Floats
    model: GammaGamma | None
    note: str | None

    @property
    def is_by_model(self) -> bool:
        """Whether the values rest on ``model``."""
        return self.note is None


def expected_spend(frequency: ArrayLike, monetary_value: ArrayLike) -> Spend:
    """By Gamma-Gamma; where it cannot be told or has no mean, everybody's own mean, and for who came once that of all.

    Parameters
    ----------
    frequency
        Purchases after the first one.
    monetary_value
        Mean credible value of them; 0 where there was none.
    """
    x, m = columns(frequency=frequency, monetary_value=monetary_value)
    try:
        model = fit_gamma_gamma(x, m)
    except ConfigError as error:
        return Spend(_means(m), None, f"Not fitted: {error.what} {_BY_MEANS}")
    if model.is_undetermined:
        return Spend(_means(m), model, f"Not used: the customers cannot tell its parameters. {_BY_MEANS}")
    if not np.isfinite(model.mean_value):
        return Spend(
            _means(m), model, f"Not used: with q = {model.q:.3g}, not above 1, it knows no mean. {_BY_MEANS}"
        )
    return Spend(model.expected_value(x, m), model, None)


def _means(monetary_value: Floats) -> Floats:
    paying = monetary_value > 0
    mean = float(monetary_value[paying].mean()) if paying.any() else 0.0
    return np.where(paying, monetary_value, mean)
