"""Forecasts by cohort are as sure as they say, for merchants whose habits nobody chose for the forecast."""

from __future__ import annotations

import pytest
from benchmarks.cohorts import held_out, simulated

from fondaco.analytics.purchases import Purchases

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def merchants() -> list[Purchases]:
    """Seeds that neither the calibration was chosen on nor the benchmark reports."""
    return [simulated(seed) for seed in (31, 32, 33, 34)]


@pytest.mark.parametrize("measure", ["buyers", "orders", "value"])
def test_intervals_of_eighty_per_cent_hold_for_72_to_90_per_cent_of_months_and_of_totals(
    merchants: list[Purchases], measure: str
) -> None:
    months, error, naive, total_error, naive_total, held, held_total = held_out(merchants, measure)
    assert months > 1_000
    assert 0.72 < held < 0.90
    assert 0.72 < held_total < 0.90
    assert error < naive and total_error < naive_total
