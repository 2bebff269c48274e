"""ShopifyQL over the sales report, computed from the hidden truth of the world and not from what the API serves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_QUERY = re.compile(
    r"\s*FROM\s+sales\s+SHOW\s+(?P<columns>[a-z_,\s]+?)\s+TIMESERIES\s+day"
    r"\s+SINCE\s+(?P<since>\d{4}-\d\d-\d\d)\s+UNTIL\s+(?P<until>\d{4}-\d\d-\d\d)"
    r"(?:\s+ORDER\s+BY\s+day(?:\s+ASC)?)?\s*",
    re.IGNORECASE,
)
_COLUMNS: dict[str, tuple[str, int]] = {
    "orders": ("orders", 1),
    "gross_sales": ("gross_sales", 1),
    "discounts": ("discounts", -1),
    "returns": ("returns", -1),
    "net_sales": ("net_sales", 1),
    "shipping_charges": ("shipping", 1),
    "taxes": ("taxes", 1),
    "duties": ("duties", 1),
    "total_sales": ("total_sales", 1),
}
"""ShopifyQL's name → name and sign in the daily report."""

Report = Callable[[date, date], Iterable[Mapping[str, Any]]]


def answer(query: str, report: Report, digits: int) -> dict[str, Any]:
    """What ``shopifyqlQuery`` gives: a table, or the parser's complaints. The report is in minor units of ``digits``."""
    match = _QUERY.fullmatch(query)
    if match is None:
        return _complaint("Only FROM sales SHOW … TIMESERIES day SINCE … UNTIL … is understood here.")
    names = [name.strip() for name in match["columns"].split(",")]
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown:
        return _complaint(f"Column {unknown[0]} not found in sales.")
    first, last = date.fromisoformat(match["since"]), date.fromisoformat(match["until"])
    rows = [_row(day, names, digits) for day in report(first, last)]
    columns = [{"name": "day", "dataType": "DAY_TIMESTAMP"}]
    columns += [{"name": name, "dataType": "INTEGER" if name == "orders" else "MONEY"} for name in names]
    return {"parseErrors": [], "tableData": {"columns": columns, "rows": rows}}


def _row(day: Mapping[str, Any], names: list[str], digits: int) -> dict[str, str]:
    row = {"day": str(day["day"])}
    for name in names:
        key, sign = _COLUMNS[name]
        row[name] = str(day[key]) if name == "orders" else str(Decimal(sign * int(day[key])).scaleb(-digits))
    return row


def _complaint(text: str) -> dict[str, Any]:
    return {"parseErrors": [text], "tableData": None}
