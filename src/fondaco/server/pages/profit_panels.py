"""The panels of Profit: the result over time, the margins, the waterfall, its parts, and where money is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fondaco.metrics import ORDER_STATEMENT, PROFIT_STATEMENT, shown_steps
from fondaco.metrics.profit import LOSS_ORDERINGS, later_events
from fondaco.server.pages import shapes, sheets
from fondaco.server.pages.charts import over_time, series
from fondaco.server.pages.choices import (
    COUNTED_IN_EACH,
    DIMENSIONS,
    OF_NO_PRODUCT,
    address_of,
    value_in_words,
)
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.profit_goods import goods
from fondaco.server.pages.profit_parts import (
    KEY,
    has_fixed_costs,
    margin_of,
    parts_of,
    result_of,
    result_of_view,
    value_of,
)
from fondaco.server.pages.profit_state import NET_PROFIT, ProfitState
from fondaco.server.pages.sales_panels import search
from fondaco.server.pages.sales_state import dimensions_of
from fondaco.server.periods import GRAINS

Panel = Callable[[Figures, ProfitState], dict[str, Any]]

UNDER_WATER = "Under water"
MARGINS = (
    ("contribution_margin_1", "gross_margin"),
    ("contribution_margin_2", "contribution_margin_2_rate"),
    ("contribution_margin_3", "contribution_margin_3_rate"),
)
_COURSE = (NET_PROFIT, *(name for name, _ in MARGINS))
SHORT = {
    "net_sales": "Net sales", "cost_of_goods": "Goods", "contribution_margin_1": "CM1", "other_income": "Shipping charged",
    "shipping_costs": "Shipping", "fulfilment_costs": "Fulfilment", "payment_costs": "Payment", "chargebacks": "Charge-backs",
    "marketplace_fees": "Market-places", "return_costs": "Return handling", "duty_costs": "Duties", "contribution_margin_2": "CM2",
    "marketing_costs": "Marketing", "contribution_margin_3": "CM3", "fixed_costs": "Fixed", "net_profit": "Net profit",
}  # fmt: skip
"""What the waterfall's bars are called, in the few letters that an axis has room for; it begins with net sales."""

_IN_A_HEAD = {name: SHORT[name] for name in SHORT if name.startswith("contribution_margin")}

WHERE_THERE_IS_SOME = frozenset(
    step.metric for step in PROFIT_STATEMENT if not step.is_sum and step.metric != "cost_of_goods"
)


def _now_and_then(figures: Figures) -> tuple[Row, Row | None]:
    view = figures.view
    return figures.totals(KEY), figures.totals(KEY, view.comparison) if view.comparison else None


def result(figures: Figures, state: ProfitState) -> dict[str, Any]:
    """Net profit: its value, how it stands to before, its course, and the days that cost more than they brought."""
    view, numbers = figures.view, figures.numbers
    now, then = _now_and_then(figures)
    last, margin = result_of_view(figures)
    days = [row[last] for _, row in series(figures, _COURSE, view.period, "day")]
    below = sum(1 for profit in days if profit is not None and profit < 0)
    return {
        "figure": figures.figure(last, now, then),
        "ends_early": last != NET_PROFIT,
        "margin": numbers.rate(margin_of(now, margin)),
        "margin_metric": figures.metric(margin),
        "below": numbers.count(below) if below else "",
        "one_below": below == 1,
        "days": numbers.count(len(days)),
        "assumed": _assumed(figures, now),
        "unpriced": _unpriced(figures),
        "chart": over_time(figures, last, _COURSE, state.drilled, marks=UNDER_WATER),
        "grains": [
            (GRAINS[grain], state.address({"grain": grain}), grain == view.grain)
            for grain in GRAINS
            if grain in view.period.grains and grain != "hour"
        ],
    }


