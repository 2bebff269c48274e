"""Words and addresses of what is chosen."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from fondaco.server.pages.choices import address_of, value_in_words
from fondaco.server.site import Site


@pytest.mark.parametrize(
    ("dimension", "value", "words"),
    [
        ("country", "DE", "Germany"),
        ("country", "XQ", "XQ"),
        ("country", None, "Unknown"),
        ("product", "", "Without a product"),
        ("customer_type", "new", "New customers"),
        ("hour", "09", "09:00 – 09:59"),
        ("weekday", "7", "Sunday"),
        ("weekday", "12", "12"),
        ("channel", "pos", "Point of sale"),
        ("channel", "in_store", "In store"),
        ("shop", "a", "Aurora"),
        ("shop", "gone", "gone"),
    ],
)
def test_values_are_said_as_people_say_them(
    reader: TestClient, dimension: str, value: str | None, words: str
) -> None:
    site: Site = reader.app.state.site  # type: ignore[attr-defined]
    assert value_in_words(site, dimension, value) == words


def test_an_id_may_hold_what_an_address_may_not() -> None:
    assert address_of("orders", "shop:#1/2?", "clock=order") == "/orders/shop:%231%2F2%3F?clock=order"
