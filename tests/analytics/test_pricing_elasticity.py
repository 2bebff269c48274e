"""Elasticities: truths of a simulated shop, laws, and data that cannot say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.accuracy.priced import World, world
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from fondaco.analytics.pricing import Controls, Panel, cross_elasticities, elasticities, pool
from fondaco.analytics.pricing.counts import fit_counts
from fondaco.errors import ConfigError

WEEKS = np.arange(104)


@pytest.fixture(scope="module")
def shop() -> World:
    return world(1)


def _one(price: Any, *, elasticity: float = -2.0, units: float = 40.0, seed: int = 0, **more: Any) -> Panel:
    """A product of one shop, by week."""
    price = np.broadcast_to(np.asarray(price, float), WEEKS.shape)
    sold = np.random.default_rng(seed).poisson(units * (price / price[0]) ** elasticity)
    return Panel.of(np.full(len(WEEKS), "tea"), WEEKS, sold, price, **more)


def _jumping(seed: int = 0) -> np.ndarray:
    return np.asarray(10 * np.exp(np.random.default_rng(seed).choice([-0.2, -0.1, 0, 0.1], len(WEEKS))))


class TestTruth:
    @pytest.mark.slow
    def test_lies_within_the_intervals_of_nine_in_ten_products(self) -> None:
        inside = []
        for seed in range(8):
            shop = world(seed)
            low, high = elasticities(shop.panel, shop.groups).interval(0.9)
            inside.append((low <= shop.truth) & (shop.truth <= high))
        assert 0.85 <= np.mean(inside) <= 0.95

    def test_is_nearer_after_pooling_than_by_each_product_alone(self, shop: World) -> None:
        found = elasticities(shop.panel, shop.groups)
        assert np.mean((found.mean - shop.truth) ** 2) < 0.6 * np.mean((found.own - shop.truth) ** 2)

    def test_of_one_product_without_a_group_is_its_own_estimate(self) -> None:
        found = elasticities(_one(_jumping()))
        assert_allclose(found.mean, found.own, atol=1e-6)
        assert abs(found.mean[0] + 2) < 2 * found.sd[0] < 0.6

    def test_is_found_where_most_weeks_sell_nothing(self) -> None:
        """Where a regression of logarithms has to leave out or fill in six weeks of ten."""
        found = elasticities(_one(_jumping(), units=0.5, seed=4))
        assert abs(found.own[0] + 2) < 2 * found.own_error[0]

    def test_stockouts_are_no_lack_of_demand(self) -> None:
        panel = _one(_jumping())
        out = panel.price < 9
        emptied = Panel.of(
            panel.products[panel.product],
            panel.period,
            np.where(out, 0, panel.quantity),
            panel.price,
            stocked_out=out,
        )
        found = elasticities(emptied)
        assert abs(found.mean[0] + 2) < 2 * found.sd[0]
        blind = elasticities(
            Panel.of(panel.products[panel.product], panel.period, emptied.quantity, panel.price)
        )
        assert blind.own[0] > 0

    def test_of_a_price_that_follows_its_rivals_needs_the_rivals(self) -> None:
        """Both shops' teas move together and take each other's buyers: −3 for the own price, +2 for the other's."""
        random = np.random.default_rng(2)
        together, apart = random.choice([-0.2, 0, 0.1], (104,)), random.choice([-0.05, 0, 0.05], (2, 104))
        log_price = together + apart
        sold = random.poisson(60 * np.exp(-3 * log_price + 2 * log_price[::-1]))
        panel = Panel.of(
            np.repeat(["a", "b"], 104), np.tile(WEEKS, 2), sold.ravel(), 10 * np.exp(log_price).ravel()
        )
        assert (np.abs(elasticities(panel, controls=Controls(rivals=True)).own + 3) < 0.6).all()
        assert (elasticities(panel).own > -2).all()
        cross = cross_elasticities(panel)
        assert cross.doubts == ("", "")
        assert (np.abs(cross.mean - 2) < 2 * cross.sd).all()


