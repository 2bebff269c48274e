"""OAuth 1.0a with one leg: each request is signed, the secret never travels.

WooCommerce wants the OAuth parameters in the query; many web servers do not hand the Authorization header on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from datetime import datetime

import httpx

from fondaco.clock import Clock, utc_now
from fondaco.sources.oauth1 import Credentials, encoded, signature, signature_base


class OneLeggedOAuth(httpx.Auth):
    """Adds ``oauth_…`` parameters with an HMAC-SHA256 signature to a request's query."""

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        clock: Clock = utc_now,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._credentials = Credentials(key, secret)
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.url = self.sign(request.method, request.url, self._clock(), self._nonce())
        yield request

    def sign(self, method: str, url: httpx.URL, moment: datetime, nonce: str) -> httpx.URL:
        """``url`` with the parameters of this request's signature; an older signature on it is replaced."""
        parameters = [pair for pair in url.params.multi_items() if not pair[0].startswith("oauth_")]
        parameters += [
            ("oauth_consumer_key", self._credentials.consumer_key),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", str(int(moment.timestamp()))),
        ]
        place = str(url.copy_with(query=None, fragment=None))
        signed = signature(signature_base(method, place, parameters), self._credentials)
        # httpx would write spaces as "+", which WordPress reads as it should, but other proxies sign anew.
        return url.copy_with(query=encoded([*parameters, ("oauth_signature", signed)]).encode())
