"""Who may read: Basic with the key's secret over any scheme, or OAuth 1.0a signatures, really checked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request

_WINDOW_SECONDS = 15 * 60
_NONCES = 100_000


@dataclass(frozen=True, slots=True)
class Key:
    """A REST API key. ``refused`` names resources that its user may not see."""

    consumer_key: str
    consumer_secret: str
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, in WooCommerce's words."""

    code: str
    message: str


class Gate:
    """Checks each request's credential; a signature may be used once."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self._keys = {key.consumer_key: key for key in keys}
        self._used: OrderedDict[tuple[str, str], None] = OrderedDict()

    def admit(self, request: Request) -> Key | Refusal:
        header = request.headers.get("authorization", "")
        if header.lower().startswith("basic "):
            return self._by_secret(header[6:])
        parameters = _pairs(request)
        if any(name == "oauth_consumer_key" for name, _ in parameters):
            return self._by_signature(request, parameters)
        return Refusal("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")

    def _by_secret(self, encoded: str) -> Key | Refusal:
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = secret = ""
        key = self._keys.get(name)
        if key is None:
            return Refusal("woocommerce_rest_authentication_error", "Consumer key is invalid.")
        if not hmac.compare_digest(secret.encode(), key.consumer_secret.encode()):
            return Refusal("woocommerce_rest_authentication_error", "Consumer secret is invalid.")
        return key

    def _by_signature(self, request: Request, parameters: list[tuple[str, str]]) -> Key | Refusal:
        given = dict(parameters)
        names = ("consumer_key", "timestamp", "nonce", "signature", "signature_method")
        lacking = [name for name in names if f"oauth_{name}" not in given]
        if lacking:
            return Refusal(
                "woocommerce_rest_authentication_missing_parameter",
                f"Missing OAuth parameter oauth_{lacking[0]}",
            )
        key = self._keys.get(given["oauth_consumer_key"])
        if key is None:
            return Refusal("woocommerce_rest_authentication_error", "Consumer key is invalid.")
        methods = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
        if given["oauth_signature_method"] not in methods:
            return Refusal(
                "woocommerce_rest_authentication_error", "Invalid signature - signature method is invalid."
            )
        method = methods[given["oauth_signature_method"]]
        text = _base_text(request, [pair for pair in parameters if pair[0] != "oauth_signature"])
        expected = base64.b64encode(
            hmac.new(f"{key.consumer_secret}&".encode(), text.encode(), method).digest()
        )
        if not hmac.compare_digest(expected, given["oauth_signature"].encode()):
            return Refusal(
                "woocommerce_rest_authentication_error",
                "Invalid signature - provided signature does not match.",
            )
        return self._once(key, given["oauth_timestamp"], given["oauth_nonce"])

    def _once(self, key: Key, moment: str, nonce: str) -> Key | Refusal:
        if not moment.isdigit() or abs(time.time() - int(moment)) > _WINDOW_SECONDS:
            return Refusal("woocommerce_rest_authentication_error", "Invalid timestamp.")
        if (moment, nonce) in self._used:
            return Refusal(
                "woocommerce_rest_authentication_error", "Invalid nonce - nonce has already been used."
            )
        self._used[moment, nonce] = None
        if len(self._used) > _NONCES:
            self._used.popitem(last=False)
        return key


def _pairs(request: Request) -> list[tuple[str, str]]:
    """The query as it was sent, decoded: ``+`` stays a plus, as in WordPress' raw signature check it must not appear."""
    raw = request.url.query
    parts = [part.partition("=") for part in raw.split("&") if part]
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def _base_text(request: Request, parameters: list[tuple[str, str]]) -> str:
    """WooCommerce encodes names and values, sorts, encodes the separators and joins: ``class-wc-rest-authentication``."""
    place = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    encoded = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters)
    query = "%26".join(f"{quote(name, safe='~')}%3D{quote(value, safe='~')}" for name, value in encoded)
    return f"{request.method}&{quote(place, safe='~')}&{query}"
