"""Suppliers: how each delivers, and whether its prices rise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from fondaco.metrics import stock as facts
from fondaco.metrics.stock import Row
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages import sheets
from fondaco.server.pages.choices import page_answer
from fondaco.server.pages.health import freshness
from fondaco.server.pages.stock import context_of
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
PATH = "/suppliers"
COLUMNS: Mapping[str, tuple[str, str]] = {
    "supplier_name": ("Supplier", ""),
    "purchase_orders": ("Orders", "Purchase orders that are known, with how many of their lines are open."),
    "lead_time_mean": ("Lead time", "Mean days from order to the last receipt of a line, and the standard deviation; beside it what is promised."),
    "late_share": ("Late", "Lines that came after the promised day, or are open beyond it ÷ lines with a promised day."),
    "fill_rate": ("Delivered", "Fill rate: pieces received ÷ pieces ordered, of lines that are no longer open; more than was ordered counts as all."),
    "price_drift": ("Price drift", "Newest cost of an article ÷ its first − 1, on average over its articles."),
    "minimum_order_value": ("Least order", "What an order has to be worth, as the supplier says."),
    "last_ordered_date": ("Last order", "The day of its newest purchase order."),
}  # fmt: skip
"""What is told of a supplier: the head of its column, and its definition."""
_NARROW = ("supplier_name", "lead_time_mean", "late_share")
_LATE, _SHORT, _DEARER = 0.2, 0.9, 0.1
"""From where on a share is marked as bad."""


@router.get(PATH)
def suppliers_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "suppliers", numbers)
    if site.published is None:
        html = site.render(
            "stock_empty.html",
            request,
            why="unpublished",
            title="Suppliers",
            connections=site.shops(),
            **context,
        )
        return HTMLResponse(html)
    sheet = sheets.parse_sheet("suppliers", request.query_params, tuple(COLUMNS))
    rows = _known(site)
    shown = sheets.ordered(sheets.found(rows, sheet, _words), sheet, _value)
    ways = sheets.ways_of(PATH, sheet, "title-suppliers")
    narrow = {*_NARROW, sheet.order.removeprefix("-")}
    _, _, find = sheet.keys
    html = site.render(
        "suppliers.html",
        request,
        fresh=freshness(site, numbers),
        definitions=[each for each in COLUMNS.values() if each[1]],
        columns={
            name: sheets.column(sheet, name, label, ways, text=name == "supplier_name", wide=name not in narrow)
            for name, (label, _) in COLUMNS.items()
        },
        told={name: definition for name, (_, definition) in COLUMNS.items()},
        leaf=sheets.leaf(
            sheet, len(shown), lambda start, limit: [_row(numbers, row) for row in shown[start : start + limit]],
            f"{numbers.count(len(shown))} {'supplier' if len(shown) == 1 else 'suppliers'}", ways,
        ),
        search={"name": find, "value": sheet.find, "kept": {"suppliers_order": sheet.order} if sheet.order else {},
                "panel": PATH, "sheet": "suppliers", "action": PATH},
        any=bool(rows),
        **context,
    )  # fmt: skip
    query = ways({}).panel.partition("?")[2]
    return page_answer(request, html, PATH, query)


@router.get(PATH + ".csv", dependencies=[Depends(exporting_user)])
def suppliers_file(site: TheSite) -> Response:
    """All suppliers with all that is known of them, unrounded."""
    rows = _known(site)
    header = [name for name in rows[0] if name != "tenant_id"] if rows else ["supplier_id"]
    return csv_file("suppliers.csv", header, ([row[name] for name in header] for row in rows))


def _known(site: Site) -> Sequence[Row]:
    return site.remembered(
        ("stock", "suppliers"), lambda: facts.suppliers(site.project.reader, site.tenant_id)
    )


def _words(row: Row) -> str:
    return f"{row['supplier_name'] or ''} {row['supplier_id']}"


def _value(row: Row, column: str) -> Any:
    value = row[column]
    return value.casefold() if isinstance(value, str) else value


def _row(numbers: Numbers, row: Row) -> dict[str, Any]:
    own = Numbers(numbers.locale, row["supplier_currency"] or numbers.currency, numbers.time_zone)
    late, filled, drift = row["late_share"], row["fill_rate"], row["price_drift"]
    promised = row["promised_lead_time"]
    return {
        "id": row["supplier_id"],
        "name": row["supplier_name"] or row["supplier_id"],
        "orders": numbers.count(row["purchase_orders"]),
        "open": f"{numbers.count(row['open_lines'])} {'line' if row['open_lines'] == 1 else 'lines'} open"
        if row["open_lines"]
        else "",
        "lead": _days(numbers, row["lead_time_mean"]),
        "spread": _days(numbers, row["lead_time_spread"]).removesuffix(" days")
        if row["lead_time_spread"]
        else "",
        "promised": f"promised {numbers.count(promised)}" if promised is not None else "",
        "lead_times": numbers.count(row["lead_times"]),
        "is_slow": None not in (row["lead_time_mean"], promised) and row["lead_time_mean"] > 1.2 * promised,
        "late": numbers.rate(late),
        "is_late": late is not None and late > _LATE,
        "filled": numbers.rate(filled),
        "is_short": filled is not None and filled < _SHORT,
        "drift": ("+" if drift is not None and drift > 0 else "") + numbers.rate(drift),
        "is_dearer": drift is not None and drift > _DEARER,
        "least": own.money(row["minimum_order_value"]) if row["minimum_order_value"] is not None else NOTHING,
        "last": numbers.day(row["last_ordered_date"]) if row["last_ordered_date"] else NOTHING,
    }


def _days(numbers: Numbers, value: float | None) -> str:
    return NOTHING if value is None else f"{numbers.decimal(round(value, 1))} days"
