"""What a token can see of an ad account, and what the account says of itself."""

from __future__ import annotations

from fondaco.clock import zone
from fondaco.errors import AccessError
from fondaco.sources.http import NotFoundError
from fondaco.sources.meta_ads.client import MetaClient, Record
from fondaco.sources.meta_ads.fields import ACCOUNT_FIELDS
from fondaco.sources.stream import Check

_ASK_FOR = (
    "Give the token the permission ads_read, and business_management where a business owns the account."
)
_PROBES = {
    "campaigns": ("campaigns, ad sets and ads", {"fields": "id"}),
    "insights": ("insights: no spend and no clicks can be read", {"fields": "spend", "date_preset": "yesterday"}),
}  # fmt: skip
_STATES = {
    2: "The account is disabled: Meta delivers none of its ads.",
    3: "The account has an unsettled bill: Meta may stop its ads.",
    7: "The account is under review for risk.",
    9: "The account is in a grace period after a failed payment.",
    100: "The account is about to be closed.",
    101: "The account is closed; its past figures can still be read.",
}


def account(client: MetaClient) -> Record:
    """The account's name, currency and time zone.

    Raises
    ------
    AccessError
        If the token may not see the account.
    """
    try:
        return client.get(client.account, fields=",".join(ACCOUNT_FIELDS))
    except NotFoundError as error:
        raise AccessError(error.what, error.remedy) from error


def check(client: MetaClient) -> Check:
    """Ask for the account, one campaign and yesterday's spend."""
    found = account(client)
    missing = []
    for edge, (name, parameters) in _PROBES.items():
        try:
            client.get(f"{client.account}/{edge}", limit=1, **parameters)
        except (AccessError, NotFoundError):
            missing.append(f"The token may not read {name}. {_ASK_FOR}")
    state = _STATES.get(int(found.get("account_status") or 0))
    return Check(
        shop_name=str(found.get("name") or f"Meta ad account {found['account_id']}"),
        currency=str(found["currency"]),
        time_zone=zone(str(found["timezone_name"])).key,
        missing=tuple(missing),
        warnings=(state,) if state else (),
        details={"account_id": str(found["account_id"])},
    )
