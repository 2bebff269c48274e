"""OAuth 1.0a (RFC 5849): what of a request is signed, and how. The secrets never travel."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote

import httpx

from fondaco.clock import Clock, utc_now

Method = Literal["HMAC-SHA256", "HMAC-SHA1"]
Pair = tuple[str, str]
_HASHES = {"HMAC-SHA256": hashlib.sha256, "HMAC-SHA1": hashlib.sha1}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs: a consumer and, where it acts for someone, a token of that one."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    token_secret: str = field(default="", repr=False)


class SignedHeader(httpx.Auth):
    """Signs each request in its ``Authorization`` header.

    Parameters
    ----------
    method
        Of the signature. Vendors that still take HMAC-SHA1 all take HMAC-SHA256.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        method: Method = "HMAC-SHA256",
        clock: Clock = utc_now,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._credentials = credentials
        self._method: Method = method
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # httpx writes spaces as "+"; the far side signs what it decodes, and not everyone decodes that.
        request.url = strictly_encoded(request.url)
        request.headers["Authorization"] = self.header(
            request.method, request.url, self._clock(), self._nonce()
        )
        yield request

    def header(self, verb: str, url: httpx.URL, moment: datetime, nonce: str) -> str:
        """The header's value for one request."""
        own: list[Pair] = [
            ("oauth_consumer_key", self._credentials.consumer_key),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", self._method),
            ("oauth_timestamp", str(int(moment.timestamp()))),
            ("oauth_version", "1.0"),
        ]
        if self._credentials.token:
            own.append(("oauth_token", self._credentials.token))
        place = str(url.copy_with(query=None, fragment=None))
        text = signature_base(verb, place, [*url.params.multi_items(), *own])
        signed = signature(text, self._credentials, self._method)
        parts = [f'{escape(name)}="{escape(value)}"' for name, value in [*own, ("oauth_signature", signed)]]
        return f"OAuth {', '.join(parts)}"


def signature(text: str, credentials: Credentials, method: Method = "HMAC-SHA256") -> str:
    """The signature of a base text, in Base64 (section 3.4.2)."""
    key = f"{escape(credentials.consumer_secret)}&{escape(credentials.token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), _HASHES[method]).digest()).decode()


def signature_base(method: str, place: str, parameters: list[Pair]) -> str:
    """The text that is signed (section 3.4.1): method, address and sorted parameters."""
    pairs = sorted((escape(name), escape(value)) for name, value in parameters)
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), escape(place), escape(joined)))


def strictly_encoded(url: httpx.URL) -> httpx.URL:
    """The same address with its query written as OAuth encodes it."""
    if not url.query:
        return url
    return url.copy_with(query=encoded(url.params.multi_items()).encode())


def encoded(parameters: list[Pair]) -> str:
    """A query, each name and value escaped."""
    return "&".join(f"{escape(name)}={escape(value)}" for name, value in parameters)


def escape(text: str) -> str:
    """Percent-encoding as RFC 3986 and OAuth want it: only letters, digits and ``-._~`` stay."""
    return quote(text, safe="-._~")
