"""Which model a customer's order value rests on, in words where it is not Gamma-Gamma."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fondaco.analytics.clv import expected_spend, fit_gamma_gamma

Floats = NDArray[np.float64]


def spenders(q: float, *, customers: int = 600, p: float = 4.0) -> tuple[Floats, Floats]:
    """Purchases of customers by Gamma-Gamma; a third of them came once."""
    chance = np.random.default_rng(2)
    frequency = chance.integers(0, 9, customers) // 3 * 2.0
    rate = chance.gamma(q, 1 / 100.0, customers)
    mean = chance.gamma(p * np.maximum(frequency, 1), 1 / rate) / np.maximum(frequency, 1)
    return frequency, np.where(frequency > 0, mean, 0.0)


def means(monetary_value: Floats) -> Floats:
    paid = monetary_value > 0
    return np.where(paid, monetary_value, monetary_value[paid].mean() if paid.any() else 0.0)


def test_spend_rests_on_gamma_gamma_where_customers_tell_it() -> None:
    frequency, monetary_value = spenders(4.0)
    spend = expected_spend(frequency, monetary_value)
    assert (spend.is_by_model, spend.note) == (True, None)
    assert spend.model == fit_gamma_gamma(frequency, monetary_value)
    assert np.array_equal(spend.value, spend.model.expected_value(frequency, monetary_value))


def test_without_a_mean_of_the_model_customers_keep_their_own() -> None:
    frequency, monetary_value = spenders(0.6)
    spend = expected_spend(frequency, monetary_value)
    assert spend.model is not None and spend.model.q < 1
    assert not spend.is_by_model
    assert spend.note is not None and spend.note.startswith("Not used: with q = 0.")
    assert np.array_equal(spend.value, means(monetary_value))


@pytest.mark.parametrize(
    ("monetary_value", "said"),
    [
        pytest.param(np.full(300, 50.0), "Not used: the customers cannot tell its parameters.", id="one price"),
        pytest.param(np.r_[20.0, np.zeros(299)], "Not fitted: 1 customers have bought again", id="one who paid"),
        pytest.param(np.zeros(300), "Not fitted: 0 customers have bought again", id="nobody who paid"),
    ],
)  # fmt: skip
def test_without_a_model_customers_keep_their_own_mean_and_the_reason_is_said(
    monetary_value: Floats, said: str
) -> None:
    spend = expected_spend(np.full(300, 2.0), monetary_value)
    assert spend.note is not None and spend.note.startswith(said)
    assert np.array_equal(spend.value, means(monetary_value))
