"""The panels of Marketing: spend against what it brought, the quotients, campaigns, those that lose, and the orders they brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fondaco.metrics.marketing import list_attributed
from fondaco.metrics.sight import silent_in_words
from fondaco.server.pages import shapes, sheets
from fondaco.server.pages.advertising import (
    NO_CAMPAIGN,
    campaign_name,
    matched_in_words,
    platform_in_words,
)
from fondaco.server.pages.charts import course
from fondaco.server.pages.choices import AD_DIMENSIONS, address_of, value_in_words
from fondaco.server.pages.figures import Figure, Figures, Row
from fondaco.server.pages.lifetimes import lifetimes
from fondaco.server.pages.marketing_course import spend_chart
from fondaco.server.pages.marketing_fold import fold, fold_of, together
from fondaco.server.pages.marketing_parts import (
    AdPart,
    ad_parts,
    campaign_address,
    is_hidden,
    judged_in_words,
    sight_of,
    written,
)
from fondaco.server.pages.marketing_state import COLUMNS, KEY, SETS, USUAL_SET, MarketingState
from fondaco.server.pages.sales_panels import search
from fondaco.server.periods import GRAINS

Panel = Callable[[Figures, MarketingState], dict[str, Any]]

TOP = 8
BUSINESS = ("net_profit", "marketing_efficiency_ratio", "ad_cost_share", "new_customer_acquisition_cost")
"""Of all marketing, the cost sheet's too, and of all orders."""

RATIOS = (
    "campaign_profit",
    "return_on_ad_spend",
    "profit_on_ads",
    "cost_per_order",
    "campaign_customer_acquisition_cost",
)
_SHORT = {
    "attributed_orders": "Orders", "attributed_revenue": "Revenue", "attributed_contribution_margin_2": "CM2",
    "campaign_profit": "Profit", "campaign_break_even_roas": "Break-even", "profit_on_ads": "POAS", "claimed_conversions": "Claimed",
    "claim_gap": "Gap", "click_through_rate": "CTR", "cost_per_click": "CPC", "cost_per_order": "CPA",
    "attributed_new_customers": "New customers", "campaign_customer_acquisition_cost": "nCAC",
}  # fmt: skip
"""What heads of columns are called, where their label is long; each opens its definition."""

_SHORT_OF_CLAIMS = {"attributed_orders": "Attributed", "attributed_revenue": "Attributed revenue"}
_ON_A_PHONE = {
    "result": ("ad_spend", "campaign_profit"),
    "claims": ("claimed_roas", "return_on_ad_spend"),
    "reach": ("ad_spend", "cost_per_order"),
}


def now_and_then(figures: Figures) -> tuple[Row, Row | None]:
    """The figures of the period and of the compared one."""
    view = figures.view
    return figures.totals(KEY), figures.totals(KEY, view.comparison) if view.comparison else None


def spend(figures: Figures, state: MarketingState) -> dict[str, Any]:
    """What was spent beside what it brought and what platforms claim, and what is not known of orders."""
    now, then = now_and_then(figures)
    names = ("ad_spend", "attributed_revenue", "claimed_revenue")
    return {
        "figures": [figures.figure(name, now, then) for name in names],
        "business": _business(figures),
        "known": _known_origin(figures),
        "chart": spend_chart(figures, KEY, state.drilled),
        "grains": grains(state),
    }


def grains(state: MarketingState) -> list[tuple[str, str, bool]]:
    """Steps that the chart can have, with their addresses."""
    view = state.view
    return [
        (GRAINS[grain], state.address({"grain": grain}), grain == view.grain)
        for grain in GRAINS
        if grain in view.period.grains and grain != "hour"
    ]


def _whole(figures: Figures) -> Figures:
    """All of the business in the same days."""
    return Figures(figures.site, replace(figures.view, filters=()), figures.numbers)


def _business(figures: Figures) -> dict[str, Any] | None:
    """All marketing against all sales; None under a condition, which these figures do not have."""
    if figures.view.filters:
        return None
    whole = _whole(figures)
    now = whole.totals(BUSINESS)
    then = whole.totals(BUSINESS, figures.view.comparison) if figures.view.comparison else None
    return {
        "figures": [two_decimals(whole, name, now, then) for name in BUSINESS],
        "query": whole.view.query(),
    }


