"""Who may ask: refresh tokens for access tokens, and access tokens for accounts."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import JSONResponse

from fondaco.simulator.google_ads.book import Directory, Login
from fondaco.simulator.google_ads.refusals import RefusalError

CLIENT_ID = "1234567890-simulated.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-simulated-secret"
SCOPE = "https://www.googleapis.com/auth/adwords"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCE = "https://oauth2.googleapis.com/token"
_LIFETIME_SECONDS = 3599


class Access:
    """The log-in of all users and service accounts of a directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[Login, float]] = {}

    async def token(self, request: Request) -> JSONResponse:
        """``POST token``, as https://oauth2.googleapis.com/token answers it."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form.get("grant_type") == JWT_GRANT:
            login = self._by_signature(form.get("assertion", ""))
            refusal = "Invalid JWT Signature."
        elif (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client", "The client is unknown.", 401)
        else:
            login = self._directory.logins.get(form.get("refresh_token", ""))
            refusal = "Token has been expired or revoked."
        if login is None:
            return _refused("invalid_grant", refusal, 400)
        return JSONResponse(
            {
                "access_token": self.issue(login),
                "expires_in": _LIFETIME_SECONDS,
                "scope": SCOPE,
                "token_type": "Bearer",
            }
        )

    def _by_signature(self, assertion: str) -> Login | None:
        """The service account that signed the claim that it is meant for Google's log-in, now, and for the API."""
        try:
            signed, _, signature = assertion.rpartition(".")
            claims = json.loads(_decoded(signed.split(".")[1]))
            key, login = self._directory.service_accounts[claims["iss"]]
            public = serialization.load_pem_public_key(key)
            if not isinstance(public, rsa.RSAPublicKey):
                return None
            public.verify(_decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError, KeyError, IndexError):
            return None
        meant = claims["aud"] == _AUDIENCE and SCOPE in claims["scope"].split()
        return login if meant and claims["iat"] - 60 <= time.time() <= claims["exp"] else None

    def issue(self, login: Login) -> str:
        """An access token that holds for an hour."""
        token = f"ya29.{secrets.token_urlsafe(32)}"
        with self._lock:
            self._tokens[token] = (login, time.monotonic() + _LIFETIME_SECONDS)
        return token

    def admit(self, metadata: Mapping[str, object], customer: str, directory: Directory) -> None:
        """Refuse a call that its token does not cover."""
        login = self._login(str(metadata.get("authorization", "")))
        if not (customer.isdigit() and len(customer) == 10):
            raise RefusalError("request_error", "INVALID_CUSTOMER_ID", "a customer id is ten digits")
        if login.in_testing:
            raise RefusalError(
                "authorization_error", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "for test accounts only"
            )
        through = str(metadata.get("login-customer-id", ""))
        if through and not (through.isdigit() and len(through) == 10):
            raise RefusalError("header_error", "INVALID_LOGIN_CUSTOMER_ID", "login-customer-id is ten digits")
        if not _may_see(login, int(customer), int(through or customer), directory):
            raise RefusalError("authorization_error", "USER_PERMISSION_DENIED", "the user has no access")
        if int(customer) in directory.closed:
            raise RefusalError("authorization_error", "CUSTOMER_NOT_ENABLED", "the account is not enabled")

    def _login(self, header: str) -> Login:
        with self._lock:
            login, until = self._tokens.get(header.removeprefix("Bearer "), (None, 0.0))
        if login is None:
            raise RefusalError("authentication_error", "OAUTH_TOKEN_INVALID", "no such token")
        if until < time.monotonic():
            raise RefusalError("authentication_error", "OAUTH_TOKEN_EXPIRED", "the token is expired")
        return login


def _refused(error: str, description: str, status: int) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _may_see(login: Login, customer: int, through: int, directory: Directory) -> bool:
    """A user of the account itself, or of a manager above it that the call names."""
    if customer not in directory.books and customer not in directory.managers:
        return False
    if through == customer:
        return customer in login.customers or customer in login.managers
    return through in login.managers and customer in directory.managers[through].clients
