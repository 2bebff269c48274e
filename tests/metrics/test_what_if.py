"""The waterfall under changes: worked out by hand, and what must hold of any."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.errors import ConfigError
from fondaco.metrics.statement import PROFIT_PARTS, PROFIT_STATEMENT, completed
from fondaco.metrics.what_if import LEVERS, Change, what_if

D = Decimal

PARTS = {
    **dict.fromkeys(PROFIT_PARTS, D(0)),
    "gross_sales": D(1100), "discounts": D(50), "returns": D(50), "cost_of_goods": D(400), "other_income": D(30),
    "shipping_costs": D(60), "fulfilment_costs": D(20), "payment_costs": D(30), "marketplace_fees": D(40), "return_costs": D(10),
    "duty_costs": D(20), "marketing_costs": D(200), "fixed_costs": D(100),
}  # fmt: skip
"""Net 1000, CM1 600, CM2 450, CM3 250, net profit 150. Of the goods, 20 came back to the shelf."""

BACK = D(20)


def result(**changes: Any) -> dict[str, Decimal]:
    return dict(
        what_if(
            PARTS, Change(**{name: D(str(each)) for name, each in changes.items()}), goods_back=BACK
        ).statement
    )


def test_no_change_changes_nothing() -> None:
    assert result() == completed(PARTS, PROFIT_STATEMENT)
    assert result(elasticity=-2, response="0.3") == completed(PARTS, PROFIT_STATEMENT)
    assert result()["net_profit"] == 150


@pytest.mark.parametrize(
    ("change", "profit"),
    [
        ({"price": "0.1"}, 150 + 100 - 3 - 4 - 2),  # sales, payment, marketplace and duty by a tenth; goods and parcels stay
        ({"goods": "-0.1"}, 150 + 40),
        ({"marketing": "0.5"}, 150 - 100),
        ({"fees": "0.2"}, 150 - 6 - 8),
        ({"delivery": "0.25"}, 150 - 15 - 5),
        ({"returned": "1"}, 150 - 50 + 20 - 10 + 2 + 1),  # goods come back to the shelf; 5 % of 40 and 20 are given back
        ({"fixed": "-0.5"}, 150 + 50),
    ],
)  # fmt: skip
def test_one_lever_at_a_time_by_hand(change: dict[str, str], profit: int) -> None:
    assert result(**change)["net_profit"] == profit


def test_demand_answers_as_far_as_it_is_told_to() -> None:
    """Prices up by a quarter at an elasticity of -1: four fifths of the units, so that sales stay what they were."""
    found = result(price="0.25", elasticity=-1)
    assert found["net_sales"] == 1000
    assert found["cost_of_goods"] == 320
    assert found["shipping_costs"] == 48
    assert found["other_income"] == 24
    assert found["net_profit"] == 150 + 80 - 6 + 12 + 4 + 2


def test_marketing_brings_units_only_where_it_is_told_to() -> None:
    doubled = what_if(PARTS, Change(marketing=D(1), response=D("0.5")), goods_back=BACK)
    assert doubled.units == D(2) ** D("0.5")
    assert doubled.statement["marketing_costs"] == 400
    without = what_if(PARTS, Change(marketing=D(-1), response=D("0.5")))
    assert without.units == 0
    assert without.statement["net_profit"] == -100


def test_the_units_at_which_a_change_leaves_things_even() -> None:
    """Prices 10 % lower leave 350 + … of every unit; so many more have to be sold to earn the same."""
    found = what_if(PARTS, Change(price=D("-0.1")), goods_back=BACK)
    even = found.units_that_even
    assert even is not None and even > 1
    by_hand = (D(150) + 200 + 100) / (D(900) - 400 + 30 - 60 - 20 - 27 - 36 - 10 - 18)
    assert even == pytest.approx(by_hand)
    assert what_if(PARTS, Change(), goods_back=BACK).units_that_even == 1
    assert what_if(PARTS, Change(price=D("-0.5")), goods_back=BACK).units_that_even is None


def test_a_period_in_which_more_came_back_than_was_sold_has_no_shares_of_net_sales() -> None:
    parts = {**PARTS, "returns": D(2000)}
    assert what_if(parts, Change(price=D("0.1"))).statement["duty_costs"] == 22


@pytest.mark.parametrize(
    "change", [{"price": D(-1)}, {"elasticity": D(1)}, {"response": D(2)}, {"fixed": D("NaN")}]
)
def test_what_is_out_of_reach_is_refused(change: dict[str, Decimal]) -> None:
    with pytest.raises((ConfigError, ArithmeticError)):
        Change(**change)


amounts = st.fixed_dictionaries({name: st.decimals(0, 10_000, places=2) for name in PROFIT_PARTS})
changes = st.fixed_dictionaries(
    {lever.name: st.decimals(lever.least, lever.most, places=2) for lever in LEVERS}
)


@given(amounts, changes)
def test_the_sums_are_those_of_the_waterfall_whatever_is_changed(
    parts: dict[str, Decimal], change: dict[str, Decimal]
) -> None:
    told = what_if(parts, Change(**change)).statement
    whole = completed({name: told[name] for name in PROFIT_PARTS}, PROFIT_STATEMENT)
    assert dict(told) == whole


@given(
    amounts,
    st.decimals("-0.5", "0.5", places=2),
    st.sampled_from(("goods", "marketing", "delivery", "fixed")),
)
def test_dearer_costs_never_leave_more(parts: dict[str, Decimal], by: Decimal, name: str) -> None:
    before, after = (what_if(parts, Change(**{name: each})).statement["net_profit"] for each in (D(0), by))
    assert (after <= before) if by >= 0 else (after >= before)
