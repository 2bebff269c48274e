"""Who may read: OAuth 1.0a signatures, really checked, or the access token alone where the shop takes it so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from starlette.requests import Request

CONSUMER_KEY = "simulated-consumer-key"
CONSUMER_SECRET = "simulated-consumer-secret"
ACCESS_TOKEN = "simulated-access-token"
TOKEN_SECRET = "simulated-token-secret"
_NAMES = ("consumer_key", "token", "signature_method", "signature", "timestamp", "nonce")
_WINDOW_SECONDS = 600
_NONCES = 100_000


@dataclass(slots=True)
class Access:
    """The one integration of the simulated shops.

    Attributes
    ----------
    refused
        Lists that the integration may not read.
    takes_bearer
        Stores, Configuration, Services, OAuth: off in a new shop.
    """

    refused: frozenset[str] = frozenset()
    takes_bearer: bool = False
    _used: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def refusal(self, request: Request) -> str | None:
        """Why the request is not let in, in Magento's words; None if it is."""
        header = request.headers.get("authorization", "")
        if header.startswith("Bearer "):
            is_known = hmac.compare_digest(header[7:].encode(), ACCESS_TOKEN.encode())
            return None if self.takes_bearer and is_known else _NOT_ALLOWED
        if not header.startswith("OAuth "):
            return _NOT_ALLOWED
        given = _parameters(header[6:])
        if lacking := [name for name in _NAMES if f"oauth_{name}" not in given]:
            return f"One or more required parameters are missing: oauth_{lacking[0]}"
        if (given["oauth_consumer_key"], given["oauth_token"]) != (CONSUMER_KEY, ACCESS_TOKEN):
            return "The consumer key or the token is not known. Verify and try again."
        if given["oauth_signature_method"] != "HMAC-SHA256":
            return "The signature method is not supported. Verify and try again."
        if not hmac.compare_digest(_signature(request, given).encode(), given["oauth_signature"].encode()):
            return "The signature is invalid. Verify and try again."
        return self._once(given["oauth_timestamp"], given["oauth_nonce"])

    def _once(self, moment: str, nonce: str) -> str | None:
        if not moment.isdigit() or abs(time.time() - int(moment)) > _WINDOW_SECONDS:
            return "The timestamp value in the oauth_timestamp parameter is incorrect."
        if (moment, nonce) in self._used:
            return "The nonce is already being used by the consumer."
        self._used[moment, nonce] = None
        if len(self._used) > _NONCES:
            self._used.popitem(last=False)
        return None


_NOT_ALLOWED = "The consumer isn't authorized to access %resources."


def _parameters(text: str) -> dict[str, str]:
    found = {}
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        found[unquote(name)] = unquote(value.strip('"'))
    return found


def _signature(request: Request, given: dict[str, str]) -> str:
    """As Magento's Oauth class makes it: names and values of query and header, decoded without a plus for a space."""
    signed = {name: value for name, value in given.items() if name.startswith("oauth_")}
    del signed["oauth_signature"]
    for part in filter(None, request.url.query.split("&")):
        name, _, value = part.partition("=")
        signed[unquote(name)] = unquote(value)
    pairs = sorted((_raw(name), _raw(value)) for name, value in signed.items())
    place = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    text = f"{request.method}&{_raw(place)}&{_raw(joined)}"
    key = f"{_raw(CONSUMER_SECRET)}&{_raw(TOKEN_SECRET)}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _raw(text: str) -> str:
    """PHP's rawurlencode."""
    return quote(text, safe="-._~")