def _assumed(figures: Figures, now: Row) -> str:
    """Which part of the cost of goods is assumed; empty where all of it is known, or there is none."""
    known = now["known_cost_of_goods_rate"]
    if known is None or known == 1:
        return ""
    assumed = 1 - Decimal(known)
    least = Decimal("0.001")
    return figures.numbers.rate(assumed) if assumed >= least else f"Under {figures.numbers.rate(least)}"


def _unpriced(figures: Figures) -> str:
    """How many parcels cost nothing for want of a price; empty where there is none, or where it cannot be told."""
    if {name for name, _ in figures.view.filters} & {
        "product_id",
        "product",
        "collection",
        "variant_id",
        "sku",
        "hour",
        "weekday",
    }:
        return ""
    parcels = figures.totals(("unpriced_parcels",))["unpriced_parcels"]
    return figures.numbers.count(parcels) if parcels else ""


def margins(figures: Figures, _state: ProfitState) -> dict[str, Any]:
    """The three contribution margins with their part of net sales and their lines."""
    view, numbers = figures.view, figures.numbers
    now, then = _now_and_then(figures)
    grain = view.period.grain
    lines = [row for _, row in series(figures, _COURSE, view.period, grain)]
    beside = [row for _, row in series(figures, _COURSE, view.comparison, grain)] if view.comparison else []
    return {
        "tiles": [
            (
                figures.figure(name, now, then),
                numbers.rate(margin_of(now, rate)),
                figures.metric(rate),
                shapes.spark([row[name] for row in lines], [row[name] for row in beside]),
            )
            for name, rate in MARGINS
        ]
    }


def waterfall(figures: Figures, _state: ProfitState) -> dict[str, Any]:
    """From gross sales to net profit; of the rarer lines only such as there is some of."""
    numbers = figures.numbers
    now, then = _now_and_then(figures)
    last, _ = result_of_view(figures)
    whole = PROFIT_STATEMENT if last == NET_PROFIT else ORDER_STATEMENT
    rows = shown_steps(now, *([then] if then else []), rare=WHERE_THERE_IS_SOME, statement=whole)
    sales = now["net_sales"]
    lines = []
    for step in rows:
        amount = step.signed(now[step.metric])
        lines.append(
            {
                "figure": figures.figure(step.metric, now, then),
                "short": SHORT.get(step.metric, ""),
                "kind": "sum" if step.is_sum else "part",
                "value": "" if amount is None else format(amount, "f"),
                "text": numbers.money(amount),
                "share": numbers.rate(amount / sales if amount is not None and sales > 0 else None),
                "then": numbers.money(step.signed(then[step.metric]) if then else None),
            }
        )
    label = figures.metric(last).label.lower()
    return {"lines": lines, "last_label": label, "summary": _told(numbers.money, now, last, label)}


def _told(money: Callable[[Decimal | None], str], now: Row, last: str, label: str) -> str:
    """The waterfall in a sentence, for those who do not see it."""
    return (
        f"From net sales of {money(now['net_sales'])} to a {label} of {money(now[last])}: "
        f"contribution margin 1 {money(now['contribution_margin_1'])}, 2 {money(now['contribution_margin_2'])}, "
        f"3 {money(now['contribution_margin_3'])}. The table button shows every line."
    )


