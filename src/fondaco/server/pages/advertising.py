"""Advertising in words: platforms, campaigns and their states, and how an order's campaign is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fondaco.metrics.marketing import origin_of, read_campaigns
from fondaco.metrics.order_marketing import FEWEST_ORDERS
from fondaco.server.pages.health import Badge
from fondaco.server.site import Site

NO_CAMPAIGN = "No campaign told"
"""What orders are called of which only the platform is known."""

_PLATFORMS = {
    "google_ads": "Google Ads", "klaviyo": "Klaviyo", "mailchimp": "Mailchimp", "meta_ads": "Meta Ads",
    "postscript": "Postscript",
}  # fmt: skip
_TYPES = {"email": "E-mail", "sms": "SMS"}
_MATCHED = {
    "id": "by its number in utm_campaign",
    "name": "by its name in utm_campaign",
    "click": "by a paid click’s id",
    "source": "by its utm_source",
}


def platform_in_words(platform: str | None) -> str:
    """The vendor's own spelling, where it is known."""
    return _PLATFORMS.get(platform or "", (platform or "Unknown").replace("_", " ").capitalize())


def campaigns_of(site: Site) -> Mapping[str, Mapping[str, Any]]:
    """All campaigns by their id, as published; none where what is published knows of none."""
    if site.published is None or not site.has_marketing:
        return {}
    return site.remembered(
        ("campaigns",), lambda: read_campaigns(site.project.reader, site.tenant_id), large=True
    )


def ad_value_in_words(site: Site, dimension: str, value: str) -> str:
    """A platform, an account or a campaign by its name."""
    if dimension == "platform":
        return platform_in_words(value)
    if dimension == "campaign_id":
        return campaign_name(campaigns_of(site).get(value), value)
    return value


def campaign_name(campaign: Mapping[str, Any] | None, campaign_id: str) -> str:
    """The name of a campaign; its number where the account tells no name."""
    return (campaign["name"] if campaign else None) or campaign_id.partition(":")[2] or campaign_id


def type_in_words(campaign: Mapping[str, Any] | None) -> str:
    """The kind of campaign, in the vendor's words; empty where it is not told."""
    told = (campaign or {}).get("campaign_type") or ""
    return _TYPES.get(told) or told.replace("_", " ").capitalize()


def state_of(campaign: Mapping[str, Any] | None) -> Badge | None:
    """Whether a campaign runs; None where it is not told."""
    status = (campaign or {}).get("status")
    return Badge(status.capitalize(), "none") if status else None


def is_idle(campaign: Mapping[str, Any] | None) -> bool:
    """Whether a campaign is told to run no more: paused, ended or removed."""
    return (campaign or {}).get("status") in ("paused", "ended", "removed")


def matched_in_words(matched_by: str) -> str:
    """How it is known where an order came from."""
    return _MATCHED.get(matched_by, matched_by)


def origin_shown(site: Site, order_id: str) -> dict[str, Any] | None:
    """Which advertising or message an order came from, in words; None where nothing is known of any."""
    found = origin_of(site.project.reader, site.tenant_id, order_id)
    if found is None:
        return None
    campaign_id = found["campaign_id"]
    return {
        "platform": platform_in_words(found["platform"]),
        "campaign": campaign_name({"name": found["campaign_name"]}, campaign_id) if campaign_id else "",
        "address": f"/marketing/campaigns/{quote(campaign_id, safe=':')}" if campaign_id else "",
        "matched": matched_in_words(found["matched_by"]),
        "is_message": found["role"] == "messages",
        "fewest": FEWEST_ORDERS,
        "by_click": site.project.settings.profit.marketing_by == "click",
    }
