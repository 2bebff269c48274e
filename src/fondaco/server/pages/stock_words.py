"""Words for stock, which all its pages use."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fondaco.server.numbers import NOTHING, Number, Numbers

KINDS = {"reorder": "Order", "transfer": "Transfer", "warn": "Running out", "mark_down": "Mark down"}
"""Kinds of proposals."""

SERIES = {
    "smooth": ("Smooth", "Sells nearly every day, and evenly"),
    "erratic": ("Erratic", "Sells nearly every day, and unevenly"),
    "intermittent": ("Intermittent", "Sells now and then, in like quantities"),
    "lumpy": ("Lumpy", "Sells now and then, sometimes a lot"),
    "new": ("New", "Too young to be told"),
    "ended": ("Ended", "Has stopped selling"),
}
"""Classes of series, by Syntetos and Boylan (2005), with what each means."""

_METHODS = {"ets": "ETS", "tsb": "Croston with decay (TSB)", "mstl": "MSTL", "arima": "ARIMA"}

_LONGEST_DAYS = 3650
_USUAL_TITLES = (None, "", "Default Title")


def title_of(row: Mapping[str, Any]) -> str:
    """The article for people: its product's title with the variant's where that says more."""
    title = row["product_title"] or row["sku"] or str(row["variant_id"]).partition(":")[2]
    own = row["variant_title"]
    return title if own in _USUAL_TITLES or own == row["product_title"] else f"{title}, {own}"


def days_in_words(numbers: Numbers, days: Number | None) -> str:
    """A length of days, whole from ten on: 3.5 days, 42 days, over 10 years."""
    if days is None:
        return NOTHING
    if days > _LONGEST_DAYS:
        return "Over 10 years"
    shown = round(Decimal(days), 1 if days < 10 else 0)
    return f"{numbers.decimal(shown)} {'day' if shown == 1 else 'days'}"


def age_in_words(numbers: Numbers, row: Mapping[str, Any]) -> str:
    """How long the pieces of an item have been there on average."""
    return days_in_words(numbers, row["mean_age_days"]) if row["units"] else NOTHING


def method_in_words(name: str | None) -> str:
    """A forecast's name for people."""
    return NOTHING if not name else _METHODS.get(name.casefold(), name[:1].upper() + name[1:])
