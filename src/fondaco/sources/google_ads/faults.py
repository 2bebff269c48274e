"""What Google Ads' faults mean: wait, or do something, and what.

Only Google's own word for a fault is repeated, never its sentence: that quotes queries and accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError
from fondaco.sources.http import UnreachableError, VendorFaultError

_LATER = "Run `fondaco run` again later; what was read is kept."
_CONNECT = "`fondaco connect google_ads`"

_QUOTA = frozenset({
    "RESOURCE_EXHAUSTED", "RESOURCE_TEMPORARILY_EXHAUSTED", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION",
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION",
})  # fmt: skip
_PASSING = frozenset({"INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED", "CONCURRENT_MODIFICATION"})
_PASSING_STATUS = frozenset({
    "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED", "UNKNOWN", "RESOURCE_EXHAUSTED", "DATA_LOSS",
})  # fmt: skip

_ACCESS = {
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": (
        "the Google Cloud project of this credential may read test accounts only",
        "Ask for Explorer or Basic access for the project (Google Ads API Center), or use the credential of one that has it.",
    ),
    "USER_PERMISSION_DENIED": (
        "its user may not see this account",
        "Give the user access to the account, or set login_customer_id to the manager account through which it has "
        f"access, with {_CONNECT}.",
    ),
    "CUSTOMER_NOT_ENABLED": (
        "the account is cancelled, suspended or not set up to its end",
        "Open the account in Google Ads and activate it, then run `fondaco doctor`.",
    ),
    "CUSTOMER_NOT_FOUND": (
        "there is no account of this number",
        f"Correct customer_id (Google Ads shows it at the top right) with {_CONNECT}.",
    ),
    "REQUESTED_METRICS_FOR_MANAGER": (
        "a manager account has no figures of its own",
        f"Connect each account below it with {_CONNECT}, with this one as login_customer_id.",
    ),
    "NOT_ADS_USER": (
        "its Google account has no Google Ads account",
        f"Take the token of a user who may see the account, with {_CONNECT}.",
    ),
    "TWO_STEP_VERIFICATION_NOT_ENROLLED": (
        "its user has no 2-step verification, which the API asks for",
        f"Switch it on for the user, take a new refresh token and enter it with {_CONNECT}.",
    ),
    "DEVELOPER_TOKEN_PARAMETER_MISSING": (
        "this version of the API still asks for a developer token",
        f"Set developer_token, or a newer api_version, with {_CONNECT}.",
    ),
}
_ACCESS["CLIENT_CUSTOMER_ID_INVALID"] = _ACCESS["INVALID_CUSTOMER_ID"] = _ACCESS["CUSTOMER_NOT_FOUND"]
_ACCESS["INVALID_LOGIN_CUSTOMER_ID"] = _ACCESS[
    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION"
] = (
    "login_customer_id is no manager account above this account",
    f"Correct or remove login_customer_id with {_CONNECT}.",
)
_ACCESS["DEVELOPER_TOKEN_NOT_APPROVED"] = _ACCESS["CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"]
_OTHER_ACCESS = (
    "Google does not admit it",
    f"Take a new refresh token, or check the service account, and enter it with {_CONNECT}.",
)


def told(error: Exception, api_version: str) -> FondacoError:
    """An error of the official client as one of ours.

    ``error`` is its ``GoogleAdsException``, or an error of its transport.
    """
    failure = getattr(error, "failure", None)
    call = getattr(error, "error", None) or next(iter(getattr(error, "errors", None) or ()), error)
    failure = failure or _failure_in(call, api_version)
    if failure is not None:
        return _of_failure(failure, api_version)
    return _of_status(call, api_version)


def refused_token(error: Exception, *, of_service_account: bool) -> FondacoError:
    """A credential for which Google gives no access token (google-auth's ``RefreshError``)."""
    if getattr(error, "retryable", False):
        return VendorFaultError("Google gave no access token for now.", _LATER, status=None)
    expired = "invalid_grant" in str(error)
    if of_service_account:
        remedy = f"Check this machine's clock; else make a new key of the service account and enter it with {_CONNECT}."
    elif expired:
        remedy = (
            "The refresh token is expired or revoked (after 7 days where the consent screen is in testing): take a new "
            f"one and enter it with {_CONNECT}."
        )
    else:
        remedy = f"Check client_id, client_secret and refresh_token, and enter them with {_CONNECT}."
    said = " (invalid_grant)" if expired else ""
    return AccessError(f"Google gives no access token for this credential{said}.", remedy)


def _of_failure(failure: Any, api_version: str) -> FondacoError:
    codes = list(_codes(failure))
    word = codes[0][1] if codes else "no reason"
    for _, code, seconds in codes:
        if code in _QUOTA:
            return VendorFaultError(
                f"Google Ads' quota is used up for now ({code}).",
                "Run `fondaco run` again later; what was read is kept. Explorer access has 2,880 queries a day, Basic 15,000.",
                status=429,
                retry_after_seconds=seconds,
            )
    if any(code in _PASSING for _, code, _ in codes):
        return VendorFaultError(f"Google Ads met a fault of its own ({word}).", _LATER, status=500)
    for kind, code, _ in codes:
        if code in _ACCESS or kind in ("authentication_error", "authorization_error", "header_error"):
            what, remedy = _ACCESS.get(code, _OTHER_ACCESS)
            return AccessError(f"Google Ads refuses the credential: {what} ({code}).", remedy)
    return ConfigError(
        f"Google Ads does not understand a query in version {api_version} of its API ({word}).",
        f"Set api_version to one that Fondaco is written for, or leave it out, with {_CONNECT}.",
    )


def _of_status(call: Any, api_version: str) -> FondacoError:
    """A fault of the transport, which has a gRPC status and no more."""
    code = call.code() if callable(getattr(call, "code", None)) else None
    name = getattr(code, "name", type(call).__name__)
    details = str(call.details() if callable(getattr(call, "details", None)) else "")
    if name == "UNAVAILABLE" and ("failed to connect" in details or "DNS resolution failed" in details):
        return UnreachableError(
            "Google Ads could not be reached.",
            "Check the network, then run `fondaco run` again.",
            status=None,
        )
    if name == "UNAUTHENTICATED":
        what, remedy = _OTHER_ACCESS
        return AccessError(f"Google Ads refuses the credential: {what} ({name}).", remedy)
    if name in _PASSING_STATUS:
        status = 429 if name == "RESOURCE_EXHAUSTED" else 500
        return VendorFaultError(f"Google Ads did not answer to the end ({name}).", _LATER, status=status)
    if name == "PERMISSION_DENIED":
        return AccessError(
            "Google Ads refuses the credential: the Google Ads API is off in its Google Cloud project (PERMISSION_DENIED).",
            "Enable the Google Ads API for the project in the Google Cloud console, then run `fondaco doctor`.",
        )
    return ConfigError(
        f"Google Ads does not answer in version {api_version} of its API ({name}).",
        f"Set api_version to one that Google still serves, or leave it out, with {_CONNECT}.",
    )


def _codes(failure: Any) -> Iterator[tuple[str, str, float | None]]:
    """Kind, word and told delay (seconds) of each error of a GoogleAdsFailure."""
    message = type(failure).pb(failure) if hasattr(type(failure), "pb") else failure
    for error in message.errors:
        kind = error.error_code.WhichOneof("error_code") or ""
        field = error.error_code.DESCRIPTOR.fields_by_name.get(kind)
        number = getattr(error.error_code, kind) if field is not None else 0
        value = field.enum_type.values_by_number.get(number) if field is not None else None
        delay = error.details.quota_error_details.retry_delay
        seconds = delay.seconds + delay.nanos / 1e9
        yield kind, value.name if value is not None else f"{kind} {number}", seconds or None


def _failure_in(call: Any, api_version: str) -> Any:
    """The GoogleAdsFailure in a call's trailing metadata. The client leaves it there where the status is RESOURCE_EXHAUSTED."""
    trailing = getattr(call, "trailing_metadata", None)
    key = f"google.ads.googleads.{api_version}.errors.googleadsfailure-bin"
    for name, value in (trailing() or ()) if callable(trailing) else ():
        if name == key:
            kinds = import_module(f"google.ads.googleads.{api_version}.errors.types.errors")
            return kinds.GoogleAdsFailure.deserialize(value)
    return None


def waits_too_long(error: RetryableError, longest_seconds: float) -> bool:
    """Whether the vendor asks for a wait that is the next run's matter, such as for tomorrow's quota."""
    return error.retry_after_seconds is not None and error.retry_after_seconds > longest_seconds
