"""How probabilities are held against outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.churn import Bin, report
from fondaco.analytics.churn.measures import auc, lift

told = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40
)


@given(told)
def test_auc_is_the_share_of_pairs_that_are_told_apart(rows: list[tuple[float, bool]]) -> None:
    gone = [p for p, left in rows if left]
    here = [p for p, left in rows if not left]
    pairs = [(p > q) + 0.5 * (p == q) for p in gone for q in here]
    p, y = zip(*rows, strict=True)
    assert auc(p, y) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


@given(told)
def test_the_order_of_customers_changes_no_measure(rows: list[tuple[float, bool]]) -> None:
    forth, back = report("x", *zip(*rows, strict=True)), report("x", *zip(*rows[::-1], strict=True))
    for name in ("customers", "churn_rate", "auc", "brier", "calibration_error", "lift"):
        assert getattr(forth, name) == pytest.approx(getattr(back, name)), name
    assert sum(one.customers for one in forth.bins) == len(rows)
    assert 0 <= forth.brier <= 1 and 0 <= forth.calibration_error <= 1


def test_a_report_by_hand() -> None:
    found = report("BG/NBD", [0.05, 0.05, 0.95, 1.0], [False, True, True, True])
    assert (found.customers, found.churn_rate) == (4, 0.75)
    assert found.auc == pytest.approx((0.5 + 1 + 1) / 3)
    assert found.brier == pytest.approx((0.0025 + 0.9025 + 0.0025) / 4)
    # Half of them were said to leave by 0.05 and left by 0.5; half by 0.975, and all left.
    assert found.calibration_error == pytest.approx(0.5 * 0.45 + 0.5 * 0.025)
    assert found.lift == pytest.approx(1 / 0.75)
    assert found.bins[0] == Bin(0.0, 0.1, 2, 0.05, 0.5)
    assert found.bins[1] == Bin(0.1, 0.2, 0, None, None)
    assert found.bins[9] == Bin(0.9, 1.0, 2, 0.975, 1.0)


def test_equal_scores_have_no_lift_and_one_outcome_has_no_auc() -> None:
    assert lift(np.full(100, 0.3), np.arange(100) < 20) == pytest.approx(1)
    assert (auc([0.1, 0.2], [True, True]), lift([0.1, 0.2], [False, False])) == (None, None)
