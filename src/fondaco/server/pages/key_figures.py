"""The figures that Overview is made of, which are asked for in one question."""

from __future__ import annotations

from fondaco.server.periods import PRESETS, View

BRIDGE = (
    ("gross_sales", 1, False),
    ("discounts", -1, False),
    ("returns", -1, False),
    ("net_sales", 1, True),
    ("shipping", 1, False),
    ("taxes", 1, False),
    ("duties", 1, False),
    ("additional_fees", 1, False),
    ("total_sales", 1, True),
)
"""Metric, its sign in the bridge, and whether it is a sum of what stands above it."""

TILES = (
    "orders",
    "average_order_value",
    "units_sold",
    "new_customers",
    "returning_customers",
    "refunded_amount",
)
KEY = tuple(dict.fromkeys((*(name for name, _, _ in BRIDGE), *TILES)))
"""Asked for in one query, which all panels share."""


def asked_together(view: View, name: str) -> tuple[str, ...]:
    """What to ask for along with a metric: where Overview has asked already, or will, the answer is shared with it."""
    usual = view.range in PRESETS and not view.filters and view.grain == view.period.grain
    return KEY if usual and name in KEY else (name,)
