"""The way of an app through the browser: authorize, come back, exchange the code."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from fondaco.errors import AccessError, ConfigError
from fondaco.simulator.shopify.access import CLIENT_ID, CLIENT_SECRET
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify import ShopifySettings, authorize_url, exchange_code, verify_callback

from .conftest import Connections

SECRET = SecretStr(CLIENT_SECRET)
SHOP = "aurora.myshopify.com"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _signed(**changes: str) -> dict[str, str]:
    """A callback as Shopify signs it, with ``changes`` made before the signature."""
    query = {"code": "c0de", "shop": SHOP, "state": "s", "timestamp": str(int(NOW.timestamp())), **changes}
    text = "&".join(f"{key}={query[key]}" for key in sorted(query))
    return {**query, "hmac": hmac.new(CLIENT_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()}


@pytest.mark.slow
def test_a_code_from_the_browser_becomes_a_token_that_reads(shop: Connections) -> None:
    base_url = f"{shop.url}/shopify/aurora"
    url = authorize_url(
        shop=SHOP, client_id=CLIENT_ID, scopes=["read_orders"], redirect_uri="http://127.0.0.1/back",
        state="s3cret", base_url=base_url,
    )  # fmt: skip
    answer = httpx.get(url, follow_redirects=False, trust_env=False)
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    found, code = verify_callback(
        query, client_secret=SECRET, state="s3cret", clock=lambda: datetime.now(UTC)
    )
    http = VendorHttp("Shopify")
    grant = exchange_code(
        http,
        shop=found,
        code=code,
        client_id=CLIENT_ID,
        client_secret=SECRET,
        clock=lambda: NOW,
        base_url=base_url,
    )
    http.close()
    assert "read_orders" in grant.scopes
    assert grant.expires_at is None
    token = grant.access_token.get_secret_value()
    assert shop.to(client_id=None, client_secret=None, access_token=token).check().currency == "EUR"


def test_a_whole_callback_gives_shop_and_code() -> None:
    assert verify_callback(_signed(), client_secret=SECRET, state="s", clock=lambda: NOW) == (SHOP, "c0de")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({**_signed(), "code": "another"}, "signature"),
        ({key: value for key, value in _signed().items() if key != "hmac"}, "signature"),
        (_signed(state="another"), "another request"),
        (_signed(timestamp=str(int((NOW - timedelta(hours=2)).timestamp()))), "120 minutes old"),
        (_signed(code=""), "no code"),
    ],
    ids=["changed", "unsigned", "wrong state", "stale", "no code"],
)
def test_a_callback_that_is_not_whole_is_refused(query: dict[str, str], words: str) -> None:
    with pytest.raises(AccessError, match=words):
        verify_callback(query, client_secret=SECRET, state="s", clock=lambda: NOW)


@pytest.mark.slow
@pytest.mark.parametrize(
    "shop", ["aurora.example.com", "aurora.myshopify.com.example.com", "-a.myshopify.com"]
)
def test_a_shop_outside_shopify_is_refused_even_when_signed(shop: str) -> None:
    with pytest.raises(ConfigError, match="not a Shopify shop domain"):
        verify_callback(_signed(shop=shop), client_secret=SECRET, state="s", clock=lambda: NOW)


def test_settings_without_a_credential_are_refused() -> None:
    with pytest.raises(ValidationError, match="give access_token, or client_id and client_secret"):
        ShopifySettings(shop=SHOP)


def test_settings_hide_their_secrets() -> None:
    settings = ShopifySettings(shop=SHOP, client_id="app", client_secret=SecretStr("hush"))
    assert "hush" not in repr(settings)
