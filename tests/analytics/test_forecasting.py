"""Series of demand: how they are read, told apart, completed, and what forecasts without a model say of them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.analytics.demand import panel_of, shop

from fondaco.analytics.forecasting import available, classify, read_panel
from fondaco.analytics.forecasting.borrowing import Borrowed
from fondaco.analytics.forecasting.calendar import month_day, public_holidays, weekday
from fondaco.analytics.forecasting.censoring import completed, profile
from fondaco.analytics.forecasting.contestants import contestants
from fondaco.analytics.forecasting.measures import covered, naive_scales, pinball, rmsse, weighted
from fondaco.analytics.forecasting.simple import SeasonalMean, SeasonalNaive
from fondaco.errors import ConfigError

MONDAY = date(2026, 3, 2)


def _table(rows: list[tuple[str, int, float]], **columns: list[object]) -> pa.Table:
    """Series, day after Monday, quantity."""
    series, day, quantity = zip(*rows, strict=True)
    days = [MONDAY + timedelta(days=each) for each in day]
    return pa.table({"series": list(series), "day": days, "quantity": list(quantity), **columns})


class TestReading:
    def test_a_day_without_a_row_is_a_day_without_a_sale_once_the_series_has_begun(self) -> None:
        panel = read_panel(_table([("a", 0, 3), ("a", 3, 1), ("b", 2, 5)]))
        assert panel.ids.tolist() == ["a", "b"]
        assert panel.quantity.tolist() == [[3, 0, 0, 1], [0, 0, 5, 0]]
        assert panel.known.tolist() == [[True] * 4, [False, False, True, True]]

    def test_several_rows_of_a_day_are_added(self) -> None:
        assert read_panel(_table([("a", 0, 3), ("a", 0, 4)])).quantity.tolist() == [[7]]

    def test_a_day_on_which_it_could_not_be_bought_is_not_known(self) -> None:
        panel = read_panel(_table([("a", 0, 3), ("a", 1, 1), ("a", 2, 2)], is_available=[True, False, True]))
        assert panel.known.tolist() == [[True, False, True]]
        assert panel.quantity.tolist() == [[3, 1, 2]]

    def test_weeks_end_with_the_last_known_day_and_none_is_cut(self) -> None:
        panel = read_panel(_table([("a", day, 1) for day in range(10)]), period="week")
        assert panel.quantity.tolist() == [[3, 7]]
        assert panel.first_day == (MONDAY - date(1970, 1, 1)).days - 4

    def test_a_week_with_most_days_open_counts_in_proportion_and_another_is_not_known(self) -> None:
        rows = [("a", day, 3.0) for day in range(14)]
        panel = read_panel(_table(rows, is_available=[day != 9 for day in range(14)]), period="week")
        assert (panel.quantity.tolist(), panel.known.tolist()) == (
            [[21, 24]],
            [[True, True]],
        )  # 21 of six days
        panel = read_panel(_table(rows, is_available=[day < 10 for day in range(14)]), period="week")
        assert (panel.quantity.tolist(), panel.known.tolist()) == ([[21, 21]], [[True, False]])

    def test_rows_after_the_last_known_day_tell_plans_alone(self) -> None:
        table = _table(
            [("a", 0, 3), ("a", 1, 2), ("a", 2, 99)], price=[10.0, None, 8.0], promotion=[0.0, 0.0, 1.0]
        )
        panel = read_panel(table, until_day=(MONDAY - date(1970, 1, 1)).days + 1)
        assert panel.quantity.tolist() == [[3, 2]]
        assert panel.price is not None
        assert panel.promotion is not None
        assert panel.price.tolist() == [[10, 10, 8]]
        assert panel.promotion.tolist() == [[0, 0, 1]]

    def test_labels_of_levels_are_kept(self) -> None:
        panel = read_panel(_table([("b", 0, 3), ("a", 1, 2)], category=["y", "x"]), levels=("category",))
        assert panel.groups["category"].tolist() == ["x", "y"]

    def test_holidays_are_those_of_the_series_country(self) -> None:
        pytest.importorskip("holidays")
        rows = [("a", 59, 1.0), ("a", 65, 1.0), ("b", 59, 1.0)]  # 30 April to 6 May 2026
        panel = read_panel(_table(rows, country=["DE", "DE", "US"]))
        assert panel.holiday is not None
        assert panel.holiday[:, :7].tolist() == [[0, 1, 0, 0, 0, 0, 0], [0] * 7]

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            (_table([("a", 0, -3)]), "A quantity of the demand is -3"),
            (_table([("a", 0, float("inf"))]), "A quantity of the demand is inf"),
            (_table([("a", 0, 1)]).drop(["quantity"]), "no column 'quantity'"),
            (_table([("a", 0, 1), ("a", 1, None)]), "'quantity' of the demand lacks values"),
            (_table([("a", 0, 1), ("a", 40_000, 1)]), "twenty years"),
            (_table([("a", 0, 1)], price=[-5.0]), "A price is -5"),
            (_table([("a", 0, 1)], promotion=[20.0]), "A promotion has the strength 20"),
            (_table([("a", 0, 1)], is_available=[False]), "No series has a period"),
            (_table([("a", 0, 1)]).slice(0, 0), "no row of demand"),
        ],
    )
    def test_absurd_rows_are_named(self, table: pa.Table, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            read_panel(table)

    def test_a_series_of_two_categories_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="Series 'a' has more than one category: 'x' and 'y'"):
            read_panel(_table([("a", 0, 3), ("a", 1, 2)], category=["x", "y"]), levels=("category",))

    def test_a_country_that_nobody_knows_is_refused(self) -> None:
        pytest.importorskip("holidays")
        with pytest.raises(ConfigError, match="'ZZ' are not known"):
            public_holidays("ZZ", 20_000, 3, 1)

    def test_arrays_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(ConfigError, match=r"price \(1, 2\) instead of 1 rows and at least 3 columns"):
            panel_of([1, 2, 3], price=np.ones((1, 2)))


class TestCalendar:
    def test_days(self) -> None:
        days = np.array(
            [(each - date(1970, 1, 1)).days for each in (MONDAY, date(2024, 2, 29), date(1999, 12, 31))]
        )
        assert weekday(days).tolist() == [0, 3, 4]
        assert month_day(days).tolist() == [2, 29, 31]


class TestClasses:
    def test_those_of_syntetos_and_boylan(self) -> None:
        chance = np.random.default_rng(3)
        every = chance.poisson(20, 140)
        uneven = np.where(chance.random(140) < 0.2, 60, 2)
        seldom = np.where(np.arange(140) % 4 == 0, 5, 0)
        panel = panel_of([every, uneven, seldom, seldom * np.where(np.arange(140) % 16 == 0, 9, 0.2)])
        assert classify(panel).tolist() == ["smooth", "erratic", "intermittent", "lumpy"]

    def test_an_item_of_seven_weeks_is_new_and_one_of_eight_is_not(self) -> None:
        sold = np.full((2, 140), 5.0)
        assert classify(panel_of(sold, start=[140 - 49, 140 - 56])).tolist() == ["new", "smooth"]

    def test_a_long_silence_ends_a_series(self) -> None:
        assert classify(panel_of(np.r_[np.full(100, 3.0), np.zeros(60)])).tolist() == ["ended"]

    def test_an_empty_shelf_is_no_silence(self) -> None:
        sold = np.r_[np.full(100, 3.0), np.zeros(60)]
        assert classify(panel_of(sold, known=np.arange(160) < 100)).tolist() == ["smooth"]

    def test_a_slow_item_may_be_silent_for_long(self) -> None:
        sold = np.zeros(300)
        sold[:240:40] = 1
        assert classify(panel_of(sold)).tolist() == ["intermittent"]

    def test_what_is_silent_every_year_has_a_season_and_not_an_end(self) -> None:
        summer = np.where(np.arange(728) % 364 < 180, 4.0, 0.0)
        assert classify(panel_of(summer)).tolist() != ["ended"]


class TestCensoring:
    def test_a_gap_gets_what_its_weekday_usually_sells(self) -> None:
        sold = np.tile([1.0, 2, 3, 4, 5, 6, 7], 20)
        known = np.ones(140, dtype=bool)
        known[70:75] = False
        panel = panel_of(np.where(known, sold, 0), known=known)
        assert_allclose(completed(panel)[0, 70:75], [1, 2, 3, 4, 5], atol=0.6)

    def test_what_was_sold_before_the_shelf_was_empty_is_the_least(self) -> None:
        known = np.ones(60, dtype=bool)
        known[30] = False
        sold = np.full(60, 2.0)
        sold[30] = 9
        assert completed(panel_of(sold, known=known))[0, 30] == 9

    @given(factor=st.floats(0.01, 1000))
    def test_profiles_do_not_know_units(self, factor: float) -> None:
        assert_allclose(profile(panel_of(shop() * factor)), profile(panel_of(shop())), rtol=1e-9)


class TestSimpleForecasts:
    def test_naive_is_the_last_week_again(self) -> None:
        panel = panel_of(np.arange(21))
        assert SeasonalNaive().forecast(panel, 9, np.array([0])).tolist() == [
            [14, 15, 16, 17, 18, 19, 20, 14, 15]
        ]

    def test_naive_of_weeks_is_last_year_where_it_is_known_and_else_the_last_week(self) -> None:
        panel = panel_of([np.arange(60), np.arange(60)], period="week", start=[0, 30])
        assert SeasonalNaive().forecast(panel, 3, np.array([0, 1])).tolist() == [[8, 9, 10], [59, 59, 59]]

    def test_the_mean_of_late_keeps_weekdays(self) -> None:
        panel = panel_of(np.tile([0.0, 0, 0, 0, 0, 7, 7], 30))
        said = SeasonalMean().forecast(panel, 7, np.array([0]))[0]
        assert_allclose(said, [0, 0, 0, 0, 0, 7, 7], atol=0.6)
        assert_allclose(said.mean(), 2)

    def test_an_item_of_two_days_sells_as_its_group(self) -> None:
        sold = np.vstack([np.full((8, 100), 10.0), np.r_[np.zeros(98), 30, 30]])
        panel = panel_of(sold, start=[0] * 8 + [98], groups={"category": np.array(["x"] * 9)})
        said = Borrowed().forecast(panel, 7, np.array([8]))[0]
        assert 10 < said.mean() < 12

    def test_an_item_that_has_not_sold_yet_borrows_all(self) -> None:
        sold = np.vstack([np.full((8, 100), 10.0), np.full((8, 100), 2.0), np.zeros((1, 100))])
        groups = {"category": np.array(["x"] * 8 + ["y"] * 9)}
        panel = panel_of(sold, start=[0] * 16 + [100], groups=groups)
        assert_allclose(Borrowed().forecast(panel, 7, np.array([16]))[0], 2)


class TestMeasures:
    def test_of_a_worked_example(self) -> None:
        """Changes 2, 2, 4: mean square 8, mean 8/3; errors 1 and 3 have the mean square 5."""
        panel = panel_of([0, 1, 3, 1, 5])
        square, absolute = naive_scales(panel)
        assert_allclose([square[0], absolute[0]], [8**0.5, 8 / 3])
        error = rmsse(np.array([[4.0, 6]]), np.array([[5.0, 3]]), np.ones((1, 2), dtype=bool), square)
        assert_allclose(error, [(5 / 8) ** 0.5])

    def test_censored_periods_count_nowhere(self) -> None:
        known = np.array([[True, False]])
        assert_allclose(rmsse(np.array([[4.0, 0]]), np.array([[5.0, 9]]), known, np.array([1.0])), [1])

    def test_nothing_to_measure_is_no_zero(self) -> None:
        assert np.isnan(
            rmsse(np.ones((1, 2)), np.ones((1, 2)), np.zeros((1, 2), dtype=bool), np.ones(1))
        ).all()
        assert np.isnan(weighted(np.array([np.nan]), np.array([1.0])))
        assert weighted(np.array([1.0, np.nan, 3.0]), np.array([3.0, 9.0, 1.0])) == 1.5

    def test_pinball(self) -> None:
        assert pinball(np.array([10.0, 10]), np.array([8.0, 14]), 0.9).tolist() == pytest.approx([1.8, 0.4])

    @given(rate=st.floats(0.05, 30))
    def test_counts_from_their_own_distribution_are_covered_as_promised(self, rate: float) -> None:
        from scipy.stats import poisson

        levels = np.arange(1, 200) / 200
        counts = np.arange(0, 200)
        quantiles = np.broadcast_to(poisson.ppf(levels, rate), (len(counts), len(levels)))
        found = covered(counts.astype(float), quantiles, levels, 0.1, 0.9)
        # Levels are a two-hundredth apart.
        assert_allclose((found * poisson.pmf(counts, rate)).sum(), 0.8, atol=0.015)


class TestContestants:
    def test_one_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="no contestant 'crystal ball'"):
            contestants(("crystal ball",), seed=0)

    def test_seasonal_naive_always_takes_part(self) -> None:
        assert [one.name for one in contestants((), seed=0)] == ["seasonal naive"]
        assert available()[0] == "seasonal naive"

    @pytest.mark.parametrize("name", available())
    def test_each_is_a_number_from_0_on_whatever_the_series(self, name: str) -> None:
        odd = np.zeros((7, 120))
        odd[0], odd[1, 60], odd[2, -1] = 5, 1000, 1
        odd[3] = np.arange(120)
        odd[4, ::30] = 2
        odd[5] = shop(1, 120)[0]
        known = np.ones((7, 120), dtype=bool)
        known[3, -40:] = False
        panel = panel_of(odd, known=known, start=[0, 0, 119, 0, 0, 30, 120])
        found = contestants((name,), seed=0)[-1].forecast(panel, 21, np.arange(7))
        assert found.shape == (7, 21)
        assert np.isfinite(found).all()
        assert (found >= 0).all()

    @pytest.mark.parametrize("name", available())
    def test_each_takes_a_history_of_nine_weeks(self, name: str) -> None:
        few = panel_of(shop(5, 9), period="week", start=[0, 3, 7, 8, 9])
        assert np.isfinite(contestants((name,), seed=0)[-1].forecast(few, 8, np.arange(5))).all()

    def test_none_of_their_libraries_is_imported_with_the_room(self) -> None:
        code = (
            "import sys, fondaco.analytics.forecasting\n"
            "print([m for m in ('statsforecast', 'xgboost', 'prophet', 'pandas', 'holidays', 'fugue', 'ray', 'scipy') if m in sys.modules])"
        )
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == "[]"
