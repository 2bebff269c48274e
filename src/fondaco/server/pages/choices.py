"""What pages offer to choose from, and the words for what was chosen."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from babel import Locale
from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.clock import local_date
from fondaco.metrics.beginnings import told
from fondaco.metrics.products import IDENTITY, one_product, shop_of
from fondaco.server.numbers import Numbers
from fondaco.server.pages.advertising import NO_CAMPAIGN, ad_value_in_words
from fondaco.server.periods import CLOCKS, COMPARISONS, PRESETS, Period, View, parse_view
from fondaco.server.site import NotThereError, Site

DIMENSIONS: Mapping[str, str] = {
    "shop": "Shop",
    "country": "Country",
    "channel": "Channel",
    "product": "Product",
    "collection": "Collection",
    "customer_type": "Customer type",
    "hour": "Hour",
    "weekday": "Weekday",
}
"""What figures are broken down and restricted by, as the URL names it."""

FILTERS = (*(name for name in DIMENSIONS if name != "shop"), "product_id")
"""The shop is part of every view; these are further conditions. One product is a ``product_id``; ``product`` is a title, which
several shops may have."""

AD_DIMENSIONS: Mapping[str, str] = {"campaign": "Campaign", "account": "Ad account", "platform": "Platform"}
"""The same of advertising, which has neither shop nor country."""

AD_FILTERS = ("platform", "account", "campaign_id")

STOCK_FILTERS = ("location_id", "variant_id")
"""The same of stock, which lies somewhere and has a size and a colour."""

LABELS: Mapping[str, str] = {
    **DIMENSIONS,
    "product_id": "Product",
    **AD_DIMENSIONS,
    "campaign_id": "Campaign",
}
"""What conditions are called."""

NO_PRODUCT = "Without a product"
NO_COLLECTION = "In no collection"
COUNTED_IN_EACH = "A product counts in each of its collections and in those above them, so that rows may be more than the whole"
OF_NO_PRODUCT = "What is of no product, such as what customers paid for delivery, is in none"

_NOTHING = {
    "product": NO_PRODUCT, "collection": NO_COLLECTION, "product_id": "In no catalogue", "campaign_id": NO_CAMPAIGN, "account": NO_CAMPAIGN,
}  # fmt: skip
_CHANNELS = {"api": "API", "pos": "Point of sale", "draft": "Draft orders"}
_CUSTOMER_TYPES = {"new": "New customers", "returning": "Returning customers"}


def view_of(request: Request, site: Site, filters: tuple[str, ...] = ()) -> View:
    """The state of a page, from its URL."""
    today = local_date(site.project.clock(), site.project.settings.project.timezone)
    view = parse_view(request.query_params, today, filters, site.beginnings)
    if view.shop is not None and view.shop not in {each.connection_id for each in site.shops()}:
        raise NotThereError(f"There is no shop {view.shop[:63]!r}.", "Choose one in the menu of shops.")
    return view


def offered(
    site: Site, view: View, numbers: Numbers, compared: Sequence[Period] | None = None
) -> dict[str, Any]:
    """What the filters of a page need. ``compared``: the periods that it holds figures against, where these are not the chosen one
    alone."""
    if compared is None:
        compared = [view.compared] if view.compared else []
    return {
        "beside": _beside(site, view, numbers, compared),
        "view": view,
        "presets": PRESETS,
        "comparisons": COMPARISONS,
        "clocks": CLOCKS,
        "connections": site.shops(),
    }


def _beside(site: Site, view: View, numbers: Numbers, compared: Sequence[Period]) -> str:
    """What a reader has to know of the compared periods: that there is no comparison, or that it is not like for like."""
    names = {shop.connection_id: shop.name for shop in site.shops()}
    periods = [(each.first, numbers.period(each.first, each.last)) for each in compared]
    return " ".join(told(view.known, numbers, names, periods, last=view.period.last, shops=view.shops))


def page_answer(request: Request, html: str, path: str, query: str) -> Response:
    """A page; where it replaces another state of itself, the browser's address becomes the short form of the new one."""
    response = HTMLResponse(html)
    if request.headers.get("hx-request"):
        response.headers["HX-Push-Url"] = path + (f"?{query}" if query else "")
    return response


def opened_alone(request: Request, page: str) -> Response | None:
    """Where a browser opens a panel by its address, the way to its page: alone it has no style. None where htmx or a program asks."""
    if request.headers.get("hx-request") or "text/html" not in request.headers.get("accept", ""):
        return None
    return RedirectResponse(page + (f"?{request.url.query}" if request.url.query else ""), 303)


def address_of(page: str, record_id: str, query: str = "") -> str:
    """The address of one order or product: shops' own ids may hold anything, such as ``#1001``."""
    return f"/{page}/{quote(record_id, safe=':')}" + (f"?{query}" if query else "")


def asked_by(dimension: str) -> tuple[str, ...]:
    """What the semantic layer calls a dimension of the URL: shops are told apart by their connection, products and
    campaigns by their ids."""
    return {"shop": ("connection_id",), "product": IDENTITY, "campaign": ("campaign_id", "platform")}.get(
        dimension, (dimension,)
    )


def shop_beside(site: Site, product_id: str | None) -> str:
    """The name of a product's shop, where there are several that may have one of that title."""
    shops = {each.connection_id: each.name for each in site.shops()}
    own = shop_of(product_id)
    return shops.get(own, own) if len(shops) > 1 else ""


def product_in_words(site: Site, product_id: str) -> str:
    """A product's title, with its shop where there are several."""
    reader, tenant = site.project.reader, site.tenant_id
    own = site.remembered(("product", product_id, "row"), lambda: one_product(reader, tenant, product_id))
    title = (own["title"] if own else None) or product_id
    shop = shop_beside(site, product_id)
    return f"{title} ({shop})" if shop else title


def country_in_words(code: str) -> str:
    """A country's name by its code; what is none stands as it is."""
    return str(Locale("en").territories.get(code, code))


def channel_in_words(channel: str) -> str:
    """A channel's name as people say it."""
    return _CHANNELS.get(channel, channel.replace("_", " ").capitalize())


def value_in_words(site: Site, dimension: str, value: str | None) -> str:
    """A dimension's value as people say it."""
    if not value:
        return _NOTHING.get(dimension, "Unknown")
    if dimension in AD_FILTERS:
        return ad_value_in_words(site, dimension, value)
    if dimension == "product_id":
        return product_in_words(site, value)
    if dimension == "country":
        return country_in_words(value)
    if dimension == "customer_type":
        return _CUSTOMER_TYPES.get(value, value.capitalize())
    if dimension == "hour":
        return f"{value}:00 – {value}:59"
    if dimension == "weekday":
        return calendar.day_name[int(value) - 1] if value in tuple("1234567") else value
    if dimension == "shop":
        return next((c.name for c in site.shops() if c.connection_id == value), value)
    if dimension == "channel":
        return channel_in_words(value)
    return value


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the URL's query without it."""

    dimension: str
    text: str
    without: str
