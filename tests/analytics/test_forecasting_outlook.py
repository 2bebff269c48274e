"""Forecasts with quantiles: laws that hold of any panel, and what a tournament may know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.analytics.demand import panel_of, shop

from fondaco.analytics.forecasting import DemandForecast, Panel, available, forecast_demand
from fondaco.analytics.forecasting.calibration import Calibration, conformal
from fondaco.analytics.forecasting.contestants import contestants
from fondaco.analytics.forecasting.outlook import level_name
from fondaco.analytics.forecasting.tournament import ENDED, Choice, back_tests, hold, origins_of
from fondaco.errors import ConfigError

SIMPLE = ("seasonal mean", "group")


def _forecast(panel: Panel, horizon: int = 14) -> DemandForecast:
    return forecast_demand(panel, horizon, names=SIMPLE, seed=3)


class TestLaws:
    @given(seed=st.integers(0, 10_000), most=st.floats(0.01, 40))
    @settings(max_examples=15, deadline=None)
    def test_quantiles_are_from_0_on_and_rise_with_their_level(self, seed: int, most: float) -> None:
        found = _forecast(panel_of(shop(seed=seed, most=max(most, 0.3))))
        assert (found.mean >= 0).all()
        assert (found.quantiles >= 0).all()
        assert (np.diff(found.quantiles, axis=-1) >= 0).all()

    @given(factor=st.floats(0.05, 500))
    @settings(max_examples=15, deadline=None)
    def test_another_unit_changes_the_unit_alone(self, factor: float) -> None:
        sold = shop() * 1.37
        found, scaled = _forecast(panel_of(sold)), _forecast(panel_of(sold * factor))
        assert_allclose(scaled.mean, found.mean * factor, rtol=1e-6)
        assert_allclose(scaled.quantiles, found.quantiles * factor, rtol=1e-6, atol=1e-9 * factor)

    @pytest.mark.parametrize("name", [name for name in available() if name != "boosted trees"])
    def test_another_unit_changes_no_model(self, name: str) -> None:
        model = contestants((name,), seed=0)[-1]
        rows = np.arange(4)
        one = model.forecast(panel_of(shop(4)), 7, rows)
        # The libraries' optimisers stop where they gain little, a little elsewhere in other units.
        assert_allclose(model.forecast(panel_of(shop(4) * 16), 7, rows), one * 16, rtol=0.05)

    @given(first=st.integers(20, 130), count=st.integers(3, 40))
    @settings(max_examples=15, deadline=None)
    def test_days_without_goods_do_not_lower_the_forecast(self, first: int, count: int) -> None:
        sold = shop()
        gone = np.zeros(sold.shape, dtype=bool)
        gone[4, first : first + count] = True
        empty = np.where(gone, 0.0, sold)
        told, untold = _forecast(panel_of(empty, known=~gone)), _forecast(panel_of(empty))
        assert told.mean[4].sum() >= untold.mean[4].sum() - 1e-9

    def test_nor_do_they_change_it_much(self) -> None:
        sold = shop()
        gone = np.zeros(sold.shape, dtype=bool)
        gone[:, -10:] = True
        told = _forecast(panel_of(np.where(gone, 0.0, sold), known=~gone))
        assert_allclose(told.mean.sum(), _forecast(panel_of(sold)).mean.sum(), rtol=0.15)

    def test_whole_units_have_whole_quantiles(self) -> None:
        assert (_forecast(panel_of(shop())).quantiles % 1 == 0).all()
        assert (_forecast(panel_of(shop() * 0.3)).quantiles % 1 != 0).any()

    def test_the_same_seed_gives_the_same(self) -> None:
        panel = panel_of(shop())
        assert (_forecast(panel).quantiles == _forecast(panel).quantiles).all()


class TestCalibration:
    def test_of_nine_errors_the_ninth_holds_nine_tenths(self) -> None:
        errors = np.arange(1.0, 10)
        assert conformal(errors, np.array([0.1, 0.5, 0.9])).tolist() == [1, 5, 9]
        assert conformal(np.array([]), np.array([0.5])).tolist() == [0.5]

    def test_intervals_hold_as_often_as_they_say(self) -> None:
        sold = shop(150, 200, seed=5)
        found = _forecast(panel_of(sold[:, :186])).at([0.1, 0.9])
        actual = sold[:, 186:]
        # Counts: both ends belong to the interval, so that it holds at least so much; without its ends at most.
        assert ((actual >= found[..., 0]) & (actual <= found[..., 1])).mean() > 0.8
        assert ((actual > found[..., 0]) & (actual < found[..., 1])).mean() < 0.8

    def test_sums_along_sample_paths_hold_too(self) -> None:
        sold = shop(150, 200, seed=6)
        paths = _forecast(panel_of(sold[:, :186])).paths(400, seed=1)
        assert paths.shape == (150, 400, 14)
        low, high = np.quantile(paths.sum(axis=2), [0.1, 0.9], axis=1)
        total = sold[:, 186:].sum(axis=1)
        # 150 sums: 80 % give or take 3.3 points, and ends that count.
        assert 0.7 < ((total >= low) & (total <= high)).mean() < 0.92

    def test_sums_along_sample_paths_are_on_average_what_the_forecast_says_whoever_sells_much_or_little(
        self,
    ) -> None:
        """From two pieces a year to two a day: what one series was off by must not become pieces of another."""
        rates = np.repeat([0.006, 0.02, 0.06, 0.2, 0.6, 2.0], 40)
        sold = np.random.default_rng(11).poisson(rates[:, np.newaxis], (len(rates), 400)).astype(float)
        found = forecast_demand(panel_of(sold), 28, names=("TSB", "seasonal mean"), seed=1)
        assert {"intermittent", "smooth"} <= set(found.classes.tolist())
        told = found.paths(300, seed=2).sum(axis=2).mean(axis=1)
        for rate in np.unique(rates):
            of = rates == rate
            ratio = told[of].sum() / (28 * rate * of.sum())
            # Of rare sales a single forecast says little, and its errors widen what is told.
            assert 0.85 < ratio < 1.15 if rate >= 0.2 else 0.4 < ratio < 2.5, rate

    def test_on_days_without_a_known_truth_and_with_none_at_all_paths_are_drawn_from_the_distribution(
        self,
    ) -> None:
        unknown = Calibration({"smooth": np.full((3, 5), np.nan)}, is_whole=True)
        paths = unknown.paths(np.full((1, 5), 4.0), np.full((1, 5), 2.0), np.array(["smooth"]), 4000, 1)
        assert paths.mean() == pytest.approx(4, rel=0.02)
        assert paths.std() == pytest.approx(2, rel=0.03)


class TestTournament:
    def test_no_contestant_sees_what_came(self) -> None:
        """Whatever is sold in the last two weeks, the back-test before them says the same."""
        sold = shop()
        other = sold.copy()
        other[:, -14:] = 1000
        players = contestants(available(), seed=0)
        said = [
            back_tests(panel_of(each), 14, players, origins=1, most_series=50, seed=0)[0]
            for each in (sold, other)
        ]
        for one in players:
            assert (said[0].forecasts[one.name] == said[1].forecasts[one.name]).all(), one.name
        assert (said[0].classes == said[1].classes).all()
        assert (said[0].weight == said[1].weight).all()

    def test_an_origin_has_no_part_in_the_choice_by_which_it_is_told(self) -> None:
        players = contestants(SIMPLE, seed=0)
        tests = back_tests(panel_of(shop(30)), 14, players, origins=3, most_series=50, seed=0)
        changed = [replace(tests[0], actual=tests[0].actual[:, ::-1] * 3), *tests[1:]]
        held, other = hold(tests), hold(changed)
        assert {name: each[0] for name, each in held.at_origin.items()} == {
            name: each[0] for name, each in other.at_origin.items()
        }

    def test_the_winner_of_a_class_is_told_with_its_error_and_that_of_seasonal_naive(self) -> None:
        standings = {one.series_class: one for one in _forecast(panel_of(shop(40))).standings}
        for one in standings.values():
            assert [name for name, _ in one.scores] and one.tests >= 1
            if one.series_class in {"smooth", "intermittent"}:
                assert one.error < one.naive_error

    def test_an_ended_item_sells_nothing(self) -> None:
        sold = shop()
        sold[0, :70], sold[0, 70:] = 5, 0
        found = _forecast(panel_of(sold))
        assert found.classes[0] == "ended"
        assert not found.mean[0].any()
        assert not found.quantiles[0].any()

    def test_a_choice_is_named_by_its_members(self) -> None:
        said = {"ETS": np.array([[1.0]]), "Theta": np.array([[3.0]]), "TSB": np.array([[8.0]])}
        mean = Choice(("ETS", "Theta", "TSB"), "mean")
        assert (mean.name, mean.of(said).tolist()) == ("mean of ETS, Theta, TSB", [[4]])
        assert Choice(("ETS", "Theta", "TSB"), "median").of(said).tolist() == [[3]]
        assert ENDED.name == "nothing"

    def test_origins_are_a_horizon_apart_or_closer(self) -> None:
        assert origins_of(panel_of(np.ones(400)), 28, 3) == [372, 344, 316]
        assert origins_of(panel_of(np.ones(98)), 28, 3) == [70, 63, 56]

    @pytest.mark.parametrize(
        ("days", "horizon", "said"),
        [(400, 0, "reach 0 days"), (400, 183, "1 to 182 days"), (60, 28, "60 days of history are too few")],
    )
    def test_what_cannot_be_tried_is_refused(self, days: int, horizon: int, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            forecast_demand(panel_of(np.ones(days)), horizon, names=())

    @pytest.mark.parametrize("levels", [(), (0.0,), (0.9, 0.1), (1.5,)])
    def test_levels_that_are_none_are_refused(self, levels: tuple[float, ...]) -> None:
        with pytest.raises(ConfigError, match="The levels of the quantiles"):
            forecast_demand(panel_of(shop()), 7, levels=levels, names=())

    def test_half_a_year_ahead(self) -> None:
        found = _forecast(panel_of(shop(12, 400)), 182)
        assert found.mean.shape == (12, 182)
        assert _forecast(panel_of(shop(12, 60), period="week"), 26).mean.shape == (12, 26)


class TestTable:
    def test_a_row_for_each_series_and_day(self) -> None:
        found = forecast_demand(panel_of(shop(3)), 2, levels=(0.1, 0.975), names=())
        table = found.table()
        assert table.column_names == ["series", "day", "series_class", "mean", "q10", "q975"]
        assert table.num_rows == 6
        assert table.column("day").to_pylist()[0].toordinal() - 719_163 == 20_140

    def test_columns_are_named_by_their_level(self) -> None:
        assert [level_name(each) for each in (0.05, 0.1, 0.5, 0.975, 0.99)] == [
            "q05",
            "q10",
            "q50",
            "q975",
            "q99",
        ]


class TestOfAllThatIsInstalled:
    @pytest.mark.slow
    def test_it_beats_seasonal_naive(self) -> None:
        sold = shop(24, 240, seed=9)
        found = forecast_demand(panel_of(sold[:, :226]), 14, origins=2, seed=0)
        naive = sold[:, 219:226][:, np.arange(14) % 7]
        actual = sold[:, 226:]
        assert ((found.mean - actual) ** 2).mean() < 0.8 * ((naive - actual) ** 2).mean()
