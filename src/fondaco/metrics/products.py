"""Products: how fast they sell, how long the stock lasts, what their buyers do next, and what is bought with them.

Sales and rates are metrics of the semantic layer. What that cannot say, since it needs the days of a period, the stock of
today or what people did before and after, is worked out here, and told in ``fondaco.metrics.product_figures``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product, or a variant, with all that a table says of it. None is what is not known or not defined.

    Attributes
    ----------
    title, sku, variant_title
        Of a variant all, the last as far as its stock is known; of a product the title alone.
    units_per_day, units_per_day_before
        Over the period, and over the one it is compared with.
    contribution_margin_3, contribution_margin_3_rate
        What it left after marketing, and the part of its net sales that this is; None where what is published has no profit,
        the rate also where more was given back than sold.
    """

    product_id: str | None
    variant_id: str | None
    variant_title: str | None
    title: str | None
    sku: str | None
    net_sales: Decimal
    units_sold: int
    units_per_day: Decimal | None
    units_per_day_before: Decimal | None
    return_rate: Decimal | None
    discount_rate: Decimal | None
    units_on_hand: int | None
    days_of_cover: Decimal | None
    bought_again: Decimal | None
    first_buyer_value: Decimal | None
    first_buyers: int | None
    contribution_margin_3: Decimal | None = None
    contribution_margin_3_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BoughtAgain:
    """What became of a product's buyers; see ``fondaco.jobs.products`` for the counts."""

    buyers: int
    bought_again: Decimal | None
    bought_again_ever: Decimal | None
    first_buyers: int
    first_buyers_observed: int
    first_buyer_value: Decimal | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Another product that is bought together with this one."""

    product_id: str
    title: str | None
    orders_together: int
    support: Decimal
    confidence: Decimal
    lift: Decimal


METRICS = ("net_sales", "units_sold", "return_rate", "discount_rate")
MARGINS = ("contribution_margin_3", "contribution_margin_3_rate")
IDENTITY = ("product_id", "product")
"""What tells products apart in every list: the id, which begins with the shop's; what is in no catalogue, by its title alone."""

_BY_VARIANT = (*IDENTITY, "variant_id", "sku")


def shop_of(product_id: str | None) -> str:
    """The shop whose product it is; empty for what is in no catalogue."""
    return (product_id or "").partition(":")[0]


def product_lines(
    layer: SemanticLayer,
    reader: Reader,
    query: MetricQuery,
    tenant_id: str,
    *,
    before: MetricQuery | None,
    today: date,
    by_variant: bool = False,
) -> list[ProductLine]:
    """Every product that sold in the period or is still offered, the largest net sales first.

    Parameters
    ----------
    query
        The period, clock and conditions, of which one shop, one product and one collection also narrow down what is offered; its metrics and
        dimensions are not looked at.
    before
        The same over the period that speed is compared with.
    today
        Days after it do not count as days of the period.
    by_variant
        One line a variant; what is known of buyers is known of products only.
    """
    by = _BY_VARIANT if by_variant else IDENTITY
    now = layer.query(reader, replace(query, metrics=METRICS, by=by), tenant_id).to_pylist()
    then = (
        layer.query(reader, replace(before, metrics=("units_sold",), by=by), tenant_id).to_pylist()
        if before is not None
        else []
    )
    product = next(iter(query.conditions().get("product_id", ())), None)
    if by_variant:
        offered, facts = _shelf(reader, query, tenant_id), dict[str, BoughtAgain]()
        stock = {key: row["units"] for key, row in offered.items()}
    else:
        offered, facts = _offered(reader, query, tenant_id), buyers_of(reader, tenant_id, product)
        stock = _stocks(reader, tenant_id, product)
    margins = _margins(layer, reader, replace(query, metrics=("net_sales", *MARGINS), by=by), tenant_id)
    first_sold = {row["product_id"]: row["first_sold_date"] for row in offered.values()}
    sold_before = {tuple(row[name] for name in by): row["units_sold"] for row in then}

    def line(row: Row) -> ProductLine:
        since = first_sold.get(row["product_id"])
        speed = per_day(row["units_sold"], query, since, today)
        on_hand = stock.get(row["variant_id"] if by_variant else row["product_id"])
        fact = facts.get(row["product_id"])
        key = tuple(row.get(name) for name in by)
        earlier = sold_before.get(key, 0)
        left = margins.get(key, {})
        return ProductLine(
            product_id=row["product_id"],
            variant_id=row.get("variant_id"),
            variant_title=offered.get(row.get("variant_id") or "", {}).get("variant_title"),
            title=row["product"],
            sku=row.get("sku"),
            net_sales=row["net_sales"],
            units_sold=row["units_sold"],
            units_per_day=speed,
            units_per_day_before=per_day(earlier, before, since, today) if before else None,
            return_rate=row["return_rate"],
            discount_rate=row["discount_rate"],
            units_on_hand=on_hand,
            days_of_cover=cover(on_hand, speed),
            bought_again=fact.bought_again if fact else None,
            first_buyer_value=fact.first_buyer_value if fact else None,
            first_buyers=fact.first_buyers if fact else None,
            contribution_margin_3=left.get("contribution_margin_3"),
            contribution_margin_3_rate=left["contribution_margin_3_rate"]
            if left and left["net_sales"] > 0
            else None,
        )

    lines = [line(row) for row in now if row["product_id"] is not None or row["product"] is not None]
    seen = {each.variant_id if by_variant else each.product_id for each in lines}
    nothing = {"net_sales": Decimal(0), "units_sold": 0, "return_rate": None, "discount_rate": None}
    lines += [line({**row, **nothing}) for key, row in offered.items() if key not in seen]
    return sorted(lines, key=lambda each: (-each.net_sales, each.title or "", each.variant_id or ""))


