"""What prices are judged by: pieces and prices by week, what a piece costs, what lies there, and what will be wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from fondaco.warehouse.engine import Value, Writer, has_table

FIRST_MONDAY = date(1970, 1, 5)
HISTORY_WEEKS = 104
"""Two years: what a season needs to be told from a price."""
WORTH_DAYS = 180
"""Over so many days what a piece costs is averaged."""
RECENT_WEEKS = 13
"""Over so many weeks what is sold, and what buyers are let off, is averaged."""
_TAXED_ORDERS = 0.5

# In the shop's currency, so that exchange rates move no price; with each line's own tax, for where prices have it in them, one price leaves different
# amounts in different countries. Gifts have no price.
_DAYS = """
select
    variant_id, min(product_id) as product_id, connection_id, shop_currency, event_date,
    cast(sum(units_sold) as double precision) as units,
    cast(sum(gross_sales / coalesce(exchange_rate, 1)) as double precision) as gross,
    sum(
        cast(gross_sales as double precision) / coalesce(exchange_rate, 1)
        * (1 + cast(taxes as double precision) / coalesce(nullif(cast(gross_sales - discounts as double precision), 0), 1))
    ) as with_tax,
    cast(sum(discounts / coalesce(exchange_rate, 1)) as double precision) as discounts,
    cast(sum(taxes / coalesce(exchange_rate, 1)) as double precision) as taxes
from marts.sales_ledger
where tenant_id = $tenant_id and variant_id is not null and units_sold > 0 and gross_sales > 0
    and event_date >= $first_day and event_date <= $last_day
group by variant_id, connection_id, shop_currency, event_date
order by connection_id, variant_id, shop_currency, event_date
"""
_VARIANTS = """
select
    variants.variant_id, coalesce(variants.product_id, variants.variant_id) as product_id, variants.sku, products.title as product_title,
    variants.title as variant_title, coalesce(products.product_type, '') as product_type,
    cast(variants.price as double precision) as price, cast(variants.unit_cost as double precision) as unit_cost, variants.currency
from core.variants as variants
left join core.products as products
    on variants.product_id = products.product_id and variants.tenant_id = products.tenant_id
where variants.tenant_id = $tenant_id and not coalesce(variants.is_deleted, false)
"""
_COSTS = """
select
    variant_id, cast(sum(units_sold) as double precision) as units, cast(sum(cost_of_goods) as double precision) as goods,
    cast(sum(assumed_cost_of_goods) as double precision) as assumed,
    cast(sum(coalesce(fulfilment_costs, 0) + coalesce(payment_costs, 0) + coalesce(marketplace_fees, 0)) as double precision) as beside
from marts.profit_ledger
where tenant_id = $tenant_id and units_sold > 0 and event_date > $first_day and event_date <= $last_day and variant_id is not null
group by variant_id
"""
_RATES = """
select currency, cast(exchange_rate as double precision) as rate
from core.exchange_rates_daily as rates
where tenant_id = $tenant_id and exchange_rate is not null and rate_date = (
    select max(rate_date) from core.exchange_rates_daily as newest
    where newest.tenant_id = $tenant_id and newest.currency = rates.currency and newest.rate_date <= $today
)
"""
_TAXED = """
select connection_id, avg(case when prices_include_tax then 1.0 else 0.0 end) as share
from core.orders where tenant_id = $tenant_id group by connection_id
"""
_STOCK = """
select
    variant_id, cast(sum(units) as bigint) as units, count(*) as places, max(case when is_dead then 1 else 0 end) as is_dead,
    cast(sum(sales_velocity) as double precision) as velocity
from marts.stock_items where tenant_id = $tenant_id group by variant_id
"""
_OUT = """
select variant_id, stockout_date, count(distinct location_id) as places
from marts.stockout_days where tenant_id = $tenant_id and stockout_date >= $first_day group by variant_id, stockout_date
"""
_AHEAD = """
select variant_id, forecast_date, sum(mean) as pieces
from marts.demand_forecasts where tenant_id = $tenant_id and period = 'week' group by variant_id, forecast_date
order by variant_id, forecast_date
"""


@dataclass(frozen=True, slots=True)
class Week:
    """Pieces of an article that were sold in a week, what was asked for them, and what buyers were let off; with tax where prices have it in them."""

    week: int
    units: float
    gross: float
    discounts: float


@dataclass(slots=True)
class Article:
    """A variant that is for sale; money in ``currency``, the shop's.

    Attributes
    ----------
    rate
        The reporting currency's amount of one unit of ``currency``.
    price
        As buyers see it now, with the tax that is in it.
    unit_cost
        Of the goods and of what is paid with each piece; None where nobody knows.
    tax
        Rate of the tax that is in the price.
    weeks
        With a sale, ascending.
    out
        Weeks in which it could not be bought on most days.
    on_hand
        Pieces at all locations; None where stock is not known.
    ahead
        Pieces that are forecast for the weeks to come; empty where nothing is.
    """

    variant_id: str
    product_id: str
    connection_id: str
    sku: str | None
    product_title: str | None
    variant_title: str | None
    product_type: str
    currency: str
    rate: float
    price: float
    price_basis: str
    unit_cost: float | None
    cost_basis: str
    tax: float
    weeks: list[Week]
    out: frozenset[int] = frozenset()
    on_hand: int | None = None
    is_dead: bool = False
    ahead: tuple[float, ...] = ()
    discount_rate: float = 0.0

    @property
    def kept(self) -> float:
        """What of a price reaches the merchant, after tax and what buyers are let off."""
        return (1 - self.discount_rate) / (1 + self.tax)

    @property
    def title(self) -> str:
        parts = [self.product_title or self.sku or self.variant_id]
        if self.variant_title and self.variant_title not in (self.product_title, "Default Title"):
            parts.append(self.variant_title)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All articles; ``last_week`` is the last one that is known whole, ``discounts`` the share of sales that a shop let buyers off, by week."""

    articles: tuple[Article, ...]
    last_week: int
    discounts: Mapping[tuple[str, int], float] = field(default_factory=dict)


