"""Promotions: lifts, dips and losses of a shop whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.accuracy.priced import world
from numpy.testing import assert_allclose

from fondaco.analytics.pricing import Panel, cannibalisation, promotions
from fondaco.errors import ConfigError

WEEKS = np.arange(156)


def _shop(
    *,
    lift: float = 1.0,
    dip: float = 0.0,
    taken: float = 0.0,
    units: float = 200.0,
    every: int = 13,
    seed: int = 0,
) -> Panel:
    """Two teas: the first is promoted every 13 weeks at 20 % less; then its buyers have enough for a week, and some left the other."""
    random = np.random.default_rng(seed)
    on = (WEEKS % every == 5).astype(float)
    after = np.append(0, on[:-1])
    first = random.poisson(units * np.exp(np.log1p(lift) * on + np.log1p(-dip) * after))
    other_on = (WEEKS % 17 == 9).astype(float)
    second = random.poisson(units * np.exp(np.log1p(-taken) * on + 0.4 * other_on))
    price = np.concatenate([10 * (1 - 0.2 * on), 8 * (1 - 0.1 * other_on)])
    return Panel.of(
        np.repeat(["a", "b"], len(WEEKS)), np.tile(WEEKS, 2), np.concatenate([first, second]), price,
        promotions={"flyer": np.concatenate([on, other_on])},
    )  # fmt: skip


class TestLift:
    def test_is_found_with_its_units(self) -> None:
        found = promotions(_shop(lift=1.0))
        assert found.doubts == ("", "")
        assert found.lift.low[0] < 1.0 < found.lift.high[0]
        assert_allclose(found.usual[0], 200, rtol=0.05)
        assert_allclose(found.extra.mean[0], 200, rtol=0.15)
        assert (found.events[0], found.periods[0]) == (12, 1.0)

    def test_lies_within_the_intervals_of_nine_in_ten_shops(self) -> None:
        found = [promotions(_shop(seed=seed), dip_periods=2) for seed in range(60)]
        inside = [each.lift.low[0] < 1.0 < each.lift.high[0] for each in found]
        assert 0.83 <= np.mean(inside) <= 0.99

    def test_leaves_the_rest_net(self) -> None:
        shop = world(2, products=9)
        found = promotions(shop.panel, shop.groups)
        assert_allclose(found.net.mean, found.extra.mean - found.dip.mean)

    def test_of_an_event_of_two_weeks_is_that_of_both(self) -> None:
        random, on = np.random.default_rng(3), (WEEKS % 13 < 2).astype(float)
        panel = Panel.of(
            np.full(len(WEEKS), "a"),
            WEEKS,
            random.poisson(100 * 2.0**on),
            10 - 2 * on,
            promotions={"flyer": on},
        )
        found = promotions(panel)
        assert found.periods[0] == 2
        assert_allclose(found.extra.mean[0], 200, rtol=0.15)


class TestPullForward:
    def test_is_what_is_missing_after(self) -> None:
        found = promotions(_shop(lift=1.0, dip=0.4))
        assert found.dip.low[0] < 80 < found.dip.high[0]
        assert found.pulled_forward[0] == pytest.approx(0.4, abs=0.15)
        assert found.net.low[0] < 120 < found.net.high[0]

    def test_is_not_seen_where_there_is_none(self) -> None:
        found = promotions(_shop(lift=1.0, dip=0.0))
        assert found.dip.low[0] < 0 < found.dip.high[0]

    def test_has_no_share_where_the_promotion_brought_nothing(self) -> None:
        assert np.isnan(promotions(_shop(lift=0.0)).pulled_forward[0])

    def test_may_be_left_out(self) -> None:
        assert promotions(_shop(), dip_periods=0).dip.mean.tolist() == [0, 0]


class TestCannibalisation:
    def test_is_what_the_neighbour_loses(self) -> None:
        found = cannibalisation(_shop(taken=0.3))
        first = (found.effects.product == "b").argmax()
        assert found.effects.neighbour[first] == "a"
        assert found.effects.known.all()
        assert found.units.low[first] < 60 < found.units.high[first]
        assert found.units.low[first] > 20

    def test_is_not_seen_where_there_is_none(self) -> None:
        found = cannibalisation(_shop(taken=0.0))
        assert ((found.units.low < 0) & (found.units.high > 0)).all()


class TestTheDataCannotSay:
    @pytest.mark.parametrize(
        ("on", "said"),
        [
            (np.zeros(156), "it was never promoted"),
            (np.ones(156), "it was always promoted"),
            (WEEKS < 4, "it was promoted 1 times; 3 are needed"),
        ],
    )
    def test_of_promotions_that_never_were_or_always(self, on: np.ndarray, said: str) -> None:
        panel = Panel.of(
            np.full(156, "a"),
            WEEKS,
            5 + WEEKS % 3,
            np.full(156, 9.0),
            promotions={"flyer": np.asarray(on, float)},
        )
        found = promotions(panel)
        assert found.doubts == (said,)
        assert np.isnan(found.lift.mean[0])

    def test_without_promotions_there_is_nothing_to_ask(self) -> None:
        with pytest.raises(ConfigError, match="no promotions"):
            promotions(Panel.of(["a"], [1], [1], [1]))

    def test_an_unknown_promotion_is_named(self) -> None:
        with pytest.raises(ConfigError, match="no promotion 'radio'"):
            promotions(_shop(), promotion="radio")