def _margins(
    layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str
) -> dict[tuple[Any, ...], Row]:
    """What each line left, by what tells lines apart; empty where an older release wrote what is published, without profit."""
    try:
        rows = layer.query(reader, query, tenant_id).to_pylist()
    except OutdatedError:
        return {}
    return {tuple(row[name] for name in query.by): row for row in rows}


def per_day(units: int, query: MetricQuery, first_sold: date | None, today: date) -> Decimal | None:
    """Units a day from the later of the period's first day and the first sale; None where no such day lies in it."""
    days = (min(query.last, today) - max(query.first, first_sold or query.first)).days + 1
    return Decimal(units) / days if days > 0 else None


def cover(units_on_hand: int | None, units_per_day: Decimal | None) -> Decimal | None:
    """Days that the stock lasts; None where either is not known or nothing sells."""
    if units_on_hand is None or not units_per_day or units_per_day < 0:
        return None
    return max(units_on_hand, 0) / units_per_day


def total_stock(lines: Sequence[ProductLine]) -> int | None:
    """Units on hand of all lines; None where no stock is reported."""
    known = [line.units_on_hand for line in lines if line.units_on_hand is not None]
    return sum(known) if known else None


def _offered(reader: Reader, query: MetricQuery, tenant_id: str) -> dict[str, dict[str, Any]]:
    """Products that the shops still offer, by their ids."""
    only, params = _narrowed(query, tenant_id)
    sql = (
        "select product_id, title as product, first_sold_date from marts.products as products"
        f" where tenant_id = $tenant_id and not is_deleted{only}"
    )
    return {row["product_id"]: row for row in reader.query(sql, params).to_pylist()}


def _shelf(reader: Reader, query: MetricQuery, tenant_id: str) -> dict[str, dict[str, Any]]:
    """Variants as far as their stock is known, by their ids, with the units on hand in all places: None where no shop reports them."""
    only, params = _narrowed(query, tenant_id)
    sql = (
        "select inventory.variant_id, max(inventory.sku) as sku, max(inventory.variant_title) as variant_title,"
        " cast(sum(coalesce(inventory.on_hand, inventory.available)) as bigint) as units, max(products.product_id) as product_id,"
        " max(products.title) as product, max(products.first_sold_date) as first_sold_date"
        " from marts.inventory as inventory inner join marts.products as products"
        " on inventory.product_id = products.product_id and inventory.tenant_id = products.tenant_id"
        f" where products.tenant_id = $tenant_id{only} group by inventory.variant_id"
    )
    return {row["variant_id"]: row for row in reader.query(sql, params).to_pylist()}


