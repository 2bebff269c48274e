"""What the next day is expected to be: worked by hand, held to laws, and counted on normal days."""

from __future__ import annotations

from math import isnan

import pytest
from benchmarks.alerts import METRICS, expected_orders, figures
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from fondaco.analytics.anomaly import FEWEST_DAYS, Expectation, Scale, Unjudged, expect_day
from fondaco.analytics.anomaly.seasonal import HISTORY_DAYS

WEEK = [100.0, 110.0, 120.0, 130.0, 140.0, 200.0, 60.0]
busy = st.lists(st.integers(20, 500).map(float), min_size=HISTORY_DAYS, max_size=HISTORY_DAYS)
scales = st.sampled_from(list(Scale))


def found(history: list[float | None], scale: Scale = Scale.AMOUNT, **options: float) -> Expectation:
    expectation = expect_day(history, scale, **options)
    assert isinstance(expectation, Expectation)
    return expectation


@pytest.mark.parametrize("day", range(7))
def test_a_week_that_repeats_is_expected_to_go_on(day: int) -> None:
    history = WEEK * 12 + WEEK[:day]
    assert found(history).expected == pytest.approx(WEEK[day])
    assert found(history, Scale.QUOTIENT).expected == pytest.approx(WEEK[day])


def test_the_band_worked_by_hand() -> None:
    """A quotient goes 10, 11, 10, 11 … for eight weeks. The median of fourteen days is 10½, so that every forecast errs by ½, up or
    down: the MAD is ½, the spread 1.4826 · ½, and the band 3.5 times as much, 2.594550, to each side."""
    history = [10.0 + day % 2 for day in range(56)]
    band = found(history, Scale.QUOTIENT)
    assert (band.high - band.expected, band.expected - band.low) == pytest.approx((2.594550, 2.594550))
    assert 10 <= band.expected <= 11


def test_a_steady_trend_is_followed_without_lagging_behind() -> None:
    history = [100.0 + 2 * day for day in range(84)]
    assert found(history, Scale.QUOTIENT).expected == pytest.approx(100 + 2 * 84, abs=1)


@settings(max_examples=60)
@given(history=busy, factor=st.floats(0.01, 100), scale=st.sampled_from([Scale.AMOUNT, Scale.QUOTIENT]))
def test_the_unit_of_money_does_not_matter(history: list[float], factor: float, scale: Scale) -> None:
    one, other = found(history, scale), found([value * factor for value in history], scale)
    assert [other.expected, other.low, other.high] == pytest.approx(
        [one.expected * factor, one.low * factor, one.high * factor], rel=1e-6, abs=1e-6
    )


@settings(max_examples=60)
@given(history=busy, scale=scales, narrow=st.floats(1, 5), more=st.floats(0, 5))
def test_a_wider_band_holds_the_narrower_one_and_both_hold_what_is_expected(
    history: list[float], scale: Scale, narrow: float, more: float
) -> None:
    one, other = found(history, scale, sensitivity=narrow), found(history, scale, sensitivity=narrow + more)
    assert other.low <= one.low <= one.expected <= one.high <= other.high


@settings(max_examples=60)
@given(history=busy, scale=scales, place=st.integers(0, HISTORY_DAYS - 1), wrong=st.floats(0, 1e9))
def test_one_wrong_day_whatever_its_size_hardly_moves_the_expectation(
    history: list[float], scale: Scale, place: int, wrong: float
) -> None:
    """It stays within what the other days themselves were."""
    spoiled = [*history]
    spoiled[place] = wrong
    assert found(spoiled, scale).expected <= (max(history) ** 0.5 * 3) ** 2
    assert found(spoiled, Scale.QUOTIENT).expected <= 3 * max(history)


@settings(max_examples=40)
@given(history=busy, older=st.lists(st.floats(1, 1e6), max_size=40), scale=scales)
def test_what_is_older_than_twelve_weeks_does_not_count(
    history: list[float], older: list[float], scale: Scale
) -> None:
    assert found([*older, *history], scale) == found(history, scale)


@pytest.mark.parametrize("scale", list(Scale))
def test_noughts_before_the_first_day_are_no_history(scale: Scale) -> None:
    assert expect_day([0.0] * 60 + WEEK * 3, scale) is Unjudged.SHORT
    assert found([0.0] * 14 + WEEK * 10, scale) == found([None] * 14 + WEEK * 10, scale)


def test_a_short_history_is_not_judged_and_four_weeks_are() -> None:
    assert expect_day(WEEK * 3, Scale.AMOUNT) is Unjudged.SHORT
    assert expect_day([], Scale.COUNT) is Unjudged.SHORT
    assert len(WEEK * 4) == FEWEST_DAYS
    assert found(WEEK * 4).expected == pytest.approx(WEEK[0])


def test_a_weekday_on_which_the_shop_is_closed_is_not_judged_and_moves_no_other() -> None:
    closed = [*WEEK[:6], 0.0]
    assert expect_day(closed * 12 + closed[:6], Scale.AMOUNT) is Unjudged.CLOSED
    assert found(closed * 12).expected == pytest.approx(WEEK[0])


def test_a_day_closed_once_is_far_below_its_band() -> None:
    history = [*(WEEK * 12)]
    history[-20] = 0.0  # so was a holiday before
    assert found(history).side(0.0) == "below"
    assert found(history).side(WEEK[0]) == "within"


def test_where_most_days_are_nought_a_day_tells_nothing() -> None:
    chance = default_rng(1)
    history = [float(value) for value in chance.poisson(0.3, 84)]
    assert expect_day([1.0, *history], Scale.COUNT) in (Unjudged.SPARSE, Unjudged.CLOSED)


def test_what_never_varied_may_vary_a_little() -> None:
    band = found([50.0] * 84)
    assert band.side(52) == "within"
    assert band.side(80) == "above"
    assert found([50.0] * 84, Scale.COUNT).side(60) == "within"  # a Poisson count of 50 has a spread of 7


def test_counts_are_never_expected_below_nought() -> None:
    chance = default_rng(2)
    band = found([float(value) for value in chance.poisson(2, 84)], Scale.COUNT)
    assert band.low == 0 <= band.expected


def test_days_without_a_figure_are_left_out() -> None:
    history: list[float | None] = [*(WEEK * 12)]
    for place in (5, 30, 31, 60):
        history[place] = None
    assert found(history, Scale.QUOTIENT).expected == pytest.approx(WEEK[0])


def test_a_sensitivity_of_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        expect_day(WEEK * 12, Scale.AMOUNT, sensitivity=0)


@pytest.mark.slow
def test_on_normal_days_false_alarms_stay_under_one_a_month_for_each_metric() -> None:
    """A sample of what ``python -m benchmarks.alerts`` measures, on other shops: eight shops, half a year."""
    months = 8 * 182 / (365 / 12)
    alarms = dict.fromkeys(METRICS, 0)
    for shop in range(8):
        chance = default_rng([77, shop])
        series = figures(chance, expected_orders(chance, 112 + 182))
        for metric, scale in METRICS.items():
            values = [None if isnan(value) else float(value) for value in series[metric]]
            for day in range(112, len(values)):
                band = expect_day(values[day - 84 : day], scale)
                value = values[day]
                alarms[metric] += (
                    isinstance(band, Expectation) and value is not None and band.side(value) != "within"
                )
    assert {metric: count / months for metric, count in alarms.items() if count / months >= 1} == {}
    assert any(alarms.values())
