"""Trees, and the work that they are spared, on customers whose behaviour is known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analytics.test_churn import HORIZON, TODAY, lives

from fondaco.analytics.churn import Behaviour, Classifier, Features, features, fit_classifier, outcomes


@pytest.fixture(scope="module")
def shop() -> Behaviour:
    return Behaviour.of(*lives(1_500, seed=7))


@pytest.fixture(scope="module")
def earlier(shop: Behaviour) -> Features:
    return features(shop, TODAY - 2 * HORIZON, HORIZON)


@pytest.fixture(scope="module")
def tested(shop: Behaviour, earlier: Features) -> Classifier:
    return fit_classifier([earlier], [outcomes(shop, earlier, HORIZON)], seed=1, threads=2)


def test_one_that_is_like_another_has_as_many_trees_and_its_line_and_learns_from_its_own_days(
    shop: Behaviour, earlier: Features, tested: Classifier
) -> None:
    later = features(shop, TODAY - HORIZON, HORIZON)
    found = fit_classifier([later], [outcomes(shop, later, HORIZON)], seed=1, threads=2, like=tested)
    assert (found.slope, found.shift) == (tested.slope, tested.shift)
    assert found.trees.num_boosted_rounds() == tested.trees.num_boosted_rounds() > 5
    assert (found.probability(earlier) != tested.probability(earlier)).any()


def test_folds_learned_side_by_side_are_those_learned_one_after_another(
    shop: Behaviour, earlier: Features, tested: Classifier
) -> None:
    alone = fit_classifier([earlier], [outcomes(shop, earlier, HORIZON)], seed=1, threads=1)
    assert (alone.slope, alone.shift) == (tested.slope, tested.shift)
    assert (alone.probability(earlier) == tested.probability(earlier)).all()


def test_contributions_of_some_are_theirs_among_those_of_all_and_sum_to_the_log_odds(
    earlier: Features, tested: Classifier
) -> None:
    everybody = tested.contributions(earlier)
    some = np.arange(len(earlier.owner)) % 3 == 0
    found = tested.contributions(earlier, some)
    assert {*found} == {*everybody}
    for group, column in found.items():
        assert column[some] == pytest.approx(everybody[group][some], abs=1e-6)
        assert (column[~some] == 0).all()
    p = tested.probability(earlier)
    rest = np.log(p / (1 - p)) - np.sum([*everybody.values()], axis=0)
    assert rest == pytest.approx(rest.mean(), abs=1e-3), "what is left is the same for everybody"
