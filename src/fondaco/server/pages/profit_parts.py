"""Profit by its parts: each value of a dimension with its whole statement, and what is of no single one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.metrics import PROFIT_STATEMENT
from fondaco.metrics.products import shop_of
from fondaco.server.pages.choices import asked_by, value_in_words
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.profit_state import NET_PROFIT, ProfitState
from fondaco.server.pages.sales_panels import is_known
from fondaco.server.periods import Period
from fondaco.server.site import Site

LINES = tuple(step.metric for step in PROFIT_STATEMENT)
RATES = ("gross_margin", "contribution_margin_2_rate", "contribution_margin_3_rate", "net_profit_margin")
KEY = (*LINES, *RATES, "assumed_cost_of_goods", "known_cost_of_goods_rate")
"""Asked for in one query, which all panels share."""

OF_NO_ORDER = "Of no single order"
OF_NO_SHOP = "Of no single shop"
NOTHING: Row = {**dict.fromkeys(KEY), **dict.fromkeys(LINES, Decimal(0))}
"""The statement of what neither earned nor cost anything: its sums are nought, its margins undefined."""

Key = tuple[str | None, ...]


CM3 = ("contribution_margin_3", "contribution_margin_3_rate")


def result_of(by: str, *, has_fixed: bool = False) -> tuple[str, str]:
    """The last sum that the parts of a dimension have, and its margin.

    Fixed costs are of no single order: net profit of a country, channel or product would be its CM3 under another name. Shops
    may have some of their own, as ``has_fixed`` says.
    """
    return (NET_PROFIT, "net_profit_margin") if by == "shop" and has_fixed else CM3


def result_of_view(figures: Figures) -> tuple[str, str]:
    """The last sum of what the page is of, and its margin: CM3 under a condition under which no fixed costs are known."""
    view = figures.view
    if (view.filters or view.shop) and not figures.totals(KEY)["fixed_costs"]:
        return CM3
    return NET_PROFIT, "net_profit_margin"


def has_fixed_costs(figures: Figures, by: str) -> bool:
    """Whether any single shop has fixed costs of its own in the period; of other dimensions, no."""
    if by != "shop":
        return False
    rows = figures.rows(KEY, asked_by(by))
    return any(row["connection_id"] and row["fixed_costs"] for row in rows)


@dataclass(frozen=True, slots=True)
class ProfitPart:
    """One value of the dimension that profit is broken down by.

    Attributes
    ----------
    value
        The value itself; of a product its id.
    detail
        Of a product its shop, where there are several.
    conditions
        What the page is restricted by to show this part alone; None where it cannot be.
    columns
        What tells it in a file.
    now, then
        Its statement in the period and in the compared one; of that None where it is not held against it.
    """

    value: str | None
    name: str
    detail: str
    conditions: Mapping[str, str | None] | None
    columns: tuple[str | None, ...]
    now: Row
    then: Row | None


def parts_of(figures: Figures, state: ProfitState) -> list[ProfitPart]:
    """Every value of the dimension that earned or cost something, the most profitable first; last what is of no single order.

    Their sums are the figures of the whole: shops have costs of their own, so that what is of no shop stands in their own
    rows; by all else what no order bears stands in a row of its own, apart from orders of which the value is not known.
    """
    view, shops, compared = figures.view, shop_names(figures.site), figures.view.comparison
    now, none_now = _rows(figures, state, view.period)
    then, none_then = _rows(figures, state, compared) if compared else ({}, None)
    known = set(_known(state, (*now, *then)))
    parts = [
        ProfitPart(
            *named(figures.site, state.by, shops, key),
            columns=key,
            now=now.get(key, NOTHING),
            then=then.get(key, NOTHING) if key in known else None,
        )
        for key in dict.fromkeys((*now, *then))
    ]
    result = result_of(state.by, has_fixed=has_fixed_costs(figures, state.by))[0]
    parts.sort(key=lambda part: (part.value is None, -part.now[result], part.name, part.detail))
    if none_now or none_then:
        columns = (None,) * len(asked_by(state.by))
        beside = none_then or (NOTHING if compared else None)
        parts.append(ProfitPart(None, OF_NO_ORDER, "", None, columns, none_now or NOTHING, beside))
    return parts


def _rows(figures: Figures, state: ProfitState, period: Period) -> tuple[dict[Key, Row], Row | None]:
    """Statements by the dimension's values, and that of what no order bears; such as have nothing in them are left out."""
    dimensions = asked_by(state.by)
    where: Mapping[str, list[str]] | None = {}
    of_no_order = None
    if state.by != "shop":
        where, of_no_order = of_orders(figures, period)
    rows = figures.rows(KEY, dimensions, period, where=where) if where is not None else []
    found = {tuple(row[name] or None for name in dimensions): row for row in rows if _has_something(row)}
    return found, of_no_order if of_no_order and _has_something(of_no_order) else None


def of_orders(figures: Figures, period: Period) -> tuple[Mapping[str, list[str]] | None, Row | None]:
    """What restricts a question to the rows that are of an order, None where no row is; and the statement of what no order bears."""
    # Only what is of an order has a source.
    sources = {row["source"]: row for row in figures.rows(KEY, ("source",), period)}
    of_no_order = sources.pop(None, None)
    if of_no_order is None:
        return {}, None
    return {"source": list(sources)} if sources else None, of_no_order


def _known(state: ProfitState, keys: Iterable[Key]) -> Iterator[Key]:
    """Those of the parts that are held against the compared period. What is known of one product is known of all of its shop."""
    of_shop: dict[str | None, bool] = {}
    for key in keys:
        shop = shop_of(key[0]) if state.by == "product" else key[0]
        if shop not in of_shop:
            of_shop[shop] = is_known(state, key)
        if of_shop[shop]:
            yield key


def _has_something(row: Row) -> bool:
    return any(row[name] for name in LINES)


def named(
    site: Site, by: str, shops: Mapping[str, str], key: Key
) -> tuple[str | None, str, str, Mapping[str, str | None] | None]:
    """A part's value, name, detail and conditions."""
    if by != "product":
        [value] = key
        if by == "shop" and value is None:
            return None, OF_NO_SHOP, "", None
        return value, value_in_words(site, by, value), "", {by: value}
    product_id, title = key
    conditions: dict[str, str | None] = {"product_id": product_id}
    if product_id is None:
        conditions["product"] = title
    shop = shops.get(shop_of(product_id), shop_of(product_id)) if len(shops) > 1 else ""
    return product_id or title, value_in_words(site, "product", title), shop, conditions


def shop_names(site: Site) -> dict[str, str]:
    """What shops are called. Asked for once for all parts: there may be as many as there are products."""
    return {each.connection_id: each.name for each in site.shops()}


def value_of(part: ProfitPart, column: str, result: str, rate: str) -> Any:
    """What a column of the breakdown holds, unwritten; ``result`` is its last sum and ``rate`` that one's margin."""
    if column == "name":
        return part.name
    if column == "then":
        return part.then[result] if part.then else None
    return margin_of(part.now, rate) if column == "rate" else part.now[column]


def margin_of(row: Row, rate: str) -> Decimal | None:
    """A margin as pages show it: more given back than sold is no whole to take a part of."""
    margin: Decimal | None = row[rate]
    return margin if row["net_sales"] > 0 else None
