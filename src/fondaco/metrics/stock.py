"""Stock as of now: which items lie where, how old they are, and what of the data cannot be. Read from ``marts.stock_items`` and beside it.

Sums of stock are metrics (``models/marts/_stock_metrics.yml``); here are the rows behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]
Known = Literal["outdated", "unknown", "known"]

ITEM_ORDERINGS = (
    "product_title",
    "location_name",
    "units",
    "stock_value",
    "sales_velocity",
    "days_of_supply",
    "stockout_days_90",
    "lost_margin_90",
    "mean_age_days",
)
"""Columns that items can be ordered by."""

LOW_DAYS = 14
"""Stock that lasts for fewer days is low."""
MUCH_DAYS = 180
"""Stock that lasts for more days is much."""

WHICH = {
    "": "true",
    "out": "units = 0 and units_sold_365 > 0",
    "low": f"units > 0 and days_of_supply < {LOW_DAYS}",
    "much": f"days_of_supply > {MUCH_DAYS}",
    "dead": "is_dead",
}
"""Conditions of items by the names that addresses have for them. ``out``: what sold within a year and is not there."""

ABC = ("A", "B", "C")
XYZ = ("X", "Y", "Z")
NO_CLASS = "none"
"""The name in addresses of items that are too young, or sell too seldom, for a class of variation."""

AGE_BANDS = ("0-30", "31-60", "61-90", "91-180", "181-365", "over 365")
"""Days since pieces came, as ``marts.stock_ages`` names them."""

_WORDS = (
    "lower(coalesce(product_title, '') || ' ' || coalesce(variant_title, '') || ' ' || coalesce(sku, ''))"
)
_TEXTS = ("product_title", "location_name")


@dataclass(frozen=True, slots=True)
class ItemsAsked:
    """Which items are asked for.

    Attributes
    ----------
    location_id
        None for all.
    which
        A name of ``WHICH``.
    abc, xyz
        A class; empty for all. ``NO_CLASS`` for those without a class of variation.
    find
        Words that the title or the SKU must hold, whatever their case.
    """

    location_id: str | None = None
    which: str = ""
    abc: str = ""
    xyz: str = ""
    find: str = ""


def stock_known(reader: Reader, tenant_id: str) -> Known:
    """``outdated``: an older release published and knew no stock. ``unknown``: no shop and no sheet tells any."""
    sql = "select 1 as one from marts.stock_items where tenant_id = $tenant_id limit 1"
    try:
        found = reader.query(sql, {"tenant_id": tenant_id}).num_rows
    except OutdatedError:
        return "outdated"
    return "known" if found else "unknown"


def list_items(
    reader: Reader,
    tenant_id: str,
    asked: ItemsAsked,
    *,
    order_by: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> pa.Table:
    """Items at their locations, those of most value first unless ``order_by`` names a column (``-`` in front for the largest first)."""
    where, params = _conditions(tenant_id, asked)
    column, backwards = (
        (order_by.removeprefix("-"), order_by.startswith("-")) if order_by else ("stock_value", True)
    )
    if column not in ITEM_ORDERINGS:
        raise ValueError(f"items are not ordered by {column!r}")
    by = f"lower({column})" if column in _TEXTS else column
    rest = "" if limit is None else f"\nlimit {int(limit)} offset {int(offset)}"
    sql = (
        f"select * from marts.stock_items where {where}\n"
        f"order by {by} {'desc' if backwards else 'asc'} nulls last, product_title, variant_title, variant_id, location_id{rest}"
    )
    return reader.query(sql, params)


def sum_items(reader: Reader, tenant_id: str, asked: ItemsAsked) -> Row:
    """How many items there are, and their sums."""
    where, params = _conditions(tenant_id, asked)
    sql = (
        "select count(*) as items, coalesce(sum(units), 0) as units, coalesce(sum(stock_value), 0) as stock_value, "
        "coalesce(sum(sales_velocity), 0) as sales_velocity, coalesce(sum(stockout_days_90), 0) as stockout_days_90, "
        f"sum(lost_margin_90) as lost_margin_90 from marts.stock_items where {where}"
    )
    found: Row = reader.query(sql, params).to_pylist()[0]
    return found


def count_items(reader: Reader, tenant_id: str, asked: ItemsAsked) -> dict[str, int]:
    """How many items each name of ``WHICH`` has, of those that are asked for otherwise."""
    where, params = _conditions(tenant_id, ItemsAsked(asked.location_id, "", asked.abc, asked.xyz, ""))
    counts = ", ".join(
        f"count(case when {condition} then 1 end) as {name or 'everything'}"
        for name, condition in WHICH.items()
    )
    row = reader.query(f"select {counts} from marts.stock_items where {where}", params).to_pylist()[0]
    return {name: int(row[name or "everything"]) for name in WHICH}


def classes(reader: Reader, tenant_id: str, location_id: str | None) -> list[Row]:
    """Items, their stock value and a year's net sales by both classes; ``xyz_class`` is null where there is none."""
    where, params = _conditions(tenant_id, ItemsAsked(location_id))
    sql = (
        "select abc_class, xyz_class, count(*) as items, coalesce(sum(stock_value), 0) as stock_value, "
        f"coalesce(sum(net_sales_365), 0) as net_sales from marts.stock_items where {where} group by 1, 2 order by 1, 2"
    )
    found: list[Row] = reader.query(sql, params).to_pylist()
    return found


