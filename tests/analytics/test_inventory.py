"""Rules of stock, against worked examples of textbooks, answers of stockpyl (an independent library) and laws."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from fondaco.analytics.inventory import (
    Candidate,
    Counts,
    Demand,
    Gamma,
    LeadTime,
    Normal,
    Sampled,
    Terms,
    economic_order_quantity,
    fill_rate,
    in_multiples,
    newsvendor,
    over_protection_period,
    paths_over_protection_period,
    plan_order,
    reorder_for_fill_rate,
    reorder_for_service_level,
    stockout_risk,
)
from fondaco.errors import ConfigError

KINDS: list[Demand] = [Normal(50, 8), Gamma(50, 30), Counts(3, 2.5), Counts(4, 2)]
KINDS.append(Sampled(np.random.default_rng(1).gamma(2, 10, 2000)))
NAMES = ["normal", "gamma", "negative binomial", "poisson", "sampled"]


def _stockpyl(what: str) -> np.ndarray:
    """Its answers: rows of three arguments and what it says."""
    with (Path(__file__).parent / "data" / "stockpyl.csv").open(encoding="utf-8") as file:
        found = [
            [row["a"], row["b"], row["c"], row["said"]] for row in csv.DictReader(file) if row["what"] == what
        ]
    return np.array(found, dtype=float).T


class TestAsAnotherLibraryHasIt:
    def test_order_quantities(self) -> None:
        order_cost, holding, demand, said = _stockpyl("eoq")
        assert_allclose(economic_order_quantity(demand, order_cost, holding, 1).quantity, said)

    @pytest.mark.parametrize(
        ("what", "kind"),
        [("normal_loss", Normal), ("poisson_loss", Counts), ("negative_binomial_loss", Counts)],
    )
    def test_shortages(self, what: str, kind: type[Normal | Counts]) -> None:
        stock, mean, sd, said = _stockpyl(what)
        assert_allclose(kind(mean, sd).shortage(stock), said, atol=1e-6)

    @pytest.mark.parametrize("what", ["newsvendor_normal", "newsvendor_poisson"])
    def test_goods_of_one_season(self, what: str) -> None:
        over, under, mean, said = _stockpyl(what)
        demand = Normal(mean, mean / 5) if what == "newsvendor_normal" else Counts(mean, mean**0.5)
        assert_allclose(
            newsvendor(demand, price=10 + under, unit_cost=10, salvage=10 - over).quantity, said, rtol=1e-6
        )


class TestOrderQuantity:
    def test_of_the_textbook(self) -> None:
        """Snyder and Shen (2019), example 3.1: 1,300 candy bars a year, 8 dollars an order, 0.225 a bar and year."""
        found = economic_order_quantity(1300, 8, 0.75, 0.3)
        assert_allclose(found.quantity, 304.047, atol=0.001)
        assert_allclose(found.yearly_cost, 68.411, atol=0.001)

    def test_half_as_much_again_costs_eight_percent_more(self) -> None:
        best = economic_order_quantity(1000, 20, 5, 0.2)
        more = 1.5 * best.quantity
        cost = 20 * 1000 / more + 5 * 0.2 * more / 2
        assert_allclose(cost / best.yearly_cost, 13 / 12)

    def test_nothing_is_ordered_of_what_nobody_wants(self) -> None:
        found = economic_order_quantity([0, 100], 8, 1, 0.3)
        assert [found.quantity[0], found.orders_a_year[0], found.yearly_cost[0]] == [0, 0, 0]

    def test_holding_that_costs_nothing_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="any quantity would do"):
            economic_order_quantity(100, 8, 0, 0.3)

    def test_packs_are_whole_and_small_orders_raised(self) -> None:
        assert in_multiples([13, 12, 3, 0, -4], 6, 12).tolist() == [18, 12, 12, 0, 0]
        assert in_multiples(0.1 * 3 / 0.1, 3).tolist() == 3
        with pytest.raises(ConfigError, match="A pack has 0 units"):
            in_multiples(5, 0)


class TestDemand:
    @pytest.mark.parametrize("demand", KINDS, ids=NAMES)
    def test_shortage_is_what_samples_say(self, demand: Demand) -> None:
        levels = (np.arange(200_000) + 0.5) / 200_000
        drawn = demand.values if isinstance(demand, Sampled) else np.array([demand.quantile(levels)])
        for stock in (0, 1, 4, 20, 60):
            assert_allclose(demand.shortage(stock), np.maximum(drawn - stock, 0).mean(), atol=0.02)

    @pytest.mark.parametrize("demand", KINDS, ids=NAMES)
    @given(probability=st.floats(0.001, 0.999), more=st.floats(0, 100))
    def test_laws(self, demand: Demand, probability: float, more: float) -> None:
        stock = demand.quantile(probability)
        assert demand.cdf(stock) >= probability - 1e-9
        assert 0 <= demand.shortage(stock + more) <= demand.shortage(stock) + 1e-12
        assert demand.shortage(stock) >= demand.mean - stock - 1e-9
        assert_allclose(demand.shortage(-5), demand.mean + 5, rtol=1e-6)

    @pytest.mark.parametrize("kind", [Normal, Gamma, Counts])
    def test_what_is_never_wanted_and_what_is_certain(self, kind: type[Normal | Gamma | Counts]) -> None:
        never = kind(0, 0)
        assert [never.quantile(0.99), never.shortage(0), never.cdf(0)] == [0, 0, 1]
        if kind is not Counts:
            certain = kind(7, 0)
            assert [certain.quantile(0.99), certain.shortage(5), certain.cdf(6.9)] == [7, 2, 0]

    def test_many_items_are_asked_at_once(self) -> None:
        demand = Gamma([10, 20, 0], [5, 0, 0])
        assert demand.quantile(0.9).shape == (3,)
        assert demand.shortage([10, 25, 1])[1:].tolist() == [0, 0]

    @pytest.mark.parametrize(
        ("mean", "sd", "said"), [(-1, 2, "A mean of demand is -1.0"), (1, float("nan"), "deviation of demand is nan")]
    )  # fmt: skip
    def test_absurd_demand_is_refused(self, mean: float, sd: float, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            Gamma(mean, sd)

    def test_certainty_is_refused(self) -> None:
        with pytest.raises(ConfigError, match=r"A probability is 1\.0"):
            Normal(1, 1).quantile(1)


class TestNewsvendor:
    def test_of_the_textbook(self) -> None:
        """Snyder and Shen (2019), example 4.3: normal 50, 8; overage 0.18, underage 0.70. And the same with Poisson demand."""
        found = newsvendor(Normal(50, 8), price=1.0, unit_cost=0.3, salvage=0.12)
        assert_allclose(found.quantity, 56.604, atol=0.001)
        counted = newsvendor(Counts(50, 50**0.5), price=1.0, unit_cost=0.3, salvage=0.12)
        assert counted.quantity == 56

    def test_of_the_other_textbook(self) -> None:
        """Chopra and Meindl (2016), example 13-1: skis at 250 bought for 100 and worth 80 afterwards, normal 350, 100: level 0.88,
        order 468, profit 49,146."""
        found = newsvendor(Normal(350, 100), price=250, unit_cost=100, salvage=80)
        assert_allclose(found.service_level, 0.88, atol=0.003)
        assert_allclose(found.quantity, 468, atol=1)
        assert_allclose(found.expected_profit, 49_146, rtol=1e-3)

    @pytest.mark.parametrize("demand", KINDS, ids=NAMES)
    def test_no_other_quantity_earns_more(self, demand: Demand) -> None:
        best = newsvendor(demand, price=10, unit_cost=6, salvage=2, goodwill=1)
        for quantity in np.arange(0, 120):
            lost = demand.shortage(quantity)
            sold = demand.mean - lost
            profit = 10 * sold + 2 * (quantity - sold) - 6 * quantity - lost
            assert profit <= best.expected_profit + 1e-6

    def test_what_is_sold_below_cost_is_not_bought(self) -> None:
        found = newsvendor(Normal(50, 8), price=[5, 10], unit_cost=6, salvage=1)
        assert found.quantity[0] == 0
        assert found.quantity[1] > 0

    def test_what_cannot_lose_has_no_end(self) -> None:
        with pytest.raises(ConfigError, match="brings as much as it cost"):
            newsvendor(Normal(50, 8), price=10, unit_cost=6, salvage=6)


class TestProtectionPeriod:
    def test_of_the_textbook(self) -> None:
        """Chopra and Meindl (2016), example 12-6: 2,500 a day, deviation 500; 7 days, deviation 7: safety stock 22,491 at 90 %."""
        mean, sd = over_protection_period(2500, 500, LeadTime(7, 7))
        policy = reorder_for_service_level(Normal(mean, sd), 0.9)
        assert_allclose(sd, 17_550, rtol=1e-4)
        assert_allclose(policy.safety_stock, 22_491, rtol=1e-4)

    def test_a_lead_time_is_learned_and_pulled_to_the_usual_where_little_is_known(self) -> None:
        usual = LeadTime(10, 2)
        assert LeadTime.of([], usual=usual) == usual
        assert LeadTime.of([20], usual=usual).mean == pytest.approx(12)
        many = LeadTime.of([20, 22, 18, 20] * 100, usual=usual)
        assert many.mean == pytest.approx(20, abs=0.2)
        assert LeadTime.of([5]) == LeadTime(5, 0)

    @pytest.mark.parametrize(("days", "said"), [([3, -1], "before they were ordered"), ([], "No lead time")])
    def test_absurd_lead_times_are_refused(self, days: list[float], said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            LeadTime.of(days)

    def test_paths_are_summed_over_as_many_days_as_goods_take(self) -> None:
        paths = np.tile(np.arange(1.0, 11.0), (2, 500, 1)) * np.array([1.0, 2.0])[:, np.newaxis, np.newaxis]
        demand = paths_over_protection_period(paths, LeadTime(3, 0), review_days=1)
        assert demand.mean.tolist() == [10, 20]
        assert demand.sd.tolist() == [0, 0]

    def test_a_spread_of_lead_times_is_in_the_demand(self) -> None:
        random = np.random.default_rng(3)
        paths = random.normal(100, 10, (1, 20_000, 60))
        demand = paths_over_protection_period(paths, LeadTime(10, 3))
        mean, sd = over_protection_period(100, 10, LeadTime(10, 3))
        assert_allclose(demand.mean, [mean], rtol=0.01)
        assert_allclose(demand.sd, [sd], rtol=0.03)

    def test_a_forecast_that_ends_too_early_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="ends after 5 days, and goods may take 7"):
            paths_over_protection_period(np.ones((1, 10, 5)), LeadTime(7, 0))


class TestReorderPolicy:
    def test_fill_rate_of_the_textbook(self) -> None:
        """Chopra and Meindl (2016), example 12-5: weekly 2,500, deviation 500, two weeks, lots of 10,000, 97.5 %: safety stock 67."""
        policy = reorder_for_fill_rate(Normal(5000, 500 * 2**0.5), 0.975, 10_000)
        assert_allclose(policy.safety_stock, 67, atol=1)
        assert_allclose(policy.expected_shortage, 250)

    @pytest.mark.slow
    @pytest.mark.parametrize("demand", KINDS, ids=NAMES)
    @given(rate=st.floats(0.6, 0.999), quantity=st.floats(1, 200))
    def test_the_rate_that_was_asked_for_is_met_and_no_more(
        self, demand: Demand, rate: float, quantity: float
    ) -> None:
        policy = reorder_for_fill_rate(demand, rate, quantity)
        assert fill_rate(demand, policy.reorder_point, quantity) >= rate - 1e-9
        less = policy.reorder_point - 0.01
        assert less < 0 or fill_rate(demand, less, quantity) < rate

    def test_more_service_needs_more_stock_and_an_order_goes_up_from_the_point(self) -> None:
        points = [
            float(reorder_for_service_level(Gamma(50, 30), level).reorder_point)
            for level in (0.5, 0.9, 0.95, 0.99)
        ]
        assert points == sorted(points)
        policy = reorder_for_service_level(Gamma(50, 30), 0.95, order_quantity=40)
        assert policy.order_up_to == policy.reorder_point + 40

    def test_the_risk_of_running_out_and_what_it_costs(self) -> None:
        demand = Sampled([[0, 10, 20, 30]])
        risk, lost = stockout_risk(demand, [15], [3])
        assert risk.tolist() == [0.5]
        assert lost.tolist() == [(5 + 15) / 4 * 3]


def _item(mean: float, position: float = 0, pack: int = 1, least: int = 0, margin: float = 4) -> Candidate:
    return Candidate(Counts(mean, mean**0.5), position, 6, margin, 0.5, pack, least)


class TestJointOrder:
    def test_without_limits_each_item_gets_its_own_best(self) -> None:
        """Then it is a newsvendor for each: the least stock with P(D <= s) >= margin / (margin + holding)."""
        items = [_item(5), _item(12, position=4), _item(3, position=30)]
        plan = plan_order(items, Terms())
        best = [max(float(each.demand.quantile(4 / 4.5)) - each.position, 0) for each in items]
        assert plan.quantities.tolist() == best
        assert plan.proven

    def test_no_other_order_within_the_limits_is_worth_more(self) -> None:
        items = [_item(3, pack=2), _item(2, margin=9), _item(4, position=1, pack=3, least=6)]
        terms = Terms(order_cost=2, least_value=30, budget=66)
        plan = plan_order(items, terms)

        def worth(quantities: tuple[int, ...]) -> float:
            total = -terms.order_cost
            for item, quantity in zip(items, quantities, strict=True):
                before, after = item.position, item.position + quantity
                saved = float(item.demand.shortage(before) - item.demand.shortage(after))
                total += item.unit_margin * saved - item.holding_cost * (quantity - saved)
            return total

        choices = itertools.product(range(0, 13, 2), range(12), [0, *range(6, 16, 3)])
        allowed = [each for each in choices if 30 <= 6 * sum(each) <= 66]
        best = max(map(worth, allowed))
        assert plan.value == pytest.approx(best, rel=1e-4)
        assert plan.value == pytest.approx(worth(tuple(plan.quantities.tolist())))
        assert 30 <= plan.cost <= 66

    def test_an_order_that_costs_more_than_it_is_worth_is_not_made(self) -> None:
        plan = plan_order([_item(2)], Terms(order_cost=1000))
        assert (plan.quantities.tolist(), plan.value, plan.cost) == ([0], 0, 0)

    def test_the_least_order_is_reached_with_what_costs_least_to_keep(self) -> None:
        slow, fast = replace(_item(1, position=5), holding_cost=2.0), _item(40, position=20)
        plan = plan_order([slow, fast], Terms(least_value=300))
        assert plan.cost >= 300
        assert plan.quantities[0] == 0

    def test_a_hundred_items_are_planned_in_seconds(self) -> None:
        random = np.random.default_rng(5)
        items = [_item(float(mean), pack=6) for mean in random.gamma(2, 20, 100)]
        plan = plan_order(items, Terms(order_cost=25, least_value=500, budget=9000), seconds=10)
        assert plan.cost <= 9000
        assert plan.value > 0

    def test_limits_that_exclude_each_other_are_told(self) -> None:
        with pytest.raises(ConfigError, match="below the supplier's least order of 500"):
            plan_order([_item(2)], Terms(least_value=500, budget=100))

    def test_nothing_to_choose_from_is_no_order(self) -> None:
        assert plan_order([], Terms()).value == 0
