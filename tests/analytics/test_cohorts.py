"""Cohorts: months are each customer's own, censoring pulls no figure down, and forecasts are as sure as they say."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.cohorts import (
    forecast,
    months_between,
    quantile_days,
    returns,
    share_returned,
    triangle,
)
from fondaco.analytics.purchases import gather
from fondaco.errors import ConfigError

EPOCH = date(1970, 1, 1)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


DAYS = st.integers(day("2023-01-01"), day("2025-06-30"))


def test_a_month_starts_on_the_day_of_the_first_purchase_and_where_there_is_none_on_the_next() -> None:
    first = date(2025, 1, 31)
    found = [months_between(first, date.fromisoformat(later)) for later in
             ("2025-01-31", "2025-02-28", "2025-03-01", "2025-03-30", "2025-03-31", "2026-01-30", "2026-01-31")]  # fmt: skip
    assert found == [0, 0, 1, 1, 2, 11, 12]


@given(first=DAYS, after=st.integers(0, 900))
def test_months_never_go_back(first: int, after: int) -> None:
    start, later = EPOCH + timedelta(first), EPOCH + timedelta(first + after)
    assert (
        0
        <= months_between(start, later)
        <= months_between(start, later + timedelta(1))
        <= months_between(start, later) + 1
    )


def test_only_those_who_have_had_a_month_whole_count_in_it() -> None:
    # Two of January, one of February; known until 20 March.
    purchases = gather(
        [0, 0, 1, 1, 2, 2],
        [day(text) for text in ("2025-01-10", "2025-02-15", "2025-01-25", "2025-03-05", "2025-02-01", "2025-03-02")],
        [50.0, 20.0, 30.0, 5.0, 40.0, 7.0],
    )  # fmt: skip
    months, found = triangle(purchases, day("2025-03-20"))
    assert months == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    assert found.customers.tolist() == [2, 1, 0]
    # The second customer of January is in month 1 until 24 March, so that 5.00 of 5 March do not count yet.
    assert found.exposure[:2, :3].tolist() == [[2, 1, 0], [1, 0, 0]]
    assert found.buyers[:2, :3].tolist() == [[2, 1, 0], [1, 0, 0]]
    assert found.value[:2, :3].tolist() == [[80, 20, 0], [40, 0, 0]]
    assert found.rate(found.buyers)[0, :2].tolist() == [1, 1]
    assert np.isnan(found.rate(found.buyers)[0, 2])


@given(
    st.lists(st.tuples(st.integers(0, 6), DAYS, st.integers(-20, 90)), min_size=1, max_size=40),
    st.integers(0, 400),
)
def test_everybody_is_in_one_cohort_and_buys_in_the_first_month(
    rows: list[tuple[int, int, int]], wait: int
) -> None:
    customer, days, value = zip(*rows, strict=True)
    purchases = gather(customer, days, value)
    _, found = triangle(purchases, int(max(days)) + wait)
    assert found.customers.sum() == len(set(customer))
    assert (found.buyers[:, 0] == found.exposure[:, 0]).all()
    assert (np.diff(found.exposure, axis=1) <= 0).all()
    assert (found.buyers <= found.exposure).all()
    assert (found.buyers <= found.orders).all()


def test_the_curve_of_returns_is_that_of_kaplan_and_meier_by_hand() -> None:
    # Ten customers: two return on day 5, one is known for 10 days only, three return on day 20, four are known for 30.
    curve = returns([5, 10, 20, 30], [2, 0, 3, 0], [0, 1, 0, 4])
    assert curve.days.tolist() == [5, 20]
    assert curve.returned == pytest.approx([0.2, 1 - 0.8 * 4 / 7])
    assert curve.deviation[0] == pytest.approx(math.sqrt(0.2 * 0.8 / 10))
    assert share_returned(curve, 4) == 0
    assert share_returned(curve, 29) == pytest.approx(1 - 0.8 * 4 / 7)
    assert math.isnan(share_returned(curve, 31))
    assert quantile_days(curve, 0.3, within=30) == 5
    assert quantile_days(curve, 0.5, within=30) == 20
    assert math.isnan(quantile_days(curve, 0.5, within=60))


def test_where_everybody_came_back_the_share_is_known_for_ever_after() -> None:
    curve = returns([5, 8], [2, 1], [0, 0])
    assert [share_returned(curve, days) for days in (4, 5, 8, 30)] == [0, pytest.approx(2 / 3), 1, 1]
    assert quantile_days(curve, 0.9, within=30) == 8
    assert math.isnan(share_returned(returns([], [], []), 30))


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 9), st.integers(0, 9)),
        max_size=30,
        unique_by=lambda row: row[0],
    )
)
def test_returns_never_fall_and_without_censoring_are_the_plain_share(
    rows: list[tuple[int, int, int]],
) -> None:
    days, again, gone = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    curve = returns(days, again, gone)
    assert (np.diff(curve.returned, prepend=0) >= -1e-12).all()
    assert ((curve.returned >= 0) & (curve.returned <= 1 + 1e-12)).all()
    uncensored = returns([*days, 401], [*again, 0], [*(0 for _ in days), sum(gone) + 1])
    if sum(again):
        assert uncensored.returned[-1] == pytest.approx(sum(again) / (sum(again) + sum(gone) + 1))


def test_counts_below_nought_are_refused() -> None:
    with pytest.raises(ConfigError, match="Give one count of each for every day"):
        returns([1, 2], [1, -1], [0, 0])


def shop(cohorts: int, rates: np.ndarray, *, seed: int, spread: float = 0.0) -> tuple[np.ndarray, ...]:
    """Customers, whole exposure of all months, and buyers that follow ``rates`` times a level of the cohort's own."""
    chance = np.random.default_rng(seed)
    customers = chance.integers(150, 400, cohorts).astype(float)
    levels = np.exp(chance.normal(0, spread, cohorts)) if spread else np.ones(cohorts)
    buyers = chance.poisson(customers[:, None] * levels[:, None] * rates).astype(float)
    buyers[:, 0] = customers
    return customers, np.repeat(customers[:, None], len(rates), axis=1), buyers