def _known_origin(figures: Figures) -> dict[str, Any] | None:
    """Of how many orders it is told where they came from, and which shops tell it of none; None without orders."""
    whole = _whole(figures)
    names = ("marked_order_rate", "marked_orders", "orders")
    now = whole.totals(names)
    if not now["orders"]:
        return None
    shops = {each.connection_id: each.name for each in figures.site.shops()}
    silent = [
        shops.get(row["connection_id"]) or str(row["connection_id"])
        for row in whole.rows(names, ("connection_id",))
        if row["orders"] and not row["marked_orders"]
    ]
    unknown = now["orders"] - (now["marked_orders"] or 0)
    return {
        "rate": figures.numbers.rate(now["marked_order_rate"] or 0),
        "metric": figures.metric("marked_order_rate"),
        "query": whole.view.query(),
        "unknown": figures.numbers.count(unknown) if unknown else "",
        "one": unknown == 1,
        "silent": ", ".join(silent) if now["marked_orders"] else "",
    }


def _silent(figures: Figures) -> str:
    """Which shops tell no visits, as a sentence: what campaigns brought there is not seen. Empty where all do."""
    names = {each.connection_id: each.name for each in figures.site.shops()}
    silent = sight_of(figures).silent
    return silent_in_words([names.get(shop) or shop for shop in silent]) if silent else ""


def _hidden(figures: Figures, state: MarketingState) -> dict[str, Any] | None:
    """Spend of campaigns of which the orders cannot be seen, and POAS without it; None where there is none."""
    sight = sight_of(figures)
    if sight.is_whole:
        return None
    parts = ad_parts(figures, replace(state, by="campaign"))
    hidden = [part for part in parts if is_hidden(sight, part)]
    if not hidden:
        return None
    spend = sum(part.now["ad_spend"] for part in hidden)
    whole = figures.totals(KEY)
    judged = whole["ad_spend"] - spend
    left = whole["attributed_contribution_margin_2"] / judged if judged else None
    return {
        "spend": figures.numbers.money(spend),
        "of": figures.numbers.money(whole["ad_spend"]),
        "count": figures.numbers.count(len(hidden)),
        "one": len(hidden) == 1,
        "poas": figures.numbers.fixed(left),
        "profit": figures.numbers.money(whole["attributed_contribution_margin_2"] - judged),
        "silent": _silent(figures),
    }


def ratios(figures: Figures, state: MarketingState) -> dict[str, Any]:
    """What is left, and what each unit of money spent brought, with what platforms claim beside it."""
    view, numbers = figures.view, figures.numbers
    now, then = now_and_then(figures)
    lines, _ = course(figures, KEY, view.period, view.grain)
    beside = course(figures, KEY, view.comparison, view.grain)[0] if view.comparison else []
    poas = now["profit_on_ads"]
    hidden = _hidden(figures, state)
    return {
        "tiles": [
            (
                two_decimals(figures, name, now, then),
                shapes.spark([row[name] for _, row in lines], [row[name] for _, row in beside]),
            )
            for name in RATIOS
        ],
        "lifetimes": lifetimes(figures),
        "claimed": numbers.fixed(now["claimed_roas"]),
        "gap": numbers.money(now["claim_gap"]),
        "break_even": numbers.fixed(now["campaign_break_even_roas"]),
        "metric": {
            name: figures.metric(name) for name in ("claimed_roas", "claim_gap", "campaign_break_even_roas")
        },
        "verdict": "" if poas is None else "earns" if poas >= 1 else "hidden" if hidden else "loses",
        "hidden": hidden,
    }


def two_decimals(figures: Figures, name: str, now: Row, then: Row | None) -> Figure:
    """A figure; a quotient as the table writes it, with two decimals."""
    found = figures.figure(name, now, then)
    if found.metric.unit != "ratio":
        return found
    text = written(figures, name, now[name])
    was = written(figures, name, then[name] if then else None)
    return replace(found, text=text, parts=(text, "", ""), was=was)


