"""What a run forecasts of customers is not ruled by one odd order, and rests on what it says it rests on."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analytics.test_credible import shop, with_order

from fondaco.analytics.purchases import Purchases, gather
from fondaco.jobs.valuing import Fitted, Floats, Horizon, value_customers

pytestmark = pytest.mark.slow

WAYS = ("simple_value", "retention_value", "expected_order_value", "expected_value", "expected_value_high")


def valued(purchases: Purchases) -> tuple[dict[str, Floats], dict[str, Fitted]]:
    columns, fitted = value_customers(purchases, 899, Horizon(365, 0.1))
    return columns, {each.model: each for each in fitted}


def test_by_no_way_does_one_wholesale_order_make_a_customer_worth_as_much() -> None:
    ordinary = shop(150)
    customer = int(np.bincount(ordinary.customer).argmax())
    day = int(ordinary.day[ordinary.customer == customer][2])
    before, _ = valued(ordinary)
    after, fitted = valued(with_order(ordinary, customer, day, 90_000.0))
    others = np.arange(150) != customer
    for way in WAYS:
        assert before[way][customer] < after[way][customer] < 2 * before[way][customer], way
        assert after[way][others] == pytest.approx(before[way][others], rel=0.05, abs=1.0), way
    bound = fitted["gamma_gamma"].parameters["order_value_bound"]
    assert bound is not None and 100 < bound < 400
    checked = fitted["hold_out"].evaluation["errors"]
    assert checked["bg_nbd"]["value"] < 1.2 * checked["naive"]["purchases"] * 70


def test_value_that_does_not_rest_on_gamma_gamma_says_so_and_is_there_all_the_same() -> None:
    ordinary = shop(300)
    one_price = gather(ordinary.customer, ordinary.day, np.full(len(ordinary.day), 50.0))
    columns, fitted = valued(one_price)
    spend = fitted["gamma_gamma"]
    assert not spend.is_used
    assert spend.note is not None and "each customer's own mean" in spend.note
    assert columns["expected_order_value"] == pytest.approx(np.full(300, 50.0))
    assert (columns["expected_value"] > 0).all()
    assert "expected_value_low" not in columns
    model = fitted["hold_out"].evaluation["errors"]["bg_nbd"]
    assert model["value"] == pytest.approx(50 * model["purchases"])
