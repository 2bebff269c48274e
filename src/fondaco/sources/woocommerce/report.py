"""WooCommerce Analytics: its revenue report by day.

What the figures are (``Orders/Stats/DataStore.php`` of WooCommerce): one row per order and one per refund, on the day it was
made in the shop's time zone, but for statuses that the shop's settings exclude. ``net_revenue`` is total − tax − shipping
of all rows, so fees are in it. ``gross_sales`` is the same of the orders alone, before coupons. ``refunds`` is net in
older versions and the whole amount since 10.2, so returns are taken as gross − coupons − net, which holds in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.errors import FatalError
from fondaco.sources.source import ReportDay
from fondaco.sources.woocommerce.client import WooCommerceClient

REPORT_NAME = "WooCommerce Analytics revenue report"
REPORT_PATH = "wc-analytics/reports/revenue/stats"
_DAYS_A_PAGE = 100


def report_days(client: WooCommerceClient, first: date, last: date) -> list[ReportDay]:
    """The report for the days [first, last], asked for in pieces of a hundred days."""
    days: list[ReportDay] = []
    start = first
    while start <= last:
        end = min(last, start + timedelta(days=_DAYS_A_PAGE - 1))
        days.extend(day for day in _piece(client, start, end) if start <= day.day <= end)
        start = end + timedelta(days=1)
    return days


def report_parameters(first: date, last: date) -> dict[str, Any]:
    """What is asked for. ``date_created``, because the default, the day of payment, drops unpaid orders."""
    return {
        "interval": "day",
        "after": f"{first.isoformat()}T00:00:00",
        "before": f"{last.isoformat()}T23:59:59",
        "order": "asc",
        "orderby": "date",
        "per_page": _DAYS_A_PAGE,
        "date_type": "date_created",
    }


def _piece(client: WooCommerceClient, first: date, last: date) -> Iterator[ReportDay]:
    answer = client.get(REPORT_PATH, **report_parameters(first, last))
    for interval in answer.get("intervals", ()):
        yield _day(date.fromisoformat(str(interval["date_start"])[:10]), interval["subtotals"])


def _day(day: date, figures: dict[str, Any]) -> ReportDay:
    gross, coupons = _figure(figures, "gross_sales"), _figure(figures, "coupons")
    net = _figure(figures, "net_revenue")
    return ReportDay(
        day=day,
        orders=int(_figure(figures, "orders_count")),
        gross_sales=gross,
        discounts=coupons,
        returns=gross - coupons - net,
        net_sales=net,
        shipping=_figure(figures, "shipping"),
        taxes=_figure(figures, "taxes"),
        duties=None,
        total_sales=_figure(figures, "total_sales"),
    )


def _figure(figures: dict[str, Any], name: str) -> Decimal:
    try:
        value = Decimal(str(figures[name]))
    except (KeyError, InvalidOperation) as error:
        raise FatalError(
            f"WooCommerce's revenue report has no figure {name}.",
            "Report this with the shop's WooCommerce version (`fondaco doctor`).",
        ) from error
    # The report adds binary floats; past six digits there is only their noise.
    return round(value, 6) + 0
