"""What pages offer to choose from, and the words for what was chosen."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from babel import Locale
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from fondaco.clock import local_date
from fondaco.server.periods import CLOCKS, COMPARISONS, PRESETS, View, parse_view
from fondaco.server.site import NotThereError, Site

DIMENSIONS: Mapping[str, str] = {
    "shop": "Shop",
    "country": "Country",
    "channel": "Channel",
    "product": "Product",
    "customer_type": "Customer type",
    "hour": "Hour",
    "weekday": "Weekday",
}
"""What figures are broken down and restricted by, as the URL names it."""

FILTERS = tuple(name for name in DIMENSIONS if name != "shop")
"""The shop is part of every view; these are further conditions."""

CONDITIONS = (*FILTERS, "product_id")
"""What definitions and files can be restricted by: also by what only one page shows."""

_CHANNELS = {"api": "API", "pos": "Point of sale", "draft": "Draft orders"}
_CUSTOMER_TYPES = {"new": "New customers", "returning": "Returning customers"}


def view_of(request: Request, site: Site, filters: tuple[str, ...] = ()) -> View:
    """The state of a page, from its URL."""
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    view = parse_view(request.query_params, today, filters)
    if view.shop is not None and view.shop not in {each.connection_id for each in site.connections()}:
        raise NotThereError(f"There is no shop {view.shop[:63]!r}.", "Choose one in the menu of shops.")
    return view


def offered(site: Site, view: View) -> dict[str, Any]:
    """What the filters of a page need."""
    return {
        "view": view,
        "presets": PRESETS,
        "comparisons": COMPARISONS,
        "clocks": CLOCKS,
        "connections": site.connections(),
    }


def page_answer(request: Request, html: str, path: str, query: str) -> Response:
    """A page; where it replaces another state of itself, the browser's address becomes the short form of the new one."""
    response = HTMLResponse(html)
    if request.headers.get("hx-request"):
        response.headers["HX-Push-Url"] = path + (f"?{query}" if query else "")
    return response


def address_of(page: str, record_id: str, query: str = "") -> str:
    """The address of one order or product: shops' own ids may hold anything, such as ``#1001``."""
    return f"/{page}/{quote(record_id, safe=':')}" + (f"?{query}" if query else "")


def asked_by(dimension: str) -> str:
    """What the semantic layer calls a dimension of the URL: shops are told apart by their connection."""
    return "connection_id" if dimension == "shop" else dimension


def value_in_words(site: Site, dimension: str, value: str | None) -> str:
    """A dimension's value as people say it."""
    if not value:
        return "Without a product" if dimension == "product" else "Unknown"
    if dimension == "country":
        return str(Locale("en").territories.get(value, value))
    if dimension == "customer_type":
        return _CUSTOMER_TYPES.get(value, value.capitalize())
    if dimension == "hour":
        return f"{value}:00 – {value}:59"
    if dimension == "weekday":
        return calendar.day_name[int(value) - 1] if value in tuple("1234567") else value
    if dimension == "shop":
        return next((c.name for c in site.connections() if c.connection_id == value), value)
    if dimension == "channel":
        return _CHANNELS.get(value, value.replace("_", " ").capitalize())
    return value


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the URL's query without it."""

    dimension: str
    text: str
    without: str
