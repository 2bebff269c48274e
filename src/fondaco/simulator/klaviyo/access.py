"""Keys, scopes and the revision that each request must name."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

API_KEY = "pk_simulated0private0key"  # a fixed word: the simulated account holds nothing to protect
LIMITED_KEY = "pk_simulated0key0without0events"
_MISSING = {"events", "segments"}  # what the limited key may not read
_OLDEST_REVISION = "2024-10-15"


@dataclass(frozen=True, slots=True)
class RefusalError(Exception):
    """An error answer, as JSON:API words it."""

    status: int
    code: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)


def admit(request: Request, resource: str) -> None:
    """Let a request in.

    Raises
    ------
    RefusalError
        Where the key, its scopes or the revision are not good.
    """
    key = request.headers.get("authorization", "").removeprefix("Klaviyo-API-Key ")
    if not key:
        raise RefusalError(401, "not_authenticated", "Authentication credentials were not provided.")
    if key not in (API_KEY, LIMITED_KEY):
        raise RefusalError(401, "authentication_failed", "Incorrect authentication credentials.")
    if request.headers.get("revision", "") < _OLDEST_REVISION:
        raise RefusalError(400, "invalid", "The revision header is missing or not supported.")
    if key == LIMITED_KEY and resource in _MISSING:
        raise RefusalError(403, "permission_denied", f"Your API key is missing the scope {resource}:read.")
