"""Tokens: the client credentials grant, and the authorization code grant of an app that is installed in a browser."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import SecretStr

from fondaco.clock import Clock
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify.settings import ShopifySettings

SHOP_HOST = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
_RENEW_BEFORE_END = timedelta(minutes=10)
_CALLBACK_LIFE = timedelta(hours=1)
_DEFAULT_LIFE_SECONDS = 86_399


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint handed out."""

    access_token: SecretStr
    scopes: tuple[str, ...]
    expires_at: datetime | None


class TokenKeeper:
    """Gives the access token of a connection and renews it before it ends."""

    def __init__(self, settings: ShopifySettings, http: VendorHttp, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._grant = None if settings.access_token is None else Grant(settings.access_token, (), None)

    @property
    def renewable(self) -> bool:
        """Whether a refused token can be replaced without a person."""
        return self._settings.access_token is None

    def token(self) -> str:
        """A token that holds for at least the next minutes."""
        grant = self._grant
        if grant is None or (
            grant.expires_at is not None and grant.expires_at - _RENEW_BEFORE_END <= self._clock()
        ):
            grant = self._grant = self._ask()
        return grant.access_token.get_secret_value()

    def forget(self) -> None:
        """Drop a token that the vendor refused, so that the next call asks for a new one."""
        if self.renewable:
            self._grant = None

    def _ask(self) -> Grant:
        settings = self._settings
        assert settings.client_id is not None and settings.client_secret is not None
        return _token_request(
            self._http,
            settings.address,
            {
                "grant_type": "client_credentials",
                "client_id": settings.client_id,
                "client_secret": settings.client_secret.get_secret_value(),
            },
            self._clock,
        )


def authorize_url(
    *,
    shop: str,
    client_id: str,
    scopes: Sequence[str],
    redirect_uri: str,
    state: str,
    base_url: str | None = None,
) -> str:
    """Where to send the merchant's browser so that they install the app. Keep ``state`` to compare it later."""
    _require_shop_host(shop)
    query = urlencode(
        {"client_id": client_id, "scope": ",".join(scopes), "redirect_uri": redirect_uri, "state": state}
    )
    return f"{(base_url or f'https://{shop}').rstrip('/')}/admin/oauth/authorize?{query}"


def verify_callback(
    query: Mapping[str, str], *, client_secret: SecretStr, state: str, clock: Clock
) -> tuple[str, str]:
    """Check the query with which the browser came back: its hmac, its state, its shop and its age.

    Returns
    -------
    The shop's domain and the code to exchange.

    Raises
    ------
    AccessError
        If any of them is wrong; the code must not be used then.
    """
    rest = "&".join(f"{key}={query[key]}" for key in sorted(query) if key not in ("hmac", "signature"))
    expected = hmac.new(client_secret.get_secret_value().encode(), rest.encode(), hashlib.sha256).hexdigest()
    again = "Start the connection anew with `fondaco connect shopify`."
    if not hmac.compare_digest(expected.encode(), query.get("hmac", "").encode()):
        raise AccessError("Shopify's answer carries a wrong signature.", again)
    if not state or not hmac.compare_digest(state.encode(), query.get("state", "").encode()):
        raise AccessError("Shopify's answer belongs to another request.", again)
    try:
        age = abs(clock().timestamp() - int(query.get("timestamp", "")))
    except ValueError as error:
        raise AccessError("Shopify's answer carries no time.", again) from error
    if age > _CALLBACK_LIFE.total_seconds():
        raise AccessError(f"Shopify's answer is {age / 60:.0f} minutes old.", again)
    shop = query.get("shop", "")
    _require_shop_host(shop)
    if not query.get("code"):
        raise AccessError("Shopify's answer carries no code.", again)
    return shop, query["code"]


def exchange_code(
    http: VendorHttp,
    *,
    shop: str,
    code: str,
    client_id: str,
    client_secret: SecretStr,
    clock: Clock,
    base_url: str | None = None,
) -> Grant:
    """Turn the code of a verified callback into an access token."""
    _require_shop_host(shop)
    return _token_request(
        http,
        (base_url or f"https://{shop}").rstrip("/"),
        {"client_id": client_id, "client_secret": client_secret.get_secret_value(), "code": code},
        clock,
    )


def _require_shop_host(shop: str) -> None:
    if SHOP_HOST.fullmatch(shop) is None:
        raise ConfigError(
            f"{shop!r} is not a Shopify shop domain.", "Give the domain that ends in .myshopify.com."
        )


def _token_request(http: VendorHttp, address: str, form: dict[str, str], clock: Clock) -> Grant:
    try:
        answer = http.json("POST", f"{address}/admin/oauth/access_token", data=form)
    except ConfigError as error:
        raise AccessError(
            "Shopify gave no access token for this client id and secret.",
            "Check both in the app's settings, and that the app is installed in this shop, then run "
            "`fondaco connect shopify`.",
        ) from error
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise AccessError(
            "Shopify's token endpoint answered without an access token.",
            "Check the app's settings, then run `fondaco connect shopify`.",
        )
    life = answer.get("expires_in")
    if life is None and "grant_type" in form:
        life = _DEFAULT_LIFE_SECONDS
    return Grant(
        access_token=SecretStr(token),
        scopes=tuple(str(answer.get("scope", "")).split(",")) if answer.get("scope") else (),
        expires_at=None if life is None else clock() + timedelta(seconds=float(life)),
    )