class TestLaws:
    @settings(max_examples=10, deadline=None)
    @given(rate=st.floats(0.01, 150))
    def test_the_currency_does_not_matter(self, rate: float) -> None:
        panel = _one(_jumping())
        other = Panel.of(panel.products[panel.product], panel.period, panel.quantity, rate * panel.price)
        assert_allclose(elasticities(other).mean, elasticities(panel).mean, atol=1e-6)
        assert_allclose(elasticities(other).sd, elasticities(panel).sd, atol=1e-6)

    def test_the_order_of_rows_and_the_names_do_not_matter(self, shop: World) -> None:
        order = np.random.default_rng(0).permutation(len(shop.panel))
        p = shop.panel
        shuffled = Panel.of(
            p.products[p.product][order], p.period[order], p.quantity[order], p.price[order],
            location=p.locations[p.location][order], promotions={"display": p.promotions["display"][order]},
        )  # fmt: skip
        assert_allclose(elasticities(shuffled, shop.groups).mean, elasticities(p, shop.groups).mean)

    @settings(max_examples=50, deadline=None)
    @given(
        estimates=st.lists(st.floats(-6, 2), min_size=2, max_size=12),
        errors=st.lists(st.floats(0.05, 3), min_size=12, max_size=12),
    )
    def test_pooling_lies_between_the_own_estimate_and_the_group(
        self, estimates: list[float], errors: list[float]
    ) -> None:
        own, error = np.array(estimates), np.array(errors[: len(estimates)])
        found = pool(own, error, np.full(len(own), "all"))
        assert (found.mean >= own.min() - 1e-9).all()
        assert (found.mean <= own.max() + 1e-9).all()
        assert ((found.own_weight > 0) & (found.own_weight < 1)).all()
        more_sure = pool(own, error / 10, np.full(len(own), "all"))
        assert (more_sure.own_weight >= found.own_weight).all()

    def test_what_was_not_estimated_gets_what_is_known_of_its_group(self) -> None:
        own = np.array([-2.0, -2.2, -1.9, 0.0, -5.0, -5.1])
        error = np.array([0.1, 0.1, 0.1, np.inf, 0.1, 0.1])
        found = pool(own, error, np.array(["a", "a", "a", "a", "b", "b"]))
        assert -2.3 < found.mean[3] < -1.8
        assert found.sd[3] == pytest.approx(found.group_sd[3])
        assert found.sd[3] > 2 * found.sd[0]
        assert found.own_weight[3] == 0

    @pytest.mark.slow
    def test_pooled_intervals_hold_what_was_estimated_and_what_was_not(self) -> None:
        random = np.random.default_rng(6)
        inside = []
        for _ in range(60):
            group = np.arange(60) % 3
            truth = random.normal(-2, 0.5, 3)[group] + random.normal(0, 0.5, 60)
            error = np.where(np.arange(60) < 12, np.inf, random.uniform(0.2, 1.0, 60))
            own = truth + random.normal(size=60) * np.where(np.isfinite(error), error, 0)
            found = pool(own, error, group.astype(str))
            inside.append(np.abs(found.mean - truth) <= 1.645 * found.sd)
        assert 0.86 <= np.mean(inside, axis=0)[:12].mean() <= 0.96
        assert 0.86 <= np.mean(inside, axis=0)[12:].mean() <= 0.95

    def test_standard_errors_know_that_a_week_is_the_same_in_all_shops_and_like_the_next(self) -> None:
        """Eight shops share shocks that last: by the model alone the intervals of 90 % would hold the truth in about half."""
        random, shops = np.random.default_rng(9), 8
        off = []
        for _ in range(150):
            shock = np.zeros(104)
            for week in range(1, 104):
                shock[week] = 0.5 * shock[week - 1] + random.normal(0, 0.3)
            log_price = np.repeat(random.choice([-0.2, -0.1, 0, 0.1], 26), 4)
            sold = random.poisson(30 * np.exp(-2 * log_price + shock), (shops, 104))
            fit = fit_counts(
                sold.ravel().astype(float), np.tile(log_price, shops)[:, None],
                np.repeat(np.arange(shops), 104), np.tile(WEEKS, shops),
            )  # fmt: skip
            model = 1 / np.sqrt(fit.information[0, 0])
            off.append(np.abs(fit.coefficients[0] + 2) / np.array([fit.errors[0], model]))
        robust, model = (np.array(off) < 1.645).mean(axis=0)
        assert robust > 0.82
        assert model < 0.65

    def test_levels_of_shops_are_swept_out_exactly(self) -> None:
        """As a Poisson regression with a column for each shop has it, whose first-order conditions these are."""
        random = np.random.default_rng(3)
        shop, x = np.repeat(np.arange(5), 40), random.normal(size=(200, 2))
        y = random.poisson(np.exp(1 + shop / 3 + x @ [-1, 0.5])).astype(float)
        fit = fit_counts(y, x, shop, np.tile(np.arange(40), 5))
        mean = np.exp(fit.intercepts[shop] + x @ fit.coefficients)
        weight = 1 / (1 + fit.spread * mean)
        assert_allclose(x.T @ (weight * (y - mean)), 0, atol=1e-4)
        assert_allclose(np.bincount(shop, weight * (y - mean)), 0, atol=1e-4)

    def test_forecasts_add_up_to_what_was_sold(self, shop: World) -> None:
        told = elasticities(shop.panel, shop.groups).expected(shop.panel)
        assert_allclose(told.sum(), shop.panel.quantity.sum(), rtol=1e-9)

    def test_steps_come_to_rest_where_counts_spread_widely(self) -> None:
        """Without shorter steps these go round in circles."""
        random = np.random.default_rng(20)
        x = random.normal(size=(115, 3))
        y = np.floor(np.exp(4 + x @ [-2.0, 0.3, 0.5] + random.normal(0, 1.6, 115)))
        assert fit_counts(y, x, np.zeros(115, np.int64), np.arange(115)).converged


