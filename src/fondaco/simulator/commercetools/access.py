"""Tokens: who may read what, and how long."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from dataclasses import dataclass, field

from starlette.requests import Request

SCOPES = (
    "view_orders", "view_payments", "view_customers", "view_products", "view_discount_codes", "view_cart_discounts",
    "view_messages", "view_project_settings",
)  # fmt: skip
CLIENT_ID = "simulated-client"
CLIENT_SECRET = "simulated-secret"


@dataclass(slots=True)
class Access:
    """The one API client of the simulated projects."""

    scopes: tuple[str, ...] = SCOPES
    seconds: int = 172_800
    issued: int = 0
    """How many tokens were given out."""
    tokens: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    def grant(self, request: Request, form: dict[str, str]) -> dict[str, object] | None:
        """A token for the client credentials grant; None if the client or a scope is not known."""
        if not _is_client(request.headers.get("authorization", "")):
            return None
        wanted = {scope.split(":")[0] for scope in form.get("scope", "").split()}
        if form.get("grant_type") != "client_credentials" or not wanted <= set(self.scopes):
            return None
        scopes = frozenset(wanted or self.scopes)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = (time.monotonic() + self.seconds, scopes)
        self.issued += 1
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "scope": " ".join(sorted(scopes)),
        }

    def scopes_of(self, request: Request) -> frozenset[str] | None:
        """What the request's token may do; None if it is unknown, expired or revoked."""
        header = request.headers.get("authorization", "")
        ends, scopes = self.tokens.get(header.removeprefix("Bearer "), (0.0, frozenset[str]()))
        return scopes if header.startswith("Bearer ") and time.monotonic() < ends else None

    def revoke_all(self) -> None:
        """As the Merchant Center does when a client is renewed."""
        self.tokens.clear()


def _is_client(header: str) -> bool:
    try:
        name, _, secret = (
            base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError):
        return False
    return name == CLIENT_ID and secrets.compare_digest(secret, CLIENT_SECRET)
