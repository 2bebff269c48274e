"""Long form to panel: every series on the same periods, sums of weeks, prices that last until the next one, holidays of its country."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.analytics.forecasting.calendar import public_holidays
from fondaco.analytics.forecasting.panel import (
    RHYTHMS,
    Bools,
    Floats,
    Ints,
    Panel,
    Period,
    Strings,
)
from fondaco.errors import ConfigError

_MOST_DAYS = 366 * 20


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the rows of a table lie in the panel."""

    row: Ints
    column: Ints
    rows: int
    columns: int
    step: int

    def summed(self, values: Floats, where: Bools) -> Floats:
        flat = np.bincount(
            self.row[where] * self.columns + self.column[where], values[where], self.rows * self.columns
        )
        return np.asarray(flat.reshape(self.rows, self.columns), dtype=float)

    def meant(self, values: Floats) -> Floats:
        """Means of what each period has; NaN where it has nothing."""
        every = np.isfinite(values)
        count = self.summed(np.ones(len(values)), every)
        total = self.summed(np.where(every, values, 0.0), every)
        return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def read_panel(
    table: pa.Table, *, period: Period = "day", until_day: int | None = None, levels: tuple[str, ...] = ()
) -> Panel:
    """Series in long form as a panel.

    A period without a row, after the first one of its series, is one in which nothing was sold though it could be.

    Parameters
    ----------
    table
        Columns ``series`` (text), ``day`` (date; any day of a week) and ``quantity`` (units sold); if there are any, ``is_available`` (false
        where the item could not be bought at all times; a week of which most days were open counts in proportion), ``price``, ``promotion`` (0..1, or whether there is one) and ``country`` (ISO
        3166-1, for public holidays). Rows after ``until_day`` tell planned prices and promotions; their quantity is not read.
    period
        What a column is; days are summed to weeks that end with ``until_day``'s weekday, so that no week is cut.
    until_day
        Last day that is known, since 1970; the last day of the table without it.
    levels
        Columns with labels of the series, from the finest to the coarsest.

    Raises
    ------
    ConfigError
        If a column is missing, a day or quantity is, or a label of a series changes.
    """
    if period not in RHYTHMS:
        raise ConfigError(f"There is no period {period!r}.", f"Choose from {', '.join(RHYTHMS)}.")
    ids, row = _labels(table, "series")
    day = np.asarray(_column(table, "day").cast(pa.date32()).cast(pa.int32()), dtype=np.int64)
    if not len(day):
        raise ConfigError("There is no row of demand.", "Give sales of at least one series.")
    last = int(day.max()) if until_day is None else until_day
    if day.min() > last or max(day.max(), last) - day.min() > _MOST_DAYS:
        raise ConfigError(
            f"The demand goes from day {day.min()} to day {day.max()} (since 1970), and is known until day {last}.",
            "Look for wrong dates; a series may have twenty years, some of them before the last known day.",
        )
    step = RHYTHMS[period].days
    columns = (last - int(day.min())) // step + 1
    first = last + 1 - columns * step
    column = (day - first) // step
    grid = _Grid(row, column, len(ids), max(columns, int(column.max()) + 1), step)
    quantity = np.asarray(_column(table, "quantity").cast(pa.float64()))
    past = day <= last
    start = np.full(len(ids), columns)
    np.minimum.at(start, row[past], column[past])
    sold, is_open = _while_open(table, grid, quantity, day, past)
    begun = np.arange(columns) >= start[:, np.newaxis]
    return Panel(
        ids=ids,
        period=period,
        first_day=first,
        quantity=sold[:, :columns],
        known=begun & is_open[:, :columns],
        start=start,
        price=_price(table, grid),
        promotion=_promotion(table, grid),
        holiday=_holiday(table, row, first, columns + RHYTHMS[period].longest, step),
        groups={name: _constant(table, name, row, ids) for name in levels},
    )


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column of the long form.

    Raises
    ------
    ConfigError
        If there is none, or a value is missing.
    """
    if name not in table.column_names:
        raise ConfigError(
            f"Demand has no column {name!r}; it has {', '.join(table.column_names)}.", "Name the column so."
        )
    found = table.column(name)
    if found.null_count or (pa.types.is_floating(found.type) and pc.any(pc.is_nan(found)).as_py()):
        raise ConfigError(
            f"The column {name!r} of the demand lacks values.", "Leave out rows of which nothing is known."
        )
    return found


def _labels(table: pa.Table, name: str) -> tuple[Strings, Ints]:
    encoded = _column(table, name).cast(pa.string()).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    coded = encoded.dictionary_encode()
    found = np.asarray(coded.dictionary.to_pylist(), dtype=np.str_)
    order = np.argsort(found, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return found[order], place[np.asarray(coded.indices, dtype=np.int64)]


def _while_open(
    table: pa.Table, grid: _Grid, quantity: Floats, day: Ints, past: Bools
) -> tuple[Floats, Bools]:
    """What each period sold, and whether that tells its demand: a week with most of its days open sold for the others in proportion."""
    sold = grid.summed(quantity, past)
    if "is_available" not in table.column_names:
        return sold, np.ones(sold.shape, dtype=bool)
    shut = past & ~np.asarray(_column(table, "is_available").cast(pa.bool_()).to_numpy(), dtype=bool)
    once = np.zeros(len(day), dtype=bool)
    places = np.flatnonzero(shut)
    once[places[np.unique(np.stack([grid.row[shut], day[shut]]), axis=1, return_index=True)[1]]] = True
    share = 1 - grid.summed(np.ones(len(day)), once) / grid.step
    is_open = share > 0.5
    filled = np.where(is_open, sold / np.where(is_open, share, 1.0), sold)
    return np.rint(filled) if (quantity == np.rint(quantity)).all() else filled, is_open


def _price(table: pa.Table, grid: _Grid) -> Floats | None:
    """Each period's price; where nothing tells it the one before, and before the first the first."""
    if "price" not in table.column_names:
        return None
    values = np.asarray(table.column("price").cast(pa.float64()).to_numpy(), dtype=float)
    if (values[np.isfinite(values)] < 0).any():
        raise ConfigError(
            f"A price is {np.nanmin(values):g}.", "Give prices from 0 on, or none where none is known."
        )
    return carried(grid.meant(np.where(values > 0, values, np.nan)))