class TestForecasts:
    def test_follow_the_price(self) -> None:
        found = elasticities(_one(_jumping()))
        week = np.array([103, 104])
        told = found.expected(Panel.of(["tea", "tea"], week, [0, 0], [10, 20]))
        assert 0.2 < told[1] / told[0] < 0.32

    def test_let_no_trend_run_on(self) -> None:
        random = np.random.default_rng(0)
        price = _jumping()
        sold = random.poisson(40 * (price / 10) ** -2 * np.exp(WEEKS / 104))
        found = elasticities(Panel.of(np.full(104, "tea"), WEEKS, sold, price), controls=Controls(year=5000))
        soon, late = found.expected(Panel.of(["tea", "tea"], [104, 400], [0, 0], [10, 10]))
        assert soon == pytest.approx(late)
        assert soon > 80

    def test_are_not_made_of_products_and_shops_that_are_not_known(self) -> None:
        found = elasticities(_one(_jumping()))
        other = Panel.of(
            ["tea", "coffee", "tea"], [1, 1, 1], [1, 1, 1], [9, 9, 9], location=["0.0", "0.0", "moon"]
        )
        assert np.isnan(found.expected(other)).tolist() == [True, False, True]


class TestTheDataCannotSay:
    def test_where_the_price_never_changed(self) -> None:
        found = elasticities(_one(10.0))
        assert found.doubts == ("its price never changed",)
        assert not found.known[0]

    def test_where_it_changed_once(self) -> None:
        assert elasticities(_one(np.where(WEEKS < 50, 10, 9))).doubts == (
            "its price changed in 1 periods; 3 are needed",
        )

    def test_where_it_hardly_moved(self) -> None:
        assert "hardly moved" in elasticities(_one(10 + 0.06 * (WEEKS % 2))).doubts[0]

    def test_where_it_moves_with_the_season(self) -> None:
        price = 10 * np.exp(0.2 * np.sin(2 * np.pi * WEEKS / 52.18))
        assert "moves with season and trend only" in elasticities(_one(price)).doubts[0]

    def test_where_it_moves_with_promotions(self) -> None:
        on = (WEEKS % 7 == 0).astype(float)
        doubt = elasticities(_one(10 * np.exp(-0.2 * on), promotions={"display": on})).doubts[0]
        assert "moves with its promotions only" in doubt

    def test_where_little_was_sold(self) -> None:
        assert "units in all" in elasticities(_one(_jumping(), units=0.1)).doubts[0]

    def test_where_few_weeks_are_known(self) -> None:
        panel = _one(_jumping())
        assert elasticities(panel.rows(panel.period < 12)).doubts == (
            "it has 12 periods on sale; 20 are needed",
        )

    def test_where_more_was_sold_at_higher_prices(self) -> None:
        assert "more was sold at higher prices" in elasticities(_one(_jumping(), elasticity=2.0)).doubts[0]

    def test_and_is_believed_to_be_like_its_group_all_the_same(self, shop: World) -> None:
        p = shop.panel
        still = np.where(p.product == 0, 10.0, p.price)
        panel = Panel.of(p.products[p.product], p.period, p.quantity, still, location=p.locations[p.location])
        found = elasticities(panel, shop.groups)
        assert found.doubts[0] == "its price never changed"
        assert found.mean[0] == pytest.approx(found.group_mean[0])

    def test_of_neighbours_that_are_too_many(self) -> None:
        panel = _one(_jumping()).rows(WEEKS < 21)
        rows = [panel] * 8
        many = Panel.of(
            np.repeat([f"p{k}" for k in range(8)], 21), np.concatenate([r.period for r in rows]),
            np.concatenate([r.quantity for r in rows]), np.concatenate([r.price for r in rows]),
        )  # fmt: skip
        assert "7 neighbours need" in cross_elasticities(many).doubts[0]

    def test_of_neighbours_whose_prices_move_as_one(self) -> None:
        price = _jumping()
        panel = Panel.of(np.repeat(["a", "b"], 104), np.tile(WEEKS, 2), np.full(208, 5), np.tile(price, 2))
        assert "never changed, or only as others did" in cross_elasticities(panel).doubts[0]


