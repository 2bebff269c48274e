"""The panels of Sales: the figure over time, its parts, and the orders behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fondaco.clock import zone
from fondaco.metrics.products import shop_of
from fondaco.server.numbers import Numbers
from fondaco.server.pages import shapes, sheets
from fondaco.server.pages.charts import over_time
from fondaco.server.pages.choices import (
    COUNTED_IN_EACH,
    DIMENSIONS,
    NO_PRODUCT,
    address_of,
    asked_by,
    shop_beside,
    value_in_words,
)
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.key_figures import asked_together
from fondaco.server.pages.sales_state import SalesState, dimensions_of
from fondaco.server.periods import GRAINS, Period
from fondaco.server.site import Site

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
    """One value of the dimension that figures are broken down by.

    Attributes
    ----------
    value
        The value itself; of a product its id.
    detail
        Of a product its shop, where there are several.
    conditions
        What the page is restricted by to show this part alone.
    columns
        What tells it in a file.
    """

    value: str | None
    name: str
    detail: str
    conditions: Mapping[str, str | None]
    columns: tuple[str | None, ...]
    now: Any
    then: Any


Key = tuple[str | None, ...]
"""The values of the dimensions that a part is asked by."""


def parts_of(figures: Figures, state: SalesState) -> list[Part]:
    """Every value of the dimension with its figure now and then, the largest first."""
    dimensions, view = asked_by(state.by), figures.view
    additive = figures.site.metric(state.metric).additive
    nothing = Decimal(0) if additive else None

    def values(period: Period | None) -> dict[Key, Any]:
        rows = figures.rows((state.metric,), dimensions, period) if period else []
        return {tuple(row[each] or None for each in dimensions): row[state.metric] for row in rows}

    now, then = values(view.period), values(view.comparison)
    parts = [
        _part(
            figures.site,
            state,
            key,
            now.get(key, nothing),
            then.get(key, nothing) if is_known(state, key) else None,
        )
        for key in dict.fromkeys((*now, *then))
    ]
    parts = [
        part for part in parts if not additive or part.now or part.then
    ]  # nought on both sides says nothing
    if state.by in ("hour", "weekday"):
        return sorted(parts, key=lambda part: part.value or "~")
    return sorted(parts, key=lambda part: (part.now is None, -(part.now or 0), part.name, part.detail))


def is_known(state: SalesState, key: Key) -> bool:
    """Whether a part is held against the compared period: one of a single shop by what is known of that shop."""
    view = state.view
    own = {"shop": key[0], "product": shop_of(key[0])}.get(state.by)
    return view.comparison is not None and view.known.knows(
        view.comparison.first, (own,) if own else view.shops
    )


def _part(site: Site, state: SalesState, key: Key, now: Any, then: Any) -> Part:
    if state.by != "product":
        (value,) = key
        name = value_in_words(site, state.by, value)
        return Part(value, name, "", {state.by: value}, key, now, then)
    product_id, title = key
    shop = shop_beside(site, product_id) if product_id else ""
    named = {each.connection_id: each.name for each in site.shops()}.get(shop_of(product_id))
    return Part(
        product_id,
        value_in_words(site, "product", title),
        shop,
        {"product_id": product_id} if product_id else {"product_id": None, "product": title},
        (product_id, title or (None if product_id else NO_PRODUCT), named),
        now,
        then,
    )


def breakdown(figures: Figures, state: SalesState) -> dict[str, Any]:
    """The metric by one dimension: share, comparison and change; each row leads to itself alone."""
    metric, numbers, view = figures.metric(state.metric), figures.numbers, figures.view
    parts = parts_of(figures, state)
    total = figures.totals(asked_together(view, state.metric))[state.metric]
    additive = figures.site.metric(state.metric).additive
    largest = max((part.now for part in parts if part.now is not None), default=None)
    shown = sheets.found(parts, state.parts, lambda part: f"{part.name} {part.detail}")
    shown = sheets.ordered(shown, state.parts, getattr)
    ways = state.ways("breakdown")

    def rows(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": part.name,
                "detail": part.detail,
                "address": state.restricted(part.conditions),
                "now": numbers.figure(part.now, metric.unit),
                "then": numbers.figure(part.then, metric.unit),
                "change": numbers.change(part.now, part.then, metric.good, metric.unit),
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
        "note": f"{COUNTED_IN_EACH}." if state.by == "collection" else "",
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
        "panel": state.panel(panel),
        "sheet": sheet,
        "action": state.path,
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
    shops = {c.connection_id: c for c in figures.site.shops()}
    names_zone = has_several_zones(numbers, shops.values())
    ways = state.ways("orders")

    def shown(_start: int, _limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "address": address_of("orders", row["order_id"]),
                "number": row["order_number"] or row["order_id"].partition(":")[2],
                "shop": shops[row["connection_id"]].name
                if row["connection_id"] in shops
                else row["connection_id"],
                "when": local_instant(
                    numbers, row["ordered_at"], shops.get(row["connection_id"]), names_zone=names_zone
                ),
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
        "several_shops": len(shops) > 1 and not view.shop,
        "metric": {name: figures.metric(name) for name in ("net_sales", "total_sales")},
        "columns": {
            name: sheets.column(
                state.orders, name, label, ways, text=text, wide=name in ("ordered_at", "net_sales")
            )
            for name, (label, text) in heads.items()
        },
        "leaf": sheets.leaf(state.orders, total, shown, numbers.count(total), ways),
        "search": search(state, "orders", "orders"),
    }


def local_instant(numbers: Numbers, moment: datetime, shop: Any, *, names_zone: bool = False) -> str:
    """A naive UTC instant of the marts in the time zone of its shop."""
    own = numbers if shop is None else Numbers(numbers.locale, numbers.currency, zone(shop.time_zone))
    instant = moment.replace(tzinfo=UTC)
    return own.instant_and_zone(instant) if names_zone else own.instant(instant)


def has_several_zones(numbers: Numbers, shops: Iterable[Any]) -> bool:
    """Whether a local time needs the name of its zone: the shops, or a shop and the project, have different ones."""
    return len({zone(shop.time_zone) for shop in shops} | {numbers.time_zone}) > 1


PANELS: Mapping[str, Panel] = {"course": course, "breakdown": breakdown, "orders": orders}
