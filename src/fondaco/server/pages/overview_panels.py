"""The panels of Overview: what each asks for, and what its template gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from babel import Locale

from fondaco.server.pages import shapes
from fondaco.server.pages.charts import over_time, series
from fondaco.server.pages.figures import Figure, Figures, Row
from fondaco.server.pages.key_figures import BRIDGE, KEY, TILES

TOP = 10
Panel = Callable[[Figures], dict[str, Any]]


def _beside(figures: Figures) -> Row | None:
    period = figures.view.comparison
    return figures.totals(KEY, period) if period else None


def headline(figures: Figures) -> dict[str, Any]:
    """Net sales, against the previous period and the previous year, and over time."""
    view = figures.view
    now = figures.totals(KEY)
    against = [
        (
            label,
            period,
            figures.figure(
                "net_sales", now, figures.totals(KEY if period == view.comparison else ("net_sales",), period)
            ),
        )
        for label, period in (
            ("vs previous period", view.previous_period),
            ("vs previous year", view.previous_year),
        )
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


def bridge(figures: Figures) -> dict[str, Any]:
    """From gross to total sales; fees only where there are any."""
    now, then = figures.totals(KEY), _beside(figures)
    rows = [row for row in BRIDGE if row[0] != "additional_fees" or now.get(row[0])]
    amounts = [(_signed(now.get(name), sign), is_sum) for name, sign, is_sum in rows]
    bars = shapes.steps([(amount, is_sum and index > 0) for index, (amount, is_sum) in enumerate(amounts)])
    lines = []
    for (name, sign, is_sum), (amount, _), bar in zip(rows, amounts, bars, strict=True):
        figure = figures.figure(name, now, then)
        lines.append(
            {
                "figure": figure,
                "text": figures.numbers.money(amount),
                "sign": sign,
                "sum": is_sum or name == "gross_sales",
                "bar": bar if name != "gross_sales" else shapes.Bar(bar.start, bar.width),
            }
        )
    return {"lines": lines, "nothing": all(amount is None for amount, _ in amounts)}


def _signed(amount: Any, sign: int) -> Decimal | None:
    return None if amount is None else sign * amount


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


def _ranking(figures: Figures, dimension: str, limit: int) -> dict[str, Any]:
    """The largest by net sales, the rest as one line, each with its part of the whole."""
    metrics = ("net_sales", "units_sold", "orders")
    rows = figures.rows(metrics, (dimension,), order_by=("-net_sales", dimension), limit=limit + 1)
    total = figures.totals(KEY)["net_sales"]
    largest = rows[0]["net_sales"] if rows else None
    return {
        "rows": [
            {
                "name": row[dimension],
                "source": "",
                "net_sales": figures.numbers.money(row["net_sales"]),
                "units_sold": figures.numbers.count(row["units_sold"]),
                "orders": figures.numbers.count(row["orders"]),
                "share": figures.numbers.rate(
                    row["net_sales"] / total if total and row["net_sales"] is not None else None
                ),
                "bar": shapes.share_bar(row["net_sales"], largest),
            }
            for row in rows[:limit]
        ],
        "more": len(rows) > limit,
        "metric": {name: figures.metric(name) for name in metrics},
    }


def products(figures: Figures) -> dict[str, Any]:
    return _ranking(figures, "product", TOP)


def shops(figures: Figures) -> dict[str, Any]:
    names = {c.connection_id: c for c in figures.site.connections()}
    found = _ranking(figures, "connection_id", 12)
    for row in found["rows"]:
        connection = names.get(row["name"])
        row["source"] = connection.source if connection else ""
        row["name"] = connection.name if connection else row["name"]
    return found


def countries(figures: Figures) -> dict[str, Any]:
    found = _ranking(figures, "country", 5)
    names = Locale("en").territories
    for row in found["rows"]:
        row["name"] = names.get(row["name"], row["name"])
    return found


PANELS: Mapping[str, Panel] = {
    "headline": headline,
    "tiles": tiles,
    "bridge": bridge,
    "clocks": clocks,
    "products": products,
    "shops": shops,
    "countries": countries,
}
__all__ = ["KEY", "PANELS", "TILES", "Figure", "Panel"]