def hidden(exposure: np.ndarray, months_known: int) -> np.ndarray:
    """The exposure as it is while the newest cohort has had no month: a triangle."""
    row, number = np.indices(exposure.shape)
    return np.where(number < months_known - row, exposure, 0.0)


RATES = np.r_[1.0, 0.2 * 0.93 ** np.arange(23)]


def test_a_pattern_without_noise_goes_on_as_it_was() -> None:
    customers = np.array([500.0, 300.0, 300.0, 200.0, 400.0, 250.0])
    exposure = hidden(np.repeat(customers[:, None], 6, axis=1), 6)
    found = forecast(customers, exposure, exposure * RATES[:6])
    assert found.expected[4, 2] == pytest.approx(RATES[2])
    assert found.total[4, 2] == pytest.approx(RATES[:3].sum())
    assert found.low[4, 2] == pytest.approx(found.high[4, 2])
    # Seen months have no forecast, nor have those that fewer than three cohorts have had, the oldest not counted.
    assert np.isnan(found.expected[4, :2]).all()
    assert np.isnan(found.expected[4, 3])


def test_the_oldest_cohort_teaches_nothing_because_it_holds_earlier_customers() -> None:
    customers, exposure, buyers = shop(12, RATES, seed=1)
    seen = hidden(exposure, 12)
    loyal = buyers.copy()
    loyal[0, 1:] *= 3
    usual, odd = forecast(customers, seen, buyers * (seen > 0)), forecast(customers, seen, loyal * (seen > 0))
    assert odd.expected[1:] == pytest.approx(usual.expected[1:], nan_ok=True)


