"""What proposals of stock are made from: what is where, what is to come, from whom it may be ordered, what a piece costs and brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fondaco.warehouse.engine import Value, Writer, has_table

WORTH_DAYS = 180
"""Over so many days what a piece brings and costs is averaged."""

_POSITIONS = """
with ranked as (
    select
        ledger.*,
        row_number() over (partition by location_id, variant_id order by stock_date desc) as place
    from marts.stock_ledger as ledger
    where ledger.tenant_id = $tenant_id and ledger.stock_date <= $today
),

moved as (
    select
        location_id, variant_id, min(stock_date) as stocked_since, max(case when sold + bundled > 0 then stock_date end) as last_sold_date,
        sum(case when stock_date > $as_of then sold + bundled else 0 end) as sold_since
    from ranked
    group by location_id, variant_id
)

select
    ranked.location_id, ranked.location_name, locations.source as location_source, ranked.variant_id, ranked.product_id, ranked.sku,
    ranked.product_title, ranked.variant_title, ranked.closing as on_hand, moved.stocked_since, moved.last_sold_date,
    cast(moved.sold_since as bigint) as sold_since, variants.price, variants.unit_cost, variants.currency
from ranked
inner join moved on ranked.location_id = moved.location_id and ranked.variant_id = moved.variant_id
inner join core.variants as variants
    on ranked.variant_id = variants.variant_id and ranked.tenant_id = variants.tenant_id and not coalesce(variants.is_deleted, false)
inner join core.locations as locations
    on ranked.location_id = locations.location_id and ranked.tenant_id = locations.tenant_id
where ranked.place = 1
order by ranked.location_id, ranked.variant_id
"""
_WORTH = """
select
    variant_id, cast(sum(units_sold) as double precision) as units,
    cast(sum(gross_sales - discounts) as double precision) as revenue, cast(sum(cost_of_goods) as double precision) as cost
from marts.profit_ledger
where tenant_id = $tenant_id and units_sold > 0 and event_date > $first_day and variant_id is not null
group by variant_id
having sum(units_sold) > 0
"""
_RATES = """
select currency, cast(exchange_rate as double precision) as rate
from core.exchange_rates_daily as rates
where tenant_id = $tenant_id and exchange_rate is not null and rate_date = (
    select max(rate_date) from core.exchange_rates_daily as newest
    where newest.tenant_id = $tenant_id and newest.currency = rates.currency and newest.rate_date <= $today
)
"""
_TERMS = """
select
    items.sku, items.supplier_id, items.supplier_sku, cast(items.unit_cost as double precision) as unit_cost, items.currency, items.order_multiple,
    items.minimum_quantity, items.shelf_life_days, max(lines.ordered_date) as last_ordered
from core.supplier_items as items
left join core.purchase_lines as lines
    on items.sku = lines.sku and items.supplier_id = lines.supplier_id and items.tenant_id = lines.tenant_id
where items.tenant_id = $tenant_id
group by items.sku, items.supplier_id, items.supplier_sku, items.unit_cost, items.currency, items.order_multiple, items.minimum_quantity,
    items.shelf_life_days
order by items.sku, last_ordered desc nulls last, items.unit_cost nulls last, items.supplier_id
"""
# Deliveries of one order come together or nearly so: an order counts once, and not before all of a line is there.
_LEAD_TIMES = """
select supplier_id, purchase_order_id, avg(cast(lead_time_days as double precision)) as days
from core.purchase_lines
where tenant_id = $tenant_id and lead_time_days is not null
    and (status = 'received' or (status = 'open' and received_quantity >= quantity))
