"""Cohorts: grouped in the warehouse, forecast here, written back as three tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fondaco.analytics.cohorts import MONTHS, Triangle, forecast, month_index
from fondaco.analytics.cohorts.triangle import divmod_month
from fondaco.jobs.tables import COHORT_FORECASTS, COHORT_RETURNS, COHORTS
from fondaco.jobs.writing import replace_rows
from fondaco.warehouse.engine import Value, Writer

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OTHERS = "(others)"
"""The value of all first products that are not among the most frequent."""

UNKNOWN = "(unknown)"
"""The value of what the first order does not tell."""

PRODUCTS = 50
RETURN_DAYS = 366
"""Days that a return is looked for; whoever is known for longer counts as known for so long."""

DIMENSIONS = {
    "all": "''",
    "channel": "channel",
    "country": "country",
    "shop": "shop",
    "first_product": "first_product",
}
"""Each by its column of ``cohort_people``. What is known of a customer is known by the first purchase."""

_FORECAST_COHORTS = 36
_LEAST_CUSTOMERS = 100

_COUNTS = ("buyers", "orders", "net_sales", "whole_buyers", "whole_orders", "whole_net_sales")

# The number of a customer's month that a day lies in; fondaco.analytics.cohorts.months_between says the same.
_MONTHS = (
    "cast((extract(year from {later}) - extract(year from {first})) * 12 + extract(month from {later})"
    " - extract(month from {first}) - case when extract(day from {later}) < extract(day from {first}) then 1 else 0 end as bigint)"
)

# As in fondaco.jobs.reading: a cancelled order is no purchase.
_BOUGHT = """
select person_id, order_id, order_date, order_sequence, channel, country, connection_id, net_sales
from marts.orders
where tenant_id = $tenant_id and order_sequence is not null and not is_cancelled and order_date <= $as_of
"""

# The product of a first order is that of its dearest line.
_PEOPLE = f"""
insert into cohort_people
with bought as ({_BOUGHT}),
numbered as (
    select *, row_number() over (partition by person_id order by order_date, order_sequence, order_id) as place from bought
),
firsts as (select * from numbered where place = 1),
seconds as (
    select bought.person_id, min(bought.order_date) as second_date
    from bought inner join firsts on bought.person_id = firsts.person_id
    where bought.order_date > firsts.order_date
    group by bought.person_id
),
lines as (
    select
        ledger.order_id,
        coalesce(products.title, ledger.line_title, '{UNKNOWN}') as title,
        row_number() over (
            partition by ledger.order_id
            order by ledger.gross_sales desc, coalesce(products.title, ledger.line_title, '{UNKNOWN}'), ledger.sales_event_id
        ) as place
    from marts.sales_ledger as ledger
    inner join firsts on ledger.order_id = firsts.order_id
    left join marts.products as products
        on ledger.product_id = products.product_id and ledger.tenant_id = products.tenant_id
    where ledger.tenant_id = $tenant_id and ledger.event_type = 'order' and ledger.line_type = 'product'
),
first_lines as (select order_id, title from lines where place = 1),
ranked as (
    select title, row_number() over (order by count(*) desc, title) as place from first_lines group by title
)
select
    firsts.person_id,
    firsts.order_date as first_date,
    cast(date_trunc('month', firsts.order_date) as date) as cohort_month,
    coalesce(firsts.channel, '{UNKNOWN}') as channel,
    coalesce(firsts.country, '{UNKNOWN}') as country,
    coalesce(firsts.connection_id, '{UNKNOWN}') as shop,
    case when ranked.place > {PRODUCTS} then '{OTHERS}' else coalesce(first_lines.title, '{UNKNOWN}') end as first_product,
    cast(seconds.second_date - firsts.order_date as bigint) as days_to_second,
    cast(cast($as_of as date) - firsts.order_date as bigint) as days_known,
    {_MONTHS.format(first="firsts.order_date", later="cast($until as date)")} as whole_months
from firsts
left join seconds on firsts.person_id = seconds.person_id
left join first_lines on firsts.order_id = first_lines.order_id
left join ranked on first_lines.title = ranked.title
"""
_PURCHASES = f"""
insert into cohort_purchases
select person_id, month_number, cast(count(*) as bigint) as orders, sum(net_sales) as net_sales
from (
    select bought.person_id, bought.net_sales, {_MONTHS.format(first="people.first_date", later="bought.order_date")} as month_number
    from ({_BOUGHT}) as bought
    inner join cohort_people as people on bought.person_id = people.person_id
) as dated
group by person_id, month_number
"""
_CELLS = """
select
    people.{column} as value,
    people.cohort_month,
    purchases.month_number,
    cast(count(*) as bigint) as buyers,
    cast(sum(purchases.orders) as bigint) as orders,
    cast(sum(purchases.net_sales) as decimal(38, 6)) as net_sales,
    cast(sum(case when whole then 1 else 0 end) as bigint) as whole_buyers,
    cast(sum(case when whole then purchases.orders else 0 end) as bigint) as whole_orders,
    cast(sum(case when whole then purchases.net_sales else 0 end) as decimal(38, 6)) as whole_net_sales
