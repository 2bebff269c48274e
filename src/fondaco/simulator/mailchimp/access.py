"""Keys, tokens and what they may read."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request

API_KEY = (
    "51mu1a7ed0000000000000000000000a-us6"  # a fixed word: the simulated account holds nothing to protect
)
LIMITED_KEY = "51mu1a7ed0000000000000000000000b-us6"
ACCESS_TOKEN = "51mu1a7ed0token"
_FORBIDDEN = ("reports", "automations")  # what the limited key may not read


@dataclass(frozen=True, slots=True)
class RefusalError(Exception):
    """An error answer: a problem document, or nothing at all."""

    status: int
    title: str
    detail: str = ""


def admit(request: Request, resource: str) -> None:
    """Let a request in.

    Raises
    ------
    RefusalError
        Where the key is not good, or may not read this.
    """
    key = _key(request.headers.get("authorization", ""))
    if key is None:
        raise RefusalError(401, "API Key Missing", "Your request did not include an API key.")
    if key not in (API_KEY, LIMITED_KEY, ACCESS_TOKEN):
        raise RefusalError(
            401, "API Key Invalid", "Your API key may be invalid, or you've attempted to access the wrong datacenter."
        )  # fmt: skip
    if key == LIMITED_KEY and resource in _FORBIDDEN:
        raise RefusalError(403, "Forbidden", "You don't have permission to access this resource.")


def _key(header: str) -> str | None:
    kind, _, value = header.partition(" ")
    if kind == "Bearer":
        return value
    if kind != "Basic":
        return None
    try:
        return base64.b64decode(value).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
