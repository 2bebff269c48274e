from __future__ import annotations

import pytest

from fondaco.governance.redaction import MASK, redact, redact_text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("order of ana.lopez+shop@mail.example.co.uk failed", "ana.lopez"),
        ("to ana%40example.com", "ana"),
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("Basic dXNlcjpwYXNz in the header", "dXNlcjpwYXNz"),
        ("token shpat_0123456789abcdef", "0123456789abcdef"),
        ("key ck_0123456789abcdef and cs_fedcba9876543210", "0123456789abcdef"),
        ("postgresql://me:s3cret@host/db", "s3cret"),
        ("GET https://shop.example/wp-json/wc/v3/orders?consumer_key=ck&email=a HTTP/1.1", "consumer_key=ck"),
        ("client_secret=abcdefg1234", "abcdefg1234"),
        ('{"password": "correct horse"}', "correct horse"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3", "dozjgNryP4J3"),
        ("open http://127.0.0.1:8000/login/link/AbC-123_x now", "AbC-123_x"),
        ("call +49 170 1234567 today", "1234567"),
    ],
)
def test_people_and_credentials_are_masked(text: str, hidden: str) -> None:
    assert hidden not in redact_text(text)
    assert MASK in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "run 20260301T120000-01 ended",
        "2026-03-01T12:00:00+00:00 berlin · orders 12,040 records",
        "slice backfill-20260101T000000-20260131T000000 loaded",
        "Shopify answered 502.",
        "https://shop.example/admin/api/2026-10/graphql.json",
    ],
)
def test_what_is_harmless_stays_readable(text: str) -> None:
    assert redact_text(text) == text


def test_values_are_masked_by_their_names_at_any_depth() -> None:
    event = {
        "event": "connected",
        "settings": {"shop": "berlin", "access_token": "xyz", "retries": 3},
        "customer": [{"email": "someone", "phone": "0170"}],
        "records": 5,
    }

    assert redact(event) == {
        "event": "connected",
        "settings": {"shop": "berlin", "access_token": MASK, "retries": 3},
        "customer": [{"email": MASK, "phone": MASK}],
        "records": 5,
    }
