"""What a key can see, and what the shop says of itself."""

from __future__ import annotations

from typing import Any

from fondaco.clock import zone
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.http import NotFoundError
from fondaco.sources.stream import Check
from fondaco.sources.woocommerce.client import WooCommerceClient
from fondaco.sources.woocommerce.report import REPORT_PATH

_PROBES = (
    ("wc/v3/orders", "orders", "no sales can be read"),
    ("wc/v3/customers", "customers", "no customer accounts can be read"),
    ("wc/v3/products", "products", "no products, stock or unit costs can be read"),
    ("wc/v3/coupons", "coupons", "no coupons can be read"),
)
_COUNTED_OUT = frozenset({"pending", "failed", "cancelled"})
_FIXED_ZONES = {
    -9.5: "Pacific/Marquesas", 4.5: "Asia/Kabul", 5.5: "Asia/Kolkata", 5.75: "Asia/Kathmandu", 6.5: "Asia/Yangon",
    8.75: "Australia/Eucla", 9.5: "Australia/Darwin",
}  # fmt: skip
REFUNDS_PATH = "wc/v3/refunds"


def check(client: WooCommerceClient) -> Check:
    """Ask for one record of everything; raise only where nothing at all may be read."""
    site = _site(client)
    missing, warnings = [], []
    for path, name, loss in _PROBES:
        if not _may_read(client, path):
            missing.append(
                f"The key may not read {name}: {loss}. Give it to a shop manager, permission Read."
            )
    if len(missing) == len(_PROBES):
        raise AccessError(
            "WooCommerce refuses the key for orders, customers, products and coupons.",
            "Make a key with permission Read for a shop manager (WooCommerce, Settings, Advanced, REST API) and "
            "connect again with `fondaco connect woocommerce`.",
        )
    if not _exists(client, REFUNDS_PATH):
        warnings.append(
            "This WooCommerce has no list of all refunds (it came with 9.0); refunds are read order by order, "
            "and one that leaves its order untouched is not found."
        )
    currency, includes_tax, version = _shop_settings(client, missing)
    if not _may_read(client, REPORT_PATH, interval="day"):
        warnings.append(
            "The key may not read WooCommerce Analytics: sales cannot be compared with its report."
        )
    else:
        warnings.extend(_analytics_warnings(client))
    time_zone, zone_warning = _time_zone(site)
    return Check(
        shop_name=str(site.get("name") or site.get("url") or "WooCommerce"),
        currency=currency,
        time_zone=time_zone,
        missing=tuple(missing),
        warnings=(*warnings, *zone_warning),
        details={
            "site": str(site.get("url", "")),
            "woocommerce_version": version,
            "prices_include_tax": includes_tax,
        },
    )


def _site(client: WooCommerceClient) -> dict[str, Any]:
    remedy = "Give the address that the shop itself uses, and switch pretty permalinks on (WordPress, Settings, Permalinks)."
    try:
        response = client.index()
    except NotFoundError as error:
        raise ConfigError("There is no WordPress REST API at this address.", remedy) from error
    site = client.parse(response)
    if not isinstance(site, dict) or "wc/v3" not in site.get("namespaces", ()):
        raise ConfigError("This site answers, but offers no WooCommerce REST API v3.", remedy)
    if response.history:
        place = response.url.copy_with(query=None)
        raise ConfigError(
            f"The shop's address moves on to {place.scheme}://{place.host}.",
            "Connect with that address: a key must not be sent to an address that hands it on.",
        )
    return site


def _may_read(client: WooCommerceClient, path: str, **parameters: Any) -> bool:
    try:
        client.get(path, per_page=1, **parameters)
    except (AccessError, NotFoundError):
        return False
    return True


def _exists(client: WooCommerceClient, path: str) -> bool:
    try:
        client.get(path, per_page=1)
    except NotFoundError:
        return False
    except AccessError:
        return True
    return True


def _shop_settings(client: WooCommerceClient, missing: list[str]) -> tuple[str, str, str]:
    """Currency, whether prices include tax, and the version; the currency is all that must be had."""
    try:
        status = client.get("wc/v3/system_status", _fields="environment,settings")
        currency = str(status["settings"]["currency"])
        version = str(status["environment"].get("version", ""))
        setting = client.get("wc/v3/settings/tax/woocommerce_prices_include_tax")
        return currency, str(setting.get("value", "")), version
    except (AccessError, NotFoundError, KeyError, TypeError):
        pass
    try:
        return str(client.get("wc/v3/data/currencies/current")["code"]), "", ""
    except (AccessError, NotFoundError, KeyError, TypeError):
        missing.append("The key may not read the shop's settings: its currency is unknown.")
        return "", "", ""


def _analytics_warnings(client: WooCommerceClient) -> list[str]:
    """Settings that make WooCommerce's own report count other orders than Fondaco does."""
    try:
        settings = {entry["id"]: entry.get("value") for entry in client.get("wc/v3/settings/wc_admin")}
    except (AccessError, NotFoundError, KeyError, TypeError):
        return []
    excluded = settings.get("woocommerce_excluded_report_order_statuses")
    if isinstance(excluded, list) and set(map(str, excluded)) != _COUNTED_OUT:
        return [
            f"Analytics leaves out orders with the status {', '.join(map(str, excluded)) or '(none)'}, Fondaco those "
            "that are pending, failed or cancelled: the comparison will show the difference."
        ]
    return []


def _time_zone(site: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The IANA zone of the site; a fixed offset becomes the zone that always has it."""
    name = str(site.get("timezone_string") or "")
    if name:
        return zone(name).key, ()
    offset = float(site.get("gmt_offset") or 0)
    if offset == 0:
        return "UTC", ()
    if offset in _FIXED_ZONES:
        return _FIXED_ZONES[offset], ()
    if offset.is_integer() and -12 <= offset <= 14:
        return (
            f"Etc/GMT{-int(offset):+d}",
            (
                f"The site has the fixed offset UTC{offset:+.0f} instead of a city: its days do not follow "
                "summer time (WordPress, Settings, General).",
            ),
        )
    return "UTC", (f"The site's offset UTC{offset:+} is no time zone: its days are cut in UTC.",)
