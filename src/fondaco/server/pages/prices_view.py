"""What Prices shows: tiles, and rows of articles, of promotions and of markdown plans in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from fondaco.metrics.prices import Row
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import address_of
from fondaco.server.pages.health import Badge
from fondaco.server.pages.stock_words import title_of

COLUMNS: Mapping[str, tuple[str, str]] = {
    "title": ("Article", ""),
    "price": ("Price now", "As buyers see it, in the shop’s currency, with the tax that is in it: what the shop lists, else what it sold for of late."),
    "recommended_price": ("Recommended", "The allowed price that is expected to leave most, and around it the range of those that leave nearly as much (within 1 %)."),
    "profit_change": ("Profit a week", "By how much the profit of a week is expected to change, and the bounds between which that lies nine times in ten."),
    "unit_cost": ("Cost", "Of a piece: goods, and what is paid for each piece that is sold (fulfilment, payment, marketplace)."),
    "margin": ("Margin", "What is left of what a piece brings, after tax and what buyers are let off, when it is paid for ÷ what it brings."),
    "elasticity": ("Elasticity", "Percent by which pieces sold move when the price moves by one percent, and the bounds between which it lies nine times in ten."),
    "weekly_units": ("Pieces a week", "Expected at today’s price: by the forecast of demand, else as in the last 13 weeks."),
}  # fmt: skip
"""What is told of an article: the head of its column, and its definition."""
NARROW = ("title", "recommended_price", "profit_change")
ACTIONS = {
    "raise": Badge("Raise", "good"),
    "lower": Badge("Lower", "warn"),
    "stay": Badge("Leave", "none"),
    "unknown": Badge("Cannot say", "none"),
}


def tiles(numbers: Numbers, rows: Sequence[Row], newest: Row | None) -> list[dict[str, Any]]:
    """The figures of the head."""
    changed = [row for row in rows if row["action"] in ("raise", "lower")]
    gain = sum((row["profit_change"] for row in changed), Decimal(0))
    known = sum(row["action"] != "unknown" for row in rows)
    up = sum(row["action"] == "raise" for row in changed)
    mean = (newest or {}).get("mean_elasticity")
    margins = [(row["margin"], row["weekly_units"]) for row in rows if row["margin"] is not None]
    weight = sum(units for _, units in margins)
    margin = sum(share * units for share, units in margins) / weight if weight else None
    return [
        {"label": "To change", "value": numbers.count(len(changed)), "was": f"{numbers.count(up)} up, {numbers.count(len(changed) - up)} down"},
        {"label": "Profit a week", "money": numbers.money_parts(gain), "was": "more is expected, if all are changed"},
        {"label": "Margin now", "value": numbers.rate(margin), "was": "of a piece, by what sells"},
        {"label": "Elasticity", "value": signed(numbers, mean), "was": "on average, where the data can say"},
        {"label": "The data can say", "value": f"{numbers.count(known)} of {numbers.count(len(rows))}", "was": "articles"},
    ]  # fmt: skip


def signed(numbers: Numbers, value: float | None) -> str:
    """An elasticity, with one digit."""
    return NOTHING if value is None else numbers.decimal(round(Decimal(str(value)), 1))


def price_row(numbers: Numbers, row: Row) -> dict[str, Any]:
    """An article in words."""
    own = Numbers(numbers.locale, row["currency"], numbers.time_zone)
    is_told = row["recommended_price"] is not None
    low, high = row["price_low"], row["price_high"]
    gain = row["profit_change"]
    return {
        "id": row["variant_id"],
        "title": title_of(row),
        "sku": row["sku"] or "",
        "address": address_of("products", row["product_id"]) if row["product_id"] else "",
        "badge": ACTIONS[row["action"]],
        "action": row["action"],
        "price": own.money(row["price"]),
        "recommended": own.money(row["recommended_price"]) if row["action"] in ("raise", "lower") else "",
        "range": f"{own.money(low)} to {own.money(high)}" if is_told and low != high else "",
        "change": _share(numbers, row["recommended_price"] / row["price"] - 1) if row["action"] in ("raise", "lower") else "",
        "gain": _gain(numbers, gain) if row["action"] in ("raise", "lower") else NOTHING,
        "is_loss": gain is not None and gain < 0,
        "gain_range": f"{_gain(numbers, row['profit_change_low'])} to {_gain(numbers, row['profit_change_high'])}"
        if row["action"] in ("raise", "lower") else "",
        "cost": own.money(row["unit_cost"]) if row["unit_cost"] is not None else NOTHING,
        "is_assumed": row["cost_basis"] == "assumed",
        "margin": numbers.rate(row["margin"]),
        "new_margin": numbers.rate(row["new_margin"]) if row["action"] in ("raise", "lower") else "",
        "is_below_cost": row["margin"] is not None and row["margin"] < 0,
        "elasticity": signed(numbers, row["elasticity"]),
        "bounds": f"{signed(numbers, row['elasticity_low'])} to {signed(numbers, row['elasticity_high'])}" if row["elasticity"] is not None else "",
        "units": numbers.decimal(round(Decimal(str(row["weekly_units"])), 1)),
        "new_units": numbers.decimal(round(Decimal(str(row["new_weekly_units"])), 1)) if row["action"] in ("raise", "lower") else "",
        "competitor": own.money(row["competitor_price"]) if row["competitor_price"] is not None else "",
        "sentence": row["sentence"],
    }  # fmt: skip


def _share(numbers: Numbers, value: Decimal | float) -> str:
    return ("+" if value > 0 else "") + numbers.rate(value)


def _gain(numbers: Numbers, value: Decimal | None) -> str:
    return NOTHING if value is None else ("+" if value > 0 else "") + numbers.money(value)


def markdown_row(numbers: Numbers, steps: Sequence[Row]) -> dict[str, Any]:
    """A plan: its steps are the weeks in which the price changes."""
    first = steps[0]
    own = Numbers(numbers.locale, first["currency"], numbers.time_zone)
    changes = []
    before = first["price_now"]
    for row in steps:
        if row["price"] != before:
            changes.append(
                {
                    "day": numbers.day(row["week_start"]),
                    "price": own.money(row["price"]),
                    "stock": numbers.decimal(round(Decimal(str(row["expected_stock"])))),
                }
            )
            before = row["price"]
    return {
        "id": first["variant_id"],
        "title": title_of(first),
        "address": address_of("stock", first["variant_id"]),
        "reason": "Lies dead" if first["reason"] == "dead" else "Lasts too long",
        "on_hand": numbers.count(first["on_hand"]),
        "now": own.money(first["price_now"]),
        "steps": changes,
        "value": numbers.money(first["value"]),
        "beyond": _gain(numbers, first["value"] - first["value_as_it_is"]),
        "elasticity": signed(numbers, first["elasticity"]),
        "of_group": first["elasticity_basis"] == "group",
        "weeks": numbers.count(len(steps)),
    }


def promotion_row(numbers: Numbers, row: Row) -> dict[str, Any]:
    """What price cuts of a product brought."""

    def pieces(name: str) -> str:
        value = row[name]
        return (
            NOTHING
            if value is None
            else numbers.decimal(round(Decimal(str(value)), 1 if abs(value) < 10 else 0))
        )

    return {
        "id": row["product_id"],
        "title": row["product_title"] or row["product_id"],
        "address": address_of("products", row["product_id"]),
        "events": numbers.count(row["events"]),
        "weeks": pieces("weeks"),
        "lift": _share(numbers, row["lift"]),
        "lift_range": f"{_share(numbers, row['lift_low'])} to {_share(numbers, row['lift_high'])}",
        "extra": pieces("extra_units"),
        "dip": pieces("dip_units"),
        "net": pieces("net_units"),
        "net_range": f"{pieces('net_units_low')} to {pieces('net_units_high')}",
        "pulled": numbers.rate(row["pulled_forward"]),
    }


def price_card(numbers: Numbers, row: Row | None) -> dict[str, Any] | None:
    """The price of one article as its own page tells it."""
    if row is None:
        return None
    return price_row(numbers, row) | {
        "way": "/prices?" + urlencode({"which": "all", "prices_find": row["sku"] or title_of(row)})
    }