def carried(values: Floats) -> Floats:
    """Rows with gaps filled from the left, then from the right; a row of gaps is 1 throughout."""
    there = np.isfinite(values)
    places = np.maximum.accumulate(np.where(there, np.arange(values.shape[1]), -1), axis=1)
    filled = np.take_along_axis(values, np.maximum(places, 0), axis=1)
    first = np.take_along_axis(values, there.argmax(axis=1)[:, np.newaxis], axis=1)
    filled = np.where(places >= 0, filled, first)
    return np.where(np.isfinite(filled), filled, 1.0)


def _promotion(table: pa.Table, grid: _Grid) -> Floats | None:
    if "promotion" not in table.column_names:
        return None
    values = np.asarray(table.column("promotion").cast(pa.float64()).to_numpy(), dtype=float)
    values = np.where(np.isfinite(values), values, 0.0)
    if (values < 0).any() or (values > 1).any():
        raise ConfigError(
            f"A promotion has the strength {values.min() if values.min() < 0 else values.max():g}.",
            "Give strengths from 0 to 1.",
        )
    return np.nan_to_num(grid.meant(values))


def _holiday(table: pa.Table, row: Ints, first: int, columns: int, step: int) -> Floats | None:
    if "country" not in table.column_names:
        return None
    countries = _constant(table, "country", row, None)
    found = {name: public_holidays(name, first, columns, step) for name in np.unique(countries)}
    return np.stack([found[name] for name in countries])


def _constant(table: pa.Table, name: str, row: Ints, ids: Strings | None) -> Strings:
    """The label of every series."""
    names, code = _labels(table, name)
    lowest = np.full(int(row.max()) + 1, len(names))
    highest = np.full(int(row.max()) + 1, -1)
    np.minimum.at(lowest, row, code)
    np.maximum.at(highest, row, code)
    if (lowest != highest).any():
        place = int(np.flatnonzero(lowest != highest)[0])
        series = f"Series {str(ids[place])!r}" if ids is not None else f"Series number {place}"
        raise ConfigError(
            f"{series} has more than one {name}: {str(names[lowest[place]])!r} and {str(names[highest[place]])!r}.",
            f"Give each series one {name} throughout.",
        )
    return np.asarray(names[lowest])
