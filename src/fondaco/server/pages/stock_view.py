"""What Stock shows: tiles, the list of items, classes, ages, and what of the data cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from fondaco.metrics import stock as facts
from fondaco.metrics.stock import ABC, AGE_BANDS, ITEM_ORDERINGS, NO_CLASS, XYZ, Row
from fondaco.metrics.stock_findings import KINDS as FINDINGS
from fondaco.metrics.stock_findings import list_findings
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import address_of
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.stock_state import StockState
from fondaco.server.pages.stock_words import age_in_words, days_in_words, title_of
from fondaco.server.periods import CUSTOM, Period, View
from fondaco.server.site import Site

DAYS = 90
"""Days that figures of a period are of."""

_NOW = ("stock_value", "days_of_supply", "dead_stock_value", "stock_age")
_OF_DAYS = ("stockout_rate", "lost_margin", "sell_through", "stock_turnover")
_BESIDE = (
    "stock_units",
    "stock_items",
    "sales_velocity",
    "dead_stock_rate",
    "lost_units",
    "unpriced_stock_units",
)
_COMPARED = ("stockout_rate", "lost_margin", "stock_turnover")
"""Figures of days, which those before can be held against."""

_LABELS = {"": "All", "out": "Out of stock", "low": "Low", "much": "Too much", "dead": "Dead"}
_HEADS = dict(zip(ITEM_ORDERINGS, ("Item", "Location", "Pieces", "Value", "A day", "Lasts", "Days out", "Lost margin", "Age"), strict=True))  # fmt: skip
_TEXTS = ("product_title", "location_name")
_NARROW = ("product_title", "units", "days_of_supply")
_LINES = 12
"""Lines of the heat map; the others are one line together."""
_SHADES = 9
_MOST_FINDINGS = 20


def view_of_stock(site: Site, state: StockState, view: View) -> View:
    """The last days that are known, at the chosen place: what the figures are of."""
    last = site.remembered(("stock", "as_of"), lambda: facts.as_of(site.project.reader, site.tenant_id))
    filters = (("location_id", state.location),) if state.location else ()
    return replace(
        view, range=CUSTOM, period=Period(last - timedelta(DAYS - 1), last), shop=None, filters=filters
    )


def tiles(figures: Figures) -> list[dict[str, Any]]:
    """The figures of the head, each with what stands under it."""
    view, numbers = figures.view, figures.numbers
    now = figures.totals((*_NOW, *_OF_DAYS, *_BESIDE))
    then = figures.totals(_COMPARED, view.comparison) if view.comparison else None
    unpriced = now["unpriced_stock_units"]
    beside = {
        "stock_value": f"{numbers.count(now['stock_units'])} pieces"
        + (f", {numbers.count(unpriced)} without a cost" if unpriced else ""),
        "days_of_supply": f"{numbers.decimal(_rounded(now['sales_velocity'], 1))} sold a day",
        "dead_stock_value": f"{numbers.rate(now['dead_stock_rate'])} of the value",
        "stock_age": f"{numbers.count(now['stock_items'])} {'item' if now['stock_items'] == 1 else 'items'} in stock",
        "sell_through": f"in {DAYS} days",
    }
    found = []
    for name in ("stock_value", "days_of_supply", "stockout_rate", "lost_margin", "dead_stock_value", "sell_through", "stock_turnover", "stock_age"):  # fmt: skip
        figure = figures.figure(name, now, then if name in _COMPARED else None)
        in_days = name in ("days_of_supply", "stock_age")
        found.append(
            {
                "metric": figure.metric,
                "parts": (days_in_words(numbers, figure.value), "", "") if in_days else figure.parts,
                "change": figure.change if figure.change.direction != "none" else None,
                "was": figure.was if name in _COMPARED and then is not None else "",
                "beside": beside.get(name, f"in {DAYS} days"),
            }
        )
    return found


def listed(site: Site, numbers: Numbers, state: StockState) -> dict[str, Any]:
    """The items that are asked for, one sheet of them, with their sum."""
    reader, tenant, asked = site.project.reader, site.tenant_id, state.asked
    whole = site.remembered(("stock", "sum", asked), lambda: facts.sum_items(reader, tenant, asked))
    narrow = {*_NARROW, state.items.order.removeprefix("-")}

    def rows(start: int, limit: int) -> Sequence[dict[str, Any]]:
        order = state.items.order
        found = facts.list_items(reader, tenant, asked, order_by=order, limit=limit, offset=start)
        return [item_row(numbers, row) for row in found.to_pylist()]

    total = int(whole["items"])
    _, number, find = state.items.keys
    kept = {name: value for name, value in state.state().items() if value and name not in (number, find)}
    return {
        "columns": {
            name: sheets.column(state.items, name, label, state.way, text=name in _TEXTS, wide=name not in narrow)
            for name, label in _HEADS.items()
        },
        "leaf": sheets.leaf(state.items, total, rows, numbers.count(total), state.way),
        "whole": {
            "units": numbers.count(whole["units"]),
            "value": numbers.money(whole["stock_value"]),
            "speed": numbers.fixed(whole["sales_velocity"]),
            "lasts": days_in_words(numbers, _quotient(whole["units"], whole["sales_velocity"])),
            "days_out": numbers.count(whole["stockout_days_90"]),
            "lost": numbers.money(whole["lost_margin_90"]),
        },
        "search": {
            "name": find, "value": state.items.find, "kept": kept, "panel": "/stock", "sheet": "items", "action": "/stock",
        },
    }  # fmt: skip


def item_row(numbers: Numbers, row: Row) -> dict[str, Any]:
    """An item at its location, in words."""
    return {
        "address": address_of("stock", row["variant_id"]),
        "title": title_of(row),
        "sku": row["sku"] or "",
        "location": row["location_name"] or row["location_id"],
        "units": numbers.count(row["available"]),
        "is_below": row["available"] < 0,
        "coming": numbers.count(row["on_order_units"]) if row["on_order_units"] else "",
        "value": numbers.money(row["stock_value"])
        if row["unit_cost"] is not None or not row["units"]
        else NOTHING,
        "speed": numbers.fixed(row["sales_velocity"]),
        "lasts": days_in_words(numbers, row["days_of_supply"]),
        "days_out": numbers.count(row["stockout_days_90"]),
        "lost": numbers.money(row["lost_margin_90"]) if row["lost_margin_90"] else NOTHING,
        "age": age_in_words(numbers, row),
        "classes": (row["abc_class"] or "") + (row["xyz_class"] or ""),
        "badge": _badge(row),
    }


def _badge(row: Row) -> dict[str, str] | None:
    if row["available"] < 0:
        return {"text": "Below nothing", "tone": "bad"}
    if row["units"] == 0 and row["units_sold_365"] > 0:
        return {"text": "Out", "tone": "bad"}
    if row["is_dead"]:
        return {"text": "Dead", "tone": "warn"}
    if row["units"] > 0 and row["days_of_supply"] is not None and row["days_of_supply"] < facts.LOW_DAYS:
        return {"text": "Low", "tone": "warn"}
    return None


def tabs(site: Site, numbers: Numbers, state: StockState) -> list[tuple[str, str, str, bool]]:
    """Which items can be looked at: label, how many, address, and whether it is the chosen one."""
    asked = state.asked
    counts = site.remembered(
        ("stock", "counts", asked.location_id, asked.abc, asked.xyz),
        lambda: facts.count_items(site.project.reader, site.tenant_id, asked),
    )
    return [
        (label, numbers.count(counts[name]), state.address({"which": name}), state.which == name)
        for name, label in _LABELS.items()
    ]


def class_table(site: Site, numbers: Numbers, state: StockState) -> list[dict[str, Any]]:
    """Items by what they sell and how steadily; each cell leads to its items."""
    place = state.location or None
    found = site.remembered(
        ("stock", "classes", place), lambda: facts.classes(site.project.reader, site.tenant_id, place)
    )
    by_class = {(row["abc_class"], row["xyz_class"] or NO_CLASS): row for row in found}
    sales = sum((row["net_sales"] for row in found), Decimal(0))
    largest = max((row["stock_value"] for row in found), default=Decimal(0))
    lines = []
    for abc in ABC:
        own = [by_class.get((abc, xyz)) for xyz in (*XYZ, NO_CLASS)]
        sold = sum((row["net_sales"] for row in own if row), Decimal(0))
        lines.append(
            {
                "abc": abc,
                "share": numbers.rate(_quotient(sold, sales)),
                "cells": [
                    {
                        "count": numbers.count(row["items"]) if row else "",
                        "value": numbers.whole_money(row["stock_value"]) if row else "",
                        "shade": _shade(row["stock_value"], largest) if row else 0,
                        "address": state.address({"abc": abc, "xyz": xyz, "which": ""}) + "#title-items",
                        "is_chosen": (state.abc, state.xyz) == (abc, xyz),
                    }
                    for xyz, row in zip((*XYZ, NO_CLASS), own, strict=True)
                ],
            }
        )
    return lines


def age_table(site: Site, numbers: Numbers, state: StockState) -> dict[str, Any]:
    """The value of stock by its age: one line a place, kind or brand, the most value first."""
    place = state.location or None
    found = site.remembered(
        ("stock", "ages", state.ages, place),
        lambda: facts.ages(site.project.reader, site.tenant_id, state.ages, place),
    )
    lines: dict[str, dict[str, Decimal]] = {}
    for row in found:
        own = lines.setdefault(row["name"] or "Without a name", {})
        own[row["age_band"]] = own.get(row["age_band"], Decimal(0)) + row["stock_value"]
    ranked = sorted(lines.items(), key=lambda line: (-sum(line[1].values(), Decimal(0)), line[0]))
    if len(ranked) > _LINES:
        ranked = [
            *ranked[: _LINES - 1],
            (f"{len(ranked) - _LINES + 1} others", _summed(ranked[_LINES - 1 :])),
        ]
    largest = max((value for _, own in ranked for value in own.values()), default=Decimal(0))
    all_bands = _summed(ranked)
    whole = sum(all_bands.values(), Decimal(0))
    return {
        "bands": [band.replace("-", "–").replace("over", "Over") for band in AGE_BANDS],
        "lines": [_age_line(numbers, name, own, largest) for name, own in ranked],
        "sums": [numbers.whole_money(all_bands.get(band, Decimal(0))) for band in AGE_BANDS],
        "shares": [numbers.rate(_quotient(all_bands.get(band, Decimal(0)), whole)) for band in AGE_BANDS],
        "whole": numbers.whole_money(whole),
        "ways": [
            (label, state.address({"ages": "" if by == "location" else by}) + "#title-ages", state.ages == by)
            for by, label in (("location", "Location"), ("category", "Category"), ("supplier", "Brand"))
        ],
        "head": {"location": "Location", "category": "Category", "supplier": "Brand"}[state.ages],
    }


def _age_line(numbers: Numbers, name: str, own: Mapping[str, Decimal], largest: Decimal) -> dict[str, Any]:
    cells = [
        {"text": numbers.whole_money(own[band]), "shade": _shade(own[band], largest), "note": f"{name}, {band} days: {numbers.money(own[band])}"}
        if own.get(band) else None
        for band in AGE_BANDS
    ]  # fmt: skip
    return {"name": name, "cells": cells, "sum": numbers.whole_money(sum(own.values(), Decimal(0)))}


def _summed(lines: Sequence[tuple[str, Mapping[str, Decimal]]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for _, own in lines:
        for band, value in own.items():
            sums[band] = sums.get(band, Decimal(0)) + value
    return sums


def found_faults(site: Site, numbers: Numbers) -> dict[str, Any]:
    """What sheets and levels say that cannot be, by kind."""
    found = site.remembered(("stock", "findings"), lambda: list_findings(site.project.reader, site.tenant_id))
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row["kind"], []).append(row)
    return {
        "total": len(found),
        "groups": [
            {
                "title": FINDINGS[kind].label if kind in FINDINGS else kind,
                "advice": FINDINGS[kind].remedy if kind in FINDINGS else "",
                "count": numbers.count(len(rows)),
                "rows": [_finding(numbers, row) for row in rows[:_MOST_FINDINGS]],
                "more": numbers.count(len(rows) - _MOST_FINDINGS) if len(rows) > _MOST_FINDINGS else "",
            }
            for kind, rows in groups.items()
        ],
    }


def _finding(numbers: Numbers, row: Row) -> dict[str, str]:
    return {
        "subject": row["subject"],
        "sku": row["sku"] or NOTHING,
        "day": numbers.day(row["found_date"]) if row["found_date"] else NOTHING,
        "told": row["told"] or NOTHING,
        "against": row["against"] or NOTHING,
    }


def _shade(value: Decimal, largest: Decimal) -> int:
    """By the root of the share: few cells hold most of the money, and the others are to be told apart too."""
    if largest <= 0 or value <= 0:
        return 0
    return min(_SHADES - 1, max(1, round((_SHADES - 1) * math.sqrt(value / largest))))


def _quotient(part: Any, whole: Any) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if part is not None and whole else None


def _rounded(value: Decimal | None, digits: int) -> Decimal | None:
    return None if value is None else round(Decimal(value), digits)
