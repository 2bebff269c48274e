"""The panel of Profit with the products that bring the most and those that lose, taken from answers of thousands of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fondaco.server.pages import shapes
from fondaco.server.pages.choices import address_of, asked_by
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.profit_parts import margin_of, named, of_orders, result_of, shop_names
from fondaco.server.pages.profit_state import ProfitState
from fondaco.server.pages.sales_state import dimensions_of

TOP = 8
LAST, RATE = result_of("product")
ASKED = ("net_sales", LAST, RATE)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The ends of a ranking of products by contribution margin 3.

    Attributes
    ----------
    best, worst
        At most ``TOP`` rows each: those above nought, the largest first, and those below, the smallest first.
    losing
        How many are below nought in all.
    """

    best: Sequence[Row]
    worst: Sequence[Row]
    losing: int

    @property
    def largest(self) -> Any:
        """The largest distance from nought; None where there is no row."""
        return max((abs(row[LAST]) for row in (*self.best[:1], *self.worst[:1])), default=None)


def goods(figures: Figures, state: ProfitState) -> dict[str, Any]:
    """The products that bring the most, and those that lose."""
    metric = {name: figures.metric(name) for name in ASKED}
    if "product" not in dimensions_of(figures.site, state):
        return {"best": [], "worst": [], "metric": metric, "losers": ""}
    found = extremes(figures)
    shops = shop_names(figures.site)

    def line(row: Row) -> dict[str, Any]:
        return _line(figures, state, shops, row, found.largest)

    return {
        "best": [line(row) for row in found.best],
        "worst": [line(row) for row in found.worst],
        "losers": figures.numbers.count(found.losing) if found.losing else "",
        "metric": metric,
    }


def extremes(figures: Figures) -> Extremes:
    """Ranks the view's products without making Python objects of more rows than are shown: a shop may have tens of thousands, and
    whoever holds the interpreter for that long holds up all readers."""
    where, _ = of_orders(figures, figures.view.period)
    if where is None:
        return Extremes([], [], 0)
    rows = figures.table(ASKED, asked_by("product"), where=where)
    product, title = (rows.column(name) for name in asked_by("product"))
    named_rows = rows.filter(pc.or_kleene(_is_said(product), _is_said(title)))
    result = named_rows.column(LAST)
    below = named_rows.filter(pc.less(result, 0))
    return Extremes(
        _first(named_rows.filter(pc.greater(result, 0)), "descending"),
        _first(below, "ascending"),
        below.num_rows,
    )


def _is_said(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(column, ""), False)


def _first(rows: pa.Table, direction: str) -> Sequence[Row]:
    order = [(LAST, direction), *((name, "ascending") for name in reversed(asked_by("product")))]
    found: Sequence[Row] = rows.sort_by(order).slice(0, TOP).to_pylist()
    return found


def _line(
    figures: Figures, state: ProfitState, shops: Mapping[str, str], row: Row, largest: Any
) -> dict[str, Any]:
    key = tuple(row[name] or None for name in asked_by("product"))
    _, name, detail, conditions = named(figures.site, "product", shops, key)
    assert conditions is not None
    product_id = conditions.get("product_id")
    return {
        "name": name,
        "detail": detail,
        "address": address_of("products", product_id, figures.view.query())
        if product_id
        else state.restricted(conditions),
        "net_sales": figures.numbers.money(row["net_sales"]),
        "last": figures.numbers.money(row[LAST]),
        "rate": figures.numbers.rate(margin_of(row, RATE)),
        "bar": shapes.share_bar(abs(row[LAST]), largest),
    }