def _narrowed(query: MetricQuery, tenant_id: str) -> tuple[str, dict[str, Value]]:
    """The query's conditions on shop, product and collection, one of each, as conditions on ``products``, and parameters."""
    params: dict[str, Value] = {"tenant_id": tenant_id}
    only = ""
    for name in ("connection_id", "product_id"):
        for value in query.conditions().get(name, ()):
            only, params = f"{only} and products.{name} = ${name}", {**params, name: value}
    for title in query.conditions().get("collection", ()):
        members = "select member.product_id from marts.product_collections as member where member.tenant_id = $tenant_id"
        if title:
            members += " and member.collection_title = $collection"
            params["collection"] = title
        only += f" and products.product_id {'in' if title else 'not in'} ({members})"
    return only, params


def _stocks(reader: Reader, tenant_id: str, product_id: str | None) -> dict[str, int]:
    """Units on hand in all places, by product, or those that can be sold where a shop tells no others; only those whose stock is reported."""
    params: dict[str, Value] = {"tenant_id": tenant_id}
    only = ""
    if product_id is not None:
        only, params = " and product_id = $product_id", {**params, "product_id": product_id}
    sql = (
        "select product_id, cast(sum(coalesce(on_hand, available)) as bigint) as units from marts.inventory"
        f" where tenant_id = $tenant_id and coalesce(on_hand, available) is not null{only} group by product_id"
    )
    return {row["product_id"]: row["units"] for row in reader.query(sql, params).to_pylist()}


def buyers_of(reader: Reader, tenant_id: str, product_id: str | None = None) -> dict[str, BoughtAgain]:
    """What became of buyers, by product; empty until a run has worked it out."""
    sql = "select * from marts.product_customers where tenant_id = $tenant_id"
    params: dict[str, Value] = {"tenant_id": tenant_id}
    if product_id is not None:
        sql, params = f"{sql} and product_id = $product_id", {**params, "product_id": product_id}
    return {
        row["product_id"]: BoughtAgain(
            buyers=row["buyers"],
            bought_again=_part(row["buyers_again_soon"], row["buyers_observed"]),
            bought_again_ever=_part(row["buyers_again"], row["buyers"]),
            first_buyers=row["first_buyers"],
            first_buyers_observed=row["first_buyers_observed"],
            first_buyer_value=_part(row["first_buyers_value"], row["first_buyers"]),
        )
        for row in _rows_if_there(reader, sql, params)
    }


def bought_together(reader: Reader, tenant_id: str, product_id: str) -> list[Pair]:
    """Products that are bought with this one more often than by chance, the most frequent first."""
    sql = (
        "select pairs.*, products.title from marts.product_pairs as pairs"
        " left join marts.products as products on pairs.other_product_id = products.product_id"
        " and pairs.tenant_id = products.tenant_id"
        " where pairs.tenant_id = $tenant_id and pairs.product_id = $product_id order by pairs.place"
    )
    found = _rows_if_there(reader, sql, {"tenant_id": tenant_id, "product_id": product_id})
    return [
        Pair(
            product_id=row["other_product_id"],
            title=row["title"],
            orders_together=row["orders_together"],
            support=Decimal(row["orders_together"]) / row["orders_all"],
            confidence=Decimal(row["orders_together"]) / row["orders_product"],
            lift=Decimal(row["orders_together"])
            * row["orders_all"]
            / (row["orders_product"] * row["orders_other"]),
        )
        for row in found
    ]


def one_product(reader: Reader, tenant_id: str, product_id: str) -> Row | None:
    """Its row of ``marts.products``; None if there is none."""
    sql = "select * from marts.products where tenant_id = $tenant_id and product_id = $product_id"
    found: Sequence[Row] = reader.query(sql, {"tenant_id": tenant_id, "product_id": product_id}).to_pylist()
    return found[0] if found else None


def _part(part: Any, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _rows_if_there(reader: Reader, sql: str, params: Mapping[str, Value]) -> Sequence[Row]:
    """The rows; none where an older release wrote what is published, without the table."""
    try:
        rows: Sequence[Row] = reader.query(sql, params).to_pylist()
    except OutdatedError:
        return ()
    return rows
