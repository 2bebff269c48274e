"""The table of products: its lines out of the layer, its order, and each cell in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fastapi import Request

from fondaco.metrics import MetricQuery
from fondaco.metrics.product_figures import FIGURES
from fondaco.metrics.products import IDENTITY, MARGINS, METRICS, ProductLine, product_lines, shop_of
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import address_of, view_of
from fondaco.server.periods import Period, View, written
from fondaco.server.site import Site

COLUMNS = (
    "title",
    "net_sales",
    "contribution_margin_3",
    "contribution_margin_3_rate",
    "units_sold",
    "units_per_day",
    "trend",
    "return_rate",
    "discount_rate",
    "units_on_hand",
    "days_of_cover",
    "bought_again",
    "first_buyer_value",
)
"""Columns of the table, by which it can be ordered."""

LEVELS = {"product": "Products", "variant": "Variants", "collection": "Collections"}
FILTERS = ("collection",)
"""What the page can be restricted by, beside the shop."""


@dataclass(frozen=True, slots=True)
class ProductsState:
    """What a reader has chosen on Products: the days, shop and collection, what the rows are, and which of them."""

    view: View
    level: str
    sheet: sheets.Sheet

    def query(self, changes: Mapping[str, str] | None = None) -> str:
        level = "" if self.level == "product" else self.level
        return written({**self.view.state(), "level": level, **self.sheet.state(), **(changes or {})})

    def address(self, changes: Mapping[str, str] | None = None) -> str:
        query = self.query(changes)
        return "/products" + (f"?{query}" if query else "")

    def way(self, changes: Mapping[str, str]) -> sheets.Way:
        return sheets.Way(self.address(changes), f"/products/catalogue?{self.query(changes)}")


def usual_products(view: View, level: str = "product") -> ProductsState:
    """Products, or another of ``LEVELS``, as they open."""
    return ProductsState(view, level, sheets.Sheet("products"))


def products_state(request: Request, site: Site, columns: Mapping[str, Sequence[str]]) -> ProductsState:
    """Read the state from the URL. ``columns`` are those of each level, by which its rows can be ordered."""
    asked = request.query_params
    level = asked.get("level", "")
    level = level if level in levels_of(site) else "product"
    return ProductsState(
        view=view_of(request, site, FILTERS),
        level=level,
        sheet=sheets.parse_sheet("products", asked, columns[level]),
    )


def levels_of(site: Site) -> Mapping[str, str]:
    """What rows can be: collections only where some shop has any."""
    return {name: label for name, label in LEVELS.items() if name != "collection" or site.collections}


def asked(view: View, period: Period | None = None) -> MetricQuery:
    """The period and conditions of a view as a question, metrics left open."""
    period = period or view.period
    return MetricQuery(METRICS, first=period.first, last=period.last, clock=view.clock, where=view.where)


def all_lines(site: Site, view: View, *, by_variant: bool) -> Sequence[ProductLine]:
    """Every product or variant of a view, remembered until something new is published."""
    before = asked(view, view.comparison) if view.comparison else None

    def work() -> Sequence[ProductLine]:
        lines = product_lines(
            site.layer,
            site.project.reader,
            asked(view),
            site.tenant_id,
            before=before,
            today=view.today,
            by_variant=by_variant,
        )
        compared = _compared_shops(view, {shop_of(line.product_id) for line in lines})
        return [
            line if shop_of(line.product_id) in compared else replace(line, units_per_day_before=None)
            for line in lines
        ]

    return site.remembered(("products", view, view.today, by_variant), work, large=True)


def of_no_product(site: Site, view: View) -> Decimal:
    """Net sales of the view that no line has, such as what shops pay back on a whole order: with it the lines add up to net sales."""
    rows = site.ask(replace(asked(view), metrics=("net_sales",), by=IDENTITY)).to_pylist()
    return sum((row["net_sales"] for row in rows if all(row[name] is None for name in IDENTITY)), Decimal(0))


def _of_no_product(site: Site, view: View, numbers: Numbers) -> str:
    """The same in words, for beneath the table; empty where there is none."""
    rest = of_no_product(site, view)
    if not rest:
        return ""
    return (
        f"Of no product: {numbers.money(rest)}. It is what shops book on whole orders, such as refunds without an item; "
        "with it all lines add up to net sales."
    )


def _compared_shops(view: View, shops: Collection[str]) -> frozenset[str]:
    """The shops that are known from the first compared day on."""
    compared = view.comparison
    if compared is None:
        return frozenset()
    return frozenset(shop for shop in shops if view.known.knows(compared.first, (shop,) if shop else ()))


def lines_shown(site: Site, state: ProductsState) -> Sequence[ProductLine]:
    """The lines that hold what is looked for, in the order of the sheet."""
    lines = all_lines(site, state.view, by_variant=state.level == "variant")
    lines = sheets.found(lines, state.sheet, lambda line: f"{line.title or ''} {line.sku or ''}")
    return sheets.ordered(lines, state.sheet, _value)


def _value(line: ProductLine, column: str) -> Any:
    if column == "title":
        return (line.title or line.sku or "").casefold()
    if column == "trend":
        now, before = line.units_per_day, line.units_per_day_before
        return (now - before) / before if now is not None and before else None
    return getattr(line, column)


def catalogue(site: Site, state: ProductsState, numbers: Numbers) -> dict[str, Any]:
    """One sheet of the table."""
    lines = lines_shown(site, state)
    metrics = {name: site.metric(name) for name in (*METRICS, *MARGINS)}
    labels = {
        **{name: metric.label for name, metric in metrics.items()},
        **{name: FIGURES[name].label for name in COLUMNS if name in FIGURES},
        "title": "Product" if state.level == "product" else "Variant",
        "trend": "Trend",
    }
    own = state.level == "product"
    # What is known of buyers is known of products; without a comparison there is no trend.
    left_out = ({"trend"} if state.view.compared is None else set()) | (
        set() if own else {"bought_again", "first_buyer_value"}
    )
    left_out |= set() if site.has_profit else set(MARGINS)
    names = [name for name in COLUMNS if name not in left_out]
    shops = {each.connection_id: each.name for each in site.shops()}
    _, number, find = state.sheet.keys
    return {
        "metrics": metrics,
        "figures": FIGURES,
        "short": {"contribution_margin_3": "CM3", "contribution_margin_3_rate": "Margin"},
        "names": names,
        "columns": {
            name: sheets.column(state.sheet, name, labels[name], state.way, text=name == "title")
            for name in names
        },
        "leaf": sheets.leaf(
            state.sheet,
            len(lines),
            lambda start, limit: [
                cells(line, numbers, shops, state.view) for line in lines[start : start + limit]
            ],
            numbers.count(len(lines)),
            state.way,
        ),
        "noun": LEVELS[state.level].lower(),
        "losers": _losers(state, lines, numbers),
        "rest": "" if state.sheet.find else _of_no_product(site, state.view, numbers),
        "search": {
            "name": find,
            "value": state.sheet.find,
            "kept": {
                name: value
                for name, value in {**state.view.state(), "level": state.level, **state.sheet.state()}.items()
                if value and name not in (number, find)
            },
            "panel": "/products/catalogue",
            "sheet": "products",
            "action": "/products",
        },
    }


def _losers(state: ProductsState, lines: Sequence[ProductLine], numbers: Numbers) -> dict[str, Any] | None:
    """How many of the lines cost more than they brought, what they lost together, and the way to see them first; None where none did."""
    lost = [line.contribution_margin_3 for line in lines if (line.contribution_margin_3 or 0) < 0]
    if not lost:
        return None
    return {
        "count": numbers.count(len(lost)),
        "one": len(lost) == 1,
        "what": f"{state.level} costs" if len(lost) == 1 else f"{state.level}s cost",
        "lost": numbers.money(-sum(each for each in lost if each is not None)),
        "first": state.way({"products_order": MARGINS[0], "products_sheet": ""}),
        "are_first": state.sheet.order == MARGINS[0],
    }


def cells(line: ProductLine, numbers: Numbers, shops: Mapping[str, str], view: View) -> dict[str, Any]:
    """A line in words."""
    shop = shop_of(line.product_id)
    return {
        "address": address_of("products", line.product_id, view.query()) if line.product_id else "",
        "title": line.title or "Without a name",
        "sku": line.sku,
        "shop": shops.get(shop, shop),
        "net_sales": numbers.money(line.net_sales),
        "contribution_margin_3": numbers.money(line.contribution_margin_3),
        "contribution_margin_3_rate": numbers.rate(line.contribution_margin_3_rate),
        "loses": MARGINS if (line.contribution_margin_3 or 0) < 0 else (),
        "units_sold": numbers.count(line.units_sold),
        "units_per_day": numbers.fixed(line.units_per_day),
        "trend": numbers.change(line.units_per_day, line.units_per_day_before),
        "return_rate": numbers.rate(line.return_rate),
        "discount_rate": numbers.rate(line.discount_rate),
        "units_on_hand": numbers.count(line.units_on_hand),
        "days_of_cover": days(numbers, line.days_of_cover),
        "short": line.days_of_cover is not None and line.days_of_cover < SHORT_DAYS,
        "bought_again": numbers.rate(line.bought_again),
        "first_buyer_value": numbers.money(line.first_buyer_value),
        "first_buyers": line.first_buyers,
    }


SHORT_DAYS = 14
"""A stock that lasts less than this is marked."""


def days(numbers: Numbers, value: Any) -> str:
    """Days in words; beyond two years nobody plans."""
    if value is None:
        return NOTHING
    return f"{numbers.count(value)} d" if value < 730 else "over 2 years"
