"""Whose account it is, in which currency and zone, and what keeps its figures from being read or used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fondaco.clock import zone
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.google_ads.client import GoogleAdsClient
from fondaco.sources.google_ads.fields import BIGINT, BOOL, TEXT, Field
from fondaco.sources.stream import Check

_ACCOUNT = (
    Field("id", "customer.id", BIGINT),
    Field("name", "customer.descriptive_name", TEXT),
    Field("currency", "customer.currency_code", TEXT),
    Field("time_zone", "customer.time_zone", TEXT),
    Field("is_manager", "customer.manager", BOOL),
    Field("is_test", "customer.test_account", BOOL),
    Field("status", "customer.status", TEXT),
    Field("tags_clicks", "customer.auto_tagging_enabled", BOOL),
    Field("tracking_url_template", "customer.tracking_url_template", TEXT),
    Field("conversion_tracking", "customer.conversion_tracking_setting.conversion_tracking_status", TEXT),
)
_BELOW = (
    Field("id", "customer_client.id", BIGINT),
    Field("name", "customer_client.descriptive_name", TEXT),
    Field("currency", "customer_client.currency_code", TEXT),
)
_PROBES = (
    ("campaign", "campaign.id", "campaigns"),
    ("ad_group_ad", "ad_group_ad.ad.id", "ads"),
    ("keyword_view", "ad_group_criterion.criterion_id", "keywords"),
)
_NAMED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a connection reads, as Google tells it."""

    name: str
    currency: str
    time_zone: str
    about: dict[str, Any]


def account_of(client: GoogleAdsClient) -> Account:
    """Ask for the account.

    Raises
    ------
    ConfigError
        If it is a manager account: those have no figures. The accounts below it are named.
    """
    found = client.rows(f"SELECT {_columns(_ACCOUNT)} FROM customer LIMIT 1", _ACCOUNT)
    if not found:
        raise AccessError(
            "Google Ads tells nothing of this account.",
            "Give the user access to it in Google Ads, then run `fondaco doctor`.",
        )
    about = found[0]
    if about["is_manager"]:
        raise _is_manager(client, about)
    return Account(
        name=about["name"] or f"Google Ads {_dashed(about['id'])}",
        currency=about["currency"] or "",
        time_zone=zone(about["time_zone"] or "UTC").key,
        about=about,
    )


def check(client: GoogleAdsClient, account: Account) -> Check:
    """What the credential can read of ``account``, and what the account itself lacks."""
    missing = tuple(
        f"Google Ads does not let this user read {name} ({error.what})"
        for resource, field, name in _PROBES
        if (error := _refusal(client, f"SELECT {field} FROM {resource} LIMIT 1")) is not None
    )
    return Check(
        shop_name=account.name,
        currency=account.currency,
        time_zone=account.time_zone,
        missing=missing,
        warnings=tuple(_warnings(account.about)),
        details={"customer_id": str(account.about["id"]), "status": str(account.about["status"] or "")},
    )


def _warnings(about: dict[str, Any]) -> list[str]:
    warnings = []
    if about["is_test"]:
        warnings.append("This is a test account: it shows no ads and has no figures.")
    if not about["tags_clicks"] and not about["tracking_url_template"]:
        warnings.append(
            "Clicks are not marked (auto-tagging is off and there is no tracking template): visits and orders cannot be "
            "told to come from these ads."
        )
    if about["conversion_tracking"] in (None, "NOT_CONVERSION_TRACKED"):
        warnings.append("The account tracks no conversions: what Google claims to have sold is nought.")
    return warnings


def _refusal(client: GoogleAdsClient, query: str) -> AccessError | None:
    try:
        client.rows(query, ())
    except AccessError as error:
        return error
    return None


def _is_manager(client: GoogleAdsClient, about: dict[str, Any]) -> ConfigError:
    query = (
        f"SELECT {_columns(_BELOW)} FROM customer_client "
        "WHERE customer_client.manager = FALSE AND customer_client.status = 'ENABLED'"
    )
    leaves = sorted(client.rows(query, _BELOW), key=lambda row: (row["name"] or "", row["id"]))
    named = ", ".join(
        f"{_dashed(row['id'])} {row['name'] or ''} ({row['currency']})" for row in leaves[:_NAMED_AT_MOST]
    )
    more = f" and {len(leaves) - _NAMED_AT_MOST} more" if len(leaves) > _NAMED_AT_MOST else ""
    return ConfigError(
        f"{_dashed(about['id'])} is a manager account, which has no figures of its own; below it are: "
        f"{named + more if leaves else 'no accounts that are enabled'}.",
        f"Connect one of them: `fondaco connect google_ads --set customer_id=… --set login_customer_id={about['id']}`.",
    )


def _columns(fields: tuple[Field, ...]) -> str:
    return ", ".join(field.gaql for field in fields)


def _dashed(number: int) -> str:
    """An account's number as Google's pages write it: 123-456-7890."""
    text = f"{number:010d}"
    return f"{text[:3]}-{text[3:6]}-{text[6:]}"
