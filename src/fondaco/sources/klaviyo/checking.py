"""What a key may read, and what the account says of itself."""

from __future__ import annotations

from fondaco.clock import zone
from fondaco.errors import AccessError, RetryableError
from fondaco.sources.http import UnauthorizedError
from fondaco.sources.klaviyo.client import KlaviyoClient, Record
from fondaco.sources.stream import Check

_REMEDY = "Make a private key with read access to it under Settings, API keys, then connect again."
_PROBES: dict[str, tuple[str, str, dict[str, object]]] = {
    "campaigns:read": (
        "campaigns", "campaigns: none of them and none of their figures can be read",
        {"filter": "equals(messages.channel,'email')", "page[size]": 1},
    ),
    "flows:read": ("flows", "flows: none of them and none of their figures can be read", {"page[size]": 1}),
    "lists:read": ("lists", "lists", {"page[size]": 1}),
    "segments:read": ("segments", "segments", {"page[size]": 1}),
    "profiles:read": ("profiles", "profiles: nobody's consent is known, and no message finds its customer", {"page[size]": 1}),
    "metrics:read": ("metrics", "metrics: no event and no figure can be read", {}),
    "events:read": ("events", "events: what a customer got and opened is not known", {"page[size]": 1}),
}  # fmt: skip


def account(client: KlaviyoClient) -> Record:
    """The account's attributes, with its ``id``.

    Raises
    ------
    AccessError
        If the key may not see the account: without time zone and currency no figure can be read.
    """
    try:
        found = client.get("accounts")["data"]
    except UnauthorizedError:
        raise
    except AccessError as error:
        raise AccessError(
            "The key may not read the account's time zone and currency (accounts:read).", _REMEDY
        ) from error
    if not found:
        raise RetryableError("Klaviyo names no account for this key.", "Run `fondaco doctor` later.")
    return {**found[0]["attributes"], "id": found[0]["id"]}


def check(client: KlaviyoClient, conversion_metric: str) -> Check:
    """Ask for the account, and for one thing of each kind."""
    found = account(client)
    missing = []
    for scope, (path, consequence, parameters) in _PROBES.items():
        try:
            client.get(path, parameters)
        except UnauthorizedError:
            raise
        except AccessError:
            missing.append(f"The key may not read {consequence} ({scope}). {_REMEDY}")
    warnings = []
    if not any("metrics:read" in one for one in missing):
        names = {row["attributes"]["name"] for page in client.pages("metrics") for row in page["data"]}
        if conversion_metric not in names:
            warnings.append(
                f"The account has no metric {conversion_metric!r}: Klaviyo's claimed orders stay unknown. "
                "Connect the shop in Klaviyo, or name another metric with conversion_metric."
            )
    contact = found.get("contact_information") or {}
    return Check(
        shop_name=str(contact.get("organization_name") or f"Klaviyo {found['id']}"),
        currency=str(found["preferred_currency"]),
        time_zone=zone(str(found["timezone"])).key,
        missing=tuple(missing),
        warnings=tuple(warnings),
        details={"account_id": str(found["id"])},
    )
