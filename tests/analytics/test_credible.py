"""One huge order does not make a customer's next purchases look as large; customers who often buy as much are believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.clv import (
    credible_purchases,
    credible_values,
    fit_gamma_gamma,
    order_value_bound,
)
from fondaco.analytics.purchases import Purchases, gather

ORDERS = st.lists(st.tuples(st.integers(0, 5), st.integers(-20, 2_000)), min_size=1, max_size=40)


def shop(customers: int = 400, *, seed: int = 3) -> Purchases:
    """Customers of about 60 a purchase, each on one to nine days."""
    chance = np.random.default_rng(seed)
    days = chance.integers(1, 10, customers)
    owner = np.repeat(np.arange(customers), days)
    return gather(owner, chance.integers(0, 900, len(owner)), chance.lognormal(4.0, 0.5, len(owner)))


def with_order(purchases: Purchases, customer: int, day: int, value: float) -> Purchases:
    return gather(
        np.r_[purchases.customer, customer], np.r_[purchases.day, day], np.r_[purchases.value, value]
    )


def expected_order_value(purchases: Purchases, customer: int) -> float:
    known = credible_purchases(purchases).summaries(900)
    spend = fit_gamma_gamma(known.frequency, known.monetary_value)
    return float(spend.expected_value(known.frequency, known.monetary_value)[customer])


def test_the_bound_and_what_counts_of_a_larger_order_are_those_found_by_hand() -> None:
    # Quartiles of 10, 20, ..., 90, 1000 are 32.5 and 77.5; the fence is 77.5 x (77.5 / 32.5) ** 1.5 = 285.38.
    value = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 1000.0]
    assert order_value_bound([0] * 10, value) == pytest.approx(285.38, abs=0.01)
    # The last order stands alone: a stranger's counts as the fence, and so does one of somebody who else pays 90 at most.
    assert credible_values(range(10), value)[-1] == pytest.approx(285.38, abs=0.01)
    assert credible_values([0] * 10, value)[-1] == pytest.approx(285.38, abs=0.01)
    # Who has paid 100 is believed 300.
    assert credible_values([0] * 10, [*value[:8], 100.0, 1000.0], bound=285.38)[-1] == 300
    # Ten customers have paid 500 or more: up to there any order counts in full.
    assert order_value_bound(range(210), [20.0] * 200 + [500.0 + n for n in range(10)]) == 500
    assert order_value_bound([0, 1], [0.0, -5.0]) == np.inf


def test_a_wholesale_order_among_ordinary_ones_leaves_the_next_purchases_ordinary() -> None:
    """Somebody who spends 60 a time orders for 50,000 once."""
    ordinary = shop()
    customer = int(np.bincount(ordinary.customer).argmin())
    before = expected_order_value(ordinary, customer)
    once = with_order(ordinary, customer, 899, 50_000.0)
    assert 40 < before < 80
    assert before < expected_order_value(once, customer) < 3 * before
    known = once.summaries(900)
    blind = fit_gamma_gamma(known.frequency, known.monetary_value)
    assert blind.expected_value(known.frequency, known.monetary_value)[customer] > 5_000
    # Those who have bought once are expected to spend as before.
    spend = [
        fit_gamma_gamma(told.frequency, told.monetary_value).mean_value
        for told in (ordinary.summaries(900), credible_purchases(once).summaries(900))
    ]
    assert spend[1] == pytest.approx(spend[0], rel=0.01)


def test_a_wholesale_customer_is_expected_to_go_on() -> None:
    usual = with_order(with_order(with_order(shop(), 400, 10, 6_000.0), 400, 300, 5_000.0), 400, 600, 7_000.0)
    assert credible_values(usual.customer, usual.value)[-3:].tolist() == [6_000, 5_000, 7_000]
    assert expected_order_value(usual, 400) > 2_000


@given(st.floats(3e3, 1e9), st.integers(0, 119))
def test_however_large_one_order_is_it_says_no_more(huge: float, customer: int) -> None:
    ordinary = shop(120)
    one, other = (with_order(ordinary, customer, 900, value) for value in (3e3, huge))
    assert credible_purchases(one).value.tolist() == pytest.approx(credible_purchases(other).value.tolist())


@given(ORDERS, st.floats(0, 2_000))
def test_nothing_counts_for_more_than_it_was_or_less_than_what_is_usual(
    orders: list[tuple[int, int]], bound: float
) -> None:
    customer, value = (np.array(column, float) for column in zip(*orders, strict=True))
    found = credible_values(customer.astype(int), value, bound=bound)
    assert (found <= value).all()
    assert (found >= np.minimum(value, bound)).all()
    own = credible_values(customer.astype(int), value)
    assert (own >= np.minimum(value, np.quantile(value, 0.75))).all()


@given(ORDERS, st.data(), st.integers(1, 5_000), st.floats(0, 2_000))
def test_who_pays_more_is_never_expected_to_pay_less(
    orders: list[tuple[int, int]], data: st.DataObject, more: int, bound: float
) -> None:
    customer, value = (np.array(column) for column in zip(*orders, strict=True))
    place = data.draw(st.integers(0, len(orders) - 1))
    raised = value.astype(float)
    raised[place] += more
    before = credible_values(customer, value, bound=bound)
    assert (credible_values(customer, raised, bound=bound) >= before).all()
