"""What was sold at which price: rows of product, location and period, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Panel:
    """Sales of products by location and period, one row for each.

    Attributes
    ----------
    products, locations
        Their names, sorted.
    product, location
        Of each row, as a place in ``products`` and ``locations``.
    period
        Whole numbers that count weeks or days; periods without a row are unknown, not empty.
    quantity
        Units, 0 or more.
    price
        Money a unit, above 0; in a period without a sale, the price that was asked.
    promotions
        By name, how far each was on: 0 or 1, or a share between.
    stocked_out
        Where the product could not be bought throughout the period: demand there is unknown, and the row is not used.
    """

    products: NDArray[np.str_]
    locations: NDArray[np.str_]
    product: Whole
    location: Whole
    period: Whole
    quantity: Floats
    price: Floats
    promotions: Mapping[str, Floats]
    stocked_out: Flags

    @classmethod
    def of(
        cls,
        product: ArrayLike,
        period: ArrayLike,
        quantity: ArrayLike,
        price: ArrayLike,
        *,
        location: ArrayLike | None = None,
        promotions: Mapping[str, ArrayLike] | None = None,
        stocked_out: ArrayLike | None = None,
    ) -> Panel:
        """Check and sort.

        Parameters
        ----------
        product, location
            Names, or numbers that are taken for names; without locations all is of one.

        Raises
        ------
        ConfigError
            If columns differ in length, a number is missing, a price is not above 0, a quantity is negative, a promotion is not
            between 0 and 1, or a product has two rows of one location and period: names the first such row.
        """
        names = np.asarray(product).astype(np.str_)
        places = np.zeros(names.shape) if location is None else np.asarray(location)
        out = np.zeros(names.shape, bool) if stocked_out is None else np.asarray(stocked_out, bool)
        given = {"period": period, "quantity": quantity, "price": price} | dict(promotions or {})
        columns = {name: np.asarray(values, dtype=float) for name, values in given.items()}
        shapes = {"product": names.shape, "location": places.shape, "stocked_out": out.shape}
        _one_length(shapes | {name: values.shape for name, values in columns.items()})
        for name, values in columns.items():
            _refuse(~np.isfinite(values), names, columns, f"no {name} that is a number")
        _refuse(columns["period"] % 1 != 0, names, columns, "a period that is no whole number")
        _refuse(columns["price"] <= 0, names, columns, "a price that is not above 0")
        _refuse(columns["quantity"] < 0, names, columns, "a quantity below 0")
        for name in promotions or {}:
            _refuse((columns[name] < 0) | (columns[name] > 1), names, columns, f"a {name} outside 0 to 1")
        products, of_product = np.unique(names, return_inverse=True)
        locations, at = np.unique(places.astype(np.str_), return_inverse=True)
        when = columns["period"].astype(np.int64)
        order = np.lexsort((when, at, of_product))
        twice = (np.diff(np.stack([of_product, at, when])[:, order]) == 0).all(axis=0)
        _refuse(
            twice,
            names[order],
            {k: v[order] for k, v in columns.items()},
            "two rows of one location and period",
        )
        return cls(
            products, locations, of_product[order].astype(np.int64), at[order].astype(np.int64), when[order],
            columns["quantity"][order], columns["price"][order], {n: columns[n][order] for n in promotions or {}}, out[order],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.period)

    def rows(self, chosen: Flags | Whole) -> Panel:
        """Some of the rows, in their order, with all names kept."""
        return Panel(
            self.products, self.locations, self.product[chosen], self.location[chosen], self.period[chosen],
            self.quantity[chosen], self.price[chosen], {n: c[chosen] for n, c in self.promotions.items()},
            self.stocked_out[chosen],
        )  # fmt: skip

    @property
    def for_sale(self) -> Panel:
        """Without the rows of stock-outs."""
        return self.rows(~self.stocked_out)

    def by_product(self) -> Iterator[tuple[int, slice]]:
        """Each product's place and its rows."""
        ends = np.searchsorted(self.product, np.arange(len(self.products) + 1))
        for place, (start, end) in enumerate(pairwise(ends)):
            yield place, slice(int(start), int(end))

    @property
    def series(self) -> Whole:
        """A number for each product and location."""
        return self.product * len(self.locations) + self.location


def group_of(panel: Panel, groups: Mapping[str, str] | None) -> NDArray[np.str_]:
    """The group of each product; one for all where none are given.

    Raises
    ------
    ConfigError
        If a product has none.
    """
    if groups is None:
        return np.full(len(panel.products), "all products")
    lost = [str(name) for name in panel.products if str(name) not in groups]
    if lost:
        raise ConfigError(
            f"{len(lost)} products have no group; the first is {lost[0]!r}.", "Give each product a group."
        )
    return np.array([groups[str(name)] for name in panel.products])


def within(values: Floats, cell: Whole, weight: Floats | None = None) -> Floats:
    """Less the (weighted) mean of its cell."""
    weights = np.ones(len(cell)) if weight is None else weight
    total = np.bincount(cell, weights)
    mean = np.bincount(cell, weights * values, len(total)) / np.where(total > 0, total, 1.0)
    return np.asarray(values - mean[cell])


def _one_length(shapes: dict[str, tuple[int, ...]]) -> None:
    if len(set(shapes.values())) != 1 or any(len(shape) != 1 for shape in shapes.values()):
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ConfigError(
            f"Columns of different length were given: {told}.", "Give one value of each for every row."
        )


def _refuse(wrong: Flags, names: NDArray[np.str_], columns: Mapping[str, Floats], what: str) -> None:
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    raise ConfigError(
        f"{int(wrong.sum())} rows have {what}; the first is of product {str(names[first])!r} in period "
        f"{columns['period'][first]:g}, with quantity {columns['quantity'][first]:g} and price {columns['price'][first]:g}.",
        "Correct these rows or leave them out. Returns belong to the sales that they undo.",
    )
