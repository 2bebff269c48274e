"""The figures that Overview is made of, which are asked for in one question."""

from __future__ import annotations

from fondaco.metrics import STATEMENT
from fondaco.server.periods import PRESETS, View

TILES = (
    "orders",
    "average_order_value",
    "units_sold",
    "new_customers",
    "returning_customers",
    "refunded_amount",
)
KEY = tuple(dict.fromkeys((*(step.metric for step in STATEMENT), *TILES)))
"""Asked for in one query, which all panels share."""


def asked_together(view: View, name: str) -> tuple[str, ...]:
    """What to ask for along with a metric: where Overview has asked already, or will, the answer is shared with it."""
    usual = view.range in PRESETS and not view.filters and view.grain == view.period.grain
    return KEY if usual and name in KEY else (name,)