group by supplier_id, purchase_order_id
order by supplier_id, purchase_order_id
"""
_SUPPLIERS = """
select supplier_id, supplier_name, supplier_currency, promised_lead_time, cast(minimum_order_value as double precision) as minimum_order_value
from marts.suppliers
where tenant_id = $tenant_id
"""
_OPEN = """
select location_id, variant_id, expected_date, cast(quantity as bigint) as quantity
from core.open_purchases
where tenant_id = $tenant_id and location_id is not null and variant_id is not null
"""
_NUMBERS = "select distinct lower(purchase_order_number) as number from core.purchase_lines where tenant_id = $tenant_id"


@dataclass(frozen=True, slots=True)
class Coming:
    """Pieces of an open order of Fondaco's own.

    Attributes
    ----------
    number
        Of the order: one that a sheet of purchase orders names too counts there.
    from_location_id
        Of a transfer: they are no longer to be had there.
    """

    number: str
    location_id: str
    variant_id: str
    quantity: int
    expected_on: date | None
    from_location_id: str | None = None


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers; ``lead_times`` are days of past orders, ``minimum_order_value`` is in ``currency``."""

    supplier_id: str
    name: str | None
    currency: str | None
    promised_days: float | None
    minimum_order_value: float | None
    lead_times: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """By which rules an article may be ordered; ``unit_cost`` is in ``currency``."""

    supplier_id: str
    supplier_sku: str | None
    unit_cost: float | None
    currency: str | None
    pack: int
    least: int
    shelf_life_days: int | None


@dataclass(slots=True)
class Item:
    """One article at one location.

    Attributes
    ----------
    on_hand
        Pieces that can be sold now, as the ledger has it; may be below nothing.
    sold_since
        Of pieces that are gone, those that were sold after the last day that is known whole: the forecast begins before them.
    arrivals
        Pieces that are to come, with the day, None where it is not known.
    leaving
        Pieces that are to go to other locations.
    unit_cost, unit_margin
        In the reporting currency.
    """

    location_id: str
    location_name: str
    is_ours: bool
    variant_id: str
    product_id: str | None
    sku: str | None
    product_title: str | None
    variant_title: str | None
    on_hand: int
    sold_since: int
    stocked_since: date
    last_sold_date: date | None
    unit_cost: float
    unit_margin: float
    terms: Terms | None
    arrivals: list[tuple[date | None, int]] = field(default_factory=list)
    leaving: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.location_id, self.variant_id

    @property
    def article(self) -> str:
        """The same at every location: the article number, where there is one."""
        return self.sku.casefold() if self.sku else f"\n{self.variant_id}"

    @property
    def on_order(self) -> int:
        return sum(quantity for _, quantity in self.arrivals)

    @property
    def at_start(self) -> int:
        """Pieces with which the forecast begins."""
        return max(self.on_hand + self.sold_since - self.leaving, 0)

    @property
    def title(self) -> str:
        parts = [self.product_title or self.sku or self.variant_id]
        if self.variant_title and self.variant_title not in (self.product_title, "Default Title"):
            parts.append(self.variant_title)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Stock:
    """All items, and the suppliers by their ids."""

    items: tuple[Item, ...]
    suppliers: Mapping[str, Supplier]
    rates: Mapping[str, float]


def read_stock(
    writer: Writer,
    tenant_id: str,
    *,
    today: date,
    as_of: date,
    currency: str,
    cost_rate: float,
    coming: Sequence[Coming] = (),
) -> Stock:
    """Everything that proposals are made from.

    Parameters
    ----------
    as_of
        The last day that is known whole.
    currency
        The reporting currency.
    cost_rate
        What goods cost as a share of their price, where no cost is known.
    coming
        Open orders of Fondaco's own.
    """
    own: dict[str, Value] = {"tenant_id": tenant_id}

    def fetched(sql: str, **more: Value) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = writer.fetch(sql, {**own, **more}).to_pylist()
        return rows

    rates = {row["currency"]: row["rate"] for row in fetched(_RATES, today=today)} | {currency: 1.0}
    worth = {row["variant_id"]: row for row in fetched(_WORTH, first_day=today - timedelta(days=WORTH_DAYS))}
    # A warehouse that an older Fondaco built has no suppliers.
    told = all(
        has_table(writer, schema, name)
        for schema, name in (("core", "supplier_items"), ("core", "purchase_lines"), ("core", "open_purchases"), ("marts", "suppliers"))
    )  # fmt: skip
    terms = _terms(fetched(_TERMS)) if told else {}
    items = {}
    for row in fetched(_POSITIONS, today=today, as_of=as_of):
        item = _item(row, terms.get(row["sku"]), worth.get(row["variant_id"]), rates, cost_rate)
        items[item.key] = item
    numbers = {row["number"] for row in fetched(_NUMBERS)} if told else set[str]()
    for row in fetched(_OPEN) if told else ():
        if (there := items.get((row["location_id"], row["variant_id"]))) is not None:
            there.arrivals.append((row["expected_date"], row["quantity"]))
    for each in coming:
        _take_coming(items, each, numbers)
    suppliers = _suppliers(fetched(_SUPPLIERS), fetched(_LEAD_TIMES)) if told else {}
    return Stock(tuple(items.values()), suppliers, rates)


