"""What an integration can see, and what the shop says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from fondaco.clock import zone
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.http import NotFoundError
from fondaco.sources.magento.client import Listing, MagentoClient, criteria
from fondaco.sources.magento.lists import LISTS
from fondaco.sources.magento.settings import MagentoSettings
from fondaco.sources.magento.stores import CONFIGS_PATH, StoreView, read_views
from fondaco.sources.magento.streams import STREAMS
from fondaco.sources.stream import Check, Stream

_LOSSES = {
    "orders": "no sales can be read",
    "invoices": "no payments can be read",
    "shipments": "it is not known what has left, and from where",
    "credit_memos": "no refunds can be read: sales are too high",
    "transactions": "authorizations and voids are not known",
    "customers": "no customer accounts can be read",
    "products": "no products, variants or unit costs can be read",
    "categories": "products cannot be grouped",
    "sources": "no stock can be read",
    "source_items": "no stock can be read",
    "sales_rules": "discounts have no kind",
    "coupons": "coupon codes have no dates and counts",
}
_UNNAMED = frozenset({"", "main website", "default"})
STOCK = frozenset({"sources", "source_items"})


def check(client: MagentoClient, settings: MagentoSettings) -> Check:
    """Ask for one record of everything; raise only where nothing at all may be read."""
    _hold_to_address(client)
    missing: list[str] = []
    warnings: list[str] = []
    refused = [stream for stream in STREAMS if not _may_read(client, stream, warnings)]
    if len(refused) == len(STREAMS):
        raise AccessError(
            "Magento refuses the integration for everything that is asked.",
            "Compare the four credentials with System, Extensions, Integrations. Where only the token is given, switch "
            "on Stores, Configuration, Services, OAuth, Allow OAuth Access Tokens to be used as standalone Bearer tokens.",
        )
    missing += [
        f"The integration may not read {stream.name.replace('_', ' ')}: {_LOSSES[stream.name]}. Tick {stream.scopes[0]} under API."
        for stream in refused
    ]
    views = _views(client, settings, missing)
    warnings += _view_warnings(views)
    return Check(
        shop_name=_name(client, views, settings),
        currency=views[0].currency if views else "",
        time_zone=zone(views[0].time_zone).key if views else "UTC",
        missing=tuple(missing),
        warnings=tuple(warnings),
        details={
            "store_views": ", ".join(view.code for view in views),
            "signed": "OAuth 1.0a" if settings.signs else "Bearer",
        },
    )


def _hold_to_address(client: MagentoClient) -> None:
    """A shop that answers elsewhere has another address: what is signed holds for one, and a token for one shop."""
    try:
        response = client.response(CONFIGS_PATH)
    except NotFoundError as error:
        raise ConfigError(
            "There is no Magento REST API at this address.",
            "Give the address that the shop itself uses (Stores, Configuration, Web, Base URL), without /rest or /admin.",
        ) from error
    except AccessError:
        return
    if response.is_redirect:
        place = urlsplit(urljoin(str(response.url), response.headers["location"]))
        raise ConfigError(
            f"The shop's address moves on to {place.scheme}://{place.hostname}.",
            "Connect with that address: a credential must not be sent to an address that hands it on.",
        )


def _may_read(client: MagentoClient, stream: Stream, warnings: list[str]) -> bool:
    listing: Listing = LISTS[stream.name]
    try:
        client.get(listing.path, criteria((), listing.key, 1))
    except AccessError:
        return False
    except NotFoundError:
        if stream.name not in STOCK:
            return False
        if stream.name == "sources":
            warnings.append(
                "This Magento keeps no stock by source (multi-source inventory is off, or older than 2.3): no stock is read."
            )
    return True


def _views(client: MagentoClient, settings: MagentoSettings, missing: list[str]) -> list[StoreView]:
    try:
        return read_views(client, settings.store_views)
    except AccessError:
        missing.append(
            "The integration may not read the store views: currency and time zone are unknown. Tick Stores, Settings, All "
            "Stores under API."
        )
        return []


def _view_warnings(views: Sequence[StoreView]) -> list[str]:
    found = []
    currencies = list(dict.fromkeys(view.currency for view in views))
    zones = list(dict.fromkeys(view.time_zone for view in views))
    if len(currencies) > 1:
        found.append(
            f"The websites keep their books in {', '.join(currencies)}: each order stays in its own, and prices of products "
            f"are taken for {currencies[0]}. Connect each website by itself with store_views."
        )
    if len(zones) > 1:
        found.append(f"The store views are in {', '.join(zones)}: days are cut in {zones[0]}.")
    return found


def _name(client: MagentoClient, views: Sequence[StoreView], settings: MagentoSettings) -> str:
    """The website's name, unless nobody gave it one; then where it is."""
    try:
        websites = {each["id"]: str(each.get("name") or "") for each in client.get("store/websites")}
    except (AccessError, NotFoundError, KeyError, TypeError):
        websites = {}
    given = websites.get(views[0].website_id, "") if views else ""
    return given if given.lower() not in _UNNAMED else str(urlsplit(settings.url).hostname)
