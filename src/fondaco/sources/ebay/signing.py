"""Message signatures, without which eBay refuses the Finances API to sellers of the EU and the UK.

https://developer.ebay.com/develop/guides/digital-signatures-for-apis: a signature over method, path and host by an Ed25519 key that the
Key Management API made, in the manner of RFC 9421.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from fondaco.clock import Clock
from fondaco.errors import ConfigError

COVERED = '("x-ebay-signature-key" "@method" "@path" "@authority")'


class Signer:
    """Signs requests that have no body, which all of this connector's are where it signs."""

    def __init__(self, key: str, jwe: str, clock: Clock) -> None:
        self._key = private_key(key)
        self._jwe = jwe.strip()
        self._clock = clock

    def headers(self, method: str, url: str) -> dict[str, str]:
        """What is sent along with a request for ``url``."""
        parts = urlsplit(url)
        parameters = f"{COVERED};created={int(self._clock().timestamp())}"
        signed = "\n".join(
            (
                f'"x-ebay-signature-key": {self._jwe}',
                f'"@method": {method}',
                f'"@path": {parts.path}',
                f'"@authority": {parts.netloc}',
                f'"@signature-params": {parameters}',
            )
        )
        signature = base64.b64encode(self._key.sign(signed.encode())).decode()
        return {
            "x-ebay-signature-key": self._jwe,
            "Signature-Input": f"sig1={parameters}",
            "Signature": f"sig1=:{signature}:",
            "x-ebay-enforce-signature": "true",
        }


def private_key(text: str) -> Ed25519PrivateKey:
    """The key of a setting: what eBay shows (PKCS #8 in Base64), with or without the lines of a PEM file.

    Raises
    ------
    ConfigError
        If it is no Ed25519 key.
    """
    lines = [line for line in text.strip().splitlines() if not line.startswith("-----")]
    try:
        key = load_der_private_key(base64.b64decode("".join(lines), validate=True), password=None)
    except (binascii.Error, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            "signing_key is no Ed25519 private key in PKCS #8.",
            "Make one with createSigningKey of eBay's Key Management API (cipher ED25519), then run `fondaco connect ebay`.",
        )
    return key
