"""Recommended prices: the textbook's optimum, guard rails that always hold, and nothing where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.analytics.pricing import (
    Goal,
    GuardRails,
    Offer,
    Panel,
    allowed_prices,
    elasticities,
    recommend,
    recommend_price,
)
from fondaco.errors import ConfigError

FREE = GuardRails(max_step=1.0)
"""Prices from nothing to twice today's."""


class TestOptimum:
    @pytest.mark.parametrize(("elasticity", "best"), [(-2.0, 10.0), (-3.0, 7.5), (-5.0, 6.25)])
    def test_is_the_textbooks(self, elasticity: float, best: float) -> None:
        """Lerner (1934): cost × ε / (1 + ε) for a constant elasticity ε."""
        found = recommend_price(Offer("tea", 8.0, unit_cost=5.0, units=100), elasticity, 0.0, FREE)
        assert found.price == pytest.approx(best, abs=0.1)

    def test_knows_the_tax(self) -> None:
        """Of 11.90 with 19 % tax 10 are left: the best price is 1.19 times that without."""
        found = recommend_price(Offer("tea", 9.52, unit_cost=5.0, units=100, tax=0.19), -2.0, 0.0, FREE)
        assert found.price == pytest.approx(11.90, abs=0.12)

    def test_profit_and_units_by_hand(self) -> None:
        found = recommend_price(
            Offer("tea", 8.0, unit_cost=5.0, units=100), -2.0, 0.0, GuardRails(max_step=0.25, endings=(0.0,))
        )
        assert found.price == 10.0
        assert found.units == pytest.approx(64)
        assert (found.profit_now, found.profit) == (pytest.approx(300), pytest.approx(320))
        assert found.chance == 1.0

    def test_keeps_the_units_that_are_wished_for(self) -> None:
        offer = Offer("tea", 8.0, unit_cost=5.0, units=100)
        found = recommend_price(offer, -2.0, 0.0, FREE, Goal(least_units=0.9))
        assert found.units >= 90
        assert found.price == pytest.approx(8 / 0.9**0.5, abs=0.1)

    def test_sells_more_units_where_that_is_wished_for(self) -> None:
        offer = Offer("tea", 8.0, unit_cost=5.0, units=100)
        found = recommend_price(offer, -2.0, 0.3, goal=Goal(least_units=1.1))
        assert found.units >= 110
        assert found.because.startswith("Lower from 8.00 to 7.6")
        assert ", to sell 110% of today's units: " in found.because
        none = recommend_price(offer, -2.0, 0.3, goal=Goal(least_units=2))
        assert none.because == "No price is recommended: no allowed price keeps 200% of today's units."

    def test_stays_where_a_change_is_a_gamble(self) -> None:
        offer = Offer("tea", 8.0, unit_cost=4.0, units=100)
        found = recommend_price(offer, -2.0, 0.9)
        assert found.price == 8.0
        assert not found.is_change
        assert found.because.startswith("Stay at 8.00: at an elasticity of -2.0 (90 %: -3.5 to -0.5)")

    def test_says_why_in_one_sentence_with_numbers(self) -> None:
        found = recommend_price(
            Offer("tea", 9.99, unit_cost=6.0, units=40),
            -1.4,
            0.2,
            GuardRails(endings=(0.49, 0.99)),
            currency="EUR",
        )
        assert found.because == (
            "Raise from 9.99 EUR to 10.49 EUR (+5.0%): at an elasticity of -1.4 (90 %: -1.7 to -1.1) units change by -6.6% and profit a "
            "period by +8.14 EUR (90 %: +5.46 EUR to +10.84 EUR), and it rises with a probability of 100%; the largest step allows no "
            "more than 10.99."
        )

    def test_the_range_holds_prices_that_leave_nearly_as_much(self) -> None:
        offer = Offer("tea", 8.0, unit_cost=5.0, units=100)
        found = recommend_price(offer, -2.0, 0.0, FREE)

        def profit(price: float) -> float:
            return 100 * (price / 8) ** -2 * (price - 5)

        assert found.low < 10 < found.high
        assert profit(found.low) == pytest.approx(profit(10), rel=0.011)
        assert profit(found.high) == pytest.approx(profit(10), rel=0.011)


