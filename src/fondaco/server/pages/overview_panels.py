"""The panels of Overview: what each asks for, and what its template gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fondaco.metrics import STATEMENT, shown_steps
from fondaco.metrics.products import IDENTITY
from fondaco.server.pages import shapes
from fondaco.server.pages.charts import over_time, series
from fondaco.server.pages.choices import address_of, shop_beside, value_in_words
from fondaco.server.pages.figures import Figure, Figures, Row
from fondaco.server.pages.key_figures import KEY, TILES
from fondaco.server.pages.lifetimes import lifetimes
from fondaco.server.pages.profit_panels import COURSE, MARGINS
from fondaco.server.pages.profit_parts import KEY as PROFIT_KEY
from fondaco.server.pages.profit_parts import margin_of, result_of_view
from fondaco.server.pages.sales_state import SalesState
from fondaco.server.periods import Period

TOP = 10
Panel = Callable[[Figures], dict[str, Any]]


def _beside(figures: Figures) -> Row | None:
    period = figures.view.comparison
    return figures.totals(KEY, period) if period else None


def headline(figures: Figures) -> dict[str, Any]:
    """Net sales, against the previous period and the previous year, and over time."""
    view = figures.view
    now = figures.totals(KEY)

    def then(period: Period) -> Row | None:
        if not view.knows(period):
            return None
        return figures.totals(KEY if period == view.comparison else ("net_sales",), period)

    against = [
        (label, period, figures.figure("net_sales", now, then(period))) for label, period in view.against
    ]
    return {
        "sales": figures.figure("net_sales", now, None),
        "against": against,
        "chart": over_time(figures, "net_sales", KEY),
    }


def tiles(figures: Figures) -> dict[str, Any]:
    """Orders, basket, units, customers and refunds, each with its line."""
    view = figures.view
    now, then = figures.totals(KEY), _beside(figures)
    grain = view.period.grain
    lines = [row for _, row in series(figures, KEY, view.period, grain)]
    beside = [row for _, row in series(figures, KEY, view.comparison, grain)] if view.comparison else []
    shown = [
        (
            figures.figure(name, now, then),
            shapes.spark([row[name] for row in lines], [row[name] for row in beside]),
        )
        for name in TILES
    ]
    return {"tiles": shown}


def earnings(figures: Figures) -> dict[str, Any]:
    """What is left after everything that the view bears, and what advertising brought for what it cost."""
    if not figures.site.has_profit:
        return {"tiles": []}
    view, numbers = figures.view, figures.numbers
    last = result_of_view(figures)
    told = [] if view.shop else lifetimes(figures)
    names = [last, *(pair for pair in reversed(MARGINS) if pair != last)][: 4 - len(told)]
    now = figures.totals(PROFIT_KEY)
    then = figures.totals(PROFIT_KEY, view.comparison) if view.comparison else None
    grain = view.period.grain
    lines = [row for _, row in series(figures, COURSE, view.period, grain)]
    beside = [row for _, row in series(figures, COURSE, view.comparison, grain)] if view.comparison else []
    return {
        "tiles": [
            (
                figures.figure(name, now, then),
                {"text": numbers.rate(margin_of(now, rate)), "metric": figures.metric(rate)},
                shapes.spark([row[name] for row in lines], [row[name] for row in beside]),
            )
            for name, rate in names
        ],
        "lifetimes": told,
        "count": {3: "margins", 4: "four"}[len(names) + len(told)],
    }


def bridge(figures: Figures) -> dict[str, Any]:
    """From gross to total sales; fees only where there are any."""
    now, then = figures.totals(KEY), _beside(figures)
    rows = shown_steps(now, rare=("additional_fees",))
    amounts = [(step.signed(now.get(step.metric)), step.is_sum) for step in rows]
    bars = shapes.steps([(amount, is_sum and index > 0) for index, (amount, is_sum) in enumerate(amounts)])
    lines = []
    for step, (amount, _), bar in zip(rows, amounts, bars, strict=True):
        figure = figures.figure(step.metric, now, then)
        starts = step is STATEMENT[0]
        lines.append(
            {
                "figure": figure,
                "text": figures.numbers.money(amount),
                "sign": step.sign,
                "sum": step.is_sum or starts,
                "bar": bar if not starts else shapes.Bar(bar.start, bar.width),
            }
        )
    return {"lines": lines, "nothing": all(amount is None for amount, _ in amounts)}


BOTH_CLOCKS = ("gross_sales", "discounts", "returns", "net_sales")


def clocks(figures: Figures) -> dict[str, Any]:
    """Net sales by both clocks, what lies between them, and where it comes from."""
    view, numbers = figures.view, figures.numbers
    found = {
        row["figure"]: row
        for row in figures.site.clock_bridge(view.period.first, view.period.last, view.shop)
    }
    net = found["net_sales"]
    steps = [
        ("By the finance clock", net["finance_clock"], True),
        ("Without changes to earlier orders", -net["earlier"], False),
        ("With later changes to these orders", net["outside"], False),
        ("By the order clock", net["order_clock"], True),
    ]
    bars = shapes.steps([(amount, is_sum) for _, amount, is_sum in steps])
    return {
        "lines": [
            {"label": label, "text": numbers.money(amount), "sum": is_sum, "bar": bar}
            for (label, amount, is_sum), bar in zip(steps, bars, strict=True)
        ],
        "both": [
            {
                "metric": figures.metric(name),
                "finance": numbers.money(found[name]["finance_clock"]),
                "order": numbers.money(found[name]["order_clock"]),
            }
            for name in BOTH_CLOCKS
        ],
    }


def _ranking(
    figures: Figures, by: tuple[str, ...], limit: int, named: Callable[[Row], tuple[str, str, str]]
) -> dict[str, Any]:
    """The largest by net sales, each with its part of the whole.

    Parameters
    ----------
    named
        Of a row: what it is called, what stands beside the name, and where it leads.
    """
    metrics = ("net_sales", "units_sold", "orders")
    rows = figures.rows(metrics, by, order_by=("-net_sales", *reversed(by)), limit=limit + 1)
    total = figures.totals(KEY)["net_sales"]
    largest = rows[0]["net_sales"] if rows else None

    def line(row: Row) -> dict[str, Any]:
        name, detail, address = named(row)
        return {
            "name": name,
            "detail": detail,
            "address": address,
            "net_sales": figures.numbers.money(row["net_sales"]),
            "units_sold": figures.numbers.count(row["units_sold"]),
            "orders": figures.numbers.count(row["orders"]),
            "share": figures.numbers.rate(
                row["net_sales"] / total if total and row["net_sales"] is not None else None
            ),
            "bar": shapes.share_bar(row["net_sales"], largest),
        }

    return {
        "rows": [line(row) for row in rows[:limit]],
        "more": len(rows) > limit,
        "metric": {name: figures.metric(name) for name in metrics},
    }


def products(figures: Figures) -> dict[str, Any]:
    """Each leads to its page; what is in no catalogue has none, and leads to its sales."""
    site, state = figures.site, SalesState(figures.view)

    def named(row: Row) -> tuple[str, str, str]:
        product_id, title = row["product_id"], row["product"]
        name = value_in_words(site, "product", title)
        if product_id:
            return (
                name,
                shop_beside(site, product_id),
                address_of("products", product_id, figures.view.query()),
            )
        return name, "", state.restricted({"product_id": None, "product": title})

    return _ranking(figures, IDENTITY, TOP, named)


def shops(figures: Figures) -> dict[str, Any]:
    site, state = figures.site, SalesState(figures.view)
    sources = {each.connection_id: each.source for each in site.shops()}

    def named(row: Row) -> tuple[str, str, str]:
        shop = row["connection_id"]
        return value_in_words(site, "shop", shop), sources.get(shop, ""), state.restricted({"shop": shop})

    return _ranking(figures, ("connection_id",), 12, named)


def countries(figures: Figures) -> dict[str, Any]:
    site, state = figures.site, SalesState(figures.view)

    def named(row: Row) -> tuple[str, str, str]:
        country = row["country"]
        return value_in_words(site, "country", country), "", state.restricted({"country": country})

    return _ranking(figures, ("country",), 5, named)


PANELS: Mapping[str, Panel] = {
    "headline": headline,
    "tiles": tiles,
    "earnings": earnings,
    "bridge": bridge,
    "clocks": clocks,
    "products": products,
    "shops": shops,
    "countries": countries,
}
__all__ = ["KEY", "PANELS", "TILES", "Figure", "Panel"]
