"""The forecast of a merchant's books, with what it was worth on days it had not seen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.forecast.backtest import (
    FIRST_ORIGIN,
    LEAST_WINDOWS,
    STEP,
    Origins,
    baselines,
    furthest,
    look_back,
)
from fondaco.analytics.forecast.books import Books
from fondaco.analytics.forecast.measures import mase, wape, weekly_change
from fondaco.analytics.forecast.ways import WAYS

Floats = NDArray[np.float64]

LEVEL = 0.8
"""Probability that an interval holds."""

SHORTEST = 31
"""Nothing is forecast that does not reach the end of any month."""

LEAST_DAYS = FIRST_ORIGIN + STEP * (LEAST_WINDOWS - 1 - -SHORTEST // STEP)
"""Days that have to be known: a forecast of a month has to have been right or wrong five times."""

TESTED = (30, 90)
"""Days ahead whose totals are tested."""

_SCALE_DAYS = 365
_MOST_WINDOWS = 60
_LEAST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class BackTest:
    """How one way did on one line over totals of so many days, on windows that all ways of the same line and days share.

    Attributes
    ----------
    way
        ``forecast``, or the name of a baseline.
    windows
        How many; they overlap.
    wape, mase
        Of single days.
    total_error
        Mean absolute error of the windows' totals, in money.
    total_wape
        The same over the mean absolute total.
    bias
        Mean of forecast less actual totals, in money.
    coverage
        Share of ``covered`` windows of which the interval held the total; NaN for a baseline.
    """

    line: int
    way: str
    horizon_days: int
    windows: int
    wape: float
    mase: float
    total_error: float
    total_wape: float
    bias: float
    coverage: float
    covered: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What days to come are expected to bring.

    Attributes
    ----------
    why_not
        Why there is no forecast; empty where there is one.
    days
        How many are forecast; never more than were tested.
    parts
        A row a part, a column a day.
    expected, low, high
        Of each line and day.
    total, total_low, total_high
        Of each line from the first day ahead up to each.
    counts
        What each way counts in the first 28 days, and beyond them.
    """

    why_not: str
    days: int = 0
    parts: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    expected: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    low: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    high: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    total: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    total_low: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    total_high: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    counts: dict[str, tuple[float, float]] = field(default_factory=dict)
    tests: tuple[BackTest, ...] = ()


def look_ahead(books: Books, ahead: int, *, level: float = LEVEL) -> Outlook:
    """Forecast the lines of the books.

    Sales are forecast by several ways that are combined by how they did (``ways``, ``backtest``); what hangs on sales follows at the shares of
    the last weeks, and what does not runs on (``Books.rules``). So every line is the sum of its parts, on every day.

    Parameters
    ----------
    ahead
        Days wanted; fewer are given where the history is too short to have tested as many.
    level
        Probability of the intervals, 0..1.
    """
    if books.days < LEAST_DAYS:
        return Outlook(f"{books.days} days are known, and a forecast needs {LEAST_DAYS}")
    sales = books.lines[0] @ books.parts
    if not np.any(sales[-RECENT:] > 0):
        return Outlook(f"nothing was sold in the last {RECENT} days")
    busy = int(np.count_nonzero(sales[-DENSE:] > 0))
    if 2 * busy < DENSE:
        return Outlook(
            f"something was sold on {busy} of the last {DENSE} days, and a forecast needs half of them"
        )
    reach = min(ahead, furthest(books.days))
    origins = look_back(books, reach)
    now = len(origins.known) - 1
    count = len(books.lines)
    half = np.array([origins.half_width(now, line, level) for line in range(count)])
    daily = np.array([origins.daily_half_width(now, line, level) for line in range(count)])
    expected = origins.lines[now]
    total = np.cumsum(expected, axis=1)
    of_sales, a_day = books.rules()
    return Outlook(
        why_not="",
        days=reach,
        parts=of_sales[:, None] * origins.combined[now] + a_day[:, None],
        expected=expected,
        low=expected - daily,
        high=expected + daily,
        total=total,
        total_low=total - half,
        total_high=total + half,
        counts={name: (float(near), float(far)) for name, (near, far) in zip(WAYS, origins.counts[now], strict=True)},
        tests=tuple(_tests(books, origins, level)),
    )  # fmt: skip


RECENT = 28
"""A shop that has sold nothing for so many days is not forecast."""


DENSE = 112
"""Where on most of so many days nothing is sold, days say nothing of weekdays, and shares of sales are shares of nothing."""


def _tests(books: Books, origins: Origins, level: float) -> list[BackTest]:
    amounts = books.amounts
    paths = {"forecast": origins.lines} | baselines(amounts, origins.known, origins.ahead)
    found = []
    for horizon in TESTED:
        if horizon > origins.ahead:
            continue
        over = np.flatnonzero(origins.known + horizon <= books.days)
        shared = [place for place in over if all(np.isfinite(path[place, 0, 0]) for path in paths.values())]
        ways = dict(paths)
        if len(shared) < _LEAST_COMPARED:
            ways = {name: path for name, path in paths.items() if np.isfinite(path[over, 0, 0]).all()}
            shared = list(over)
        windows = np.array(shared[-_MOST_WINDOWS:])
        for line in range(len(amounts)):
            before = amounts[line]
            scale = np.array(
                [weekly_change(before[max(0, day - _SCALE_DAYS) : day]) for day in origins.known[windows]]
            )
            actual = origins.actual[windows, line, :horizon]
            for name, path in ways.items():
                interval = (
                    _covered(origins, windows, line, horizon, level) if name == "forecast" else (np.nan, 0)
                )
                found.append(
                    _test(line, name, actual, path[windows, line, :horizon], scale, interval=interval)
                )
    return found


def _test(
    line: int, way: str, actual: Floats, path: Floats, scale: Floats, *, interval: tuple[float, int]
) -> BackTest:
    total, told = actual.sum(axis=1), path.sum(axis=1)
    return BackTest(
        line=line,
        way=way,
        horizon_days=actual.shape[1],
        windows=len(actual),
        wape=wape(actual, path),
        mase=mase(actual, path, scale),
        total_error=float(np.abs(total - told).mean()),
        total_wape=wape(total, told),
        bias=float((told - total).mean()),
        coverage=interval[0],
        covered=interval[1],
    )


def _covered(
    origins: Origins, windows: NDArray[np.int64], line: int, horizon: int, level: float
) -> tuple[float, int]:
    """How often the interval of that time held, and of how many windows it was known at all."""
    off = np.abs(
        origins.actual[windows, line, :horizon].sum(axis=1)
        - origins.lines[windows, line, :horizon].sum(axis=1)
    )
    half = np.array([origins.half_width(int(place), line, level)[horizon - 1] for place in windows])
    known = np.isfinite(half)
    return (float((off <= half)[known].mean()) if known.any() else np.nan), int(known.sum())
