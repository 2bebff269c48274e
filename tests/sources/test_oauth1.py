"""OAuth 1.0a against the worked examples of RFC 5849."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from fondaco.sources.oauth1 import Credentials, Method, SignedHeader, escape, signature, signature_base

PRINTER = Credentials("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")


def test_the_signature_base_is_that_of_section_3_4_1_1() -> None:
    parameters = [
        ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
    ]  # fmt: skip
    assert signature_base("post", "http://example.com/request", parameters) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_the_signature_is_that_of_section_1_2() -> None:
    """The vacation photographs, but for ``oauth_version``, which the example leaves out and which is signed with the rest."""
    text = signature_base(
        "GET",
        "http://photos.example.net/photos",
        [
            ("file", "vacation.jpg"), ("size", "original"), ("oauth_consumer_key", PRINTER.consumer_key),
            ("oauth_token", PRINTER.token), ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"), ("oauth_nonce", "chapoH"),
        ],
    )  # fmt: skip
    assert signature(text, PRINTER, "HMAC-SHA1") == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


@pytest.mark.parametrize("method", ["HMAC-SHA256", "HMAC-SHA1"])
def test_a_header_names_all_that_was_signed_and_no_secret(method: Method) -> None:
    signer = SignedHeader(PRINTER, method=method)
    url = httpx.URL("https://shop.example/rest/all/V1/orders?searchCriteria[pageSize]=5&a=b c")
    header = signer.header("GET", url, datetime(2026, 3, 1, tzinfo=UTC), "once")
    names = [part.split("=")[0] for part in header.removeprefix("OAuth ").split(", ")]
    assert names == [
        "oauth_consumer_key", "oauth_nonce", "oauth_signature_method", "oauth_timestamp", "oauth_version", "oauth_token",
        "oauth_signature",
    ]  # fmt: skip
    assert PRINTER.consumer_secret not in header and PRINTER.token_secret not in header
    assert f'oauth_signature_method="{method}"' in header


def test_secrets_are_in_no_repr() -> None:
    assert PRINTER.consumer_secret not in repr(PRINTER)
    assert PRINTER.token_secret not in repr(PRINTER) and PRINTER.token not in repr(PRINTER)


def test_the_query_travels_as_it_was_signed() -> None:
    """A plus for a space would be signed as a space and decoded as a plus."""
    request = httpx.Request(
        "GET", "https://shop.example/V1/orders", params={"filters[0][value]": "2026-03-01 10:00:00"}
    )
    signed = next(SignedHeader(PRINTER).auth_flow(request))
    assert signed.url.raw_path == b"/V1/orders?filters%5B0%5D%5Bvalue%5D=2026-03-01%2010%3A00%3A00"
    assert escape("a+b~c") == "a%2Bb~c"