def split(figures: Figures, state: ProfitState) -> dict[str, Any]:
    """The main lines of the waterfall by one dimension; each row leads to itself alone."""
    numbers = figures.numbers
    parts = parts_of(figures, state)
    last, rate = result_of(state.by, has_fixed=has_fixed_costs(figures, state.by))
    sums = tuple(name for name in ("net_sales", *(name for name, _ in MARGINS), last) if name != last)
    shown = sheets.found(parts, state.parts, lambda part: f"{part.name} {part.detail}")
    shown = sheets.ordered(shown, state.parts, lambda part, column: value_of(part, column, last, rate))
    ways = state.ways("split")

    def cells(now: Row, then: Row | None) -> dict[str, Any]:
        return _cells(figures, (*sums, last), rate, now, then)

    def rows(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": part.name,
                "detail": part.detail,
                "address": "" if part.conditions is None else state.restricted(part.conditions),
                **cells(part.now, part.then),
            }
            for part in shown[start : start + limit]
        ]

    label = DIMENSIONS[state.by]
    return {
        "label": label,
        "note": _OF_PARTS.get(
            state.by, "Rows add up to the whole" + (f"; {_NO_FIXED_COSTS}" if last != NET_PROFIT else "")
        ),
        "tabs": [
            (DIMENSIONS[name], state.address(state.elsewhere() | {"by": name}), name == state.by)
            for name in dimensions_of(figures.site, state)
        ],
        "metrics": {name: figures.metric(name) for name in (*sums, last, rate)},
        "sums": sums,
        "short": _IN_A_HEAD,
        "last": last,
        "rate": rate,
        "columns": _heads(figures, state, (*sums, last), rate, ways),
        "leaf": sheets.leaf(state.parts, len(shown), rows, numbers.count(len(shown)), ways),
        "whole": cells(*_now_and_then(figures)),
        "searchable": len(parts) > sheets.ROWS or bool(state.parts.find),
        "search": search(state, "parts", "split"),
    }


def _cells(figures: Figures, sums: Sequence[str], rate: str, now: Row, then: Row | None) -> dict[str, Any]:
    """A row of the breakdown in words; the last of the sums is the one that is compared."""
    numbers, last = figures.numbers, sums[-1]
    before = then[last] if then else None
    return {
        "sums": [numbers.money(now[name]) for name in sums[:-1]],
        "last": numbers.money(now[last]),
        "loses": now[last] < 0,
        "rate": numbers.rate(margin_of(now, rate)),
        "then": numbers.money(before),
        "change": numbers.change(now[last], before, figures.metric(last).good, "money"),
    }


def _heads(
    figures: Figures, state: ProfitState, sums: Sequence[str], rate: str, ways: sheets.Ways
) -> dict[str, sheets.Column]:
    """The heads of the breakdown's columns; a phone has room for the last of the sums and its margin."""

    def head(name: str, label: str, *, wide: bool = False) -> sheets.Column:
        return sheets.column(state.parts, name, label, ways, text=name == "name", wide=wide)

    return {
        "name": head("name", DIMENSIONS[state.by]),
        **{name: head(name, figures.metric(name).label, wide=name != sums[-1]) for name in sums},
        "rate": head("rate", figures.metric(rate).label),
        "then": head("then", "Compared", wide=True),
    }


def _names(figures: Figures) -> dict[str, Any]:
    return {
        name: figures.metric(name)
        for name in ("net_sales", "contribution_margin_2", "contribution_margin_3", "contribution_margin_3_rate", "marketing_costs")
    }  # fmt: skip


def losses(figures: Figures, state: ProfitState) -> dict[str, Any]:
    """Orders placed in the period that cost more than they brought, and what they lost."""
    site, view, numbers = figures.site, figures.view, figures.numbers
    asked = ("loss_making_orders", "lost_on_orders")
    if not all(site.layer.answers(state.asks(metric=name)) for name in asked):
        return {"leaf": None}
    now = figures.totals(asked)
    then = figures.totals(asked, view.comparison) if view.comparison else None
    order_by = state.orders.order or "contribution_margin_3"

    def found(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        query = state.asks(metric=asked[0])
        return site.losses(
            query, which=state.lost, find=state.orders.find, order_by=order_by, limit=limit, offset=start
        )

    rows = found((state.orders.number - 1) * sheets.ROWS, sheets.ROWS)
    if not rows and state.orders.number > 1:
        return losses(figures, replace(state, orders=sheets.Sheet("orders")))
    total = rows[0]["matches"] if rows else 0
    shops = {each.connection_id: each.name for each in site.shops()}
    ways = state.ways("losses")

    def shown(_start: int, _limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "address": address_of("orders", row["order_id"]),
                "number": row["order_number"] or row["order_id"].partition(":")[2],
                "day": numbers.day(row["order_date"]),
                "shop": shops.get(row["connection_id"], row["connection_id"]),
                "country": value_in_words(site, "country", row["country"]),
                **{name: numbers.money(row[name]) for name in _OF_AN_ORDER},
            }
            for row in rows
        ]

    return {
        "count": figures.figure(asked[0], now, then),
        "lost": figures.figure(asked[1], now, then),
        "metric": _names(figures),
        "lost_tabs": [
            (label, state.address(state.elsewhere() | {"lost": which}), which == state.lost)
            for which, label in _LOST_TABS.items()
        ],
        "columns": {
            name: sheets.column(state.orders, name, label, ways, text=name in ("order_number", "order_date"), wide=name in _WIDE)
            for name, label in _HEADS.items()
        },
        "leaf": sheets.leaf(state.orders, total, shown, numbers.count(total), ways),
        "search": search(state, "orders", "losses"),
    }  # fmt: skip


