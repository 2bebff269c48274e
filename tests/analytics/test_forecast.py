"""The forecast of daily books: what it says by hand, what must hold of any, and what it finds of a truth that is known."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fondaco.analytics.forecast import LEAST_DAYS, Books, look_ahead
from fondaco.analytics.forecast.backtest import look_back
from fondaco.analytics.forecast.measures import mase, wape, weekly_change
from fondaco.analytics.forecast.seasons import weekday_factors, yearly_factors
from fondaco.analytics.forecast.ways import WAYS, last_year, same_weekday

Floats = NDArray[np.float64]
WEEK = np.array([1.2, 1.3, 1.5, 1.0, 0.8, 0.7, 0.5])
FIRST = 19_000


def sales_of(days: int, *, noise: float = 0.0, season: float = 0.0, seed: int = 0) -> Floats:
    """1,000 a day by weekday, with a wave of a year and chance."""
    day = FIRST + np.arange(days)
    chance = np.exp(np.random.default_rng(seed).normal(0, noise, days)) if noise else np.ones(days)
    return np.asarray(1000 * WEEK[day % 7] * np.exp(season * np.sin(2 * np.pi * day / 365.25)) * chance)


def books_of(sales: Floats, *, rent: float = 100.0) -> Books:
    """Net sales of gross sales less returns of a twentieth, goods of two fifths, rent; lines: net sales, CM1, net profit."""
    gross = sales / 0.95
    parts = np.array([gross, gross * 0.05, 0.4 * sales, np.full(len(sales), rent)])
    lines = np.array([[1.0, -1, 0, 0], [1, -1, -1, 0], [1, -1, -1, -1]])
    return Books(FIRST, parts, np.array([True, True, True, False]), lines)


def test_a_week_that_repeats_itself_is_forecast() -> None:
    """Weeks to the cent; single days to a hundredth or two, since weekdays are drawn towards each other by two weeks of 26."""
    found = look_ahead(books_of(sales_of(200)), 60)
    ahead = FIRST + 200 + np.arange(60)
    assert found.days == 60
    assert found.expected[0] == pytest.approx(1000 * WEEK[ahead % 7], rel=0.03)
    assert found.total[0][6::7] == pytest.approx(7000 * np.arange(1, 9), rel=1e-5)
    assert found.total[2][6::7] == pytest.approx(3500 * np.arange(1, 9), rel=1e-4)


def test_every_line_is_the_sum_of_its_parts_on_every_day() -> None:
    books = books_of(sales_of(400, noise=0.3))
    found = look_ahead(books, 90)
    assert found.expected == pytest.approx(books.lines @ found.parts)
    assert found.total == pytest.approx(np.cumsum(found.expected, axis=1))
    assert (found.total_low < found.total).all()
    assert (found.total < found.total_high).all()


@pytest.mark.parametrize(("days", "ahead"), [(LEAST_DAYS - 1, 0), (LEAST_DAYS, 36), (146, 66), (500, 92)])
def test_nothing_is_forecast_farther_than_it_was_tested(days: int, ahead: int) -> None:
    found = look_ahead(books_of(sales_of(days, noise=0.1)), 92)
    assert found.days == ahead
    assert np.isfinite(found.total_low).all()
    assert {test.horizon_days for test in found.tests} == {h for h in (30, 90) if h <= ahead}


def test_a_short_history_is_told_and_gives_no_number() -> None:
    found = look_ahead(books_of(sales_of(23)), 92)
    assert found.why_not == f"23 days are known, and a forecast needs {LEAST_DAYS}"
    assert found.expected.size == 0
    assert found.tests == ()


def test_a_shop_that_sells_no_more_is_not_forecast() -> None:
    silent = np.concatenate([sales_of(300), np.zeros(40)])
    assert look_ahead(books_of(silent), 92).why_not == "nothing was sold in the last 28 days"


def test_no_forecast_of_an_earlier_day_knows_a_later_one() -> None:
    """What came after an origin moves neither its sales, its shares, what its ways count, nor its interval."""
    sales = sales_of(420, noise=0.3)
    other = sales.copy()
    other[300:] *= 7
    one, two = (look_back(books_of(each), 60) for each in (sales, other))
    before = np.flatnonzero(one.known <= 300)
    assert before.size > 20
    for name in ("sales", "shares", "running", "counts", "combined", "lines"):
        assert np.array_equal(getattr(one, name)[before], getattr(two, name)[before], equal_nan=True), name
    last = int(before[-1])
    assert one.half_width(last, 0, 0.8) == pytest.approx(two.half_width(last, 0, 0.8))
    assert one.daily_half_width(last, 0, 0.8) == pytest.approx(two.daily_half_width(last, 0, 0.8))


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 5))
def test_the_currency_does_not_matter(rate: float, seed: int) -> None:
    sales = sales_of(260, noise=0.4, seed=seed)
    one, two = look_ahead(books_of(sales), 60), look_ahead(books_of(sales * rate, rent=100 * rate), 60)
    for name in ("expected", "low", "total_low", "total_high"):
        assert getattr(two, name) == pytest.approx(getattr(one, name) * rate, rel=1e-6), name
    assert [test.mase for test in two.tests] == pytest.approx([test.mase for test in one.tests])


def test_weekdays_are_found_again() -> None:
    factors = weekday_factors(sales_of(182, noise=0.2), FIRST)
    assert factors.mean() == pytest.approx(1)
    assert factors == pytest.approx(WEEK, abs=0.1)  # 26 weeks of noise 0.2: a standard error of 0.04


def test_the_season_is_found_again_through_growth_and_noise() -> None:
    days = FIRST + np.arange(730)
    grown = sales_of(730, noise=0.15, season=0.5) * np.exp(np.arange(730) / 1000)
    found = yearly_factors(grown / WEEK[days % 7], FIRST, days + 365)
    truth = np.exp(0.5 * np.sin(2 * np.pi * (days + 365) / 365.25))
    assert np.corrcoef(found, truth)[0, 1] > 0.98
    assert np.abs(found / truth * truth.mean() - 1).mean() < 0.05


def test_two_years_of_a_season_beat_both_baselines_and_one_does_not_claim_to() -> None:
    growth = np.exp(np.arange(1000) / 2000)
    found = look_ahead(books_of(sales_of(1000, noise=0.15, season=0.5) * growth), 92)
    by_way = {test.way: test for test in found.tests if (test.line, test.horizon_days) == (2, 90)}
    assert by_way["forecast"].total_error < 0.5 * by_way["same_weekday"].total_error
    assert by_way["forecast"].total_error < by_way["last_year"].total_error
    assert sum(found.counts["yearly"]) + sum(found.counts["last_year_grown"]) > 1
    young = look_ahead(books_of(sales_of(400, noise=0.15, season=0.5)), 92)
    assert young.counts["yearly"] == (0, 0)


def test_intervals_hold_about_as_often_as_they_say() -> None:
    """Of twelve shops without a season, at 80 %; each judged on windows that overlap, so that the mean alone says something."""
    held = [
        test.coverage
        for seed in range(12)
        for test in look_ahead(books_of(sales_of(420, noise=0.35, seed=seed)), 31).tests
        if test.way == "forecast" and test.line == 2
    ]
    assert 0.7 < np.mean(held) < 0.97


def test_all_ways_are_judged_on_the_same_windows() -> None:
    found = look_ahead(books_of(sales_of(600, noise=0.2)), 92)
    for horizon in (30, 90):
        assert {(test.way, test.windows) for test in found.tests if test.horizon_days == horizon} == {
            (way, next(t.windows for t in found.tests if t.horizon_days == horizon))
            for way in ("forecast", "same_weekday", "last_year")
        }


def test_more_given_back_than_sold_has_no_share_of_sales() -> None:
    sales = sales_of(200)
    sales[-60:] *= -1
    of_sales, a_day = books_of(sales).rules()
    assert (of_sales == 0).all()
    assert a_day[3] == pytest.approx(100)


@pytest.mark.parametrize("name", WAYS)
def test_a_way_needs_no_more_days_than_it_says(name: str) -> None:
    least, way = WAYS[name]
    found = way(sales_of(least, noise=0.1), FIRST, 90)
    assert found.shape == (90,)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


def test_the_baselines_are_what_they_are_called() -> None:
    sales = np.arange(400.0)
    assert same_weekday(sales, 8) == pytest.approx([382.5, 383.5, 384.5, 385.5, 386.5, 387.5, 388.5, 382.5])
    assert last_year(sales, 2) == pytest.approx([36, 37])


def test_errors_are_measured_as_the_papers_say() -> None:
    actual, forecast = np.array([[10.0, 20.0], [30.0, 40.0]]), np.array([[12.0, 17.0], [30.0, 44.0]])
    assert wape(actual, forecast) == pytest.approx(9 / 100)
    assert mase(actual, forecast, np.array([5.0, 2.0])) == pytest.approx((2.5 / 5 + 2 / 2) / 2)
    assert weekly_change(np.array([1.0, 0, 0, 0, 0, 0, 0, 4, 2])) == pytest.approx(2.5)
    assert np.isnan(wape(np.zeros(2), np.ones(2)))
    assert np.isnan(mase(actual, forecast, np.zeros(2)))
    assert np.isnan(weekly_change(np.ones(7)))


def test_three_years_take_under_a_second() -> None:
    books = books_of(sales_of(1096, noise=0.2, season=0.3))
    started = time.perf_counter()
    look_ahead(books, 92)
    assert time.perf_counter() - started < 3  # 0.4 s by itself; a busy machine


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.02, 1.0), seed=st.integers(0, 2**20), days=st.sampled_from([200, 760]))
def test_however_rarely_anything_is_sold_no_number_runs_away(share: float, seed: int, days: int) -> None:
    """Nothing is forecast where most days sell nothing; elsewhere a quarter brings at most what ten of the best ones did."""
    chance = np.random.default_rng(seed)
    sales = np.where(chance.random(days) < share, chance.lognormal(4, 0.8, days), 0.0)
    outlook = look_ahead(books_of(sales), 90)
    busy = int(np.count_nonzero(sales[-112:]))
    assert bool(outlook.why_not) == (2 * busy < 112)
    if outlook.days:
        best = np.convolve(sales, np.ones(90)).max()
        for bound in (outlook.total_low, outlook.total_high):
            assert np.nanmax(np.abs(bound[0]), initial=0) < 10 * best
