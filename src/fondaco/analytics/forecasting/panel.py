"""Demand of many series as arrays: what was sold in each period, when it could be bought, and what is known of days to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Strings = NDArray[np.str_]
Period = Literal["day", "week"]
LONGEST_WEEKS = 26
"""So far ahead a forecast may reach."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What time means to the models of a period, in periods.

    Attributes
    ----------
    season
        After so many the same season comes again within the year: 7 days; weeks have none.
    year
        Whole weeks, so that weekdays fall together.
    month
        Four weeks.
    windows
        Over which models look back.
    """

    days: int
    season: int
    month: int
    year: int
    windows: tuple[int, ...]

    @property
    def longest(self) -> int:
        """The longest horizon, in periods."""
        return LONGEST_WEEKS * 7 // self.days


RHYTHMS: dict[Period, Rhythm] = {
    "day": Rhythm(1, 7, 28, 364, (7, 14, 28, 56, 91, 182, 364)),
    "week": Rhythm(7, 1, 4, 52, (1, 2, 4, 8, 13, 26, 52)),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """Many series over the same periods; a row a series, a column a period.

    Attributes
    ----------
    ids
        Of the series: a variant, or a variant at a location.
    first_day
        First day of the first period, in days since 1970.
    quantity
        Units sold; 0 before a series begins.
    known
        Where the quantity tells what was wanted. False before the series begins, and where the item could not be bought: then at
        least so much was wanted, and nobody knows how much more.
    start
        First column of each series; the number of columns where it has none yet.
    price
        Of a unit, planned prices included, so that it may have more columns than ``quantity``. None if prices are not known.
    promotion
        0 for none to 1 for the strongest; planned ones included as with ``price``.
    holiday
        Number of public holidays of the series' country in each period, as far ahead as ``price``.
    groups
        Labels of every series, by level from the finest to the coarsest, such as product, category.
    """

    ids: Strings
    period: Period
    first_day: int
    quantity: Floats
    known: Bools
    start: Ints
    price: Floats | None = None
    promotion: Floats | None = None
    holiday: Floats | None = None
    groups: Mapping[str, Strings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_shapes(self)
        sold = self.quantity[self.known]
        if not np.isfinite(self.quantity).all() or (self.quantity < 0).any():
            odd = self.quantity[~(np.isfinite(self.quantity) & (self.quantity >= 0))][0]
            raise ConfigError(
                f"A quantity of the demand is {odd:g}.",
                "Give units sold from 0 on; book returns elsewhere, or set what they make negative to 0.",
            )
        if not sold.size:
            raise ConfigError(
                "No series has a period in which its item could be bought.", "Give more days of sales."
            )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def columns(self) -> int:
        return int(self.quantity.shape[1])

    @property
    def rhythm(self) -> Rhythm:
        return RHYTHMS[self.period]

    @property
    def is_whole(self) -> bool:
        """True where all quantities are whole units, and quantiles of demand therefore too."""
        return bool((self.quantity == np.rint(self.quantity)).all())

    def until(self, column: int) -> Panel:
        """What was known before a period: no sale of it or after it. Prices and promotions stay, for they are planned."""
        return replace(
            self,
            quantity=self.quantity[:, :column],
            known=self.known[:, :column],
            start=np.minimum(self.start, column),
        )

    def of(self, rows: NDArray[np.intp] | Bools) -> Panel:
        """Some of the series."""
        return replace(
            self,
            ids=self.ids[rows],
            quantity=self.quantity[rows],
            known=self.known[rows],
            start=self.start[rows],
            price=None if self.price is None else self.price[rows],
            promotion=None if self.promotion is None else self.promotion[rows],
            holiday=None if self.holiday is None else self.holiday[rows],
            groups={name: labels[rows] for name, labels in self.groups.items()},
        )

    def ahead(self, covariate: Floats, horizon: int, *, absent: Literal["last", "nothing"]) -> Floats:
        """A covariate over all columns and ``horizon`` more: where it ends too early its last value goes on, or 0."""
        missing = self.columns + horizon - covariate.shape[1]
        if missing <= 0:
            return covariate[:, : self.columns + horizon]
        last = covariate[:, -1:] if absent == "last" else np.zeros((len(covariate), 1))
        return np.concatenate([covariate, np.repeat(last, missing, axis=1)], axis=1)

    def first_days(self, column: int, count: int) -> Ints:
        """First days of ``count`` periods from ``column`` on, since 1970."""
        return self.first_day + self.rhythm.days * np.arange(column, column + count)


def _check_shapes(panel: Panel) -> None:
    rows, columns = panel.quantity.shape
    whole = {"ids": (rows,), "known": (rows, columns), "start": (rows,)}
    whole |= {f"groups[{name!r}]": (rows,) for name in panel.groups}
    given = {"ids": panel.ids.shape, "known": panel.known.shape, "start": panel.start.shape}
    given |= {f"groups[{name!r}]": labels.shape for name, labels in panel.groups.items()}
    wrong = [
        f"{name} {given[name]} instead of {shape}" for name, shape in whole.items() if given[name] != shape
    ]
    for name, covariate in (
        ("price", panel.price),
        ("promotion", panel.promotion),
        ("holiday", panel.holiday),
    ):
        if covariate is not None and (covariate.shape[0] != rows or covariate.shape[1] < columns):
            wrong.append(f"{name} {covariate.shape} instead of {rows} rows and at least {columns} columns")
    if wrong:
        raise ConfigError(
            f"The arrays of a panel do not fit together: {'; '.join(wrong)}.",
            "Give every series a row in each.",
        )