from (
    select p.person_id, p.month_number, p.orders, p.net_sales, p.month_number < c.whole_months as whole
    from cohort_purchases as p inner join cohort_people as c on p.person_id = c.person_id
) as purchases
inner join cohort_people as people on purchases.person_id = people.person_id
group by 1, 2, 3
"""
_KNOWN = """
select {column} as value, cohort_month, whole_months, cast(count(*) as bigint) as customers
from cohort_people
group by 1, 2, 3
"""
_RETURNS = f"""
insert into {COHORT_RETURNS.qualified} (tenant_id, dimension, value, cohort_month, days, returned, still_out)
select
    $tenant_id, $dimension, value, cohort_month, days,
    cast(sum(returned) as bigint) as returned, cast(sum(1 - returned) as bigint) as still_out
from (
    select
        {{column}} as value,
        cohort_month,
        least(coalesce(days_to_second, days_known), {RETURN_DAYS}) as days,
        case when days_to_second < {RETURN_DAYS} then 1 else 0 end as returned
    from cohort_people
) as told
group by value, cohort_month, days
"""
_STAGED = {
    "cohort_people": "person_id text, first_date date, cohort_month date, channel text, country text, shop text,"
    " first_product text, days_to_second bigint, days_known bigint, whole_months bigint",
    "cohort_purchases": "person_id text, month_number bigint, orders bigint, net_sales decimal(38, 6)",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of ``COHORTS`` and ``COHORT_FORECASTS`` but for the tenant."""

    cells: pa.Table
    forecasts: pa.Table


def find_cohorts(writer: Writer, tenant_id: str, as_of: date) -> Found:
    """Group all purchases until ``as_of``, the last day that is known, and forecast what is not seen yet."""
    _stage(writer, tenant_id, as_of)
    cells, forecasts = [], []
    for dimension, column in DIMENSIONS.items():
        sql = {"column": column} if dimension != "all" else {"column": "whole_value"}
        known = writer.fetch(_of(_KNOWN, **sql))
        counted = writer.fetch(_of(_CELLS, **sql))
        for value, block in _blocks(known, counted, as_of):
            told = {"dimension": dimension, "value": value}
            cells.append(_named(block.rows(), told))
            if block.customers.sum() >= _LEAST_CUSTOMERS:
                forecasts.append(_named(_forecasts(block), told))
    nothing = pa.table({"dimension": pa.array([], pa.string())})
    return Found(pa.concat_tables(cells), pa.concat_tables(forecasts) if forecasts else nothing)


def write_cohorts(writer: Writer, tenant_id: str, found: Found) -> None:
    """Put what was found in the place of what stands there. Within a transaction, after ``find_cohorts``."""
    for spec, rows in ((COHORTS, found.cells), (COHORT_FORECASTS, found.forecasts)):
        owned = rows.append_column("tenant_id", pa.array([tenant_id] * rows.num_rows, pa.string()))
        replace_rows(writer, spec, owned, where={"tenant_id": tenant_id})
    writer.execute(
        f"delete from {COHORT_RETURNS.qualified} where tenant_id = $tenant_id", {"tenant_id": tenant_id}
    )
    for dimension, column in DIMENSIONS.items():
        asked = {"tenant_id": tenant_id, "dimension": dimension}
        writer.execute(_of(_RETURNS, column=column if dimension != "all" else "whole_value"), asked)
    for name in _STAGED:
        writer.execute(f"drop table {name}")


def _of(sql: str, column: str) -> str:
    """The whole has no column; everybody's value is ''."""
    if column == "whole_value":
        return sql.replace("people.{column}", "''").replace("{column}", "''")
    return sql.replace("{column}", column)


def _stage(writer: Writer, tenant_id: str, as_of: date) -> None:
    """One row a customer, and one a customer and month, in temporary tables that ``write_cohorts`` drops."""
    asked: dict[str, Value] = {"tenant_id": tenant_id, "as_of": as_of}
    with writer.transaction():
        for name, columns in _STAGED.items():
            writer.execute(f"drop table if exists {name}")
            writer.execute(f"create temporary table {name} ({columns})")
        writer.execute(_PEOPLE, {**asked, "until": as_of + timedelta(days=1)})
        writer.execute(_PURCHASES, asked)


