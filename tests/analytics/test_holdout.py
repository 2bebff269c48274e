"""Each model is judged on days that it was not shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fondaco.analytics.clv import BGNBD, hold_out
from fondaco.analytics.purchases import Purchases, Returned, gather
from fondaco.errors import ConfigError

TRUTH = BGNBD(0.6, 45.0, 0.7, 2.8)


def world(customers: int, days: int, *, seed: int = 5) -> Purchases:
    """Purchases of customers who behave as ``TRUTH`` says, who come one after another."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(TRUTH.r, 1 / TRUTH.alpha, customers)
    leaving = chance.beta(TRUTH.a, TRUTH.b, customers)
    mean = 1 / chance.gamma(4.0, 1 / 150.0, customers)
    now = chance.uniform(0, days, customers)
    active, who, when, worth = np.arange(customers), [], [], []
    while len(active):
        who.append(active)
        when.append(np.floor(now[active]))
        worth.append(chance.gamma(6.0, mean[active]))
        active = active[chance.random(len(active)) >= leaving[active]] if len(who) > 1 else active
        now[active] += chance.exponential(1 / rate[active])
        active = active[now[active] < days]
    return gather(np.concatenate(who), np.concatenate(when), np.concatenate(worth))


def test_models_come_nearer_than_doing_the_same_again() -> None:
    checked = hold_out(world(12_000, 900), 899)
    assert (checked.split_day, checked.days) == (599, 300)
    naive, model = checked.errors["naive"], checked.errors["bg_nbd"]
    assert model.purchases_mae < naive.purchases_mae
    assert model.value_rmse < naive.value_rmse
    assert abs(model.purchases_error) < 0.05
    assert abs(model.purchases_error) < abs(naive.purchases_error)
    assert checked.errors["pareto_nbd"].purchases_rmse < naive.purchases_rmse


def test_what_happened_is_counted_of_those_who_had_bought_before() -> None:
    purchases = world(3_000, 900)
    checked = hold_out(purchases, 899, days=100)
    before = set(purchases.customer[purchases.day <= 799].tolist())
    held = purchases.day > 799
    mine = np.array([customer in before for customer in purchases.customer])
    assert checked.customers == len(before)
    assert checked.purchases == (held & mine).sum()
    assert checked.value == pytest.approx(purchases.value[held & mine].sum())


def test_days_after_the_last_known_one_are_not_looked_at() -> None:
    purchases = world(3_000, 900)
    assert hold_out(purchases, 700) == hold_out(purchases.until(700), 700)


def test_what_came_back_after_the_split_is_not_known_before_it() -> None:
    purchases = world(3_000, 900)
    some = np.arange(len(purchases.day)) % 3 == 0
    half = Returned(
        purchases.customer[some], purchases.day[some], purchases.day[some] + 300, purchases.value[some] / 2
    )
    net = replace(purchases, value=np.where(some, purchases.value / 2, purchases.value))
    checked = hold_out(net, 899, returned=half)
    split = checked.split_day
    known = np.where(some & (purchases.day + 300 > split), purchases.value, net.value)
    by_hand = replace(purchases, value=np.where(purchases.day <= split, known, net.value))
    assert checked == hold_out(by_hand, 899)
    assert checked.errors["naive"].value > hold_out(net, 899).errors["naive"].value


def test_a_short_history_is_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="History of 60 days is too short to hold out 30"):
        hold_out(world(3_000, 60, seed=2), 59)


def test_customers_who_never_come_back_are_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="0 customers had come back"):
        hold_out(gather(np.arange(300), np.arange(300), np.ones(300)), 299)


def test_customers_who_are_all_alike_are_forecast_too() -> None:
    """Everybody comes back every tenth day, and nobody leaves: no parameter can be told, and still the forecast is right."""
    customers, visits = np.divmod(np.arange(200 * 30), 30)
    checked = hold_out(gather(customers, visits * 10, np.full(len(visits), 20.0)), 290)
    assert checked.errors["bg_nbd"].purchases == pytest.approx(checked.purchases, rel=0.15)
    assert checked.errors["naive"].purchases == pytest.approx(checked.purchases, rel=0.1)