def _take_coming(items: Mapping[tuple[str, str], Item], each: Coming, numbers: set[str]) -> None:
    if each.number.lower() in numbers:
        return
    if (there := items.get((each.location_id, each.variant_id))) is not None:
        there.arrivals.append((each.expected_on, each.quantity))
    if each.from_location_id is not None:
        article = there.article if there is not None else None
        source = items.get((each.from_location_id, each.variant_id)) or next(
            (one for one in items.values() if one.location_id == each.from_location_id and one.article == article), None
        )  # fmt: skip
        if source is not None:
            source.leaving += each.quantity


def _terms(rows: Sequence[dict[str, Any]]) -> dict[str, Terms]:
    """By article number; of several suppliers the one that was asked last, then the cheapest."""
    found: dict[str, Terms] = {}
    for row in rows:
        if row["sku"] not in found:
            found[row["sku"]] = Terms(
                row["supplier_id"], row["supplier_sku"], row["unit_cost"], row["currency"],
                max(row["order_multiple"] or 1, 1), max(row["minimum_quantity"] or 0, 0), row["shelf_life_days"],
            )  # fmt: skip
    return found


def _suppliers(rows: Sequence[dict[str, Any]], lead_times: Sequence[dict[str, Any]]) -> dict[str, Supplier]:
    days: dict[str, list[float]] = defaultdict(list)
    for row in lead_times:
        days[row["supplier_id"]].append(row["days"])
    return {
        row["supplier_id"]: Supplier(
            row["supplier_id"], row["supplier_name"], row["supplier_currency"], row["promised_lead_time"],
            row["minimum_order_value"], tuple(days[row["supplier_id"]]),
        )
        for row in rows
    }  # fmt: skip


def _item(
    row: dict[str, Any],
    terms: Terms | None,
    worth: dict[str, Any] | None,
    rates: Mapping[str, float],
    cost_rate: float,
) -> Item:
    """A piece brings what it has brought of late, and costs what the supplier asks, else what the books say of it, else the shop."""
    rate = rates.get(row["currency"])
    price = float(row["price"]) * rate if row["price"] is not None and rate is not None else None
    revenue = worth["revenue"] / worth["units"] if worth else price
    cost = None
    asked = rates.get(terms.currency or "") if terms is not None else None
    if terms is not None and terms.unit_cost is not None and asked is not None:
        cost = terms.unit_cost * asked
    if cost is None and worth is not None:
        cost = worth["cost"] / worth["units"]
    if cost is None and row["unit_cost"] is not None and rate is not None:
        cost = float(row["unit_cost"]) * rate
    if cost is None:
        cost = (price or 0.0) * cost_rate
    return Item(
        location_id=row["location_id"], location_name=row["location_name"] or row["location_id"],
        is_ours=row["location_source"] not in ("amazon", "ebay"),
        variant_id=row["variant_id"], product_id=row["product_id"], sku=row["sku"], product_title=row["product_title"],
        variant_title=row["variant_title"], on_hand=row["on_hand"], sold_since=row["sold_since"],
        stocked_since=row["stocked_since"], last_sold_date=row["last_sold_date"], unit_cost=cost,
        unit_margin=(revenue or 0.0) - cost, terms=terms,
    )  # fmt: skip
