"""What a credential can see of an account, and what the account says of itself."""

from __future__ import annotations

from fondaco.clock import zone
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.http import NotFoundError, UnauthorizedError
from fondaco.sources.mailchimp.client import MailchimpClient, Record
from fondaco.sources.stream import Check

UNKNOWN_CURRENCY = "USD"
_ACCOUNT = (
    "account_id",
    "account_name",
    "account_timezone",
    "role",
    "pricing_plan_type",
    "total_subscribers",
)
_PROBES = {
    "lists": "audiences, their members and segments",
    "campaigns": "campaigns",
    "automations": "classic automations",
    "reports": "reports: no opens, clicks, bounces or orders can be read",
}  # fmt: skip
_ASK_FOR = "Use a key of a user with the role Admin or Manager."


def account(client: MailchimpClient) -> Record:
    """The account's name, time zone and plan.

    Raises
    ------
    AccessError
        If the credential is not accepted.
    """
    return client.get("/", fields=_ACCOUNT)


def account_zone(client: MailchimpClient) -> str:
    """The time zone of the account's days; UTC where Mailchimp tells none that is known."""
    return _zone(client.get("/", fields=("account_timezone",)))[0]


def check(client: MailchimpClient, currency: str | None) -> Check:
    """Ask for the account, its stores, and one record of each kind."""
    found = account(client)
    missing = [
        f"The credential may not read {what}. {_ASK_FOR}"
        for kind, what in _PROBES.items()
        if not _may_read(client, kind)
    ]
    told = _store_currency(client)
    warnings = []
    if currency is None and told is None:
        warnings.append(
            "No store is connected to Mailchimp, so it claims no orders and tells no currency; set currency where "
            f"that is wrong. {UNKNOWN_CURRENCY} is written until then."
        )
    time_zone, is_known = _zone(found)
    if not is_known:
        warnings.append("Mailchimp tells no time zone that is known; days are cut in UTC.")
    return Check(
        shop_name=str(found.get("account_name") or "Mailchimp"),
        currency=currency or told or UNKNOWN_CURRENCY,
        time_zone=time_zone,
        missing=tuple(missing),
        warnings=tuple(warnings),
        details={
            "account_id": str(found.get("account_id", "")),
            "plan": str(found.get("pricing_plan_type", "")),
            "contacts": str(found.get("total_subscribers", "")),
        },
    )


def _may_read(client: MailchimpClient, kind: str) -> bool:
    try:
        client.get(f"/{kind}", count=1, fields=("total_items",))
    except UnauthorizedError:
        raise
    except (AccessError, NotFoundError):
        return False
    return True


def _store_currency(client: MailchimpClient) -> str | None:
    """The currency of the first connected store; None where there is none, or it may not be seen."""
    try:
        answer = client.get("/ecommerce/stores", count=1, fields=("stores.currency_code", "total_items"))
    except (AccessError, NotFoundError):
        return None
    stores = answer.get("stores") or [{}]
    code = str(stores[0].get("currency_code") or "").upper()
    return code if len(code) == 3 and code.isalpha() else None


def _zone(found: Record) -> tuple[str, bool]:
    try:
        return zone(str(found["account_timezone"])).key, True
    except (ConfigError, KeyError):
        return "UTC", False
