"""One article of Stock: where it lies, its course with receipts and days without it, what is forecast, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from fondaco.metrics import prices as price_facts
from fondaco.metrics import stock_item as facts
from fondaco.metrics.stock import Row
from fondaco.server.auth.roles import exporting_user, page_user
from fondaco.server.auth.sessions import CurrentUser
from fondaco.server.downloads import csv_file
from fondaco.server.numbers import NOTHING, Numbers
from fondaco.server.pages.choices import address_of, page_answer, view_of
from fondaco.server.pages.figures import Figures
from fondaco.server.pages.health import freshness
from fondaco.server.pages.prices_view import price_card
from fondaco.server.pages.sheets import parse_sheet
from fondaco.server.pages.stock import context_of, empty_page
from fondaco.server.pages.stock_charts import course_chart, fan_chart, shown_days
from fondaco.server.pages.stock_desk import decided, desk_of, proposed_of
from fondaco.server.pages.stock_state import PATH, StockState
from fondaco.server.pages.stock_view import item_row, tiles, view_of_stock
from fondaco.server.pages.stock_words import title_of
from fondaco.server.periods import View
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
_DECIDED_DAYS = 366
_OF_ITEM = ("stock_value", "days_of_supply", "stockout_rate", "lost_margin", "sell_through", "stock_turnover", "stock_age")  # fmt: skip
_LEAD_FROM = {"orders": "learned from its orders", "promised": "as promised", "others": "as of other suppliers", "setting": "as set"}  # fmt: skip


@router.get(PATH + "/course/{variant_id:path}.csv", dependencies=[Depends(exporting_user)])
def course_file(request: Request, site: TheSite, variant_id: str) -> Response:
    """Every day of the article at a place, with what moved it."""
    own = _place(_places(site, variant_id), request)
    days = _days(site, own)
    header = ("day", "closing", *facts.MOVES, "is_out")
    lines = (
        [day.day, day.closing, *(day.moves.get(name, 0) for name in facts.MOVES), day.is_out] for day in days
    )
    return csv_file("stock_by_day.csv", header, lines)


@router.get(PATH + "/forecast/{variant_id:path}.csv", dependencies=[Depends(exporting_user)])
def forecast_file(request: Request, site: TheSite, variant_id: str) -> Response:
    """What is forecast of the article at a place, by day and by week, with all quantiles."""
    own = _place(_places(site, variant_id), request)
    reader, tenant, place = site.project.reader, site.tenant_id, own["location_id"]
    rows = [
        row
        for period in ("day", "week")
        for row in facts.forecast_of(reader, tenant, variant_id, place, period)
    ]
    header = [name for name in rows[0] if name != "tenant_id"] if rows else ["forecast_date"]
    return csv_file("demand_forecast.csv", header, ([row[name] for name in header] for row in rows))


@router.get(PATH + "/{variant_id:path}")
def item_page(request: Request, site: TheSite, user: CurrentUser, variant_id: str) -> Response:
    """The page."""
    numbers = site.numbers(request, site.currency)
    context = context_of(request, site, user, "items", numbers)
    if (empty := empty_page(request, site, context, "Stock")) is not None:
        return empty
    found = _places(site, variant_id)
    own = _place(found, request)
    state = StockState(parse_sheet("items", {}, ()), request.query_params.get("location", ""))
    view = _view(view_of_stock(site, state, view_of(request, site)), variant_id)
    query = urlencode({"location": own["location_id"]})
    path = address_of("stock", variant_id)
    html = site.render(
        "stock_item.html",
        request,
        view=view,
        query=view.query(),
        path=path,
        export=query,
        title=title_of(own),
        own=own,
        product=address_of("products", own["product_id"]) if own["product_id"] else "",
        fresh=freshness(site, numbers),
        tiles=[each for each in tiles(Figures(site, view, numbers)) if each["metric"].name in _OF_ITEM],
        places=[_place_row(numbers, path, row, own["location_id"]) for row in found],
        course=course_chart(numbers, _days(site, own)),
        fan=fan_chart(site, numbers, own, _days(site, own)),
        plan=_plan(
            numbers, facts.position_of(site.project.reader, site.tenant_id, variant_id, own["location_id"])
        ),
        price=price_card(
            numbers, price_facts.recommendation_of(site.project.reader, site.tenant_id, variant_id)
        ),
        **_decisions(site, numbers, user.user_id, variant_id),
        **context,
    )
    return page_answer(request, html, path, urlencode({"location": state.location}) if state.location else "")


def _places(site: Site, variant_id: str) -> Sequence[Row]:
    found = facts.places_of(site.project.reader, site.tenant_id, variant_id)
    if not found:
        raise NotThereError(
            f"There is no article {variant_id[:100]!r} in stock.", "Choose one on the page Stock."
        )
    return found


def _place(found: Sequence[Row], request: Request) -> Row:
    """The place that the address names, else where it sells fastest."""
    asked = request.query_params.get("location", "")
    own = next((row for row in found if row["location_id"] == asked), None) if asked else found[0]
    if own is None:
        raise NotThereError(f"This article is not kept at {asked[:63]!r}.", "Choose one of its locations.")
    return own


def _view(view: View, variant_id: str) -> View:
    return replace(view, filters=(*view.filters, ("variant_id", variant_id)))


def _days(site: Site, own: Row) -> list[facts.StockDay]:
    first, last = shown_days(own)
    return site.remembered(
        ("stock", "course", own["variant_id"], own["location_id"]),
        lambda: facts.course_of(
            site.project.reader, site.tenant_id, own["variant_id"], own["location_id"], first=first, last=last
        ),
    )


def _place_row(numbers: Numbers, path: str, row: Row, chosen: str) -> dict[str, Any]:
    def day(name: str) -> str:
        return numbers.day(row[name]) if row[name] else NOTHING

    return {
        **item_row(numbers, row),
        "way": f"{path}?{urlencode({'location': row['location_id']})}",
        "is_chosen": row["location_id"] == chosen,
        "sold": day("last_sold_date"),
        "received": day("last_received_date"),
        "expected": day("expected_date") if row["on_order_units"] else "",
        "cost": numbers.money(row["unit_cost"]) if row["unit_cost"] is not None else NOTHING,
    }


def _plan(numbers: Numbers, row: Row | None) -> list[tuple[str, str, str]] | None:
    """What orders are worked out from: name, value, what to know of it."""
    if row is None:
        return None
    lead = (
        f"{numbers.decimal(round(row['lead_time_days'], 1))} days"
        if row["lead_time_days"] is not None
        else NOTHING
    )
    spread = f"give or take {numbers.decimal(round(row['lead_time_sd'], 1))}, " if row["lead_time_sd"] else ""
    horizon = row["order_days"]
    return [
        ("Wanted a day", numbers.fixed(row["daily_demand"]), f"{row['series_class'] or 'no'} demand"),
        ("Lead time", lead, spread + _LEAD_FROM.get(row["lead_time_basis"] or "", "")),
        ("Wanted until the order after next", _pieces(numbers, row["demand"]), f"lead time and {horizon} days, give or take {_pieces(numbers, row['demand_sd'])}"),
        ("Safety stock", _pieces(numbers, row["safety_stock"]), f"so that {numbers.rate(row['service_level'])} of times nothing runs out"),
        ("Order when below", _pieces(numbers, row["reorder_point"]), "on hand and on order together"),
        ("Order up to", _pieces(numbers, row["order_up_to"]), f"in steps of {numbers.count(row['order_multiple'] or 1)}"),
        ("Chance of running out", numbers.rate(row["probability"]), f"before anything can come{', most likely by ' + numbers.day(row['runs_out_date']) if row['runs_out_date'] else ''}"),
        ("Margin at stake", numbers.money(row["expected_lost_margin"]), "expected to be lost until then"),
        ("Supplier", row["supplier_name"] or NOTHING, numbers.money(row["supplier_unit_cost"]) + " a piece" if row["supplier_unit_cost"] is not None and row["supplier_currency"] == numbers.currency else ""),
    ]  # fmt: skip


def _pieces(numbers: Numbers, value: float | None) -> str:
    return NOTHING if value is None else numbers.decimal(round(value, 1 if abs(value) < 10 else 0))


def _decisions(site: Site, numbers: Numbers, user_id: int, variant_id: str) -> Mapping[str, Any]:
    """What is proposed today, what was decided within a year, and what is on its way."""
    desk = desk_of(site, user_id)
    return {
        "proposals": proposed_of(desk, variant_id),
        "decisions": decided(site, numbers, desk, variant_id, _DECIDED_DAYS),
        "orders": [
            {
                "number": order.number,
                "address": f"/purchase-orders/{order.number}",
                "state": order.state,
                "from": order.supplier_name or order.from_location_name or NOTHING,
                "location": order.location_name,
                "units": numbers.count(
                    sum(line.quantity for line in order.lines if line.variant_id == variant_id)
                ),
                "expected": numbers.day(order.expected_on) if order.expected_on else NOTHING,
            }
            for order in desk.orders(is_open=True)
            if any(line.variant_id == variant_id for line in order.lines)
        ],
    }
