"""The panels of Sales: the figure over time, its parts, and the orders behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fondaco.clock import zone
from fondaco.server.numbers import Change, Numbers
from fondaco.server.pages import shapes, sheets
from fondaco.server.pages.charts import over_time
from fondaco.server.pages.choices import DIMENSIONS, address_of, asked_by, value_in_words
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.key_figures import asked_together
from fondaco.server.pages.sales_state import SalesState, dimensions_of
from fondaco.server.periods import GRAINS, Period

LISTED_DAYS = 31
"""Orders are listed for periods up to a month: beyond that nobody reads them one by one."""

Panel = Callable[[Figures, SalesState], dict[str, Any]]


def course(figures: Figures, state: SalesState) -> dict[str, Any]:
    """The metric: its value, how it stands to before, and its course."""
    view, name = figures.view, state.metric
    asked = asked_together(view, name)
    now = figures.totals(asked)
    then = figures.totals(asked, view.comparison) if view.comparison else None
    return {
        "figure": figures.figure(name, now, then),
        "chart": over_time(figures, name, asked, state.drilled),
        "grains": [
            (GRAINS[grain], state.address({"grain": grain}), grain == view.grain)
            for grain in GRAINS
            if grain in view.period.grains
            and (grain != "hour" or "hour" in dimensions_of(figures.site, state))
        ],
    }


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the dimension that figures are broken down by."""

    value: str | None
    name: str
    now: Any
    then: Any


def parts_of(figures: Figures, state: SalesState) -> list[Part]:
    """Every value of the dimension with its figure now and then, the largest first."""
    dimension, view = asked_by(state.by), figures.view
    additive = figures.site.metric(state.metric).additive
    nothing = Decimal(0) if additive else None

    def values(period: Period | None) -> dict[str | None, Any]:
        rows = figures.rows((state.metric,), (dimension,), period) if period else []
        return {row[dimension] or None: row[state.metric] for row in rows}

    now, then = values(view.period), values(view.comparison)
    parts = [
        Part(
            value,
            value_in_words(figures.site, state.by, value),
            now.get(value, nothing),
            then.get(value, nothing) if view.comparison else None,
        )
        for value in dict.fromkeys((*now, *then))
    ]
    parts = [
        part for part in parts if not additive or part.now or part.then
    ]  # nought on both sides says nothing
    if state.by in ("hour", "weekday"):
        return sorted(parts, key=lambda part: part.value or "~")
    return sorted(parts, key=lambda part: (part.now is None, -(part.now or 0), part.name))


def breakdown(figures: Figures, state: SalesState) -> dict[str, Any]:
    """The metric by one dimension: share, comparison and change; each row leads to itself alone."""
    metric, numbers, view = figures.metric(state.metric), figures.numbers, figures.view
    parts = parts_of(figures, state)
    total = figures.totals(asked_together(view, state.metric))[state.metric]
    additive = figures.site.metric(state.metric).additive
    largest = max((part.now for part in parts if part.now is not None), default=None)
    shown = sheets.found(parts, state.parts, lambda part: part.name)
    shown = sheets.ordered(shown, state.parts, getattr)
    ways = state.ways("breakdown")

    def rows(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": part.name,
                "address": state.restricted(state.by, part.value),
                "now": numbers.figure(part.now, metric.unit),
                "then": numbers.figure(part.then, metric.unit),
                "change": numbers.change(part.now, part.then, metric.good)
                if view.comparison
                else Change("", "none", "neutral"),
                "share": numbers.rate(
                    part.now / total if additive and total and part.now is not None else None
                ),
                "bar": shapes.share_bar(part.now, largest),
            }
            for part in shown[start : start + limit]
        ]

    label = DIMENSIONS[state.by]
    columns = {
        "name": sheets.column(state.parts, "name", label, ways, text=True),
        "now": sheets.column(state.parts, "now", metric.label, ways),
        "then": sheets.column(state.parts, "then", "Compared", ways, wide=True),
    }
    return {
        "metric": metric,
        "label": label,
        "tabs": [
            (DIMENSIONS[name], state.address(state.elsewhere() | {"by": name}), name == state.by)
            for name in dimensions_of(figures.site, state)
        ],
        "additive": additive,
        "columns": columns,
        "leaf": sheets.leaf(state.parts, len(shown), rows, numbers.count(len(shown)), ways),
        "searchable": len(parts) > sheets.ROWS or bool(state.parts.find),
        "search": search(state, "parts", "breakdown"),
    }


def search(state: SalesState, sheet: str, panel: str) -> dict[str, Any]:
    """A field that finds rows of a sheet by their name."""
    own: sheets.Sheet = getattr(state, sheet)
    _, number, find = own.keys
    kept = {name: value for name, value in state.state().items() if value and name not in (number, find)}
    return {
        "name": find,
        "value": own.find,
        "kept": kept,
        "panel": f"/sales/{panel}",
        "sheet": sheet,
        "action": "/sales",
    }


def orders(figures: Figures, state: SalesState) -> dict[str, Any]:
    """The orders whose events make the figures of a period of at most a month."""
    view, numbers = figures.view, figures.numbers
    if view.period.days > LISTED_DAYS:
        return {"leaf": None, "days": LISTED_DAYS}
    order_by = state.orders.order or "-ordered_at"

    def found(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return figures.site.orders(
            state.asks(metric="net_sales"),
            find=state.orders.find,
            order_by=order_by,
            limit=limit,
            offset=start,
        )

    rows = found((state.orders.number - 1) * sheets.ROWS, sheets.ROWS)
    if not rows and state.orders.number > 1:
        return orders(
            figures, SalesState(state.view, state.metric, state.by, state.parts, sheets.Sheet("orders"))
        )
    total = rows[0]["matches"] if rows else 0
    shops = {c.connection_id: c for c in figures.site.connections()}
    ways = state.ways("orders")

    def shown(_start: int, _limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "address": address_of("orders", row["order_id"]),
                "number": row["order_number"] or row["order_id"].partition(":")[2],
                "shop": shops[row["connection_id"]].name
                if row["connection_id"] in shops
                else row["connection_id"],
                "when": local_instant(numbers, row["ordered_at"], shops.get(row["connection_id"])),
                "country": value_in_words(figures.site, "country", row["country"]),
                "customer": (row["customer_type"] or "").capitalize(),
                "cancelled": row["is_cancelled"],
                "units": numbers.count(row["units"]),
                "net_sales": numbers.money(row["net_sales"]),
                "total_sales": numbers.money(row["total_sales"]),
            }
            for row in rows
        ]

    heads = {"order_number": ("Order", True), "ordered_at": ("Placed", True), "units": ("Units", False),
             "net_sales": ("Net sales", False), "total_sales": ("Total sales", False)}  # fmt: skip
    return {
        "days": LISTED_DAYS,
        "metric": {name: figures.metric(name) for name in ("net_sales", "total_sales")},
        "columns": {
            name: sheets.column(state.orders, name, label, ways, text=text)
            for name, (label, text) in heads.items()
        },
        "leaf": sheets.leaf(state.orders, total, shown, numbers.count(total), ways),
        "search": search(state, "orders", "orders"),
    }


def local_instant(numbers: Numbers, moment: datetime, shop: Any) -> str:
    """A naive UTC instant of the marts in the time zone of its shop."""
    own = numbers if shop is None else Numbers(numbers.locale, numbers.currency, zone(shop.time_zone))
    return own.instant(moment.replace(tzinfo=UTC))


PANELS: Mapping[str, Panel] = {"course": course, "breakdown": breakdown, "orders": orders}