def week_of(day: date, begins: int = 0) -> int:
    """Weeks since the first Monday of 1970, where they begin so many days after Mondays."""
    return ((day - FIRST_MONDAY).days - begins) // 7


def read_prices(writer: Writer, tenant_id: str, *, today: date, as_of: date, currency: str) -> PriceBook:
    """Everything that prices are judged by.

    Parameters
    ----------
    as_of
        The last day that is known whole.
    currency
        The reporting currency.
    """
    own: dict[str, Value] = {"tenant_id": tenant_id}

    def fetched(schema: str, table: str, sql: str, **more: Value) -> list[dict[str, Any]]:
        if not has_table(writer, schema, table):  # a warehouse that an older Fondaco built
            return []
        rows: list[dict[str, Any]] = writer.fetch(sql, {**own, **more}).to_pylist()
        return rows

    oldest = as_of - timedelta(weeks=HISTORY_WEEKS + 1)
    days = fetched("marts", "sales_ledger", _DAYS, first_day=oldest, last_day=as_of)
    taxed = {
        row["connection_id"]: float(row["share"]) > _TAXED_ORDERS for row in fetched("core", "orders", _TAXED)
    }
    for row in days:
        row["asked"] = float(row["with_tax"]) if taxed.get(row["connection_id"]) else row["gross"]
    begins = _weekday_of_prices(days)
    last = week_of(as_of + timedelta(days=1), begins) - 1
    weeks = _by_week(days, begins, last - HISTORY_WEEKS + 1, last)
    rates = {
        row["currency"]: row["rate"] for row in fetched("core", "exchange_rates_daily", _RATES, today=today)
    } | {currency: 1.0}
    shop = _Shop(
        variants={row["variant_id"]: row for row in fetched("core", "variants", _VARIANTS)},
        costs={
            row["variant_id"]: row
            for row in fetched("marts", "profit_ledger", _COSTS, first_day=as_of - timedelta(days=WORTH_DAYS), last_day=as_of)
        },
        rates=rates,
        taxed=taxed,
        stock={row["variant_id"]: row for row in fetched("marts", "stock_items", _STOCK)},
        out=fetched("marts", "stockout_days", _OUT, first_day=oldest),
        begins=begins,
        ahead=fetched("marts", "demand_forecasts", _AHEAD),
    )  # fmt: skip
    return PriceBook(tuple(_articles(weeks, shop, last)), last, _discounts(weeks))


@dataclass(frozen=True, slots=True)
class _Shop:
    variants: Mapping[str, dict[str, Any]]
    costs: Mapping[str, dict[str, Any]]
    rates: Mapping[str, float]
    taxed: Mapping[str, bool]
    stock: Mapping[str, dict[str, Any]]
    out: Sequence[dict[str, Any]]
    ahead: Sequence[dict[str, Any]]
    begins: int