def split(figures: Figures, state: MarketingState) -> dict[str, Any]:
    """Campaigns, accounts or platforms with all their figures, so many columns at a time."""
    numbers, names = figures.numbers, COLUMNS[state.shown]
    parts, sight = ad_parts(figures, state), sight_of(figures)
    listed, idle = fold(parts, state)
    shown = sheets.found(listed, state.parts, lambda part: f"{part.name} {part.detail}")
    shown = sheets.ordered(
        shown, state.parts, lambda part, column: part.name if column == "name" else part.now[column]
    )
    ways = state.ways("split")
    metrics = {name: figures.metric(name) for name in names}

    def rows(start: int, limit: int) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "part": part,
                "judged": judged_in_words(sight, part),
                **_cells(figures, names, part.now, part.then),
            }
            for part in shown[start : start + limit]
        ]

    label = AD_DIMENSIONS[state.by]
    return {
        "label": label,
        **_choices(state),
        "names": names,
        "metrics": metrics,
        "short": _SHORT | (_SHORT_OF_CLAIMS if state.shown == "claims" else {}),
        "narrow": _ON_A_PHONE[state.shown],
        "with_change": state.shown == "result",
        "columns": {
            name: sheets.column(
                state.parts, name, label if name == "name" else metrics[name].label, ways,
                text=name == "name", wide=name not in ("name", *_ON_A_PHONE[state.shown]),
            )
            for name in ("name", *names)
        },
        "leaf": sheets.leaf(state.parts, len(shown), rows, numbers.count(len(shown)), ways),
        "whole": _cells(figures, names, *_or_nought(now_and_then(figures))),
        "folded": {**fold_of(figures, state, idle), **_cells(figures, names, *_or_nought(together(figures, idle)))} if idle else None,
        "searchable": len(parts) > sheets.ROWS or bool(state.parts.find),
        "search": search(state, "parts", "split"),
    }  # fmt: skip


def _cells(figures: Figures, names: Sequence[str], row: Row, then: Row | None) -> dict[str, Any]:
    """A row of the table in words; its profit is what is compared."""
    before = then["campaign_profit"] if then else None
    return {
        "figures": [(name, written(figures, name, row[name])) for name in names],
        "loses": row["campaign_profit"] < 0,
        "change": figures.numbers.change(row["campaign_profit"], before, unit="money"),
    }


def _choices(state: MarketingState) -> dict[str, Any]:
    """What the table can be of, and which columns it can have, with their addresses."""

    def broken_down(name: str) -> str:
        return state.address(state.elsewhere() | {"by": "" if name == state.usual_by else name})

    return {
        "tabs": [(AD_DIMENSIONS[name], broken_down(name), name == state.by) for name in state.dimensions],
        "sets": [
            (SETS[name], state.address({"columns": "" if name == USUAL_SET else name}), name == state.shown)
            for name in SETS
        ],
    }


def _or_nought(found: tuple[Row, Row | None]) -> tuple[Row, Row | None]:
    """Sums over no rows are nought here: a table without rows has no whole to be unknown."""
    now, then = found
    return {**now, "campaign_profit": now["campaign_profit"] or 0}, then


def losers(figures: Figures, state: MarketingState) -> dict[str, Any]:
    """Campaigns that cost more than they brought, the greatest loss first, and what they lost together."""
    sight = sight_of(figures)
    parts = [part for part in ad_parts(figures, replace(state, by="campaign")) if part.is_told]
    hidden = sum(is_hidden(sight, part) for part in parts)
    losing = sorted(
        (part for part in parts if part.loses and not is_hidden(sight, part)),
        key=lambda part: (part.now["campaign_profit"], part.name),
    )
    lost = None
    if losing:
        [whole] = figures.rows(
            ("campaign_profit",), where={"campaign_id": [part.key[0] or "" for part in losing]}
        )
        lost = whole["campaign_profit"]
    largest = -losing[0].now["campaign_profit"] if losing else None
    return {
        "rows": [_loser(figures, part, largest) for part in losing[:TOP]],
        "count": figures.numbers.count(len(losing)),
        "of": figures.numbers.count(len(parts) - hidden),
        "hidden": figures.numbers.count(hidden) if hidden else "",
        "one": len(losing) == 1,
        "lost": figures.numbers.money(-lost if lost is not None else None),
        "silent": _silent(figures),
        "more": state.address(state.elsewhere() | {"by": "", "columns": "", "parts_order": "campaign_profit"})
        if len(losing) > TOP
        else "",
        "metric": {
            name: figures.metric(name)
            for name in ("campaign_profit", "ad_spend", "return_on_ad_spend", "campaign_break_even_roas")
        },
    }


