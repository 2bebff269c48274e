"""What would be left if prices, costs or spending were others: the waterfall worked out anew under stated assumptions.

Pure: the parts of a statement and the changes in, the whole statement out. Every change is a share of what is now: 0.1 is ten percent more.
The formulas stand in docs/profit.md, "What if".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from fondaco.errors import ConfigError
from fondaco.metrics.statement import PROFIT_PARTS, PROFIT_STATEMENT, completed

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that can be turned, and how far.

    Attributes
    ----------
    least, most
        As the unit says: shares of what is now, or for an elasticity plain numbers.
    """

    name: str
    label: str
    least: Decimal
    most: Decimal
    is_elasticity: bool = False

    @property
    def reach(self) -> str:
        """What may be given, in words."""
        if self.is_elasticity:
            return f"a plain number from {self.least} to {self.most}"
        return f"a share from {self.least} to {self.most}, such as 0.1 or 10% for ten percent more"


_HALF = Decimal("0.5")
LEVERS: tuple[Lever, ...] = (
    Lever("price", "Prices", -_HALF, _HALF),
    Lever("goods", "Cost of goods", -_HALF, _HALF),
    Lever("marketing", "Marketing", -ONE, ONE),
    Lever("fees", "Payment and marketplace fees", -ONE, ONE),
    Lever("delivery", "Shipping and fulfilment costs", -ONE, ONE),
    Lever("returned", "Returns", -ONE, ONE),
    Lever("fixed", "Fixed costs", -ONE, ONE),
    Lever("elasticity", "Price elasticity of demand", Decimal(-5), ZERO, is_elasticity=True),
    Lever("response", "Response of demand to marketing", ZERO, ONE, is_elasticity=True),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed. All nought changes nothing.

    Attributes
    ----------
    price, goods, marketing, fees, delivery, returned, fixed
        Shares of what is now: of prices, unit costs, spend, fees, what parcels and packing cost, what comes back, fixed costs.
    elasticity
        By how many percent the units change when prices rise by one percent; nought or less. Nought: demand does not change.
    response
        By how many percent the units change when marketing rises by one percent; from 0 to 1. Nought: demand does not change.
    """

    price: Decimal = ZERO
    goods: Decimal = ZERO
    marketing: Decimal = ZERO
    fees: Decimal = ZERO
    delivery: Decimal = ZERO
    returned: Decimal = ZERO
    fixed: Decimal = ZERO
    elasticity: Decimal = ZERO
    response: Decimal = ZERO

    def __post_init__(self) -> None:
        for lever in LEVERS:
            value = getattr(self, lever.name)
            if not lever.least <= value <= lever.most:
                raise ConfigError(f"{lever.name}={value} is out of reach.", f"Give {lever.reach}.")

    @property
    def is_none(self) -> bool:
        """Whether the statement stays as it is: elasticities alone change nothing."""
        return not any(getattr(self, lever.name) for lever in LEVERS if not lever.is_elasticity)

    @property
    def units(self) -> Decimal:
        """What the number of units becomes, 1 being as now: constant elasticities, (1 + price)^elasticity × (1 + marketing)^response."""
        by_price = (ONE + self.price) ** self.elasticity
        spend = ONE + self.marketing
        by_spend = ONE if not self.response else spend**self.response if spend else ZERO
        return by_price * by_spend


@dataclass(frozen=True, slots=True)
class Outcome:
    """The statement under a change.

    Attributes
    ----------
    units
        What the number of units becomes, 1 being as now.
    statement
        Every line.
    units_that_even
        At how many units, 1 being as now, the changed statement leaves the net profit of now; None where no number of them would.
    """

    units: Decimal
    statement: Mapping[str, Decimal]
    units_that_even: Decimal | None


def what_if(parts: Mapping[str, Decimal], change: Change, *, goods_back: Decimal = ZERO) -> Outcome:
    """Work out a statement anew.

    Parameters
    ----------
    parts
        The parts of the waterfall, ``PROFIT_PARTS``.
    goods_back
        Cost of the goods that came back to the shelf, which ``cost_of_goods`` has been lowered by.
    """
    before = completed(parts, PROFIT_STATEMENT)
    units = change.units
    after = completed(_parts(parts, change, units, goods_back), PROFIT_STATEMENT)
    at_one = completed(_parts(parts, change, ONE, goods_back), PROFIT_STATEMENT)
    none = completed(_parts(parts, change, ZERO, goods_back), PROFIT_STATEMENT)
    by_unit = at_one["net_profit"] - none["net_profit"]
    even = (before["net_profit"] - none["net_profit"]) / by_unit if by_unit > 0 else None
    return Outcome(units, after, even if even is not None and even >= 0 else None)


def _parts(
    parts: Mapping[str, Decimal], change: Change, units: Decimal, goods_back: Decimal
) -> dict[str, Decimal]:
    value = units * (ONE + change.price)
    returns = parts["returns"] * value * (ONE + change.returned)
    sold = (parts["gross_sales"] - parts["discounts"]) * value
    now = parts["gross_sales"] - parts["discounts"] - parts["returns"]
    # Shares of net sales are given back with returns; where there are no net sales to take a share of, they go with what is sold.
    of_net = (sold - returns) / now if now > 0 else value
    fees = ONE + change.fees
    unit_cost = units * (ONE + change.goods)
    changed = {
        "gross_sales": parts["gross_sales"] * value,
        "discounts": parts["discounts"] * value,
        "returns": returns,
        "cost_of_goods": unit_cost
        * (parts["cost_of_goods"] + goods_back - goods_back * (ONE + change.returned)),
        "other_income": parts["other_income"] * units,
        "shipping_costs": parts["shipping_costs"] * units * (ONE + change.delivery),
        "fulfilment_costs": parts["fulfilment_costs"] * units * (ONE + change.delivery),
        "payment_costs": parts["payment_costs"] * value * fees,
        "chargebacks": parts["chargebacks"] * value,
        "marketplace_fees": parts["marketplace_fees"] * of_net * fees,
        "return_costs": parts["return_costs"] * units * (ONE + change.returned),
        "duty_costs": parts["duty_costs"] * of_net,
        "marketing_costs": parts["marketing_costs"] * (ONE + change.marketing),
        "fixed_costs": parts["fixed_costs"] * (ONE + change.fixed),
    }
    assert changed.keys() == set(PROFIT_PARTS)
    return changed


assert {lever.name for lever in LEVERS} == {each.name for each in fields(Change)}
