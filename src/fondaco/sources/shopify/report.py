"""Shopify's own sales report, through ShopifyQL.

``SHOW`` names of the ``sales`` schema and their signs: discounts and returns are negative there, so that the figures
add up to net sales; ours are positive amounts that reduce sales.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.errors import ConfigError, FatalError
from fondaco.sources.source import ReportDay

REPORT_NAME = "ShopifyQL sales report"
_COLUMNS = (
    "orders",
    "gross_sales",
    "discounts",
    "returns",
    "net_sales",
    "shipping_charges",
    "taxes",
    "duties",
    "total_sales",
)


def report_query(first: date, last: date) -> str:
    """The ShopifyQL text for the days [first, last]. Days are cut in the shop's own time zone."""
    return (
        f"FROM sales SHOW {', '.join(_COLUMNS)} TIMESERIES day "
        f"SINCE {first.isoformat()} UNTIL {last.isoformat()} ORDER BY day ASC"
    )


def report_days(answer: dict[str, Any] | None, first: date, last: date) -> list[ReportDay]:
    """The report's rows as days, signs turned into ours.

    Raises
    ------
    ConfigError
        If Shopify could not read the query or gave no table.
    FatalError
        If a column is missing or a value is no number; a figure is never guessed.
    """
    remedy = (
        "Check that the app has the scope read_reports and access to customer data with `fondaco doctor`."
    )
    if answer is None:
        raise ConfigError("Shopify gives no answer to the sales report.", remedy)
    if answer["parseErrors"]:
        raise ConfigError(f"Shopify cannot read the report query: {answer['parseErrors'][0]}.", remedy)
    table = answer["tableData"]
    if table is None:
        raise ConfigError("Shopify gives no table for the sales report.", remedy)
    rows = json.loads(table["rows"]) if isinstance(table["rows"], str) else table["rows"]
    names = [column["name"] for column in table["columns"]]
    days = [_day(row if isinstance(row, dict) else dict(zip(names, row, strict=True))) for row in rows]
    return [day for day in days if first <= day.day <= last]


def _day(row: dict[str, Any]) -> ReportDay:
    missing = [name for name in ("day", *_COLUMNS) if name not in row]
    if missing:
        raise FatalError(
            f"Shopify's sales report lacks {', '.join(missing)}.",
            "Report this with the API version of the connection (`fondaco doctor`).",
        )
    return ReportDay(
        day=date.fromisoformat(str(row["day"])[:10]),
        orders=int(_number(row["orders"])),
        gross_sales=_number(row["gross_sales"]),
        discounts=-_number(row["discounts"]),
        returns=-_number(row["returns"]),
        net_sales=_number(row["net_sales"]),
        shipping=_number(row["shipping_charges"]),
        taxes=_number(row["taxes"]),
        duties=_number(row["duties"]),
        total_sales=_number(row["total_sales"]),
    )


def _number(value: Any) -> Decimal:
    """A figure of the report; a day without sales may have none, which is zero."""
    if value is None or value == "":
        return Decimal(0)
    try:
        return Decimal(str(value)) + 0
    except InvalidOperation as error:
        raise FatalError(
            "Shopify's sales report holds a value that is no number.",
            "Report this with the API version of the connection (`fondaco doctor`).",
        ) from error
