"""What customers bought, and on which days: the columns that features are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Days:
    """Numbers of one kind by customer and day, in order of both; arrays of one length.

    Attributes
    ----------
    owner
        Place of the customer in ``Behaviour.customers``.
    day
        Whole days, counted from any one day.
    """

    owner: Integers
    day: Integers
    columns: dict[str, Floats]

    def until(self, day: int) -> Self:
        """Those of ``day`` and before."""
        kept = self.day <= day
        return type(self)(
            self.owner[kept], self.day[kept], {name: column[kept] for name, column in self.columns.items()}
        )

    @classmethod
    def summed(cls, owner: Integers, day: Integers, columns: dict[str, Floats]) -> Self:
        """Rows of any order, added up by customer and day."""
        if not len(owner):
            return cls(owner, day, columns)
        order = np.lexsort((day, owner))
        owner, day = owner[order], day[order]
        heads = np.flatnonzero(np.r_[True, (np.diff(owner) != 0) | (np.diff(day) != 0)])
        return cls(
            owner[heads],
            day[heads],
            {name: np.add.reduceat(column[order], heads) for name, column in columns.items()},
        )


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything customers did, by day; made by ``Behaviour.of``.

    Attributes
    ----------
    customers
        The distinct codes of customers, ascending.
    bought
        Days with a purchase; columns ``net_value`` and, where given, ``discounts``, ``units`` and ``products``.
    returned
        Days on which something came back; column ``value``. None where that was not given.
    channels
        The first day of each customer in each channel; no columns. None where that was not given.
    """

    customers: Integers
    bought: Days
    returned: Days | None
    channels: Days | None

    @classmethod
    def of(
        cls,
        customer: ArrayLike,
        day: ArrayLike,
        net_value: ArrayLike,
        *,
        bought: ArrayLike | None = None,
        discounts: ArrayLike | None = None,
        returned: ArrayLike | None = None,
        units: ArrayLike | None = None,
        products: ArrayLike | None = None,
        channel: ArrayLike | None = None,
    ) -> Self:
        """Gather rows of any order: orders, lines of the ledger, or days of a customer.

        Parameters
        ----------
        customer
            Any whole numbers; the same one is the same customer.
        day
            Whole days, counted from any one day, as the purchase's own date in days since 1970.
        net_value
            What was paid for goods after discounts; returns are not taken off.
        bought
            Whether the row is a purchase; all are unless given. A return stands in a row of its own that is none, on the day on
            which it came back: put on the day of its order, it would tell of the future.
        discounts, returned
            Money, positive, taken off and given back.
        units, products
            Pieces, and distinct products.
        channel
            Whole numbers: the shop, or the channel, of the row.

        Raises
        ------
        ConfigError
            If the columns differ in length, or a number is not finite.
        """
        codes, days = _whole(customer=customer, day=day)
        net, off, back, pieces, kinds = _numbers(
            len(codes),
            net_value=net_value,
            discounts=discounts,
            returned=returned,
            units=units,
            products=products,
        )
        is_bought = np.ones(len(codes), bool) if bought is None else np.asarray(bought, dtype=bool)
        if net is None or is_bought.shape != codes.shape:
            raise ConfigError(
                f"{len(codes)} rows have {is_bought.size} marks of being a purchase.",
                "Give one for each row.",
            )
        customers, owner = np.unique(codes, return_inverse=True)
        columns = {"net_value": net, "discounts": off, "units": pieces, "products": kinds}
        rows = np.flatnonzero(is_bought)
        backs = np.flatnonzero(back) if back is not None else None
        return cls(
            customers=customers,
            bought=Days.summed(
                owner[rows], days[rows], {name: c[rows] for name, c in columns.items() if c is not None}
            ),
            returned=Days.summed(owner[backs], days[backs], {"value": back[backs]})
            if back is not None and backs is not None
            else None,
            channels=_first_days(owner[rows], days[rows], _whole(channel=channel)[0][rows])
            if channel is not None
            else None,
        )


def _first_days(owner: Integers, day: Integers, channel: Integers) -> Days:
    """The first day of each customer in each channel."""
    order = np.lexsort((day, channel, owner))
    owner, day, channel = owner[order], day[order], channel[order]
    heads = np.flatnonzero(np.r_[True, (np.diff(owner) != 0) | (np.diff(channel) != 0)][: len(owner)])
    return Days.summed(owner[heads], day[heads], {"channels": np.ones(len(heads))})


def _whole(**given: ArrayLike) -> list[Integers]:
    """Columns of whole numbers, all of one length."""
    arrays = {name: np.atleast_1d(np.asarray(values)) for name, values in given.items()}
    if len({array.shape for array in arrays.values()}) != 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ConfigError(
            f"Columns of different length were given: {shapes}.", "Give one number of each for every row."
        )
    for name, array in arrays.items():
        if array.size and not (
            np.issubdtype(array.dtype, np.integer) or bool((array == np.floor(array)).all())
        ):
            raise ConfigError(
                f"{name} has numbers that are not whole.", "Give whole codes, and days counted from one day."
            )
    return [array.astype(np.int64) for array in arrays.values()]


def _numbers(rows: int, **given: ArrayLike | None) -> list[Floats | None]:
    """Columns of finite numbers, one a row; None where none was given."""
    found: list[Floats | None] = []
    for name, values in given.items():
        if values is None:
            found.append(None)
            continue
        column = np.atleast_1d(np.asarray(values, dtype=np.float64))
        if column.shape != (rows,) or not np.isfinite(column).all():
            raise ConfigError(
                f"{name} has {column.size} numbers for {rows} rows, or one that is not finite.",
                "Give one finite number for every row.",
            )
        found.append(column)
    return found
