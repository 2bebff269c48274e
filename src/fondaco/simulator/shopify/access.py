"""Apps, tokens and scopes of the simulated shops."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

ALL_SCOPES = frozenset(
    {
        "read_orders",
        "read_all_orders",
        "read_customers",
        "read_products",
        "read_inventory",
        "read_locations",
        "read_discounts",
        "read_reports",
        "read_shopify_payments_payouts",
    }
)
CLIENT_ID = "simulated-app"
CLIENT_SECRET = "simulated-secret"  # a fixed word: the simulated shops hold nothing to protect
TOKEN_SECONDS = 86_399


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: whose, where, and what it may read until when."""

    shop_id: str
    client_id: str
    scopes: frozenset[str]
    ends_at: float | None


@dataclass(slots=True)
class Access:
    """Hands out tokens by both grants.

    ``apps`` maps a client id to its secret and its scopes.
    """

    apps: Mapping[str, tuple[str, frozenset[str]]] = field(
        default_factory=lambda: {CLIENT_ID: (CLIENT_SECRET, ALL_SCOPES)}
    )
    token_seconds: float = TOKEN_SECONDS
    clock: Callable[[], float] = time.time
    _tokens: dict[str, Token] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def token(self, text: str | None, shop_id: str) -> Token | None:
        """The token behind a header, if it is known, of this shop, and not over."""
        token = self._tokens.get(text or "")
        if token is None or token.shop_id != shop_id:
            return None
        if token.ends_at is not None and token.ends_at <= self.clock():
            return None
        return token

    def grant(self, shop_id: str, form: Mapping[str, str]) -> dict[str, object] | None:
        """The token endpoint's answer, None when the app or the code is not accepted."""
        client_id = form.get("client_id", "")
        secret, scopes = self.apps.get(client_id, ("", frozenset()))
        if not secret or not hmac.compare_digest(secret, form.get("client_secret", "")):
            return None
        if form.get("grant_type") == "client_credentials":
            text = self._issue(Token(shop_id, client_id, scopes, self.clock() + self.token_seconds))
            return {
                "access_token": text,
                "scope": ",".join(sorted(scopes)),
                "expires_in": int(self.token_seconds),
            }
        if self._codes.pop(form.get("code", ""), None) != (shop_id, client_id):
            return None
        text = self._issue(Token(shop_id, client_id, scopes, None))
        return {"access_token": text, "scope": ",".join(sorted(scopes))}

    def authorize(self, shop_id: str, query: Mapping[str, str]) -> str | None:
        """Where the merchant's browser goes after it agreed: back to the app, with a signed code."""
        client_id, redirect = query.get("client_id", ""), query.get("redirect_uri", "")
        if client_id not in self.apps or not redirect:
            return None
        code = secrets.token_hex(16)
        self._codes[code] = (shop_id, client_id)
        answer = {
            "code": code,
            "shop": f"{shop_id}.myshopify.com",
            "state": query.get("state", ""),
            "timestamp": str(int(self.clock())),
        }
        text = "&".join(f"{key}={answer[key]}" for key in sorted(answer))
        answer["hmac"] = hmac.new(self.apps[client_id][0].encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"{redirect}?{urlencode(answer)}"

    def _issue(self, token: Token) -> str:
        text = f"shpat_{secrets.token_hex(16)}"
        self._tokens[text] = token
        return text
