"""Daily books: what is forecast, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.forecast.ways import fading

Floats = NDArray[np.float64]

SHARE_HALF_LIFE = 42.0
"""Days after which what costs were of sales counts half."""

RUNNING_DAYS = 28
"""Days of which the mean goes on for what does not hang on sales."""


@dataclass(frozen=True, slots=True)
class Books:
    """The parts of every day's statement, without a gap.

    Attributes
    ----------
    first_day
        In days since 1970-01-01.
    parts
        Amounts, a row a part and a column a day.
    hangs_on_sales
        Of each part whether it goes with sales; what does not, such as rent, runs on by itself.
    lines
        What is made of the parts: a row a line, a column a part, with 1, 0 or -1. The first line is sales, which all that hangs on
        sales follows.
    """

    first_day: int
    parts: Floats
    hangs_on_sales: NDArray[np.bool_]
    lines: Floats

    @property
    def days(self) -> int:
        return int(self.parts.shape[1])

    @property
    def amounts(self) -> Floats:
        """Each line of each day."""
        return np.asarray(self.lines @ self.parts)

    def until(self, day: int) -> Books:
        """The first so many days alone."""
        return Books(self.first_day, self.parts[:, :day], self.hangs_on_sales, self.lines)

    def rules(self) -> tuple[Floats, Floats]:
        """What every part is of sales, and what it is a day besides: one of the two is 0.

        Shares are weighted sums over weighted sums, so that shares of parts add up to those of lines. Where what came back is worth
        more than what was sold, there is no share of it, and parts run on as a daily mean.
        """
        sales = self.lines[0] @ self.parts
        weight = fading(self.days, SHARE_HALF_LIFE)
        over, under = self.parts @ weight, float(sales @ weight)
        running = self.parts[:, -RUNNING_DAYS:].mean(axis=1)
        if under <= 0:
            return np.zeros(len(over)), running
        hangs = self.hangs_on_sales
        return np.where(hangs, over / under, 0.0), np.where(hangs, 0.0, running)
