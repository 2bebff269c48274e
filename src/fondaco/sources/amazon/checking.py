"""What the account sells in, and what the app may not read of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fondaco.clock import format_instant
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.amazon.client import AmazonClient
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.stream import Check

ORDERS_PATH = "/orders/2026-01-01/orders"
TRANSACTIONS_PATH = "/finances/2024-06-19/transactions"
INVENTORY_PATH = "/fba/inventory/v1/summaries"
_PARTICIPATIONS_PATH = "/sellers/v1/marketplaceParticipations"
LAG = timedelta(minutes=5)
"""Amazon answers for nothing that is younger than two minutes; clocks may differ."""

_ZONES = {
    "US": "America/Los_Angeles", "CA": "America/Toronto", "MX": "America/Mexico_City", "BR": "America/Sao_Paulo",
    "GB": "Europe/London", "UK": "Europe/London", "IE": "Europe/Dublin", "DE": "Europe/Berlin", "FR": "Europe/Paris",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "PL": "Europe/Warsaw",
    "SE": "Europe/Stockholm", "TR": "Europe/Istanbul", "EG": "Africa/Cairo", "SA": "Asia/Riyadh", "AE": "Asia/Dubai",
    "ZA": "Africa/Johannesburg", "IN": "Asia/Kolkata", "JP": "Asia/Tokyo", "AU": "Australia/Sydney", "SG": "Asia/Singapore",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marketplace:
    """A country's Amazon in which the account sells."""

    marketplace_id: str
    name: str
    country: str
    currency: str
    store_name: str


def marketplaces(client: AmazonClient, settings: AmazonSettings) -> list[Marketplace]:
    """Those to be read, the main one first.

    Raises
    ------
    ConfigError
        If the account sells nowhere in the region, or not in a marketplace that the settings name.
    """
    answer = client.get("getMarketplaceParticipations", _PARTICIPATIONS_PATH, {})
    found = {}
    for one in answer.get("payload") or ():
        if one["participation"]["isParticipating"]:
            place = one["marketplace"]
            found[place["id"]] = Marketplace(
                place["id"],
                place["name"],
                place["countryCode"],
                place["defaultCurrencyCode"],
                str(one.get("storeName") or ""),
            )
    unknown = [name for name in settings.marketplaces if name not in found]
    if unknown or not found:
        raise ConfigError(
            f"The account does not sell in {unknown[0] if unknown else f'the region {settings.region}'}.",
            f"Choose from: {', '.join(found) or 'another region'}; then connect again with `fondaco connect amazon`.",
        )
    return [found[name] for name in settings.marketplaces or found]


def check(client: AmazonClient, settings: AmazonSettings, now: datetime) -> Check:
    """Ask for a little of everything; raise only where nothing at all may be read."""
    places = marketplaces(client, settings)
    main = places[0]
    missing = [
        f"The app lacks the role {role}: {loss}. Give it in the Developer Console and authorise the app anew."
        for role, loss, asks in _probes(client, places, now)
        if not _may(asks)
    ]
    zone_name = settings.time_zone or _ZONES.get(main.country)
    warnings = (
        []
        if zone_name
        else [f"Fondaco knows no time zone for {main.name}: days are cut in UTC. Give time_zone."]
    )
    if len({place.currency for place in places}) > 1:
        told = ", ".join(sorted({place.currency for place in places}))
        warnings.append(
            f"The marketplaces sell in {told}: orders are converted at the exchange rate of their day."
        )
    return Check(
        shop_name=main.store_name or main.name,
        currency=main.currency,
        time_zone=zone_name or "UTC",
        missing=tuple(missing),
        warnings=tuple(warnings),
        details={"marketplaces": ", ".join(f"{place.name} ({place.marketplace_id})" for place in places)},
    )


def _probes(
    client: AmazonClient, places: Sequence[Marketplace], now: datetime
) -> tuple[tuple[str, str, Callable[[], object]], ...]:
    since, ids = format_instant(now - LAG - timedelta(hours=1)), [place.marketplace_id for place in places]
    orders: dict[str, str | list[str]] = {
        "lastUpdatedAfter": since,
        "marketplaceIds": ids,
        "maxResultsPerPage": "1",
    }
    posted = {"postedAfter": since}
    return (
        (
            "Inventory and Order Tracking",
            "no sales can be read",
            lambda: client.get("searchOrders", ORDERS_PATH, orders),
        ),
        (
            "Finance and Accounting",
            "no refunds and no fees can be read",
            lambda: client.get("listTransactions", TRANSACTIONS_PATH, posted),
        ),
        (
            "Amazon Fulfillment",
            "no stock in Amazon's warehouses can be read",
            lambda: client.get("getInventorySummaries", INVENTORY_PATH, stock_of(ids[0])),
        ),
    )


def stock_of(marketplace_id: str) -> dict[str, str | list[str]]:
    """The parameters that ask for the stock of one marketplace."""
    return {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace_id,
        "marketplaceIds": [marketplace_id],
    }


def _may(asks: Callable[[], object]) -> bool:
    try:
        asks()
    except AccessError:
        return False
    return True
