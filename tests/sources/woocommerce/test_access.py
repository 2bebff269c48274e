"""Log-in by Basic and by signature, and what the check says of a key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ValidationError

from fondaco.errors import AccessError, ConfigError
from fondaco.simulator.faults import Fault
from fondaco.sources.woocommerce import WooCommerceSettings
from fondaco.sources.woocommerce.signing import OneLeggedOAuth, signature_base

if TYPE_CHECKING:
    from .conftest import Shop


def test_the_signature_base_is_that_of_the_oauth_specification() -> None:
    """RFC 5849, section 3.4.1.1, without the body's parameters."""
    parameters = [
        ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
    ]  # fmt: skip
    assert signature_base("POST", "http://example.com/request", parameters) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_the_secret_is_in_no_part_of_a_signed_address() -> None:
    auth = OneLeggedOAuth("ck_1", "cs_very_secret")
    url = auth.sign(
        "GET", httpx.URL("http://shop.example/wp-json/wc/v3/orders?a=b c"), datetime.now(UTC), "n"
    )
    assert "cs_very_secret" not in str(url) and "oauth_signature=" in str(url)


def test_http_is_signed_and_https_is_basic_unless_told_otherwise() -> None:
    made = {"consumer_key": "ck", "consumer_secret": "cs"}
    assert WooCommerceSettings(url="http://shop.example", **made).signs
    assert not WooCommerceSettings(url="https://shop.example", **made).signs
    assert WooCommerceSettings(url="https://shop.example", auth="oauth1", **made).signs
    assert not WooCommerceSettings(url="http://shop.example", auth="basic", **made).signs
    with pytest.raises(ValidationError):
        WooCommerceSettings(url="shop.example", **made)
    assert "cs" not in repr(WooCommerceSettings(url="http://s", **made).consumer_secret)


@pytest.mark.slow
@pytest.mark.parametrize("auth", ["basic", "oauth1"])
def test_both_log_ins_are_let_in(shop: Shop, auth: str) -> None:
    assert shop.source(auth=auth).check().ok
    signed = ["oauth_signature" in request for request in shop.requests]
    assert all(signed) if auth == "oauth1" else not any(signed)


@pytest.mark.slow
@pytest.mark.parametrize("auth", ["basic", "oauth1"])
def test_a_wrong_secret_is_refused_in_words(shop: Shop, auth: str) -> None:
    with pytest.raises(AccessError) as caught:
        shop.source(auth=auth, consumer_secret="cs_wrong").check()
    assert "cs_wrong" not in str(caught.value)


@pytest.mark.slow
def test_the_check_tells_what_the_shop_is(shop: Shop) -> None:
    found = shop.source().check()
    assert (found.shop_name, found.currency, found.time_zone) == (
        "Brick & Mortar Goods",
        "GBP",
        "Europe/London",
    )
    assert found.ok and found.warnings == ()
    assert found.details["prices_include_tax"] == "yes"


@pytest.mark.slow
def test_what_a_key_may_not_read_is_named_with_its_consequence(shop_without_customers: Shop) -> None:
    found = shop_without_customers.source().check()
    assert len(found.missing) == 1 and "no customer accounts can be read" in found.missing[0]
    assert any("cannot be compared" in warning for warning in found.warnings)


@pytest.mark.slow
def test_settings_that_make_the_vendors_report_differ_are_told(shop: Shop) -> None:
    shop.behaviour.excluded_statuses = ("pending",)
    shop.faults.switch([Fault(name="no_refunds_list")])
    warnings = " ".join(shop.source().check().warnings)
    assert "leaves out orders with the status pending" in warnings
    assert "no list of all refunds" in warnings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("offset", "zone"), [(0, "UTC"), (2, "Etc/GMT-2"), (-5, "Etc/GMT+5"), (5.5, "Asia/Kolkata")]
)
def test_a_site_with_an_offset_instead_of_a_city_has_a_zone(shop: Shop, offset: float, zone: str) -> None:
    shop.behaviour.gmt_offset = offset
    assert shop.source().check().time_zone == zone


@pytest.mark.slow
def test_an_address_without_the_api_is_named(shop: Shop) -> None:
    with pytest.raises(ConfigError, match="no WordPress REST API"):
        shop.source(url=f"{shop.base_url}/elsewhere").check()
