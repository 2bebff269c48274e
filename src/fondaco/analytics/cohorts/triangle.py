"""Cohorts by month since the first purchase. The youngest have seen the fewest months, hence a triangle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.purchases import Purchases

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONTHS = 25
"""Months that are looked at, from 0 to two years after the first purchase."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Triangle:
    """Cohorts (rows, oldest first) by month since the first purchase (columns, from 0), counted over whole months only.

    Month ``k`` of a customer goes from the ``k``-th monthly return of the day of the first purchase to the day before the next. It
    counts once it is over, so that a month under way pulls no figure down (right censoring).

    Attributes
    ----------
    customers
        Of each cohort.
    exposure
        Customers of the cohort who have had that month whole. From ``customers`` down to 0.
    buyers, orders, value
        What these did in that month: how many bought, their days with a purchase or orders, and what for.
    """

    customers: Floats
    exposure: Floats
    buyers: Floats
    orders: Floats
    value: Floats

    def rate(self, amounts: Floats) -> Floats:
        """``amounts`` for each customer who had the month whole; NaN where nobody had."""
        found: Floats = np.divide(
            amounts, self.exposure, out=np.full(amounts.shape, np.nan), where=self.exposure > 0
        )
        return found


def month_index(day: date) -> int:
    """Months since the year 0; the difference of two is what the calendar says."""
    return day.year * 12 + day.month - 1


def months_between(first: date, later: date) -> int:
    """Whole months from ``first`` to ``later``: the number of the customer's month that ``later`` lies in.

    A month that starts on the 31st starts, where there is none, on the first day after.
    """
    return month_index(later) - month_index(first) - (later.day < first.day)


def triangle(purchases: Purchases, as_of: int) -> tuple[list[date], Triangle]:
    """First days of the cohorts' months, and the triangle, as known at the end of the day ``as_of`` (days since 1970).

    Months between the first cohort and ``as_of`` in which nobody came are rows without customers. Columns end with ``MONTHS``.
    """
    known = purchases.until(as_of)
    customer, head = np.unique(known.customer, return_index=True)
    month, of_month = _calendar(known.day)
    first_month, first_of_month = month[head], of_month[head]
    end = _EPOCH + timedelta(days=as_of + 1)
    whole = month_index(end) - first_month - (end.day < first_of_month)
    oldest = int(first_month.min())
    rows = month_index(end - timedelta(days=1)) - oldest + 1
    cohort = first_month - oldest
    person = np.searchsorted(customer, known.customer)
    number = month - first_month[person] - (of_month < first_of_month[person])
    counted = (number < whole[person]) & (number < MONTHS)
    place = (cohort[person] * MONTHS + number)[counted]
    buyer = np.unique(person[counted] * MONTHS + number[counted])

    def sums(places: Integers, weights: Floats | None = None) -> Floats:
        return np.bincount(places, weights, rows * MONTHS).reshape(rows, MONTHS).astype(np.float64)

    told = np.bincount(cohort * (MONTHS + 1) + np.clip(whole, 0, MONTHS), minlength=rows * (MONTHS + 1))
    # Who has had k months whole has had all before it: counts of those beyond each column.
    beyond = told.reshape(rows, MONTHS + 1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    found = Triangle(
        customers=np.bincount(cohort, minlength=rows).astype(np.float64),
        exposure=beyond[:, 1:].astype(np.float64),
        buyers=sums(cohort[buyer // MONTHS] * MONTHS + buyer % MONTHS),
        orders=sums(place),
        value=sums(place, known.value[counted]),
    )
    return [date(*divmod_month(oldest + row), 1) for row in range(rows)], found


def divmod_month(index: int) -> tuple[int, int]:
    """Year and month of a ``month_index``."""
    return index // 12, index % 12 + 1


def _calendar(days: Integers) -> tuple[Integers, Integers]:
    """``month_index`` and day of the month."""
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    return months.astype(np.int64) + 1970 * 12, (stamps - months).astype(np.int64) + 1