OFFERS = st.builds(
    Offer,
    product=st.just("tea"),
    price=st.floats(1, 500),
    unit_cost=st.floats(0, 500),
    units=st.floats(0, 1000),
    units_error=st.floats(0, 100),
    tax=st.sampled_from([0.0, 0.07, 0.19]),
    competitor=st.one_of(st.none(), st.floats(1, 500)),
    lowest_seen=st.one_of(st.none(), st.floats(1, 500)),
    highest_seen=st.one_of(st.none(), st.floats(1, 500)),
)
RAILS = st.builds(
    GuardRails,
    max_step=st.floats(0.01, 1),
    floor=st.floats(0, 100),
    ceiling=st.floats(50, 1000),
    least_margin=st.floats(-0.5, 0.8),
    competitor_band=st.one_of(st.none(), st.tuples(st.floats(0.5, 1), st.floats(1, 1.5))),
    endings=st.sampled_from([(), (0.99,), (0.0, 0.5), (0.95, 0.49)]),
)


class TestGuardRails:
    @settings(max_examples=150, deadline=None)
    @given(
        offer=OFFERS, rails=RAILS, elasticity=st.floats(-6, 1), sd=st.floats(0, 2), units=st.floats(0, 1.2)
    )
    def test_hold_for_every_price(
        self, offer: Offer, rails: GuardRails, elasticity: float, sd: float, units: float
    ) -> None:
        found = recommend_price(offer, elasticity, sd, rails, Goal(least_units=units))
        if found.price is None:
            assert found.because.startswith("No price is recommended: ")
            return
        hair = 1 + 1e-8
        for price in (found.price, found.low, found.high):
            assert abs(price / offer.price - 1) <= rails.max_step * hair + 1e-8
            assert rails.floor <= price * hair
            assert price <= rails.ceiling * hair
            net = price / (1 + offer.tax)
            assert net - offer.unit_cost >= rails.least_margin * net - 1e-6
            if offer.competitor is not None and rails.competitor_band is not None:
                assert offer.competitor * rails.competitor_band[0] <= price * hair
                assert price <= offer.competitor * rails.competitor_band[1] * hair
            if offer.highest_seen is not None:
                assert price <= offer.highest_seen * (1 + rails.beyond_seen) * hair
            if offer.lowest_seen is not None:
                assert price * hair >= offer.lowest_seen * (1 - rails.beyond_seen)
        if rails.endings and found.is_change:
            assert (
                any(abs(found.price % 1 - ending) < 1e-6 for ending in rails.endings) or 0.0 in rails.endings
            )
        if found.is_change and allowed_prices(offer, rails).keeps(offer.price):
            assert found.chance >= 0.8 or units > 1

    def test_that_contradict_each_other_are_named(self) -> None:
        found = recommend_price(
            Offer("tea", 10, unit_cost=9, units=5), -2, 0.1, GuardRails(least_margin=0.5, ceiling=12)
        )
        assert found.price is None
        assert found.because == (
            "No price is recommended: the least margin asks for at least 18.00, the largest step for at most 11.00."
        )

    def test_between_which_no_ending_lies_are_named(self) -> None:
        offer = Offer("tea", 10.0, unit_cost=1, units=5, competitor=20)
        rails = GuardRails(max_step=0.05, endings=(0.99,), floor=10.2)
        assert (
            "no price with a wished ending lies between 10.20 (the floor) and 10.50 (the largest step)"
            in (recommend_price(offer, -2, 0.1, rails).because)
        )

    def test_that_leave_no_other_price_are_named(self) -> None:
        rails = GuardRails(max_step=0.05, endings=(0.99,))
        assert recommend_price(Offer("tea", 9.99, unit_cost=6, units=40), -1.4, 0.1, rails).because == (
            "Stay at 9.99: no other price with a wished ending lies between 9.49 (the largest step) and 10.49 (the largest step)."
        )

    def test_that_todays_price_breaks_move_it(self) -> None:
        found = recommend_price(Offer("tea", 10.0, unit_cost=9.5, units=5), -2.5, 0.5, GuardRails(floor=10.5))
        assert found.price is not None
        assert found.price >= 10.5
        assert "as today's price is outside the guard rails" in found.because

    def test_keep_near_prices_at_which_sales_are_known(self) -> None:
        panel = _panel()
        found = elasticities(panel)
        assert found.lowest[:2] == pytest.approx(10 * np.exp(-0.2))
        assert found.highest[:2] == pytest.approx(10 * np.exp(0.1))
        asked = recommend([Offer("a", 10, unit_cost=9.5, units=9)], found, GuardRails(max_step=1.0))[0]
        assert asked.price == pytest.approx(1.05 * 10 * np.exp(0.1), abs=0.01)
        assert "the highest price seen allows no more than 11.60" in asked.because

    def test_may_differ_by_product(self) -> None:
        found = elasticities(_panel())
        offers = [Offer("a", 10, unit_cost=2, units=9), Offer("b", 10, unit_cost=2, units=9)]
        a, b = recommend(offers, found, {"a": GuardRails(max_step=0.02)})
        assert a.price is not None
        assert b.price is not None
        assert abs(a.price / 10 - 1) <= 0.0201
        assert abs(b.price / 10 - 1) > 0.05