def locations(reader: Reader, tenant_id: str) -> list[tuple[str, str]]:
    """Ids and names of all places where something is or was, by name."""
    sql = "select distinct location_id, location_name from marts.stock_items where tenant_id = $tenant_id order by 2, 1"
    rows = reader.query(sql, {"tenant_id": tenant_id}).to_pylist()
    return [(row["location_id"], row["location_name"] or row["location_id"]) for row in rows]


def as_of(reader: Reader, tenant_id: str) -> Any:
    """The last day that is known of any location."""
    sql = "select max(as_of_date) as day from marts.stock_items where tenant_id = $tenant_id"
    return reader.query(sql, {"tenant_id": tenant_id}).to_pylist()[0]["day"]


_BY = {
    "location": "ages.location_name",
    "category": "nullif(products.product_type, '')",
    "supplier": "nullif(products.vendor, '')",
}
AGES_BY = tuple(_BY)
"""What the ages of stock can be told by: places, kinds of products, brands."""


def ages(reader: Reader, tenant_id: str, by: str, location_id: str | None) -> list[Row]:
    """Pieces and their value by ``by`` and age band, the most value first; the name is null where the product has none."""
    own = "" if location_id is None else " and ages.location_id = $location_id"
    params: dict[str, Value] = {"tenant_id": tenant_id}
    if location_id is not None:
        params["location_id"] = location_id
    sql = (
        f"select {_BY[by]} as name, ages.age_band, sum(ages.units) as units, sum(ages.stock_value) as stock_value\n"
        "from marts.stock_ages as ages\n"
        "left join marts.products as products on ages.product_id = products.product_id and ages.tenant_id = products.tenant_id\n"
        f"where ages.tenant_id = $tenant_id{own}\n"
        "group by 1, 2 order by 1, 2"
    )
    found: list[Row] = reader.query(sql, params).to_pylist()
    return found


def suppliers(reader: Reader, tenant_id: str) -> Sequence[Row]:
    """Every supplier with how it delivers, by name."""
    sql = "select * from marts.suppliers where tenant_id = $tenant_id order by lower(supplier_name), supplier_id"
    try:
        found: Sequence[Row] = reader.query(sql, {"tenant_id": tenant_id}).to_pylist()
    except OutdatedError:
        return ()
    return found


def _conditions(tenant_id: str, asked: ItemsAsked) -> tuple[str, dict[str, Value]]:
    params: dict[str, Value] = {"tenant_id": tenant_id}
    parts = ["tenant_id = $tenant_id"]
    if asked.which:
        parts.append(f"({WHICH[asked.which]})")
    if asked.location_id is not None:
        parts.append("location_id = $location_id")
        params["location_id"] = asked.location_id
    if asked.abc:
        parts.append("abc_class = $abc")
        params["abc"] = asked.abc
    if asked.xyz == NO_CLASS:
        parts.append("xyz_class is null")
    elif asked.xyz:
        parts.append("xyz_class = $xyz")
        params["xyz"] = asked.xyz
    for number, word in enumerate(asked.find.casefold().split()[:8]):
        parts.append(f"strpos({_WORDS}, $word_{number}) > 0")
        params[f"word_{number}"] = word
    return " and ".join(parts), params
