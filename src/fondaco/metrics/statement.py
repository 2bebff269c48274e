"""The statements: from gross to total sales, and from gross sales to net profit. Which figures each has, in which order and with which
sign. Pages, the report, its PDF and the weekly e-mail all write them as they stand here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class StatementStep:
    """A line of the statement.

    Attributes
    ----------
    sign
        1 where it adds to the sum below it, -1 where it is taken away; the metric itself is never negative for that.
    is_sum
        Whether it is the sum of all signed steps above it that are no sums themselves.
    """

    metric: str
    sign: int = 1
    is_sum: bool = False

    def signed(self, amount: Decimal | None) -> Decimal | None:
        """The amount as the statement writes it; None stays None, for what is not known is not nought."""
        return (
            None if amount is None else self.sign * amount + 0
        )  # a nought that is taken away is no minus nought


STATEMENT: tuple[StatementStep, ...] = (
    StatementStep("gross_sales"),
    StatementStep("discounts", -1),
    StatementStep("returns", -1),
    StatementStep("net_sales", is_sum=True),
    StatementStep("shipping"),
    StatementStep("taxes"),
    StatementStep("duties"),
    StatementStep("additional_fees"),
    StatementStep("total_sales", is_sum=True),
)


PROFIT_STATEMENT: tuple[StatementStep, ...] = (
    StatementStep("gross_sales"),
    StatementStep("discounts", -1),
    StatementStep("returns", -1),
    StatementStep("net_sales", is_sum=True),
    StatementStep("cost_of_goods", -1),
    StatementStep("contribution_margin_1", is_sum=True),
    StatementStep("other_income"),
    StatementStep("shipping_costs", -1),
    StatementStep("fulfilment_costs", -1),
    StatementStep("payment_costs", -1),
    StatementStep("chargebacks", -1),
    StatementStep("marketplace_fees", -1),
    StatementStep("return_costs", -1),
    StatementStep("duty_costs", -1),
    StatementStep("contribution_margin_2", is_sum=True),
    StatementStep("marketing_costs", -1),
    StatementStep("contribution_margin_3", is_sum=True),
    StatementStep("fixed_costs", -1),
    StatementStep("net_profit", is_sum=True),
)
"""The waterfall: every sum is all that stands above it."""

PROFIT_PARTS: tuple[str, ...] = tuple(step.metric for step in PROFIT_STATEMENT if not step.is_sum)
"""What the waterfall's sums are made of; columns of the profit marts."""

ORDER_STATEMENT: tuple[StatementStep, ...] = PROFIT_STATEMENT[
    : 1 + [step.metric for step in PROFIT_STATEMENT].index("contribution_margin_3")
]
"""The waterfall as far as an order goes: no order bears fixed costs."""

PROFIT_PARTS_OF_ORDERS: tuple[str, ...] = tuple(step.metric for step in ORDER_STATEMENT if not step.is_sum)


def shown_steps(
    *rows: Mapping[str, Any], rare: Collection[str], statement: Sequence[StatementStep] = STATEMENT
) -> list[StatementStep]:
    """The steps to write: of those that are ``rare`` only such as any of ``rows`` has some of."""
    return [
        step for step in statement if step.metric not in rare or any(row.get(step.metric) for row in rows)
    ]


def completed(parts: Mapping[str, Decimal], statement: Sequence[StatementStep]) -> dict[str, Decimal]:
    """The whole statement of its parts, sums and all."""
    whole: dict[str, Decimal] = {}
    level = Decimal(0)
    for step in statement:
        if step.is_sum:
            whole[step.metric] = level
        else:
            whole[step.metric] = parts[step.metric]
            level += step.sign * parts[step.metric]
    return whole