class TestLaws:
    @settings(max_examples=40, deadline=None)
    @given(rate=st.sampled_from([10.0, 100.0, 1000.0]), elasticity=st.floats(-4, -0.5), sd=st.floats(0, 1))
    def test_the_currency_does_not_matter(self, rate: float, elasticity: float, sd: float) -> None:
        rails, more = GuardRails(decimals=4), GuardRails(decimals=4 - int(np.log10(rate)))
        found = recommend_price(Offer("tea", 8.0, unit_cost=5.0, units=100), elasticity, sd, rails)
        other = recommend_price(
            Offer("tea", 8.0 * rate, unit_cost=5.0 * rate, units=100), elasticity, sd, more
        )
        assert found.price is not None
        assert other.price == pytest.approx(found.price * rate, rel=1e-4)
        assert other.profit == pytest.approx(found.profit * rate, rel=1e-4)

    @settings(max_examples=40, deadline=None)
    @given(elasticity=st.floats(-6, 0), sd=st.floats(0, 2), cost=st.floats(0, 9))
    def test_expected_profit_is_never_below_todays(self, elasticity: float, sd: float, cost: float) -> None:
        found = recommend_price(Offer("tea", 10.0, unit_cost=cost, units=30), elasticity, sd)
        assert found.profit >= found.profit_now - 1e-9
        assert found.gain_low <= found.profit - found.profit_now + 1e-9


def _panel() -> Panel:
    random, weeks = np.random.default_rng(5), np.arange(80)
    price = 10 * np.exp(random.choice([-0.2, -0.1, 0, 0.1], (3, 80)))
    price[2] = 10
    sold = random.poisson(50 * (price / 10) ** -4.0)
    return Panel.of(np.repeat(["a", "b", "c"], 80), np.tile(weeks, 3), sold.ravel(), price.ravel())


class TestNothingIsRecommended:
    def test_where_the_data_cannot_say(self) -> None:
        found = recommend([Offer("c", 10, unit_cost=2, units=50)], elasticities(_panel()))[0]
        assert found.price is None
        assert found.because == "No price is recommended: its price never changed."

    def test_of_a_product_that_was_not_looked_at(self) -> None:
        found = recommend([Offer("z", 10, unit_cost=2, units=50)], elasticities(_panel()))[0]
        assert found.price is None
        assert "not among those" in found.because


class TestAbsurd:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("price", 0.0), ("price", float("nan")), ("unit_cost", -1.0), ("units", -1.0), ("tax", -0.1)],
    )
    def test_offers_are_refused(self, field: str, value: float) -> None:
        with pytest.raises(ConfigError, match=f"The {field} of 'tea' is {value}"):
            Offer("tea", **({"price": 10.0, "unit_cost": 2.0, "units": 5.0} | {field: value}))

    @pytest.mark.parametrize(
        "rails",
        [{"max_step": 0.0}, {"least_margin": 1.0}, {"endings": (1.99,)}, {"competitor_band": (1.1, 0.9)}],
    )
    def test_rails_are_refused(self, rails: dict[str, object]) -> None:
        with pytest.raises(ConfigError, match=f"The guard rail {next(iter(rails))} is"):
            GuardRails(**rails)  # type: ignore[arg-type]

    def test_goals_and_elasticities_are_refused(self) -> None:
        with pytest.raises(ConfigError, match="confidence 1"):
            Goal(confidence=1)
        with pytest.raises(ConfigError, match="elasticity of 'tea' is nan"):
            recommend_price(Offer("tea", 10, unit_cost=2, units=5), float("nan"), 0.1)
