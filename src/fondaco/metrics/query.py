"""A question to the semantic layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Clock = Literal["finance", "order"]
"""On which day a figure counts: the day of the event itself, or the day of the order that it belongs to."""

TIME_STEPS = ("day", "week", "month", "quarter", "year")
TIME_PARTS = ("weekday",)
"""What repeats: the day of the week on which a figure counts, "1" for Monday to "7" for Sunday."""

MOST_FILLED_ROWS = 1_000_000
"""So many rows are made of steps and values of dimensions together; beyond, steps without figures are left out."""


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """Metrics over a period.

    Attributes
    ----------
    by
        Dimensions of the answer's rows. A time step is the first day of its day, week (Monday), month, quarter or year;
        with one of them, steps without sales have rows too, unless they and the values of the other dimensions make more than a
        million together.
    first, last
        Days in each shop's own time zone, both included.
    where
        Allowed values for each dimension: one, or several. An empty text allows rows without a value.
    order_by
        Dimensions or metrics of this query; ``-`` before a name turns the order around. Default: the dimensions.
    limit, offset
        So many rows at most, after so many that are left out.
    with_total
        Beside the rows of a time step, which ``by`` then consists of, one more for the whole period; its step is None. It is asked in the
        same breath, for people and quotients do not add up from the steps.
    span_days
        With ``day`` among ``by``: each row is of so many days, of which its day is the last. A quotient is that of the sums.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    first: date = field(kw_only=True)
    last: date = field(kw_only=True)
    clock: Clock = "finance"
    where: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0
    with_total: bool = False
    span_days: int = 1

    def conditions(self) -> dict[str, tuple[str, ...]]:
        """``where`` with every value as a tuple."""
        return {
            name: (values,) if isinstance(values, str) else tuple(values)
            for name, values in self.where.items()
        }
