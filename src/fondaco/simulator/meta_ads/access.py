"""Tokens, permissions and the proof of the app's secret."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from starlette.requests import Request

TOKEN = "EAAsimulated0system0user0token"  # a fixed word: the simulated account holds nothing to protect
LIMITED_TOKEN = "EAAsimulated0token0without0ads0read"
EXPIRED_TOKEN = "EAAsimulated0token0that0expired"
APP_SECRET = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class RefusalError(Exception):
    """An error answer, as the Graph API words it."""

    code: int
    message: str
    subcode: int = 0
    status: int = 400
    kind: str = "OAuthException"
    is_transient: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def admit(request: Request, given: dict[str, str], *, demands_proof: bool) -> bool:
    """Let a request in; whether its token has ads_read.

    Raises
    ------
    RefusalError
        Where the token, or the proof of the app's secret, is not good.
    """
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or given.get("access_token", "")
    if token == EXPIRED_TOKEN:
        raise RefusalError(190, "Error validating access token: Session has expired.", 463)
    if token not in {TOKEN, LIMITED_TOKEN}:
        raise RefusalError(190, "Invalid OAuth access token - Cannot parse access token")
    proof = given.get("appsecret_proof")
    if proof is None and demands_proof:
        raise RefusalError(
            100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException"
        )
    wanted = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(proof, wanted):
        raise RefusalError(
            100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
        )
    return token == TOKEN
