"""What Meta's errors mean, by code: wait, ask for less, or tell a person what to do.

The API answers most faults with status 400; ``error.code`` and ``error.error_subcode`` tell them apart. Messages stay out of
ours: they may quote what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from fondaco.errors import AccessError, ConfigError, FondacoError
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError

VENDOR = "Meta"
THROTTLED = frozenset({4, 17, 32, 613, *range(80_000, 80_015)})
_TOO_MUCH_SUBCODES = frozenset({1_487_534, 1_504_018})
_PASSING = frozenset({1, 2})
_TOKEN = frozenset({102, 190})
_PERMISSIONS = frozenset({3, 10, 294, *range(200, 300)})
_OLD_VERSION = frozenset({2635, 2644})
_UNKNOWN_OBJECT_SUBCODE = 33
_RETURN = "then connect again with `fondaco connect meta_ads`."
_TOKEN_ENDED = {
    458: "the app was removed from the account of its owner",
    460: "the password of its owner was changed",
    463: "it has expired",
    464: "its owner has to confirm the account",
    467: "it was withdrawn",
}


class TooMuchDataError(FondacoError):
    """Meta wants the question to be smaller. No ``RetryableError``: the same one would fail again."""


@dataclass(frozen=True, slots=True)
class GraphError:
    """The part of an error answer that we act on."""

    code: int
    subcode: int
    asks_for_less: bool
    about_proof: bool
    passes: bool

    @classmethod
    def of(cls, body: Any) -> Self | None:
        """The error in an answer's JSON; None where there is none."""
        error = body.get("error") if isinstance(body, dict) else None
        if not isinstance(error, dict):
            return None
        message = str(error.get("message", "")).lower()
        return cls(
            code=_whole(error.get("code")),
            subcode=_whole(error.get("error_subcode")),
            asks_for_less="reduce the amount of data" in message,
            about_proof="appsecret_proof" in message,
            passes=error.get("is_transient") is True,
        )

    @property
    def name(self) -> str:
        """Code and subcode, as Meta's pages list them."""
        return f"{self.code}/{self.subcode}" if self.subcode else f"{self.code}"


def fault_of(error: GraphError, *, status: int | None, wait_seconds: float | None, path: str) -> FondacoError:
    """What to raise for an error. ``path`` is that of the request, without its query."""
    if error.asks_for_less or error.subcode in _TOO_MUCH_SUBCODES:
        return TooMuchDataError(
            f"{VENDOR} finds this too much data for one answer (code {error.name}).",
            "Fondaco asks for less by itself; if it stays, read fewer attribution windows.",
        )
    if error.code in THROTTLED:
        return VendorFaultError(
            f"{VENDOR} limits the requests of this app or account (code {error.name}).",
            "Run `fondaco run` again later; what was read is kept.",
            status=status,
            retry_after_seconds=wait_seconds,
        )
    if error.passes or error.code in _PASSING or (status or 0) >= 500:
        return VendorFaultError(
            f"{VENDOR} answered {status} (code {error.name}).",
            "Run `fondaco run` again later; what was read is kept.",
            status=status,
        )
    return _lasting(error, path)


def _lasting(error: GraphError, path: str) -> FondacoError:
    if error.code in _TOKEN:
        reason = _TOKEN_ENDED.get(error.subcode)
        return UnauthorizedError(
            f"{VENDOR} does not accept the access token (code {error.name}{f': {reason}' if reason else ''}).",
            f"Generate a new token for a system user with ads_read (Business settings, System users), {_RETURN}",
        )
    if error.about_proof:
        return AccessError(
            f"{VENDOR} does not accept the proof of the app's secret (code {error.name}).",
            f"Give app_secret as it stands under App settings, Basic, of the app that made the token, {_RETURN}",
        )
    if error.code in _PERMISSIONS:
        return AccessError(
            f"{VENDOR} refuses this to the access token (code {error.name}).",
            "Give the system user access to the ad account and the token ads_read, with business_management where a "
            f"business owns the account, {_RETURN}",
        )
    if error.code in _OLD_VERSION:
        return ConfigError(
            f"{VENDOR} no longer serves this version of its API (code {error.name}).",
            "Set a newer one: `fondaco connect meta_ads --set api_version=v26.0`.",
        )
    if error.code == 803 or (error.code == 100 and error.subcode == _UNKNOWN_OBJECT_SUBCODE):
        return NotFoundError(
            f"{VENDOR} has nothing at {path}, or the token may not see it (code {error.name}).",
            f"Check the ad account's number, and that the token's owner has access to it, {_RETURN}",
        )
    return ConfigError(
        f"{VENDOR} answered with the error {error.name} to a request for {path}.",
        "Check the settings with `fondaco doctor`; if it stays, report the error's number.",
    )


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
