"""WooCommerce Analytics' revenue report, from the hidden truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

FIGURES = {
    "orders_count": "orders",
    "gross_sales": "gross_sales",
    "total_sales": "total_sales",
    "coupons": "discounts",
    "refunds": "returns",
    "taxes": "taxes",
    "shipping": "shipping",
    "net_revenue": "net_sales",
}


def revenue(
    rows: Iterable[Mapping[str, Any]], first: date, last: date, size: int, page: int
) -> dict[str, Any]:
    """The answer of ``reports/revenue/stats`` by day. Amounts are binary floats, as PHP's ``floatval`` makes them."""
    truth = {str(row["day"]): row for row in rows}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    shown = days[(page - 1) * size : page * size]
    return {
        "totals": _figures(list(truth.values())),
        "intervals": [_interval(day, truth.get(day.isoformat())) for day in shown],
    }


def _interval(day: date, row: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "interval": day.isoformat(),
        "date_start": f"{day.isoformat()} 00:00:00",
        "date_end": f"{day.isoformat()} 23:59:59",
        "subtotals": _figures([row] if row else []),
    }


def _figures(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    figures: dict[str, Any] = {name: sum(row[ours] for row in rows) / 100 for name, ours in FIGURES.items()}
    figures["orders_count"] = sum(row["orders"] for row in rows)
    return {**figures, "num_items_sold": 0, "avg_order_value": 0, "segments": []}