@dataclass(frozen=True, slots=True)
class _Block:
    """Cohorts (rows) by month (columns) of one value. ``rates`` holds the columns named in ``_COUNTS``; money is kept exact there.

    Attributes
    ----------
    months
        ``month_index`` of each row.
    last
        ``month_index`` of the last known day.
    """

    months: Integers
    customers: Integers
    whole: Integers
    counts: dict[str, NDArray[np.generic]]
    last: int

    def rows(self) -> pa.Table:
        """Each month that has begun for somebody, whether anybody bought in it or not."""
        row, number = np.nonzero(np.arange(self.whole.shape[1]) <= (self.last - self.months)[:, None])
        first_days = pa.array([date(*divmod_month(int(month)), 1) for month in self.months])
        found = {
            "cohort_month": first_days.take(pa.array(row)),
            "month_number": number,
            "customers": self.customers[row],
            "whole_customers": self.whole[row, number],
        }
        for name, counts in self.counts.items():
            kind = pa.decimal128(38, 6) if name.endswith("net_sales") else pa.int64()
            found[name] = pa.array(counts[row, number].tolist(), kind)
        return pa.table(found)


def _blocks(known: pa.Table, counted: pa.Table, as_of: date) -> Iterator[tuple[str, _Block]]:
    """The blocks of a dimension, by value."""
    last = month_index(as_of)
    for value in sorted(set(known.column("value").to_pylist())):
        told = known.filter(pc.equal(known.column("value"), value))
        done = counted.filter(pc.equal(counted.column("value"), value))
        month = _indices(told)
        months, row = np.unique(month, return_inverse=True)
        width = last - int(months.min()) + 1
        heads, wholes = _integers(told, "customers"), _integers(told, "whole_months")
        reached = np.zeros((len(months), width + 1), np.int64)
        np.add.at(reached, (row, np.clip(wholes, 0, width)), heads)
        beyond = reached[:, ::-1].cumsum(axis=1)[:, ::-1]
        place = (np.searchsorted(months, _indices(done)), _integers(done, "month_number"))
        counts: dict[str, NDArray[np.generic]] = {}
        for name in _COUNTS:
            exact = name.endswith("net_sales")
            grid: NDArray[np.generic] = np.zeros((len(months), width), object if exact else np.int64)
            grid[place] = done.column(name).to_pylist() if exact else _integers(done, name)
            counts[name] = grid
        yield value, _Block(months, beyond[:, 0], beyond[:, 1:], counts, last)


def _forecasts(block: _Block) -> pa.Table:
    """Months to come of the newest cohorts, by measure."""
    oldest = int(block.months.min())
    height, width = block.last - oldest + 1, MONTHS
    kept = min(width, block.whole.shape[1])

    def grid(counts: NDArray[np.generic]) -> Floats:
        found = np.zeros((height, width))
        found[block.months - oldest, :kept] = counts[:, :kept].astype(np.float64)
        return found

    heads = np.zeros(height)
    heads[block.months - oldest] = block.customers
    shape = Triangle(
        heads,
        grid(block.whole),
        *(grid(block.counts[f"whole_{name}"]) for name in ("buyers", "orders", "net_sales")),
    )
    retention = forecast(heads, shape.exposure, shape.buyers, most=1.0)
    orders = forecast(heads, shape.exposure, shape.orders)
    sales = forecast(heads, shape.exposure, shape.value)
    measures = {
        "retention": (retention.expected, retention.low, retention.high),
        "orders": (orders.expected, orders.low, orders.high),
        "net_sales": (sales.expected, sales.low, sales.high),
        "cumulative": (sales.total, sales.total_low, sales.total_high),
    }
    parts = []
    for measure, figures in measures.items():
        row, number = np.nonzero(np.isfinite(figures[0]))
        recent = row >= height - _FORECAST_COHORTS
        row, number = row[recent], number[recent]
        found = {
            name: values[row, number]
            for name, values in zip(("expected", "low", "high"), figures, strict=True)
        }
        days = [date(*divmod_month(oldest + int(each)), 1) for each in row]
        parts.append(
            _named(
                pa.table({"cohort_month": pa.array(days, pa.date32()), "month_number": number, **found}),
                {"measure": measure},
            )
        )
    return pa.concat_tables(parts)


def _named(rows: pa.Table, told: dict[str, str]) -> pa.Table:
    for name, value in told.items():
        rows = rows.append_column(name, pa.array([value] * rows.num_rows, pa.string()))
    return rows


def _indices(rows: pa.Table) -> Integers:
    return np.array(
        [month_index(day) for day in pc.cast(rows.column("cohort_month"), pa.date32()).to_pylist()], np.int64
    )


def _integers(rows: pa.Table, name: str) -> Integers:
    return np.array(pc.cast(rows.column(name), pa.int64()).to_pylist(), np.int64)