def later(figures: Figures, state: ProfitState) -> dict[str, Any]:
    """What happened in the period to orders placed before it, and cost money: returns, chargebacks, fees that came late."""
    site, view, numbers = figures.site, figures.view, figures.numbers
    query = state.asks(metric=NET_PROFIT)
    if view.clock != "finance" or not site.layer.answers(replace(query, metrics=("cost_of_goods",))):
        return {"rows": None}
    start = (state.later.number - 1) * sheets.ROWS
    rows = site.remembered(
        ("later", state.view, start),
        lambda: later_events(
            site.layer,
            site.project.reader,
            replace(query, metrics=("cost_of_goods",)),
            site.tenant_id,
            limit=sheets.ROWS,
            offset=start,
        ),
    )
    if not rows and state.later.number > 1:
        return later(figures, replace(state, later=sheets.Sheet("later")))

    def shown(_start: int, _limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "address": address_of("orders", row["order_id"]),
                "number": row["order_number"] or row["order_id"].partition(":")[2],
                "day": numbers.day(row["order_date"]),
                **{name: numbers.money(row[name]) for name in (*_OF_LATER, "brought")},
            }
            for row in rows
        ]

    total = rows[0]["matches"] if rows else 0
    return {
        "rows": rows,
        "leaf": sheets.leaf(state.later, total, shown, numbers.count(total), state.ways("later")),
        "count": numbers.count(rows[0]["matches"]) if rows else "",
        "is_one": bool(rows) and rows[0]["matches"] == 1,
        "whole": numbers.money(rows[0]["whole"]) if rows else "",
        "metric": {name: figures.metric(name) for name in (*_OF_LATER, "contribution_margin_3")},
    }


_NO_FIXED_COSTS = "fixed costs are of no single order, so that the table ends with contribution margin 3"
_BEAR_NO_FIXED_COSTS = (
    "bear all that their orders do, but no fixed costs: the table ends with contribution margin 3"
)
_OF_PARTS = {
    "product": f"Products {_BEAR_NO_FIXED_COSTS}",
    "collection": f"{COUNTED_IN_EACH}. {OF_NO_PRODUCT}. Collections {_BEAR_NO_FIXED_COSTS}",
}
_LOST_TABS = {"": "All", "before": "Before marketing", "marketing": "By marketing"}
_OF_LATER = ("returns", "chargebacks", "payment_costs")
_OF_AN_ORDER = ("net_sales", "contribution_margin_2", "marketing_costs", "contribution_margin_3")
_HEADS = dict(zip(LOSS_ORDERINGS, ("order", "day", "net sales", "CM2", "CM3"), strict=True))
_WIDE = frozenset(("order_date", "contribution_margin_2"))

PANELS: Mapping[str, Panel] = {
    "result": result, "margins": margins, "waterfall": waterfall, "split": split, "goods": goods, "losses": losses, "later": later,
}  # fmt: skip