def _weekday_of_prices(days: Sequence[dict[str, Any]]) -> int:
    """The weekday on which prices change: weeks that begin on it have the least movement of prices within them. Mondays where all are equal."""
    if not days:
        return 0
    units = np.array([row["units"] for row in days])
    price = np.log(np.array([row["asked"] for row in days]) / units)
    day = np.array([(row["event_date"] - FIRST_MONDAY).days for row in days])
    _, variant = np.unique(
        [f"{row['variant_id']} {row['shop_currency']}" for row in days], return_inverse=True
    )
    moved = []
    for begins in range(7):
        _, cell = np.unique(np.stack([variant, (day - begins) // 7]), axis=1, return_inverse=True)
        cell = cell.ravel()
        mean = (np.bincount(cell, units * price) / np.bincount(cell, units))[cell]
        moved.append(float(np.round((units * np.abs(price - mean)).sum(), 6)))
    return int(np.argmin(moved))


def _by_week(days: Sequence[dict[str, Any]], begins: int, first: int, last: int) -> list[dict[str, Any]]:
    """Sums of whole weeks, in the order of the days."""
    sums: dict[tuple[str, str, str, int], dict[str, Any]] = {}
    for row in days:
        week = week_of(row["event_date"], begins)
        if not first <= week <= last:
            continue
        key = (row["connection_id"], row["variant_id"], row["shop_currency"], week)
        if (whole := sums.get(key)) is None:
            sums[key] = {**row, "week": week}
            continue
        for name in ("units", "gross", "asked", "discounts", "taxes"):
            whole[name] += row[name]
    return list(sums.values())


def _discounts(weeks: Sequence[dict[str, Any]]) -> dict[tuple[str, int], float]:
    gross: dict[tuple[str, int], float] = defaultdict(float)
    off: dict[tuple[str, int], float] = defaultdict(float)
    for row in weeks:
        gross[row["connection_id"], row["week"]] += row["gross"]
        off[row["connection_id"], row["week"]] += row["discounts"]
    return {key: min(max(off[key] / value, 0.0), 1.0) for key, value in gross.items()}


def _articles(weeks: Sequence[dict[str, Any]], shop: _Shop, last: int) -> list[Article]:
    by_variant: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in weeks:
        if row["variant_id"] in shop.variants and shop.rates.get(row["shop_currency"]) is not None:
            by_variant[row["variant_id"]].append(row)
    out, ahead = _weeks_out(shop), defaultdict[str, list[float]](list)
    for row in shop.ahead:
        ahead[row["variant_id"]].append(float(row["pieces"]))
    found = []
    for variant_id, rows in sorted(by_variant.items()):
        article = _article(shop.variants[variant_id], rows, shop)
        article.out = out.get(variant_id, frozenset())
        article.ahead = tuple(ahead.get(variant_id, ()))
        recent = [week for week in article.weeks if week.week > last - RECENT_WEEKS]
        gross = sum(week.gross for week in recent)
        article.discount_rate = (
            min(max(sum(week.discounts for week in recent) / gross, 0.0), 0.9) if gross else 0.0
        )
        if (there := shop.stock.get(variant_id)) is not None:
            article.on_hand, article.is_dead = max(int(there["units"]), 0), bool(there["is_dead"])
        found.append(article)
    return found


def _article(own: dict[str, Any], rows: Sequence[dict[str, Any]], shop: _Shop) -> Article:
    """Prices of the ledger are without tax: those that buyers see are made of them again where a shop's prices have tax in them."""
    connection, currency = rows[-1]["connection_id"], rows[-1]["shop_currency"]
    mine = [row for row in rows if row["shop_currency"] == currency and row["connection_id"] == connection]
    net = sum(row["gross"] - row["discounts"] for row in mine)
    tax = max(sum(row["taxes"] for row in mine) / net, 0.0) if net > 0 and shop.taxed.get(connection) else 0.0
    is_listed = own["price"] is not None and own["price"] > 0 and own["currency"] == currency
    sold = mine[-1]["asked"] / mine[-1]["units"]
    rate = shop.rates[currency]
    cost, basis = _cost(own, shop, rate)
    return Article(
        variant_id=own["variant_id"], product_id=own["product_id"], connection_id=connection, sku=own["sku"], product_title=own["product_title"],
        variant_title=own["variant_title"], product_type=own["product_type"], currency=currency, rate=rate,
        price=round(float(own["price"]) if is_listed else sold, 2) or sold, price_basis="listed" if is_listed else "sold",
        unit_cost=cost, cost_basis=basis, tax=tax,
        weeks=[Week(int(row["week"]), row["units"], row["asked"], row["discounts"] * (1 + tax)) for row in mine],
    )  # fmt: skip


def _cost(own: dict[str, Any], shop: _Shop, rate: float) -> tuple[float | None, str]:
    """As the books have it of late, else as the shop says; in the shop's currency."""
    row = shop.costs.get(own["variant_id"])
    beside = row["beside"] / row["units"] / rate if row else 0.0
    if row and row["goods"] > 0:
        basis = "assumed" if row["assumed"] > 0.5 * row["goods"] else "known"
        if basis == "known" or own["unit_cost"] is None:
            return row["goods"] / row["units"] / rate + beside, basis
    told = shop.rates.get(own["currency"] or "")
    if own["unit_cost"] is not None and told is not None:
        return own["unit_cost"] * told / rate + beside, "known"
    return None, "none"


def _weeks_out(shop: _Shop) -> dict[str, frozenset[int]]:
    """Weeks of which it was nowhere to be had on four days or more."""
    days: dict[tuple[str, int], int] = defaultdict(int)
    for row in shop.out:
        there = shop.stock.get(row["variant_id"])
        if there is None or row["places"] >= there["places"]:
            days[row["variant_id"], week_of(row["stockout_date"], shop.begins)] += 1
    found: dict[str, set[int]] = defaultdict(set)
    for (variant_id, week), count in days.items():
        if count >= 4:
            found[variant_id].add(week)
    return {variant_id: frozenset(each) for variant_id, each in found.items()}