def test_a_cohort_that_did_better_so_far_is_expected_to_go_on_doing_better() -> None:
    customers, exposure, buyers = shop(20, RATES, seed=3, spread=0.4)
    seen = hidden(exposure, 20)
    strong = buyers.copy()
    strong[12, 1:8] *= 2
    before, after = (
        forecast(customers, seen, each * (seen > 0)).expected[12, 9:14] for each in (buyers, strong)
    )
    assert (after > 1.2 * before).all()


def test_intervals_of_eighty_per_cent_hold_about_four_times_out_of_five() -> None:
    held: list[np.ndarray] = []
    for seed in range(40):
        customers, exposure, buyers = shop(20, RATES, seed=seed, spread=0.15)
        seen = hidden(exposure, 20)
        found = forecast(customers, seen, buyers * (seen > 0), most=1.0)
        truth = buyers / exposure
        cells = np.isfinite(found.expected)
        cells[:, 0] = False
        held.append(((truth >= found.low) & (truth <= found.high))[cells])
    assert 0.75 < np.concatenate(held).mean() < 0.88


def test_totals_hold_as_often_where_some_customers_have_not_had_the_newest_months_yet() -> None:
    held: list[np.ndarray] = []
    for seed in range(40):
        customers, exposure, buyers = shop(20, RATES, seed=seed, spread=0.15)
        buyers = np.minimum(buyers, exposure)
        seen = hidden(exposure, 20)
        last = (seen > 0) & (np.roll(seen, -1, axis=1) == 0)
        last[:, 0] = False
        # A third of each cohort has had its newest month: those are dealt out of all, with as many buyers as chance gives them.
        some = np.where(last, np.floor(seen / 3), seen)
        chance = np.random.default_rng(1_000 + seed)
        by_some = np.where(
            last,
            chance.hypergeometric(
                buyers.astype(int), (exposure - buyers).astype(int), np.maximum(some, 1).astype(int)
            ),
            buyers * (seen > 0),
        )
        found = forecast(customers, some, by_some.astype(float), most=1.0)
        truth = np.cumsum(buyers / exposure, axis=1)
        cells = np.isfinite(found.expected)
        cells[:, 0] = False
        held.append(((truth >= found.total_low) & (truth <= found.total_high))[cells])
    assert 0.75 < np.concatenate(held).mean() < 0.88


def test_a_month_that_some_have_had_counts_in_a_total_as_theirs_and_what_others_are_expected_to_do() -> None:
    customers = np.array([500.0, 300.0, 300.0, 200.0, 400.0, 250.0])
    exposure = hidden(np.repeat(customers[:, None], 6, axis=1), 6)
    exposure[4, 1] = 100.0
    amounts = exposure * RATES[:6]
    amounts[4, 1] = 100 * 0.4
    found = forecast(customers, exposure, amounts)
    level = found.expected[4, 2] / forecast(customers, exposure, exposure * RATES[:6]).expected[4, 2]
    month_one = 0.25 * 0.4 + 0.75 * level * RATES[1]
    assert found.total[4, 2] == pytest.approx(1 + month_one + found.expected[4, 2], rel=0.02)


def test_no_interval_goes_below_nought_or_above_everybody() -> None:
    customers, exposure, buyers = shop(12, RATES, seed=5)
    seen = hidden(exposure, 12)
    found = forecast(customers, seen, buyers * (seen > 0), most=1.0)
    known = np.isfinite(found.expected)
    assert known.any()
    assert ((found.low <= found.expected) & (found.expected <= found.high))[known].all()
    assert (found.low[known] >= 0).all() and (found.high[known] <= 1).all()


@pytest.mark.parametrize("cohorts", [1, 2, 3])
def test_few_cohorts_are_forecast_nothing(cohorts: int) -> None:
    customers = np.full(cohorts, 50.0)
    exposure = hidden(np.repeat(customers[:, None], 6, axis=1), cohorts)
    found = forecast(customers, exposure, exposure * RATES[:6])
    assert np.isnan(found.expected[:, 1:]).all()
