"""The table of collections on Products: what each sold, and what it left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.server.numbers import Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import COUNTED_IN_EACH, OF_NO_PRODUCT, value_in_words
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.products_tables import ProductsState
from fondaco.server.pages.profit_parts import OF_NO_ORDER, margin_of, of_orders
from fondaco.server.periods import NO_VALUE
from fondaco.server.site import Site

RESULT, RATE = "contribution_margin_3", "contribution_margin_3_rate"
METRICS = ("net_sales", "units_sold", "return_rate", "discount_rate", "gross_margin", RESULT, RATE)
COLUMNS = ("title", "products", *METRICS, "then")
"""Columns of the table, by which it can be ordered; *products* are those that are in it now, *then* is the result before."""


@dataclass(frozen=True, slots=True)
class CollectionLine:
    """A collection with its figures of the period; ``title`` is None for what is in none, and for what no order bears.

    Attributes
    ----------
    products
        How many are in it now, whether they sold or not.
    then
        Contribution margin 3 of the compared period; None where there is none.
    """

    title: str | None
    name: str
    products: int | None
    figures: Row
    then: Decimal | None
    is_of_orders: bool = True


def collection_lines(figures: Figures) -> list[CollectionLine]:
    """Every collection that sold or has products now, the largest contribution margin first; last what is in none, and what no order bears."""
    site, view = figures.site, figures.view
    compared = view.comparison
    now, of_no_order = _by_collection(figures, METRICS)
    then = _by_collection(figures, (RESULT,), before=True)[0] if compared else {}
    products = dict(site.collections)
    asked = dict(view.filters).get("collection")
    offered = products if asked is None and view.shop is None else {}
    nothing: Row = {name: None if name.endswith(("rate", "margin")) else Decimal(0) for name in METRICS}
    lines = [
        CollectionLine(
            title,
            value_in_words(site, "collection", title),
            products.get(title) if title is not None and view.shop is None else None,
            now.get(title, nothing),
            then.get(title, {RESULT: Decimal(0)})[RESULT] if compared else None,
        )
        for title in dict.fromkeys((*now, *then, *offered))
    ]
    lines.sort(key=lambda line: (line.title is None, -line.figures[RESULT], line.name))
    if of_no_order and of_no_order[RESULT]:
        lines.append(CollectionLine(None, OF_NO_ORDER, None, of_no_order, None, is_of_orders=False))
    return lines


def _by_collection(
    figures: Figures, metrics: Sequence[str], *, before: bool = False
) -> tuple[dict[str | None, Row], Row | None]:
    period = figures.view.comparison if before else figures.view.period
    assert period is not None
    where, of_no_order = of_orders(figures, period)
    rows = figures.rows(metrics, ("collection",), period, where=where) if where is not None else []
    return {row["collection"] or None: row for row in rows}, of_no_order


def lines_shown(site: Site, state: ProductsState, numbers: Numbers) -> Sequence[CollectionLine]:
    """The lines that hold what is looked for, in the order of the sheet."""
    lines = site.remembered(
        ("collections", state.view, state.view.today),
        lambda: collection_lines(Figures(site, state.view, numbers)),
    )
    lines = sheets.found(lines, state.sheet, lambda line: line.name)
    return sheets.ordered(lines, state.sheet, value_of)


def value_of(line: CollectionLine, column: str) -> Any:
    """What a column holds, unwritten."""
    if column == "title":
        return line.name.casefold()
    if column == "then":
        return line.then
    if column == "products":
        return line.products
    return margin_of(line.figures, column) if column in (RATE, "gross_margin") else line.figures.get(column)


def collection_table(site: Site, state: ProductsState, numbers: Numbers) -> dict[str, Any]:
    """One sheet of the table."""
    view = state.view
    figures = Figures(site, view, numbers)
    lines = lines_shown(site, state, numbers)
    metrics = {name: figures.metric(name) for name in METRICS}
    labels = {name: metric.label for name, metric in metrics.items()}
    labels |= {"title": "Collection", "products": "Products", "then": "Compared"}
    names = [name for name in COLUMNS if name != "then" or view.comparison is not None]
    _, number, find = state.sheet.keys
    kept = {**view.state(), "level": state.level, **state.sheet.state()}
    return {
        "metrics": metrics,
        "names": names,
        "result": RESULT,
        "columns": {
            name: sheets.column(state.sheet, name, labels[name], state.way, text=name == "title")
            for name in names
        },
        "leaf": sheets.leaf(
            state.sheet,
            len(lines),
            lambda start, limit: [
                _cells(state, figures, names, line) for line in lines[start : start + limit]
            ],
            numbers.count(len(lines)),
            state.way,
        ),
        "whole": _whole(figures, names),
        "note": f"{COUNTED_IN_EACH}. {OF_NO_PRODUCT}.",
        "search": {
            "name": find,
            "value": state.sheet.find,
            "kept": {name: value for name, value in kept.items() if value and name not in (number, find)},
            "panel": "/products/catalogue",
            "sheet": "products",
            "action": "/products",
        },
    }


def _cells(
    state: ProductsState, figures: Figures, names: Sequence[str], line: CollectionLine
) -> Mapping[str, Any]:
    """A line in words, and where it leads: to the products of the collection."""
    kept = {
        "collection": line.title or NO_VALUE,
        "level": "",
        "products_sheet": "",
        "products_order": "",
        "products_find": "",
    }
    return {
        "name": line.name,
        "address": state.address(kept) if line.is_of_orders else "",
        "loses": line.figures[RESULT] < 0,
        "change": figures.numbers.change(line.figures[RESULT], line.then, figures.metric(RESULT).good, figures.metric(RESULT).unit),
        "cells": [
            (name, _written(figures, name, value_of(line, name)))
            for name in names
            if name != "title"
        ],
    }  # fmt: skip


def _whole(figures: Figures, names: Sequence[str]) -> list[tuple[str, str]]:
    compared = figures.view.comparison
    now = figures.totals(METRICS)
    then = figures.totals((RESULT,), compared)[RESULT] if compared else None
    values = {**now, RATE: margin_of(now, RATE), "gross_margin": margin_of(now, "gross_margin"), "then": then}
    return [(name, "" if name == "products" else _written(figures, name, values[name])) for name in names if name != "title"]  # fmt: skip


def _written(figures: Figures, name: str, value: Any) -> str:
    if name == "products":
        return figures.numbers.count(value)
    return figures.numbers.figure(value, figures.metric(RESULT if name == "then" else name).unit)