def _loser(figures: Figures, part: AdPart, largest: Any) -> dict[str, Any]:
    now = part.now
    return {
        "part": part,
        "lost": figures.numbers.money(-now["campaign_profit"]),
        "bar": shapes.share_bar(-now["campaign_profit"], largest),
        **{name: written(figures, name, now[name]) for name in ("ad_spend", "return_on_ad_spend", "campaign_break_even_roas")},
        "sold_nothing": not now["attributed_orders"],
    }  # fmt: skip


def brought(figures: Figures, state: MarketingState, role: str = "ads") -> dict[str, Any]:
    """The orders that came from advertising, or with the role ``messages`` from messages, and how that is known of each."""
    site, view, numbers = figures.site, figures.view, figures.numbers
    order_by = state.orders.order or "-order_date"
    start = (state.orders.number - 1) * sheets.ROWS
    rows = site.remembered(
        ("attributed", role, view.period, view.filters, state.orders, start),
        lambda: list_attributed(
            site.project.reader, site.tenant_id, view.period.first, view.period.last, dict(view.filters),
            find=state.orders.find, order_by=order_by, limit=sheets.ROWS, offset=start, role=role,
        ).to_pylist(),
    )  # fmt: skip
    if not rows and state.orders.number > 1:
        return brought(figures, replace(state, orders=replace(state.orders, number=1)), role)
    total = rows[0]["matches"] if rows else 0
    shops = {each.connection_id: each.name for each in site.shops()}
    ways = state.ways("brought")

    def shown(_start: int, _limit: int) -> Sequence[Mapping[str, Any]]:
        return [_order(figures, shops, row) for row in rows]

    heads = {
        "order_number": "order",
        "order_date": "day",
        "net_sales": "net sales",
        "contribution_margin_2": "CM2",
    }
    return {
        "metric": {name: figures.metric(name) for name in ("net_sales", "contribution_margin_2")},
        "columns": {
            name: sheets.column(
                state.orders, name, label, ways,
                text=name in ("order_number", "order_date"), wide=name in ("order_date", "net_sales"),
            )
            for name, label in heads.items()
        },
        "leaf": sheets.leaf(state.orders, total, shown, numbers.count(total), ways),
        "search": search(state, "orders", "brought"),
    }  # fmt: skip


def _order(figures: Figures, shops: Mapping[str, str], row: Row) -> dict[str, Any]:
    numbers, campaign_id = figures.numbers, row["campaign_id"]
    return {
        "address": address_of("orders", row["order_id"]),
        "number": row["order_number"] or row["order_id"].partition(":")[2],
        "day": numbers.day(row["order_date"]),
        "shop": shops.get(row["connection_id"], row["connection_id"]),
        "customer": value_in_words(figures.site, "customer_type", row["customer_type"]).removesuffix(
            " customers"
        ),
        "platform": platform_in_words(row["platform"]),
        "campaign": campaign_name({"name": row["campaign_name"]}, campaign_id)
        if campaign_id
        else NO_CAMPAIGN,
        "campaign_address": campaign_address(campaign_id, figures) if campaign_id else "",
        "matched": matched_in_words(row["matched_by"]),
        "net_sales": numbers.money(row["net_sales"]),
        "contribution_margin_2": numbers.money(row["contribution_margin_2"]),
        "loses": row["contribution_margin_2"] < 0,
    }


PANELS: Mapping[str, Panel] = {
    "spend": spend,
    "ratios": ratios,
    "split": split,
    "losers": losers,
    "brought": brought,
}
