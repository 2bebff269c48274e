"""The panels of Orders: the list with its sum, and the way from it to the figures of Profit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fondaco.metrics import outside_of_period
from fondaco.metrics.profit_orders import AMOUNTS, MARGIN, PROFIT_ORDERINGS
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import address_of, value_in_words
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.orders_state import OrdersState
from fondaco.server.pages.profit_parts import margin_of, of_orders, shop_names
from fondaco.server.pages.sales_panels import search

Panel = Callable[[Figures, OrdersState], dict[str, Any]]

SHORT = {
    "contribution_margin_1": "CM1", "contribution_margin_2": "CM2", "contribution_margin_3": "CM3", MARGIN: "Margin",
}  # fmt: skip
"""What figures are called in the head of a column."""

_TABS = {"": "Placed in these days", "lost": "Under water", "earlier": "Earlier orders"}
_HEADS = dict(zip(PROFIT_ORDERINGS, ("Order", "Placed", "Country", "Customer"), strict=False)) | {
    "net_sales": "net sales", "marketing_costs": "marketing", **SHORT,
}  # fmt: skip
_TEXTS = frozenset(PROFIT_ORDERINGS) - {*AMOUNTS, MARGIN}
_NARROW = frozenset(("order_number", "net_sales", "contribution_margin_3"))
"""Columns that a phone has room for, beside the one that rows are ordered by; most others stand in the second line of these."""


def listed(figures: Figures, state: OrdersState) -> dict[str, Any]:
    """Orders with what each brought, and the sum of all of them."""
    site, numbers = figures.site, figures.numbers
    asked = state.asked()
    whole = site.order_profits_sum(asked)
    shops = shop_names(site)
    ways = state.ways("list")
    narrow = _NARROW | {state.orders.order.removeprefix("-")}

    def rows(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        found = site.order_profits(asked, order_by=state.order_by, limit=limit, offset=start).to_pylist()
        return [_row(figures, state, shops, row) for row in found]

    total = int(whole["orders"])
    return {
        "state": state,
        "several_shops": len(shops) > 1 and not state.view.shop,
        "tabs": [
            (label, state.address(state.elsewhere() | {"which": which}), which == state.which)
            for which, label in _TABS.items()
            if which != "earlier" or state.view.clock == "finance"
        ],
        "short": SHORT,
        "amounts": AMOUNTS,
        "metric": {name: figures.metric(name) for name in (*AMOUNTS, MARGIN)},
        "columns": {
            name: sheets.column(
                state.orders, name, label, ways, text=name in _TEXTS, wide=name not in narrow
            )
            for name, label in _HEADS.items()
        },
        "whole": _amounts(figures, whole),
        "leaf": sheets.leaf(state.orders, total, rows, numbers.count(total), ways),
        "search": search(state, "orders", "list"),
    }  # fmt: skip


def _row(figures: Figures, state: OrdersState, shops: Mapping[str, str], row: Row) -> dict[str, Any]:
    kind = value_in_words(figures.site, "customer_type", row["customer_type"])
    return {
        "address": address_of("orders", row["order_id"], state.query()),
        "number": row["order_number"] or row["order_id"].partition(":")[2],
        "day": figures.numbers.day(row["order_date"]),
        "shop": shops.get(row["connection_id"], row["connection_id"]),
        "country": value_in_words(figures.site, "country", row["country"]),
        "customer": kind.removesuffix(" customers"),
        **_amounts(figures, row),
    }


def _amounts(figures: Figures, row: Row) -> dict[str, Any]:
    numbers = figures.numbers
    return {
        "texts": {name: numbers.money(row[name]) for name in AMOUNTS},
        "margin": numbers.rate(row[MARGIN]),
        "loses": row["contribution_margin_3"] < 0,
    }


def bridge(figures: Figures, state: OrdersState) -> dict[str, Any]:
    """Why Profit shows other figures for the same days than the sum of its orders: what else counts on them."""
    if state.campaign_id is not None:
        return {"lines": None, "metric": {}, "campaign": state.campaign_id}
    lines = [
        {"kind": kind, "is_sum": kind == "profit", "count": figures.numbers.count(row["orders"]) if "orders" in row else "",
         "address": _leads(state, kind), **_amounts(figures, row)}
        for kind, row in bridge_lines(figures, state)
    ]  # fmt: skip
    return {
        "lines": lines,
        "metric": {name: figures.metric(name) for name in AMOUNTS},
        "short": SHORT,
        "amounts": AMOUNTS,
        "differs": len(lines) > 2,
        "campaign": None,
    }


def bridge_lines(figures: Figures, state: OrdersState) -> list[tuple[str, Row]]:
    """From the orders placed in the period to the figures of Profit, line by line; such as have nothing in them are left out.

    ``placed`` − ``outside`` + ``earlier`` + ``none`` = ``profit``: the statements of the orders placed, less what happened to them on
    other days, more what happened to other orders on these, and what no single order bears.
    """
    site = figures.site
    figures = Figures(site, state.without_campaign, figures.numbers)
    found: list[tuple[str, Row]] = [("placed", site.order_profits_sum(state.asked(which="", find="")))]
    if state.view.clock == "finance":
        outside = site.remembered(
            ("outside_of_period", str(state.without_campaign)),
            lambda: outside_of_period(site.layer, site.project.reader, state.asks(), site.tenant_id),
        )
        taken = {name: -outside[name] for name in AMOUNTS}
        found.append(("outside", {**outside, **taken, MARGIN: None}))
        found.append(("earlier", site.order_profits_sum(state.asked(which="earlier", find=""))))
    _, of_none = of_orders(figures, figures.view.period)
    if of_none is not None:
        found.append(("none", {**{name: of_none[name] for name in AMOUNTS}, MARGIN: None}))
    kept = [line for line in found if line[0] == "placed" or any(line[1][name] for name in AMOUNTS)]
    now = figures.totals((*AMOUNTS, MARGIN))
    return [*kept, ("profit", {**now, MARGIN: margin_of(now, MARGIN)})]


def _leads(state: OrdersState, kind: str) -> str:
    """Where a line of the bridge leads."""
    if kind == "profit":
        query = replace(state.without_campaign, chosen_grain=None).query()
        return "/profit" + (f"?{query}" if query else "")
    which = {"placed": "", "earlier": "earlier"}.get(kind)
    return "" if which is None else state.address(state.elsewhere() | {"which": which})


PANELS: Mapping[str, Panel] = {"list": listed, "bridge": bridge}
