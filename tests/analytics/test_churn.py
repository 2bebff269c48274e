"""Who is leaving, as a whole: the better of two ways, on customers whose behaviour is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.analytics.churn import CLASSIFIER, Behaviour, ChurnFit, features, fit_churn, outcomes, report
from fondaco.errors import ConfigError

TODAY, HORIZON = 700, 60


def lives(customers: int, seed: int, until: int = TODAY + HORIZON) -> tuple[Any, Any, Any]:
    """Customers who buy at a rate of their own and leave after any purchase with a chance of their own."""
    chance = np.random.default_rng(seed)
    rate, leaving = chance.gamma(1.2, 1 / 40, customers), chance.beta(1.0, 4.0, customers)
    now, alive = chance.uniform(0, until, customers), np.arange(customers)
    who, at = [alive], [now.copy()]
    while len(alive):
        alive = alive[chance.random(len(alive)) >= leaving[alive]]
        now[alive] += chance.exponential(1 / rate[alive])
        alive = alive[now[alive] < until]
        who.append(alive)
        at.append(now[alive].copy())
    customer, day = np.concatenate(who), np.concatenate(at).astype(int)
    return customer, day, chance.gamma(2, 20, len(day))


@pytest.fixture(scope="module")
def shop() -> Behaviour:
    return Behaviour.of(*lives(4_000, seed=1))


@pytest.fixture(scope="module")
def found(shop: Behaviour) -> ChurnFit:
    return fit_churn(shop, TODAY, HORIZON, seed=1)


def told_by_discounts() -> Behaviour:
    """Steady customers; those who have bought at a great discount never come back, and nothing else tells them apart."""
    chance = np.random.default_rng(4)
    rows = []
    for customer in range(1_500):
        day, ends = chance.integers(0, 300), chance.integers(150, 900)
        while day < TODAY + HORIZON:
            last = day >= ends
            rows.append((customer, day, 50.0, 40.0 if last else 2.0))
            day += TODAY * 2 if last else chance.integers(15, 45)
    customer, day, net, discounts = zip(*rows, strict=True)
    return Behaviour.of(customer, day, net, discounts=discounts)


def test_probabilities_of_today_are_those_that_came_true(shop: Behaviour, found: ChurnFit) -> None:
    known = features(shop, TODAY, HORIZON)
    assert (found.customers == shop.customers[known.owner]).all()
    seen = report("today", found.probability, outcomes(shop, known, HORIZON))
    assert seen.calibration_error < 0.03
    assert seen.auc is not None and seen.auc > 0.75


def test_both_ways_are_tested_on_the_same_customers_and_the_lower_brier_score_is_taken(
    found: ChurnFit,
) -> None:
    assert found.tested_on == TODAY - HORIZON
    assert {each.name for each in found.reports} == {"MBG/NBD", CLASSIFIER}
    assert len({(each.customers, each.churn_rate) for each in found.reports}) == 1
    assert min(found.reports, key=lambda each: each.brier).name == found.method
    assert all(f"{each.brier:.4f} by {each.name}" in found.why for each in found.reports)


def test_what_comes_after_today_changes_nothing_and_the_same_seed_gives_the_same(found: ChurnFit) -> None:
    customer, day, net = lives(4_000, seed=1)
    past = day <= TODAY
    again = fit_churn(Behaviour.of(customer[past], day[past], net[past]), TODAY, HORIZON, seed=1)
    assert (again.customers == found.customers).all()
    assert (again.probability == found.probability).all()
    assert again.reports == found.reports
    assert again.reasons.equals(found.reasons)


def test_the_classifier_is_taken_where_behaviour_tells_more_than_silence_and_it_names_the_behaviour() -> None:
    found = fit_churn(told_by_discounts(), TODAY, HORIZON)
    assert found.method == CLASSIFIER
    by_name = {each.name: each for each in found.reports}
    model = next(each for name, each in by_name.items() if name != CLASSIFIER)
    assert by_name[CLASSIFIER].brier < 0.5 * model.brier
    known = features(told_by_discounts(), TODAY, HORIZON)
    leaving = (found.probability > 0.9) & (known.silence < 15)
    said = [found.reasons[int(place)].as_py() for place in np.flatnonzero(leaving & (known.frequency > 0))]
    assert len(said) > 5
    assert all("Bought at 44 % off the last time; at 4 % before." in one for one in said)


def test_silence_is_the_reason_where_customers_are_silent_beyond_their_habit(
    shop: Behaviour, found: ChurnFit
) -> None:
    known = features(shop, TODAY, HORIZON)
    for place in np.flatnonzero(
        (known.columns["silence_by_gap"] > 3) & (known.columns["mean_gap"] > 2) & (known.frequency > 1)
    )[:50]:
        silent, gap = int(known.silence[place]), round(float(known.columns["mean_gap"][place]))
        assert f"Silent for {silent} days; usually buys every {gap}." in found.reasons[int(place)].as_py()
    assert max(len(said) for said in found.reasons.to_pylist()) <= 3


def test_who_bought_today_has_no_reason_of_silence(shop: Behaviour, found: ChurnFit) -> None:
    known = features(shop, TODAY, HORIZON)
    here = np.flatnonzero(known.silence == 0)
    assert len(here)
    assert not any(
        "Silent" in one or "Bought once" in one for i in here for one in found.reasons[int(i)].as_py()
    )


# ---- honest data that tell little ----------------------------------------------------------------------------------------


def test_a_short_history_leaves_the_model_alone_and_says_why() -> None:
    customer, day, net = lives(2_000, seed=2, until=150)
    found = fit_churn(Behaviour.of(customer, day, net), 149, HORIZON)
    assert found.method in ("BG/NBD", "MBG/NBD")
    assert "needs a history of 181 days" in found.why and "there are 150" in found.why
    assert np.isfinite(found.probability).all()


def test_customers_who_all_bought_once_tell_nothing_and_the_reason_is_said() -> None:
    found = fit_churn(Behaviour.of(range(300), range(300), [10.0] * 300), 400, HORIZON)
    assert (found.method, found.why) == (None, "Too few customers have come back to tell who will.")
    assert len(found.customers) == 300 and np.isnan(found.probability).all()
    assert len(found.reasons) == 300


def test_where_nobody_ever_leaves_the_model_stands_alone() -> None:
    chance = np.random.default_rng(1)
    customer = np.repeat(np.arange(300), 70)
    day = np.tile(np.arange(0, 700, 10), 300) + chance.integers(0, 10, len(customer))
    found = fit_churn(Behaviour.of(customer, day, np.ones(len(day))), 699, HORIZON)
    assert found.method != CLASSIFIER and "50 who left" in found.why
    assert all(each.auc is None and each.lift is None for each in found.reports)
    if found.method:
        assert found.probability.max() < 0.1


def test_before_the_first_purchase_there_is_nobody() -> None:
    found = fit_churn(Behaviour.of([1], [50], [10.0]), 40, HORIZON)
    assert (found.method, found.why) == (None, "Nobody has bought yet.")
    assert len(found.customers) == len(found.probability) == len(found.reasons) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 400), st.integers(-5, 100)), max_size=30),
    st.integers(0, 400),
    st.integers(1, 120),
)
def test_no_honest_data_end_in_an_error(rows: list[tuple[int, int, int]], today: int, horizon: int) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    found = fit_churn(Behaviour.of(*columns), today, horizon)
    known = np.unique(columns[0][columns[1] <= today])
    assert found.customers.tolist() == known.tolist()
    assert found.why
    if found.method is None:
        assert np.isnan(found.probability).all()
    else:
        assert ((found.probability >= 0) & (found.probability <= 1)).all()


def test_a_horizon_without_days_is_refused(shop: Behaviour) -> None:
    with pytest.raises(ConfigError, match="no end"):
        fit_churn(shop, TODAY, 0)


def test_without_xgboost_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['xgboost'] = None; import fondaco.analytics.clv, fondaco.analytics.churn"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "need xgboost, which is not installed" in ended.stderr
    assert "pip install 'fondaco[analytics]'" in ended.stderr


@pytest.mark.parametrize(
    ("tested", "taken", "is_taken"),
    [
        (CLASSIFIER, CLASSIFIER, True),
        (CLASSIFIER, "BG/NBD", False),
        ("BG/NBD", "BG/NBD", True),
        ("BG/NBD", "MBG/NBD", True),
        ("MBG/NBD", CLASSIFIER, False),
        ("BG/NBD", None, False),
        ("naive: base rate", "BG/NBD", False),
        ("naive: base rate", CLASSIFIER, False),
    ],
)
def test_the_way_taken_is_the_classifier_or_the_likelier_model_of_purchases(
    found: ChurnFit, tested: str, taken: str | None, is_taken: bool
) -> None:
    """Which of the models is the likelier may change between the test and today."""
    way = replace(found.reports[0], name=tested)
    assert replace(found, method=taken).takes(way) is is_taken
