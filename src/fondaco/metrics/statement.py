"""The statement, from gross to total sales: which figures it has, in which order and with which sign. Overview, an order's page,
the report, its PDF and the weekly e-mail all write it as it stands here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
        return None if amount is None else self.sign * amount


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


def shown_steps(*rows: Mapping[str, Any], rare: Collection[str]) -> list[StatementStep]:
    """The steps to write: of those that are ``rare`` only such as any of ``rows`` has some of."""
    return [
        step for step in STATEMENT if step.metric not in rare or any(row.get(step.metric) for row in rows)
    ]