class TestRows:
    def test_may_be_arrow(self) -> None:
        panel = _one(_jumping())
        table = pa.table(
            {"product": ["tea"] * 104, "period": panel.period, "units": panel.quantity, "price": panel.price}
        )
        arrow = Panel.of(
            table["product"], table["period"], table["units"], table["price"], location=table["product"]
        )
        assert_allclose(elasticities(arrow).mean, elasticities(panel).mean)

    def test_of_periods_that_are_missing_are_unknown_and_not_empty(self) -> None:
        panel = _one(_jumping())
        found = elasticities(panel.rows(panel.period % 5 != 0))
        assert abs(found.mean[0] + 2) < 2 * found.sd[0]


class TestAbsurdRows:
    @pytest.mark.parametrize(
        ("column", "value", "said"),
        [
            (
                "price",
                0.0,
                "1 rows have a price that is not above 0; the first is of product 'tea' in period 3",
            ),
            ("price", float("nan"), "no price that is a number"),
            ("quantity", -2.0, "a quantity below 0"),
            ("period", 3.5, "a period that is no whole number"),
            ("period", 4.0, "two rows of one location and period"),
        ],
    )
    def test_are_named(self, column: str, value: float, said: str) -> None:
        rows = {"period": WEEKS.astype(float), "quantity": np.full(104, 5.0), "price": np.full(104, 9.0)}
        rows[column][3] = value
        with pytest.raises(ConfigError, match=said):
            Panel.of(np.full(104, "tea"), **rows)

    def test_columns_of_different_length_are_refused(self) -> None:
        with pytest.raises(ConfigError, match="different length"):
            Panel.of(["a"], [1, 2], [1], [1])

    def test_a_promotion_is_a_share(self) -> None:
        with pytest.raises(ConfigError, match="a display outside 0 to 1"):
            Panel.of(["a"], [1], [1], [1], promotions={"display": [20]})

    def test_a_product_without_a_group_is_named(self, shop: World) -> None:
        with pytest.raises(ConfigError, match="30 products have no group; the first is 'p000'"):
            elasticities(shop.panel, {})

    def test_a_year_of_one_period_and_no_rows_are_refused(self) -> None:
        with pytest.raises(ConfigError, match="A year has 1 periods"):
            Controls(year=1)
        with pytest.raises(ConfigError, match="no rows"):
            elasticities(_one(10.0).rows(WEEKS < 0))
